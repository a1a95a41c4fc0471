/*
 * ftpd: what becomes of a file that is put: whole, broken off, gone on with.
 *
 * Guards against half files that pass for whole ones, and against an old file lost for a
 * new one that never came.
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

enum {
	BIG = 3 << 20,
	HALF = 1 << 20,
};

static unsigned char big[BIG];

/* Begin a put, send a part of `big`, and vanish as a client that is killed. */
static void
break_off(const struct program *server, const char *command, size_t part)
{
	int fd = ftp_login(server, "anna"), data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "%s", command);
	client_send(data, big, part);
	/* All is there before the end is: a reset would throw some of it away. */
	while (strstr(ftp_ask(fd, "STAT"), text_of(" %zu bytes", part)) == NULL)
		continue;
	close(fd);
	close(data);
}

static bool
has_size(void *arg)
{
	struct stat st;

	return stat(arg, &st) == 0 && st.st_size == HALF;
}

START_TEST(large_both_ways)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");
	size_t size;
	const char *got;

	lab_fill(big, BIG, 1);
	ftp_put(fd, "STOR big", big, BIG);
	lab_expect(home_of("anna", "big"), BIG, 1);
	got = ftp_get(fd, &size, "RETR big");
	EXPECT(size == BIG && memcmp(got, big, BIG) == 0, "not the same");
}
END_TEST

START_TEST(a_new_part_stays_and_is_gone_on_with)
{
	struct program *server = ftp_server(ARGS(NULL));
	const char *path = home_of("anna", "big");
	int fd;

	lab_fill(big, BIG, 2);
	break_off(server, "STOR big", HALF);
	EXPECT(await_condition(has_size, (void *)path), "no part of that size");
	fd = ftp_login(server, "anna");
	ftp_expect(fd, "213 1048576\n", "SIZE big");
	ftp_expect(fd, "350 ", "REST 1048576");
	ftp_put(fd, "STOR big", big + HALF, HALF);
	ftp_put(fd, "APPE big", big + 2 * HALF, HALF);
	lab_expect(path, BIG, 2);
}
END_TEST

START_TEST(an_old_file_stays_whole)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna");

	lab_fill(big, BIG, 3);
	ftp_put(fd, "STOR big", "old\n", 4);
	break_off(server, "STOR big", HALF);
	process_await_children(server->pid, 2, 2); /* it has gone */
	lab_expect_text(home_of("anna", "big"), "old\n");
	EXPECT(lab_temporaries(home_of("anna", "")) == 0, "a temporary is left");
	ftp_put(fd, "STOR big", "new\n", 4);
	lab_expect_text(home_of("anna", "big"), "new\n");
}
END_TEST

START_TEST(nothing_is_seen_before_it_is_whole)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna"), other = ftp_login(server, "carl");
	int data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "STOR x");
	client_say(data, "half");
	EXPECT(strcmp(ftp_get(other, NULL, "NLST"), "") == 0, "it is seen already");
	EXPECT(lab_temporaries(home_of("anna", "")) == 1, "no temporary");
	close(data);
	ftp_hear_that(fd, "226 ");
	EXPECT(strcmp(ftp_get(other, NULL, "NLST"), "x\r\n") == 0, "it is not seen");
}
END_TEST

START_TEST(two_writers_do_not_mix)
{
	struct program *server = ftp_server(ARGS(NULL));
	int one = ftp_login(server, "anna"), two = ftp_login(server, "anna");
	int first = ftp_passive(one), second = ftp_passive(two);

	ftp_expect(one, "150 ", "STOR x");
	ftp_expect(two, "150 ", "STOR x");
	client_say(first, "111");
	client_say(second, "222");
	client_say(first, "111\n");
	close(first);
	ftp_hear_that(one, "226 ");
	lab_expect_text(home_of("anna", "x"), "111111\n");
	close(second);
	ftp_hear_that(two, "226 ");
	lab_expect_text(home_of("anna", "x"), "222");
	first = ftp_passive(one);
	ftp_expect(one, "150 ", "APPE x");
	second = ftp_passive(two);
	ftp_expect(two, "450 ", "APPE x");
	close(first);
	ftp_hear_that(one, "226 ");
	close(second);
}
END_TEST

