/*
 * tftp: put, as it goes when all goes well.
 *
 * Guards against a last block that is not sent, or not empty when the size is a multiple,
 * and against a source that is not a file.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

static void
take_file(struct peer *peer, size_t size, size_t block_size, unsigned seed)
{
	unsigned char *bytes = malloc(size + 1);
	unsigned block = 0;
	size_t at = 0, now;

	lab_fill(bytes, size, seed);
	do {
		now = size - at < block_size ? size - at : block_size;
		peer_hear_data(peer, ++block, bytes + at, now);
		peer_ack(peer, block);
		at += now;
	} while (now == block_size);
	free(bytes);
}

START_TEST(sizes_to_a_plain_server)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 1024, 5000 };
	const char *file = text_of("%s/file", lab_directory("here"));

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct peer *peer = peer_open();
		struct program *p;

		lab_write(file, sizes[i], (unsigned)i);
		p = put_start(peer, file, "file");
		peer_hear_request(peer, "WRQ");
		EXPECT(strcmp(peer_mode(peer), "octet") == 0, "mode %s", peer_mode(peer));
		peer_ack(peer, 0);
		take_file(peer, sizes[i], BLOCK, (unsigned)i);
		tftp_ends_with(p, 0, NULL);
	}
}
END_TEST

/* OACK is answered by DATA 1 at once. */
START_TEST(sizes_with_options)
{
	static const size_t sizes[] = { 0, 1023, 1024, 1025, 10240 };
	const char *file = text_of("%s/file", lab_directory("here"));

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct peer *peer = peer_open();
		struct program *p;

		lab_write(file, sizes[i], (unsigned)i);
		p = put_start(peer, file, "file");
		peer_hear_request(peer, "WRQ");
		peer_expect_option(peer, "tsize", text_of("%zu", sizes[i]));
		peer_oack(peer, "tsize", text_of("%zu", sizes[i]), "blksize", "1024");
		take_file(peer, sizes[i], 1024, (unsigned)i);
		tftp_ends_with(p, 0, NULL);
	}
}
END_TEST

/* Nobody knows how much will come: no tsize. */
START_TEST(from_standard_input)
{
	struct peer *peer = peer_open();
	struct program *p = put_start(peer, "-", "file");
	unsigned char bytes[BLOCK + 3];

	memset(bytes, 'x', sizeof bytes);
	peer_hear_request(peer, "WRQ");
	EXPECT(peer_option(peer, "tsize") == NULL, "a size out of the blue");
	peer_ack(peer, 0);
	program_send(p, "xxx"); /* half a block is no block while more may come */
	peer_hear_nothing(peer);
	for (int i = 0; i < BLOCK; i++)
		program_send(p, "x");
	peer_hear_data(peer, 1, bytes, BLOCK);
	peer_ack(peer, 1);
	program_finish(p);
	peer_hear_data(peer, 2, bytes, 3);
	peer_ack(peer, 2);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

START_TEST(called_as_here)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;

	lab_write_text(file, "abc");
	p = tftp_start(peer, ARGS("put", file, "127.0.0.1:"));
	EXPECT(strcmp(peer_hear_request(peer, "WRQ"), "file") == 0, "another name");
	peer_ack(peer, 0);
	peer_hear_data(peer, 1, "abc", 3);
	peer_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

START_TEST(netascii)
{
	static const char sent[] = "12345678"
				   "one\r\n\r\0x"
				   "1234567\r"
				   "\ntwo\r\0ab"
				   "1234567\r"
				   "\0three";
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;
	size_t size = sizeof sent - 1;

	lab_write_text(file, "12345678one\n\rx1234567\ntwo\rab1234567\rthree");
	p = tftp_start(peer, ARGS("-a", "put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	EXPECT(strcmp(peer_mode(peer), "netascii") == 0, "mode %s", peer_mode(peer));
	/* What it will be on the way nobody has counted, or it has been counted right. */
	EXPECT(peer_option(peer, "tsize") == NULL ||
		   strcmp(peer_option(peer, "tsize"), text_of("%zu", size)) == 0,
	    "tsize %s", peer_option(peer, "tsize"));
	peer_oack(peer, "blksize", "8");
	for (unsigned block = 1; block <= size / 8 + 1; block++) {
		size_t at = (block - 1) * 8;

		peer_hear_data(peer, block, sent + at, size - at < 8 ? size - at : 8);
		peer_ack(peer, block);
	}
	tftp_ends_with(p, 0, NULL);
}
END_TEST

/* What cannot be sent is said before anybody is asked. */
START_TEST(no_such_source)
{
	const char *here = lab_directory("here"), *fifo = text_of("%s/fifo", here);
	struct peer *peer = peer_open();

	EXPECT(mkfifo(fifo, 0666) == 0, "mkfifo");
	tftp_ends_with(
	    put_start(peer, text_of("%s/none", here), "x"), 1, "^tftp: .*/none: ENOENT \\(");
	tftp_ends_with(put_start(peer, here, "x"), 1, "^tftp: .*/here: .*directory");
	tftp_ends_with(put_start(peer, fifo, "x"), 1, "^tftp: .*/fifo: .*FIFO");
	udp_client_hear_nothing(peer->door, QUIET_MS);
}
END_TEST

void
tftp_puts(Suite *suite)
{
	const struct check checks[] = {
		{ sizes_to_a_plain_server, ONCE, NEEDS_OPTIONS, 3,
		    "a size that is a multiple of 512 ends with an empty block. RFC 1350, 6" },
		{ sizes_with_options, ONCE, NEEDS_OPTIONS, 2,
		    "a WRQ's OACK takes the place of ACK 0: answer with DATA 1. RFC 2347" },
		{ no_such_source, ONCE, NEEDS_OPTIONS, 1, "open the file before you ask" },
		OURS(from_standard_input, ONCE),
		OURS(called_as_here, ONCE),
		OURS(netascii, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
