/*
 * ftpd: the dialogue: verbs, lines, and one whole visit.
 *
 * Guards against a server that works with one client only: verbs in any case, lines in any
 * pieces, several at once, too long ones, telnet's bytes among them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

START_TEST(a_visit)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "anna");
	size_t size;

	ftp_put(fd, "STOR notes", "dear diary\n", 11);
	lab_expect_text(home_of("anna", "notes"), "dear diary\n");
	EXPECT(strcmp(ftp_get(fd, &size, "RETR notes"), "dear diary\n") == 0, "not the same");
	ftp_expect(fd, "213 11\n", "SIZE notes");
	EXPECT(strcmp(ftp_get(fd, &size, "NLST"), "notes\r\n") == 0, "NLST");
	ftp_expect(fd, "250 ", "DELE notes");
	lab_expect_missing(home_of("anna", "notes"));
	ftp_expect(fd, "221 ", "QUIT");
	client_hear_end(fd);
}
END_TEST

START_TEST(any_case_and_blanks)
{
	int fd = ftp_login(ftp_server(ARGS(NULL)), "anna");

	ftp_expect(fd, "215 UNIX", "syst");
	ftp_expect(fd, "215 UNIX", "SYST ");
	ftp_expect(fd, "200 ", "type i");
	ftp_expect(fd, "257 \"/\"", "XPWD");
}
END_TEST

START_TEST(lines_in_pieces_and_together)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	client_say(fd, "NO");
	client_hear_nothing(fd, QUIET_MS);
	client_say(fd, "OP\r");
	client_hear_nothing(fd, QUIET_MS);
	client_say(fd, "\nNOOP\r\nSYST\nUSER anna\r\nPASS secret\r\nPWD\r\n");
	ftp_hear_that(fd, "200 ");
	ftp_hear_that(fd, "200 ");
	ftp_hear_that(fd, "215 ");
	ftp_hear_that(fd, "331 ");
	ftp_hear_that(fd, "230 ");
	ftp_hear_that(fd, "257 ");
}
END_TEST

START_TEST(a_long_line_is_one_line)
{
	static char line[1 << 20];
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	memset(line, 'x', sizeof line);
	memcpy(line + 8192, "\rQUIT ", 6); /* no end of a line */
	client_send(fd, line, sizeof line);
	ftp_expect(fd, "500 ", "%s", "");
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(bytes_that_no_command_has)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	client_send(fd, "NOOP\0QUIT\r\n", 11);
	ftp_hear_that(fd, "500 ");
	client_send(fd, "\377\364\377\362NOOP\r\n", 10); /* IAC IP, IAC DM */
	ftp_hear_that(fd, "200 ");
	client_send(fd, "\377\375\001NOOP\r\n", 9); /* IAC DO 1: IAC WONT 1 */
	client_hear(fd, "\377\374\001");
	ftp_hear_that(fd, "200 ");
}
END_TEST

START_TEST(unknown_and_out_of_turn)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	ftp_expect(fd, "500 ", "XYZZY");
	ftp_expect(fd, "500 ", "1234");
	ftp_expect(fd, "530 ", "PWD");
	ftp_expect(fd, "530 ", "RETR x");
	ftp_expect(fd, "503 ", "PASS secret");
	ftp_expect(fd, "501 ", "USER");
	ftp_expect(fd, "331 ", "USER anna");
	ftp_expect(fd, "230 ", "PASS secret");
	ftp_expect(fd, "503 ", "USER ben");
	ftp_expect(fd, "503 ", "RNTO x");
	ftp_expect(fd, "501 ", "CWD");
	ftp_expect(fd, "425 ", "LIST");
	ftp_expect(fd, "504 ", "MODE B");
	ftp_expect(fd, "504 ", "STRU R");
	ftp_expect(fd, "504 ", "TYPE E");
	ftp_expect(fd, "202 ", "ACCT x");
	ftp_expect(fd, "502 ", "REIN");
}
END_TEST

