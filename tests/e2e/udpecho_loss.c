/*
 * udpecho, when datagrams are lost, late, or those of others.
 *
 * Guards against a client that waits for ever, one that gives up at the first loss, and one
 * that takes the late answer to a line for the answer to the next.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

static struct program *
say(const char *const *args, const char *input)
{
	struct program *p = program_start(args);

	program_send(p, input);
	program_finish(p);
	return p;
}

START_TEST(sent_again_until_answered)
{
	const char *port = udp_peer_start(PEER_SECOND_TIME);
	struct program *p = say(ARGS("-p", port, "127.0.0.1"), "one\ntwo\n");

	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "one\ntwo\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* Both tries are answered: the second answer is not that to the next line. */
START_TEST(late_answers_are_not_the_next)
{
	const char *port = udp_peer_start(PEER_LATE_TWICE);
	struct program *p = say(ARGS("-p", port, "127.0.0.1"), "one\ntwo\nthree\n");

	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "one\ntwo\nthree\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

START_TEST(silence_has_an_end)
{
	const char *port = udp_peer_start(PEER_SILENT);
	struct program *p = say(ARGS("-t", "0.5", "-p", port, "127.0.0.1"), "one\ntwo\n");

	program_expect_status(p, 1);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	EXPECT(
	    program_has_line(&p->err, "^udpecho: line 1: no answer for 0\\.5 s, tries: 4") &&
		program_has_line(&p->err, "^udpecho: line 2: no answer for 0\\.5 s, tries: 4"),
	    "the losses are not told");
}
END_TEST

START_TEST(no_retries_if_none_are_wanted)
{
	const char *port = udp_peer_start(PEER_SECOND_TIME);
	struct program *p = say(ARGS("-R", "0", "-t", "0.3", "-p", port, "127.0.0.1"), "one\n");

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpecho: line 1: no answer for 0\\.3 s, tries: 1"),
	    "no word");
}
END_TEST

START_TEST(nobody_there_connected)
{
	int port, fd = port_reserve(AF_INET, &port);
	char number[16];
	struct program *p;

	/* A stream's port: free for datagrams, and nobody gets it by chance. */
	snprintf(number, sizeof number, "%d", port);
	p = say(ARGS("-p", number, "127.0.0.1"), "hello?\n");
	program_expect_status(p, 1);
	EXPECT(
	    program_has_line(&p->err, "^udpecho: 127.*: ECONNREFUSED .*no one listens there"),
	    "no word");
	close(fd);
}
END_TEST

/* The notes' lesson: on an unconnected socket there is no error, only silence. */
START_TEST(nobody_there_unconnected)
{
	int port, fd = port_reserve(AF_INET, &port);
	char number[16];
	struct program *p;

	snprintf(number, sizeof number, "%d", port);
	p = say(ARGS("-N", "-t", "0.5", "-p", number, "127.0.0.1"), "hello?\n");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpecho: line 1: no answer for 0\\.5 s"), "no word");
	close(fd);
}
END_TEST

START_TEST(unconnected_talks_too)
{
	const char *port = udp_peer_start(PEER_ECHO);
	struct program *p = say(ARGS("-N", "-p", port, "127.0.0.1"), "one\n\nthree\n");

	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "one\n\nthree\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* Not from whom we asked: connected, the kernel drops it; else we do, and say so. */
START_TEST(answers_from_elsewhere)
{
	const char *port = udp_peer_start(PEER_OTHER_ADDRESS);
	struct program *p =
	    say(ARGS("-R", "0", "-t", "0.3", "-p", port, "127.0.0.1"), "hello\n");

	program_expect_status(p, 1);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	p = say(ARGS("-N", "-R", "0", "-t", "0.3", "-p", port, "127.0.0.1"), "hello\n");
	program_expect_status(p, 1);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	EXPECT(program_has_line(&p->err,
		   "^udpecho: 5 bytes from 127\\.0\\.0\\.2:[0-9]+, whom we have not asked"),
	    "the stranger is not told");
}
END_TEST

void
udpecho_loss(Suite *suite)
{
	const struct check checks[] = {
		{ sent_again_until_answered, ONCE, NEEDS_START, 2,
		    "poll with a timeout, and send again. udpecho(1)" },
		{ late_answers_are_not_the_next, ONCE, NEEDS_START, 1,
		    "after a second try, two answers may come: take another socket. "
		    "udpecho(1)" },
		{ silence_has_an_end, ONCE, NEEDS_OPTIONS, 1,
		    "-t: every wait is bounded, and what is lost is told. udpecho(1)" },
		{ no_retries_if_none_are_wanted, ONCE, NEEDS_OURS, 0, "" },
		OURS(nobody_there_connected, ONCE),
		OURS(nobody_there_unconnected, ONCE),
		OURS(unconnected_talks_too, ONCE),
		OURS(answers_from_elsewhere, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
