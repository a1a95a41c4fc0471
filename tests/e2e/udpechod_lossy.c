/*
 * udpechod: a network that is bad on purpose: -L, -O, -Z.
 *
 * Guards against losses that cannot be repeated, an answer kept back for ever because
 * nothing comes to overtake it, and one kept back that has another's bytes by then.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpechod.h"

enum {
	RUN = 200,
};

/*
 * Send numbers 0 to RUN - 1; all answers, in the order in which they come, as text. The
 * server's own counters tell when it has had all.
 */
static void
play(const char *const *args, char *story, size_t capacity)
{
	struct program *server = udp_server_start(args);
	int fd = udp_client_open(server->address[0]);
	size_t used = 0;
	int heard;

	for (int i = 0; i < RUN; i++)
		udp_client_send(fd, &i, sizeof i);
	await_counters(server, "^udpechod: 200 datagrams received");
	while (await_events(fd, POLLIN, now_ms() + 3 * QUIET_MS) != 0) {
		EXPECT(udp_client_receive(fd, &heard, sizeof heard) == sizeof heard, "size");
		EXPECT(heard >= 0 && heard < RUN, "bytes that were not sent");
		used += (size_t)snprintf(story + used, capacity - used, "%d ", heard);
	}
	close(fd);
}

static size_t
words_in(const char *story)
{
	size_t words = 0;

	for (; *story != '\0'; story++)
		words += *story == ' ' ? 1 : 0;
	return words;
}

START_TEST(losses_follow_from_the_seed)
{
	char first[4096] = "", again[4096] = "", other[4096] = "";

	play(ARGS("-L", "30", "-Z", "7"), first, sizeof first);
	play(ARGS("-L", "30", "-Z", "7"), again, sizeof again);
	play(ARGS("-L", "30", "-Z", "8"), other, sizeof other);
	EXPECT(strcmp(first, again) == 0, "one seed, two runs:\n%s\n%s", first, again);
	EXPECT(strcmp(first, other) != 0, "two seeds, one run: %s", first);
	EXPECT(words_in(first) > RUN / 2 && words_in(first) < RUN * 9 / 10,
	    "%zu of %d answers with -L 30", words_in(first), RUN);
}
END_TEST

/* Overtaken, and none is lost or comes twice. */
START_TEST(overtaken_but_all_there)
{
	char story[4096] = "";
	bool heard[RUN] = { false };
	int last = -1, backwards = 0, number, length;

	play(ARGS("-O", "40", "-Z", "3"), story, sizeof story);
	for (const char *at = story; sscanf(at, "%d %n", &number, &length) == 1; at += length) {
		EXPECT(!heard[number], "%d came twice: %s", number, story);
		heard[number] = true;
		backwards += number < last ? 1 : 0;
		last = number;
	}
	EXPECT(words_in(story) == RUN, "%zu of %d answers", words_in(story), RUN);
	EXPECT(backwards > RUN / 10, "%d overtaken with -O 40", backwards);
}
END_TEST

START_TEST(the_next_overtakes)
{
	struct program *server = udp_server_start(ARGS("-O", "100"));
	int fd = udp_client_open(server->address[0]);

	udp_client_send(fd, "one", 3);
	udp_client_send(fd, "two", 3);
	udp_client_hear(fd, "two", 3);
	udp_client_hear(fd, "one", 3);
}
END_TEST

/* Nothing comes to overtake it: it goes all the same, and to its own client. */
START_TEST(kept_back_but_not_for_ever)
{
	struct program *server = udp_server_start(ARGS("-O", "100"));
	int one = udp_client_open(server->address[0]);
	int two = udp_client_open(server->address[0]);

	udp_client_send(one, "the last", 8);
	udp_client_hear(one, "the last", 8);
	udp_client_hear_nothing(two, 0);
	udp_client_send(two, "", 0);
	udp_client_hear(two, "", 0);
}
END_TEST

START_TEST(all_lost_and_told)
{
	struct program *server = udp_server_start(ARGS("-L", "100"));
	int fd = udp_client_open(server->address[0]);

	for (int i = 0; i < 5; i++)
		udp_client_send(fd, "hello", 5);
	await_counters(server, "^udpechod:   5 answers lost on purpose, 0 kept back");
	udp_client_hear_nothing(fd, QUIET_MS);
}
END_TEST

void
udpechod_lossy(Suite *suite)
{
	const struct check checks[] = {
		{ the_next_overtakes, ONCE, NEEDS_OPTIONS, 1,
		    "-O: keep an answer until the next has gone. udpechod(8)" },
		{ kept_back_but_not_for_ever, ONCE, NEEDS_OPTIONS, 1,
		    "-O: there may be no next: a timeout of poll ends the wait. udpechod(8)" },
		OURS(losses_follow_from_the_seed, ONCE),
		OURS(overtaken_but_all_there, ONCE),
		OURS(all_lost_and_told, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
