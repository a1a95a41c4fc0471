/*
 * udpechod: what it says: -v, -x, -q, and of a command line that is wrong.
 *
 * Guards against numbers that atoi would take, options that are silently ignored, a
 * mistake that is answered by a page, and words where silence was asked for.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

START_TEST(wrong_usage)
{
	static const struct mistake mistakes[] = {
		{ { "-L", "101" }, "-L: \"101\" is not a number from 0 to 100" },
		{ { "-L", "-1" }, "-L: \"-1\" is not a number from 0 to 100" },
		{ { "-O", "ten" }, "-O: \"ten\" is not a number from 0 to 100" },
		{ { "-L", "60", "-O", "41" }, "-L and -O together are more than 100" },
		{ { "-Z", "" }, "-Z: \"\" is not a number" },
		{ { "-r", "-1" }, "-r: \"-1\" is not a number from 0 to 1000000" },
		{ { "-p", "70000" }, "-p: \"70000\" is not a number from 0 to 65535" },
		{ { "-m", "fork" }, "unknown option -m" },
		{ { "somebody" }, "\"somebody\" is one argument too many" },
	};

	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

static struct program *
conversation(const char *option)
{
	struct program *server = udp_server_start(ARGS(option));
	int fd = udp_client_open(server->address[0]);

	udp_client_send(fd, "hello\n", 6);
	udp_client_hear(fd, "hello\n", 6);
	udp_client_send(fd, "", 0);
	udp_client_hear(fd, "", 0);
	program_signal(server, SIGTERM);
	program_expect_status(server, 0);
	return server;
}

START_TEST(steps_in_words)
{
	struct program *server = conversation("-v");

	EXPECT(program_has_line(
		   &server->err, "^udpechod: socket  put up a letter box: .*SOCK_DGRAM") &&
		   program_has_line(&server->err,
		       "^udpechod: bind    write its number on it: 127\\.0\\.0\\.1:[0-9]+$") &&
		   program_has_line(
		       &server->err, "^udpechod: talk    127\\.0\\.0\\.1:[0-9]+: 6 bytes$") &&
		   program_has_line(
		       &server->err, "^udpechod: talk    127\\.0\\.0\\.1:[0-9]+: 0 bytes$"),
	    "a step is not said");
}
END_TEST

START_TEST(bytes_in_hexadecimal)
{
	struct program *server = conversation("-x");

	EXPECT(
	    program_has_line(&server->err, "<- 000000  68 65 6c 6c 6f 0a .*\\|hello\\.\\|") &&
		program_has_line(&server->err, "-> 000000  68 65 6c 6c 6f 0a"),
	    "the bytes are not shown");
}
END_TEST

START_TEST(quiet)
{
	struct program *server = conversation("-q");

	EXPECT(server->err.length == 0, "words on stderr");
	EXPECT(stream_lines(&server->out) == 1, "not the ready line alone on stdout");
}
END_TEST

void
udpechod_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(wrong_usage, ONCE),
		OURS(steps_in_words, ONCE),
		OURS(bytes_in_hexadecimal, ONCE),
		OURS(quiet, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
