/*
 * Guards: a request read beyond its end, a NUL or an option that is none taken for one, a
 * number that overflows, an OACK believed that answers nothing, an ERROR answered.
 */
#include "protocol/tftp.h"

#include <string.h>

#include "tests/unit/unit.h"

#define BYTES(literal) .bytes = literal, .len = sizeof(literal) - 1

static const struct {
	const char *bytes;
	size_t len;
	enum tftp_verdict verdict;
	unsigned set; /* of a request's or an OACK's options */
	uint64_t blksize, timeout, tsize, window;
} cases[] = {
	{ BYTES(""), TFTP_BAD_OPCODE },
	{ BYTES("\0"), TFTP_BAD_OPCODE },
	{ BYTES("\0\0"), TFTP_BAD_OPCODE },
	{ BYTES("\0\7a\0octet\0"), TFTP_BAD_OPCODE },
	{ BYTES("\1\1a\0octet\0"), TFTP_BAD_OPCODE },
	{ BYTES("\0\1"), TFTP_CUT },
	{ BYTES("\0\1a"), TFTP_CUT },
	{ BYTES("\0\1a\0"), TFTP_CUT },
	{ BYTES("\0\1a\0octet"), TFTP_CUT },
	{ BYTES("\0\1\0octet\0"), TFTP_NO_NAME },
	{ BYTES("\0\1a\0\0"), TFTP_BAD_MODE },
	{ BYTES("\0\1a\0mail\0"), TFTP_BAD_MODE },
	{ BYTES("\0\1a\0octets\0"), TFTP_BAD_MODE },
	{ BYTES("\0\1a\0octet\0"), TFTP_OK },
	{ BYTES("\0\2a\0NetASCII\0"), TFTP_OK },
	{ BYTES("\0\1a\0OCTET\0BlkSize\0001428\0"), TFTP_OK, TFTP_SET_BLKSIZE, 1428 },
	{ BYTES("\0\1a\0octet\0blksize\0008\0"), TFTP_OK, TFTP_SET_BLKSIZE, 8 },
	{ BYTES("\0\1a\0octet\0blksize\0007\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\00065464\0"), TFTP_OK, TFTP_SET_BLKSIZE, 65464 },
	{ BYTES("\0\1a\0octet\0blksize\00065465\0"), TFTP_OK, TFTP_SET_BLKSIZE, 65464 },
	{ BYTES("\0\1a\0octet\0blksize\00099999999999999999999999\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\0-512\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\0+512\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\0 512\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\0\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0blksize\000512"), TFTP_CUT },
	{ BYTES("\0\1a\0octet\0blksize\0"), TFTP_CUT },
	{ BYTES("\0\1a\0octet\0blksi"), TFTP_CUT },
	{ BYTES("\0\1a\0octet\0timeout\0001\0"), TFTP_OK, TFTP_SET_TIMEOUT, 0, 1 },
	{ BYTES("\0\1a\0octet\0timeout\000255\0"), TFTP_OK, TFTP_SET_TIMEOUT, 0, 255 },
	{ BYTES("\0\1a\0octet\0timeout\0000\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0timeout\000256\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0tsize\0000\0"), TFTP_OK, TFTP_SET_TSIZE },
	{ BYTES("\0\2a\0octet\0tsize\0005368709120\0"), TFTP_OK, TFTP_SET_TSIZE, 0, 0,
	    5368709120 },
	{ BYTES("\0\2a\0octet\0tsize\00018446744073709551615\0"), TFTP_OK, TFTP_SET_TSIZE, 0, 0,
	    UINT64_MAX },
	{ BYTES("\0\2a\0octet\0tsize\00018446744073709551616\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0windowsize\00016\0"), TFTP_OK, TFTP_SET_WINDOW, 0, 0, 0, 16 },
	{ BYTES("\0\1a\0octet\0windowsize\0000\0"), TFTP_OK },
	{ BYTES("\0\1a\0octet\0windowsize\00070000\0"), TFTP_OK, TFTP_SET_WINDOW, 0, 0, 0,
	    65535 },
	{ BYTES("\0\1a\0octet\0multicast\0\0tsize\0000\0"), TFTP_OK, TFTP_SET_TSIZE },
	{ BYTES("\0\1a\0octet\0tsize\0000\0TSIZE\0000\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\1a\0octet\0tsize\0000\0\0\0\0\0"), TFTP_OK, TFTP_SET_TSIZE },
	{ BYTES("\0\3"), TFTP_CUT },
	{ BYTES("\0\3\0"), TFTP_CUT },
	{ BYTES("\0\3\0\1"), TFTP_OK },
	{ BYTES("\0\4\1"), TFTP_CUT },
	{ BYTES("\0\4\0\1"), TFTP_OK },
	{ BYTES("\0\4\0\1behind"), TFTP_OK },
	{ BYTES("\0\5\0"), TFTP_CUT },
	{ BYTES("\0\5\0\1"), TFTP_OK },
	{ BYTES("\0\5\0\1File not found"), TFTP_OK },
	{ BYTES("\0\6"), TFTP_OK },
	{ BYTES("\0\6blksize\0001428\0windowsize\0004\0"), TFTP_OK,
	    TFTP_SET_BLKSIZE | TFTP_SET_WINDOW, 1428, 0, 0, 4 },
	{ BYTES("\0\6blksize\00065465\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\6blksize\0007\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\6windowsize\00065536\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\6multicast\0\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\6tsize\0001\0tsize\0001\0"), TFTP_BAD_OPTION },
	{ BYTES("\0\6tsize\0001\0\0"), TFTP_CUT },
	{ BYTES("\0\6tsize\0001"), TFTP_CUT },
};

