/*
 * tcpecho on a terminal: a conversation, line by line.
 *
 * Guards against a prompt that is not flushed, an empty line that leaves both sides
 * waiting, ways out that do not lead out, and a user who types into a connection
 * that is long gone.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpecho.h"

/* tcpecho with standard input and output on a terminal, whose our end is stored. */
static struct program *
start_on_terminal(int *terminal, enum peer peer)
{
	const char *port = peer_start(peer); /* before the terminal: it would inherit that */

	return program_on_terminal(terminal, ARGS("-t", "1", "-p", port, "127.0.0.1"));
}

START_TEST(prompt_and_answers)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_ECHO);

	client_hear(terminal, "> ");
	client_say(terminal, "hello lsj 哈哈哈\n");
	client_hear(terminal, "hello lsj 哈哈哈\n> ");
	client_say(terminal, "quite\n"); /* begins like a word that leaves */
	client_hear(terminal, "quite\n> ");
	client_say(terminal, "q\n");
	program_expect_status(p, 0);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

START_TEST(answer_in_pieces)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_IN_PIECES);

	client_hear(terminal, "> ");
	client_say(terminal, "a line that comes back byte by byte\n");
	client_hear(terminal, "a line that comes back byte by byte\n> ");
	client_say(terminal, "q\n");
	program_expect_status(p, 0);
}
END_TEST

/* Lines typed ahead are all answered, in order. */
START_TEST(lines_typed_ahead)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_ECHO);

	client_say(terminal, "one\ntwo\nthree\nquit\n");
	client_hear(terminal, "> one\n> two\n> three\n> ");
	program_expect_status(p, 0);
}
END_TEST

START_TEST(empty_line_is_refused)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_ECHO);

	client_hear(terminal, "> ");
	client_say(terminal, "\n");
	program_await_line(p, &p->err, "^tcpecho: nothing to send: TCP has no empty message$");
	client_hear(terminal, "> ");
	client_say(terminal, "hello\n");
	client_hear(terminal, "hello\n> ");
	client_say(terminal, "quit\n");
	program_expect_status(p, 0);
}
END_TEST

START_TEST(quit_leaves)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_ECHO);

	client_hear(terminal, "> ");
	client_say(terminal, "quit\n");
	program_expect_status(p, 0);
}
END_TEST

START_TEST(end_of_file_leaves)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_ECHO);

	client_hear(terminal, "> ");
	client_say(terminal, "\004"); /* control-D */
	program_expect_status(p, 0);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

/* Nothing is typed: the user must hear of it all the same. */
START_TEST(server_hangs_up_at_the_prompt)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_HANGS_UP);

	client_hear(terminal, "> ");
	client_say(terminal, "hello\n");
	client_hear(terminal, "hello\n");
	program_await_line(p, &p->err, "^tcpecho: .*hung up");
	program_expect_status(p, 1);
}
END_TEST

START_TEST(server_never_answers)
{
	int terminal;
	struct program *p = start_on_terminal(&terminal, PEER_SILENT);

	client_hear(terminal, "> ");
	client_say(terminal, "hello?\n");
	program_await_line(p, &p->err, "^tcpecho: no answer for 1 s");
	program_expect_status(p, 1);
}
END_TEST

/* Input from a terminal, output into a pipe: the answers must be whole there. */
START_TEST(terminal_and_pipe)
{
	const char *port = peer_start(PEER_ECHO);
	int theirs, terminal = terminal_open(&theirs);
	struct program *p = program_launch(&(struct launch){
	    .args = ARGS("-p", port, "127.0.0.1"), .in = theirs, .controlling = true });

	close(theirs);
	client_say(terminal, "hello\n");
	program_await_text(&p->out, "hello\n");
	client_say(terminal, "q\n");
	program_expect_status(p, 0);
}
END_TEST

void
tcpecho_terminal(Suite *suite)
{
	const struct check checks[] = {
		{ prompt_and_answers, ONCE, NEEDS_OPTIONS, 1,
		    "a terminal (isatty): prompt \"> \", flushed; q leaves. tcpecho(1)" },
		{ answer_in_pieces, ONCE, NEEDS_OPTIONS, 1,
		    "one read is not one answer: read on to the newline. sockets(7)" },
		{ lines_typed_ahead, ONCE, NEEDS_OPTIONS, 1,
		    "one read from a terminal is one line; stdio may hold more. tcpecho(1)" },
		{ empty_line_is_refused, ONCE, NEEDS_OPTIONS, 1,
		    "nothing sent is nothing received: both would wait. tcpecho(1)" },
		{ quit_leaves, ONCE, NEEDS_OPTIONS, 1,
		    "q and quit leave: status 0. tcpecho(1)" },
		{ end_of_file_leaves, ONCE, NEEDS_OPTIONS, 1,
		    "end of file leaves: status 0. tcpecho(1)" },
		{ server_hangs_up_at_the_prompt, ONCE, NEEDS_OPTIONS, 1,
		    "poll the server as well while you wait for the user. tcpecho(1)" },
		OURS(server_never_answers, ONCE),
		OURS(terminal_and_pipe, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
