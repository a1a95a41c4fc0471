/*
 * Guards: two sides that read the same datagram differently, and a datagram, cut or forged,
 * that is believed.
 */
#include "protocol/chat.h"

#include <string.h>

#include "tests/unit/unit.h"

#define SPAN(text)                                                                             \
	{                                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                                      \
	}
#define EIGHT(c) c c c c c c c c
#define NAME_32	 EIGHT("abcd")

/* Each type, and the bytes that chat(5) says it has. */
static const struct {
	struct chat_packet packet;
	struct chat_span bytes;
} packets[] = {
	{ { .type = CHAT_HELLO, .random = 0x0102030405060708 },
	    SPAN("SC\1\1\1\2\3\4\5\6\7\10" EIGHT("\0\0") "\0\0\0\0") },
	{ { .type = CHAT_COOKIE, .random = 1, .cookie = 2 },
	    SPAN("SC\1\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2") },
	{ { .type = CHAT_JOIN, .random = 1, .cookie = 2, .name = SPAN("anna") },
	    SPAN("SC\1\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\4anna") },
	{ { .type = CHAT_WELCOME, .random = 1, .token = 3, .idle_s = 300 },
	    SPAN("SC\1\4\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\3\1\54") },
	{ { .type = CHAT_REFUSED, .random = 1, .reason = CHAT_NAME_TAKEN },
	    SPAN("SC\1\5\0\0\0\0\0\0\0\1\1") },
	{ { .type = CHAT_DATA, .token = 3, .number = 7, .record = SPAN("\4") },
	    SPAN("SC\1\6\0\0\0\0\0\0\0\3\0\0\0\7\4") },
	{ { .type = CHAT_ACK, .token = 3, .number = 8, .early = 5 },
	    SPAN("SC\1\7\0\0\0\0\0\0\0\3\0\0\0\10\5") },
	{ { .type = CHAT_PING, .token = 3, .number = 9 },
	    SPAN("SC\1\10\0\0\0\0\0\0\0\3\0\0\0\11") },
	{ { .type = CHAT_PONG, .token = 3, .number = 9 },
	    SPAN("SC\1\11\0\0\0\0\0\0\0\3\0\0\0\11") },
	{ { .type = CHAT_BYE, .token = 3, .reason = CHAT_KICKED },
	    SPAN("SC\1\12\0\0\0\0\0\0\0\3\4") },
};

static const struct {
	struct chat_record record;
	struct chat_span bytes;
} records[] = {
	{ { .kind = CHAT_SAY, .name = SPAN("ben"), .text = SPAN("hi") },
	    SPAN("\1\3ben\0\0\2hi") },
	{ { .kind = CHAT_SAY, .room = SPAN("lab"), .text = SPAN("hi") },
	    SPAN("\1\0\3lab\0\2hi") },
	{ { .kind = CHAT_WHO, .number = 3 }, SPAN("\2\0\0\0\3") },
	{ { .kind = CHAT_ENTER, .room = SPAN("lab") }, SPAN("\3\3lab") },
	{ { .kind = CHAT_LEAVE }, SPAN("\4") },
	{ { .kind = CHAT_TEXT, .name = SPAN("anna"), .text = SPAN("\xe5\x93\x88") },
	    SPAN("\5\4anna\0\0\3\xe5\x93\x88") },
	{ { .kind = CHAT_REPORT, .number = 9, .outcome = CHAT_NOT_TAKEN, .count = 258 },
	    SPAN("\6\0\0\0\11\1\1\2") },
	{ { .kind = CHAT_LIST, .number = 4, .text = SPAN("\4anna\0\3ben\3lab") },
	    SPAN("\7\0\0\0\4\4anna\0\3ben\3lab") },
	{ { .kind = CHAT_LIST }, SPAN("\7\0\0\0\0") },
};

