/*
 * tcpecho: servers that are not there, that leave, or that never answer.
 *
 * Guards against a client that waits for ever, that calls half an answer a success,
 * and against errors that leave the user as wise as before.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

enum {
	FLOOD = 8 * 1024 * 1024,
};

/* It must fail with status 1 and one line on stderr that matches. */
static void
expect_failure(struct program *p, const char *regex)
{
	int status = program_await_exit(p);

	EXPECT(status == 1, "exit status %d, wanted 1", status);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, regex), "no line like: %s", regex);
}

START_TEST(nobody_listens)
{
	int port, holder = port_reserve(AF_INET, &port);
	char number[16], regex[200];

	snprintf(number, sizeof number, "%d", port);
	snprintf(regex, sizeof regex,
	    "^tcpecho: connect 127\\.0\\.0\\.1:%d: ECONNREFUSED \\(Connection refused\\): "
	    "no one listens there; start the server first$",
	    port);
	expect_failure(program_start(ARGS("-p", number, "127.0.0.1")), regex);
	close(holder);
}
END_TEST

START_TEST(no_such_socket)
{
	char where[ADDRESS_MAX];

	snprintf(where, sizeof where, "unix:%s/nobody", temporary_directory());
	expect_failure(program_start(ARGS(where)), "^tcpecho: .*/nobody: ENOENT \\(");
}
END_TEST

START_TEST(no_such_host)
{
	expect_failure(program_start(ARGS("-p", "7", "nosuch.invalid")),
	    "^tcpecho: nosuch\\.invalid: [A-Z]");
}
END_TEST

START_TEST(family_does_not_fit)
{
	expect_failure(program_start(ARGS("-6", "-p", "7", "127.0.0.1")),
	    "^tcpecho: 127\\.0\\.0\\.1: .*-6");
	expect_failure(program_start(ARGS("-4", "-p", "7", "::1")), "^tcpecho: ::1: .*-4");
}
END_TEST

/* The server leaves while our user has not finished: told at once, not at the next line. */
START_TEST(server_hangs_up)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_HANGS_UP), "127.0.0.1"));

	program_send(p, "hello\n");
	program_await_text(&p->out, "hello\n");
	expect_failure(p, "^tcpecho: ");
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

START_TEST(server_turns_away)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_TURNS_AWAY), "127.0.0.1"));

	expect_failure(p, "^tcpecho: ");
	EXPECT(strcmp(p->out.text, "go away\n") == 0, "its words are lost: %s", p->out.text);
}
END_TEST

/* It leaves in the middle of a flood, which makes its kernel send a reset. */
START_TEST(server_leaves_in_a_flood)
{
	struct program *p = program_start(ARGS("-p", peer_start(PEER_HANGS_UP), "127.0.0.1"));
	static char bytes[FLOOD];
	size_t sent = 0;
	ssize_t n = 1;

	while (sent < sizeof bytes && n > 0 &&
	       await_events(p->in, POLLOUT, now_ms() + WAIT_MS) != 0) {
		n = write(p->in, bytes + sent, sizeof bytes - sent);
		sent += n > 0 ? (size_t)n : 0;
	}
	EXPECT(n <= 0 || sent < sizeof bytes, "it took %zu bytes for a server that left", sent);
	expect_failure(p, "^tcpecho: ");
}
END_TEST

START_TEST(server_never_answers)
{
	int64_t start = now_ms(), took;
	struct program *p =
	    program_start(ARGS("-t", "1", "-p", peer_start(PEER_SILENT), "127.0.0.1"));

	program_send(p, "hello?\n");
	program_finish(p);
	expect_failure(p, "^tcpecho: .* 1 s$");
	took = now_ms() - start;
	EXPECT(took >= 900, "gave up after %lld ms, wanted 1 s", (long long)took);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* Nor does it read: our sending has the limit, too. */
START_TEST(server_never_reads)
{
	struct program *p =
	    program_start(ARGS("-t", "1", "-p", peer_start(PEER_DEAF), "127.0.0.1"));
	static char bytes[FLOOD];
	size_t sent = 0;
	ssize_t n = 1;

	while (sent < sizeof bytes && n > 0 &&
	       await_events(p->in, POLLOUT, now_ms() + WAIT_MS) != 0) {
		n = write(p->in, bytes + sent, sizeof bytes - sent);
		sent += n > 0 ? (size_t)n : 0;
	}
	expect_failure(p, "^tcpecho: .* 1 s$");
}
END_TEST

/* The backlog is full: nobody takes the call. */
START_TEST(server_never_accepts)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(0, address);
	int waiting = client_open(address);
	struct program *p =
	    program_start(ARGS("-t", "1", "-p", strchr(address, ':') + 1, "127.0.0.1"));

	expect_failure(p, "^tcpecho: connect 127\\.0\\.0\\.1:[0-9]+: ETIMEDOUT \\(");
	close(waiting);
	close(listener);
}
END_TEST

void
tcpecho_failures(Suite *suite)
{
	const struct check checks[] = {
		OURS(nobody_listens, ONCE),
		OURS(no_such_socket, ONCE),
		OURS(no_such_host, ONCE),
		OURS(family_does_not_fit, ONCE),
		OURS(server_hangs_up, ONCE),
		OURS(server_turns_away, ONCE),
		OURS(server_leaves_in_a_flood, ONCE),
		OURS(server_never_answers, ONCE),
		OURS(server_never_reads, ONCE),
		OURS(server_never_accepts, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
