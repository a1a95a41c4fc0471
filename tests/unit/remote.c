/*
 * Guards: a file of this machine taken for a host, colons of IPv6 for the end of one, and a
 * host that is longer than its room.
 */
#include "common/remote.h"

#include <string.h>

#include "tests/unit/unit.h"

START_TEST(operands)
{
	static const struct {
		const char *text;
		int result;
		const char *host, *path;
	} table[] = {
		{ "host:path", 1, "host", "path" },
		{ "host:", 1, "host", "" },
		{ "host:/a:b/../c", 1, "host", "/a:b/../c" },
		{ "127.0.0.1:a", 1, "127.0.0.1", "a" },
		{ "[::1]:a", 1, "::1", "a" },
		{ "[fe80::1%eth0]:/a", 1, "fe80::1%eth0", "/a" },
		{ "unix:/run/x:a", 1, "unix:/run/x", "a" },
		{ "file", 0, "", "file" },
		{ "./a:b", 0, "", "./a:b" },
		{ "/tmp/a:b", 0, "", "/tmp/a:b" },
		{ ":a", 0, "", ":a" },
		{ "", 0, "", "" },
		{ "-", 0, "", "-" },
		{ "[]:a", 0, "", "a" },
		{ "[::1", 1, "[", ":1" },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char host[NET_TEXT_MAX];
		const char *path = NULL;

		ck_assert_int_eq(remote_split(table[i].text, host, &path), table[i].result);
		ck_assert_str_eq(host, table[i].host);
		ck_assert_str_eq(path, table[i].path);
	}
}
END_TEST

START_TEST(longest_host)
{
	char text[2 * NET_TEXT_MAX], host[NET_TEXT_MAX];
	const char *path;

	memset(text, 'x', sizeof text);
	memcpy(text + NET_TEXT_MAX - 1, ":a", 3);
	ck_assert_int_eq(remote_split(text, host, &path), 1);
	ck_assert_uint_eq(strlen(host), NET_TEXT_MAX - 1);
	memcpy(text + NET_TEXT_MAX - 1, "x:a", 4);
	ck_assert_int_eq(remote_split(text, host, &path), -1);
}
END_TEST

Suite *
remote_suite(void)
{
	Suite *suite = suite_create("remote");
	TCase *tcase = tcase_create("remote");

	tcase_add_test(tcase, operands);
	tcase_add_test(tcase, longest_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
