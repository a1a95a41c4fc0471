/*
 * tcpchat -l: one call is taken, no other, and nothing stays behind. And who calls
 * where nobody is.
 *
 * Guards against a second caller who waits for nothing, a ready line among the data,
 * and a socket file that outlives its owner.
 */
#include <sys/socket.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

START_TEST(takes_a_call)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait(NULL, address);
	int caller = client_open(address);

	client_say(caller, "ahoy!\n");
	program_await_text(&p->out, "ahoy!\n");
	program_send(p, "ahoy yourself\n");
	client_hear(caller, "ahoy yourself\n");
	client_finish(caller);
	program_finish(p);
	client_hear_end(caller);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "ahoy!\n") == 0, "stdout has more: %s", p->out.text);
	close(caller);
}
END_TEST

START_TEST(takes_no_second_call)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait(NULL, address);
	int caller = client_open(address);

	client_say(caller, "first\n");
	program_await_text(&p->out, "first\n");
	EXPECT(client_is_refused(address), "a second caller is let in");
	client_say(caller, "still me\n");
	program_await_text(&p->out, "still me\n");
	close(caller);
}
END_TEST

/* A caller who hangs up before he is answered: that was a call, and it was short. */
START_TEST(short_call)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait(NULL, address);

	program_finish(p);
	close(client_open(address));
	program_expect_status(p, 0);
}
END_TEST

/* Port and address as it is told; every address has its own listener. */
START_TEST(waits_at_every_address)
{
	struct program *p = program_start(ARGS("-l", "-p", "0", "*"));
	const char *line = program_await_line(p, &p->err, "listening on tcp 0\\.0\\.0\\.0:");
	char address[ADDRESS_MAX];
	int caller;

	EXPECT(strstr(line, "[::]:") != NULL, "no IPv6 in: %s", line);
	snprintf(address, sizeof address, "[::1]:%s", strrchr(line, ':') + 1);
	caller = client_open(address);
	client_say(caller, "over six\n");
	program_await_text(&p->out, "over six\n");
	close(caller);
}
END_TEST

static struct program *
wait_at_path(char address[ADDRESS_MAX])
{
	struct program *p;

	snprintf(address, ADDRESS_MAX, "unix:%s/phone", temporary_directory());
	p = program_start(ARGS("-l", address));
	program_await_line(p, &p->err, "^tcpchat: listening on unix:");
	return p;
}

START_TEST(unix_socket)
{
	char address[ADDRESS_MAX];
	struct program *p = wait_at_path(address), *caller = program_start(ARGS(address));

	program_send(caller, "psst\n");
	program_await_text(&p->out, "psst\n");
	EXPECT(access(address + 5, F_OK) == -1, "the file is there while nobody listens");
	program_finish(caller);
	program_finish(p);
	program_expect_status(caller, 0);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(told_to_end_while_waiting)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		char address[ADDRESS_MAX];
		struct program *p = wait_at_path(address);

		program_signal(p, signals[i]);
		program_expect_status(p, 128 + signals[i]);
		EXPECT(access(address + 5, F_OK) == -1, "the file stays behind");
		EXPECT(
		    stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	}
}
END_TEST

START_TEST(nobody_calls)
{
	int64_t start = now_ms();
	struct program *p = program_start(ARGS("-l", "-t", "0.3", "-p", "0"));

	program_expect_status(p, 1);
	EXPECT(now_ms() - start >= 250, "gave up too early");
	EXPECT(
	    program_has_line(&p->err, "^tcpchat: nobody called for 0.3 s$"), "not the reason");
}
END_TEST

START_TEST(nobody_answers)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(0, address);
	int waiting = client_open(address);
	struct program *p =
	    program_start(ARGS("-t", "0.5", "-p", strchr(address, ':') + 1, "127.0.0.1"));

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpchat: connect .*ETIMEDOUT \\("), "no reason");
	close(waiting);
	close(listener);
}
END_TEST

START_TEST(nobody_listens)
{
	int port, holder = port_reserve(AF_INET, &port);
	char number[16];
	struct program *p;

	snprintf(number, sizeof number, "%d", port);
	p = program_start(ARGS("-p", number, "127.0.0.1"));
	program_expect_status(p, 1);
	EXPECT(
	    program_has_line(&p->err, "^tcpchat: connect 127.* ECONNREFUSED \\("), "no reason");
	close(holder);
}
END_TEST

START_TEST(port_is_taken)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	struct program *p = program_start(ARGS("-l", "-p", strchr(address, ':') + 1));

	program_expect_status(p, 1);
	EXPECT(
	    program_has_line(&p->err, "^tcpchat: (bind|listen) .*EADDRINUSE \\("), "no reason");
	close(listener);
}
END_TEST

void
tcpchat_waits(Suite *suite)
{
	const struct check checks[] = {
		{ takes_a_call, ONCE, NEEDS_OPTIONS, 2,
		    "once the call stands, both sides are the same program. tcpchat(1)" },
		{ takes_no_second_call, ONCE, NEEDS_OPTIONS, 1,
		    "close the listener when the call is taken. tcpchat(1)" },
		{ short_call, ONCE, NEEDS_OPTIONS, 1,
		    "a caller may be gone when accept returns. tcpchat(1)" },
		OURS(unix_socket, ONCE),
		OURS(told_to_end_while_waiting, ONCE),
		OURS(nobody_calls, ONCE),
		OURS(nobody_answers, ONCE),
		OURS(nobody_listens, ONCE),
		OURS(port_is_taken, ONCE),
	};
	const struct check six[] = { OURS(waits_at_every_address, ONCE) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_ipv6(), suite, six, ARRAY_LENGTH(six));
}
