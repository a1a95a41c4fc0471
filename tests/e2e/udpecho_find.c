/*
 * udpecho -b: who is there?
 *
 * Guards against a broadcast that is not meant, one of several answers that is missed, one
 * server that passes for two, and an answer that drives the terminal.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

START_TEST(everybody_answers)
{
	const char *port = udp_peer_start_on_all(PEER_ECHO);
	struct program *p =
	    program_start(ARGS("-b", "-t", "0.5", "-p", port, "127.255.255.255"));

	program_expect_status(p, 0);
	EXPECT(
	    program_has_line(&p->out, "^127\\.0\\.0\\.1:[0-9]+  [0-9]+\\.[0-9]{3} ms  \"Hi\"$"),
	    "stdout is: %s", p->out.text);
	EXPECT(stream_lines(&p->out) == 1, "stdout is: %s", p->out.text);
	EXPECT(program_has_line(&p->err, "^udpecho: 1 answer of 1 server$"), "no sum");
}
END_TEST

START_TEST(one_that_answers_twice)
{
	const char *port = udp_peer_start_on_all(PEER_TWICE);
	struct program *p =
	    program_start(ARGS("-b", "-t", "0.5", "-p", port, "127.255.255.255"));

	program_expect_status(p, 0);
	EXPECT(program_has_line(&p->out, "\"Hi\"$") &&
		   program_has_line(&p->out, "\"Hi\"  \\(again\\)$"),
	    "stdout is: %s", p->out.text);
	EXPECT(program_has_line(&p->err, "^udpecho: 2 answers of 1 server$"), "no sum");
}
END_TEST

/* Not only who was asked may answer: with -b anybody. */
START_TEST(asked_one_answered_another)
{
	const char *port = udp_peer_start(PEER_OTHER_ADDRESS);
	struct program *p = program_start(ARGS("-b", "-t", "0.5", "-p", port, "127.0.0.1"));

	program_expect_status(p, 0);
	EXPECT(program_has_line(&p->out, "^127\\.0\\.0\\.2:"), "stdout is: %s", p->out.text);
}
END_TEST

START_TEST(nobody_answers)
{
	const char *port = udp_peer_start_on_all(PEER_SILENT);
	struct program *p =
	    program_start(ARGS("-b", "-t", "0.3", "-p", port, "127.255.255.255"));

	program_expect_status(p, 1);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	EXPECT(program_has_line(&p->err, "^udpecho: 0 answers of 0 servers$"), "no sum");
}
END_TEST

START_TEST(until_interrupted)
{
	const char *port = udp_peer_start_on_all(PEER_ECHO);
	struct program *p = program_start(ARGS("-b", "-p", port, "127.255.255.255"));

	program_await_line(p, &p->out, "\"Hi\"$");
	EXPECT(process_alive(p->pid), "it does not wait for more");
	program_signal(p, SIGINT);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(answers_are_escaped)
{
	const char *port = udp_peer_start_on_all(PEER_ESCAPES);
	struct program *p =
	    program_start(ARGS("-b", "-t", "0.3", "-p", port, "127.255.255.255"));

	program_expect_status(p, 0);
	EXPECT(strchr(p->out.text, '\033') == NULL && stream_lines(&p->out) == 1,
	    "a stranger writes on the terminal");
	EXPECT(strstr(p->out.text, "\\x1b[2Jred\\x0audpecho: forged\\x7f") != NULL,
	    "stdout is: %s", p->out.text);
}
END_TEST

/* Without -b it is not meant, connected or not. */
START_TEST(not_without_b)
{
	static const char *const ways[] = { "-4", "-N" };

	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		struct program *p =
		    program_start(ARGS(ways[i], "-t", "0.3", "-p", "7007", "127.255.255.255"));

		/* It may have left before it is told. */
		EXPECT(write(p->in, "hello\n", 6) == 6 || errno == EPIPE, "write");
		program_finish(p);
		program_expect_status(p, 1);
		EXPECT(program_has_line(&p->err, "EACCES .*a broadcast address needs -b$"),
		    "no word with %s", ways[i]);
	}
}
END_TEST

void
udpecho_find(Suite *suite)
{
	const struct check checks[] = {
		OURS(everybody_answers, ONCE),
		OURS(one_that_answers_twice, ONCE),
		OURS(asked_one_answered_another, ONCE),
		OURS(nobody_answers, ONCE),
		OURS(until_interrupted, ONCE),
		OURS(answers_are_escaped, ONCE),
		OURS(not_without_b, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
