/*
 * tftp: the traps of the protocol, each sprung once. tftp-protocol(7) draws them.
 *
 * Guards against what clients in use do: take blocks from any port, skip a block when an
 * OACK comes twice, double every packet for ever (the Sorcerer's Apprentice), stop at
 * block 65535, exit while the last ACK is lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum {
	BLOCKS_BEYOND = 65540, /* more than there are numbers */
	TINY = 8,	       /* the smallest block there is */
	WINDOW = 32,
};

/* ---- strangers ---- */

START_TEST(stranger_during_get)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_begun(peer, file);
	int stranger = stranger_open(peer);

	udp_client_send(stranger, "\0\3\0\2evil", 8);
	stranger_hear_error(stranger, ERROR_TID);
	peer_block(peer, 2, BLOCK, 3, 1);
	peer_hear_ack(peer, 2);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BLOCK + 3, 1);
}
END_TEST

START_TEST(stranger_during_put)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = put_begun(peer, file);
	int stranger = stranger_open(peer);

	udp_client_send(stranger, "\0\4\0\1", 4);
	stranger_hear_error(stranger, ERROR_TID);
	peer_hear_nothing(peer);
	EXPECT(!p->exited, "it believes a stranger");
	peer_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/* His ERROR ends nothing, and no ERROR is ever answered by one: that would go on for ever. */
START_TEST(strangers_error)
{
	struct peer *peer = peer_open();
	struct program *p = get_begun(peer, "-");
	int stranger = stranger_open(peer);

	udp_client_send(stranger, "\0\5\0\0go away", 12);
	udp_client_hear_nothing(stranger, QUIET_MS);
	peer_block(peer, 2, BLOCK, 3, 1);
	peer_hear_ack(peer, 2);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

/* The request was heard twice: the second server process is a stranger, too. */
START_TEST(request_served_twice)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", file);
	int second;

	peer_hear_request(peer, "RRQ");
	second = stranger_open(peer);
	peer_block(peer, 1, 0, BLOCK, 1);
	peer_hear_ack(peer, 1);
	udp_client_send(second, "\0\6blksize\000600", 14);
	stranger_hear_error(second, ERROR_TID);
	peer_block(peer, 2, BLOCK, 0, 1);
	peer_hear_ack(peer, 2);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BLOCK, 1);
}
END_TEST

/* ---- duplicates ---- */

START_TEST(oack_repeated_in_get)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", file);

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "blksize", "600");
	peer_hear_ack(peer, 0);
	peer_oack(peer, "blksize", "600");
	peer_hear_ack(peer, 0);
	peer_block(peer, 1, 0, 600, 1);
	peer_hear_ack(peer, 1);
	peer_oack(peer, "blksize", "600"); /* late: nothing begins again */
	peer_block(peer, 2, 600, 3, 1);
	peer_await_ack(peer, 2);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, 603, 1);
}
END_TEST

/* curl 7.88 sends the second block as DATA 1 here, and calls it a success. */
START_TEST(oack_repeated_in_put)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	unsigned char bytes[1203];
	struct peer *peer = peer_open();
	struct program *p;

	lab_write(file, sizeof bytes, 1);
	lab_fill(bytes, sizeof bytes, 1);
	p = patient_start(peer, ARGS("-w", "1", "put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	peer_oack(peer, "blksize", "600");
	peer_hear_data(peer, 1, bytes, 600);
	peer_oack(peer, "blksize", "600");
	peer_hear_nothing(peer); /* it is as an ACK that comes twice */
	peer_ack(peer, 1);
	peer_hear_data(peer, 2, bytes + 600, 600);
	peer_oack(peer, "blksize", "600");
	peer_ack(peer, 2);
	peer_hear_data(peer, 3, bytes + 1200, 3);
	peer_ack(peer, 3);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/* RFC 1123, 4.2.3.1: an ACK that comes twice is answered once. */
START_TEST(sorcerers_apprentice)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	unsigned char bytes[2 * BLOCK + 3];
	struct peer *peer = peer_open();
	struct program *p;

	lab_write(file, sizeof bytes, 1);
	lab_fill(bytes, sizeof bytes, 1);
	p = patient_start(peer, ARGS("put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	peer_accept(peer);
	peer_hear_data(peer, 1, bytes, BLOCK);
	peer_ack(peer, 0);
	peer_hear_nothing(peer);
	peer_ack(peer, 1);
	peer_ack(peer, 1);
	peer_hear_data(peer, 2, bytes + BLOCK, BLOCK);
	peer_hear_nothing(peer);
	peer_ack(peer, 1);
	peer_ack(peer, 2);
	peer_hear_data(peer, 3, bytes + 2 * BLOCK, 3);
	peer_ack(peer, 3);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/* Our ACK was lost: it is said again, and the block is not written twice. */
START_TEST(data_repeated)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_begun(peer, file);

	peer_block(peer, 1, 0, BLOCK, 1);
	peer_hear_ack(peer, 1);
	peer_block(peer, 2, BLOCK, BLOCK, 1);
	peer_hear_ack(peer, 2);
	peer_block(peer, 3, 2 * BLOCK, 3, 1);
	peer_hear_ack(peer, 3);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, 2 * BLOCK + 3, 1);
}
END_TEST

/* ---- what is lost ---- */

START_TEST(request_lost)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");
	struct sockaddr_in first;

	peer_hear_request(peer, "RRQ");
	first = peer->client;
	peer_hear_request(peer, "RRQ");
	EXPECT(first.sin_port == peer->client.sin_port, "it asks from another port");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

START_TEST(ack_lost)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "blksize", "600");
	peer_hear_ack(peer, 0);
	peer_hear_ack(peer, 0); /* nothing came: it says so again by itself */
	peer_block(peer, 1, 0, 600, 1);
	peer_hear_ack(peer, 1);
	peer_hear_ack(peer, 1);
	peer_block(peer, 2, 600, 3, 1);
	peer_hear_ack(peer, 2);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

START_TEST(data_lost)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;

	lab_write_text(file, "abc");
	p = put_start(peer, file, "f");
	peer_hear_request(peer, "WRQ");
	peer_ack(peer, 0);
	peer_hear_data(peer, 1, "abc", 3);
	peer_hear_data(peer, 1, "abc", 3);
	peer_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/*
 * The file is whole and the program has ended, but the server has not heard it: somebody
 * must still be there to say so again, for a while.
 */
START_TEST(last_ack_lost)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", file);

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
	lab_expect_text(file, "abc");
	for (int i = 0; i < 3; i++) {
		peer_data(peer, 1, "abc", 3);
		peer_hear_ack(peer, 1);
	}
}
END_TEST

