/*
 * tftpd: files come and go whole, with and without options, by hand and to the byte.
 *
 * Guards against an off-by-one where a file ends at a block's end, an OACK that was not
 * asked for, a window that is not kept, text that is converted twice.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

/* Read all of "f" in blocks of 512. */
static void
read_plainly(struct program *server, size_t size)
{
	struct call *talk = call_with(server);
	unsigned block = 1;

	ASK(talk, 1, "f\0octet");
	for (size_t at = 0;; at += 512, block++) {
		size_t len = size - at < 512 ? size - at : 512;

		call_hear_data(talk, block, len);
		call_expect_content(talk, size, at, len);
		call_ack(talk, block);
		if (len < 512)
			break;
	}
	call_hear_nothing_new(talk);
	call_end(talk);
}

START_TEST(reads_every_size)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 1024, 5000 };

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct program *server = udp_server_start(ARGS("-q", tftp_top(sizes[i])));

		read_plainly(server, sizes[i]);
		program_signal(server, SIGTERM);
		program_await_exit(server);
	}
}
END_TEST

START_TEST(options_are_acknowledged_in_order_and_kept)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(3000)));
	struct call *talk = call_with(server);

	ASK(talk, 1,
	    "f\0OCTET\0windowsize\0002\0unknown\0x\0tsize\0000\0TimeOut\0009\0BLKSIZE\0001000");
	HEAR_OACK(talk, "blksize\0001000\0timeout\0009\0tsize\0003000\0windowsize\0002");
	call_hear_nothing(talk);
	call_ack(talk, 0);
	call_hear_data(talk, 1, 1000);
	call_hear_data(talk, 2, 1000);
	call_hear_nothing(talk);
	call_ack(talk, 2);
	call_hear_data(talk, 3, 1000);
	call_expect_content(talk, 3000, 2000, 1000);
	call_hear_data(talk, 4, 0);
	call_ack(talk, 4);
	call_end(talk);
}
END_TEST

START_TEST(options_that_make_no_sense_are_not_acknowledged)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0blksize\0007\0timeout\0000\0windowsize\0-1\0tsize\0x");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	ASK(talk, 1,
	    "f\0octet\0blksize\0"
	    "99999\0timeout\0"
	    "255");
	HEAR_OACK(talk, "blksize\00065464\0timeout\000255");
	call_end(talk);
}
END_TEST

START_TEST(limits_of_options)
{
	struct program *server =
	    udp_server_start(ARGS("-q", "-B", "1024", "-w", "4", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0blksize\0001468\0windowsize\00064");
	HEAR_OACK(talk, "blksize\0001024\0windowsize\0004");
	call_end(talk);
}
END_TEST

/* A client may ask for more than its buffer holds; what overruns it is lost each time. */
START_TEST(no_window_beyond_a_usual_buffer)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0blksize\00065464\0windowsize\0008");
	HEAR_OACK(talk, "blksize\00065464\0windowsize\0003");
	call_end(talk);
}
END_TEST

START_TEST(writes_what_it_is_given)
{
	const char *top = tftp_top(0);
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);
	unsigned char bytes[1300];

	lab_fill(bytes, sizeof bytes, 7);
	ASK(talk, 2, "new\0octet");
	call_hear_ack(talk, 0);
	call_data(talk, 1, bytes, 512);
	call_hear_ack(talk, 1);
	call_data(talk, 2, bytes + 512, 512);
	call_hear_ack(talk, 2);
	lab_expect_missing(text_of("%s/new", top));
	call_data(talk, 3, bytes + 1024, sizeof bytes - 1024);
	call_hear_ack(talk, 3); /* by then it is there */
	lab_expect(text_of("%s/new", top), sizeof bytes, 7);
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
	call_end(talk);
}
END_TEST

