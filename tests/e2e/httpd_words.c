/*
 * httpd: its access log, and what it says when it cannot start.
 *
 * Guards against a forged line of the log, a log that is written on after it was moved,
 * and an error that does not say what to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

static char *
read_text(const char *path)
{
	static char text[65536];
	FILE *file = fopen(path, "r");
	size_t n = 0;

	if (file) {
		n = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[n] = '\0';
	return text;
}

struct awaited {
	const char *path, *text;
};

static bool
is_written(void *arg)
{
	const struct awaited *awaited = arg;

	return strstr(read_text(awaited->path), awaited->text) != NULL;
}

START_TEST(logs_each_answer)
{
	const char *log = lasting(text_of("%s/access", lab_directory("logs")));
	struct program *server = site_start(_i, site_new(), ARGS("-A", log));
	struct awaited awaited = { log,
		"\"GET /hello?x HTTP/1.1\" 200 13 \"here\" \"me \\x22\\x5c\"\n" };

	get(server, "/hello?x", "Referer: here\r\nUser-Agent: me \"\\\r\n");
	EXPECT(await_condition(is_written, &awaited), "%s", read_text(log));
	EXPECT(strncmp(read_text(log), "127.0.0.1 - - [", 15) == 0, "%s", read_text(log));
	visit(server, "GET /\x1b[31m HTTP/1.1\r\nHost: lab\r\n\r\n");
	awaited.text = "\"GET /\\x1b[31m HTTP/1.1\" 400 ";
	EXPECT(await_condition(is_written, &awaited), "%s", read_text(log));
}
END_TEST

/* A process that has the old file open finds the new one: prefork and event live on. */
START_TEST(follows_a_log_that_is_moved)
{
	const char *log = lasting(text_of("%s/access", lab_directory("logs")));
	struct program *server;
	struct awaited awaited = { log, "/again" };

	server = site_start(_i, site_new(), ARGS("-A", log));
	get(server, "/hello", NULL);
	EXPECT(rename(log, text_of("%s.1", log)) == 0, "rename");
	for (int64_t end = now_ms() + WAIT_MS; !is_written(&awaited);) {
		EXPECT(now_ms() < end, "nothing is written to the new file");
		get(server, "/again", NULL);
	}
}
END_TEST

START_TEST(explains_what_is_wrong)
{
	const struct {
		const char *const args[4];
		const char *line;
		int status;
	} cases[] = {
		{ { "/no/such/folder" }, "/no/such/folder: ENOENT", 1 },
		{ { "-A", "/no/such/log", "." }, "access log /no/such/log: ENOENT", 1 },
		{ { "-M", "/no/such/types", "." }, "/no/such/types: ENOENT", 1 },
		{ { "-w", "0", "." }, "-w: ", 2 },
		{ { "-p", "0" }, "missing: directory", 2 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct program *program = program_start(cases[i].args);

		program_await_text(&program->err, cases[i].line);
		EXPECT(program_await_exit(program) == cases[i].status, "%s: exit status",
		    cases[i].line);
	}
}
END_TEST

START_TEST(what_only_root_may_see_is_not_served)
{
	lab_expect_shut_out();
}
END_TEST

void
httpd_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(logs_each_answer, SERVING),
		OURS(follows_a_log_that_is_moved, SERVING),
		OURS(explains_what_is_wrong, ONCE),
	};
	const struct check as_root[] = { OURS(what_only_root_may_see_is_not_served, ONCE) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
