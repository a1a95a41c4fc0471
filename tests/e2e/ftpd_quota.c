/*
 * ftpd: quota. Guards against a byte too many on the disk, and against room that is lost.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

enum {
	LIMIT = 100000, /* ben's */
};

static unsigned char bytes[2 * LIMIT];

static void
put_too_much(int fd, const char *command, size_t size)
{
	int data = ftp_passive(fd);
	const char *reply;

	ftp_expect(fd, "150 ", "%s", command);
	client_send(data, bytes, size);
	reply = ftp_hear(fd);
	EXPECT(strncmp(reply, "552 ", 4) == 0 && strstr(reply, " of 100000 bytes"), "%s: %s",
	    command, reply);
	close(data);
}

START_TEST(to_the_last_byte)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "ben");

	ftp_expect(fd, "213 100000\n", "AVBL");
	put_too_much(fd, "STOR x", LIMIT + 1);
	ftp_expect(fd, "200 0 of 100000 bytes, 0 of 5 files\n", "SITE QUOTA");
	ftp_put(fd, "STOR x", bytes, LIMIT);
	ftp_expect(fd, "200 100000 of 100000 bytes, 1 of 5 files\n", "SITE QUOTA");
	ftp_expect(fd, "213 0\n", "AVBL");
	put_too_much(fd, "APPE x", 1);
	put_too_much(fd, "STOR y", 1);
	ftp_expect(fd, "250 ", "DELE x");
	ftp_expect(fd, "200 0 of 100000 bytes, 0 of 5 files\n", "SITE QUOTA");
}
END_TEST

START_TEST(each_way_to_change)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "ben");

	ftp_put(fd, "STOR x", bytes, 1000);
	ftp_put(fd, "APPE x", bytes, 500);
	ftp_expect(fd, "200 1500 of 100000 bytes, 1 of", "SITE QUOTA");
	ftp_put(fd, "STOR x", bytes, 200);
	ftp_expect(fd, "200 200 of 100000 bytes, 1 of", "SITE QUOTA");
	ftp_expect(fd, "350 ", "REST 100");
	ftp_put(fd, "STOR x", bytes, 50);
	ftp_expect(fd, "200 150 of 100000 bytes, 1 of", "SITE QUOTA");
	ftp_put(fd, "STOR y", bytes, 1000);
	ftp_expect(fd, "350 ", "RNFR y");
	ftp_expect(fd, "250 ", "RNTO x");
	ftp_expect(fd, "200 1000 of 100000 bytes, 1 of", "SITE QUOTA");
	ftp_expect(fd, "250 ", "DELE x");
	ftp_expect(fd, "200 0 of 100000 bytes, 0 of", "SITE QUOTA");
}
END_TEST

START_TEST(so_many_files)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "ben"), data;

	for (int i = 0; i < 5; i++)
		ftp_put(fd, text_of("STOR %d", i), "x", 1);
	data = ftp_passive(fd);
	ftp_expect(fd, "552 Your quota is used up: 5 of 100000 bytes, 5 of 5 files", "STOR 5");
	close(data);
	ftp_put(fd, "APPE 4", "y", 1);
	ftp_expect(fd, "250 ", "DELE 4");
	ftp_put(fd, "STOR 5", "x", 1);
}
END_TEST

START_TEST(told_in_advance)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "ben"), data = ftp_passive(fd);

	ftp_expect(fd, "200 ", "ALLO 100001");
	ftp_expect(fd, "552 ", "STOR x");
	ftp_expect(fd, "200 ", "ALLO 100000");
	ftp_expect(fd, "150 ", "STOR x");
	client_say(data, "a little");
	close(data);
	ftp_hear_that(fd, "226 ");
	ftp_expect(fd, "200 8 of", "SITE QUOTA");
}
END_TEST

/* What one session has under way is not there for another. */
START_TEST(two_at_once)
{
	struct program *server = ftp_server(ARGS(NULL));
	int one = ftp_login(server, "ben"), two = ftp_login(server, "ben");
	int first = ftp_passive(one), second = ftp_passive(two);

	ftp_expect(one, "150 ", "STOR x");
	client_send(first, bytes, LIMIT - 10);
	while (strstr(ftp_ask(one, "STAT"), " 99990 bytes") == NULL)
		continue;
	ftp_expect(two, "150 ", "STOR y");
	client_send(second, bytes, 11);
	ftp_hear_that(two, "552 ");
	close(first);
	ftp_hear_that(one, "226 ");
	ftp_expect(two, "200 99990 of 100000 bytes, 1 of", "SITE QUOTA");
}
END_TEST

/* A session that is killed gives back what it had reserved; what it wrote counts. */
START_TEST(after_a_kill)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "ben"), data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "STOR x");
	client_send(data, bytes, 60000);
	while (strstr(ftp_ask(fd, "STAT"), " 60000 bytes") == NULL)
		continue;
	kill(ftp_session(server), SIGKILL);
	client_await_gone(fd);
	process_await_children(server->pid, 1, 1);
	fd = ftp_login(server, "ben");
	ftp_put(fd, "STOR y", bytes, 40000);
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(text_within_the_quota)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "ben");

	memset(bytes, '\n', sizeof bytes);
	ftp_expect(fd, "200 ", "TYPE A");
	ftp_put(fd, "STOR x", bytes, LIMIT);
	ftp_expect(fd, "200 100000 of 100000 bytes", "SITE QUOTA");
}
END_TEST

void
ftpd_quota(Suite *suite)
{
	const struct check checks[] = {
		OURS(to_the_last_byte, ONCE),
		OURS(each_way_to_change, ONCE),
		OURS(so_many_files, ONCE),
		OURS(told_in_advance, ONCE),
		OURS(two_at_once, ONCE),
		OURS(after_a_kill, ONCE),
		OURS(text_within_the_quota, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
