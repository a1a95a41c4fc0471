/*
 * Guards: a listing whose columns a name or an owner can shift, a date that is taken for
 * next year's, a name that loses its blanks; a 257 without its closing quote, and a
 * digest of the wrong length.
 */
#include "protocol/ftp_list.h"

#include <stdio.h>
#include <string.h>

#include "protocol/ftp_text.h"
#include "tests/unit/unit.h"

#define NOW INT64_C(1795184580) /* 2026-11-20 14:23 */

#define SPAN(text)                                                                             \
	{                                                                                      \
		text, sizeof text - 1                                                          \
	}

/* ---- LIST ---- */

struct encode_case {
	struct ftp_entry entry;
	const char *line;
};

static const struct encode_case encode_cases[] = {
	{ { .type = FTP_TYPE_FILE,
	      .mode = 0644,
	      .links = 1,
	      .size = 1024,
	      .time = NOW,
	      .owner = SPAN("anna"),
	      .group = SPAN("lab"),
	      .name = SPAN("notes 1.txt") },
	    "-rw-r--r--   1 anna     lab              1024 Nov 20 14:23 notes 1.txt" },
	{ { .type = FTP_TYPE_DIR,
	      .mode = 03755,
	      .links = 1000,
	      .size = UINT64_MAX,
	      .time = NOW - 200 * 86400,
	      .owner = SPAN("someone-longer"),
	      .group = SPAN(""),
	      .name = SPAN("d") },
	    "drwxr-sr-t 1000 someone-longer -        18446744073709551615 May  4  2026 d" },
	{ { .type = FTP_TYPE_SYMLINK,
	      .mode = 06677,
	      .links = 1,
	      .time = NOW + 1,
	      .owner = SPAN("a b"),
	      .group = SPAN("\033c"),
	      .name = SPAN("x\r\ny"),
	      .target = SPAN("\033[2J") },
	    "lrwSrwsrwx   1 a_b      _c                  0 Nov 20  2026 x??y -> ?[2J" },
};

START_TEST(encodes_entries)
{
	const struct encode_case *c = &encode_cases[_i];
	char out[160];

	ck_assert_int_eq(
	    ftp_entry_encode(out, sizeof out, &c->entry, NOW), (int64_t)strlen(c->line));
	ck_assert_str_eq(out, c->line);
	ck_assert_int_eq(ftp_entry_encode(out, strlen(c->line), &c->entry, NOW), -1);
}
END_TEST

struct parse_case {
	const char *line;
	enum ftp_entry_status status;
	enum ftp_type type;
	int64_t size;	  /* -1: none */
	const char *time; /* NULL: none */
	const char *name, *target;
};

#define OK    FTP_ENTRY_OK
#define FILE_ FTP_TYPE_FILE
#define DIR_  FTP_TYPE_DIR
#define LINK  FTP_TYPE_SYMLINK
#define NOT(line, status)                                                                      \
	{                                                                                      \
		line, status, FTP_TYPE_OTHER, -1, NULL, NULL, NULL                             \
	}

static const struct parse_case parse_cases[] = {
	{ "-rw-r--r--   1 anna     lab          1024 Nov 20 14:23 notes.txt", OK, FILE_, 1024,
	    "20261120142300", "notes.txt", NULL },
	{ "-rw-r--r--   1 anna     lab          1024 Nov 20 14:23  two  blanks ", OK, FILE_,
	    1024, "20261120142300", " two  blanks ", NULL },
	{ "-rw-r--r--+ 1 anna lab x 12 Feb  3  2024 a", OK, FILE_, 12, "20240203000000", "a",
	    NULL },
	{ "drwxr-xr-x 2 anna 0 Dec 31 23:59 d", OK, DIR_, 0, "20251231235900", "d", NULL },
	{ "drwxr-xr-x 2 anna 0 Nov 21 14:00 d", OK, DIR_, 0, "20261121140000", "d", NULL },
	{ "-rw-r--r-- 1 a b 1 Feb 29 10:00 leap", OK, FILE_, 1, "20240229100000", "leap",
	    NULL },
	{ "lrwxrwxrwx 1 a b 9 Nov 20 14:23 latest -> notes.txt", OK, LINK, 9, "20261120142300",
	    "latest", "notes.txt" },
	{ "lrwxrwxrwx 1 a b 9 Nov 20 14:23 latest", OK, LINK, 9, "20261120142300", "latest",
	    NULL },
	{ "-rw-r--r-- 1 a b 9 Nov 20 14:23 no -> link", OK, FILE_, 9, "20261120142300",
	    "no -> link", NULL },
	{ "-rw-r--r-- 1 a b 5 2026-11-20 14:23 iso", OK, FILE_, 5, "20261120142300", "iso",
	    NULL },
	{ "-rw-r--r-- 1 Nov 20 5 Nov 20 14:23 n", OK, FILE_, 5, "20261120142300", "n", NULL },
	{ "brw-rw---- 1 root disk 8, 0 Nov 20 14:23 sda", OK, FTP_TYPE_OTHER, 0,
	    "20261120142300", "sda", NULL },
	{ "11-20-26  02:23PM       <DIR>          my files", OK, DIR_, -1, "20261120142300",
	    "my files", NULL },
	{ "11-20-2026  12:05AM                 1024 a b.txt", OK, FILE_, 1024, "20261120000500",
	    "a b.txt", NULL },
	{ "+i8388621.29609,m1795184580,r,s280,\tdjb.html", OK, FILE_, 280, "20261120142300",
	    "djb.html", NULL },
	{ "+i8388621.44468,m839956783,/,\t514", OK, DIR_, -1, "19960813171943", "514", NULL },
	NOT("total 12", FTP_ENTRY_NONE),
	NOT("", FTP_ENTRY_NONE),
	NOT("   ", FTP_ENTRY_NONE),
	NOT("drwxr-xr-x 2 a b 0 Nov 20 14:23 .", FTP_ENTRY_NONE),
	NOT("drwxr-xr-x 2 a b 0 Nov 20 14:23 ..", FTP_ENTRY_NONE),
	NOT("-rw-r--r-- 1 a b 9 Nov 20 14:23 ", FTP_ENTRY_BAD),
	NOT("-rw-r--r-- 1 a b 9 Nov 20 14:23", FTP_ENTRY_BAD),
	NOT("-rw-r--r-- 1 a b 9 Nov 32 14:23 x", FTP_ENTRY_BAD),
	NOT("-rw-r--r-- 1 a b 9 Nov 20 25:23 x", FTP_ENTRY_BAD),
	NOT("-rw-r--r-- 1 a b many Nov 20 14:23 x", FTP_ENTRY_BAD),
	NOT("-rw-r--r 1 a b 9 Nov 20 14:23 x", FTP_ENTRY_BAD),
	NOT("13-20-26  02:23PM <DIR> x", FTP_ENTRY_BAD),
	NOT("11-20-26  13:23PM <DIR> x", FTP_ENTRY_BAD),
	NOT("11-20-26  02:23PM <DIR>", FTP_ENTRY_BAD),
	NOT("+/", FTP_ENTRY_BAD),
	NOT("notes.txt", FTP_ENTRY_BAD),
};

