/*
 * tcpecho: talk to a TCP echo server. RFC 862.
 *
 *	client                        server
 *	socket                        (is listening)
 *	connect  ------------------>  accept
 *	"hello"  ------------------>
 *	         <------------------  "hello"
 *	shutdown ------------------>  reads the end
 *	         <------------------  closes
 *
 * On a terminal it is a conversation, line by line. Otherwise it is a filter:
 * standard input to the server, its answer to standard output, both at once. That
 * matters: a client that first sends all and then reads all deadlocks as soon as the
 * buffers between the two are full, each waiting for the other to read.
 *
 * With -n it only makes connections, for the experiment with the backlog.
 *
 * What it deliberately does not do: compare what comes back (cmp does that), or
 * measure speed (tcpload does).
 */
#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conn.h"
#include "common/log.h"
#include "common/net.h"
#include "common/opts.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	LINE_SIZE = 4096,      /* what a terminal hands over at once: its line limit */
	ANSWER_PAUSE_MS = 200, /* an answer without a newline is over after such a pause */
	CONNECTIONS_MAX = 65536,
};

struct echo_options {
	struct client_options client;
	const char *host;
	int connections; /* -n; 0: talk */
};

static const struct opts_entry echo_entries[] = {
	{ 'n', "count", "only open so many connections, one after another, and hold them" },
	{ 0, NULL, NULL },
};

static const struct opts_program echo_program = {
	.name = "tcpecho",
	.purpose = "Talk to a TCP echo server, line by line or as a filter. See tcpecho(1).",
	.operands = "host",
	.operand_min = 1,
	.operand_max = 1,
	.own = echo_entries,
};

static int echo_connections(const struct echo_options *options);
static int echo_interactive(const struct echo_options *options, int server);
static int echo_filter(const struct echo_options *options, int server);

static void
parse_options(int argc, char *argv[], struct echo_options *options)
{
	struct opts opts;

	opts_client(&opts, &echo_program, &options->client, argc, argv);
	while (opts_next(&opts) == 'n')
		options->connections = opts_number(&opts, 1, CONNECTIONS_MAX);
	options->host = opts_operand(&opts, 0);
}

static int
call_server(const struct echo_options *options, struct net_address *peer)
{
	struct net_error error;
	int fd = net_connect(options->host, options->client.port, options->client.family,
	    options->client.timeout_ms, peer, &error);

	if (fd == -1)
		log_error("%s", error.text);
	return fd;
}

int
main(int argc, char *argv[])
{
	struct echo_options options = { .client = { .port = "7007", .timeout_ms = 10000 } };
	struct net_address peer;
	char text[NET_TEXT_MAX];
	int server, status;

	parse_options(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN); /* the reader of our output may go: an error like others */
	if (options.connections)
		return echo_connections(&options);
	server = call_server(&options, &peer);
	if (server == -1)
		return STATUS_FAILED;
	status = isatty(STDIN_FILENO) ? echo_interactive(&options, server) :
					echo_filter(&options, server);
	trace_step(TRACE_CLOSE, "%s", net_format(&peer, text));
	return status;
}

/* ---- -n: how many calls does a server take that does not answer? ---- */

/* Make one connection and say how it went. 0, or -1 when it did not come about. */
static int
open_connection(const struct echo_options *options, int number)
{
	char text[NET_TEXT_MAX];
	struct net_address peer, local;
	struct net_error error;
	int64_t start = sys_now_ms(), ms;
	int fd = net_connect(options->host, options->client.port, options->client.family,
	    options->client.timeout_ms, &peer, &error);

	ms = sys_now_ms() - start;
	if (fd != -1 && net_local_address(fd, &local) == 0)
		printf("connection %d: %s connected after %d.%03d s\n", number,
		    net_format(&local, text), (int)(ms / 1000), (int)(ms % 1000));
	else if (fd == -1 && error.code == ETIMEDOUT)
		printf("connection %d: no answer for %g s\n", number,
		    options->client.timeout_ms / 1000.0);
	else
		log_error("connection %d: %s", number, error.text);
	fflush(stdout); /* each line as it happens, also into a pipe */
	return fd == -1 ? -1 : 0;
}

