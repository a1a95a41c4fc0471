/*
 * Guards: a header that another program packs otherwise, a frame that depends on how the
 * stream was cut, a length that is believed, a page that tells of other types.
 *
 * Python's struct is the other implementation: it packs what we unpack, and unpacks what
 * we pack.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/frame_header.h"

enum {
	VECTORS = 64,
};

/* ---- one header ---- */

START_TEST(packs_and_unpacks)
{
	const struct frame out = {
		.type = FRAME_STDOUT, .value = 0x0102030405060708, .size = 0xfffff
	};
	uint8_t header[FRAME_HEADER];
	struct frame in;

	ck_assert(frame_pack(&out, header));
	ck_assert_mem_eq(header, stdout_header, sizeof header);
	ck_assert_int_eq(frame_unpack(&in, header, sizeof header), FRAME_OK);
	ck_assert_int_eq(in.type, out.type);
	ck_assert_int_eq(in.flags, 0);
	ck_assert_uint_eq(in.value, out.value);
	ck_assert_uint_eq(in.size, out.size);
}
END_TEST

START_TEST(refuses)
{
	uint8_t header[FRAME_HEADER];
	struct frame frame = { .type = 77 };

	memcpy(header, stdout_header, sizeof header);
	header[bad[_i].at] = bad[_i].byte;
	ck_assert_int_eq(frame_unpack(&frame, header, sizeof header), bad[_i].status);
	ck_assert_int_eq(frame.type, 77);
	ck_assert_ptr_nonnull(frame_status_words(bad[_i].status));
}
END_TEST

/* Cut off it is incomplete, never wrong and never right; strangers are seen at once. */
START_TEST(a_beginning)
{
	struct frame frame = { .type = 77 };
	uint8_t other[5] = "SWBD";

	for (size_t len = 0; len < FRAME_HEADER; len++)
		ck_assert_int_eq(frame_unpack(&frame, stdout_header, len), FRAME_MORE);
	ck_assert_int_eq(frame.type, 77);
	for (size_t len = 1; len <= 8; len++)
		ck_assert_int_eq(frame_unpack(&frame, "GET / HT", len), FRAME_BAD_MAGIC);
	ck_assert_int_eq(frame_unpack(&frame, "SSH-2.0-", 2), FRAME_BAD_MAGIC);
	other[4] = FRAME_VERSION + 1;
	ck_assert_int_eq(frame_unpack(&frame, other, 5), FRAME_BAD_VERSION);
}
END_TEST

/* Each type takes its largest payload and not a byte more, both to send and to receive. */
static void
try_type(uint8_t type)
{
	uint8_t header[FRAME_HEADER];
	int64_t max = frame_max(type);
	struct frame frame = { .type = type, .size = max < 0 ? 0 : (uint64_t)max }, in;

	ck_assert_int_eq(frame_pack(&frame, header), frame_name(type) != NULL);
	if (max == -1)
		return;
	ck_assert_int_le(max, FRAME_CHUNK_MAX); /* what a struct link holds */
	ck_assert_int_eq(frame_unpack(&in, header, sizeof header), FRAME_OK);
	frame.size++;
	memset(header, 0xee, sizeof header);
	ck_assert(!frame_pack(&frame, header));
	ck_assert_int_eq(header[0], 0xee);
	frame.size = UINT64_MAX;
	ck_assert(!frame_pack(&frame, header));
}

START_TEST(caps)
{
	for (int type = 0; type < 256; type++)
		try_type((uint8_t)type);
}
END_TEST

START_TEST(flags_are_not_sent)
{
	const struct frame frame = { .type = FRAME_DONE, .flags = 1 };
	uint8_t header[FRAME_HEADER];

	ck_assert(!frame_pack(&frame, header));
}
END_TEST

/* ---- Python ---- */

/* Types, values and sizes that are allowed; the extremes, then chance with a fixed seed. */
static struct frame
vector(int i)
{
	static const uint64_t values[] = { 0, 1, 255, 256, 0x80000000, 0x7fffffffffffffff,
		0x8000000000000000, UINT64_MAX };
	struct frame frame = { .type = 0 };

	srand((unsigned)i);
	do
		frame.type = (uint8_t)(rand() % 256);
	while (frame_name(frame.type) == NULL);
	frame.value = i < 8 ? values[i] : (uint64_t)rand() << 33 ^ (uint64_t)rand();
	frame.size = (uint64_t)rand() % (uint64_t)(frame_max(frame.type) + 1);
	return frame;
}

START_TEST(python_packs)
{
	FILE *python;
	char command[256];
	struct frame want = vector(_i), got;
	uint8_t header[FRAME_HEADER];

	snprintf(command, sizeof command,
	    "python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("
	    "\"!4sBBHQQ\", b\"SWBD\", 1, %d, 0, %" PRIu64 ", %" PRIu64 "))'",
	    want.type, want.value, want.size);
	python = popen(command, "r");
	ck_assert_ptr_nonnull(python);
	ck_assert_uint_eq(fread(header, 1, sizeof header, python), sizeof header);
	ck_assert_int_eq(pclose(python), 0);
	ck_assert_int_eq(frame_unpack(&got, header, sizeof header), FRAME_OK);
	ck_assert_int_eq(got.type, want.type);
	ck_assert_uint_eq(got.value, want.value);
	ck_assert_uint_eq(got.size, want.size);
}
END_TEST

static const char unpack_all[] =
    "python3 -c 'import struct, sys\n"
    "for header in struct.iter_unpack(\"!4sBBHQQ\", sys.stdin.buffer.read()):\n"
    "    print(*header)' <";

