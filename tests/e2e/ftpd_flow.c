/*
 * ftpd: what is said while data flows.
 *
 * Guards against a server that is deaf during a transfer: ABOR that comes after the end,
 * however it is sent; STAT that kills; QUIT that does not wait.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

enum {
	BIG = 32 << 20, /* more than all buffers on the way hold */
};

/* A RETR that is under way, and cannot end before somebody reads. */
static int
begin_get(int fd)
{
	const char *path = home_of("anna", "big");
	int data;

	lab_write_text(path, "");
	EXPECT(truncate(path, BIG) == 0, "truncate");
	data = ftp_passive(fd);
	ftp_expect(fd, "150 ", "RETR big");
	return data;
}

START_TEST(abort_a_get)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = begin_get(fd);
	size_t size;

	ftp_expect(fd, "426 ", "ABOR");
	ftp_hear_that(fd, "226 ");
	data_read(data, &size);
	EXPECT(size < BIG, "all of it came");
	ftp_expect(fd, "226 ", "ABOR"); /* nothing is under way */
	ftp_get(fd, NULL, "NLST");
}
END_TEST

/* As Python's ftplib says it: all of the line is urgent. */
START_TEST(abort_urgently)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	begin_get(fd);
	EXPECT(send(fd, "ABOR\r\n", 6, MSG_OOB) == 6, "send");
	ftp_hear_that(fd, "426 ");
	ftp_hear_that(fd, "226 ");
	begin_get(fd);
	/* As the RFC says it: IAC IP, the data mark urgent, then the line. */
	EXPECT(send(fd, "\377\364\377", 3, MSG_OOB) == 3, "send");
	client_send(fd, "\362ABOR\r\n", 7);
	ftp_hear_that(fd, "426 ");
	ftp_hear_that(fd, "226 ");
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(abort_a_put)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "STOR x");
	client_say(data, "half");
	while (strstr(ftp_ask(fd, "STAT"), " 4 bytes moved") == NULL)
		continue;
	ftp_expect(fd, "426 ", "ABOR");
	ftp_hear_that(fd, "226 ");
	client_await_gone(data);
	lab_expect_text(home_of("anna", "x"), "half"); /* to be gone on with */
	EXPECT(lab_temporaries(home_of("anna", "")) == 0, "a temporary is left");
}
END_TEST

START_TEST(abort_before_the_call)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_expect(fd, "229 ", "EPSV");
	client_say(fd, "NLST\r\n");
	client_hear_nothing(fd, QUIET_MS);
	ftp_expect(fd, "425 ", "ABOR");
	ftp_hear_that(fd, "226 ");
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(status_and_noop_at_once)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = begin_get(fd);
	size_t size;

	EXPECT(strstr(ftp_ask(fd, "STAT"), " bytes moved in ") != NULL, "STAT");
	ftp_expect(fd, "200 ", "NOOP");
	data_read(data, &size);
	EXPECT(size == BIG, "%zu bytes", size);
	ftp_hear_that(fd, "226 ");
}
END_TEST

START_TEST(quit_waits_for_the_end)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = begin_get(fd);
	size_t size;

	client_say(fd, "QUIT\r\n");
	client_hear_nothing(fd, QUIET_MS);
	data_read(data, &size);
	EXPECT(size == BIG, "%zu bytes", size);
	ftp_hear_that(fd, "226 ");
	ftp_hear_that(fd, "221 ");
	client_hear_end(fd);
}
END_TEST

START_TEST(a_reader_who_vanishes)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna"), data = begin_get(fd);

	client_reset(data);
	ftp_hear_that(fd, "426 ");
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(a_reader_who_does_not_read)
{
	int fd = ftp_login(ftp_server(ARGS("-t", "0.3")), "anna");

	begin_get(fd);
	ftp_hear_that(fd, "426 ");
}
END_TEST

START_TEST(no_faster_than_allowed)
{
	int fd = ftp_login(ftp_server(ARGS("-R", "1000000")), "anna");
	int64_t before = now_ms();
	static unsigned char bytes[500000];
	size_t size;

	ftp_put(fd, "STOR x", bytes, sizeof bytes);
	EXPECT(now_ms() - before >= 300, "put: %d ms", (int)(now_ms() - before));
	before = now_ms();
	ftp_get(fd, &size, "RETR x");
	EXPECT(size == sizeof bytes && now_ms() - before >= 300, "get: %d ms",
	    (int)(now_ms() - before));
}
END_TEST

START_TEST(many_at_once)
{
	enum { SESSIONS = 30 };
	struct program *server = ftp_server(ARGS(NULL));
	int fds[SESSIONS];

	for (int i = 0; i < SESSIONS; i++)
		fds[i] = ftp_login(server, i % 2 ? "anna" : "ben");
	for (int i = 0; i < SESSIONS; i++)
		if (i % 2)
			ftp_put(fds[i], text_of("STOR %d", i), "x", 1);
	for (int i = 0; i < SESSIONS; i++)
		ftp_expect(fds[i], "221 ", "QUIT");
	process_await_children(server->pid, 1, 1);
	process_await_no_zombies(server->pid);
}
END_TEST

void
ftpd_flow(Suite *suite)
{
	const struct check checks[] = {
		OURS(abort_a_get, ONCE),
		OURS(abort_urgently, ONCE),
		OURS(abort_a_put, ONCE),
		OURS(abort_before_the_call, ONCE),
		OURS(status_and_noop_at_once, ONCE),
		OURS(quit_waits_for_the_end, ONCE),
		OURS(a_reader_who_vanishes, ONCE),
		OURS(a_reader_who_does_not_read, ONCE),
		OURS(no_faster_than_allowed, ONCE),
		OURS(many_at_once, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
