/*
 * Guards: an answer to whom none is due (an echo storm), none to whom one is, a rate
 * that is not kept, and a table that a flood of senders overflows or fills for good.
 */
#include "common/udp_guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

enum {
	OWN_PORT = 40007,
};

static struct net_address
address(const char *host, in_port_t port)
{
	struct net_address a = { 0 };

	if (inet_pton(AF_INET, host, &a.sa.in.sin_addr) == 1) {
		a.sa.in.sin_family = AF_INET;
		a.len = sizeof a.sa.in;
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, host, &a.sa.in6.sin6_addr), 1);
		a.sa.in6.sin6_family = AF_INET6;
		a.len = sizeof a.sa.in6;
	}
	net_set_port(&a, htons(port));
	return a;
}

static enum udp_verdict
judge(struct udp_guard *guard, const char *host, in_port_t port, int64_t now_ms)
{
	const struct net_address peer = address(host, port);

	return udp_guard_judge(guard, &peer, now_ms);
}

static struct udp_guard *
new_guard(int rate, bool loopback)
{
	struct udp_guard *guard = udp_guard_new(htons(OWN_PORT), rate, loopback);

	ck_assert_ptr_nonnull(guard);
	return guard;
}

static const struct {
	const char *host;
	in_port_t port;
	enum udp_verdict verdict;
} verdicts[] = {
	{ "192.0.2.1", 40000, UDP_ANSWER },
	{ "192.0.2.1", 1024, UDP_ANSWER },
	{ "192.0.2.1", 65535, UDP_ANSWER },
	{ "127.0.0.1", 40000, UDP_ANSWER },
	{ "223.255.255.254", 40000, UDP_ANSWER },
	{ "1.0.0.1", 40000, UDP_ANSWER },
	{ "2001:db8::1", 40000, UDP_ANSWER },
	{ "fe80::1", 40000, UDP_ANSWER },
	{ "::1", 40000, UDP_ANSWER },
	{ "192.0.2.1", 1, UDP_FROM_SERVICE },
	{ "192.0.2.1", 7, UDP_FROM_SERVICE },
	{ "192.0.2.1", 19, UDP_FROM_SERVICE },
	{ "192.0.2.1", 53, UDP_FROM_SERVICE },
	{ "192.0.2.1", 1023, UDP_FROM_SERVICE },
	{ "192.0.2.1", 1900, UDP_FROM_SERVICE },
	{ "192.0.2.1", 7007, UDP_FROM_SERVICE },
	{ "192.0.2.1", 7037, UDP_FROM_SERVICE },
	{ "192.0.2.1", 11211, UDP_FROM_SERVICE },
	{ "192.0.2.1", OWN_PORT, UDP_FROM_SERVICE },
	{ "127.0.0.1", OWN_PORT, UDP_FROM_SERVICE },
	{ "2001:db8::1", 7, UDP_FROM_SERVICE },
	{ "192.0.2.1", 0, UDP_NOT_A_HOST },
	{ "0.0.0.0", 40000, UDP_NOT_A_HOST },
	{ "0.1.2.3", 40000, UDP_NOT_A_HOST },
	{ "224.0.0.1", 40000, UDP_NOT_A_HOST },
	{ "239.1.2.3", 40000, UDP_NOT_A_HOST },
	{ "240.0.0.1", 40000, UDP_NOT_A_HOST },
	{ "255.255.255.255", 40000, UDP_NOT_A_HOST },
	{ "::", 40000, UDP_NOT_A_HOST },
	{ "ff02::1", 40000, UDP_NOT_A_HOST },
};

START_TEST(judges_by_address_and_port)
{
	struct udp_guard *guard = new_guard(0, false);

	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		ck_assert_msg(
		    judge(guard, verdicts[i].host, verdicts[i].port, 0) == verdicts[i].verdict,
		    "%s port %d", verdicts[i].host, verdicts[i].port);
	free(guard);
}
END_TEST

/* How many of `count` that come at once are answered. */
static int
answered(struct udp_guard *guard, const char *host, int count, int64_t now_ms)
{
	int good = 0;

	for (int i = 0; i < count; i++)
		good += judge(guard, host, 40000, now_ms) == UDP_ANSWER ? 1 : 0;
	return good;
}

