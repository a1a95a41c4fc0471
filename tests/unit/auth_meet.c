/*
 * auth: two ends that meet. See auth.h.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/digest.h"
#include "common/log.h"
#include "tests/unit/auth.h"

struct meeting meeting;

void
meeting_setup(void)
{
	int fd;

	snprintf(meeting.keys_path, sizeof meeting.keys_path, "/tmp/switchboard-unit-XXXXXX");
	fd = mkstemp(meeting.keys_path);

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "# two keys\nben read 0123456789abcdef\n" NAME " run,write " SECRET "\n");
	close(fd);
	meeting.failures = auth_failures_new();
	ck_assert_ptr_nonnull(meeting.failures);
	auth_failures_set_time(meeting.failures, 0, AUTH_FORGET_MS);
	meeting.child_words = tmpfile();
	ck_assert_ptr_nonnull(meeting.child_words);
}

void
meeting_teardown(void)
{
	unlink(meeting.keys_path);
}

/* ---- a child with one end of a connection ---- */

static void
begin(struct conn *conn, struct link *link, int ends[2])
{
	dup2(fileno(meeting.child_words), STDERR_FILENO);
	close(ends[1]);
	log_open("unit", LOG_LEVEL_NOTICE);
	conn_open(conn, ends[0], ends[0], meeting.from, AUTH_IDLE_MS, NULL);
	if (link_open(link, conn) == -1)
		_exit(99);
}

static bool
fork_child(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fflush(NULL);
	meeting.child = fork();
	ck_assert_int_ge(meeting.child, 0);
	if (meeting.child == 0)
		return true;
	close(ends[0]);
	meeting.end = ends[1];
	return false;
}

void
start_server(const char *path)
{
	static volatile sig_atomic_t stopped = 1;
	struct conn conn;
	struct link link;
	unsigned rights = 77;
	char who[KEYS_NAME_MAX + 1];
	int ends[2], result;

	if (!fork_child(ends))
		return;
	begin(&conn, &link, ends);
	if (meeting.stopped)
		conn.stop = &stopped;
	result = auth_serve(&link, AUTH_RCMD, path, meeting.failures, &rights, who);
	if (result == -1)
		_exit(rights == 0 ? STATUS_FAILED : 98);
	_exit(strcmp(who, path ? NAME : "-") == 0 ? WELCOMED + (int)rights : 97);
}

void
start_client(const char *secret)
{
	struct conn conn;
	struct link link;
	struct key key = { .name = NAME };
	unsigned rights = 0;
	int ends[2], status = 96;

	if (!fork_child(ends))
		return;
	begin(&conn, &link, ends);
	if (secret)
		key.secret_len = (size_t)snprintf(key.secret, sizeof key.secret, "%s", secret);
	if (auth_greet(&link, AUTH_RCMD, secret ? &key : NULL, &rights, &status) == -1)
		_exit(status);
	_exit(WELCOMED + (int)rights);
}

/* Its exit status; what it said goes to `said`. */
int
await_child(void)
{
	int status;
	size_t n;

	ck_assert_int_eq(waitpid(meeting.child, &status, 0), meeting.child);
	ck_assert_msg(WIFEXITED(status), "the child crashed: %#x", status);
	rewind(meeting.child_words);
	n = fread(meeting.said, 1, sizeof meeting.said - 1, meeting.child_words);
	meeting.said[n] = '\0';
	ck_assert_int_eq(ftruncate(fileno(meeting.child_words), 0), 0);
	rewind(meeting.child_words);
	close(meeting.end);
	return WEXITSTATUS(status);
}

void
expect_end(int status, const char *words)
{
	int got = await_child();

	ck_assert_msg(got == status, "status %d, not %d: %s", got, status, meeting.said);
	ck_assert_msg(
	    strstr(meeting.said, words) != NULL, "no \"%s\" in: %s", words, meeting.said);
	/* one reason, told once */
	if (*words)
		ck_assert_msg(strchr(meeting.said, '\n') == strrchr(meeting.said, '\n'), "%s",
		    meeting.said);
}

/* ---- raw frames ---- */