START_TEST(are_told_apart)
{
	char exact[128];
	struct tftp_packet packet;
	const struct tftp_options *options;

	/* In a buffer of the very size, for the sanitizer to see a step beyond it. */
	memcpy(exact + sizeof exact - cases[_i].len, cases[_i].bytes, cases[_i].len);
	ck_assert_int_eq(
	    tftp_decode(&packet, exact + sizeof exact - cases[_i].len, cases[_i].len),
	    cases[_i].verdict);
	if (cases[_i].verdict != TFTP_OK || cases[_i].set == 0)
		return;
	options = packet.opcode == TFTP_OACK ? &packet.options : &packet.request.options;
	ck_assert_uint_eq(options->set, cases[_i].set);
	if (options->set & TFTP_SET_BLKSIZE)
		ck_assert_uint_eq(options->blksize, cases[_i].blksize);
	if (options->set & TFTP_SET_TIMEOUT)
		ck_assert_uint_eq(options->timeout, cases[_i].timeout);
	if (options->set & TFTP_SET_TSIZE)
		ck_assert_uint_eq(options->tsize, cases[_i].tsize);
	if (options->set & TFTP_SET_WINDOW)
		ck_assert_uint_eq(options->window, cases[_i].window);
}
END_TEST

START_TEST(a_bad_option_leaves_no_trace)
{
	static const char request[] = "\0\1a\0octet\0blksize\0001024\0blksize\0003";
	struct tftp_packet packet;

	ck_assert_int_eq(tftp_decode(&packet, request, sizeof request), TFTP_OK);
	ck_assert_uint_eq(packet.request.options.set, TFTP_SET_BLKSIZE);
	ck_assert_uint_eq(packet.request.options.blksize, 1024);
}
END_TEST

/* RFC 1350's and RFC 2347's own pictures. */
START_TEST(are_written_as_the_rfcs_draw_them)
{
	const struct tftp_request request = {
		.opcode = TFTP_RRQ,
		.name = "foofile",
		.name_len = 7,
		.mode = TFTP_OCTET,
		.options = {
			.set = TFTP_SET_BLKSIZE | TFTP_SET_TIMEOUT | TFTP_SET_TSIZE | TFTP_SET_WINDOW,
			.blksize = 1432,
			.timeout = 6,
			.tsize = 18446744073709551615U,
			.window = 16,
		},
	};
	static const char drawn[] = "\0\1foofile\0octet\0blksize\0001432\0timeout\0006\0"
				    "tsize\00018446744073709551615\0windowsize\00016";
	static const char error[] = "\0\5\0\1File not found", oack[] = "\0\6blksize\0001432";
	const struct tftp_options one = { .set = TFTP_SET_BLKSIZE, .blksize = 1432 };
	uint8_t bytes[TFTP_CONTROL_MAX];

	ck_assert_int_eq(tftp_encode_request(bytes, sizeof bytes, &request), sizeof drawn);
	ck_assert_mem_eq(bytes, drawn, sizeof drawn);
	for (size_t size = 0; size < sizeof drawn; size++)
		ck_assert_int_eq(tftp_encode_request(bytes, size, &request), -1);
	ck_assert_int_eq(
	    tftp_encode_error(bytes, sizeof bytes, TFTP_NOT_FOUND, "File not found"),
	    sizeof error);
	ck_assert_mem_eq(bytes, error, sizeof error);
	ck_assert_int_eq(tftp_encode_oack(bytes, sizeof bytes, &one), sizeof oack);
	ck_assert_mem_eq(bytes, oack, sizeof oack);
	ck_assert_int_eq(tftp_encode_ack(bytes, sizeof bytes, 0xabcd), 4);
	ck_assert_mem_eq(bytes, "\0\4\xab\xcd", 4);
	ck_assert_int_eq(tftp_encode_ack(bytes, 3, 1), -1);
	tftp_put_data_header(bytes, 0xfffe);
	ck_assert_mem_eq(bytes, "\0\3\xff\xfe", 4);
}
END_TEST

