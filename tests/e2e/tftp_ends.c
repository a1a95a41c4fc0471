/*
 * tftp: how a transfer ends that does not end well.
 *
 * Guards against a client that waits for ever for a server that has gone, at whichever
 * step; against one that calls it a success (BusyBox, when the last block is not
 * confirmed; tftp-hpa, after every ERROR); and against what it would leave behind.
 */
#include <sys/socket.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum step {
	BEFORE_ALL,
	AFTER_OACK,
	AFTER_BLOCK,
	GET_STEPS,
};

/* It has had so much, and then nothing more. */
static void
go_as_far_as(struct peer *peer, enum step step)
{
	peer_hear_request(peer, "RRQ");
	if (step == BEFORE_ALL)
		return;
	peer_oack(peer, "blksize", "600", "tsize", "1203");
	peer_hear_ack(peer, 0);
	if (step == AFTER_OACK)
		return;
	peer_block(peer, 1, 0, 600, 1);
	peer_hear_ack(peer, 1);
}

/* All at once, since each takes its time. */
START_TEST(server_vanishes_during_get)
{
	const char *here = lab_directory("here");
	struct program *p[GET_STEPS];
	int64_t begin = now_ms();

	for (enum step step = 0; step < GET_STEPS; step++) {
		struct peer *peer = peer_open();
		const char *file = text_of("%s/%d", here, step);

		lab_write_text(file, "before");
		p[step] = tftp_start(peer, ARGS("-t", "1.5", "get", "127.0.0.1:f", file));
		go_as_far_as(peer, step);
	}
	for (enum step step = 0; step < GET_STEPS; step++) {
		EXPECT(program_await_exit(p[step]) == 1, "status");
		EXPECT(program_has_line(&p[step]->err, "^tftp: 127.0.0.1: f: .*1\\.5 s"), "%s",
		    p[step]->err.text);
		lab_expect_text(text_of("%s/%d", here, step), "before");
	}
	EXPECT(now_ms() - begin >= 1500, "too early");
	EXPECT(lab_temporaries(here) == 0, "a temporary is left");
}
END_TEST

START_TEST(server_vanishes_during_put)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer[3];
	struct program *p[3];

	lab_write(file, BLOCK + 3, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(p); i++) {
		peer[i] = peer_open();
		p[i] = tftp_start(peer[i], ARGS("-t", "1.5", "put", file, "127.0.0.1:f"));
		peer_hear_request(peer[i], "WRQ");
	}
	peer_ack(peer[1], 0);
	peer_ack(peer[2], 0);
	peer_ack(peer[2], 1); /* the last one, 2, is never confirmed */
	for (size_t i = 0; i < ARRAY_LENGTH(p); i++) {
		EXPECT(program_await_exit(p[i]) == 1, "status");
		EXPECT(program_has_line(&p[i]->err, "^tftp: 127.0.0.1: f: "), "%s",
		    p[i]->err.text);
	}
	EXPECT(program_has_line(&p[2]->err, "last block was never confirmed"), "%s",
	    p[2]->err.text);
}
END_TEST

/* Duplicates and strangers are no progress: the time is up all the same. */
START_TEST(repeating_is_no_progress)
{
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-t", "1", "get", "127.0.0.1:f", "-"));
	int64_t begin = now_ms();

	peer_hear_request(peer, "RRQ");
	while (process_alive(p->pid) && now_ms() - begin < WAIT_MS) {
		peer_block(peer, 1, 0, BLOCK, 1);
		await_events(peer->fd, POLLIN, now_ms() + 50);
		recv(peer->fd, peer->packet, sizeof peer->packet, MSG_DONTWAIT);
		await_events(-1, 0, now_ms() + 20);
	}
	EXPECT(program_await_exit(p) == 1, "it takes repetition for progress");
}
END_TEST

START_TEST(nobody_there)
{
	int port, holder = port_reserve(AF_INET, &port);
	struct program *p = program_start(
	    ARGS("-t", "1", "-p", text_of("%d", port), "get", "127.0.0.1:f", "/dev/null"));

	close(holder);
	EXPECT(program_await_exit(p) == 1, "status");
	EXPECT(stream_lines(&p->err) == 1, "%s", p->err.text);
}
END_TEST

/* The kernel is told by ICMP and tells us: nobody waits for half a minute. */
START_TEST(nobody_there_is_told_at_once)
{
	int port, holder = port_reserve(AF_INET, &port);
	int64_t begin = now_ms();
	struct program *p;

	close(holder);
	p = program_start(ARGS("-p", text_of("%d", port), "get", "127.0.0.1:f", "-"));
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: ECONNREFUSED");
	EXPECT(now_ms() - begin < 5000, "it has waited");
}
END_TEST

