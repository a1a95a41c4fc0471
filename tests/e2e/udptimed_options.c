/*
 * udptimed: its options, its environment, and what it says.
 *
 * Guards against a zone that is silently another one, and against words of a stranger
 * that reach the log as they are.
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udptimed.h"

START_TEST(a_zone_of_its_own)
{
	struct program *server = udp_server_start(ARGS("-z", "UTC"));

	setenv("TZ", "UTC0", 1);
	tzset();
	expect_time(udp_client_open(server->address[0]), "%H:%M %Z", "%H:%M UTC");
}
END_TEST

/* "UTC" under other names: an own folder of zones, with one that is no zone. */
START_TEST(zones_of_an_own_folder)
{
	static const char utc_like[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1"
				       "\0\0\0\0\0\0\0"
				       "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1"
				       "\0\0\0\0\0\0\0"
				       "\nABC-1\n";
	const char *folder = temporary_directory();
	char path[ADDRESS_MAX];
	struct program *server;
	FILE *file;

	snprintf(path, sizeof path, "%s/Here", folder);
	file = fopen(path, "wb");
	EXPECT(file != NULL && fwrite(utc_like, 1, sizeof utc_like - 1, file) > 0 &&
		   fclose(file) == 0 && chmod(folder, 0755) == 0,
	    "cannot write %s", path);
	setenv("TZDIR", folder, 1);
	setenv("TZ", ":Here", 1);
	server = udp_server_start(ARGS(NULL));
	unsetenv("TZDIR");
	setenv("TZ", "ABC-1", 1);
	tzset();
	expect_time(udp_client_open(server->address[0]), "%H:%M %Z %z", "%H:%M ABC +0100");
	expect_time(udp_client_open(server->address[0]), "TZ=Here %H:%M %Z", "%H:%M ABC");
	EXPECT(strcmp(ask(udp_client_open(server->address[0]), "TZ=Asia/Tokyo %H"),
		   "error: unknown zone") == 0,
	    "a zone from another folder");
}
END_TEST

START_TEST(no_such_zone)
{
	struct program *p = program_start(ARGS("-p", "0", "-z", "Middle/Earth"));

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err,
		   "^udptimed: -z: Middle/Earth: no such time zone: /.*/Middle/Earth: ENOENT"),
	    "not told");
	EXPECT(p->out.length == 0, "it says that it is ready");
}
END_TEST

START_TEST(wrong_usage)
{
	static const struct {
		const char *args[4];
		const char *regex;
	} mistakes[] = {
		{ { "-z", "../x" }, "^udptimed: -z: \"\\.\\./x\" is not the name of a zone" },
		{ { "-z", "" }, "^udptimed: -z: \"\" is not the name of a zone" },
		{ { "-z" }, "^udptimed: option -z needs an argument" },
		{ { "-b", "5" }, "^udptimed: unknown option -b" },
		{ { "operand" }, "^udptimed: \"operand\" is one argument too many" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
		struct program *p = program_start(mistakes[i].args);

		program_expect_status(p, 2);
		EXPECT(stream_lines(&p->err) == 1, "%zu lines", stream_lines(&p->err));
		EXPECT(program_has_line(&p->err, mistakes[i].regex), "no line like %s",
		    mistakes[i].regex);
	}
}
END_TEST

START_TEST(counters)
{
	struct program *server = udp_server_start(ARGS("-q"));
	int fd = udp_client_open(server->address[0]);
	unsigned char probe[48] = { 0, 'c', 'l', 'k', 1, 1 };

	ask(fd, "%H");
	ask(fd, "");
	ask(fd, "%Q");
	udp_client_send(fd, probe, sizeof probe);
	udp_client_receive(fd, probe, sizeof probe);
	program_signal(server, SIGUSR1);
	program_await_line(
	    server, &server->err, "^udptimed:   2 times told, 1 requests refused, 1 probes$");
	program_signal(server, SIGTERM);
	program_expect_status(server, 0);
}
END_TEST

START_TEST(each_step_in_words)
{
	struct program *server = udp_server_start(ARGS("-v"));
	int fd = udp_client_open(server->address[0]);
	unsigned char probe[48] = { 0, 'c', 'l', 'k', 1, 1 };

	ask(fd, "%Y");
	udp_client_send(fd, probe, sizeof probe);
	program_await_line(
	    server, &server->err, "^udptimed: talk    2 bytes asked, 4 told: [0-9]{4}$");
	program_await_line(server, &server->err,
	    "^udptimed: talk    a probe: came and left again within [0-9]+ ns$");
}
END_TEST

START_TEST(hostile_bytes_in_the_narration)
{
	struct program *server = udp_server_start(ARGS("-v", "-x"));
	int fd = udp_client_open(server->address[0]);

	ask(fd, "\033[31m%H\nudptimed: forged");
	ask(fd, "%H \xc2\x9b"
		"31m");
	ask(fd, "%Y");
	program_signal(server, SIGTERM);
	program_expect_status(server, 0);
	EXPECT(strchr(server->err.text, '\033') == NULL, "an escape sequence in the log");
	EXPECT(strstr(server->err.text, "\xc2\x9b") == NULL, "a C1 control in the log");
	EXPECT(!program_has_line(&server->err, "^udptimed: forged"), "a forged line");
}
END_TEST

START_TEST(quiet)
{
	struct program *server = udp_server_start(ARGS("-q"));

	ask(udp_client_open(server->address[0]), "%Q");
	program_signal(server, SIGTERM);
	program_expect_status(server, 0);
	EXPECT(server->err.length == 0, "words on stderr: %s", server->err.text);
}
END_TEST

START_TEST(help)
{
	struct program *p = program_start(ARGS("-h"));

	program_expect_status(p, 0);
	EXPECT(strncmp(p->out.text, "usage: udptimed [-", 18) == 0, "stdout: %s", p->out.text);
}
END_TEST

void
udptimed_options(Suite *suite)
{
	const struct check checks[] = {
		OURS(a_zone_of_its_own, ONCE),
		OURS(zones_of_an_own_folder, ONCE),
		OURS(no_such_zone, ONCE),
		OURS(wrong_usage, ONCE),
		OURS(counters, ONCE),
		OURS(each_step_in_words, ONCE),
		OURS(hostile_bytes_in_the_narration, ONCE),
		OURS(quiet, ONCE),
		OURS(help, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