START_TEST(from_an_offset_on)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data;

	ftp_put(fd, "STOR x", "0123456789", 10);
	ftp_expect(fd, "350 ", "REST 4");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR x"), "456789") == 0, "REST, RETR");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR x"), "0123456789") == 0, "REST stays");
	ftp_expect(fd, "350 ", "REST 4");
	ftp_put(fd, "STOR x", "ab", 2);
	lab_expect_text(home_of("anna", "x"), "0123ab");
	data = ftp_passive(fd);
	ftp_expect(fd, "350 ", "REST 7");
	ftp_expect(fd, "554 ", "STOR x");
	ftp_expect(fd, "350 ", "REST 7");
	ftp_expect(fd, "554 ", "RETR x");
	ftp_expect(fd, "501 ", "REST -1");
	ftp_expect(fd, "501 ", "REST 99999999999999999999");
	close(data);
	ftp_expect(fd, "350 ", "REST 3000000000");
}
END_TEST

START_TEST(a_name_of_ours)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = ftp_passive(fd);
	char name[64] = "";

	EXPECT(sscanf(ftp_ask(fd, "STOU"), "150 FILE: %63s", name) == 1, "no name is told");
	client_say(data, "unique\n");
	close(data);
	ftp_hear_that(fd, "226 ");
	lab_expect_text(home_of("anna", name), "unique\n");
}
END_TEST

START_TEST(text_is_translated)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");
	size_t size;

	ftp_expect(fd, "200 ", "TYPE A");
	ftp_put(fd, "STOR x", "one\r\ntwo\rthree\n\r\n\r", 18);
	lab_expect_text(home_of("anna", "x"), "one\ntwo\rthree\n\n\r");
	EXPECT(strcmp(ftp_get(fd, &size, "RETR x"), "one\r\ntwo\rthree\r\n\r\n\r") == 0,
	    "as text");
	ftp_expect(fd, "213 19\n", "SIZE x");
	ftp_expect(fd, "350 ", "REST 0");
	ftp_expect(fd, "350 ", "REST 2");
	ftp_expect(fd, "504 ", "RETR x");
	ftp_expect(fd, "200 ", "TYPE I");
	ftp_expect(fd, "213 16\n", "SIZE x");
}
END_TEST

START_TEST(digests)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_put(fd, "STOR a b", "abc", 3);
	ftp_expect(fd,
	    "213 SHA-256 0-3 "
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad a b\n",
	    "HASH a b");
	ftp_expect(fd, "200 ", "OPTS HASH MD5");
	ftp_expect(fd, "213 MD5 0-3 900150983cd24fb0d6963f7d28e17f72 a b\n", "HASH a b");
	ftp_expect(fd, "250 900150983cd24fb0d6963f7d28e17f72\n", "XMD5 \"a b\"");
	ftp_expect(fd, "250 92eb5ffee6ae2fec3ad71c777531578f\n", "XMD5 \"a b\" 1 2");
	ftp_expect(fd, "250 ba7816bf8f01cfea", "XSHA256 a b");
	ftp_expect(fd, "554 ", "XMD5 \"a b\" 4 5");
	ftp_expect(fd, "550 ", "HASH missing");
}
END_TEST

void
ftpd_puts(Suite *suite)
{
	const struct check checks[] = {
		OURS(large_both_ways, ONCE),
		OURS(a_new_part_stays_and_is_gone_on_with, ONCE),
		OURS(an_old_file_stays_whole, ONCE),
		OURS(nothing_is_seen_before_it_is_whole, ONCE),
		OURS(two_writers_do_not_mix, ONCE),
		OURS(from_an_offset_on, ONCE),
		OURS(a_name_of_ours, ONCE),
		OURS(text_is_translated, ONCE),
		OURS(digests, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