/* ---- numbers that wrap ---- */

/*
 * Sends more blocks than there are numbers, behind 65535 `after`: tiny ones, many before an
 * ACK is awaited (each a turn of two processes, which on a busy machine takes its time); or
 * as in 1992 to a client that has not asked for options.
 */
static void
send_beyond(struct peer *peer, unsigned after, size_t size, unsigned at_once)
{
	unsigned char *bytes = malloc(BLOCKS_BEYOND * size);
	unsigned block = 0;

	lab_fill(bytes, BLOCKS_BEYOND * size, 1);
	for (unsigned i = 0; i < BLOCKS_BEYOND; i++) {
		block = block == 65535 ? after : block + 1;
		peer_data(peer, block, bytes + i * size, size);
		if ((i + 1) % at_once == 0)
			peer_await_ack(peer, block);
	}
	peer_data(peer, block + 1, "", 0);
	peer_await_ack(peer, block + 1);
	free(bytes);
}

static void
get_beyond(unsigned after)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", file);
	bool plain;

	peer_hear_request(peer, "RRQ");
	plain = peer_option(peer, "windowsize") == NULL;
	if (plain) {
		send_beyond(peer, after, BLOCK, 1);
	} else {
		/* what rolls to 1 is understood in windows of one block alone */
		peer_oack(peer, "blksize", "8", "windowsize", after == 0 ? "32" : "1");
		peer_hear_ack(peer, 0);
		send_beyond(peer, after, TINY, WINDOW);
	}
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, (size_t)BLOCKS_BEYOND * (plain ? BLOCK : TINY), 1);
}

START_TEST(rollover)
{
	get_beyond(0);
}
END_TEST

/* A few servers do: no RFC says what comes behind 65535. */
START_TEST(rollover_to_one)
{
	get_beyond(1);
}
END_TEST

/* Ours goes to 0, as everybody expects. */
START_TEST(rollover_in_put)
{
	static unsigned char bytes[BLOCKS_BEYOND * TINY];
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;

	lab_write(file, sizeof bytes, 1);
	lab_fill(bytes, sizeof bytes, 1);
	p = patient_start(peer, ARGS("-w", "32", "put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	peer_oack(peer, "blksize", "8", "windowsize", "32");
	for (unsigned block = 1; block <= BLOCKS_BEYOND; block++) {
		peer_hear_data(peer, block & 0xffff, bytes + (size_t)(block - 1) * TINY, TINY);
		if (block % WINDOW == 0)
			peer_ack(peer, block);
	}
	peer_hear_data(peer, (BLOCKS_BEYOND + 1) & 0xffff, "", 0);
	peer_ack(peer, BLOCKS_BEYOND + 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

void
tftp_traps(Suite *suite)
{
	const struct check checks[] = {
		{ stranger_during_get, ONCE, NEEDS_OPTIONS, 2,
		    "compare each packet's source port with the server's. RFC 1350, 4" },
		{ stranger_during_put, ONCE, NEEDS_OPTIONS, 2,
		    "compare each packet's source port with the server's. RFC 1350, 4" },
		{ strangers_error, ONCE, NEEDS_OPTIONS, 1, "an ERROR is never answered" },
		{ request_served_twice, ONCE, NEEDS_OPTIONS, 1,
		    "who answers first is the server, the other one a stranger" },
		{ oack_repeated_in_get, ONCE, NEEDS_OPTIONS, 1,
		    "an OACK again: our ACK 0 was lost" },
		{ oack_repeated_in_put, ONCE, NEEDS_OPTIONS, 2,
		    "an OACK counts as ACK 0, and again as ACK 0 again" },
		{ sorcerers_apprentice, ONCE, NEEDS_OPTIONS, 2,
		    "never send DATA because of an old ACK. RFC 1123, 4.2.3.1" },
		{ data_repeated, ONCE, NEEDS_OPTIONS, 2,
		    "a block you have: say so again, and do not write it" },
		{ request_lost, ONCE, NEEDS_OPTIONS, 1, "ask again, from the same port" },
		{ data_lost, ONCE, NEEDS_OPTIONS, 1, "send again what is not acknowledged" },
		{ last_ack_lost, ONCE, NEEDS_OPTIONS, 1, "dally. RFC 1350, 6" },
		{ rollover, ONCE, NEEDS_OPTIONS, 2, "behind block 65535 comes block 0" },
		{ rollover_in_put, ONCE, NEEDS_OPTIONS, 2, "behind block 65535 comes block 0" },
		OURS(rollover_to_one, ONCE),
		OURS(ack_lost, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
