/*
 * httpd: programs that fail, and how each ends.
 *
 * Guards against a failed program that looks like an answer, one that outlives its client or
 * its server, and a file that is shown though it should be run.
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/httpd_cgi.h"

static const struct {
	const char *text;
	int status;
} broken[] = {
	{ "exit 1", 502 },				 /* not a word */
	{ "kill -9 $$", 502 },				 /* killed */
	{ "echo hello", 502 },				 /* no head */
	{ "printf 'Content-Type: text/x\\n'", 502 },	 /* cut */
	{ "printf 'HTTP/1.1 200 OK\\r\\n\\r\\n'", 502 }, /* nph */
	{ "printf 'X-A: b\\001c\\nContent-Type: x/y\\n\\n'", 502 },
	{ "printf 'X-A: b\\rInjected: 1\\nContent-Type: x/y\\n\\n'", 502 },
	{ "printf 'Status: 99\\nContent-Type: x/y\\n\\n'", 502 },
	{ "printf 'A: b\\n\\n'", 502 }, /* nothing said */
	{ "yes 'X-Long: line'", 502 },	/* an endless head */
	{ "sleep 60", 504 },
};

START_TEST(answers_for_a_broken_program)
{
	const char *top = cgi_site("first", SAYS "echo first\n");
	struct program *server = site_start(_i, top, ARGS("-g", "/cgi-bin", "-s", "1"));
	int fd = client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
		const char *path = text_of("%s/cgi-bin/bad%zu", top, i);
		struct answer *answer;

		lab_write_text(path, text_of("#!/bin/sh\n%s\n", broken[i].text));
		EXPECT(chmod(path, 0755) == 0, "chmod");
		ask(fd, text_of("/cgi-bin/bad%zu", i));
		answer = hear(fd);
		EXPECT(strstr(answer->head, "Injected") == NULL, "injected: %s", answer->head);
		expect_status(answer, broken[i].status);
	}
	ask(fd, "/hello");
	expect_status(hear(fd), 200);
}
END_TEST

START_TEST(serves_programs_alone)
{
	const char *top = cgi_site("run", SAYS "echo run\n");
	struct program *server = site_start(_i, top, ARGS("-g", "/cgi-bin"));

	lab_write_text(text_of("%s/cgi-bin/text", top), "source\n");
	lab_write_text(text_of("%s/cgi-bin/.hidden", top), "source\n");
	expect_body(get(server, "/cgi-bin/run", NULL), "run\n");
	expect_body(get(server, "/cgi-bin//x/../run", NULL), "run\n");
	expect_status(get(server, "/cgi-bin/text", NULL), 403);
	expect_status(get(server, "/cgi-bin/.hidden", NULL), 404);
	expect_status(get(server, "/cgi-bin/none", NULL), 404);
	expect_status(get(server, "/cgi-bin/", NULL), 404);
	expect_status(get(server, "/cgi-bin", NULL), 404);
	expect_status(get(server, "/cgi-bin/..%2f..%2fbin/sh", NULL), 400);
}
END_TEST

START_TEST(breaks_off_what_is_not_whole)
{
	struct program *server = cgi_start(_i, "half", SAYS "printf half\nkill -9 $$\n");
	int fd = client_open(server->address[0]);

	ask(fd, "/cgi-bin/half");
	expect_status(hear_head(fd), 200);
	client_hear(fd, "4\r\nhalf\r\n");
	client_hear_end(fd); /* and no last chunk */
}
END_TEST

START_TEST(limits_output)
{
	struct program *server = site_start(
	    _i, cgi_site("yes", SAYS "exec yes\n"), ARGS("-g", "/cgi-bin", "-o", "1"));
	int fd = client_open(server->address[0]);

	ask(fd, "/cgi-bin/yes");
	expect_status(hear_head(fd), 200);
	client_await_gone(fd);
}
END_TEST

START_TEST(logs_standard_error)
{
	struct program *server =
	    cgi_start(_i, "err", SAYS "printf 'one\\ntwo \\033[2J\\n' >&2\necho fine\n");

	expect_body(get(server, "/cgi-bin/err", NULL), "fine\n");
	program_await_line(server, &server->err, "cgi-bin/err: one$");
	program_await_line(server, &server->err, "cgi-bin/err: two .x1b\\[2J$");
}
END_TEST

/* ---- how it ends ---- */

static bool
is_gone(void *arg)
{
	return !process_alive(*(pid_t *)arg);
}

/* It says the numbers of two processes, and would go on for ever. */
#define STAYS SAYS "sleep 600 &\necho $! $$\nwait\n"

static void
read_pids(int fd, pid_t pids[2])
{
	char line[32] = "";
	size_t at = 0;

	do
		client_receive(fd, &line[at], 1);
	while (line[at++] != '\n' && at < sizeof line - 1); /* the chunk's size */
	for (at = 0; at == 0 || line[at - 1] != '\n'; at++)
		client_receive(fd, &line[at], 1);
	line[at] = '\0';
	EXPECT(sscanf(line, "%d %d", &pids[0], &pids[1]) == 2, "%s", line);
}

static void
expect_gone(pid_t pids[2])
{
	for (int i = 0; i < 2; i++)
		EXPECT(await_condition(is_gone, &pids[i]), "%d is still there", (int)pids[i]);
}

START_TEST(ends_with_its_client)
{
	struct program *server = cgi_start(_i, "stay", STAYS);
	int fd = client_open(server->address[0]);
	pid_t pids[2];

	ask(fd, "/cgi-bin/stay");
	hear_head(fd);
	read_pids(fd, pids);
	client_reset(fd);
	expect_gone(pids);
}
END_TEST

START_TEST(ends_with_its_server)
{
	struct program *server = cgi_start(_i, "stay", STAYS);
	int fd = client_open(server->address[0]);
	pid_t pids[2];

	ask(fd, "/cgi-bin/stay");
	hear_head(fd);
	read_pids(fd, pids);
	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "exit");
	expect_gone(pids);
}
END_TEST

START_TEST(leaves_nobody_behind)
{
	struct program *server = cgi_start(_i, "leave", SAYS "sleep 600 &\necho $!\n");
	struct answer *answer = get(server, "/cgi-bin/leave", NULL);
	pid_t pid = (pid_t)atoi((char *)answer->body);

	EXPECT(pid > 0 && await_condition(is_gone, &pid), "%d is still there", (int)pid);
}
END_TEST

void
httpd_cgi_ends(Suite *suite)
{
	const struct check checks[] = {
		OURS(answers_for_a_broken_program, ONCE),
		OURS(serves_programs_alone, SERVING),
		OURS(breaks_off_what_is_not_whole, ONCE),
		OURS(limits_output, ONCE),
		OURS(logs_standard_error, ONCE),
		OURS(ends_with_its_client, SERVING),
		OURS(ends_with_its_server, SERVING),
		OURS(leaves_nobody_behind, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