START_TEST(server_refuses)
{
	static const struct {
		unsigned code;
		int status;
		const char *words, *regex;
	} cases[] = {
		{ 0, 1, "out of order", "^tftp: 127.0.0.1: f: .*\"out of order\"" },
		{ ERROR_NOT_FOUND, 1, "no such", "^tftp: 127.0.0.1: f: .*not found.*no such" },
		{ ERROR_DENIED, 3, "no", "^tftp: 127.0.0.1: f: .*access" },
		{ 1234, 1, "odd", "^tftp: 127.0.0.1: f: .*1234.*odd" },
		{ ERROR_NOT_FOUND, 1, "", "^tftp: 127.0.0.1: f: .*not found" },
		{ 0, 1, "\033[31mred\ntftp: forged", "\\\\x1b\\[31mred\\\\x0atftp: forged" },
	};
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct peer *peer = peer_open();
		struct program *p;

		lab_write_text(file, "before");
		p = get_start(peer, "f", file);
		peer_hear_request(peer, "RRQ");
		peer_error(peer, cases[i].code, cases[i].words);
		tftp_ends_with(p, cases[i].status, cases[i].regex);
		peer_hear_nothing(peer); /* no ERROR is answered */
		lab_expect_text(file, "before");
		EXPECT(lab_temporaries(here) == 0, "a temporary is left");
	}
}
END_TEST

/* In the middle; and its words do not end in NUL. */
START_TEST(error_on_the_way)
{
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);
	struct peer *peer = peer_open();
	struct program *p = get_begun(peer, file);

	peer_send(peer, "\0\5\0\0disk", 8);
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: ");
	peer_hear_nothing(peer);
	lab_expect_missing(file);
	EXPECT(lab_temporaries(here) == 0, "a temporary is left");
}
END_TEST

/*
 * The file goes on for longer than was announced; or it ends too early, which may be a
 * datagram that was cut on the way, but not if it comes again and again.
 */
START_TEST(other_size_than_told)
{
	static const char *const told[] = { "1000", "10", "0" };
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);

	for (size_t i = 0; i < ARRAY_LENGTH(told); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "f", file);

		peer_hear_request(peer, "RRQ");
		peer_oack(peer, "tsize", told[i]);
		peer_hear_ack(peer, 0);
		peer_block(peer, 1, 0, BLOCK, 1);
		if (i == 0)
			peer_hear_ack(peer, 1);
		peer_block(peer, 2, BLOCK, 1, 1);
		for (int again = 0; i == 0 && again < 3; again++)
			peer_block(peer, 2, BLOCK, 1, 1);
		tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: .*size");
		lab_expect_missing(file);
		EXPECT(lab_temporaries(here) == 0, "a temporary is left");
	}
}
END_TEST

/* A datagram that lost its tail looks like the end of the file; tsize tells. */
START_TEST(block_cut_on_the_way)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", file);

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "tsize", "1024");
	peer_hear_ack(peer, 0);
	peer_block(peer, 1, 0, BLOCK - 9, 1);
	peer_block(peer, 1, 0, BLOCK, 1);
	peer_await_ack(peer, 1);
	peer_block(peer, 2, BLOCK, BLOCK, 1);
	peer_await_ack(peer, 2);
	peer_block(peer, 3, 2 * BLOCK, 0, 1);
	peer_await_ack(peer, 3);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, 2 * BLOCK, 1);
}
END_TEST

START_TEST(interrupted)
{
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);
	struct peer *peer = peer_open();
	struct program *p = get_begun(peer, file);

	program_signal(p, SIGINT);
	peer_hear_error(peer, 0);
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: .*interrupted");
	lab_expect_missing(file);
	EXPECT(lab_temporaries(here) == 0, "a temporary is left");
}
END_TEST

START_TEST(too_slow_in_all)
{
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-T", "0.7", "get", "127.0.0.1:f", "-"));

	peer_hear_request(peer, "RRQ");
	for (unsigned block = 1; process_alive(p->pid) && block < 200; block++) {
		peer_block(peer, block, (block - 1) * BLOCK, BLOCK, 1);
		await_events(-1, 0, now_ms() + 50);
		recv(peer->fd, peer->packet, sizeof peer->packet, MSG_DONTWAIT);
	}
	EXPECT(program_await_exit(p) == 1, "status");
	EXPECT(program_has_line(&p->err, "0\\.7 s"), "%s", p->err.text);
}
END_TEST

static const char *
missing_news(void)
{
#ifdef PORTABLE
	return "only a connected socket hears of a closed port here";
#else
	return NULL;
#endif
}

void
tftp_ends(Suite *suite)
{
	const struct check checks[] = {
		{ server_vanishes_during_get, ONCE, NEEDS_OPTIONS, 2,
		    "give up after -t seconds, whatever step it was; leave nothing behind" },
		{ server_vanishes_during_put, ONCE, NEEDS_OPTIONS, 2,
		    "a last block without its ACK is a failure" },
		{ repeating_is_no_progress, ONCE, NEEDS_OPTIONS, 1,
		    "the timer is the block's: duplicates do not wind it up" },
		{ nobody_there, ONCE, NEEDS_OPTIONS, 1, "one line, status 1" },
		{ server_refuses, ONCE, NEEDS_OURS, 2, "an ERROR is a failure: status 1" },
		{ other_size_than_told, ONCE, NEEDS_OPTIONS, 1, "compare with tsize" },
		OURS(error_on_the_way, ONCE),
		OURS(block_cut_on_the_way, ONCE),
		OURS(interrupted, ONCE),
		OURS(too_slow_in_all, ONCE),
	};
	const struct check icmp[] = {
		OURS(nobody_there_is_told_at_once, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_news(), suite, icmp, ARRAY_LENGTH(icmp));
}
