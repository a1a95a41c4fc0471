/*
 * ftp_url, netrc and words: what ftp is told by the user.
 *
 * Guards against a name that becomes a command, a password of another machine, and a
 * quote that ends too early.
 */
#include "protocol/ftp_url.h"

#include <string.h>

#include "clients/ftp/words.h"
#include "protocol/netrc.h"
#include "tests/unit/unit.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

/* ---- URLs ---- */

START_TEST(urls)
{
	static const struct {
		const char *text, *host, *port, *user, *password, *path;
		char type;
	} rows[] = {
		{ "ftp://h", "h", "", "", "", "", 0 },
		{ "ftp://h/", "h", "", "", "", "", 0 },
		{ "FTP://h:21/a/b", "h", "21", "", "", "a/b", 0 },
		{ "ftp://u@h/a", "h", "", "u", "", "a", 0 },
		{ "ftp://u:p@h//a", "h", "", "u", "p", "/a", 0 },
		{ "ftp://u:@h/%2Fa", "h", "", "u", "", "/a", 0 },
		{ "ftp://u%40x:p%3a%2f@h/a", "h", "", "u@x", "p:/", "a", 0 },
		{ "ftp://u:p@q@h/a", "h", "", "u", "p@q", "a", 0 },
		{ "ftp://[::1]/a", "::1", "", "", "", "a", 0 },
		{ "ftp://[::1]:2121/a@b", "::1", "2121", "", "", "a@b", 0 },
		{ "ftp://h/a%20b;type=A", "h", "", "", "", "a b", 'a' },
		{ "ftp://h/a;type=i", "h", "", "", "", "a", 'i' },
		{ "ftp://h/a;typ", "h", "", "", "", "a;typ", 0 },
		{ "ftp://h/%ff", "h", "", "", "", "\xff", 0 },
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct ftp_url url;

		ck_assert_int_eq(ftp_url_parse(rows[i].text, &url), FTP_URL_OK);
		ck_assert_str_eq(url.host, rows[i].host);
		ck_assert_str_eq(url.port, rows[i].port);
		ck_assert_str_eq(url.user, rows[i].user);
		ck_assert_str_eq(url.password, rows[i].password);
		ck_assert_str_eq(url.path, rows[i].path);
		ck_assert_int_eq(url.type, rows[i].type);
	}
}
END_TEST

START_TEST(bad_urls)
{
	static const char *const bad[] = { "ftp://", "ftp:///a", "ftp://u@/a", "ftp://@h/a",
		"ftp://h/%", "ftp://h/%4", "ftp://h/%4g", "ftp://h/%00", "ftp://h/%0a",
		"ftp://h/%0D", "ftp://u%0a@h/", "ftp://u:%00@h/", "ftp://[::1/a",
		"ftp://[::1]x/a", "ftp://h/a;type=x",
		"ftp://h:12345678901234567890123456789012/", "ftp://h\n/a" };
	static const char *const other[] = { "", "ftp", "ftp:/h/a", "http://h/a", "h:/a" };
	struct ftp_url url;

	for (size_t i = 0; i < LENGTH(bad); i++)
		ck_assert_msg(ftp_url_parse(bad[i], &url) == FTP_URL_BAD, "%s", bad[i]);
	for (size_t i = 0; i < LENGTH(other); i++)
		ck_assert_msg(ftp_url_parse(other[i], &url) == FTP_URL_OTHER, "%s", other[i]);
}
END_TEST

START_TEST(long_urls)
{
	char text[8192] = "ftp://h/";
	struct ftp_url url;

	memset(text + 8, 'a', FTP_URL_PATH_MAX);
	ck_assert_int_eq(ftp_url_parse(text, &url), FTP_URL_OK);
	text[8 + FTP_URL_PATH_MAX] = 'a';
	ck_assert_int_eq(ftp_url_parse(text, &url), FTP_URL_BAD);
}
END_TEST

/* ---- .netrc ---- */

static const char netrc[] = "# comment machine a login no password no\n"
			    "machine a login anna password secret\n"
			    "machine b\n\tlogin \"b \\\"c\\\"\" password \"\"\n"
			    "macdef init\nmachine a login evil password evil\n\n"
			    "machine a login second password other\n"
			    "machine c account x login c\n"
			    "default login d password e\n"
			    "machine z login z password z\n";

START_TEST(netrc_entries)
{
	static const struct {
		const char *machine, *login, *found, *password;
	} rows[] = {
		{ "a", NULL, "anna", "secret" }, { "A", NULL, "anna", "secret" },
		{ "a", "second", "second", "other" }, { "b", NULL, "b \"c\"", "" },
		{ "c", NULL, "c", NULL }, { "x", NULL, "d", "e" },
		{ "z", NULL, "d", "e" }, /* behind default nothing counts */
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct netrc_entry entry;
		unsigned line;

		ck_assert_int_eq(netrc_find(netrc, sizeof netrc - 1, rows[i].machine,
				     rows[i].login, &entry, &line),
		    NETRC_FOUND);
		ck_assert_str_eq(entry.login, rows[i].found);
		ck_assert_int_eq(entry.has_password, rows[i].password != NULL);
		if (rows[i].password)
			ck_assert_str_eq(entry.password, rows[i].password);
	}
}
END_TEST