START_TEST(help_and_features)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));
	const char *text = ftp_ask(fd, "FEAT");
	const char *const features[] = { "\n EPSV\n", "\n EPRT\n", "\n REST STREAM\n",
		"\n MLST type*;size*;modify*;", "\n HASH SHA-256*;MD5\n", "\n UTF8\n",
		"\n TVFS\n", "\n211 " };

	for (size_t i = 0; i < ARRAY_LENGTH(features); i++)
		EXPECT(strstr(text, features[i]) != NULL, "no%s in %s", features[i], text);
	EXPECT(strstr(ftp_ask(fd, "HELP"), "RETR") != NULL, "HELP");
	ftp_expect(fd, "214 RETR name", "HELP retr");
	ftp_expect(fd, "502 ", "HELP xyzzy");
	ftp_expect(fd, "200 MLST OPTS type;size;", "OPTS MLST size;type;");
	EXPECT(strstr(ftp_ask(fd, "FEAT"), "MLST type*;size*;modify;") != NULL, "OPTS");
	ftp_expect(fd, "200 MD5", "OPTS HASH md5");
	ftp_expect(fd, "501 ", "OPTS HASH crc");
	ftp_expect(fd, "200 ", "OPTS UTF8 ON");
	ftp_expect(fd, "504 ", "HOST example.org");
	ftp_expect(fd, "200 ", "LANG en");
}
END_TEST

/* A browser that was led here (ALPACA). */
START_TEST(no_http)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	client_say(fd, "POST / HTTP/1.1\r\nUSER anna\r\n");
	ftp_hear_that(fd, "421 ");
	client_await_gone(fd);
}
END_TEST

START_TEST(many_mistakes)
{
	int fd = ftp_open(ftp_server(ARGS(NULL)));

	for (int i = 0; i < 51; i++)
		ftp_expect(fd, "500 ", "XYZZY");
	ftp_expect(fd, "421 ", "NOOP");
	client_await_gone(fd);
}
END_TEST

START_TEST(silence)
{
	int fd = ftp_open(ftp_server(ARGS("-t", "0.2")));

	ftp_hear_that(fd, "421 ");
	client_hear_end(fd);
}
END_TEST

START_TEST(too_many_of_one_address)
{
	struct program *server = ftp_server(ARGS("-C", "1"));
	int fd = ftp_open(server), second = client_open(server->address[0]);

	ftp_hear_that(second, "421 ");
	client_await_gone(second);
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(too_many_in_all)
{
	struct program *server = ftp_server(ARGS("-c", "1"));
	int fd = ftp_open(server), second = client_open(server->address[0]);

	ftp_hear_that(second, "421 ");
	client_await_gone(second);
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

START_TEST(nothing_is_left)
{
	struct program *server = ftp_server(ARGS(NULL));
	size_t before = process_descriptors(server->pid);

	for (int i = 0; i < 3; i++) {
		int fd = ftp_login(server, "anna");

		ftp_passive(fd);
		ftp_expect(fd, "221 ", "QUIT");
		client_await_gone(fd);
		close(fd);
	}
	process_await_children(server->pid, 1, 1); /* the keeper */
	EXPECT(process_descriptors(server->pid) == before, "a descriptor is left open");
	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "it does not end well");
}
END_TEST

void
ftpd_core(Suite *suite)
{
	const struct check checks[] = {
		OURS(a_visit, ONCE),
		OURS(any_case_and_blanks, ONCE),
		OURS(lines_in_pieces_and_together, ONCE),
		OURS(a_long_line_is_one_line, ONCE),
		OURS(bytes_that_no_command_has, ONCE),
		OURS(unknown_and_out_of_turn, ONCE),
		OURS(help_and_features, ONCE),
		OURS(no_http, ONCE),
		OURS(many_mistakes, ONCE),
		OURS(silence, ONCE),
		OURS(too_many_of_one_address, ONCE),
		OURS(too_many_in_all, ONCE),
		OURS(nothing_is_left, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
