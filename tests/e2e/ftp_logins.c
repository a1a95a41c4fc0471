/*
 * ftp: who to be.
 *
 * Guards against a password that is seen while it is typed, one that others may read in
 * .netrc, one that is said to another server, and a login that nobody asked for.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

static void
let_in(struct peer *peer, const char *name, const char *password)
{
	peer_take(peer, "220 Ready");
	peer_answer(peer, text_of("USER %s", name), "331 Password");
	peer_answer(peer, text_of("PASS %s", password), "230 Welcome");
	peer_answer(peer, "FEAT", "500 What?");
	peer_leave(peer);
}

static const char *
write_netrc(const char *text, mode_t mode)
{
	lab_write_text("netrc", text);
	EXPECT(chmod("netrc", mode) == 0, "chmod");
	return "netrc";
}

START_TEST(netrc)
{
	static const struct {
		const char *text, *url, *name, *password;
	} rows[] = {
		{ "machine other login x password y\nmachine 127.0.0.1 login anna password "
		  "secret",
		    "127.0.0.1", "anna", "secret" },
		{ "machine 127.0.0.1\n\tlogin \"an na\"\n\tpassword \"a \\\"b\"\n", "127.0.0.1",
		    "an na", "a \"b" },
		{ "machine 127.0.0.1 login x password y\nmachine 127.0.0.1 login bert "
		  "password z",
		    "bert@127.0.0.1", "bert", "z" },
		{ "machine other login x password y default login u password v", "127.0.0.1",
		    "u", "v" },
		{ "machine other login x password y", "127.0.0.1", "anonymous", "anonymous@" },
	};

	ftp_enter("here");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct peer *peer = peer_open();
		struct program *p = program_start(ARGS("-N", write_netrc(rows[i].text, 0600),
		    "-p", peer->port, "-c", "quit", rows[i].url));

		let_in(peer, rows[i].name, rows[i].password);
		ftp_ends_with(p, 0, NULL);
	}
}
END_TEST

START_TEST(netrc_of_home)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_write_text(".netrc", "machine 127.0.0.1 login anna password secret\n");
	EXPECT(chmod(".netrc", 0600) == 0 && setenv("HOME", ".", 1) == 0, "HOME");
	p = program_start(ARGS("-p", peer->port, "-c", "quit", "127.0.0.1"));
	let_in(peer, "anna", "secret");
	ftp_ends_with(p, 0, NULL);
	p = program_start(ARGS("-n", "-p", peer->port, "-c", "quit", "127.0.0.1"));
	let_in(peer, "anonymous", "anonymous@");
	ftp_ends_with(p, 0, NULL);
}
END_TEST

START_TEST(netrc_that_others_may_read)
{
	struct program *p;

	ftp_enter("here");
	p = program_start(
	    ARGS("-N", write_netrc("machine 127.0.0.1 login anna password secret", 0644), "-c",
		"quit", "127.0.0.1"));
	program_await_exit(p);
	EXPECT(strstr(p->err.text, "secret") == NULL, "%s", p->err.text);
	ftp_ends_with(p, 1, "^ftp: netrc: ");
	p = program_start(ARGS("-N", "nothing", "-c", "quit", "127.0.0.1"));
	ftp_ends_with(p, 1, "^ftp: nothing: ");
	p = program_start(
	    ARGS("-N", write_netrc("\nmachine a login\n\"b", 0600), "-c", "quit", "127.0.0.1"));
	ftp_ends_with(p, 1, "^ftp: netrc: line 3: quotes that do not end");
}
END_TEST

START_TEST(asked_for_unseen)
{
	struct peer *peer = peer_open();
	int terminal;
	struct program *p;
	const char *shown;

	p = program_on_terminal(&terminal, ARGS("-n", "-p", peer->port, "anna@127.0.0.1"));
	program_await_text(&p->err, "Password of anna at 127.0.0.1: ");
	client_say(terminal, "secret\n");
	peer_take(peer, "220 Ready");
	peer_answer(peer, "USER anna", "331 Password");
	peer_answer(peer, "PASS secret", "230 Welcome");
	peer_answer(peer, "FEAT", "500 What?");
	client_say(terminal, "quit\n");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	shown = terminal_shows(terminal);
	EXPECT(strstr(shown, "secret") == NULL && strstr(p->err.text, "secret") == NULL,
	    "it is shown: %s", shown);
}
END_TEST

START_TEST(from_standard_input)
{
	struct peer *peer = peer_open();
	struct program *p =
	    ftp_start(peer, ARGS("ls", text_of("ftp://anna@127.0.0.1:%s/", peer->port)));

	program_send(p, "secret\nnot this\n");
	peer_login(peer, NULL);
	peer_list(peer, "LIST", "anything\n");
	peer_leave(peer);
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "anything\n") == 0, "out: %s", p->out.text);
}
END_TEST

START_TEST(refused)
{
	struct peer *peer = peer_open();
	struct program *p = commands_start(peer, "pwd");

	peer_take(peer, "220 Ready");
	peer_answer(peer, "USER anna", "331 Password");
	peer_answer(peer, "PASS secret", "530 No");
	ftp_ends_with(p, 3, "^ftp: 127.0.0.1: login as anna: 530 No$");
}
END_TEST

START_TEST(steps_do_not_show_it)
{
	struct peer *peer = peer_open();
	struct program *p = ftp_start(peer, ARGS("-v", "-c", "quit", peer_url(peer, "")));

	peer_login(peer, NULL);
	peer_leave(peer);
	program_await_exit(p);
	EXPECT(strstr(p->err.text, "secret") == NULL, "%s", p->err.text);
	ftp_ends_with(p, 0, "-> PASS \\.\\.\\.");
}
END_TEST

START_TEST(user_and_open)
{
	struct peer *peer = peer_open(), *other = peer_open();
	struct program *p = ftp_start(peer,
	    ARGS("-c", text_of("user bert geheim; open 127.0.0.1 %s; close; pwd", other->port),
		peer_url(peer, "")));

	peer_login(peer, NULL);
	peer_leave(peer);
	let_in(peer, "bert", "geheim");
	let_in(other, "anonymous", "anonymous@"); /* his password is not said to others */
	ftp_ends_with(p, 1, "^ftp: not connected; open names a server$");
}
END_TEST

void
ftp_logins(Suite *suite)
{
	const struct check checks[] = {
		OURS(netrc, ONCE),
		OURS(netrc_of_home, ONCE),
		OURS(netrc_that_others_may_read, ONCE),
		OURS(asked_for_unseen, ONCE),
		OURS(from_standard_input, ONCE),
		OURS(refused, ONCE),
		OURS(steps_do_not_show_it, ONCE),
		OURS(user_and_open, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