START_TEST(packets_have_the_bytes_of_the_page)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet back;
	const struct chat_packet *p = &packets[_i].packet;

	ck_assert_int_eq(chat_encode(p, bytes, sizeof bytes), (ssize_t)packets[_i].bytes.len);
	ck_assert_mem_eq(bytes, packets[_i].bytes.bytes, packets[_i].bytes.len);
	ck_assert_int_eq(chat_decode(bytes, packets[_i].bytes.len, &back), CHAT_OK);
	ck_assert_int_eq(back.type, p->type);
	ck_assert_uint_eq(back.random, p->random);
	ck_assert_uint_eq(back.cookie, p->cookie);
	ck_assert_uint_eq(back.token, p->token);
	ck_assert_uint_eq(back.number, p->number);
	ck_assert_uint_eq(back.early, p->early);
	ck_assert_uint_eq(back.idle_s, p->idle_s);
	ck_assert_uint_eq(back.reason, p->reason);
	ck_assert(chat_same(back.name, p->name) && chat_same(back.record, p->record));
}
END_TEST

START_TEST(records_have_the_bytes_of_the_page)
{
	uint8_t bytes[CHAT_RECORD_MAX];
	struct chat_record back;
	const struct chat_record *r = &records[_i].record;

	ck_assert_int_eq(
	    chat_encode_record(r, bytes, sizeof bytes), (ssize_t)records[_i].bytes.len);
	ck_assert_mem_eq(bytes, records[_i].bytes.bytes, records[_i].bytes.len);
	ck_assert_int_eq(chat_decode_record(bytes, records[_i].bytes.len, &back), CHAT_OK);
	ck_assert_int_eq(back.kind, r->kind);
	ck_assert_uint_eq(back.number, r->number);
	ck_assert_uint_eq(back.outcome, r->outcome);
	ck_assert_uint_eq(back.count, r->count);
	ck_assert(chat_same(back.name, r->name) && chat_same(back.room, r->room) &&
		  chat_same(back.text, r->text));
}
END_TEST

/* Every part of a good one, and a byte more than it, is refused; no encoder overflows. */
START_TEST(other_lengths_are_refused)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX + 1] = { 0 };
	struct chat_packet packet;
	size_t len = packets[_i].bytes.len;
	bool open = packets[_i].packet.type == CHAT_DATA; /* its record takes the rest */

	memcpy(bytes, packets[_i].bytes.bytes, len);
	for (size_t cut = 0; cut < len; cut++)
		ck_assert_int_ne(chat_decode(bytes, cut, &packet), CHAT_OK);
	ck_assert_int_eq(
	    chat_decode(bytes, len + 1, &packet), open ? CHAT_OK : CHAT_BAD_LENGTH);
	ck_assert_int_eq(chat_decode(bytes, sizeof bytes, &packet), CHAT_BAD_LENGTH);
	for (size_t room = 0; room < len; room++)
		ck_assert_int_eq(chat_encode(&packets[_i].packet, bytes, room), -1);
}
END_TEST

START_TEST(other_records_are_refused)
{
	uint8_t bytes[CHAT_RECORD_MAX + 1] = { 0 };
	struct chat_record record;
	size_t len = records[_i].bytes.len;
	bool list = records[_i].record.kind == CHAT_LIST;

	memcpy(bytes, records[_i].bytes.bytes, len);
	for (size_t cut = 0; cut < len && !list; cut++)
		ck_assert_int_ne(chat_decode_record(bytes, cut, &record), CHAT_OK);
	ck_assert_int_ne(chat_decode_record(bytes, len + 1, &record), CHAT_OK);
	ck_assert_int_ne(chat_decode_record(bytes, sizeof bytes, &record), CHAT_OK);
	for (size_t room = 0; room < len; room++)
		ck_assert_int_eq(chat_encode_record(&records[_i].record, bytes, room), -1);
}
END_TEST

static const struct {
	struct chat_span bytes;
	enum chat_error error;
} forged[] = {
	{ SPAN(""), CHAT_FOREIGN },
	{ SPAN("SC\1"), CHAT_FOREIGN },
	{ SPAN("CS\1\10\0\0\0\0\0\0\0\3\0\0\0\11"), CHAT_FOREIGN },
	{ SPAN("SC\2\10\0\0\0\0\0\0\0\3\0\0\0\11"), CHAT_OTHER },
	{ SPAN("SC\1\0\0\0\0\0\0\0\0\3\0\0\0\11"), CHAT_BAD_TYPE },
	{ SPAN("SC\1\13\0\0\0\0\0\0\0\3\0\0\0\11"), CHAT_BAD_TYPE },
	{ SPAN("SC\1\xff\0\0\0\0\0\0\0\3\0\0\0\11"), CHAT_BAD_TYPE },
	{ SPAN("SC\1\6\0\0\0\0\0\0\0\3\0\0\0\7"), CHAT_BAD_LENGTH }, /* no record */
	{ SPAN("SC\1\12\0\0\0\0\0\0\0\3\11"), CHAT_BAD_VALUE },
	{ SPAN("SC\1\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\377anna"), CHAT_BAD_LENGTH },
};