static int
echo_connections(const struct echo_options *options)
{
	for (int i = 1; i <= options->connections; i++)
		if (open_connection(options, i) == -1)
			return STATUS_FAILED;
	return STATUS_DONE; /* exit closes them all, and not before */
}

/* ---- a person at a terminal ---- */

/* The server's answer to one line, to standard output. 1, 0 if it hung up, -1 with errno. */
static int
print_answer(struct conn *conn, int timeout_ms)
{
	struct pollfd more = { .fd = conn->in, .events = POLLIN };
	char answer[LINE_SIZE];
	ssize_t len;

	conn->idle_ms = timeout_ms;
	do {
		len = conn_read(conn, answer, sizeof answer);
		if (len <= 0)
			return (int)len;
		trace_bytes(TRACE_IN, answer, (size_t)len);
		if (fwrite(answer, 1, (size_t)len, stdout) != (size_t)len)
			return -1;
	} while (answer[len - 1] != '\n' && poll(&more, 1, ANSWER_PAUSE_MS) == 1);
	if (answer[len - 1] != '\n')
		putchar('\n');
	return 1;
}

/* Wait for a line of the user's, watching the server. 1 a line, 2 the server, -1. */
static int
await_user_or_server(const struct conn *conn)
{
	struct pollfd wait[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = conn->in, .events = POLLIN },
	};

	while (poll(wait, 2, -1) == -1)
		if (errno != EINTR)
			return -1;
	return wait[1].revents ? 2 : 1;
}

/* Say one line to the server and hear the answer. 1, 0 if it hung up, -1 with errno. */
static int
converse(struct conn *conn, const char *line, size_t len, int timeout_ms)
{
	int heard;

	trace_bytes(TRACE_OUT, line, len);
	if (conn_write(conn, line, len) == -1)
		return -1;
	heard = print_answer(conn, timeout_ms);
	if (heard == 1)
		trace_step(TRACE_TALK, "%zu bytes out, and the answer in", len);
	return heard;
}

static bool
is_farewell(const char *line, size_t len)
{
	return (len == 2 && memcmp(line, "q\n", 2) == 0) ||
	       (len == 5 && memcmp(line, "quit\n", 5) == 0);
}

/* One turn at the prompt: 1 go on, 0 the user leaves, -1 failed (said). */
static int
take_turn(const struct echo_options *options, struct conn *conn)
{
	char line[LINE_SIZE];
	int who, heard;
	ssize_t len;

	fputs("> ", stdout);
	fflush(stdout);
	who = await_user_or_server(conn);
	if (who == 2) {
		putchar('\n');
		heard =
		    print_answer(conn, options->client.timeout_ms); /* unasked, or the end */
	} else {
		len = who == 1 ? read(STDIN_FILENO, line, sizeof line) : -1;
		if (len == 0)
			putchar('\n');
		if (len == 0 || (len > 0 && is_farewell(line, (size_t)len)))
			return 0;
		if (len == 1 && *line == '\n') {
			log_notice("nothing to send: TCP has no empty message");
			return 1;
		}
		heard = len == -1 ?
			    -1 :
			    converse(conn, line, (size_t)len, options->client.timeout_ms);
	}
	if (heard == 0)
		log_error("the server hung up");
	else if (heard == -1 && errno == ETIMEDOUT)
		log_error("no answer for %g s", options->client.timeout_ms / 1000.0);
	else if (heard == -1)
		log_error("%s:", options->host);
	return heard == 1 ? 1 : -1;
}

static int
echo_interactive(const struct echo_options *options, int server)
{
	struct conn conn;
	int going;

	conn_open(&conn, server, server, NULL, options->client.timeout_ms, NULL);
	conn_poll_waits(&conn);
	do
		going = take_turn(options, &conn);
	while (going == 1);
	return going == 0 ? STATUS_DONE : STATUS_FAILED;
}

/* ---- a filter ---- */

