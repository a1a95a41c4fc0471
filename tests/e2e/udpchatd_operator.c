/*
 * The operator: who, say, all, kick, quit at the server's own terminal.
 *
 * Guards against a server that ends with its input, a member who drives the operator's
 * terminal, and words that a member mistakes for somebody else's.
 */
#include <string.h>

#include "tests/e2e/udpchatd.h"

START_TEST(answers_by_hand)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	uint32_t number = peer_send(anna, CHAT_SAY, CHAT_OPERATOR, NULL, "is anybody there?");

	program_await_line(p, &p->out, "^anna: is anybody there\\?$");
	peer_expect_report(anna, number, CHAT_DELIVERED, 1);
	program_send(p, "say anna  I am\n");
	peer_expect_text(anna, CHAT_OPERATOR, NULL, "I am");
	program_await_line(p, &p->err, "delivered to 1$");
	program_send(p, "all good night\n");
	peer_expect_text(anna, CHAT_OPERATOR, NULL, "good night");
	peer_expect_text(ben, CHAT_OPERATOR, NULL, "good night");
	program_await_line(p, &p->err, "delivered to 2$");
	program_send(p, "say nobody hello\n");
	program_await_line(p, &p->err, "nobody here is called \"nobody\"");
}
END_TEST

START_TEST(who_and_help)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");

	(void)peer_send(anna, CHAT_ENTER, NULL, "lab", NULL);
	(void)peer_hear(anna, CHAT_REPORT);
	program_send(p, "who\n");
	program_await_line(p, &p->out, "^  anna #lab 127\\.0\\.0\\.1:[0-9]+$");
	program_await_line(p, &p->out, "^1 here$");
	program_send(p, "what?\n");
	program_await_line(p, &p->err, "commands: who, say NAME TEXT");
}
END_TEST

START_TEST(kick)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	uint32_t number = peer_send(anna, CHAT_SAY, "ben", NULL, "too late");
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet;

	peer_expect_nothing(anna, QUIET_MS);
	program_send(p, "kick ben\n");
	while (chat_get(ben->fd, bytes, &packet) == CHAT_DATA)
		continue; /* he does not acknowledge the text */
	EXPECT(packet.type == CHAT_BYE && packet.reason == CHAT_KICKED, "type %d", packet.type);
	peer_expect_report(anna, number, CHAT_NOT_TAKEN, 0);
}
END_TEST

START_TEST(quit_and_end_of_input)
{
	struct program *p = udp_server_start(ARGS(NULL)), *q = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");
	uint32_t number;
	int status;

	program_finish(p);
	do { /* the end of input is read some time */
		number = peer_send(anna, CHAT_SAY, CHAT_OPERATOR, NULL, "hello?");
	} while (peer_hear(anna, CHAT_REPORT)->outcome != CHAT_NOBODY && number < 1000);
	EXPECT(number < 1000, "the operator has gone and is said to hear");
	program_send(q, "quit\n");
	status = program_await_exit(q);
	EXPECT(status == 0, "exit status %d", status);
}
END_TEST

START_TEST(control_characters_are_escaped)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");

	(void)peer_send(anna, CHAT_SAY, CHAT_OPERATOR, NULL, "\033[2J\nben: forged \xc2\x9b");
	program_await_line(p, &p->out, "^anna: .x1b\\[2J.x0aben: forged .xc2.x9b$");
	EXPECT(strchr(p->out.text, '\033') == NULL, "an escape on the operator's terminal");
}
END_TEST

/* Lines in pieces, glued, too long, with a NUL: each is one line or none. */
START_TEST(lines_are_lines)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");
	static char huge[5000];

	memset(huge, 'x', sizeof huge - 1);
	program_send(p, "say an");
	program_send(p, "na one\nsay anna two\nsay anna ");
	program_send(p, huge);
	program_send(p, "\n\nsay anna three\n");
	peer_expect_text(anna, CHAT_OPERATOR, NULL, "one");
	peer_expect_text(anna, CHAT_OPERATOR, NULL, "two");
	peer_expect_text(anna, CHAT_OPERATOR, NULL, "three");
	program_await_line(p, &p->err, "too long");
}
END_TEST

void
udpchatd_operator(Suite *suite)
{
	const struct check checks[] = {
		OURS(answers_by_hand, ONCE),
		OURS(who_and_help, ONCE),
		OURS(kick, ONCE),
		OURS(quit_and_end_of_input, ONCE),
		OURS(control_characters_are_escaped, ONCE),
		OURS(lines_are_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