START_TEST(forged_packets)
{
	struct chat_packet packet;

	ck_assert_int_eq(chat_decode(forged[_i].bytes.bytes, forged[_i].bytes.len, &packet),
	    forged[_i].error);
}
END_TEST

static const struct {
	struct chat_span bytes;
	enum chat_error error;
} forged_records[] = {
	{ SPAN("\0"), CHAT_BAD_TYPE },
	{ SPAN("\10"), CHAT_BAD_TYPE },
	{ SPAN("\1\0\0\0\2hi"), CHAT_BAD_NAME },       /* to nobody */
	{ SPAN("\1\3ben\3lab\0\2hi"), CHAT_BAD_NAME }, /* to a person and a room */
	{ SPAN("\1\3b n\0\0\2hi"), CHAT_BAD_NAME },
	{ SPAN("\1\3b\0n\0\0\2hi"), CHAT_BAD_NAME },
	{ SPAN("\1\3b\nn\0\0\2hi"), CHAT_BAD_NAME },
	{ SPAN("\1\3ben\0\0\0"), CHAT_BAD_TEXT }, /* empty */
	{ SPAN("\1\3ben\0\0\2h\xff"), CHAT_BAD_TEXT },
	{ SPAN("\1\3ben\0\0\2\xc0\xaf"), CHAT_BAD_TEXT },
	{ SPAN("\1\3ben\0\377\377hi"), CHAT_BAD_LENGTH },
	{ SPAN("\1\3ben\377"), CHAT_BAD_LENGTH },
	{ SPAN("\3\0"), CHAT_BAD_NAME },
	{ SPAN("\6\0\0\0\11\5\0\0"), CHAT_BAD_VALUE },
	{ SPAN("\7\0\0\0\0\4anna"), CHAT_BAD_NAME }, /* an entry without its room */
	{ SPAN("\7\0\0\0\0\0\0"), CHAT_BAD_NAME },
};

START_TEST(forged_record)
{
	struct chat_record record;

	ck_assert_int_eq(chat_decode_record(forged_records[_i].bytes.bytes,
			     forged_records[_i].bytes.len, &record),
	    forged_records[_i].error);
}
END_TEST

