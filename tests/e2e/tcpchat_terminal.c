/*
 * tcpchat on a terminal: who says what, and whose keys are whose.
 *
 * Guards against a peer who drives the terminal or speaks in our name, a line that is
 * printed into the one being typed, and a terminal that is left changed.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

#define ABOVE "\033D\033[A\0337\r\033[L"
#define DONE  "\0338\033[B"

enum {
	LONG = 1023, /* and a character of three bytes: one too many for what is kept */
};

struct place {
	int terminal, theirs, peer; /* our end, the program's, the other side */
	struct program *p;
};

/* In a call, on a terminal of this kind. */
static struct place
start_on(const char *kind, const char *option)
{
	struct place place;
	int theirs;

	setenv("TERM", kind, 1);
	setenv("NO_COLOR", "1", 0);
	place.terminal = terminal_open(&theirs);
	place.p =
	    chat_call_from((struct launch){ .in = theirs, .out = theirs, .controlling = true },
		option, &place.peer);
	close(theirs);
	return place;
}

START_TEST(typed_and_heard)
{
	struct place place = start_on("dumb", NULL);

	client_say(place.terminal, "hello lsj 哈哈哈\n");
	client_hear(place.peer, "hello lsj 哈哈哈\n");
	client_say(place.peer, "guten Tag, schöner Tag\r\n\n");
	client_hear(place.terminal, "\npeer> guten Tag, schöner Tag\n\npeer> \n");
}
END_TEST

/* A line comes while one is typed: above it, and what is sent is whole. */
START_TEST(typed_line_is_not_torn)
{
	struct place place = start_on("xterm", NULL);

	client_say(place.terminal, "hel");
	client_say(place.peer, "interrupting cow\n");
	client_hear(place.terminal, ABOVE "peer> interrupting cow" DONE);
	client_say(place.terminal, "lo\n");
	client_hear(place.peer, "hello\n");
}
END_TEST

START_TEST(colour_for_the_mark_only)
{
	struct place place;

	setenv("NO_COLOR", "", 1);
	place = start_on("xterm", NULL);
	client_say(place.peer, "hello\n");
	client_hear(place.terminal, ABOVE "\033[36mpeer> \033[mhello" DONE);
}
END_TEST

START_TEST(controls_are_escaped)
{
	struct place place = start_on("dumb", NULL);

	client_say(place.peer, "\033[2J\007\rtcpchat: \302\233 \377 \t.\n");
	client_hear(place.terminal, "\npeer> \\x1b[2J\\x07\\x0dtcpchat: \\xc2\\x9b \\xff  .\n");
}
END_TEST

/* It would need two rows: then each is one, and none can pass for a line of ours. */
START_TEST(long_line_is_folded)
{
	struct place place = start_on("xterm", NULL);

	terminal_resize(place.terminal, 10, 26);
	client_say(place.peer, "twenty-characters-wide|哈哈哈哈哈哈哈哈哈哈|end\n");
	client_hear(place.terminal, ABOVE "peer> twenty-characters-wi" DONE);
	client_hear(place.terminal, ABOVE "      de|哈哈哈哈哈哈哈哈" DONE);
	client_hear(place.terminal, ABOVE "      哈哈|end" DONE);
}
END_TEST

/* More than is kept of a line; its cut must not go through a character. */
START_TEST(very_long_line)
{
	struct place place = start_on("xterm", NULL);
	char line[LONG + 1] = "";

	terminal_resize(place.terminal, 10, 2000);
	memset(line, 'x', LONG);
	client_say(place.peer, line);
	client_say(place.peer, "哈!\n");
	client_hear(place.terminal, ABOVE "peer> ");
	client_hear(place.terminal, line);
	client_hear(place.terminal, DONE ABOVE "peer> 哈!" DONE);
}
END_TEST

/* A prompt, say: it is shown although its line does not end. */
START_TEST(part_of_a_line)
{
	struct place place = start_on("dumb", NULL);

	client_say(place.peer, "login: ");
	client_hear(place.terminal, "\npeer> login: \n");
}
END_TEST

START_TEST(both_end)
{
	struct place place = start_on("dumb", NULL);

	client_say(place.terminal, "\004");
	client_hear_end(place.peer);
	client_hear(place.terminal, "\ntcpchat: our side has ended; the other may go on\n");
	client_say(place.peer, "good-bye");
	client_finish(place.peer);
	program_expect_status(place.p, 0);
	client_hear(place.terminal, "\npeer> good-bye\n");
}
END_TEST

