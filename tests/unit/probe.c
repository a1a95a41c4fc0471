/*
 * Guards: an answer that is taken for ours, or for another of ours; bytes read or written
 * beyond the bounds.
 */
#include "protocol/probe.h"

#include <string.h>

#include "tests/unit/unit.h"

static const struct probe sample = {
	.number = 0x12AB, .cookie = 0xFEDCBA9876543210U, .sent_ns = 0x3B9ACA00
};
static const char sample_text[] = "000012AB"
				  "FEDCBA9876543210"
				  "000000003B9ACA00"
				  "OPQRSTUVWXYZABCD";

START_TEST(is_written_as_its_header_says)
{
	unsigned char bytes[64];

	memset(bytes, '?', sizeof bytes);
	ck_assert(probe_encode(&sample, bytes, sizeof sample_text - 1));
	ck_assert_mem_eq(bytes, sample_text, sizeof sample_text - 1);
	ck_assert_uint_eq(bytes[sizeof sample_text - 1], '?');
	ck_assert(!probe_encode(&sample, bytes, PROBE_SIZE - 1));
}
END_TEST

START_TEST(is_read_back)
{
	unsigned char bytes[300];
	struct probe probe;

	for (size_t size = PROBE_SIZE; size <= sizeof bytes; size++) {
		ck_assert(probe_encode(&sample, bytes, size));
		ck_assert(probe_decode(&probe, bytes, size, size));
		ck_assert_uint_eq(probe.number, sample.number);
		ck_assert_uint_eq(probe.cookie, sample.cookie);
		ck_assert_uint_eq(probe.sent_ns, sample.sent_ns);
	}
}
END_TEST

START_TEST(is_found_behind_a_prefix)
{
	unsigned char bytes[128] = "the 1st datagram: ";
	size_t prefix = strlen((char *)bytes);
	struct probe probe;

	probe_encode(&sample, bytes + prefix, 64);
	ck_assert(probe_decode(&probe, bytes, prefix + 64, 64));
	ck_assert_uint_eq(probe.number, sample.number);
	ck_assert(!probe_decode(&probe, bytes, prefix + 63, 64));
}
END_TEST

/* Each byte counts, whatever it is changed to; and small letters are none of ours. */
START_TEST(other_bytes_are_not_ours)
{
	unsigned char bytes[64];
	struct probe probe;

	for (size_t i = 0; i < sizeof bytes; i++) {
		probe_encode(&sample, bytes, sizeof bytes);
		bytes[i] = i % 2 ? 'a' : 0;
		ck_assert(!probe_decode(&probe, bytes, sizeof bytes, sizeof bytes));
	}
	for (size_t len = 0; len < sizeof bytes; len++)
		ck_assert(!probe_decode(&probe, bytes, len, sizeof bytes));
	ck_assert(!probe_decode(&probe, bytes, sizeof bytes, PROBE_SIZE - 1));
}
END_TEST

Suite *
probe_suite(void)
{
	Suite *suite = suite_create("probe");
	TCase *tcase = tcase_create("probe");

	tcase_add_test(tcase, is_written_as_its_header_says);
	tcase_add_test(tcase, is_read_back);
	tcase_add_test(tcase, is_found_behind_a_prefix);
	tcase_add_test(tcase, other_bytes_are_not_ours);
	suite_add_tcase(suite, tcase);
	return suite;
}
