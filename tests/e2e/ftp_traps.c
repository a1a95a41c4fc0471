/*
 * ftp: what servers say that is not what was asked.
 *
 * Guards against a client that gets out of step with its server, one whose terminal the
 * server drives, and names that would be written where nobody has asked for them.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

/* ---- replies ---- */

START_TEST(lines_within_a_reply)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "pwd; pwd");

	peer_take(peer, "220-Ready\r\n230 not this\r\n220-nor this\r\n\r\n220 Ready");
	peer_answer(peer, "USER anna", "331-Password\r\n 530 no\r\n331 Password");
	peer_answer(peer, "PASS secret", "230-Welcome\r\n230-\r\n421 is not said\r\n230 Well");
	peer_answer(peer, "FEAT", "211-Features\r\n SIZE\r\n211 End");
	peer_hear(peer, "PWD");
	client_say(peer->control, "257-");
	client_say(peer->control, "\"/a\"\"b\" it is\r");
	client_say(peer->control, "\n257 End\r\n");
	peer_answer(peer, "PWD", "257 \"/c\"");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "/a\"b\n/c\n") == 0, "out: %s", p->out.text);
}
END_TEST

/* A reply that nobody has asked for is nobody's answer. */
START_TEST(stale_replies)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "cd a; !read x\npwd");

	peer_login(peer, NULL);
	peer_answer(peer, "CWD a", "250 There");
	peer_answer(peer, "PWD", "257 \"/a\"\r\n257 \"/stale\"\r\n550 And so is this");
	program_send(p, "go on\n");
	peer_answer(peer, "PWD", "257 \"/now\"");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "/now\n") == 0, "out: %s", p->out.text);
}
END_TEST

START_TEST(no_replies_at_all)
{
	static const struct {
		const char *said, *words;
	} rows[] = {
		{ "HTTP/1.1 400 Bad Request", "no reply of FTP" },
		{ "\001\002\003", "no reply of FTP" },
		{ "22 x", "no reply of FTP" },
		{ "999 x", "no reply of FTP" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct peer *peer = peer_open();
		struct program *p = commands_start(peer, "pwd");

		peer_take(peer, rows[i].said);
		ftp_ends_with(p, 1, rows[i].words);
	}
}
END_TEST

START_TEST(hangs_up)
{
	static const char *const said[] = { "", "220", "220-Ready\r\n220-Rea" };

	for (size_t i = 0; i < ARRAY_LENGTH(said); i++) {
		struct peer *peer = peer_open();
		struct program *p = commands_start(peer, "pwd");

		peer->control = listener_take(peer->door);
		client_say(peer->control, said[i]);
		close(peer->control);
		ftp_ends_with(p, 1, "127.0.0.1: the server has hung up");
	}
}
END_TEST

START_TEST(too_many_guests)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "pwd");

	peer_take(peer, "421 Too many guests");
	ftp_ends_with(p, 3, "^ftp: 127.0.0.1: 421 Too many guests$");
}
END_TEST

START_TEST(later)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "quit");

	peer_take(peer, "120 In a minute\r\n220 Ready");
	peer_answer(peer, "USER anna", "230 Welcome");
	peer_answer(peer, "FEAT", "500 What?");
	peer_leave(peer);
	ftp_ends_with(p, 0, NULL);
}
END_TEST

/* It was idle too long: the next command has a new connection. */
START_TEST(idle_too_long)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "cd a; !read x\ndelete b");

	peer_login(peer, NULL);
	peer_answer(peer, "CWD a", "250 There");
	peer_answer(peer, "PWD", "257 \"/a\"");
	peer_say(peer, "421 Idle too long");
	close(peer->control);
	peer->control = -1;
	program_send(p, "go on\n");
	peer_login(peer, NULL);
	peer_answer(peer, "CWD /a", "250 There");
	peer_answer(peer, "DELE b", "250 Gone");
	peer_leave(peer);
	program_await_exit(p);
	EXPECT(program_has_line(&p->err, "421 Idle too long"), "%s", p->err.text);
}
END_TEST

/* Options of a terminal are refused, and are no part of a reply. */
START_TEST(telnet)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "quit");

	peer->control = listener_take(peer->door);
	client_say(peer->control, "2\377\375\00120 Re\377\361ady\r\n");
	client_hear(peer->control, "\377\374\001");
	peer_answer(peer, "USER anna", "230 Welcome");
	peer_answer(peer, "FEAT", "500 What?");
	peer_leave(peer);
	ftp_ends_with(p, 0, NULL);
}
END_TEST

