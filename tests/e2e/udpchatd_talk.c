/*
 * Talk: each text once, in order, and its writer hears what became of it.
 *
 * Guards against doubles that are forwarded, texts out of order, a writer who is told
 * "delivered" of what nobody has, and a queue that grows for who does not read.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/udpchatd.h"

START_TEST(one_text_there_and_its_report)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	uint32_t number = peer_send(anna, CHAT_SAY, "ben", NULL, "hello \xe5\x93\x88");

	peer_expect_text(ben, "anna", NULL, "hello \xe5\x93\x88");
	peer_expect_report(anna, number, CHAT_DELIVERED, 1);
	number = peer_send(ben, CHAT_SAY, "nobody", NULL, "hello?");
	peer_expect_report(ben, number, CHAT_NOBODY, 0);
}
END_TEST

/* Nothing is reported as delivered before its receiver has acknowledged it. */
START_TEST(not_delivered_before_it_is_acknowledged)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");

	(void)peer_send(anna, CHAT_SAY, "ben", NULL, "hello");
	peer_expect_nothing(anna, QUIET_MS); /* ben takes no turn */
	peer_expect_text(ben, "anna", NULL, "hello");
	peer_expect_report(anna, 0, CHAT_DELIVERED, 1);
}
END_TEST

static void
put_say(struct peer *peer, uint32_t number, const char *text)
{
	uint8_t bytes[CHAT_RECORD_MAX];
	const struct chat_record say = {
		.kind = CHAT_SAY, .name = chat_span_of("ben"), .text = chat_span_of(text)
	};
	ssize_t len = chat_encode_record(&say, bytes, sizeof bytes);

	chat_put(peer->fd, &(struct chat_packet){ .type = CHAT_DATA,
			       .token = peer->token,
			       .number = number,
			       .record = { bytes, (size_t)len } });
}

/* By hand: out of order, twice, thrice, and from beyond the window. */
START_TEST(doubles_and_disorder)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");

	put_say(anna, 2, "third");
	put_say(anna, 1, "second");
	put_say(anna, 1, "second");
	put_say(anna, 100, "from nowhere");
	peer_expect_nothing(ben, QUIET_MS);
	put_say(anna, 0, "first");
	put_say(anna, 0, "first");
	put_say(anna, 2, "third");
	put_say(anna, 3, "fourth");
	peer_expect_text(ben, "anna", NULL, "first");
	peer_expect_text(ben, "anna", NULL, "second");
	peer_expect_text(ben, "anna", NULL, "third");
	peer_expect_text(ben, "anna", NULL, "fourth");
	peer_expect_nothing(ben, QUIET_MS);
}
END_TEST

/* An acknowledgement that got lost: the text comes again, and again later each time. */
START_TEST(sent_again_until_acknowledged)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet;
	int64_t at[3];

	(void)peer_send(anna, CHAT_SAY, "ben", NULL, "hello");
	for (size_t i = 0; i < ARRAY_LENGTH(at); i++) {
		EXPECT(chat_get(ben->fd, bytes, &packet) == CHAT_DATA && packet.number == 0,
		    "type %d", packet.type);
		at[i] = now_ms();
	}
	EXPECT(at[1] - at[0] >= DELIVER_LEAST_MS / 2 && at[2] - at[1] > at[1] - at[0],
	    "again after %d ms, then %d ms", (int)(at[1] - at[0]), (int)(at[2] - at[1]));
	peer_expect_text(ben, "anna", NULL, "hello");
	peer_expect_report(anna, 0, CHAT_DELIVERED, 1);
}
END_TEST

START_TEST(too_long_and_not_text_are_not_taken)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	static uint8_t record[CHAT_RECORD_MAX] = "\1\3ben\0";
	static char longest[CHAT_TEXT_MAX + 1];

	record[6] = (CHAT_TEXT_MAX + 1) >> 8;
	record[7] = (uint8_t)(CHAT_TEXT_MAX + 1);
	memset(record + 8, 'x', CHAT_TEXT_MAX + 1);
	chat_put(anna->fd, &(struct chat_packet){ .type = CHAT_DATA,
			       .token = anna->token,
			       .record = { record, 8 + CHAT_TEXT_MAX + 1 } });
	memcpy(record + 6, "\0\2\xc0\xaf", 4);
	chat_put(
	    anna->fd, &(struct chat_packet){
			  .type = CHAT_DATA, .token = anna->token, .record = { record, 10 } });
	peer_expect_nothing(ben, QUIET_MS);
	memset(longest, 'y', CHAT_TEXT_MAX);
	(void)peer_send(anna, CHAT_SAY, "ben", NULL, longest); /* as long as may be: whole */
	peer_expect_text(ben, "anna", NULL, longest);
}
END_TEST

