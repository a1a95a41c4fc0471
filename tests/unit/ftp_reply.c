/*
 * Guards: a reply that ends too early or never (a number within a multi-line reply is not
 * its end), one that a name can forge a line of, one that eats all memory; a newline that
 * is lost or doubled where two buffers meet.
 */
#include "protocol/ftp_reply.h"

#include <stdio.h>
#include <string.h>

#include "protocol/ftp_ascii.h"
#include "tests/unit/unit.h"

static struct ftp_reply reply;

/* Replies as "226=text;": lines with '|' between. "bad" ends it. */
static void
play(const char *in, size_t len, size_t step, char *out, size_t capacity)
{
	size_t n = 0;

	memset(&reply, 0, sizeof reply);
	*out = '\0';
	for (size_t at = 0, used; at < len; at += used) {
		size_t piece = len - at < step ? len - at : step, from = 0;
		struct ftp_span line;

		switch (ftp_reply_feed(&reply, in + at, piece, &used)) {
		case FTP_REPLY_MORE:
			ck_assert_uint_eq(used, piece);
			break;
		case FTP_REPLY_READY:
			n += (size_t)snprintf(out + n, capacity - n, "%d", reply.code);
			while (ftp_reply_next_line(&reply, &from, &line))
				n += (size_t)snprintf(
				    out + n, capacity - n, "|%.*s", (int)line.len, line.at);
			n += (size_t)snprintf(out + n, capacity - n, ";");
			break;
		case FTP_REPLY_TELNET:
			n += (size_t)snprintf(
			    out + n, capacity - n, "<%02x>", reply.line.answer[2]);
			break;
		case FTP_REPLY_BAD:
			snprintf(out + n, capacity - n, "bad");
			return;
		}
	}
	if (ftp_reply_is_open(&reply))
		snprintf(out + n, capacity - n, "...");
}

struct reply_case {
	const char *in, *out;
};

static const struct reply_case reply_cases[] = {
	{ "226 Done\r\n", "226|Done;" },
	{ "226 Done\n", "226|Done;" },
	{ "226\r\n", "226|;" },
	{ "226 \r\n226 b\r\n", "226|;226|b;" },
	{ "211-Features:\r\n UTF8\r\n REST STREAM\r\n211 End\r\n",
	    "211|Features:| UTF8| REST STREAM|End;" },
	/* RFC 959, 4.2: numbers within, even the same one with other things behind it */
	{ "123-First\r\nSecond\r\n  234 A line\r\n123 The last\r\n",
	    "123|First|Second|  234 A line|The last;" },
	{ "123-a\r\n234 b\r\n1234 c\r\n123x\r\n123 d\r\n", "123|a|234 b|1234 c|123x|d;" },
	{ "220-a\r\n220-b\r\n220 c\r\n", "220|a|b|c;" },
	{ "220-a\r\n220\r\n", "220|a|;" },
	{ "220-a\r\n\r\n220 c\r\n", "220|a||c;" },
	{ "\377\375\001220 a\r\n", "<01>220|a;" },
	{ "250 a\r\001\r\n", "250|a\r\001;" },
	{ "220-a\r\n", "..." },
	{ "22", "..." },
	{ "hello\r\n", "bad" },
	{ "\r\n", "bad" },
	{ "099 a\r\n", "bad" },
	{ "700 a\r\n", "bad" },
	{ "22a\r\n", "bad" },
	{ "2200 a\r\n", "bad" },
};

START_TEST(reads_replies)
{
	const struct reply_case *c = &reply_cases[_i];
	char out[256];

	for (size_t step = 1; step <= strlen(c->in); step++) {
		play(c->in, strlen(c->in), step, out, sizeof out);
		ck_assert_str_eq(out, c->out);
	}
}
END_TEST

START_TEST(keeps_as_much_as_it_may)
{
	static char in[FTP_REPLY_TEXT_MAX + 4 * FTP_LINE_MAX];
	size_t len = 0, used;

	memset(&reply, 0, sizeof reply);
	len += (size_t)snprintf(in, sizeof in, "211-x\r\n");
	while (len + 1100 < sizeof in) {
		memset(in + len, 'y', 1000);
		memcpy(in + len + 1000, "\r\n", 2);
		len += 1002;
	}
	len += (size_t)snprintf(in + len, sizeof in - len, "211 z\r\n226 Done\r\n");
	ck_assert_int_eq(ftp_reply_feed(&reply, in, len, &used), FTP_REPLY_READY);
	ck_assert_int_eq(reply.code, 211);
	ck_assert(reply.cut);
	ck_assert_uint_eq(reply.len, FTP_REPLY_TEXT_MAX);
	ck_assert_uint_eq(strlen(reply.text), FTP_REPLY_TEXT_MAX);
	ck_assert_int_eq(ftp_reply_feed(&reply, in + used, len - used, &used), FTP_REPLY_READY);
	ck_assert_str_eq(reply.text, "Done");
	ck_assert(!reply.cut);
}
END_TEST

