/*
 * tcpchat -1: half duplex: a line from the caller, a line back, and so on.
 *
 * Guards against turns that are not kept, which would make this the same as full
 * duplex, and against two sides that both listen.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

enum {
	TOO_LONG = 65536 + 1,
};

START_TEST(caller_speaks_first)
{
	int peer;
	struct program *p = chat_call("-1", &peer);

	program_send(p, "one\ntwo\n");
	client_hear(peer, "one\n");
	client_hear_nothing(peer, QUIET_MS);
	client_say(peer, "your turn\n");
	client_hear(peer, "two\n");
	program_await_text(&p->out, "your turn\n");
	client_say(peer, "and yours\n");
	program_await_text(&p->out, "and yours\n");
	program_finish(p);
	client_hear_end(peer);
	program_expect_status(p, 0);
	close(peer);
}
END_TEST

START_TEST(called_listens_first)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait("-1", address);
	int caller = client_open(address);

	program_send(p, "impatient\n");
	client_hear_nothing(caller, QUIET_MS);
	client_say(caller, "hello\n");
	client_hear(caller, "impatient\n");
	program_await_text(&p->out, "hello\n");
	client_finish(caller);
	program_expect_status(p, 0);
	close(caller);
}
END_TEST

/* What comes out of turn waits in the socket; nothing of it is lost. */
START_TEST(who_has_no_turn_is_not_heard)
{
	int peer;
	struct program *p = chat_call("-1", &peer);

	client_say(peer, "out of turn\nand again\n");
	client_hear_nothing(peer, QUIET_MS);
	EXPECT(p->out.length == 0, "stdout is: %s", p->out.text);
	program_send(p, "one\n");
	client_hear(peer, "one\n");
	program_await_text(&p->out, "out of turn\n");
	EXPECT(strcmp(p->out.text, "out of turn\n") == 0, "stdout is: %s", p->out.text);
	program_send(p, "two\n");
	program_await_text(&p->out, "and again\n");
	close(peer);
}
END_TEST

/* A turn is a line, in however many pieces it comes. */
START_TEST(turn_passes_at_the_newline)
{
	int peer;
	struct program *p = chat_call("-1", &peer);

	program_send(p, "one\ntwo\n");
	client_hear(peer, "one\n");
	client_say(peer, "half a ");
	client_hear_nothing(peer, QUIET_MS);
	client_say(peer, "line\n");
	client_hear(peer, "two\n");
	close(peer);
}
END_TEST

START_TEST(last_line_gets_its_newline)
{
	int peer;
	struct program *p = chat_call("-1", &peer);

	program_send(p, "no newline");
	program_finish(p);
	client_hear(peer, "no newline\n");
	client_say(peer, "I see\n");
	client_hear_end(peer);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "I see\n") == 0, "stdout is: %s", p->out.text);
	close(peer);
}
END_TEST

START_TEST(two_of_a_kind)
{
	char address[ADDRESS_MAX];
	struct program *right = chat_wait("-1", address);
	struct program *left =
	    program_start(ARGS("-1", "-p", strrchr(address, ':') + 1, "127.0.0.1"));

	program_send(right, "hello you\nI am well\n");
	program_send(left, "hello\nhow are you?\nbye\n");
	program_finish(left);
	program_await_text(&right->out, "hello\nhow are you?\nbye\n");
	program_finish(right);
	program_expect_status(left, 0);
	program_expect_status(right, 0);
	EXPECT(strcmp(left->out.text, "hello you\nI am well\n") == 0, "stdout is: %s",
	    left->out.text);
}
END_TEST

START_TEST(line_without_end)
{
	static char bytes[TOO_LONG];
	int peer;
	struct program *p = chat_call("-1", &peer);

	program_send(p, "one\n");
	client_hear(peer, "one\n");
	memset(bytes, 'x', sizeof bytes);
	client_send(peer, bytes, sizeof bytes);
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpchat: .*65536 bytes"), "no reason");
}
END_TEST

void
tcpchat_turns(Suite *suite)
{
	const struct check checks[] = {
		{ caller_speaks_first, ONCE, NEEDS_OPTIONS, 1,
		    "-1: send a line, then receive one. tcpchat(1)" },
		{ called_listens_first, ONCE, NEEDS_OPTIONS, 1,
		    "-1: who was called receives first. tcpchat(1)" },
		{ who_has_no_turn_is_not_heard, ONCE, NEEDS_OPTIONS, 1,
		    "-1: do not read the socket in your own turn. tcpchat(1)" },
		{ turn_passes_at_the_newline, ONCE, NEEDS_OPTIONS, 1,
		    "one read is not one message: read on to the newline. sockets(7)" },
		OURS(last_line_gets_its_newline, ONCE),
		OURS(two_of_a_kind, ONCE),
		OURS(line_without_end, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
