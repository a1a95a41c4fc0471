/*
 * Guards: a hash that is not SipHash, or that its key does not change.
 */
#include "common/siphash.h"

#include <string.h>

#include "common/random.h"
#include "tests/unit/unit.h"

/*
 * Key 00 01 .. 0f, message 00 01 .. of that length: from the authors' own vectors; 15
 * bytes is the example of the paper's appendix A.
 */
static const struct {
	size_t len;
	uint64_t hash;
} vectors[] = {
	{ 0, 0x726fdb47dd0e0e31 },
	{ 1, 0x74f839c593dc67fd },
	{ 2, 0x0d6c8009d9a94f5a },
	{ 3, 0x85676696d7fb7e2d },
	{ 7, 0xab0200f58b01d137 },
	{ 8, 0x93f5f5799a932462 },
	{ 9, 0x9e0082df0ba9e4b0 },
	{ 15, 0xa129ca6149be45e5 },
	{ 16, 0x3f2acc7f57c29bdb },
};

START_TEST(gives_the_vectors_of_its_authors)
{
	uint8_t key[SIPHASH_KEY_SIZE], message[64];

	for (uint8_t i = 0; i < sizeof message; i++)
		message[i] = i;
	memcpy(key, message, sizeof key);
	ck_assert_uint_eq(siphash(key, message, vectors[_i].len), vectors[_i].hash);
	key[15] ^= 1;
	ck_assert_uint_ne(siphash(key, message, vectors[_i].len), vectors[_i].hash);
}
END_TEST

START_TEST(random_bytes_differ)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	ck_assert_int_eq(random_bytes(a, sizeof a), 0);
	ck_assert_int_eq(random_bytes(b, sizeof b), 0);
	ck_assert_mem_ne(a, b, sizeof a);
	ck_assert_int_eq(random_bytes(a, 0), 0);
}
END_TEST

Suite *
siphash_suite(void)
{
	Suite *suite = suite_create("siphash");
	TCase *tcase = tcase_create("siphash");

	tcase_add_loop_test(tcase, gives_the_vectors_of_its_authors, 0,
	    (int)(sizeof vectors / sizeof *vectors));
	tcase_add_test(tcase, random_bytes_differ);
	suite_add_tcase(suite, tcase);
	return suite;
}