START_TEST(gives_up_on_a_reply_without_end)
{
	size_t used, lines = 0;

	memset(&reply, 0, sizeof reply);
	ck_assert_int_eq(ftp_reply_feed(&reply, "220-a\r\n", 7, &used), FTP_REPLY_MORE);
	while (ftp_reply_feed(&reply, "x\r\n", 3, &used) == FTP_REPLY_MORE)
		ck_assert_uint_le(++lines, FTP_REPLY_LINES_MAX);
	ck_assert_uint_eq(lines, FTP_REPLY_LINES_MAX - 1);
}
END_TEST

START_TEST(encodes_replies)
{
	char out[64];
	static const struct {
		enum ftp_reply_place place;
		const char *out;
	} places[] = {
		{ FTP_REPLY_ONLY, "211 a\r\n" },
		{ FTP_REPLY_FIRST, "211-a\r\n" },
		{ FTP_REPLY_MIDDLE, " a\r\n" },
		{ FTP_REPLY_LAST, "211 a\r\n" },
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t len = strlen(places[i].out);

		ck_assert_int_eq(
		    ftp_reply_encode(out, sizeof out, 211, places[i].place, "a", 1),
		    (ssize_t)len);
		ck_assert_mem_eq(out, places[i].out, len);
		ck_assert_int_eq(
		    ftp_reply_encode(out, len - 1, 211, places[i].place, "a", 1), -1);
	}
	ck_assert_int_eq(ftp_reply_encode(out, sizeof out, 99, FTP_REPLY_ONLY, "a", 1), -1);
	ck_assert_int_eq(ftp_reply_encode(out, sizeof out, 700, FTP_REPLY_ONLY, "a", 1), -1);
}
END_TEST

START_TEST(lets_no_name_forge_a_line)
{
	static const char name[] = "a\r\n250 forged\0\377b";
	char out[64];
	ssize_t len =
	    ftp_reply_encode(out, sizeof out, 257, FTP_REPLY_ONLY, name, sizeof name - 1);

	ck_assert_int_eq(len, 24);
	ck_assert_mem_eq(out, "257 a\r\0?250 forged?\377\377b\r\n", 24);
}
END_TEST

/* ---- TYPE A ---- */

struct ascii_case {
	const char *file, *wire;
};

static const struct ascii_case ascii_cases[] = {
	{ "", "" },
	{ "a\nb\n", "a\r\nb\r\n" },
	{ "\n\n", "\r\n\r\n" },
	{ "no end", "no end" },
	{ "dos\r\n", "dos\r\r\n" },
	{ "\r", "\r" },
	{ "\r\r\n\r", "\r\r\r\n\r" },
	{ "a\rb\n", "a\rb\r\n" },
};

START_TEST(converts_across_borders)
{
	const struct ascii_case *c = &ascii_cases[_i];
	size_t file = strlen(c->file), wire = strlen(c->wire);
	char out[64];

	ck_assert_uint_eq(ftp_ascii_encode(c->file, file, out), wire);
	ck_assert_mem_eq(out, c->wire, wire);
	ck_assert_uint_eq(file + ftp_ascii_count(c->file, file), wire);
	for (size_t step = 1; step <= wire; step++) {
		struct ftp_ascii ascii = { false };
		size_t n = 0;

		for (size_t at = 0; at < wire; at += step) {
			size_t piece = wire - at < step ? wire - at : step;
			size_t got = ftp_ascii_decode(&ascii, c->wire + at, piece, out + n);

			ck_assert_uint_le(got, piece + 1);
			n += got;
		}
		n += ftp_ascii_end(&ascii, out + n);
		ck_assert_uint_eq(n, file);
		ck_assert_mem_eq(out, c->file, file);
	}
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
ftp_reply_suite(void)
{
	Suite *suite = suite_create("ftp_reply");
	TCase *tcase = tcase_create("ftp_reply");

	LOOP(reads_replies, reply_cases);
	tcase_add_test(tcase, keeps_as_much_as_it_may);
	tcase_add_test(tcase, gives_up_on_a_reply_without_end);
	tcase_add_test(tcase, encodes_replies);
	tcase_add_test(tcase, lets_no_name_forge_a_line);
	LOOP(converts_across_borders, ascii_cases);
	suite_add_tcase(suite, tcase);
	return suite;
}
