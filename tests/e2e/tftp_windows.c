/*
 * tftp: windows (RFC 7440), where one ACK stands for several blocks.
 *
 * Guards against an ACK for each block, against a hole that is acknowledged as if it were
 * none, and against the trap that no RFC warns of: when the time is up it is the last
 * block in order that must be acknowledged, not the last ACK said again.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum {
	BYTES = 10 * BLOCK + 3,
};

static struct program *
begin_get(struct peer *peer, const char *file,
    struct program *(*start)(const struct peer *, const char *const *))
{
	struct program *p = start(peer, ARGS("-w", "4", "get", "127.0.0.1:f", file));

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "windowsize", "4");
	peer_hear_ack(peer, 0);
	return p;
}

static void
send_blocks(const struct peer *peer, unsigned from, unsigned to)
{
	for (unsigned block = from; block <= to; block++) {
		size_t at = (size_t)(block - 1) * BLOCK;

		peer_block(peer, block, at, BYTES - at < BLOCK ? BYTES - at : BLOCK, 1);
	}
}

START_TEST(an_ack_for_a_window)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = begin_get(peer, file, patient_start);

	send_blocks(peer, 1, 3);
	peer_hear_nothing(peer);
	send_blocks(peer, 4, 4);
	peer_hear_ack(peer, 4);
	send_blocks(peer, 5, 8);
	peer_hear_ack(peer, 8);
	send_blocks(peer, 9, 11);
	peer_hear_ack(peer, 11); /* the end does not wait for a window to be full */
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BYTES, 1);
}
END_TEST

START_TEST(hole_in_a_window)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = begin_get(peer, file, patient_start);

	send_blocks(peer, 1, 2);
	send_blocks(peer, 4, 4);
	peer_hear_ack(peer, 2);
	send_blocks(peer, 3, 6);
	peer_await_ack(peer, 6);
	send_blocks(peer, 7, 10);
	peer_await_ack(peer, 10);
	send_blocks(peer, 11, 11);
	peer_await_ack(peer, 11);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BYTES, 1);
}
END_TEST

START_TEST(end_of_a_window_lost)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = begin_get(peer, file, tftp_start);

	send_blocks(peer, 1, 3); /* 4 is lost */
	peer_hear_ack(peer, 3);	 /* and not 0, as before */
	send_blocks(peer, 4, 7);
	peer_await_ack(peer, 7);
	send_blocks(peer, 8, 11);
	peer_await_ack(peer, 11);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BYTES, 1);
}
END_TEST

START_TEST(window_sent)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	unsigned char bytes[BYTES];
	struct peer *peer = peer_open();
	struct program *p;

	lab_write(file, BYTES, 1);
	lab_fill(bytes, BYTES, 1);
	p = patient_start(peer, ARGS("-w", "9", "put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	peer_oack(peer, "windowsize", "4"); /* it may lower it */
	for (unsigned block = 1; block <= 4; block++)
		peer_hear_data(peer, block, bytes + (block - 1) * BLOCK, BLOCK);
	peer_hear_nothing(peer);
	peer_ack(peer, 2); /* 3 is missing: it goes on behind 2 */
	for (unsigned block = 3; block <= 6; block++)
		peer_hear_data(peer, block, bytes + (block - 1) * BLOCK, BLOCK);
	peer_ack(peer, 6);
	for (unsigned block = 7; block <= 10; block++)
		peer_hear_data(peer, block, bytes + (block - 1) * BLOCK, BLOCK);
	peer_ack(peer, 10);
	peer_hear_data(peer, 11, bytes + 10 * BLOCK, 3);
	peer_ack(peer, 11);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

void
tftp_windows(Suite *suite)
{
	const struct check checks[] = {
		OURS(an_ack_for_a_window, ONCE),
		OURS(hole_in_a_window, ONCE),
		OURS(end_of_a_window_lost, ONCE),
		OURS(window_sent, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
