/*
 * ftpd: data connections.
 *
 * Guards against the bounce (data sent to a third), against strangers who call at a
 * passive port, and against a port that stays open or a call that is taken for another.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

START_TEST(passive_both_ways_of_saying)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), a, b, c, d, p, q, data;
	const char *reply;

	lab_write_text(home_of("anna", "x"), "x\n");
	reply = ftp_ask(fd, "PASV");
	EXPECT(sscanf(reply, "227 Entering Passive Mode (%d,%d,%d,%d,%d,%d).", &a, &b, &c, &d,
		   &p, &q) == 6 &&
		   a == 127 && d == 1,
	    "PASV: %s", reply);
	data = client_open(text_of("127.0.0.1:%d", p * 256 + q));
	ftp_expect(fd, "150 ", "RETR x");
	EXPECT(strcmp(data_read(data, NULL), "x\n") == 0, "data");
	ftp_hear_that(fd, "226 ");
	ftp_expect(fd, "425 ", "RETR x"); /* a PASV is good for one transfer */
	ftp_expect(fd, "522 ", "EPSV 2");
	ftp_expect(fd, "522 ", "EPSV 3");
	ftp_expect(fd, "501 ", "EPSV x");
	ftp_expect(fd, "229 ", "EPSV 1");
}
END_TEST

static void
active(int fd, const char *address, bool extended)
{
	char local[ADDRESS_MAX];
	int listener = listener_open(1, local), port = atoi(strrchr(local, ':') + 1), data;

	(void)address;
	if (extended)
		ftp_expect(fd, "200 ", "EPRT |1|127.0.0.1|%d|", port);
	else
		ftp_expect(fd, "200 ", "PORT 127,0,0,1,%d,%d", port / 256, port % 256);
	client_say(fd, "RETR x\r\n");
	data = listener_take(listener);
	ftp_hear_that(fd, "150 ");
	EXPECT(strcmp(data_read(data, NULL), "x\n") == 0, "data");
	ftp_hear_that(fd, "226 ");
	close(listener);
}

START_TEST(active_both_ways_of_saying)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna");

	lab_write_text(home_of("anna", "x"), "x\n");
	active(fd, server->address[0], false);
	active(fd, server->address[0], true);
}
END_TEST

START_TEST(no_bounce)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_expect(fd, "500 ", "PORT 127,0,0,2,100,1");
	ftp_expect(fd, "500 ", "PORT 192,0,2,1,100,1");
	ftp_expect(fd, "500 ", "EPRT |1|192.0.2.1|25601|");
	ftp_expect(fd, "500 ", "EPRT |2|::1|25601|");
	ftp_expect(fd, "500 ", "PORT 127,0,0,1,3,255"); /* 1023 */
	ftp_expect(fd, "501 ", "PORT 127,0,0,1,3");
	ftp_expect(fd, "501 ", "PORT 127,0,0,1,256,1");
	ftp_expect(fd, "501 ", "EPRT |1|127.0.0.1|99999|");
	ftp_expect(fd, "522 ", "EPRT |3|127.0.0.1|25601|");
	ftp_expect(fd, "425 ", "NLST");
}
END_TEST

START_TEST(nobody_listens)
{
	int port, fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	port_reserve(AF_INET, &port);
	ftp_expect(fd, "200 ", "EPRT |1|127.0.0.1|%d|", port);
	ftp_expect(fd, "425 ", "NLST");
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(a_stranger_gets_nothing)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna"), port, stranger, data;

	lab_write_text(home_of("anna", "x"), "x\n");
	port = atoi(strstr(ftp_ask(fd, "EPSV"), "(|||") + 4);
	stranger = client_open_from(text_of("127.0.0.1:%d", port), "127.0.0.9");
	client_say(fd, "RETR x\r\n");
	client_await_gone(stranger);
	data = client_open(text_of("127.0.0.1:%d", port));
	ftp_hear_that(fd, "150 ");
	EXPECT(strcmp(data_read(data, NULL), "x\n") == 0, "data");
	ftp_hear_that(fd, "226 ");
	program_await_line(server, &server->err, "a stranger called at its passive port");
}
END_TEST

START_TEST(epsv_all)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_expect(fd, "200 ", "EPSV ALL");
	ftp_expect(fd, "503 ", "PASV");
	ftp_expect(fd, "503 ", "PORT 127,0,0,1,100,1");
	ftp_expect(fd, "503 ", "EPRT |1|127.0.0.1|25601|");
	ftp_get(fd, NULL, "NLST");
}
END_TEST

/*
 * The call for a transfer that came to nothing must not be taken for the next one: for
 * an upload it would be an empty file.
 */
START_TEST(a_late_call_is_no_other)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), stale, data;

	stale = ftp_passive(fd);
	ftp_expect(fd, "550 ", "RETR missing");
	close(stale);
	data = ftp_passive(fd);
	ftp_expect(fd, "150 ", "STOR y");
	client_say(data, "y\n");
	close(data);
	ftp_hear_that(fd, "226 ");
	lab_expect_text(home_of("anna", "y"), "y\n");
}
END_TEST

START_TEST(ports_of_a_range)
{
	int port, held = port_reserve(AF_INET, &port), fd;

	close(held);
	fd = ftp_login(ftp_server(ARGS("-P", lasting(text_of("%d-%d", port, port)))), "anna");
	for (int i = 0; i < 3; i++) {
		EXPECT(atoi(strstr(ftp_ask(fd, "EPSV"), "(|||") + 4) == port,
		    "not the port of -P");
		close(client_open(text_of("127.0.0.1:%d", port)));
		ftp_expect(fd, "550 ", "RETR missing");
		ftp_get(fd, NULL, "NLST");
	}
}
END_TEST

void
ftpd_data(Suite *suite)
{
	const struct check checks[] = {
		OURS(passive_both_ways_of_saying, ONCE),
		OURS(active_both_ways_of_saying, ONCE),
		OURS(no_bounce, ONCE),
		OURS(nobody_listens, ONCE),
		OURS(a_stranger_gets_nothing, ONCE),
		OURS(epsv_all, ONCE),
		OURS(a_late_call_is_no_other, ONCE),
		OURS(ports_of_a_range, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
