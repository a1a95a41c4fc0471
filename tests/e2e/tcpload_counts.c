/*
 * tcpload: as many messages and connections as were asked for, of the size that was
 * asked for, counted by the server.
 *
 * Guards against a load that is not the one that is reported: a message too few at the
 * end, a client that is left out, a large message that is only half sent.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpload.h"

/* What the server saw, once the last client has hung up. */
static void
expect_seen(const struct seen *seen, long connections, long bytes)
{
	EXPECT(seen->connections == connections, "%ld connections, wanted %ld",
	    seen->connections, connections);
	EXPECT(seen->bytes == bytes, "%ld bytes, wanted %ld", seen->bytes, bytes);
}

static void
expect_messages(struct program *p, long messages)
{
	program_expect_status(p, 0);
	expect_errors(p, 0, "");
	EXPECT((long)figure(p, "messages") == messages, "not %ld messages:\n%s", messages,
	    p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}

START_TEST(counts_on_long_connections)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	struct program *p = load_run(port, ARGS("-n", "1000", "-c", "7", "-s", "100"));

	expect_messages(p, 1000);
	expect_seen(seen, 7, 1000 * 100);
	EXPECT((long)figure(p, "connections/s  0.0 (") == 7, "%s", p->out.text);
}
END_TEST

START_TEST(counts_on_short_connections)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);

	expect_messages(load_run(port, ARGS("-S", "-n", "500", "-c", "7", "-s", "100")), 500);
	expect_seen(seen, 500, 500 * 100);
}
END_TEST

START_TEST(counts_fewer_messages_than_clients)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);

	expect_messages(load_run(port, ARGS("-n", "3", "-c", "10")), 3);
	expect_seen(seen, 10, 3 * 64);
	expect_messages(load_run(port, ARGS("-S", "-n", "3", "-c", "10")), 3);
	expect_seen(seen, 13, 6 * 64);
}
END_TEST

START_TEST(counts_at_a_rate)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);

	expect_messages(load_run(port, ARGS("-r", "2000", "-n", "101", "-c", "7")), 101);
	expect_seen(seen, 7, 101 * 64);
	expect_messages(load_run(port, ARGS("-S", "-r", "2000", "-n", "101", "-c", "7")), 101);
	expect_seen(seen, 7 + 101, 202 * 64);
}
END_TEST

/* -n and -d: what is reached first ends the run. */
START_TEST(ends_with_the_time)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	struct program *p = load_run(port, ARGS("-d", "0.3", "-c", "3"));
	long messages = (long)figure(p, "messages");

	expect_messages(p, messages);
	expect_seen(seen, 3, messages * 64);
	EXPECT(figure(p, " in ") >= 0.3 && figure(p, " in ") < 5, "%s", p->out.text);
	expect_messages(load_run(port, ARGS("-d", "60", "-n", "10")), 10);
}
END_TEST

START_TEST(sends_messages_of_any_size)
{
	static const char *const sizes[] = { "1", "63", "4096", "65537", "131073", "1048575",
		"1048576" };
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	long bytes = 0, connections = 0, size;

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		expect_messages(
		    load_run(port, ARGS("-s", sizes[i], "-n", "10", "-c", "3")), 10);
		expect_messages(
		    load_run(port, ARGS("-S", "-s", sizes[i], "-n", "10", "-c", "3")), 10);
		sscanf(sizes[i], "%ld", &size);
		bytes += 20 * size;
		connections += 3 + 10;
		expect_seen(seen, connections, bytes);
	}
}
END_TEST

START_TEST(loads_the_suites_own_server)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "tcpechod", .args = ARGS("-q", "-p", "0") });
	const char *port;

	program_await_ready(server);
	port = strrchr(server->address[0], ':') + 1;
	expect_messages(load_run(port, ARGS("-n", "1000")), 1000);
	expect_messages(load_run(port, ARGS("-S", "-n", "200")), 200);
}
END_TEST

START_TEST(keeps_two_thousand_clients)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);

	expect_messages(load_run(port, ARGS("-c", "2000", "-n", "10000")), 10000);
	expect_seen(seen, 2000, 10000 * 64);
	EXPECT(seen->most_at_once == 2000, "%ld at once", seen->most_at_once);
}
END_TEST

/* Few descriptors are allowed at first: it allows itself what it needs. */
START_TEST(raises_its_limit)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	struct program *p = program_launch(
	    &(struct launch){ .args = ARGS("-c", "200", "-n", "1000", "-p", port, "127.0.0.1"),
		.descriptors = 64 });

	expect_messages(p, 1000);
	expect_seen(seen, 200, 1000 * 64);
}
END_TEST

START_TEST(loads_a_unix_socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char host[ADDRESS_MAX];
	struct seen *seen;

	snprintf(
	    address.sun_path, sizeof address.sun_path, "%.90s/echo", temporary_directory());
	snprintf(host, sizeof host, "unix:%s", address.sun_path);
	/* Room for 3 callers only: the others have to try again. */
	EXPECT(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
		   listen(listener, 2) == 0,
	    "cannot listen on %s", host);
	seen = peer_start_on(listener, PEER_ECHO);
	expect_messages(program_start(ARGS("-n", "500", "-c", "20", host)), 500);
	expect_seen(seen, 20, 500 * 64);
	expect_messages(program_start(ARGS("-S", "-n", "500", "-c", "20", host)), 500);
	expect_seen(seen, 20 + 500, 1000 * 64);
}
END_TEST

static const char *
missing_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < 2100)
		return "may not open 2,100 files here";
	return NULL;
}

void
tcpload_counts(Suite *suite)
{
	const struct check checks[] = {
		{ counts_on_long_connections, ONCE, NEEDS_START, 2,
		    "-n messages in all, on connections that stay. tcpload(1)" },
		{ counts_on_short_connections, ONCE, NEEDS_START, 2,
		    "-S: a connection for each message. tcpload(1)" },
		{ counts_fewer_messages_than_clients, ONCE, NEEDS_START, 1,
		    "a client without a message does not call. tcpload(1)" },
		{ counts_at_a_rate, ONCE, NEEDS_START, 1,
		    "-r: messages a second, of all clients together. tcpload(1)" },
		{ ends_with_the_time, ONCE, NEEDS_START, 1,
		    "-d: so many seconds, then the report. tcpload(1)" },
		{ sends_messages_of_any_size, ONCE, NEEDS_START, 2,
		    "write may take less than you gave it. sockets(7)" },
		OURS(loads_the_suites_own_server, ONCE),
		OURS(raises_its_limit, ONCE),
		OURS(loads_a_unix_socket, ONCE),
	};
	const struct check many[] = {
		OURS(keeps_two_thousand_clients, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_descriptors(), suite, many, ARRAY_LENGTH(many));
}