START_TEST(bad_netrc)
{
	static const struct {
		const char *text;
		enum netrc_status status;
		unsigned line;
	} rows[] = {
		{ "", NETRC_NONE, 1 },
		{ "machine b login c", NETRC_NONE, 1 },
		{ "machine", NETRC_MISSING, 1 },
		{ "\nmachine b login", NETRC_MISSING, 2 },
		{ "\n\nnonsense", NETRC_BAD_WORD, 3 },
		{ "machine b\nlogin c\npasswort d", NETRC_BAD_WORD, 3 },
		{ "machine \"b", NETRC_BAD_QUOTE, 1 },
		{ "machine b password \"\\\"", NETRC_BAD_QUOTE, 1 },
		{ "macdef x\nmachine b", NETRC_NONE, 2 },
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct netrc_entry entry;
		unsigned line = 0;
		enum netrc_status status =
		    netrc_find(rows[i].text, strlen(rows[i].text), "a", NULL, &entry, &line);

		ck_assert_msg(status == rows[i].status, "%s: %s", rows[i].text,
		    netrc_status_words(status));
		ck_assert_uint_eq(line, rows[i].line);
	}
}
END_TEST

START_TEST(long_netrc)
{
	char text[NETRC_WORD_MAX + 32] = "machine ";
	struct netrc_entry entry;
	unsigned line;

	memset(text + 8, 'a', NETRC_WORD_MAX);
	ck_assert_int_eq(
	    netrc_find(text, 8 + NETRC_WORD_MAX, "a", NULL, &entry, &line), NETRC_NONE);
	text[8 + NETRC_WORD_MAX] = 'a';
	ck_assert_int_eq(
	    netrc_find(text, 9 + NETRC_WORD_MAX, "a", NULL, &entry, &line), NETRC_TOO_LONG);
	ck_assert_int_eq(
	    netrc_find("machine a\0b", 11, "a", NULL, &entry, &line), NETRC_TOO_LONG);
}
END_TEST

/* ---- words ---- */

START_TEST(words_of_lines)
{
	static const struct {
		const char *line, *text, *glob, *rest;
		bool pattern;
	} rows[] = {
		/* of the last word */
		{ "get a", "a", "a", "", false },
		{ "get 'a b'", "a b", "a b", "", false },
		{ "get \"a 'b\"", "a 'b", "a 'b", "", false },
		{ "get a\\ b", "a b", "a b", "", false },
		{ "get 'it'\\''s'", "it's", "it's", "", false },
		{ "get ''", "", "", "", false },
		{ "mget *.txt", "*.txt", "*.txt", "", true },
		{ "mget '*'.txt", "*.txt", "\\*.txt", "", false },
		{ "mget \\*?", "*?", "\\*?", "", true },
		{ "mget [ab]", "[ab]", "[ab]", "", true },
		{ "a; b", "a", "a", " b", false },
		{ "a\nb", "a", "a", "b", false },
		{ "a # b; c", "a", "a", "", false },
		{ "a ';'b#", ";b#", ";b#", "", false },
	};
	static struct words words;

	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *rest;

		ck_assert_ptr_null(words_split(&words, rows[i].line, &rest));
		ck_assert_uint_gt(words.count, 0);
		ck_assert_str_eq(words.text[words.count - 1], rows[i].text);
		ck_assert_str_eq(words.glob[words.count - 1], rows[i].glob);
		ck_assert_int_eq(words.pattern[words.count - 1], rows[i].pattern);
		ck_assert_str_eq(rest, rows[i].rest);
	}
}
END_TEST

START_TEST(bad_words)
{
	static struct words words;
	static char line[WORDS_LINE_MAX + 2];
	const char *rest;

	ck_assert_ptr_nonnull(words_split(&words, "a 'b", &rest));
	ck_assert_ptr_nonnull(words_split(&words, "a \"b\nc\"", &rest));
	ck_assert_ptr_null(words_split(&words, "  # a", &rest));
	ck_assert_uint_eq(words.count, 0);
	memset(line, '*', WORDS_LINE_MAX); /* the most room that a word needs */
	line[0] = '"';
	line[WORDS_LINE_MAX - 1] = '"';
	ck_assert_ptr_null(words_split(&words, line, &rest));
	ck_assert_uint_eq(strlen(words.glob[0]), 2 * (WORDS_LINE_MAX - 2));
	line[WORDS_LINE_MAX] = 'a';
	ck_assert_ptr_nonnull(words_split(&words, line, &rest));
	for (size_t i = 0; i < WORDS_LINE_MAX; i++)
		line[i] = i % 2 ? ' ' : '*';
	line[WORDS_LINE_MAX] = '\0';
	ck_assert_ptr_nonnull(words_split(&words, line, &rest)); /* too many */
}
END_TEST

Suite *
ftp_url_suite(void)
{
	Suite *suite = suite_create("ftp_url");
	TCase *tcase = tcase_create("ftp_url");

	tcase_add_test(tcase, urls);
	tcase_add_test(tcase, bad_urls);
	tcase_add_test(tcase, long_urls);
	tcase_add_test(tcase, netrc_entries);
	tcase_add_test(tcase, bad_netrc);
	tcase_add_test(tcase, long_netrc);
	tcase_add_test(tcase, words_of_lines);
	tcase_add_test(tcase, bad_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
