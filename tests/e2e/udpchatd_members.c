/*
 * Members come and go: expiry, the one who does not acknowledge, the end of the server.
 *
 * Guards against names that are held for ever by who has gone, writers who wait for ever for
 * a report, and clients who are not told.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/udpchatd.h"

START_TEST(silence_expires)
{
	struct program *p = udp_server_start(ARGS("-t", "0.5"));
	struct peer *anna = peer_join(p->address[0], "anna");

	peer_await(anna, &anna->gone, "BYE");
	EXPECT(anna->gone - 1 == CHAT_SILENT, "reason %d", anna->gone - 1);
	program_await_line(p, &p->err, "anna has gone: not heard of for too long");
	(void)peer_join(p->address[0], "anna"); /* the name is free again */
}
END_TEST

START_TEST(pings_keep_a_member)
{
	struct program *p = udp_server_start(ARGS("-t", "0.6"));
	struct peer *anna = peer_join(p->address[0], "anna");

	for (int64_t until = now_ms() + 2000; now_ms() < until;) {
		chat_put(
		    anna->fd, &(struct chat_packet){ .type = CHAT_PING, .token = anna->token });
		peer_expect_nothing(anna, 50);
	}
	EXPECT(!anna->gone, "gone for reason %d", anna->gone - 1);
}
END_TEST

/* Who leaves with texts in its queue has not taken them. */
START_TEST(not_taken_by_who_leaves)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	uint32_t number = peer_send(anna, CHAT_SAY, "ben", NULL, "wait!");

	peer_expect_nothing(anna, QUIET_MS);
	peer_say_bye(ben);
	peer_expect_report(anna, number, CHAT_NOT_TAKEN, 0);
}
END_TEST

/* Who sends, but acknowledges nothing, is dropped after the bound. */
START_TEST(not_taken_by_who_is_deaf)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	int64_t began = now_ms(), took;

	(void)peer_send(anna, CHAT_SAY, "ben", NULL, "hello?");
	for (peer_turn(anna); anna->heard_count == 0; peer_turn(anna)) {
		chat_put(
		    ben->fd, &(struct chat_packet){ .type = CHAT_PING, .token = ben->token });
		EXPECT(now_ms() < began + 60000, "it is never given up");
		await_events(anna->fd, 1, now_ms() + 200);
	}
	took = now_ms() - began;
	peer_expect_report(anna, 0, CHAT_NOT_TAKEN, 0);
	EXPECT(took > 10000 && took < 45000, "given up after %d ms", (int)took);
	peer_await(ben, &ben->gone, "BYE");
	EXPECT(ben->gone - 1 == CHAT_DEAF, "reason %d", ben->gone - 1);
}
END_TEST

START_TEST(the_end_is_told)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");
	int status;

	program_signal(p, SIGTERM);
	peer_await(anna, &anna->gone, "BYE");
	EXPECT(anna->gone - 1 == CHAT_LEFT, "reason %d", anna->gone - 1);
	status = program_await_exit(p);
	EXPECT(status == 0, "exit status %d", status);
}
END_TEST

START_TEST(counters)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");

	(void)peer_send(anna, CHAT_SAY, "anna", NULL, "note to myself");
	peer_expect_text(anna, "anna", NULL, "note to myself");
	udp_client_send(anna->fd, "rubbish", 7);
	chat_put(anna->fd, &(struct chat_packet){ .type = CHAT_PING, .token = anna->token });
	udp_client_receive(anna->fd, (uint8_t[CHAT_DATAGRAM_MAX]){ 0 }, CHAT_DATAGRAM_MAX);
	program_signal(p, SIGUSR1);
	program_await_line(p, &p->err, "1 members of at most 512, 1 welcomed, 1 texts");
	program_await_line(p, &p->err, "1 malformed, 0 of no member");
}
END_TEST

void
udpchatd_members(Suite *suite)
{
	const struct check checks[] = {
		OURS(silence_expires, ONCE),
		OURS(pings_keep_a_member, ONCE),
		{ not_taken_by_who_leaves, ONCE, NEEDS_START, 1,
		    "tell the writer when a reader has left. chat(5)" },
		OURS(not_taken_by_who_is_deaf, ONCE),
		{ the_end_is_told, ONCE, NEEDS_START, 1,
		    "on TERM tell the members that it is over. udpchatd(8)" },
		OURS(counters, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
