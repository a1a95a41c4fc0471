/*
 * Guards: secrets that can be tried at any speed, or from a new address each time, and a
 * delay that hits somebody else.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "common/sys.h"
#include "tests/unit/auth.h"

/* One wrong proof from this address; how long the answer took, in ms. */
static int64_t
fail_from(const struct net_address *address)
{
	static const uint8_t guess[FRAME_MAC];
	uint8_t nonce[FRAME_NONCE];
	struct raw raw;
	int64_t start;

	meeting.from = address;
	be_challenged(NAME, nonce);
	start = sys_now_ms();
	say(FRAME_PROOF, 0, guess, sizeof guess);
	ck_assert(hear(&raw));
	start = sys_now_ms() - start;
	ck_assert_int_eq(await_child(), STATUS_FAILED);
	return start;
}

static struct net_address
ipv4(uint32_t host)
{
	struct net_address address = { .len = sizeof address.sa.in };

	address.sa.in.sin_family = AF_INET;
	address.sa.in.sin_addr.s_addr = htonl(host);
	return address;
}

static struct net_address
ipv6(const uint8_t bytes[16])
{
	struct net_address address = { .len = sizeof address.sa.in6 };

	address.sa.in6.sin6_family = AF_INET6;
	memcpy(&address.sa.in6.sin6_addr, bytes, 16);
	return address;
}

static void
expect_count(int count, const struct net_address *address)
{
	char words[64];

	fail_from(address);
	snprintf(words, sizeof words, "failure %d of this address", count);
	ck_assert_msg(strstr(meeting.said, words) != NULL, "not %s: %s", words, meeting.said);
}

/* Each child counts on where the last one ended; another address begins at one. */
START_TEST(failures_are_counted)
{
	struct net_address anna = ipv4(0x0a000001), ben = ipv4(0x0a000002);

	for (int i = 1; i <= 3; i++)
		expect_count(i, &anna);
	expect_count(1, &ben);
	anna.sa.in.sin_port = 4242; /* another port is no other address */
	expect_count(4, &anna);
	expect_count(1, NULL);
}
END_TEST

START_TEST(ipv6_counts_by_network)
{
	uint8_t bytes[16] = { 0x20, 1, 0xd, 0xb8 };
	struct net_address address = ipv6(bytes);

	expect_count(1, &address);
	bytes[15] = bytes[8] = 9; /* the same network */
	address = ipv6(bytes);
	expect_count(2, &address);
	bytes[7] = 1;
	address = ipv6(bytes);
	expect_count(1, &address);
}
END_TEST

START_TEST(ipv4_in_ipv6_counts_by_host)
{
	uint8_t bytes[16] = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 };
	struct net_address address = ipv6(bytes);

	expect_count(1, &address);
	expect_count(2, &address);
	bytes[15] = 2;
	address = ipv6(bytes);
	expect_count(1, &address);
}
END_TEST

START_TEST(failures_are_forgotten)
{
	struct net_address anna = ipv4(0x0a000001);

	auth_failures_set_time(meeting.failures, 0, -1); /* at once */
	expect_count(1, &anna);
	expect_count(1, &anna);
}
END_TEST

START_TEST(each_failure_takes_longer)
{
	struct net_address anna = ipv4(0x0a000001);

	auth_failures_set_time(meeting.failures, 30, AUTH_FORGET_MS);
	for (int i = 1; i <= 4; i++)
		ck_assert_int_ge(fail_from(&anna), 30 * i);
}
END_TEST

START_TEST(a_right_key_is_not_delayed)
{
	unsigned rights = 0;
	int status = 0;

	for (int i = 0; i < 3; i++)
		fail_from(NULL);
	auth_failures_set_time(meeting.failures, 60000, AUTH_FORGET_MS); /* would be seen */
	start_server(meeting.keys_path);
	ck_assert_int_eq(greet(NAME, SECRET, &rights, &status), 0);
	expect_end(WELCOMED + KEYS_RUN + KEYS_WRITE, "");
}
END_TEST

START_TEST(a_server_that_is_told_to_stop)
{
	auth_failures_set_time(meeting.failures, AUTH_DELAY_MAX_MS, AUTH_FORGET_MS);
	meeting.stopped = true;
	ck_assert_int_lt(fail_from(NULL), AUTH_DELAY_MAX_MS / 2);
}
END_TEST

void
auth_add_failure_tests(TCase *tcase)
{
	tcase_add_test(tcase, failures_are_counted);
	tcase_add_test(tcase, ipv6_counts_by_network);
	tcase_add_test(tcase, ipv4_in_ipv6_counts_by_host);
	tcase_add_test(tcase, failures_are_forgotten);
	tcase_add_test(tcase, each_failure_takes_longer);
	tcase_add_test(tcase, a_right_key_is_not_delayed);
	tcase_add_test(tcase, a_server_that_is_told_to_stop);
}
