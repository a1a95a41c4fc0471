/*
 * Guards: numbers in the wrong byte order, and a cursor that runs past its end.
 */
#include "protocol/pack.h"

#include <string.h>

#include "tests/unit/unit.h"

/* The bytes are those of Python: struct.pack("!BHIQ3s", 1, 0x0203, ...). */
static const uint8_t vector[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
	0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 'a', 'b', 'c' };

static void
pack_vector(struct pack *pack)
{
	pack_u8(pack, 0x01);
	pack_u16(pack, 0x0203);
	pack_u32(pack, 0x04050607);
	pack_u64(pack, 0x08090a0b0c0d0e0f);
	pack_bytes(pack, "abc", 3);
}

START_TEST(packs_big_endian)
{
	uint8_t buf[sizeof vector];
	struct pack pack = pack_begin(buf, sizeof buf);

	pack_vector(&pack);
	ck_assert_int_eq(pack_end(&pack), sizeof vector);
	ck_assert_mem_eq(buf, vector, sizeof vector);
}
END_TEST

START_TEST(unpacks_what_was_packed)
{
	struct unpack unpack = unpack_begin(vector, sizeof vector);

	ck_assert_uint_eq(unpack_u8(&unpack), 0x01);
	ck_assert_uint_eq(unpack_u16(&unpack), 0x0203);
	ck_assert_uint_eq(unpack_u32(&unpack), 0x04050607);
	ck_assert_uint_eq(unpack_u64(&unpack), 0x08090a0b0c0d0e0f);
	ck_assert_mem_eq(unpack_bytes(&unpack, 3), "abc", 3);
	ck_assert_uint_eq(unpack_left(&unpack), 0);
	ck_assert(!unpack.failed);
}
END_TEST

/* With every capacity short of enough: it fails, and no byte beyond is touched. */
START_TEST(sticks_at_the_first_overflow)
{
	uint8_t buf[sizeof vector + 8];
	struct pack pack = pack_begin(buf, (size_t)_i);

	memset(buf, 0xee, sizeof buf);
	pack_vector(&pack);
	pack_u8(&pack, 0x55); /* would fit where a wider number did not */
	ck_assert_int_eq(pack_end(&pack), -1);
	for (size_t i = (size_t)_i; i < sizeof buf; i++)
		ck_assert_uint_eq(buf[i], 0xee);
}
END_TEST

START_TEST(truncated_input_gives_zero_and_sticks)
{
	struct unpack unpack = unpack_begin(vector, (size_t)_i);
	uint64_t sum = 0;

	sum += unpack_u8(&unpack);
	sum += unpack_u16(&unpack);
	sum += unpack_u32(&unpack);
	sum += unpack_u64(&unpack);
	ck_assert(unpack.failed);
	ck_assert_ptr_null(unpack_bytes(&unpack, 0));
	ck_assert_uint_eq(unpack_u8(&unpack), 0);
	ck_assert_uint_lt(sum, UINT32_MAX); /* the missing number is nought, not a part */
}
END_TEST

START_TEST(extremes)
{
	static const uint64_t values[] = { 0, 1, 0x7f, 0x80, 0xff, 0x8000, 0xffff, 0x80000000,
		0xffffffff, 0x8000000000000000, UINT64_MAX };
	uint8_t buf[15];

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct pack pack = pack_begin(buf, sizeof buf);
		struct unpack unpack = unpack_begin(buf, sizeof buf);

		pack_u8(&pack, (uint8_t)values[i]);
		pack_u16(&pack, (uint16_t)values[i]);
		pack_u32(&pack, (uint32_t)values[i]);
		pack_u64(&pack, values[i]);
		ck_assert_uint_eq(unpack_u8(&unpack), (uint8_t)values[i]);
		ck_assert_uint_eq(unpack_u16(&unpack), (uint16_t)values[i]);
		ck_assert_uint_eq(unpack_u32(&unpack), (uint32_t)values[i]);
		ck_assert_uint_eq(unpack_u64(&unpack), values[i]);
	}
}
END_TEST

/* A length near SIZE_MAX must not wrap the bound around. */
START_TEST(huge_lengths_are_refused)
{
	uint8_t buf[4] = { 0 };
	struct pack pack = pack_begin(buf, sizeof buf);
	struct unpack unpack = unpack_begin(buf, sizeof buf);

	pack_bytes(&pack, buf, SIZE_MAX);
	ck_assert_int_eq(pack_end(&pack), -1);
	ck_assert_ptr_null(unpack_bytes(&unpack, SIZE_MAX - 1));
}
END_TEST

Suite *
pack_suite(void)
{
	Suite *suite = suite_create("pack");
	TCase *tcase = tcase_create("pack");

	tcase_add_test(tcase, packs_big_endian);
	tcase_add_test(tcase, unpacks_what_was_packed);
	tcase_add_loop_test(tcase, sticks_at_the_first_overflow, 0, (int)sizeof vector);
	tcase_add_loop_test(tcase, truncated_input_gives_zero_and_sticks, 0, 15);
	tcase_add_test(tcase, extremes);
	tcase_add_test(tcase, huge_lengths_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