START_TEST(a_request_keeps_to_its_limits)
{
	char name[600], bytes[1024] = "\0\1";
	struct tftp_request request = { .opcode = TFTP_WRQ, .name = name };
	struct tftp_packet packet;

	memset(name, 'n', sizeof name);
	request.name_len = TFTP_REQUEST_MAX - 2 - 1 - 6;
	ck_assert_int_eq(tftp_encode_request(bytes, sizeof bytes, &request), TFTP_REQUEST_MAX);
	ck_assert_int_eq(tftp_decode(&packet, bytes, TFTP_REQUEST_MAX), TFTP_OK);
	ck_assert_uint_eq(packet.request.name_len, request.name_len);
	ck_assert_int_eq(tftp_decode(&packet, bytes, TFTP_REQUEST_MAX + 1), TFTP_TOO_LONG);
	request.name_len++;
	ck_assert_int_eq(tftp_encode_request(bytes, sizeof bytes, &request), -1);
	request.name_len = 3;
	name[1] = '\0';
	ck_assert_int_eq(tftp_encode_request(bytes, sizeof bytes, &request), -1);
	request.name_len = 0;
	ck_assert_int_eq(tftp_encode_request(bytes, sizeof bytes, &request), -1);
}
END_TEST

START_TEST(a_stranger_is_told_but_not_his_error)
{
	uint8_t bytes[TFTP_CONTROL_MAX];
	struct tftp_packet packet;
	ssize_t len = tftp_answer_stranger(bytes, sizeof bytes, "\0\3\0\1x", 5);

	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(tftp_decode(&packet, bytes, (size_t)len), TFTP_OK);
	ck_assert_uint_eq(packet.opcode, TFTP_ERROR);
	ck_assert_uint_eq(packet.code, TFTP_UNKNOWN_TID);
	ck_assert_int_eq(tftp_answer_stranger(bytes, sizeof bytes, "\0\5\0\5x", 6), 0);
	ck_assert_int_eq(tftp_answer_stranger(bytes, sizeof bytes, "hello", 5), 0);
	ck_assert_int_eq(tftp_answer_stranger(bytes, sizeof bytes, "", 0), 0);
}
END_TEST

START_TEST(a_long_text_is_cut)
{
	char text[1000];
	uint8_t bytes[TFTP_CONTROL_MAX];

	memset(text, 't', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	ck_assert_int_eq(tftp_encode_error(bytes, sizeof bytes, TFTP_NOT_DEFINED, text),
	    4 + TFTP_TEXT_MAX + 1);
}
END_TEST

START_TEST(a_window_fits_its_buffer)
{
	ck_assert_uint_eq(tftp_window_for(64, 512, 212992), 64);
	ck_assert_uint_eq(tftp_window_for(64, 1428, 212992), 64);
	ck_assert_uint_eq(tftp_window_for(64, 65464, 212992), 3);
	ck_assert_uint_eq(tftp_window_for(8, 65464, 4 << 20), 8);
	ck_assert_uint_eq(tftp_window_for(8, 65464, 0), 1);
	ck_assert_uint_eq(tftp_window_for(65535, 8, 4 << 20), 5405);
}
END_TEST

START_TEST(every_number_has_a_name)
{
	for (unsigned i = 0; i < 70000; i += 7) {
		ck_assert_ptr_nonnull(tftp_opcode_name(i));
		ck_assert_ptr_nonnull(tftp_code_words(i));
	}
	for (int i = 0; i < TFTP_VERDICTS; i++)
		ck_assert_ptr_nonnull(tftp_verdict_words((enum tftp_verdict)i));
	ck_assert_int_eq(tftp_verdict_code(TFTP_BAD_OPTION), TFTP_BAD_OPTIONS);
	ck_assert_int_eq(tftp_verdict_code(TFTP_CUT), TFTP_ILLEGAL);
}
END_TEST

Suite *
tftp_suite(void)
{
	Suite *suite = suite_create("tftp");
	TCase *tcase = tcase_create("tftp");

	tcase_add_loop_test(tcase, are_told_apart, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tcase, a_bad_option_leaves_no_trace);
	tcase_add_test(tcase, are_written_as_the_rfcs_draw_them);
	tcase_add_test(tcase, a_request_keeps_to_its_limits);
	tcase_add_test(tcase, a_stranger_is_told_but_not_his_error);
	tcase_add_test(tcase, a_long_text_is_cut);
	tcase_add_test(tcase, a_window_fits_its_buffer);
	tcase_add_test(tcase, every_number_has_a_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