/* Both directions at once. Bytes [start, end) of `up` wait for the server. */
struct filter {
	int server;
	char *up; /* CONN_BUFSIZE bytes */
	size_t start, end;
	bool input_ended; /* standard input is at its end, and said so to the server */
	uint64_t sent, received;
};

/* Fill the buffer from standard input; at its end tell the server. 0, or -1 (said). */
static int
read_input(struct filter *filter)
{
	ssize_t n = read(STDIN_FILENO, filter->up, CONN_BUFSIZE);

	if (n == -1 && errno != EINTR && errno != EAGAIN) {
		log_error("standard input:");
		return -1;
	}
	if (n == 0) {
		filter->input_ended = true;
		shutdown(filter->server, SHUT_WR);
	}
	filter->start = 0;
	filter->end = n > 0 ? (size_t)n : 0;
	return 0;
}

/* Send what waits, as much as goes without waiting. 0, or -1 (said). */
static int
send_up(struct filter *filter)
{
	const char *from = filter->up + filter->start;
	ssize_t n = send(
	    filter->server, from, filter->end - filter->start, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 0;
	if (n == -1) {
		log_error("send: the server closed before it had read all:");
		return -1;
	}
	trace_bytes(TRACE_OUT, from, (size_t)n);
	filter->start += (size_t)n;
	filter->sent += (uint64_t)n;
	return 0;
}

static int
write_output(const char *from, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, from, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			log_error("standard output:");
			return -1;
		}
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Pass on what the server says. 1, 0 at its end, -1 (said). */
static int
receive_down(struct filter *filter)
{
	char down[CONN_BUFSIZE];
	ssize_t n = recv(filter->server, down, sizeof down, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 1;
	if (n == -1) {
		log_error("receive:");
		return -1;
	}
	if (n == 0)
		return 0;
	trace_bytes(TRACE_IN, down, (size_t)n);
	filter->received += (uint64_t)n;
	return write_output(down, (size_t)n) == -1 ? -1 : 1;
}

/* Wait for whatever can go on. Only waiting for the server has a limit. */
static int
await_either(struct filter *filter, int timeout_ms, struct pollfd wait[2])
{
	bool full = filter->start < filter->end;
	bool for_server = full || filter->input_ended;
	int ready;

	wait[0] = (struct pollfd){ .fd = full || filter->input_ended ? -1 : STDIN_FILENO,
		.events = POLLIN };
	wait[1] = (struct pollfd){ .fd = filter->server,
		.events = (short)(POLLIN | (full ? POLLOUT : 0)) };
	do
		ready = poll(wait, 2, for_server && timeout_ms ? timeout_ms : -1);
	while (ready == -1 && errno == EINTR);
	if (ready == 0)
		log_error(
		    "the server neither took nor sent a byte for %g s", timeout_ms / 1000.0);
	return ready > 0 ? 0 : -1;
}

/* The server has ended: well, if it had heard everything. */
static int
end_of_answer(const struct filter *filter)
{
	if (filter->input_ended)
		return STATUS_DONE;
	log_error("the server hung up before the end of the input");
	return STATUS_FAILED;
}

/* exercise: copy standard input up and the answer down, both at once, to both ends */
static int
echo_filter(const struct echo_options *options, int server)
{
	char up[CONN_BUFSIZE];
	struct filter filter = { .server = server, .up = up };
	struct pollfd wait[2];
	int going = 1;

	while (going == 1 && await_either(&filter, options->client.timeout_ms, wait) == 0) {
		if (wait[1].revents & (POLLIN | POLLHUP | POLLERR))
			going = receive_down(&filter);
		if (going == 1 && wait[0].revents)
			going = read_input(&filter) == -1 ? -1 : 1;
		if (going == 1 && filter.start < filter.end)
			going = send_up(&filter) == -1 ? -1 : 1;
	}
	trace_step(TRACE_TALK, "%" PRIu64 " bytes out, %" PRIu64 " bytes in", filter.sent,
	    filter.received);
	return going == 0 ? end_of_answer(&filter) : STATUS_FAILED;
}
