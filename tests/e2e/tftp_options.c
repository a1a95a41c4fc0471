/*
 * tftp: options, and servers that answer them wrong, or not at all.
 *
 * Guards against a client that believes an OACK: a block size it has no room for, an
 * option it does not know, numbers that are none (CVE-2019-5482 and its kin).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

/* To a request with blksize 1000, windowsize 4, tsize 0, timeout 1; a bar stands for a NUL. */
static const char *const bad_oacks[] = {
	"multicast|224.0.0.1,1758,1|",
	"blksize|1001|",
	"blksize|7|",
	"blksize|0|",
	"blksize|65536512|",
	"blksize|-512|",
	"blksize|512 |",
	"blksize||",
	"blksize|99999999999999999999999999|",
	"blksize|512|blksize|513|",
	"windowsize|5|",
	"windowsize|0|",
	"tsize|many|",
	"tsize|-1|",
	"timeout|2|",
	"||",
};

static void
send_oack(const struct peer *peer, const char *text)
{
	unsigned char packet[BLOCK] = { 0, 6 };
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		packet[2 + i] = text[i] == '|' ? '\0' : (unsigned char)text[i];
	peer_send(peer, packet, 2 + length);
}

START_TEST(bad_oack)
{
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);

	for (size_t i = 0; i < ARRAY_LENGTH(bad_oacks); i++) {
		struct peer *peer = peer_open();
		struct program *p =
		    tftp_start(peer, ARGS("-B", "1000", "-w", "4", "get", "127.0.0.1:f", file));

		peer_hear_request(peer, "RRQ");
		send_oack(peer, bad_oacks[i]);
		peer_hear_error(peer, ERROR_OPTION);
		tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: .*option");
		lab_expect_missing(file);
		EXPECT(lab_temporaries(here) == 0, "a temporary is left");
	}
}
END_TEST

/* What has lost its end on the way is as good as lost. */
START_TEST(oack_cut_off)
{
	static const char *const cut[] = { "blksize", "blksize|", "blksize|60",
		"blksize|600|ts" };

	for (size_t i = 0; i < ARRAY_LENGTH(cut); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "f", "/dev/null");

		peer_hear_request(peer, "RRQ");
		send_oack(peer, cut[i]);
		send_oack(peer, "blksize|600|tsize|3|");
		peer_hear_ack(peer, 0);
		peer_data(peer, 1, "abc", 3);
		peer_hear_ack(peer, 1);
		tftp_ends_with(p, 0, NULL);
	}
}
END_TEST

/* A server's word for a block decides how much it may send. */
START_TEST(block_longer_than_agreed)
{
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-B", "1000", "get", "127.0.0.1:f", file));

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "blksize", "600");
	peer_hear_ack(peer, 0);
	peer_block(peer, 1, 0, 601, 1);
	peer_hear_error(peer, ERROR_ILLEGAL);
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: ");
	lab_expect_missing(file);
}
END_TEST

START_TEST(names_in_capitals)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");

	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "BlkSize", "600", "TSIZE", "3");
	peer_hear_ack(peer, 0);
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
}
END_TEST

/* A server that refuses them, and says so (RFC 2347), is asked again without. */
START_TEST(options_refused)
{
	struct sockaddr_in first;
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");

	peer_hear_request(peer, "RRQ");
	first = peer->client;
	peer_error(peer, ERROR_OPTION, "no options here");
	peer_hear_request(peer, "RRQ");
	EXPECT(peer->length == strlen("..f.octet."), "again with options");
	EXPECT(peer->client.sin_port != first.sin_port, "the same port again");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "abc") == 0, "stdout: %s", p->out.text);
}
END_TEST

/* A refusal of the plain request as well is the end of it. */
START_TEST(options_refused_twice)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");

	peer_hear_request(peer, "RRQ");
	peer_error(peer, ERROR_OPTION, "no options here");
	peer_hear_request(peer, "RRQ");
	peer_error(peer, ERROR_OPTION, "no");
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: ");
}
END_TEST

/* A file that is too large for us, told in time, is not begun. */
START_TEST(put_is_told_no)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;

	lab_write_text(file, "abc");
	p = put_start(peer, file, "f");
	peer_hear_request(peer, "WRQ");
	peer_error(peer, ERROR_FULL, "no room for 3 bytes");
	tftp_ends_with(p, 1, "^tftp: 127.0.0.1: f: .*no room for 3 bytes");
	peer_hear_nothing(peer);
}
END_TEST

void
tftp_options(Suite *suite)
{
	const struct check checks[] = {
		{ bad_oack, ONCE, NEEDS_OPTIONS, 3,
		    "only what was asked, in range, once: else ERROR 8. RFC 2347" },
		{ block_longer_than_agreed, ONCE, NEEDS_OPTIONS, 1,
		    "a block is never longer than blksize" },
		OURS(oack_cut_off, ONCE),
		{ names_in_capitals, ONCE, NEEDS_OPTIONS, 1,
		    "an option's name in any case: strcasecmp(3). RFC 2347" },
		OURS(options_refused, ONCE),
		OURS(options_refused_twice, ONCE),
		{ put_is_told_no, ONCE, NEEDS_OPTIONS, 1,
		    "an ERROR ends it, is printed, and never answered" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
