/*
 * udpchat as a filter: each line is a text, and it ends when all of them have arrived.
 *
 * Guards against a filter that ends before its texts are delivered, loses some of a long
 * input, or says 0 when somebody did not get them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpchat.h"

enum {
	LINES = 300,
};

static struct program *
filter(const char *port, const char *name, const char *to)
{
	return program_start(ARGS("-p", port, "127.0.0.1", name, to));
}

START_TEST(each_line_is_a_text)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p = filter(port_of(s->address[0]), "anna", "ben");

	program_send(p, "hello\n\n/etc/passwd\n@carl no command\nlast, without newline");
	program_finish(p);
	peer_expect_text(ben, "anna", NULL, "hello");
	peer_expect_text(ben, "anna", NULL, "/etc/passwd");
	peer_expect_text(ben, "anna", NULL, "@carl no command");
	peer_expect_text(ben, "anna", NULL, "last, without newline");
	peer_expect_nothing(ben, QUIET_MS); /* and its report is acknowledged meanwhile */
	program_expect_status(p, 0);
	EXPECT(p->out.length == 0 && p->err.length == 0, "words: %s", p->err.text);
}
END_TEST

START_TEST(ends_only_when_all_has_arrived)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p = filter(port_of(s->address[0]), "anna", "ben");

	program_send(p, "hello\n");
	program_finish(p);
	await_events(-1, 0, now_ms() + 2 * QUIET_MS); /* ben takes no turn */
	EXPECT(process_alive(p->pid), "it has not waited for ben");
	peer_expect_text(ben, "anna", NULL, "hello");
	peer_expect_nothing(ben, QUIET_MS);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(long_input_through_a_bad_network)
{
	static char input[LINES * 16], wanted[LINES * 24];
	struct program *s = chat_server(),
		       *r = relay_start(
			   s->address[0], ARGS("-L", "5", "-O", "10", "-D", "5", "-Z", "3")),
		       *ben, *anna;
	const char *port = port_of(r->address[0]);
	size_t in = 0, out = 0;

	for (int i = 0; i < LINES; i++) {
		in += (size_t)sprintf(input + in, "line %d\n", i);
		out += (size_t)sprintf(wanted + out, "anna: line %d\n", i);
	}
	ben = program_start(ARGS("-n", "300", "-p", port, "127.0.0.1", "ben"));
	program_finish(ben);
	program_await_line(s, &s->err, "ben has come");
	anna = filter(port, "anna", "ben");
	program_send(anna, input);
	program_finish(anna);
	program_expect_status(anna, 0);
	program_expect_status(ben, 0);
	EXPECT(strcmp(ben->out.text, wanted) == 0, "ben has:\n%s", ben->out.text);
}
END_TEST

START_TEST(what_is_not_delivered_is_told)
{
	struct program *s = chat_server();
	struct program *p = filter(port_of(s->address[0]), "anna", "nobody");

	program_send(p, "hello?\n");
	program_finish(p);
	program_await_line(p, &p->err, "^udpchat: nobody here is called \"nobody\"$");
	program_expect_status(p, 1);
}
END_TEST

START_TEST(too_long_and_not_text)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p = filter(port_of(s->address[0]), "anna", "ben");
	static char huge[3 * CHAT_TEXT_MAX], longest[CHAT_TEXT_MAX + 1];

	memset(huge, 'x', sizeof huge - 1);
	memset(longest, 'y', CHAT_TEXT_MAX);
	program_send(p, huge);
	program_send(p, "\n");
	program_send(p, longest);
	program_send(p, "z\n\xff\n");
	program_send(p, longest);
	program_send(p, "\n");
	program_finish(p);
	program_await_line(p, &p->err, "longer than 1000 bytes: not sent");
	program_await_line(p, &p->err, "not UTF-8: not sent");
	peer_expect_text(ben, "anna", NULL, longest);
	peer_expect_nothing(ben, QUIET_MS);
	program_expect_status(p, 1);
}
END_TEST

START_TEST(commands_without_a_receiver)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p =
	    program_start(ARGS("-p", port_of(s->address[0]), "127.0.0.1", "anna"));

	(void)peer_send(ben, CHAT_ENTER, NULL, "lab", NULL);
	(void)peer_hear(ben, CHAT_REPORT);
	program_send(p, "/who\n@ben good morning\nhow are you?\n//slash\n");
	peer_expect_text(ben, "anna", NULL, "good morning");
	peer_expect_text(ben, "anna", NULL, "how are you?");
	peer_expect_text(ben, "anna", NULL, "/slash");
	program_send(p, "/join lab\nhello all\n/leave\nquit\n");
	peer_expect_text(ben, "anna", "lab", "hello all");
	peer_expect_nothing(ben, QUIET_MS);
	program_expect_status(p, 0);
	EXPECT(program_has_line(&p->out, "^  1 ben #lab$") &&
		   program_has_line(&p->out, "^  2 anna \\(you\\)$"),
	    "the list: %s", p->out.text);
}
END_TEST

/* What a peer says must not drive the terminal, nor look like two messages. */
START_TEST(what_comes_is_escaped)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p =
	    program_start(ARGS("-n", "1", "-p", port_of(s->address[0]), "127.0.0.1", "anna"));

	program_await_line(s, &s->err, "anna has come");
	(void)peer_send(ben, CHAT_SAY, "anna", NULL, "\033[2J\nforged: yes \xc2\x9b");
	peer_expect_report(ben, 0, CHAT_DELIVERED, 1);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "ben: \\x1b[2J\\x0aforged: yes \\xc2\\x9b\n") == 0, "%s",
	    p->out.text);
}
END_TEST

/* A reader that has gone has read nothing: it is not acknowledged. */
START_TEST(nobody_reads_the_output)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct program *p =
	    program_start(ARGS("-p", port_of(s->address[0]), "127.0.0.1", "anna"));

	program_await_line(s, &s->err, "anna has come");
	close(p->out.fd);
	p->out.fd = -1;
	(void)peer_send(ben, CHAT_SAY, "anna", NULL, "hello?");
	program_await_line(p, &p->err, "standard output: EPIPE");
	program_expect_status(p, 1);
	peer_expect_report(ben, 0, CHAT_NOT_TAKEN, 0);
}
END_TEST

void
udpchat_filter(Suite *suite)
{
	const struct check checks[] = {
		{ each_line_is_a_text, ONCE, NEEDS_START, 2,
		    "a line of input is one text. udpchat(1)" },
		{ ends_only_when_all_has_arrived, ONCE, NEEDS_START, 2,
		    "at the end of input wait for the reports. udpchat(1)" },
		{ long_input_through_a_bad_network, ONCE, NEEDS_START, 2,
		    "number the texts, send again what is not acknowledged. chat(5)" },
		{ what_is_not_delivered_is_told, ONCE, NEEDS_START, 1,
		    "a text that did not arrive makes the exit status 1. udpchat(1)" },
		{ too_long_and_not_text, ONCE, NEEDS_START, 1,
		    "say so of a line that cannot be sent, and go on. udpchat(1)" },
		OURS(commands_without_a_receiver, ONCE),
		{ what_comes_is_escaped, ONCE, NEEDS_START, 1,
		    "others must not drive your terminal: escape control characters. "
		    "udpchat(1)" },
		OURS(nobody_reads_the_output, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
