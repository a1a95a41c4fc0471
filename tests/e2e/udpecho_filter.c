/*
 * udpecho as a filter: a datagram a line, a line an answer.
 *
 * Guards against an empty line that is swallowed or taken for the end, lines that come back
 * glued or in another order, and bytes that are taken for text.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

enum {
	LARGEST = 65507,
};

static struct program *
filter(enum peer peer, const char *input, size_t length)
{
	struct program *p = program_start(ARGS("-p", udp_peer_start(peer), "127.0.0.1"));

	client_send(p->in, input, length);
	program_finish(p);
	return p;
}

static void
expect_copy(const char *input, const char *wanted)
{
	struct program *p = filter(PEER_ECHO, input, strlen(input));

	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, wanted) == 0, "stdout is: \"%s\"", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}

START_TEST(lines_there_and_back)
{
	expect_copy("hello lsj 哈哈哈\n", "hello lsj 哈哈哈\n");
	expect_copy("one\ntwo\nthree\n", "one\ntwo\nthree\n");
	expect_copy("no newline", "no newline\n");
	expect_copy("q\nquit\n", "q\nquit\n");
}
END_TEST

START_TEST(empty_lines_are_sent)
{
	expect_copy("\n", "\n");
	expect_copy("one\n\n\nfour\n", "one\n\n\nfour\n");
}
END_TEST

START_TEST(no_line_no_datagram)
{
	expect_copy("", "");
}
END_TEST

START_TEST(every_byte_there_and_back)
{
	struct program *p;
	char bytes[256];

	for (int i = 0; i < 256; i++)
		bytes[i] = (char)(i == '\n' ? ' ' : i);
	p = filter(PEER_ECHO, bytes, sizeof bytes);
	program_expect_status(p, 0);
	EXPECT(
	    p->out.length == sizeof bytes + 1 && memcmp(p->out.text, bytes, sizeof bytes) == 0,
	    "the answer differs");
}
END_TEST

/* What is typed into a pipe comes back at once, not at the end. */
START_TEST(line_by_line)
{
	struct program *p = program_start(ARGS("-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));

	program_send(p, "one\n");
	program_await_text(&p->out, "one\n");
	program_send(p, "two\n");
	program_await_text(&p->out, "one\ntwo\n");
	program_finish(p);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(largest_datagram)
{
	char *line = malloc(LARGEST);
	struct program *p;

	memset(line, 'x', LARGEST);
	p = filter(PEER_ECHO, line, LARGEST);
	program_expect_status(p, 0);
	EXPECT(p->out.length == LARGEST + 1, "%zu bytes came back", p->out.length);
	free(line);
}
END_TEST

/* One byte more: said in words, and the lines around it are not harmed. */
START_TEST(too_large_for_a_datagram)
{
	char *lines = malloc(LARGEST + 1 + 16);
	struct program *p;

	memcpy(lines, "one\n", 4);
	memset(lines + 4, 'x', LARGEST + 1);
	memcpy(lines + 4 + LARGEST + 1, "\nthree\n", 7);
	p = filter(PEER_ECHO, lines, LARGEST + 1 + 11);
	program_expect_status(p, 1);
	EXPECT(strcmp(p->out.text, "one\nthree\n") == 0, "stdout is: %.20s", p->out.text);
	EXPECT(program_has_line(&p->err, "^udpecho: send 65508 bytes to .*EMSGSIZE"),
	    "EMSGSIZE is not said");
	free(lines);
}
END_TEST

START_TEST(too_large_for_anything)
{
	enum { HUGE_LINE = 300000 };
	char *line = malloc(HUGE_LINE);
	struct program *p;

	memset(line, 'x', HUGE_LINE);
	p = program_start(ARGS("-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));
	signal(SIGPIPE, SIG_IGN);
	if (write(p->in, line, HUGE_LINE) > 0)
		program_finish(p);
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpecho: line 1: longer than a datagram can be"),
	    "no word");
	free(line);
}
END_TEST

/* The suite's own pair, for once together. */
START_TEST(with_udpechod)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "udpechod", .args = ARGS("-p", "0", "-U", "-l", "*") });
	const char *hosts[] = { "127.0.0.1", "localhost" };

	program_await_ready(server);
	for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
		struct program *p =
		    program_start(ARGS("-p", strrchr(server->address[0], ':') + 1, hosts[i]));

		program_send(p, "hello\n\n");
		program_finish(p);
		program_expect_status(p, 0);
		EXPECT(strcmp(p->out.text, "HELLO\n\n") == 0, "stdout is: %s", p->out.text);
	}
}
END_TEST

/* A name with two addresses, and a server at one of them: no datagram tells which. */
static void
expect_served_at(const char *place)
{
	struct program *p, *server = program_launch(&(struct launch){
			       .other = "udpechod", .args = ARGS("-p", "0", "-l", place) });

	program_await_ready(server);
	p = program_launch(&(struct launch){
	    .args = ARGS("-p", strrchr(server->address[0], ':') + 1, "two.test"),
	    .hosts = "127.0.0.1 two.test\n::1 two.test\n" });
	program_send(p, "hello\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "stdout is: %s", p->out.text);
}

START_TEST(only_ipv4_is_served)
{
	expect_served_at("127.0.0.1");
}
END_TEST

START_TEST(only_ipv6_is_served)
{
	expect_served_at("::1");
}
END_TEST

START_TEST(nobody_reads_the_answer)
{
	struct program *p = program_start(ARGS("-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));

	close(p->out.fd);
	p->out.fd = -1;
	program_send(p, "hello?\n");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^udpecho: .*EPIPE \\("), "EPIPE is not said");
}
END_TEST

void
udpecho_filter(Suite *suite)
{
	const struct check checks[] = {
		{ lines_there_and_back, ONCE, NEEDS_START, 2,
		    "a datagram for each line, a line for each answer. udpecho(1)" },
		{ empty_lines_are_sent, ONCE, NEEDS_START, 2,
		    "an empty datagram is one: 0 from recv is no end. udp(7)" },
		{ no_line_no_datagram, ONCE, NEEDS_START, 1,
		    "no line: send nothing, and do not wait. udpecho(1)" },
		{ every_byte_there_and_back, ONCE, NEEDS_START, 1,
		    "bytes are no strings: use lengths. udp(7)" },
		{ line_by_line, ONCE, NEEDS_START, 1, "flush what you print. udpecho(1)" },
		{ largest_datagram, ONCE, NEEDS_START, 1,
		    "have room for 65,507 bytes: the rest of a datagram is lost. udp(7)" },
		OURS(too_large_for_a_datagram, ONCE),
		OURS(too_large_for_anything, ONCE),
		OURS(with_udpechod, ONCE),
		OURS(nobody_reads_the_answer, ONCE),
	};
	const struct check hosts[] = {
		OURS(only_ipv4_is_served, ONCE),
		OURS(only_ipv6_is_served, ONCE),
	};
	const char *missing = missing_ipv6();

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(
	    missing != NULL ? missing : missing_hosts(), suite, hosts, ARRAY_LENGTH(hosts));
}
