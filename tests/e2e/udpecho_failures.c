/*
 * udpecho: command lines that are wrong, hosts that are none, and its steps in words.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpecho.h"

START_TEST(mistakes_are_told)
{
	static const struct {
		const char *args[8];
		int status;
		const char *words; /* which the line must hold */
	} mistakes[] = {
		{ { "-c", "0", "127.0.0.1" }, 2,
		    "-c: \"0\" is not a number from 1 to 1000000" },
		{ { "-s", "39", "127.0.0.1" }, 2,
		    "-s: \"39\" is not a number from 40 to 65527" },
		{ { "-s", "65528", "127.0.0.1" }, 2, "-s: \"65528\" is not a number" },
		{ { "-i", "-1", "127.0.0.1" }, 2, "-i: \"-1\" is not a number of seconds" },
		{ { "-R", "17", "127.0.0.1" }, 2, "-R: \"17\" is not a number from 0 to 16" },
		{ { "-b", "-c", "1", "127.0.0.1" }, 2, "-b and -c exclude each other" },
		{ { "-4" }, 2, "missing: host" },
		{ { "127.0.0.1", "7007" }, 2, "\"7007\" is one argument too many" },
		{ { "nosuch.invalid" }, 1, "nosuch.invalid: " },
		{ { "-6", "127.0.0.1" }, 1, "127.0.0.1: " },
		{ { "-b", "239.1.2.3%nosuchif" }, 1, "there is no such interface" },
		{ { "-c", "1", "-s", "65527", "127.0.0.1" }, 1, "EMSGSIZE" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
		struct program *p = program_start(mistakes[i].args);

		program_finish(p);
		program_expect_line(p, mistakes[i].status, mistakes[i].words);
	}
}
END_TEST

START_TEST(steps_in_words)
{
	struct program *p =
	    program_start(ARGS("-v", "-x", "-p", udp_peer_start(PEER_ECHO), "127.0.0.1"));

	program_send(p, "hello\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "stdout is: %s", p->out.text);
	EXPECT(
	    program_has_line(&p->err, "^udpecho: socket  put up a letter box: .*SOCK_DGRAM") &&
		program_has_line(&p->err,
		    "^udpecho: connect one address for all letters: .*only its datagrams") &&
		program_has_line(&p->err, "^udpecho: talk    5 bytes to 127\\.0\\.0\\.1:") &&
		program_has_line(&p->err, "-> 000000  68 65 6c 6c 6f") &&
		program_has_line(&p->err, "<- 000000  68 65 6c 6c 6f") &&
		program_has_line(
		    &p->err, "^udpecho: close   no more letters: 127\\.0\\.0\\.1:"),
	    "a step is not said");
}
END_TEST

void
udpecho_failures(Suite *suite)
{
	const struct check checks[] = {
		OURS(mistakes_are_told, ONCE),
		OURS(steps_in_words, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
