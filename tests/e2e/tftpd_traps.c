/*
 * tftpd: the traps of the protocol, played by a client that repeats, is silent, or is not
 * who it was.
 *
 * Guards against the Sorcerer's Apprentice, the lost last ACK, one request that is served
 * twice (a second child of tftpd-hpa empties the file of the first), a stranger who takes
 * part, ERROR answered with ERROR, and a storm to an address that never answered.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

START_TEST(a_repeated_ack_gets_nothing)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(3000)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0timeout\0009");
	HEAR_OACK(talk, "timeout\0009");
	call_ack(talk, 0);
	call_hear_data(talk, 1, 512);
	call_ack(talk, 1);
	call_hear_data(talk, 2, 512);
	for (int i = 0; i < 5; i++)
		call_ack(talk, 1);
	call_hear_nothing(talk);
	call_ack(talk, 2);
	call_hear_data(talk, 3, 512);
	call_hear_nothing(talk);
	call_end(talk);
}
END_TEST

/* Our ACK is lost: the block comes again, and in time it gives way to the next. */
START_TEST(an_unanswered_block_comes_again)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 512);
	call_ack(talk, 1);
	call_hear_data(talk, 2, 88);
	call_hear_data(talk, 2, 88);
	call_ack(talk, 2);
	process_await_children(server->pid, 0, 0);
	call_end(talk);
}
END_TEST

START_TEST(a_repeated_request_has_one_child)
{
	struct program *server = udp_server_start(ARGS("-q", "-W", tftp_top(10)));
	struct call *talk = call_with(server);

	for (int i = 0; i < 3; i++)
		ASK(talk, 2, "new\0octet\0timeout\0009");
	HEAR_OACK(talk, "timeout\0009");
	call_hear_nothing(talk);
	process_await_children(server->pid, 1, 1);
	call_data(talk, 1, "new", 3);
	call_hear_ack(talk, 1);
	call_end(talk);
}
END_TEST

START_TEST(the_last_ack_is_repeated)
{
	struct program *server = udp_server_start(ARGS("-q", "-W", tftp_top(10)));
	struct call *talk = call_with(server);

	ASK(talk, 2, "new\0octet");
	call_hear_ack(talk, 0);
	for (int i = 0; i < 4; i++) {
		call_data(talk, 1, "new", 3);
		call_hear_ack(talk, 1);
	}
	call_hear_nothing(talk);
	call_end(talk);
}
END_TEST

START_TEST(a_hole_is_told_at_once)
{
	struct program *server = udp_server_start(ARGS("-q", "-W", tftp_top(10)));
	struct call *talk = call_with(server);
	char block[512] = { 'x' };

	ASK(talk, 2, "new\0octet\0windowsize\0004\0timeout\0009");
	HEAR_OACK(talk, "timeout\0009\0windowsize\0004");
	call_data(talk, 1, block, sizeof block);
	call_data(talk, 3, block, sizeof block);
	call_data(talk, 4, block, sizeof block);
	call_hear_ack(talk, 1);
	call_hear_nothing(talk);
	call_data(talk, 2, block, 5);
	call_hear_ack(talk, 2);
	call_end(talk);
}
END_TEST

/* A window of which only a part came: the timeout tells how far it goes. */
START_TEST(a_cut_window_is_acknowledged_in_time)
{
	struct program *server = udp_server_start(ARGS("-q", "-W", tftp_top(10)));
	struct call *talk = call_with(server);
	char block[512] = { 'x' };

	ASK(talk, 2, "new\0octet\0windowsize\0004");
	HEAR_OACK(talk, "windowsize\0004");
	call_data(talk, 1, block, sizeof block);
	call_data(talk, 2, block, sizeof block);
	call_hear_ack(talk, 2);
	call_end(talk);
}
END_TEST

/* The transfer's socket is connected: others do not get in. */
START_TEST(a_stranger_changes_nothing)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server), *stranger = call_with(server);

	stranger->peer = talk->peer;
	EXPECT(sendto(stranger->fd, "\0\5\0\0stop", 9, 0, (struct sockaddr *)&talk->peer,
		   talk->len) == 9,
	    "sendto");
	call_finish(talk);
	call_end(stranger);
}
END_TEST

START_TEST(an_error_ends_it_and_is_not_answered)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);

	call_say(talk, "\0\5\0\3disk full", 14);
	process_await_children(server->pid, 0, 0);
	call_hear_nothing(talk);
	call_end(talk);
}
END_TEST

/* Short, cut, of no meaning: the transfer goes on. */
START_TEST(junk_within_a_transfer_is_ignored)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);

	for (size_t len = 0; len < 4; len++)
		call_say(talk, "\0\4\0\2", len);
	call_say(talk, "\0\11\0\1", 4);
	call_ack(talk, 7);
	call_ack(talk, 65535);
	call_say(talk, "\0\3\0\1data", 8);
	call_say(talk, "\0\1f\0octet", 10);
	call_finish(talk);
}
END_TEST

START_TEST(a_block_longer_than_agreed_is_illegal)
{
	const char *top = tftp_top(10);
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);
	char block[513] = { 'x' };

	ASK(talk, 2, "new\0octet");
	call_hear_ack(talk, 0);
	call_data(talk, 1, block, sizeof block);
	call_hear_error(talk, ERROR_ILLEGAL);
	process_await_children(server->pid, 0, 0);
	lab_expect_missing(text_of("%s/new", top));
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
	call_end(talk);
}
END_TEST

/* Its port is closed: the kernel says so, and the child need not wait. */
START_TEST(a_client_that_is_gone_is_not_waited_for)
{
	struct program *server = udp_server_start(ARGS("-q", "-W", tftp_top(100000)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet\0blksize\0001000");
	HEAR_OACK(talk, "blksize\0001000");
	call_ack(talk, 0);
	call_hear_data(talk, 1, 1000);
	call_ack(talk, 1);
	call_end(talk);
	process_await_children(server->pid, 0, 0);
}
END_TEST

void
tftpd_traps(Suite *suite)
{
	const struct check checks[] = {
		{ a_repeated_ack_gets_nothing, ONCE, NEEDS_OPTIONS, 4,
		    "the Sorcerer's Apprentice: tftp-protocol(7)" },
		{ an_unanswered_block_comes_again, ONCE, NEEDS_OPTIONS, 2,
		    "a block has a timer; it is not restarted by duplicates" },
		OURS(a_repeated_request_has_one_child, ONCE),
		OURS(the_last_ack_is_repeated, ONCE),
		OURS(a_hole_is_told_at_once, ONCE),
		OURS(a_cut_window_is_acknowledged_in_time, ONCE),
		OURS(a_stranger_changes_nothing, ONCE),
		OURS(an_error_ends_it_and_is_not_answered, ONCE),
		OURS(junk_within_a_transfer_is_ignored, ONCE),
		OURS(a_block_longer_than_agreed_is_illegal, ONCE),
		OURS(a_client_that_is_gone_is_not_waited_for, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