START_TEST(names_and_texts)
{
	static const char *const good[] = { "a", NAME_32, "J\xc3\xb6rg",
		"\xe5\xb0\x8f\xe6\x98\x8e", "a-b_c.d9" };
	static const char *const bad[] = { "", NAME_32 "x", "two words", "#room", "a:b",
		"a\x1b[m", "\xc2\x9bm",
		"\xe2\x80\xae"
		"abc",
		"\xff", "\xe5\xb0" };
	static char text[CHAT_TEXT_MAX + 2];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(chat_is_name(chat_span_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!chat_is_name(chat_span_of(bad[i])), "%s", bad[i]);
	memset(text, 'x', CHAT_TEXT_MAX);
	ck_assert(chat_is_text(chat_span_of(text)));
	text[CHAT_TEXT_MAX] = 'x';
	ck_assert(!chat_is_text(chat_span_of(text)));
	ck_assert(!chat_is_text(chat_span_of("")));
	ck_assert(chat_is_text(chat_span_of("\x1b[2J"))); /* for who prints it to escape */
}
END_TEST

/* The largest record of each kind fits into a datagram. */
START_TEST(the_largest_fits)
{
	static char text[CHAT_TEXT_MAX + 1];
	uint8_t record[CHAT_RECORD_MAX], datagram[CHAT_DATAGRAM_MAX];
	ssize_t len;

	memset(text, 'x', CHAT_TEXT_MAX);
	len = chat_encode_record(&(struct chat_record){ .kind = CHAT_TEXT,
				     .name = chat_span_of(NAME_32),
				     .room = chat_span_of(NAME_32),
				     .text = chat_span_of(text) },
	    record, sizeof record);
	ck_assert_int_gt(len, CHAT_TEXT_MAX);
	len = chat_encode(
	    &(struct chat_packet){ .type = CHAT_DATA, .record = { record, (size_t)len } },
	    datagram, sizeof datagram);
	ck_assert_int_gt(len, CHAT_TEXT_MAX);
	ck_assert_int_le(len, CHAT_DATAGRAM_MAX);
}
END_TEST

/* What a server says to strangers is not more than what they said. */
START_TEST(no_answer_is_larger_than_its_question)
{
	uint8_t b[CHAT_DATAGRAM_MAX];
	const struct chat_span shortest = chat_span_of("a");
	struct chat_packet p = { .type = CHAT_HELLO };
	ssize_t hello = chat_encode(&p, b, sizeof b), join, ping, ack;

	p = (struct chat_packet){ .type = CHAT_JOIN, .name = shortest };
	join = chat_encode(&p, b, sizeof b);
	p.type = CHAT_PING;
	ping = chat_encode(&p, b, sizeof b);
	p.type = CHAT_ACK;
	ack = chat_encode(&p, b, sizeof b);
	p.type = CHAT_COOKIE;
	ck_assert_int_le(chat_encode(&p, b, sizeof b), hello);
	p.type = CHAT_WELCOME;
	ck_assert_int_le(chat_encode(&p, b, sizeof b), join);
	p.type = CHAT_REFUSED;
	ck_assert_int_le(chat_encode(&p, b, sizeof b), join);
	p.type = CHAT_PONG;
	ck_assert_int_le(chat_encode(&p, b, sizeof b), ping);
	p.type = CHAT_BYE; /* to PING, ACK and DATA of who is unknown */
	ck_assert_int_le(chat_encode(&p, b, sizeof b), ping);
	ck_assert_int_le(ping, ack);
}
END_TEST

START_TEST(lists_end_where_they_are_full)
{
	uint8_t list[40];
	size_t len = 0, more;
	struct chat_span rest, name, room;
	int count = 0;

	while ((more = chat_add_entry(
		    list, len, sizeof list, chat_span_of("anna"), chat_span_of("lab"))) != 0)
		len = more;
	ck_assert_uint_eq(len, 36); /* four of nine bytes */
	for (rest = (struct chat_span){ list, len }; chat_next_entry(&rest, &name, &room);
	     count++)
		ck_assert(chat_same(name, chat_span_of("anna")) &&
			  chat_same(room, chat_span_of("lab")));
	ck_assert_int_eq(count, 4);
}
END_TEST

START_TEST(every_value_has_words)
{
	for (int i = 0; i < CHAT_ERRORS; i++)
		ck_assert_ptr_nonnull(chat_error_words((enum chat_error)i));
	for (unsigned i = 0; i < 256; i++)
		ck_assert_ptr_nonnull(chat_reason_words((uint8_t)i));
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

Suite *
chat_suite(void)
{
	Suite *suite = suite_create("chat");
	TCase *tcase = tcase_create("chat");

	tcase_add_loop_test(tcase, packets_have_the_bytes_of_the_page, 0, COUNT(packets));
	tcase_add_loop_test(tcase, records_have_the_bytes_of_the_page, 0, COUNT(records));
	tcase_add_loop_test(tcase, other_lengths_are_refused, 0, COUNT(packets));
	tcase_add_loop_test(tcase, other_records_are_refused, 0, COUNT(records));
	tcase_add_loop_test(tcase, forged_packets, 0, COUNT(forged));
	tcase_add_loop_test(tcase, forged_record, 0, COUNT(forged_records));
	tcase_add_test(tcase, names_and_texts);
	tcase_add_test(tcase, the_largest_fits);
	tcase_add_test(tcase, no_answer_is_larger_than_its_question);
	tcase_add_test(tcase, lists_end_where_they_are_full);
	tcase_add_test(tcase, every_value_has_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