START_TEST(python_unpacks)
{
	char path[] = "/tmp/switchboard-unit-XXXXXX", command[512], want[128], got[128];
	FILE *file = fdopen(mkstemp(path), "wb"), *python;
	uint8_t header[FRAME_HEADER];

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < VECTORS; i++) {
		struct frame frame = vector(i);

		ck_assert(frame_pack(&frame, header));
		ck_assert_uint_eq(fwrite(header, 1, sizeof header, file), sizeof header);
	}
	fclose(file);
	snprintf(command, sizeof command, "%s%s", unpack_all, path);
	python = popen(command, "r");
	ck_assert_ptr_nonnull(python);
	for (int i = 0; i < VECTORS; i++) {
		struct frame frame = vector(i);

		snprintf(want, sizeof want, "b'SWBD' 1 %d 0 %" PRIu64 " %" PRIu64 "\n",
		    frame.type, frame.value, frame.size);
		ck_assert_ptr_nonnull(fgets(got, sizeof got, python));
		ck_assert_str_eq(got, want);
	}
	ck_assert_int_eq(pclose(python), 0);
	unlink(path);
}
END_TEST

/* ---- HELLO ---- */

static const struct {
	const char *name;
	bool right;
} names[] = {
	{ "a", true },
	{ "-", true },
	{ "Anna.B_c-9", true },
	{ "1234567890123456789012345678901234567890123456789012345678901234", true },
	{ "12345678901234567890123456789012345678901234567890123456789012345", false },
	{ "", false },
	{ "a b", false },
	{ "a\n", false },
	{ "../x", false },
	{ "\xc3\xa4", false },
	{ "a\x1b[2J", false },
};

START_TEST(hello)
{
	uint8_t nonce[FRAME_NONCE], payload[FRAME_NONCE + 65];
	struct frame_hello out = { nonce, names[_i].name, strlen(names[_i].name) }, in;
	int len = (int)(FRAME_NONCE + out.name_len);

	memset(nonce, 7, sizeof nonce);
	memcpy(payload, nonce, sizeof nonce);
	memcpy(payload + FRAME_NONCE, out.name, out.name_len);
	ck_assert_int_eq(frame_unpack_hello(&in, payload, (size_t)len), names[_i].right);
	memset(payload, 0, sizeof payload);
	ck_assert_int_eq(
	    frame_pack_hello(&out, payload, sizeof payload), names[_i].right ? len : -1);
	if (!names[_i].right)
		return;
	ck_assert_int_eq(frame_pack_hello(&out, payload, (size_t)len - 1), -1);
	ck_assert(frame_unpack_hello(&in, payload, (size_t)len));
	ck_assert_mem_eq(in.nonce, nonce, FRAME_NONCE);
	ck_assert_uint_eq(in.name_len, out.name_len);
	ck_assert_mem_eq(in.name, out.name, out.name_len);
	for (size_t cut = 0; cut <= FRAME_NONCE; cut++)
		ck_assert(!frame_unpack_hello(&in, payload, cut));
}
END_TEST

START_TEST(hello_with_a_nul)
{
	uint8_t payload[FRAME_NONCE + 3] = { 0 };
	struct frame_hello in;

	memcpy(payload + FRAME_NONCE, "a\0b", 3);
	ck_assert(!frame_unpack_hello(&in, payload, sizeof payload));
}
END_TEST

/* ---- the page ---- */

/* Rows of frame(5): ".It Li HELLO Ta 1 Ta 96 Ta ...": all types, and no others. */
START_TEST(the_page_tells_the_same)
{
	FILE *page = fopen("man/frame.5", "r");
	char line[512], name[32];
	int seen[256] = { 0 };

	ck_assert_msg(page != NULL, "no man/frame.5: run this from the root of the sources");
	while (fgets(line, sizeof line, page)) {
		unsigned type;
		long max;

		if (sscanf(line, ".It Li %31s Ta %u Ta %ld Ta", name, &type, &max) != 3)
			continue;
		ck_assert_uint_lt(type, 256);
		ck_assert_msg(frame_name((uint8_t)type) != NULL, "no type %u: %s", type, name);
		ck_assert_str_eq(name, frame_name((uint8_t)type));
		ck_assert_msg(max == frame_max((uint8_t)type), "%s has %ld, not %ld bytes",
		    name, (long)frame_max((uint8_t)type), max);
		seen[type]++;
	}
	fclose(page);
	for (int type = 0; type < 256; type++)
		ck_assert_msg(seen[type] == (frame_name((uint8_t)type) != NULL),
		    "type %d stands %d times in frame(5)", type, seen[type]);
}
END_TEST

Suite *
frame_suite(void)
{
	Suite *suite = suite_create("frame");
	TCase *tcase = tcase_create("frame");

	tcase_add_test(tcase, packs_and_unpacks);
	tcase_add_loop_test(tcase, refuses, 0, BADS);
	tcase_add_test(tcase, a_beginning);
	tcase_add_test(tcase, caps);
	tcase_add_test(tcase, flags_are_not_sent);
	if (system("command -v python3 >/dev/null") == 0) {
		tcase_add_loop_test(tcase, python_packs, 0, 16);
		tcase_add_test(tcase, python_unpacks);
	} else {
		puts("skipped: python_packs, python_unpacks: no python3 here");
	}
	frame_add_stream_tests(tcase);
	tcase_add_loop_test(tcase, hello, 0, (int)(sizeof names / sizeof *names));
	tcase_add_test(tcase, hello_with_a_nul);
	tcase_add_test(tcase, the_page_tells_the_same);
	suite_add_tcase(suite, tcase);
	return suite;
}
