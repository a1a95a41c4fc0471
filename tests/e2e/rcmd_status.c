/*
 * rcmd: it exits as the command did, and its own failures look like no command's.
 *
 * Guards against a remote `false' that is a local success.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

struct status_case {
	const char *words[6];
	int status;
	const char *out, *err; /* err: a part of it, or NULL: nothing at all */
};

START_TEST(status_is_the_commands)
{
	static const struct status_case all[] = {
		{ { "true" }, 0, "", NULL },
		{ { "false" }, 1, "", NULL },
		{ { "exit 42" }, 42, "", NULL },
		{ { "echo", "a  b", "$HOME" }, 0, "a  b $HOME\n", NULL },
		{ { "echo a  b; exit 3" }, 3, "a b\n", NULL },
		{ { "echo x | tr x y" }, 0, "y\n", NULL },
		{ { "echo out; echo err >&2" }, 0, "out\n", "err\n" },
		{ { "kill -KILL $$" }, 137, "", NULL },
		{ { "kill -TERM $$" }, 143, "", NULL },
		{ { "no-such-command" }, 127, "", "no-such-command: ENOENT" },
		{ { "/etc/passwd" }, 126, "", "EACCES" },
		{ { "ls", "-d", "/" }, 0, "/\n", NULL }, /* -d is not ours */
		{ { "echo" }, 0, "\n", NULL },
	};
	struct program *server = rcmdd_start(ARGS(NULL));

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		const char *args[8] = { "127.0.0.1" };
		struct program *p;
		int status;

		for (size_t j = 0; all[i].words[j]; j++)
			args[j + 1] = all[i].words[j];
		status = rcmd_finish(server, args, &p);
		EXPECT(status == all[i].status, "case %zu: status %d", i, status);
		EXPECT(strcmp(p->out.text, all[i].out) == 0, "case %zu: %s", i, p->out.text);
		EXPECT(
		    all[i].err ? strstr(p->err.text, all[i].err) != NULL : p->err.length == 0,
		    "case %zu: %s", i, p->err.text);
	}
}
END_TEST

START_TEST(shell_is_asked_for)
{
	struct program *server = rcmdd_start(ARGS(NULL)), *p;

	EXPECT(rcmd_finish(server, ARGS("-s", "127.0.0.1", "echo", "$((1+1))"), &p) == 0, "-s");
	EXPECT(strcmp(p->out.text, "2\n") == 0, "%s", p->out.text);
}
END_TEST

START_TEST(limits_are_124)
{
	struct program *p;

	EXPECT(rcmd_finish(rcmdd_start(ARGS("-W", "0.2")), ARGS("127.0.0.1", "sleep", "1000"),
		   &p) == 124,
	    "time");
	EXPECT(strstr(p->err.text, "longer"), "%s", p->err.text);
	EXPECT(rcmd_finish(rcmdd_start(ARGS("-O", "1")), ARGS("127.0.0.1", "yes"), &p) == 124,
	    "output");
	EXPECT(p->out.length == 1024 * 1024, "%zu bytes", p->out.length);
}
END_TEST

START_TEST(own_failures_are_125)
{
	struct program *p, *server = rcmdd_start(ARGS(NULL));
	char port[16];
	int number;

	(void)port_reserve(AF_INET, &number);
	snprintf(port, sizeof port, "%d", number);
	p = program_start(ARGS("-p", port, "127.0.0.1", "true"));
	EXPECT(program_await_exit(p) == 125, "nobody listens");
	EXPECT(strstr(p->err.text, "ECONNREFUSED"), "%s", p->err.text);
	EXPECT(rcmd_finish(server, ARGS("-k", "/no/such", "127.0.0.1", "true"), &p) == 125,
	    "no key file");
	EXPECT(rcmd_finish(server,
		   ARGS("-k", own_file("k", "a run 0123456789abcdef\n", 0644), "127.0.0.1",
		       "true"),
		   &p) == 125,
	    "a key that others can read");
	EXPECT(strstr(p->err.text, "chmod 600"), "%s", p->err.text);
	EXPECT(rcmd_finish(server,
		   ARGS("-k", own_file("k", "a run 0123456789abcdef\n", 0600), "127.0.0.1",
		       "true"),
		   &p) == 125,
	    "a server that asks for no key");
}
END_TEST

void
rcmd_status(Suite *suite)
{
	const struct check checks[] = {
		{ status_is_the_commands, ONCE, NEEDS_START, 3,
		    "exit with EXIT's number; 128 and the signal. rcmd(1)" },
		{ shell_is_asked_for, ONCE, NEEDS_OPTIONS, 1, "-s: EXEC of form 1. rcmd(1)" },
		{ limits_are_124, ONCE, NEEDS_START, 1, "as timeout(1). rcmd(1)" },
		{ own_failures_are_125, ONCE, NEEDS_START, 1, "as env(1). rcmd(1)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
