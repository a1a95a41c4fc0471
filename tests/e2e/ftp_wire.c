/*
 * A wire between ftp and a real ftpd. See ftp.h.
 *
 *	ftp ==== wire ==== ftpd		the control connection, in which 229's port is ours
 *	  \----- wire -----/		the data connection, to which harm is done once
 *
 * A process of its own, so that it works while the test waits for its programs.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

enum {
	PIECE = 16384,
	LINE = 1024,
};

/* Places in the table of descriptors; each pair is one connection and its other half. */
enum {
	DOOR,
	CLIENT,
	SERVER,
	DATA_DOOR,
	DATA_CLIENT,
	DATA_SERVER,
	PLACES,
};

struct wire {
	struct pollfd at[PLACES];
	const struct program *server;
	char data_address[ADDRESS_MAX]; /* where ftpd listens */
	char line[LINE];		/* of a reply, as far as it has come */
	size_t line_len;
	bool begun;	 /* 150 was passed on: before it no data */
	char held[LINE]; /* 226: not before the data's end */
	enum harm harm;
	size_t where, moved; /* bytes of this data connection */
	bool done;
};

static void
take_place(struct wire *wire, int place, int fd)
{
	EXPECT(fd != -1 && fcntl(fd, F_SETFL, 0) == 0, "no descriptor for the wire");
	wire->at[place] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static void
leave(struct wire *wire, int place, bool reset)
{
	const struct linger now = { .l_onoff = reset };

	if (wire->at[place].fd == -1)
		return;
	setsockopt(wire->at[place].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(wire->at[place].fd);
	wire->at[place].fd = -1;
}

/* A reset for ftpd. ftp is to have what was sent so far, which a reset would take back. */
static void
cut(struct wire *wire)
{
	wire->held[0] = '\0';
	for (int place = CLIENT; place < PLACES; place++)
		leave(wire, place, place == SERVER || place == DATA_SERVER);
}

static void
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* its reader is gone: we shall see */
		bytes += n;
		len -= (size_t)n;
	}
}

/* A line of ftpd's: with another port, if it tells one. */
static void
pass_line(struct wire *wire)
{
	char address[ADDRESS_MAX], line[LINE + ADDRESS_MAX];
	int port;

	wire->line[wire->line_len] = '\0';
	snprintf(line, sizeof line, "%s", wire->line);
	if (sscanf(wire->line, "229 %*[^(](|||%d|)", &port) == 1) {
		leave(wire, DATA_DOOR, false);
		take_place(wire, DATA_DOOR, listener_open(1, address));
		snprintf(wire->data_address, sizeof wire->data_address, "127.0.0.1:%d", port);
		snprintf(line, sizeof line, "229 Here (|||%s|)\r\n", strrchr(address, ':') + 1);
	}
	wire->begun |= line[0] == '1';
	if (line[0] == '2' && wire->at[DATA_CLIENT].fd != -1)
		memcpy(wire->held, wire->line, sizeof wire->held);
	else
		send_all(wire->at[CLIENT].fd, line, strlen(line));
	wire->line_len = 0;
}

static void
pass_control(struct wire *wire, int from)
{
	char bytes[PIECE];
	ssize_t n = read(wire->at[from].fd, bytes, sizeof bytes);

	if (n <= 0) {
		leave(wire, CLIENT, false);
		leave(wire, SERVER, false);
		wire->line_len = 0;
		return;
	}
	if (from == CLIENT)
		send_all(wire->at[SERVER].fd, bytes, (size_t)n);
	for (ssize_t i = 0; from == SERVER && i < n; i++) {
		wire->line[wire->line_len++] = bytes[i];
		if (bytes[i] == '\n' || wire->line_len == LINE - 1)
			pass_line(wire);
	}
}

static void
pass_data(struct wire *wire, int from)
{
	int to = from == DATA_CLIENT ? DATA_SERVER : DATA_CLIENT;
	char bytes[PIECE];
	ssize_t n = read(wire->at[from].fd, bytes, sizeof bytes);
	size_t before = wire->moved;

	if (n <= 0) { /* the end of a file; there is none the other way */
		leave(wire, DATA_CLIENT, n == -1);
		leave(wire, DATA_SERVER, n == -1);
		send_all(wire->at[CLIENT].fd, wire->held, strlen(wire->held));
		wire->held[0] = '\0';
		return;
	}
	wire->moved += (size_t)n;
	if (!wire->done && wire->where >= before && wire->where < wire->moved) {
		wire->done = true;
		if (wire->harm == HARM_CUT)
			n = (ssize_t)(wire->where - before);
		else
			bytes[wire->where - before] ^= 1;
		send_all(wire->at[to].fd, bytes, (size_t)n);
		if (wire->harm == HARM_CUT)
			cut(wire);
		return;
	}
	send_all(wire->at[to].fd, bytes, (size_t)n);
}

static void
take_call(struct wire *wire, int door)
{
	bool data = door == DATA_DOOR;

	take_place(wire, door + 1, accept(wire->at[door].fd, NULL, NULL));
	take_place(
	    wire, door + 2, client_open(data ? wire->data_address : wire->server->address[0]));
	if (data) {
		leave(wire, DATA_DOOR, false);
		wire->moved = 0;
		wire->begun = false;
	}
}

static _Noreturn void
relay(struct wire *wire)
{
	for (;;) {
		wire->at[DATA_CLIENT].events = wire->at[DATA_SERVER].events =
		    wire->begun ? POLLIN : 0;
		poll(wire->at, PLACES, -1);
		for (int place = 0; place < PLACES; place++) {
			if (wire->at[place].fd == -1 || !wire->at[place].revents)
				continue;
			wire->at[place].revents = 0;
			if (place == DOOR || place == DATA_DOOR)
				take_call(wire, place);
			else if (place == CLIENT || place == SERVER)
				pass_control(wire, place);
			else if (wire->begun)
				pass_data(wire, place);
		}
	}
}

const char *
ftp_wire_open(const struct program *server, enum harm harm, size_t where)
{
	struct wire wire = { .server = server, .harm = harm, .where = where };
	char address[ADDRESS_MAX];

	for (int place = 0; place < PLACES; place++)
		wire.at[place].fd = -1;
	wire.at[DOOR] = (struct pollfd){ .fd = listener_open(4, address), .events = POLLIN };
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		relay(&wire);
	}
	close(wire.at[DOOR].fd);
	return text_of("%s", strrchr(address, ':') + 1);
}