START_TEST(parses_entries)
{
	const struct parse_case *c = &parse_cases[_i];
	struct ftp_entry entry;
	char time[FTP_TIME_TEXT_MAX + 1];

	ck_assert_int_eq(ftp_entry_parse(c->line, strlen(c->line), NOW, &entry), c->status);
	if (c->status != FTP_ENTRY_OK)
		return;
	ck_assert_int_eq(entry.type, c->type);
	ck_assert_int_eq(entry.has_size, c->size != -1);
	if (entry.has_size)
		ck_assert_uint_eq(entry.size, (uint64_t)c->size);
	ck_assert_int_eq(entry.time_unit > 0, c->time != NULL);
	ck_assert_int_gt(
	    ftp_time_encode(time, sizeof time, &(struct ftp_time){ entry.time, 0 }), 0);
	ck_assert_str_eq(time, c->time);
	ck_assert_uint_eq(entry.name.len, strlen(c->name));
	ck_assert_mem_eq(entry.name.at, c->name, entry.name.len);
	ck_assert_uint_eq(entry.target.len, c->target ? strlen(c->target) : 0);
	if (c->target)
		ck_assert_mem_eq(entry.target.at, c->target, entry.target.len);
}
END_TEST

START_TEST(reads_modes)
{
	struct ftp_entry entry;
	static const struct {
		const char *line;
		unsigned mode;
	} modes[] = {
		{ "-rwsr-Sr-t 1 a b 9 Nov 20 14:23 x", 07745 },
		{ "drwxr-xr-x 1 a b 9 Nov 20 14:23 x", 0755 },
		{ "---------T 1 a b 9 Nov 20 14:23 x", 01000 },
	};

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		const char *line = modes[i].line;

		ck_assert_int_eq(
		    ftp_entry_parse(line, strlen(line), NOW, &entry), FTP_ENTRY_OK);
		ck_assert(entry.has_mode);
		ck_assert_uint_eq(entry.mode, modes[i].mode);
	}
}
END_TEST

/* ---- 257 ---- */

struct quote_case {
	const char *text, *name; /* NULL: none */
};

static const struct quote_case quote_cases[] = {
	{ "\"/\"", "/" },
	{ "\"/usr/dm/a\"\"b\" directory created", "/usr/dm/a\"b" }, /* RFC 959, App. II */
	{ "\"\"\"\"", "\"" },
	{ "\"a b\" is", "a b" },
	{ "\"a\"x", "a" },
	{ "\"\" is", NULL },
	{ "\"/home", NULL },
	{ "\"/home\"\"", NULL },
	{ "/home", NULL },
	{ "\"", NULL },
	{ "", NULL },
	{ "\"0123456789abcdef\"", NULL }, /* no room */
	{ "\"0123456789abcde\"", "0123456789abcde" },
};

