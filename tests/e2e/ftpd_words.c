/*
 * ftpd: what it says to its operator: wrong usage, the table of who does what, the log.
 */
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

static void
expect_usage(const char *const *args, const char *regex)
{
	struct program *p = program_start(args);

	EXPECT(program_await_exit(p) == 2, "not a usage error");
	EXPECT(stream_lines(&p->err) == 1, "%zu lines", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, regex), "no line like %s", regex);
}

START_TEST(usage)
{
	expect_usage(ARGS("-p", "0"), "^ftpd: -f is missing");
	expect_usage(ARGS("-f", "/", "-P", "5-4"), "^ftpd: -P: \"5-4\" is no range");
	expect_usage(ARGS("-f", "/", "-N", "x"), "^ftpd: -N: \"x\" is no IPv4");
	expect_usage(ARGS("-f", "/", "-S", "x"), "^ftpd: -S: \"x\" is none of");
}
END_TEST

START_TEST(accounts_that_cannot_be_used)
{
	struct program *p;

	lab_write_text(users_file(), "anna:secret\n");
	chmod(users_file(), 0600);
	p = program_start(ARGS("-p", "0", "-f", users_file()));
	EXPECT(program_await_exit(p) == 1, "it starts");
	EXPECT(program_has_line(&p->err, "^ftpd: .*users:1: a line is name:hash"), "no reason");
}
END_TEST

START_TEST(who_does_what)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna"), other = ftp_login(server, "ben");
	int data = ftp_passive(fd);
	const char *text;

	ftp_open(server);
	ftp_expect(fd, "150 ", "STOR notes");
	program_signal(server, SIGUSR1);
	program_await_line(server, &server->err, "out: anna 127.0.0.1:[0-9]+ STOR /notes$");
	program_await_line(server, &server->err, "out: ben 127.0.0.1:[0-9]+ idle$");
	program_await_line(server, &server->err, "out: not logged in$");
	text = ftp_ask(other, "SITE WHO");
	EXPECT(strstr(text, "\n ben 127.0.0.1:") && !strstr(text, "anna"), "WHO: %s", text);
	close(data);
	ftp_hear_that(fd, "226 ");
}
END_TEST

START_TEST(log_of_transfers)
{
	const char *path = lasting(text_of("%s/xferlog", temporary_directory()));
	int fd = ftp_login(ftp_server(ARGS("-A", path)), "anna");
	char line[512] = "";
	FILE *file;

	ftp_put(fd, "STOR a b", "12345", 5);
	ftp_get(fd, NULL, "RETR a b");
	file = fopen(path, "r");
	EXPECT(file && fgets(line, sizeof line, file), "no line");
	EXPECT(strstr(line, " 1 127.0.0.1 5 /a_b b _ i r anna ftp 0 * c\n"), "%s", line);
	EXPECT(fgets(line, sizeof line, file) && strstr(line, " b _ o r anna "), "%s", line);
}
END_TEST

void
ftpd_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(usage, ONCE),
		OURS(accounts_that_cannot_be_used, ONCE),
		OURS(who_does_what, ONCE),
		OURS(log_of_transfers, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