START_TEST(a_bucket_of_tokens)
{
	struct udp_guard *guard = new_guard(10, false);

	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 5000), 10);
	ck_assert_int_eq(judge(guard, "192.0.2.1", 40000, 5000), UDP_TOO_FAST);
	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 5099), 0);
	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 5100), 1);
	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 5600), 5);
	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 999999), 10); /* no more than full */
	free(guard);
}
END_TEST

/* Asked at any pace, a second has the rate: fractions of a token are not lost. */
START_TEST(the_rate_is_kept_at_any_pace)
{
	static const int paces_ms[] = { 1, 3, 7, 33 };

	for (size_t i = 0; i < sizeof paces_ms / sizeof *paces_ms; i++) {
		struct udp_guard *guard = new_guard(20, false);
		int good = 0;

		for (int64_t now = 0; now <= 10000; now += paces_ms[i])
			good += answered(guard, "192.0.2.1", 1, now);
		ck_assert_int_ge(good, 20 + 10 * 20 - 2);
		ck_assert_int_le(good, 20 + 10 * 20);
		free(guard);
	}
}
END_TEST

START_TEST(each_has_its_own_bucket)
{
	struct udp_guard *guard = new_guard(10, false);

	ck_assert_int_eq(answered(guard, "192.0.2.1", 50, 0), 10);
	ck_assert_int_eq(answered(guard, "192.0.2.2", 50, 0), 10);
	ck_assert_int_eq(answered(guard, "2001:db8:1::1", 50, 0), 10);
	ck_assert_int_eq(answered(guard, "2001:db8:1::2", 50, 0), 0); /* the same network */
	ck_assert_int_eq(answered(guard, "2001:db8:1:1::1", 50, 0), 10);
	free(guard);
}
END_TEST

START_TEST(loopback_counts_when_it_is_told_to)
{
	struct udp_guard *lenient = new_guard(10, false), *strict = new_guard(10, true);

	ck_assert_int_eq(answered(lenient, "127.0.0.1", 50, 0), 50);
	ck_assert_int_eq(answered(lenient, "::1", 50, 0), 50);
	ck_assert_int_eq(answered(strict, "127.0.0.1", 50, 0), 10);
	ck_assert_int_eq(answered(strict, "::1", 50, 0), 10);
	free(lenient);
	free(strict);
}
END_TEST

START_TEST(a_rate_of_0_is_no_limit)
{
	struct udp_guard *guard = new_guard(0, true);

	ck_assert_int_eq(answered(guard, "192.0.2.1", 5000, 0), 5000);
	free(guard);
}
END_TEST

/* More senders than there is room for: new ones are served, and the silent give way. */
START_TEST(a_flood_of_senders)
{
	struct udp_guard *guard = new_guard(10, false);
	char host[INET_ADDRSTRLEN];
	int forgotten = 0;

	for (unsigned i = 0; i < 100000; i++) {
		const struct in_addr in = { htonl(0x0b000000U + i) };
		const int64_t now = 1000 + i / 100;

		inet_ntop(AF_INET, &in, host, sizeof host);
		ck_assert_int_eq(judge(guard, host, 40000, now), UDP_ANSWER);
		/* One that sends all the time is never the one that was silent longest. */
		if (judge(guard, "192.0.2.1", 40000, now) == UDP_ANSWER)
			forgotten++;
	}
	/* In 1000 ms: a full bucket and its refill; and once more, if four meet in one ms. */
	ck_assert_int_le(forgotten, 10 + 10 + 10);
	free(guard);
}
END_TEST

Suite *
udp_guard_suite(void)
{
	Suite *suite = suite_create("udp_guard");
	TCase *tcase = tcase_create("udp_guard");

	tcase_add_test(tcase, judges_by_address_and_port);
	tcase_add_test(tcase, a_bucket_of_tokens);
	tcase_add_test(tcase, the_rate_is_kept_at_any_pace);
	tcase_add_test(tcase, each_has_its_own_bucket);
	tcase_add_test(tcase, loopback_counts_when_it_is_told_to);
	tcase_add_test(tcase, a_rate_of_0_is_no_limit);
	tcase_add_test(tcase, a_flood_of_senders);
	suite_add_tcase(suite, tcase);
	return suite;
}
