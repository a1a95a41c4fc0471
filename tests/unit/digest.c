/*
 * Guards: a sum that other programs do not agree with, or that depends on the pieces in
 * which the bytes came; a comparison that stops early.
 *
 * Vectors: FIPS 180-4's examples (NIST), RFC 1321 A.5, RFC 4231. sha256sum(1) and md5sum(1)
 * are the other implementations.
 */
#include "common/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/random.h"
#include "tests/unit/unit.h"

static const struct {
	enum digest_kind kind;
	const char *bytes, *sum;
} vectors[] = {
	{ DIGEST_SHA256, "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ DIGEST_SHA256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ DIGEST_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ DIGEST_MD5, "a", "0cc175b9c0f1b6a831c399e269772661" },
	{ DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ DIGEST_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	{ DIGEST_MD5, "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
	{ DIGEST_MD5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	    "d174ab98d277d9f5a5611c2c9f419d9f" },
	{ DIGEST_MD5,
	    "1234567890123456789012345678901234567890"
	    "1234567890123456789012345678901234567890",
	    "57edf4a22be3c955ac49da2e2107b67a" },
	{ DIGEST_NONE, "abc", "" },
};

static const char *
sum_of(enum digest_kind kind, const void *bytes, size_t len, size_t piece,
    char text[DIGEST_TEXT_MAX])
{
	struct digest digest;
	uint8_t sum[DIGEST_MAX];
	const uint8_t *at = bytes;

	digest_begin(&digest, kind);
	for (size_t n; len > 0; at += n, len -= n) {
		n = len < piece ? len : piece;
		digest_add(&digest, at, n);
	}
	return digest_format(sum, digest_end(&digest, sum), text);
}

START_TEST(agrees_with_the_standards)
{
	const char *bytes = vectors[_i].bytes;
	char text[DIGEST_TEXT_MAX];

	for (size_t piece = 1; piece < 100; piece++)
		ck_assert_str_eq(sum_of(vectors[_i].kind, bytes, strlen(bytes), piece, text),
		    vectors[_i].sum);
	ck_assert_uint_eq(2 * digest_len(vectors[_i].kind), strlen(vectors[_i].sum));
}
END_TEST

START_TEST(a_million_times_a)
{
	static char bytes[1000000];
	char text[DIGEST_TEXT_MAX];

	memset(bytes, 'a', sizeof bytes);
	ck_assert_str_eq(sum_of(DIGEST_SHA256, bytes, sizeof bytes, 4099, text),
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

static void
compare_with(const char *program, enum digest_kind kind)
{
	static uint8_t bytes[70000];
	char path[] = "/tmp/switchboard-unit-XXXXXX", command[128], theirs[128] = "";
	char ours[DIGEST_TEXT_MAX], whole[DIGEST_TEXT_MAX];
	FILE *file = fdopen(mkstemp(path), "wb"), *other;

	ck_assert_ptr_nonnull(file);
	for (size_t at = 0; at + 250 <= sizeof bytes; at += 250)
		ck_assert_int_eq(random_bytes(bytes + at, 250), 0);
	fwrite(bytes, 1, sizeof bytes, file);
	fclose(file);
	snprintf(command, sizeof command, "%s <%s", program, path);
	other = popen(command, "r");
	ck_assert_ptr_nonnull(other);
	ck_assert_ptr_nonnull(fgets(theirs, sizeof theirs, other));
	pclose(other);
	unlink(path);
	theirs[strcspn(theirs, " \n")] = '\0';
	ck_assert_str_eq(sum_of(kind, bytes, sizeof bytes, 777, ours), theirs);
	ck_assert_str_eq(sum_of(kind, bytes, sizeof bytes, sizeof bytes, whole), theirs);
}

START_TEST(agrees_with_other_programs)
{
	compare_with("sha256sum", DIGEST_SHA256);
	compare_with("md5sum", DIGEST_MD5);
}
END_TEST

/* One struct digest after another: nothing of the first is left. */
START_TEST(begins_anew)
{
	struct digest digest;
	uint8_t sum[DIGEST_MAX];
	char text[DIGEST_TEXT_MAX];

	for (int i = 0; i < 2; i++) {
		digest_begin(&digest, DIGEST_SHA256);
		digest_add(&digest, "abc", 3);
		ck_assert_str_eq(
		    digest_format(sum, digest_end(&digest, sum), text), vectors[1].sum);
	}
}
END_TEST

START_TEST(kinds_have_names)
{
	for (int kind = DIGEST_NONE; kind <= DIGEST_MD5; kind++)
		ck_assert_int_eq(digest_kind_of(digest_kind_name(kind)), kind);
	ck_assert_int_eq(digest_kind_of("sha1"), -1);
	ck_assert_int_eq(digest_kind_of(""), -1);
	ck_assert_int_eq(digest_kind_of("SHA256"), -1);
}
END_TEST

/* RFC 4231, 4.2 to 4.8; a letter stands for a run of one byte. */
static const struct {
	int key_byte;
	size_t key_len;
	const char *key;
	int byte;
	size_t len;
	const char *bytes, *mac;
} macs[] = {
	{ 0x0b, 20, NULL, 0, 0, "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ 0, 0, "Jefe", 0, 0, "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ 0xaa, 20, NULL, 0xdd, 50, NULL,
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ 0, 0,
	    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14"
	    "\x15\x16\x17\x18\x19",
	    0xcd, 50, NULL,
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ 0xaa, 131, NULL, 0, 0, "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ 0xaa, 131, NULL, 0, 0,
	    "This is a test using a larger than block-size key and a larger than block-size "
	    "data. The key needs to be hashed before being used by the HMAC algorithm.",
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
};

START_TEST(macs_agree_with_the_rfc)
{
	uint8_t key[131], bytes[256], mac[DIGEST_MAC];
	size_t key_len = macs[_i].key_len, len = macs[_i].len;
	char text[DIGEST_TEXT_MAX];

	memset(key, macs[_i].key_byte, sizeof key);
	memset(bytes, macs[_i].byte, sizeof bytes);
	if (macs[_i].key)
		memcpy(key, macs[_i].key, key_len = strlen(macs[_i].key));
	if (macs[_i].bytes)
		memcpy(bytes, macs[_i].bytes, len = strlen(macs[_i].bytes));
	digest_mac(key, key_len, bytes, len, mac);
	ck_assert_str_eq(digest_format(mac, sizeof mac, text), macs[_i].mac);
}
END_TEST

START_TEST(each_byte_is_compared)
{
	uint8_t a[DIGEST_MAX] = { 0 }, b[DIGEST_MAX] = { 0 };

	ck_assert(digest_equal(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] = (uint8_t)(1U << i % 8);
		ck_assert(!digest_equal(a, b, sizeof a));
		b[i] = 0;
	}
}
END_TEST

/* Two calls never give the same, and none gives less than was asked for. */
START_TEST(random_bytes_differ)
{
	uint8_t a[256] = { 0 }, b[256] = { 0 };
	uint64_t or = 0;

	ck_assert_int_eq(random_bytes(a, sizeof a), 0);
	ck_assert_int_eq(random_bytes(b, sizeof b), 0);
	ck_assert_mem_ne(a, b, sizeof a);
	ck_assert_mem_ne(a + 240, b + 240, 16);
	for (int i = 0; i < 64; i++)
		or |= random_number();
	ck_assert_uint_eq(or, UINT64_MAX);
}
END_TEST

Suite *
digest_suite(void)
{
	Suite *suite = suite_create("digest");
	TCase *tcase = tcase_create("digest");

	tcase_add_loop_test(
	    tcase, agrees_with_the_standards, 0, (int)(sizeof vectors / sizeof *vectors));
	tcase_add_test(tcase, a_million_times_a);
	if (system("command -v sha256sum md5sum >/dev/null") == 0)
		tcase_add_test(tcase, agrees_with_other_programs);
	else
		puts("skipped: agrees_with_other_programs: no sha256sum or md5sum here");
	tcase_add_test(tcase, begins_anew);
	tcase_add_test(tcase, kinds_have_names);
	tcase_add_loop_test(
	    tcase, macs_agree_with_the_rfc, 0, (int)(sizeof macs / sizeof *macs));
	tcase_add_test(tcase, each_byte_is_compared);
	tcase_add_test(tcase, random_bytes_differ);
	suite_add_tcase(suite, tcase);
	return suite;
}
