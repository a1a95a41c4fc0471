/*
 * rcmd: many commands: at a prompt, or from a script.
 *
 * Guards against what the notes' client does: an empty line that leaves both sides
 * waiting, and the tail of one answer in front of the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

static struct program *
run_script(struct program *server, const char *script)
{
	struct program *p = rcmd_start(server, ARGS("127.0.0.1"));

	program_send(p, script);
	program_finish(p);
	return p;
}

START_TEST(script_of_commands)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	struct program *p = run_script(
	    server, "echo one\n\n# a comment\n  \necho two | tr a-z A-Z\nfalse\ncat\nexit 6");

	EXPECT(program_await_exit(p) == 6, "the last one's status");
	EXPECT(strcmp(p->out.text, "one\nTWO\n") == 0, "%s", p->out.text);
	p = run_script(server, "false\nq\necho no\n");
	EXPECT(program_await_exit(p) == 1, "q leaves with the last status");
	EXPECT(p->out.length == 0, "%s", p->out.text);
	p = run_script(server, "");
	EXPECT(program_await_exit(p) == 0, "an empty script");
}
END_TEST

START_TEST(script_of_many)
{
	static char script[64 * 1024];
	struct program *p;

	for (int i = 0; i < 200; i++)
		sprintf(script + strlen(script), "echo line %d\n", i);
	p = run_script(rcmdd_start(ARGS(NULL)), script);
	EXPECT(program_await_exit(p) == 0, "status");
	EXPECT(stream_lines(&p->out) == 200 && strstr(p->out.text, "line 199\n"), "%s",
	    p->out.text);
}
END_TEST

START_TEST(script_in_one_session)
{
	struct program *server = rcmdd_start(ARGS("-n", "3"));
	struct program *p = run_script(server, "true\ntrue\ntrue\ntrue\n");

	EXPECT(program_await_exit(p) == 125, "status");
	EXPECT(strstr(p->err.text, "no more commands"), "%s", p->err.text);
}
END_TEST

static struct program *
start_on_terminal(int *terminal)
{
	struct program *server = rcmdd_start(ARGS(NULL));

	return program_on_terminal(
	    terminal, ARGS("-p", strrchr(server->address[0], ':') + 1, "127.0.0.1"));
}

START_TEST(prompt_and_answers)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal);

	client_hear(terminal, "> ");
	client_say(terminal, "echo hello\n");
	client_hear(terminal, "hello\n> ");
	client_say(terminal, "\n");
	program_await_text(&p->err, "nothing to run");
	client_hear(terminal, "> ");
	client_say(terminal, "exit 4\n");
	client_hear(terminal, "> ");
	client_say(terminal, "q\n");
	EXPECT(program_await_exit(p) == 4, "status");
}
END_TEST

START_TEST(interrupt_at_the_prompt)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal);

	client_hear(terminal, "> ");
	client_say(terminal, "\003"); /* ^C */
	program_await_text(&p->err, "q leaves");
	client_hear(terminal, "> ");
	client_say(terminal, "echo go; exec sleep 1000\n");
	client_hear(terminal, "go\n");
	client_say(terminal, "\003");
	client_hear(terminal, "> ");
	client_say(terminal, "\004"); /* ^D */
	EXPECT(program_await_exit(p) == 130, "status");
}
END_TEST

void
rcmd_lines(Suite *suite)
{
	const struct check checks[] = {
		{ script_of_commands, ONCE, NEEDS_START, 2, "each line a command. rcmd(1)" },
		{ script_of_many, ONCE, NEEDS_START, 1,
		    "read until EXIT, no further. frame(5)" },
		OURS(script_in_one_session, ONCE),
		{ prompt_and_answers, ONCE, NEEDS_START, 2,
		    "an empty line is no command: say so, send nothing. rcmd(1)" },
		OURS(interrupt_at_the_prompt, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