START_TEST(parses_quotes)
{
	const struct quote_case *c = &quote_cases[_i];
	char name[16], again[64];
	ssize_t len = ftp_quote_parse(c->text, strlen(c->text), name, sizeof name);

	ck_assert_int_eq(len, c->name ? (ssize_t)strlen(c->name) : -1);
	if (len == -1)
		return;
	ck_assert_str_eq(name, c->name);
	len = ftp_quote_encode(again, sizeof again, name, (size_t)len);
	ck_assert_int_gt(len, 0);
	ck_assert_mem_eq(again, c->text, (size_t)len);
	ck_assert_int_eq(ftp_quote_encode(again, (size_t)len, name, strlen(name)), -1);
}
END_TEST

/* ---- digests ---- */

START_TEST(digests_there_and_back)
{
	struct ftp_hash hash = { "SHA-256", 0, 49, { 0x6d, 0xcd }, 2, SPAN("a b") }, back;
	char out[64];

	ck_assert_int_gt(ftp_hash_encode(out, sizeof out, &hash), 0);
	ck_assert_str_eq(out, "SHA-256 0-49 6dcd a b");
	ck_assert(ftp_hash_parse(out, strlen(out), &back));
	ck_assert_str_eq(back.algorithm, "SHA-256");
	ck_assert_uint_eq(back.from, 0);
	ck_assert_uint_eq(back.to, 49);
	ck_assert_uint_eq(back.digest_len, 2);
	ck_assert_mem_eq(back.digest, hash.digest, 2);
	ck_assert_uint_eq(back.name.len, 3);
	ck_assert_int_eq(ftp_hash_encode(out, 10, &hash), -1);
}
END_TEST

START_TEST(refuses_what_is_no_digest)
{
	static const char *const wrong[] = { "", "SHA-256", "SHA-256 0-49", "SHA-256 0-49 6dcd",
		"SHA-256 0-49 6dcd ", "SHA-256 0-49 6dc x", "SHA-256 0-49 6dcg x",
		"SHA-256 49-0 6dcd x", "SHA-256 049 6dcd x", "SHA-256 0- 6dcd x",
		"A-NAME-THAT-IS-TOO-LONG 0-49 6dcd x" };
	struct ftp_hash hash;
	uint8_t digest[2];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(
		    !ftp_hash_parse(wrong[i], strlen(wrong[i]), &hash), "%s", wrong[i]);
	ck_assert(ftp_digest_parse("6DCD", 4, digest, 2));
	ck_assert_mem_eq(digest, "\x6d\xcd", 2);
	ck_assert(ftp_digest_parse("MD5 (x) = 6dcd", 14, digest, 2));
	ck_assert(ftp_digest_parse("a\n6dcd\nb", 8, digest, 2));
	ck_assert(!ftp_digest_parse("6dcd6d", 6, digest, 2));
	ck_assert(!ftp_digest_parse("6dc", 3, digest, 2));
	ck_assert(!ftp_digest_parse("", 0, digest, 2));
}
END_TEST

static const struct {
	const char *argument, *name; /* NULL: wrong */
	uint64_t from, to;
} xhash_cases[] = {
	{ "notes.txt", "notes.txt", 0, UINT64_MAX },
	{ "notes 1 2", "notes 1 2", 0, UINT64_MAX },
	{ "\"notes 1\"", "notes 1", 0, UINT64_MAX },
	{ "\"a\"\"b\" 5", "a\"b", 5, UINT64_MAX },
	{ "\"a\" 5 10", "a", 5, 10 },
	{ "\"a\" 10 5", NULL, 0, 0 },
	{ "\"a\" 5 10 15", NULL, 0, 0 },
	{ "\"a\" x", NULL, 0, 0 },
	{ "\"a\"x", NULL, 0, 0 },
	{ "\"a", NULL, 0, 0 },
	{ "", NULL, 0, 0 },
};

START_TEST(parses_xhash)
{
	const char *argument = xhash_cases[_i].argument;
	char name[32], again[64];
	uint64_t from, to;
	bool is = ftp_xhash_parse(argument, strlen(argument), name, sizeof name, &from, &to);

	ck_assert_int_eq(is, xhash_cases[_i].name != NULL);
	if (!is)
		return;
	ck_assert_str_eq(name, xhash_cases[_i].name);
	ck_assert_uint_eq(from, xhash_cases[_i].from);
	ck_assert_uint_eq(to, xhash_cases[_i].to);
	ck_assert_int_gt(
	    ftp_xhash_encode(again, sizeof again, name, strlen(name), from, to), 0);
	if (*argument == '"')
		ck_assert_str_eq(again, argument);
}
END_TEST

#define LOOP(test, cases)                                                                      \
	tcase_add_loop_test(tcase, test, 0, (int)(sizeof cases / sizeof *cases))

Suite *
ftp_list_suite(void)
{
	Suite *suite = suite_create("ftp_list");
	TCase *tcase = tcase_create("ftp_list");

	LOOP(encodes_entries, encode_cases);
	LOOP(parses_entries, parse_cases);
	tcase_add_test(tcase, reads_modes);
	LOOP(parses_quotes, quote_cases);
	tcase_add_test(tcase, digests_there_and_back);
	tcase_add_test(tcase, refuses_what_is_no_digest);
	LOOP(parses_xhash, xhash_cases);
	suite_add_tcase(suite, tcase);
	return suite;
}
