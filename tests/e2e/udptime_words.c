/*
 * udptime: what it says: -v, -x, -q, -h, -V, and to wrong usage.
 *
 * Guards against words on standard output, which is for the time alone.
 */
#include <string.h>

#include "tests/e2e/udptime_peer.h"

static struct program *
conversation(const char *option)
{
	const struct peer peer = { .answer = "noon", .probes = true };
	struct program *p = program_start(
	    ARGS(option, "--offset", "-c", "1", "-p", peer_start(&peer), "127.0.0.1", "%H"));

	program_expect_status(p, 0);
	EXPECT(strncmp(p->out.text, "noon\noffset ", 12) == 0, "stdout: %s", p->out.text);
	return p;
}

START_TEST(steps_in_words)
{
	struct program *p = conversation("-v");

	EXPECT(
	    program_has_line(&p->err, "^udptime: socket  put up a letter box: .*SOCK_DGRAM") &&
		program_has_line(&p->err,
		    "^udptime: connect one address for all letters: 127\\.0\\.0\\.1:[0-9]+") &&
		program_has_line(&p->err, "^udptime: talk    2 bytes asked, attempt 1$") &&
		program_has_line(&p->err, "^udptime: talk    4 bytes answered$") &&
		program_has_line(
		    &p->err, "^udptime: talk    probe 1: offset -?[0-9]+ ns, delay [0-9]+ ns$"),
	    "a step is not said: %s", p->err.text);
}
END_TEST

START_TEST(bytes_in_hexadecimal)
{
	struct program *p = conversation("-x");

	EXPECT(program_has_line(&p->err, "-> 000000  25 48 ") &&
		   program_has_line(&p->err, "-> 000000  00 63 6c 6b 01 01") &&
		   program_has_line(&p->err, "<- 000000  00 63 6c 6b 01 02") &&
		   program_has_line(&p->err, "<- 000000  6e 6f 6f 6e"),
	    "the bytes are not shown: %s", p->err.text);
}
END_TEST

START_TEST(quiet)
{
	struct program *p = conversation("-q");

	EXPECT(p->err.length == 0, "words on stderr: %s", p->err.text);
}
END_TEST

START_TEST(wrong_usage)
{
	static const struct {
		const char *args[6];
		const char *regex;
	} mistakes[] = {
		{ { NULL }, "^udptime: missing: host" },
		{ { "a", "b", "c" }, "^udptime: \"c\" is one argument too many" },
		{ { "-c", "3", "a" }, "^udptime: -c goes with --offset only" },
		{ { "--offset", "-c", "0", "a" },
		    "^udptime: -c: \"0\" is not a number from 1 to 100" },
		{ { "--offset", "-c", "101", "a" }, "^udptime: -c: \"101\" is not" },
		{ { "--set", "a" }, "^udptime: unknown option --set" },
		{ { "-z", "../x", "a" },
		    "^udptime: -z: \"\\.\\./x\" is not the name of a zone" },
		{ { "-t", "soon", "a" }, "^udptime: -t: \"soon\" is not" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
		struct program *p = program_start(mistakes[i].args);

		program_expect_status(p, 2);
		EXPECT(p->out.length == 0 && stream_lines(&p->err) == 1, "not one line: %s",
		    p->err.text);
		EXPECT(program_has_line(&p->err, mistakes[i].regex), "no line like %s: %s",
		    mistakes[i].regex, p->err.text);
	}
}
END_TEST

START_TEST(help)
{
	struct program *p = program_start(ARGS("-h"));

	program_expect_status(p, 0);
	EXPECT(strncmp(p->out.text, "usage: udptime [-", 17) == 0, "stdout: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

void
udptime_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(steps_in_words, ONCE),
		OURS(bytes_in_hexadecimal, ONCE),
		OURS(quiet, ONCE),
		OURS(wrong_usage, ONCE),
		OURS(help, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
