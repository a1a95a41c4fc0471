/*
 * A thousand members, through a network that loses 5 % and mixes up as much.
 *
 * Guards against a text that is lost, doubled or out of order when it matters: when many
 * speak at once, and every datagram of theirs may get lost, the acknowledgements too.
 */
#include <sys/resource.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/udpchatd.h"

enum {
	MEMBERS = 1000,
	RECEIVERS = 3,	/* of each: its neighbours */
	TEXTS = 4,	/* to each of them */
	HALL_TEXTS = 3, /* to all, from one */
	BOUND_MS = 90000,
};

static struct crowd {
	struct peer *peers[MEMBERS];
	struct pollfd wait[MEMBERS];
	int next[MEMBERS][RECEIVERS]; /* what is expected next from each of its senders */
	int texts, reports, hall_texts;
} crowd;

static int
index_of(const struct peer *peer)
{
	return atoi(peer->name + 1);
}

/* The i-th one speaks to i+1, i+2, i+3. */
static void
take_text(struct peer *peer, const struct chat_record *record)
{
	char text[64];
	int from, to, number, distance;

	snprintf(
	    text, sizeof text, "%.*s", (int)record->text.len, (const char *)record->text.bytes);
	EXPECT(sscanf(text, "%d to %d: %d", &from, &to, &number) == 3, "%s", text);
	EXPECT(to == index_of(peer), "%s comes to %s", text, peer->name);
	distance = (to - from + MEMBERS) % MEMBERS;
	EXPECT(distance >= 1 && distance <= RECEIVERS, "%s", text);
	EXPECT(crowd.next[to][distance - 1] == number, "%s, but %d was expected", text,
	    crowd.next[to][distance - 1]);
	crowd.next[to][distance - 1]++;
	crowd.texts++;
}

static void
on_record(struct peer *peer, const struct chat_record *record)
{
	if (record->kind == CHAT_TEXT && record->room.len > 0) {
		crowd.hall_texts++;
	} else if (record->kind == CHAT_TEXT) {
		take_text(peer, record);
	} else if (record->kind == CHAT_REPORT) {
		EXPECT(record->outcome == CHAT_DELIVERED, "%s: outcome %d", peer->name,
		    record->outcome);
		crowd.reports++;
	}
}

/* A round: wait for a datagram or a moment, then everybody's turn. */
static void
everybodys_turn(void)
{
	await_events(-1, 0, now_ms()); /* what the programs print */
	(void)poll(crowd.wait, MEMBERS, 10);
	for (int i = 0; i < MEMBERS; i++)
		peer_turn(crowd.peers[i]);
}

static void
gather(const char *address)
{
	int64_t deadline = now_ms() + BOUND_MS;
	int up = 0;

	for (int i = 0; i < MEMBERS; i++) {
		char name[16];

		snprintf(name, sizeof name, "m%d", i);
		crowd.peers[i] = peer_new(address, name);
		crowd.peers[i]->on_record = on_record;
		crowd.wait[i] = (struct pollfd){ .fd = crowd.peers[i]->fd, .events = POLLIN };
	}
	while (up < MEMBERS) {
		EXPECT(now_ms() < deadline, "%d of %d are members", up, MEMBERS);
		everybodys_turn();
		up = 0;
		for (int i = 0; i < MEMBERS; i++)
			up += crowd.peers[i]->up;
	}
}

static void
await_count(const int *count, int wanted, const char *what)
{
	int64_t deadline = now_ms() + BOUND_MS;

	while (*count < wanted) {
		EXPECT(now_ms() < deadline, "%d %s of %d", *count, what, wanted);
		everybodys_turn();
	}
}

static void
speak_all(void)
{
	char name[16], text[64];

	for (int k = 0; k < TEXTS; k++)
		for (int i = 0; i < MEMBERS; i++)
			for (int r = 1; r <= RECEIVERS; r++) {
				int to = (i + r) % MEMBERS;

				snprintf(name, sizeof name, "m%d", to);
				snprintf(text, sizeof text, "%d to %d: %d", i, to, k);
				(void)peer_send(crowd.peers[i], CHAT_SAY, name, NULL, text);
			}
}

START_TEST(a_thousand_through_a_bad_network)
{
	struct rlimit files;
	struct program *server, *relay;

	EXPECT(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
	files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
	EXPECT(setrlimit(RLIMIT_NOFILE, &files) == 0, "setrlimit");
	server = udp_server_start(ARGS("-q", "-c", "1000"));
	relay =
	    relay_start(server->address[0], ARGS("-L", "5", "-O", "5", "-D", "2", "-Z", "4"));
	gather(relay->address[0]);
	speak_all();
	await_count(&crowd.texts, MEMBERS * RECEIVERS * TEXTS, "texts");
	await_count(&crowd.reports, MEMBERS * RECEIVERS * TEXTS, "reports");
	for (int i = 0; i < MEMBERS; i++)
		(void)peer_send(crowd.peers[i], CHAT_ENTER, NULL, "hall", NULL);
	await_count(&crowd.reports, MEMBERS * RECEIVERS * TEXTS + MEMBERS, "reports");
	for (int i = 0; i < HALL_TEXTS; i++)
		(void)peer_send(crowd.peers[0], CHAT_SAY, NULL, "hall", "welcome to you all");
	await_count(
	    &crowd.reports, MEMBERS * RECEIVERS * TEXTS + MEMBERS + HALL_TEXTS, "reports");
	EXPECT(crowd.texts == MEMBERS * RECEIVERS * TEXTS, "%d texts", crowd.texts);
	EXPECT(crowd.hall_texts == HALL_TEXTS * (MEMBERS - 1), "%d texts in the hall",
	    crowd.hall_texts);
	EXPECT(!server->exited && !relay->exited, "a program has ended");
}
END_TEST

void
udpchatd_crowd(Suite *suite)
{
	const struct check checks[] = {
		OURS(a_thousand_through_a_bad_network, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