START_TEST(writes_in_windows)
{
	const char *top = tftp_top(0);
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);
	unsigned char bytes[2500];

	lab_fill(bytes, sizeof bytes, 8);
	ASK(talk, 2,
	    "new\0octet\0tsize\0002500\0windowsize\0002\0timeout\0009\0blksize\0001000");
	HEAR_OACK(talk, "blksize\0001000\0timeout\0009\0tsize\0002500\0windowsize\0002");
	call_data(talk, 1, bytes, 1000);
	call_hear_nothing(talk);
	call_data(talk, 2, bytes + 1000, 1000);
	call_hear_ack(talk, 2);
	call_data(talk, 3, bytes + 2000, 500);
	call_hear_ack(talk, 3);
	lab_expect(text_of("%s/new", top), sizeof bytes, 8);
	call_end(talk);
}
END_TEST

START_TEST(text_is_converted_across_blocks)
{
	const char *top = tftp_top(0);
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);
	char text[520], line[520];

	memset(text, 'x', sizeof text);
	text[511] = '\n';
	text[512] = '\r';
	text[513] = '\0';
	lab_write_text(text_of("%s/text", top), text);
	ASK(talk, 1, "text\0netascii\0tsize\0000"); /* nobody knows it: not acknowledged */
	call_hear_data(talk, 1, 512);
	EXPECT(talk->bytes[4 + 511] == '\r', "no CR at the end of the block");
	call_ack(talk, 1);
	call_hear_data(talk, 2, 3);
	EXPECT(memcmp(talk->bytes + 4, "\n\r", 3) == 0, "no LF CR NUL");
	call_ack(talk, 2);
	memset(line, 'x', sizeof line);
	line[511] = '\r';
	ASK(talk, 2, "back\0netascii");
	call_hear_ack(talk, 0);
	call_data(talk, 1, line, 512);
	call_hear_ack(talk, 1);
	call_data(talk, 2, "\n\r", 3);
	call_hear_ack(talk, 2);
	lab_expect_same(text_of("%s/text", top), text_of("%s/back", top));
	call_end(talk);
}
END_TEST

/* Each transfer has a port of its own. */
START_TEST(answers_from_another_port)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(10)));
	struct call *one = call_with(server), *two = call_with(server);

	ASK(one, 1, "f\0octet");
	ASK(two, 1, "f\0octet");
	call_hear_data(one, 1, 10);
	call_hear_data(two, 1, 10);
	EXPECT(memcmp(&one->peer, &one->asks, one->len) != 0, "from the well-known port");
	EXPECT(memcmp(&one->peer, &two->peer, one->len) != 0, "one port for two transfers");
	call_ack(one, 1);
	call_ack(two, 1);
	process_await_children(server->pid, 0, 0);
	process_await_no_zombies(server->pid);
	call_end(one);
	call_end(two);
}
END_TEST

START_TEST(many_at_once)
{
	enum { CLIENTS = 64 };
	struct program *server = udp_server_start(ARGS("-q", tftp_top(1000)));
	struct call *talks[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		talks[i] = call_with(server);
		ASK(talks[i], 1, "f\0octet");
	}
	for (unsigned block = 1; block <= 2; block++)
		for (int i = 0; i < CLIENTS; i++) {
			call_hear_data(talks[i], block, block == 1 ? 512 : 488);
			call_ack(talks[i], block);
		}
	for (int i = 0; i < CLIENTS; i++)
		call_end(talks[i]);
	process_await_children(server->pid, 0, 0);
}
END_TEST

void
tftpd_core(Suite *suite)
{
	const struct check checks[] = {
		{ reads_every_size, ONCE, NEEDS_OPTIONS, 4,
		    "a file that ends at a block's end is followed by an empty block" },
		{ options_are_acknowledged_in_order_and_kept, ONCE, NEEDS_OPTIONS, 3,
		    "RFC 2347: acknowledge what you keep, and nothing else" },
		OURS(options_that_make_no_sense_are_not_acknowledged, ONCE),
		OURS(limits_of_options, ONCE),
		OURS(no_window_beyond_a_usual_buffer, ONCE),
		OURS(writes_what_it_is_given, ONCE),
		OURS(writes_in_windows, ONCE),
		OURS(text_is_converted_across_blocks, ONCE),
		{ answers_from_another_port, ONCE, NEEDS_OPTIONS, 2,
		    "each transfer has its own TID: a socket of its own" },
		OURS(many_at_once, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