void
say(uint8_t type, uint64_t value, const void *payload, size_t len)
{
	const struct frame frame = { .type = type, .value = value, .size = len };
	uint8_t whole[FRAME_HEADER + 200];

	ck_assert(frame_pack(&frame, whole));
	if (len > 0)
		memcpy(whole + FRAME_HEADER, payload, len);
	ck_assert_int_eq(send(meeting.end, whole, FRAME_HEADER + len, MSG_NOSIGNAL),
	    (ssize_t)(FRAME_HEADER + len));
}

/* The next frame; false at the end. */
bool
hear(struct raw *raw)
{
	uint8_t header[FRAME_HEADER];
	ssize_t n = recv(meeting.end, header, sizeof header, MSG_WAITALL);

	memset(raw, 0, sizeof *raw);
	if (n <= 0)
		return false;
	ck_assert_int_eq(n, sizeof header);
	ck_assert_int_eq(frame_unpack(&raw->frame, header, sizeof header), FRAME_OK);
	ck_assert_uint_lt(raw->frame.size, sizeof raw->payload);
	if (raw->frame.size > 0)
		ck_assert_int_eq(recv(meeting.end, raw->payload, raw->frame.size, MSG_WAITALL),
		    (ssize_t)raw->frame.size);
	return true;
}

void
expect_frame(struct raw *raw, uint8_t type, size_t size)
{
	ck_assert(hear(raw));
	ck_assert_msg(
	    raw->frame.type == type, "%s: %s", frame_name(raw->frame.type), raw->payload);
	ck_assert_uint_eq(raw->frame.size, size);
}

void
expect_error(enum frame_error error, const char *words)
{
	struct raw raw;

	ck_assert(hear(&raw));
	ck_assert_int_eq(raw.frame.type, FRAME_ERROR);
	ck_assert_uint_eq(raw.frame.value, error);
	ck_assert_msg(strstr((char *)raw.payload, words) != NULL, "%s", raw.payload);
	ck_assert(!hear(&raw)); /* and nothing more */
}

void
prove(const char *secret, const char *who, int service, const uint8_t *client,
    const uint8_t *server, uint8_t proof[FRAME_MAC])
{
	uint8_t bytes[4 + 6 + 1 + 64 + sizeof NAME - 1];

	memcpy(bytes, "SWBD", 4);
	memcpy(bytes + 4, who, 6);
	bytes[10] = (uint8_t)service;
	memcpy(bytes + 11, client, 32);
	memcpy(bytes + 43, server, 32);
	memcpy(bytes + 75, NAME, sizeof NAME - 1);
	digest_mac(secret, strlen(secret), bytes, sizeof bytes, proof);
}

const uint8_t our_nonce[FRAME_NONCE] = { 1, 2, 3 };

void
say_hello(const char *name, uint64_t service)
{
	uint8_t payload[FRAME_NONCE + FRAME_KEY_NAME_MAX];

	memcpy(payload, our_nonce, FRAME_NONCE);
	memcpy(payload + FRAME_NONCE, name, strlen(name));
	say(FRAME_HELLO, service, payload, FRAME_NONCE + strlen(name));
}

/* HELLO, and the server's nonce. */
void
be_challenged(const char *name, uint8_t nonce[FRAME_NONCE])
{
	struct raw raw;

	start_server(meeting.keys_path);
	say_hello(name, AUTH_RCMD);
	expect_frame(&raw, FRAME_CHALLENGE, FRAME_NONCE);
	memcpy(nonce, raw.payload, FRAME_NONCE);
}

/* ---- both ends of ours ---- */

/* The server in the child, the client here. */
int
greet(const char *name, const char *secret, unsigned *rights, int *status)
{
	struct conn conn;
	struct link link;
	struct key key = { .rights = 0 };
	int result;

	snprintf(key.name, sizeof key.name, "%s", name ? name : "");
	key.secret_len = (size_t)snprintf(key.secret, sizeof key.secret, "%s", secret);
	log_open("unit", LOG_LEVEL_NOTICE);
	conn_open(&conn, meeting.end, meeting.end, NULL, AUTH_IDLE_MS, NULL);
	ck_assert_int_eq(link_open(&link, &conn), 0);
	capture_begin(STDERR_FILENO);
	result = auth_greet(&link, AUTH_RCMD, name ? &key : NULL, rights, status);
	snprintf(meeting.said, sizeof meeting.said, "%s", capture_end());
	link_close(&link);
	return result;
}
