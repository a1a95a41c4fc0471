/*
 * An FTP server by hand. See ftp.h.
 */
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

enum {
	ARGS_MAX = 24,
	PEERS_MAX = 16,
	RECEIVED_MAX = 1 << 20,
};

#define FEATURES " SIZE\r\n MDTM\r\n REST STREAM\r\n"

static void
port_of_address(const char *address, char port[8])
{
	snprintf(port, 8, "%s", strrchr(address, ':') + 1);
}

struct peer *
peer_open(void)
{
	static struct peer peers[PEERS_MAX]; /* of one test: each has a process of its own */
	static size_t count;
	struct peer *peer = &peers[count++];
	char address[ADDRESS_MAX];

	EXPECT(count <= PEERS_MAX, "too many peers");
	peer->door = listener_open(8, address);
	peer->control = peer->data = peer->data_door = -1;
	port_of_address(address, peer->port);
	return peer;
}

void
peer_say(struct peer *peer, const char *reply)
{
	client_say(peer->control, text_of("%s\r\n", reply)); /* at once: Nagle waits */
}

void
peer_hear(struct peer *peer, const char *command)
{
	client_hear(peer->control, text_of("%s\r\n", command));
}

void
peer_answer(struct peer *peer, const char *command, const char *reply)
{
	peer_hear(peer, command);
	peer_say(peer, reply);
}

void
peer_take(struct peer *peer, const char *greeting)
{
	const int on = 1;

	if (peer->control != -1)
		close(peer->control);
	peer->control = listener_take(peer->door);
	setsockopt(peer->control, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	peer_say(peer, greeting);
}

void
peer_login(struct peer *peer, const char *features)
{
	peer_take(peer, "220 Ready");
	peer_answer(peer, "USER anna", "331 Password");
	peer_answer(peer, "PASS secret", "230 Welcome");
	peer_answer(
	    peer, "FEAT", text_of("211-Features\r\n%s211 End", features ? features : FEATURES));
}

void
peer_facts(struct peer *peer, bool type, const char *name, const char *size, const char *time)
{
	if (type)
		peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, text_of("SIZE %s", name), size);
	peer_answer(peer, text_of("MDTM %s", name), time);
}

static void
close_data(struct peer *peer)
{
	if (peer->data != -1)
		close(peer->data);
	if (peer->data_door != -1)
		close(peer->data_door);
	peer->data = peer->data_door = -1;
}

void
peer_offer(struct peer *peer)
{
	char address[ADDRESS_MAX], port[8];

	close_data(peer);
	peer->data_door = listener_open(4, address);
	port_of_address(address, port);
	peer_answer(peer, "EPSV", text_of("229 Here (|||%s|)", port));
}

void
peer_call(struct peer *peer)
{
	peer->data = listener_take(peer->data_door);
}

void
peer_end(struct peer *peer, const char *reply)
{
	close_data(peer);
	peer_say(peer, reply);
}

void
peer_send(struct peer *peer, const char *command, const char *bytes)
{
	peer_offer(peer);
	peer_answer(peer, command, "150 Here it comes");
	peer_call(peer);
	client_say(peer->data, bytes);
	peer_end(peer, "226 Done");
}

void
peer_list(struct peer *peer, const char *command, const char *lines)
{
	char text[4096];
	size_t used = 0;

	for (; *lines; lines++) {
		if (*lines == '\n')
			text[used++] = '\r';
		text[used++] = *lines;
	}
	text[used] = '\0';
	peer_send(peer, command, text);
}

const char *
peer_receive(struct peer *peer)
{
	static char text[RECEIVED_MAX + 1];
	int64_t deadline = now_ms() + WAIT_MS;
	size_t used = 0;
	ssize_t n;

	do {
		EXPECT(await_events(peer->data, POLLIN, deadline) != 0, "no end of the data");
		n = recv(peer->data, text + used, RECEIVED_MAX - used, MSG_DONTWAIT);
		if (n > 0)
			used += (size_t)n;
	} while (n > 0 || (n == -1 && errno == EAGAIN));
	text[used] = '\0';
	return text;
}

void
peer_cut(struct peer *peer)
{
	close_data(peer);
	close(peer->control); /* no reset: that would take 150 back, too */
	peer->control = -1;
}

void
peer_leave(struct peer *peer)
{
	peer_answer(peer, "QUIT", "221 Goodbye");
	close(peer->control);
	peer->control = -1;
}

/* ---- the client ---- */

struct program *
ftp_start(const struct peer *peer, const char *const *args)
{
	const char *all[ARGS_MAX] = { "-n", "-p", peer->port };
	size_t count = 3;

	while (*args && count < ARGS_MAX - 1)
		all[count++] = *args++;
	return program_start(all);
}

const char *
peer_url(const struct peer *peer, const char *path)
{
	return text_of("ftp://anna:secret@127.0.0.1:%s/%s", peer->port, path);
}

struct program *
get_start(const struct peer *peer, const char *name, const char *local)
{
	return ftp_start(peer, ARGS("get", peer_url(peer, name), local));
}

struct program *
put_start(const struct peer *peer, const char *local, const char *name)
{
	return ftp_start(peer, ARGS("put", local, peer_url(peer, name)));
}

struct program *
commands_start(const struct peer *peer, const char *commands)
{
	return ftp_start(peer, ARGS("-c", commands, peer_url(peer, "")));
}

const char *
ftp_enter(const char *name)
{
	const char *directory = lab_directory(name);
	char *bin = realpath(harness_bin(), NULL);

	EXPECT(bin != NULL && setenv("BIN", bin, 1) == 0, "%s", strerror(errno));
	free(bin);
	EXPECT(chdir(directory) == 0, "%s: %s", directory, strerror(errno));
	return directory;
}

void
ftp_ends_with(struct program *p, int status, const char *regex)
{
	int got = program_await_exit(p);

	EXPECT(got == status, "exit status %d, wanted %d: %s", got, status, p->err.text);
	if (regex)
		EXPECT(program_has_line(&p->err, regex), "no line like %s: %s", regex,
		    p->err.text);
	else
		EXPECT(stream_lines(&p->err) == 0, "it says: %s", p->err.text);
	program_release(p);
}