/* ---- terminals ---- */

START_TEST(escapes)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "ls; pwd; quote STAT");

	peer_login(peer, NULL);
	peer_list(peer, "LIST", "-rw-r--r-- 1 a a 1 Jan  1  2020 \033]0;owned\007\n");
	peer_answer(peer, "PWD", "257 \"/\033[2J\"");
	peer_answer(peer, "STAT", "211 \033c");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strchr(p->out.text, '\033') == NULL && strchr(p->out.text, '\007') == NULL,
	    "out: %s", p->out.text);
	EXPECT(strstr(p->out.text, "\\x1b]0;owned\\x07") && strstr(p->out.text, "/\\x1b[2J"),
	    "out: %s", p->out.text);
}
END_TEST

/* ---- names ---- */

START_TEST(names_of_mlsd)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p;

	EXPECT(chdir(lab_directory("here/below")) == 0, "below");
	p = ftp_start(peer, ARGS("-c", "mget *", peer_url(peer, "")));
	peer_login(peer, " SIZE\r\n MLST type*;size*;modify*;\r\n");
	peer_list(peer, "MLSD",
	    "type=file;size=3; ../evil\n"
	    "type=file;size=3; /tmp/evil\n"
	    "type=file;size=3; sub/evil\n"
	    "type=file;size=3; ..\n"
	    "type=file;size=3; .\n"
	    "type=cdir; .\n"
	    "type=file;size=3; |evil\n"
	    "type=file;size=3; a\033b\n"
	    "type=dir; inside\n"
	    "no facts\n");
	peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, "SIZE a\033b", "213 3");
	peer_send(peer, "RETR a\033b", "abc");
	peer_answer(peer, "SIZE |evil", "213 3");
	peer_send(peer, "RETR |evil", "abc");
	peer_leave(peer);
	ftp_ends_with(p, 0, "lists \"\\.\\./evil\": no name of a file, left out");
	lab_expect_text("|evil", "abc");
	lab_expect_text("a\033b", "abc");
	lab_expect_missing(text_of("%s/evil", here));
	lab_expect_missing("sub");
}
END_TEST

START_TEST(names_of_list)
{
	struct peer *peer = peer_open();
	const char *here = ftp_enter("here");
	struct program *p;

	EXPECT(chdir(lab_directory("here/below")) == 0, "below");
	p = commands_start(peer, "mget \"-l/\"*.txt");
	peer_login(peer, " SIZE\r\n");
	peer_list(peer, "LIST ./-l",
	    "total 4\n"
	    "-rw-r--r-- 1 a a 3 Jan  1  2020 ../evil.txt\n"
	    "drwxr-xr-x 1 a a 3 Jan  1  2020 dir.txt\n"
	    "-rw-r--r-- 1 a a 3 Jan  1  2020 my notes.txt\n"
	    "-rw-r--r-- 1 a a 3 Jan  1  2020 other\n");
	peer_answer(peer, "TYPE I", "200 Binary");
	peer_answer(peer, "SIZE -l/my notes.txt", "213 3");
	peer_send(peer, "RETR -l/my notes.txt", "abc");
	peer_leave(peer);
	ftp_ends_with(p, 0, "lists \"\\.\\./evil.txt\": no name of a file, left out");
	lab_expect_text("my notes.txt", "abc");
	lab_expect_missing(text_of("%s/evil.txt", here));
}
END_TEST

/* A line end in a name would be a command of its own. */
START_TEST(names_of_ours)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "delete \"a\\\r\"");

	peer_login(peer, NULL);
	client_receive(peer->control, (char[10]){ 0 }, 10);
	peer_say(peer, "250 Gone");
	peer_leave(peer);
	ftp_ends_with(p, 0, NULL);
	p = ftp_start(peer, ARGS("get", peer_url(peer, "a%0d%0aDELE%20b")));
	ftp_ends_with(p, 2, "is no ftp://");
}
END_TEST

void
ftp_traps(Suite *suite)
{
	const struct check checks[] = {
		OURS(lines_within_a_reply, ONCE),
		OURS(stale_replies, ONCE),
		OURS(no_replies_at_all, ONCE),
		OURS(hangs_up, ONCE),
		OURS(too_many_guests, ONCE),
		OURS(later, ONCE),
		OURS(idle_too_long, ONCE),
		OURS(telnet, ONCE),
		OURS(escapes, ONCE),
		OURS(names_of_mlsd, ONCE),
		OURS(names_of_list, ONCE),
		OURS(names_of_ours, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
