/*
 * udptimed: probes, byte by byte as the page has them.
 *
 * Guards against a format that only our own two programs agree on, a server that answers
 * answers, and times that are not those of its clock.
 */
#include <string.h>
#include <time.h>

#include "tests/e2e/udptimed.h"

enum {
	SIZE = 48,
	PROBES = 100, /* some batches */
};

/* By hand, not by protocol/clock: else its faults would be ours too. */
static void
put(unsigned char *at, uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		at[i] = (unsigned char)value;
}

static uint64_t
get(const unsigned char *at)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void
make_probe(unsigned char probe[SIZE], uint64_t cookie, uint64_t t1)
{
	static const unsigned char head[8] = { 0, 'c', 'l', 'k', 1, 1, 0xec, 0 };

	memset(probe, 0, SIZE);
	memcpy(probe, head, sizeof head);
	put(probe + 8, cookie);
	put(probe + 16, t1);
}

START_TEST(a_probe_is_answered)
{
	static const unsigned char head[6] = { 0, 'c', 'l', 'k', 1, 2 };
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	unsigned char probe[SIZE], answer[ANSWER_MAX];
	uint64_t before = now_ns();
	size_t len;

	make_probe(probe, 0x0123456789abcdef, 4711);
	udp_client_send(fd, probe, sizeof probe);
	len = udp_client_receive(fd, answer, sizeof answer);
	EXPECT(len == SIZE, "%zu bytes", len);
	EXPECT(memcmp(answer, head, sizeof head) == 0, "it does not begin as an answer does");
	EXPECT((signed char)answer[6] >= -30 && (signed char)answer[6] <= 0, "precision %d",
	    (signed char)answer[6]);
	EXPECT(get(answer + 8) == 0x0123456789abcdef, "another cookie");
	EXPECT(get(answer + 16) == 4711, "another T1");
	EXPECT(before <= get(answer + 24), "T2 is before the question");
	EXPECT(get(answer + 24) <= get(answer + 32), "T3 is before T2");
	EXPECT(get(answer + 32) <= now_ns(), "T3 is after the answer came");
	EXPECT(get(answer + 40) == 0, "T4 is not for the server to say");
}
END_TEST

START_TEST(many_probes_at_once)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	unsigned char probe[SIZE], answer[ANSWER_MAX];
	bool seen[PROBES] = { false };

	for (unsigned i = 0; i < PROBES; i++) {
		make_probe(probe, i, 1);
		udp_client_send(fd, probe, sizeof probe);
	}
	for (int i = 0; i < PROBES; i++) {
		udp_client_receive(fd, answer, sizeof answer);
		EXPECT(get(answer + 8) < PROBES && !seen[get(answer + 8)], "twice, or foreign");
		seen[get(answer + 8)] = true;
	}
}
END_TEST

/* Else two servers, or one and a forged address, would answer each other for ever. */
START_TEST(what_is_no_request_is_not_answered)
{
	static const struct {
		size_t at;
		unsigned char byte;
	} faults[] = { { 4, 2 }, { 5, 2 }, { 5, 0 }, { 5, 3 }, { 6, 1 }, { 7, 1 }, { 16, 0x80 },
		{ 24, 1 }, { 32, 1 }, { 47, 1 } };
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	unsigned char probe[SIZE + 1] = { 0 };

	for (size_t i = 0; i < ARRAY_LENGTH(faults); i++) {
		make_probe(probe, 1, 1);
		probe[faults[i].at] = faults[i].byte;
		udp_client_send(fd, probe, SIZE);
	}
	make_probe(probe, 1, 1);
	udp_client_send(fd, probe, SIZE - 1);
	udp_client_send(fd, probe, SIZE + 1);
	udp_client_send(fd, probe, 4);
	udp_client_hear_nothing(fd, QUIET_MS);
	udp_client_send(fd, probe, SIZE);
	udp_client_receive(fd, probe, sizeof probe);
}
END_TEST

void
udptimed_probes(Suite *suite)
{
	const struct check checks[] = {
		OURS(a_probe_is_answered, ONCE),
		OURS(many_probes_at_once, ONCE),
		OURS(what_is_no_request_is_not_answered, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
