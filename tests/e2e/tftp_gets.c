/*
 * tftp: get, as it goes when all goes well.
 *
 * Guards against files of awkward sizes that lose their end or do not end, requests that
 * are not what the user has typed, and text that is converted wrong at a block's border.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

/* All blocks of a file, each acknowledged. The number of the last. */
static unsigned
send_file(struct peer *peer, size_t size, size_t block_size, unsigned seed)
{
	unsigned block = 0;
	size_t at = 0, now;

	do {
		now = size - at < block_size ? size - at : block_size;
		peer_block(peer, ++block, at, now, seed);
		peer_hear_ack(peer, block);
		at += now;
	} while (now == block_size);
	return block;
}

/* A server that knows nothing but RFC 1350. */
START_TEST(sizes_from_a_plain_server)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 1024, 5000 };
	const char *file = text_of("%s/file", lab_directory("here"));

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "file", file);

		peer_hear_request(peer, "RRQ");
		send_file(peer, sizes[i], BLOCK, (unsigned)i);
		tftp_ends_with(p, 0, NULL);
		lab_expect(file, sizes[i], (unsigned)i);
	}
}
END_TEST

START_TEST(sizes_with_options)
{
	static const size_t sizes[] = { 0, 1023, 1024, 1025, 10240 };
	const char *file = text_of("%s/file", lab_directory("here"));

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct peer *peer = peer_open();
		struct program *p = get_start(peer, "file", file);

		peer_hear_request(peer, "RRQ");
		peer_oack(peer, "blksize", "1024", "tsize", text_of("%zu", sizes[i]));
		peer_hear_ack(peer, 0);
		send_file(peer, sizes[i], 1024, (unsigned)i);
		tftp_ends_with(p, 0, NULL);
		lab_expect(file, sizes[i], (unsigned)i);
	}
}
END_TEST

START_TEST(the_request)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "/a b/../c\\d:e", "x");
	const char *name = peer_hear_request(peer, "RRQ"), *blksize;

	EXPECT(strcmp(name, "/a b/../c\\d:e") == 0, "another name is asked for: %s", name);
	EXPECT(strcmp(peer_mode(peer), "octet") == 0, "mode %s", peer_mode(peer));
	blksize = peer_option(peer, "blksize");
	EXPECT(blksize && atol(blksize) > BLOCK && atol(blksize) <= 65464, "blksize %s",
	    blksize ? blksize : "(none)");
	peer_expect_option(peer, "tsize", "0");
	EXPECT(peer_option(peer, "windowsize"), "it does not ask for a window");
	EXPECT(peer->length <= 512, "a request of %zu bytes", peer->length);
	peer_error(peer, ERROR_NOT_FOUND, "no");
	program_await_exit(p);
}
END_TEST

START_TEST(asks_for_what_is_said)
{
	struct peer *peer = peer_open();
	struct program *p =
	    tftp_start(peer, ARGS("-B", "1000", "-w", "7", "get", "127.0.0.1:f", "-"));

	peer_hear_request(peer, "RRQ");
	peer_expect_option(peer, "blksize", "1000");
	peer_expect_option(peer, "windowsize", "7");
	peer_oack(peer, "blksize", "999"); /* a server may lower it */
	peer_hear_ack(peer, 0);
	send_file(peer, 3000, 999, 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/* Unasked a second, as a bound; and what the user says. */
START_TEST(asks_for_a_timeout)
{
	static const char *const said[] = { "1", "7" };

	for (size_t i = 0; i < ARRAY_LENGTH(said); i++) {
		struct peer *peer = peer_open();
		struct program *p =
		    i == 0 ? tftp_start(peer, ARGS("get", "127.0.0.1:f", "-")) :
			     tftp_start(peer, ARGS("-R", "7", "get", "127.0.0.1:f", "-"));

		peer_hear_request(peer, "RRQ");
		peer_expect_option(peer, "timeout", said[i]);
		peer_oack(peer, "timeout", said[i]);
		peer_hear_ack(peer, 0);
		send_file(peer, 3, BLOCK, 1);
		tftp_ends_with(p, 0, NULL);
	}
}
END_TEST

START_TEST(without_options)
{
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-n", "get", "127.0.0.1:f", "-"));

	peer_hear_request(peer, "RRQ");
	EXPECT(peer->length == strlen("..f.octet."), "options: %zu bytes", peer->length);
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(p->out.length == 3, "stdout: %s", p->out.text);
}
END_TEST

START_TEST(to_standard_output)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "hello\n", 6);
	peer_hear_ack(peer, 1);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "hello\n") == 0, "stdout: %s", p->out.text);
	EXPECT(p->err.length == 0, "stderr: %s", p->err.text);
}
END_TEST

