/*
 * ftp: commands, typed or from a script.
 *
 * Guards against commands that classic clients have and this one has not, quotes and
 * stars that mean something else than in a shell, and a script that goes on in a
 * directory that it has not entered.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

START_TEST(each_command)
{
	static const struct {
		const char *typed, *said, *reply;
	} rows[] = {
		{ "cd notes", "CWD notes", "250 There" },
		{ "cdup", "CDUP", "250 There" },
		{ "cd ..", "CDUP", "250 There" },
		{ "delete a", "DELE a", "250 Gone" },
		{ "mkdir 'a b'", "MKD a b", "257 \"/a b\"" },
		{ "rmdir \"a b\"", "RMD a b", "250 Gone" },
		{ "chmod 640 a\\ b", "SITE CHMOD 640 a b", "200 Well" },
		{ "quota", "SITE QUOTA", "200 None" },
		{ "quote SITE HELP me", "SITE HELP me", "214 No" },
		{ "hash a", "XSHA256 a", "250 00" },
	};
	struct peer *peer = peer_open();
	struct program *p = ftp_start(peer, ARGS("-q", peer_url(peer, "")));

	peer_login(peer, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		program_send(p, text_of("%s\n", rows[i].typed));
		peer_answer(peer, rows[i].said, rows[i].reply);
		if (rows[i].said[0] == 'C')
			peer_answer(peer, "PWD", "257 \"/\"");
	}
	program_send(p, "rename a b; size a; modtime a\n");
	peer_answer(peer, "RNFR a", "350 To what?");
	peer_answer(peer, "RNTO b", "250 Well");
	peer_facts(peer, true, "a", "213 5", "213 " TIME_THEN);
	peer_facts(peer, false, "a", "213 5", "213 " TIME_THEN);
	program_finish(p);
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "None\nNo\n00\n5\n2026-01-02 03:04:05 UTC\n") == 0,
	    "out: %s", p->out.text);
}
END_TEST

START_TEST(abbreviations)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "pw; del a; m");

	peer_login(peer, NULL);
	peer_answer(peer, "PWD", "257 \"/\"");
	peer_answer(peer, "DELE a", "250 Gone");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: m: mdelete or mget\\?");
}
END_TEST

START_TEST(script_stops_at_a_failure)
{
	struct peer *peer = peer_open();
	struct program *p = ftp_start(peer, ARGS(peer_url(peer, "")));

	program_send(p, "cd nowhere\ndelete *\n");
	program_finish(p);
	peer_login(peer, NULL);
	peer_answer(peer, "CWD nowhere", "550 No");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: nowhere: 550 No$");
}
END_TEST

START_TEST(person_goes_on)
{
	struct peer *peer = peer_open();
	int terminal;
	struct program *p;

	p = program_on_terminal(&terminal, ARGS("-n", peer_url(peer, "")));
	peer_login(peer, NULL);
	client_hear(terminal, "ftp> ");
	client_say(terminal, "cd nowhere\n");
	peer_answer(peer, "CWD nowhere", "550 No");
	client_hear(terminal, "ftp> ");
	client_say(terminal, "\003");
	client_hear(terminal, "\nftp> ");
	client_say(terminal, "nonsense\n");
	client_hear(terminal, "ftp> ");
	client_say(terminal, "pwd\n");
	peer_answer(peer, "PWD", "257 \"/\"");
	client_hear(terminal, "/\nftp> ");
	client_say(terminal, "\004");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: nonsense: no such command");
}
END_TEST

START_TEST(globs)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write_text("a1", "x");
	lab_write_text("a2", "x");
	lab_write_text("a*", "star");
	p = ftp_start(
	    peer, ARGS("-S", "-c", "mput 'a*' a[12]; mdelete x/*.c y", peer_url(peer, "")));
	peer_login(peer, " MLST type*;\r\n");
	peer_answer(peer, "TYPE I", "200 Binary");
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "a*", "a1", "a2" };

		peer_offer(peer);
		peer_answer(peer, text_of("STOR %s", names[i]), "150 Go on");
		peer_call(peer);
		peer_receive(peer);
		peer_end(peer, "226 Done");
	}
	peer_list(peer, "MLSD x",
	    "type=file; b.c\ntype=file; .c\ntype=file; b.h\ntype=file; a.c\ntype=dir; d.c\n");
	peer_answer(peer, "DELE x/a.c", "250 Gone");
	peer_answer(peer, "DELE x/b.c", "250 Gone");
	peer_answer(peer, "DELE y", "250 Gone");
	peer_leave(peer);
	ftp_ends_with(p, 0, "a2: 1 bytes, not verified");
}
END_TEST

START_TEST(nothing_matches)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "mget *.x");

	peer_login(peer, NULL);
	peer_list(peer, "LIST", "total 0\n");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: \\*\\.x: no file there is called so$");
}
END_TEST

START_TEST(things_here)
{
	struct program *p;
	const char *here = ftp_enter("here");

	lab_directory("here/sub");
	p = program_start(ARGS("-c", "lcd sub; lpwd; ! echo a; echo 'b;c' # no\n", NULL));
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, text_of("%s/sub\na\nb;c\n", here)) == 0 ||
		   strstr(p->out.text, "/sub\na\nb;c\n"),
	    "out: %s", p->out.text);
}
END_TEST

START_TEST(settings)
{
	struct program *p = program_start(ARGS("-t", "2", "-R", "1", "-c",
	    "ascii; passive off; verify; status; binary; passive; verify on; status; help st; "
	    "verify maybe"));

	program_await_exit(p);
	EXPECT(strcmp(p->out.text,
		   "not connected\ntype ascii\npassive off\nverify off\nverbose off\n"
		   "timeout 2 s, 1 tries\n"
		   "not connected\ntype binary\npassive on\nverify on\nverbose off\n"
		   "timeout 2 s, 1 tries\n"
		   "status                        show all of these\n") == 0,
	    "out: %s", p->out.text);
	ftp_ends_with(p, 1, "^ftp: \"maybe\" is neither on nor off$");
}
END_TEST

START_TEST(wrong_lines)
{
	static const struct {
		const char *commands, *words;
	} rows[] = {
		{ "get 'a", "^ftp: a quote is not closed$" },
		{ "get", "^ftp: usage: get remote \\[local\\]$" },
		{ "get a b c", "^ftp: usage: get" },
		{ "pwd", "^ftp: not connected; open names a server$" },
		{ "frobnicate", "^ftp: frobnicate: no such command; help tells them$" },
		{ "lcd /nowhere", "^ftp: lcd: /nowhere: ENOENT" },
		{ "chmod 9 a", "^ftp: not connected" },
		{ "open @", "^ftp: open: \"@\" is no name of a host$" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		ftp_ends_with(program_start(ARGS("-c", rows[i].commands)), 1, rows[i].words);
}
END_TEST

void
ftp_shell(Suite *suite)
{
	const struct check checks[] = {
		OURS(each_command, ONCE),
		OURS(abbreviations, ONCE),
		OURS(script_stops_at_a_failure, ONCE),
		OURS(person_goes_on, ONCE),
		OURS(globs, ONCE),
		OURS(nothing_matches, ONCE),
		OURS(things_here, ONCE),
		OURS(settings, ONCE),
		OURS(wrong_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