START_TEST(rooms)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben"),
		    *carl = peer_join(p->address[0], "carl"),
		    *dora = peer_join(p->address[0], "dora");
	uint32_t number = peer_send(anna, CHAT_SAY, NULL, "lab", "anybody?");

	peer_expect_report(anna, number, CHAT_NOT_INSIDE, 0);
	number = peer_send(anna, CHAT_ENTER, NULL, "lab", NULL);
	peer_expect_report(anna, number, CHAT_DELIVERED, 0);
	number = peer_send(anna, CHAT_SAY, NULL, "lab", "anybody?");
	peer_expect_report(anna, number, CHAT_NOBODY, 0);
	(void)peer_send(ben, CHAT_ENTER, NULL, "lab", NULL);
	(void)peer_hear(ben, CHAT_REPORT);
	(void)peer_send(carl, CHAT_ENTER, NULL, "lab", NULL);
	(void)peer_hear(carl, CHAT_REPORT);
	(void)peer_send(dora, CHAT_ENTER, NULL, "kitchen", NULL);
	(void)peer_hear(dora, CHAT_REPORT);
	number = peer_send(anna, CHAT_SAY, NULL, "lab", "good morning");
	peer_expect_text(ben, "anna", "lab", "good morning");
	peer_expect_text(carl, "anna", "lab", "good morning");
	peer_expect_report(anna, number, CHAT_DELIVERED, 2);
	peer_expect_nothing(dora, QUIET_MS);
	number = peer_send(ben, CHAT_LEAVE, NULL, NULL, NULL);
	peer_expect_report(ben, number, CHAT_DELIVERED, 0);
	number = peer_send(anna, CHAT_SAY, NULL, "lab", "who is left?");
	peer_expect_text(carl, "anna", "lab", "who is left?");
	peer_expect_report(anna, number, CHAT_DELIVERED, 1);
	peer_expect_nothing(ben, QUIET_MS);
}
END_TEST

START_TEST(list_of_many_comes_in_parts)
{
	enum { MANY = 100 };
	struct program *p = udp_server_start(ARGS("-q"));
	struct peer *last = NULL;
	struct chat_record who = { .kind = CHAT_WHO };
	int found = 0, parts = 0;

	for (int i = 0; i < MANY; i++) {
		char name[64];

		snprintf(name, sizeof name, "member-with-a-rather-long-%03d", i);
		last = peer_join(p->address[0], name);
	}
	do {
		struct chat_span list, name, room;
		struct heard *item = calloc(1, sizeof *item);
		const struct chat_record *answer;
		ssize_t len = chat_encode_record(&who, item->bytes, sizeof item->bytes);
		uint32_t number;

		item->record.text = (struct chat_span){ item->bytes, (size_t)len };
		EXPECT(deliver_put(&last->out, item, &number), "no room");
		answer = peer_hear(last, CHAT_LIST);
		for (list = answer->text; chat_next_entry(&list, &name, &room); found++)
			EXPECT(name.len == 29, "name of %zu bytes", name.len);
		EXPECT(answer->number == 0 || answer->number > who.number, "it goes back");
		who.number = answer->number;
		parts++;
	} while (who.number != 0);
	EXPECT(found == MANY && parts > 1, "%d members in %d parts", found, parts);
}
END_TEST

/* A member who is silent takes a bounded number of texts; the next writers are told. */
START_TEST(a_queue_is_bounded)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *mute = peer_join(p->address[0], "mute"), *writer = NULL;
	int crowded = 0;

	for (int i = 0; i < 12 && !crowded; i++) {
		char name[24];

		snprintf(name, sizeof name, "writer%d", i);
		writer = peer_join(p->address[0], name);
		for (int k = 0; k < 8; k++)
			(void)peer_send(writer, CHAT_SAY, "mute", NULL, "take this");
		for (int64_t until = now_ms() + QUIET_MS; now_ms() < until; peer_turn(writer))
			await_events(writer->fd, POLLIN, until);
		while (writer->heard_taken < writer->heard_count)
			crowded +=
			    writer->heard[writer->heard_taken++].record.outcome == CHAT_CROWDED;
	}
	EXPECT(crowded > 0, "nobody is told that too much waits");
	(void)peer_send(mute, CHAT_SAY, "writer0", NULL, "I am back");
}
END_TEST

void
udpchatd_talk(Suite *suite)
{
	const struct check checks[] = {
		{ one_text_there_and_its_report, ONCE, NEEDS_START, 2,
		    "forward the text, and report to its writer. chat(5)" },
		{ not_delivered_before_it_is_acknowledged, ONCE, NEEDS_START, 2,
		    "delivered means acknowledged by the reader, not sent. chat(5)" },
		{ doubles_and_disorder, ONCE, NEEDS_START, 2,
		    "a number seen before is acknowledged again, and not forwarded. chat(5)" },
		{ sent_again_until_acknowledged, ONCE, NEEDS_START, 2,
		    "keep a text until it is acknowledged; send it again in time. "
		    "datagrams(7)" },
		{ too_long_and_not_text_are_not_taken, ONCE, NEEDS_START, 1,
		    "look at the length and at the UTF-8 before forwarding. chat(5)" },
		{ rooms, ONCE, NEEDS_START, 1,
		    "a room is a list of members: to all but the writer. chat(5)" },
		{ list_of_many_comes_in_parts, ONCE, NEEDS_START, 1,
		    "a list longer than a datagram goes in parts. chat(5)" },
		{ a_queue_is_bounded, ONCE, NEEDS_START, 1,
		    "who does not read must not fill your memory. chat(5)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