/* Without a name: called as there, in this directory. */
START_TEST(called_as_there)
{
	const char *here = lab_directory("here");
	struct peer *peer = peer_open();
	struct program *p;

	tftp_enter(here);
	p = tftp_start(peer, ARGS("get", "127.0.0.1:/boot/name"));
	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
	lab_expect_text(text_of("%s/name", here), "abc");
}
END_TEST

START_TEST(into_a_directory)
{
	const char *here = lab_directory("here");
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "boot/name", here);

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
	lab_expect_text(text_of("%s/name", here), "abc");
}
END_TEST

/* CR LF is a line's end, CR NUL a CR; here they lie across the borders of blocks. */
START_TEST(netascii)
{
	static const char sent[] = "12345678"
				   "one\r\n\r\0x"
				   "1234567\r"
				   "\ntwo\r\0ab"
				   "1234567\r"
				   "\0three";
	static const char wanted[] = "12345678one\n\rx1234567\ntwo\rab1234567\rthree";
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-a", "get", "127.0.0.1:f", file));
	size_t size = sizeof sent - 1;

	peer_hear_request(peer, "RRQ");
	EXPECT(strcmp(peer_mode(peer), "netascii") == 0, "mode %s", peer_mode(peer));
	peer_oack(peer, "blksize", "8", "tsize", text_of("%zu", size));
	peer_hear_ack(peer, 0);
	for (unsigned block = 1; block <= size / 8 + 1; block++) {
		size_t at = (block - 1) * 8;

		peer_data(peer, block, sent + at, size - at < 8 ? size - at : 8);
		peer_hear_ack(peer, block);
	}
	tftp_ends_with(p, 0, NULL);
	lab_expect_text(file, wanted);
}
END_TEST

/* A CR at the very end stands for itself. */
START_TEST(netascii_ends_in_cr)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p = tftp_start(peer, ARGS("-a", "get", "127.0.0.1:f", file));

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "a\r\nb\r", 5);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
	lab_expect_text(file, "a\nb\r");
}
END_TEST

void
tftp_gets(Suite *suite)
{
	const struct check checks[] = {
		{ sizes_from_a_plain_server, ONCE, NEEDS_OPTIONS, 3,
		    "a block shorter than 512 ends the file, and may be empty. RFC 1350, 6" },
		{ sizes_with_options, ONCE, NEEDS_OPTIONS, 2,
		    "OACK is answered by ACK 0, then as ever. RFC 2347" },
		{ the_request, ONCE, NEEDS_OPTIONS, 1,
		    "the name as typed, octet, blksize, tsize 0, windowsize. RFC 2348, 2349" },
		{ asks_for_what_is_said, ONCE, NEEDS_OPTIONS, 1,
		    "-B and -w; a server may lower both. tftp(1)" },
		OURS(asks_for_a_timeout, ONCE),
		OURS(without_options, ONCE),
		OURS(to_standard_output, ONCE),
		OURS(called_as_there, ONCE),
		OURS(into_a_directory, ONCE),
		OURS(netascii, ONCE),
		OURS(netascii_ends_in_cr, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
