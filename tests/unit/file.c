/*
 * Guards: paths that lead out, entries that are not what they seem, and payloads that
 * are shorter than they say.
 */
#include "protocol/file.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct {
	const char *path;
	size_t len;
	bool right;
} paths[] = {
	{ "", 0, true },
	{ "a", 1, true },
	{ "a/b/c", 5, true },
	{ "...", 3, true },
	{ "..a/.b", 6, true },
	{ "-r", 2, true },
	{ "\xff\n ", 3, true },
	{ ".", 1, false },
	{ "..", 2, false },
	{ "../a", 4, false },
	{ "a/..", 4, false },
	{ "a/../b", 6, false },
	{ "a/./b", 5, false },
	{ "/", 1, false },
	{ "/a", 2, false },
	{ "a/", 2, false },
	{ "a//b", 4, false },
	{ "a\0b", 3, false },
	{ "a\0", 2, false },
};

START_TEST(path_rules)
{
	ck_assert_msg(file_path_is_right(paths[_i].path, paths[_i].len) == paths[_i].right,
	    "\"%s\"", paths[_i].path);
}
END_TEST

START_TEST(path_lengths)
{
	char path[FILE_PATH_MAX + 2];

	memset(path, 'a', sizeof path);
	ck_assert(file_path_is_right(path, FILE_NAME_MAX));
	ck_assert(!file_path_is_right(path, FILE_NAME_MAX + 1));
	for (size_t i = 1; i < sizeof path; i += 2)
		path[i] = '/';
	ck_assert(file_path_is_right(path, FILE_PATH_MAX));
	path[FILE_PATH_MAX + 1] = 'a';
	ck_assert(!file_path_is_right(path, FILE_PATH_MAX + 2));
}
END_TEST

/* Python: struct.pack("!BBHqIQ", 1, 1, 0o640, 981173106, 5, 70000) + b"a/b" */
static const uint8_t vector[] = { 1, 1, 0x01, 0xa0, 0, 0, 0, 0, 0x3a, 0x7b, 0x83, 0x72, 0, 0, 0,
	5, 0, 0, 0, 0, 0, 0x01, 0x11, 0x70, 'a', '/', 'b' };

static const struct file_entry same = {
	.kind = FILE_REGULAR,
	.flags = FILE_ASKS,
	.mode = 0640,
	.mtime = 981173106,
	.mtime_ns = 5,
	.size = 70000,
	.path = "a/b",
	.path_len = 3,
};

START_TEST(entry_packs)
{
	uint8_t payload[64];

	ck_assert_int_eq(file_pack_entry(&same, payload, sizeof payload), sizeof vector);
	ck_assert_mem_eq(payload, vector, sizeof vector);
	for (size_t room = 0; room < sizeof vector; room++)
		ck_assert_int_eq(file_pack_entry(&same, payload, room), -1);
}
END_TEST

START_TEST(entry_unpacks)
{
	struct file_entry entry;

	ck_assert(file_unpack_entry(&entry, vector, sizeof vector));
	ck_assert_int_eq(entry.kind, FILE_REGULAR);
	ck_assert_int_eq(entry.flags, FILE_ASKS);
	ck_assert_int_eq(entry.mode, 0640);
	ck_assert_int_eq(entry.mtime, 981173106);
	ck_assert_int_eq(entry.mtime_ns, 5);
	ck_assert_uint_eq(entry.size, 70000);
	ck_assert_uint_eq(entry.path_len, 3);
	ck_assert_mem_eq(entry.path, "a/b", 3);
	for (size_t len = 0; len < FILE_ENTRY_HEAD; len++)
		ck_assert(!file_unpack_entry(&entry, vector, len));
}
END_TEST

/* Each is the vector with one byte that may not be. */
static const struct {
	size_t at;
	uint8_t value;
} wrong[] = {
	{ 0, 0 },     /* no kind */
	{ 0, 6 },     /* no such kind */
	{ 1, 2 },     /* no such flag */
	{ 1, 0 },     /* large, and it does not ask */
	{ 2, 0x08 },  /* set-user-ID */
	{ 12, 0x7f }, /* more than a second of nanoseconds */
	{ 16, 0x80 }, /* a size that no off_t holds */
};

START_TEST(entry_refuses)
{
	uint8_t payload[sizeof vector];
	struct file_entry entry;

	memcpy(payload, vector, sizeof vector);
	payload[wrong[_i].at] = wrong[_i].value;
	ck_assert(!file_unpack_entry(&entry, payload, sizeof payload));
}
END_TEST

START_TEST(requests)
{
	const struct file_request request = {
		.digest = 1, .flags = FILE_RECURSIVE, .path = "a", .path_len = 1
	};
	struct file_request read;
	uint8_t payload[8];

	ck_assert_int_eq(file_pack_request(&request, payload, sizeof payload), 3);
	ck_assert(file_unpack_request(&read, payload, 3));
	ck_assert(read.digest == 1 && read.flags == FILE_RECURSIVE && read.path_len == 1);
	ck_assert(!file_unpack_request(&read, payload, 1));
	payload[0] = 3;
	ck_assert(!file_unpack_request(&read, payload, 3));
	payload[0] = 1;
	payload[1] = 0x80;
	ck_assert(!file_unpack_request(&read, payload, 3));
}
END_TEST

START_TEST(troubles)
{
	const struct file_trouble trouble = {
		.error = FRAME_E_NAME, .words = "no", .words_len = 2
	};
	char many[FILE_WORDS_MAX + 1] = "";
	const struct file_trouble long_one = {
		.error = FRAME_E_NAME, .words = many, .words_len = sizeof many
	};
	struct file_trouble read;
	uint8_t payload[FILE_WORDS_MAX + 2];

	ck_assert_int_eq(file_pack_trouble(&trouble, payload, sizeof payload), 3);
	ck_assert(file_unpack_trouble(&read, payload, 3));
	ck_assert(read.error == FRAME_E_NAME && read.words_len == 2);
	ck_assert(!file_unpack_trouble(&read, payload, 0));
	payload[0] = 0;
	ck_assert(!file_unpack_trouble(&read, payload, 3));
	ck_assert_int_eq(file_pack_trouble(&long_one, payload, sizeof payload), -1);
}
END_TEST

Suite *
file_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_loop_test(tcase, path_rules, 0, sizeof paths / sizeof *paths);
	tcase_add_test(tcase, path_lengths);
	tcase_add_test(tcase, entry_packs);
	tcase_add_test(tcase, entry_unpacks);
	tcase_add_loop_test(tcase, entry_refuses, 0, sizeof wrong / sizeof *wrong);
	tcase_add_test(tcase, requests);
	tcase_add_test(tcase, troubles);
	suite_add_tcase(suite, tcase);
	return suite;
}