START_TEST(other_side_ends_first)
{
	struct place place = start_on("dumb", NULL);

	client_finish(place.peer);
	client_hear(place.terminal, "\ntcpchat: the other side has ended; ^D ends ours\n");
	client_say(place.terminal, "still here\n\004");
	client_hear(place.peer, "still here\n");
	program_expect_status(place.p, 0);
}
END_TEST

START_TEST(interrupt_leaves_the_terminal_alone)
{
	struct place place = start_on("xterm", NULL);
	struct termios before, after;

	EXPECT(tcgetattr(place.terminal, &before) == 0, "tcgetattr");
	client_say(place.peer, "hello\n");
	client_hear(place.terminal, ABOVE "peer> hello" DONE);
	client_say(place.terminal, "\003");
	program_expect_status(place.p, 128 + SIGINT);
	EXPECT(tcgetattr(place.terminal, &after) == 0, "tcgetattr");
	EXPECT(before.c_lflag == after.c_lflag && before.c_iflag == after.c_iflag &&
		   before.c_oflag == after.c_oflag,
	    "the terminal is not as it was");
}
END_TEST

/* Into a pipe the bytes go as they are, whoever types. */
START_TEST(terminal_and_pipe)
{
	int theirs, peer, terminal = terminal_open(&theirs);
	struct program *p =
	    chat_call_from((struct launch){ .in = theirs, .controlling = true }, NULL, &peer);

	close(theirs);
	client_say(peer, "\033[1mraw\033[m");
	program_await_text(&p->out, "\033[1mraw\033[m");
	client_say(terminal, "typed\n");
	client_hear(peer, "typed\n");
	client_say(terminal, "\004");
	close(peer);
	program_expect_status(p, 0);
}
END_TEST

/* A file is sent, nobody types: marked and escaped all the same, and rows go on. */
START_TEST(pipe_and_terminal)
{
	int theirs, peer, terminal = terminal_open(&theirs);
	struct program *p;

	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	p = chat_call_from((struct launch){ .out = theirs }, NULL, &peer);
	close(theirs);
	program_finish(p);
	client_say(peer, "one\n\033two\n");
	client_hear(terminal, "peer> one\npeer> \\x1btwo\n");
	close(peer);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(prompt_for_a_turn)
{
	struct place place = start_on("dumb", "-1");

	client_hear(place.terminal, "> ");
	client_say(place.terminal, "one\ntwo\n");
	client_hear(place.peer, "one\n");
	client_hear_nothing(place.terminal, QUIET_MS);
	client_say(place.peer, "first\n");
	client_hear(place.terminal, "peer> first\n> ");
	client_hear(place.peer, "two\n");
	client_say(place.peer, "second\nimpatient\n");
	client_hear(place.terminal, "peer> second\n> ");
	client_hear_nothing(place.terminal, QUIET_MS);
	client_say(place.terminal, "\004");
	program_expect_status(place.p, 0);
}
END_TEST

START_TEST(hang_up_at_the_prompt)
{
	struct place place = start_on("dumb", "-1");

	client_hear(place.terminal, "> ");
	close(place.peer);
	client_hear(place.terminal, "\n");
	program_expect_status(place.p, 0);
	EXPECT(program_has_line(&place.p->err, "^tcpchat: the other side has hung up$"),
	    "it is not told");
}
END_TEST

void
tcpchat_terminal(Suite *suite)
{
	const struct check checks[] = {
		OURS(typed_and_heard, ONCE),
		OURS(typed_line_is_not_torn, ONCE),
		OURS(colour_for_the_mark_only, ONCE),
		OURS(controls_are_escaped, ONCE),
		OURS(long_line_is_folded, ONCE),
		OURS(very_long_line, ONCE),
		OURS(part_of_a_line, ONCE),
		OURS(both_end, ONCE),
		OURS(other_side_ends_first, ONCE),
		OURS(interrupt_leaves_the_terminal_alone, ONCE),
		OURS(terminal_and_pipe, ONCE),
		OURS(pipe_and_terminal, ONCE),
		OURS(prompt_for_a_turn, ONCE),
		OURS(hang_up_at_the_prompt, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
