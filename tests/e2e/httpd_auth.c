/*
 * httpd: a name and a password for a folder.
 *
 * Guards against a path that leads around the question, a password that a program or the
 * log gets to see, a file of users that is sent to whoever asks for it, one who guesses and
 * keeps the others waiting, and a password that is tried anew for each picture of a page.
 */
#include <sys/stat.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd_cgi.h"

/* Each is of "geheim", as `htpasswd -B', `openssl passwd -6' and `htpasswd -m' make it. */
#define BCRYPT "$2y$05$yD5HOrw0knwwyITMXcbqfOn0kwACUGmFCsnuNC7esdUHf5vtppa7G"
#define SHA512                                                                                 \
	"$6$saltsalt$sfZR6YSW/"                                                                \
	"Dp0uCiyF9fDipa6ORr5LVLOwXNgtzRlXXhkC7xA3w4zy97VIC3vL14AUXGJp3yBjZVztkdiBzJnX1"
#define APR1 "$apr1$jwTbEbFz$VAEL1bjTJPgbooa2c8DEh."

/* What a browser says: base64 of name:password. */
#define ANNA  "Authorization: Basic YW5uYTpnZWhlaW0=\r\n" /* anna:geheim */
#define WRONG "Authorization: Basic YW5uYTp3cm9uZw==\r\n" /* anna:wrong */
#define BERT  "Authorization: Basic YmVydDpnZWhlaW0=\r\n" /* bert:geheim */
#define CARL  "Authorization: Basic Y2FybDpnZWhlaW0=\r\n" /* carl:geheim */
#define DORA  "Authorization: Basic ZG9yYTpnZWhlaW0=\r\n" /* dora:geheim */
#define EVE   "Authorization: Basic ZXZlOmdlaGVpbQ==\r\n" /* eve:geheim, who is nobody */

/* A file with these names; closed to all but the user who reads it. Its name lasts. */
static const char *
users_file(const char *text)
{
	const char *path = lasting(text_of("%s/users", lab_directory("etc")));

	lab_write_text(path, text);
	EXPECT(chmod(path, 0600) == 0, "chmod");
	return path;
}

static const char *
some_users(void)
{
	return users_file(
	    "# name:hash\nanna:" BCRYPT "\nbert:" SHA512 "\ncarl:" APR1 "\ndora:!" BCRYPT "\n");
}

/* A site with a folder `private` that has a file `x`. */
static const char *
private_site(void)
{
	const char *top = site_new();

	EXPECT(mkdir(text_of("%s/private", top), 0755) == 0, "mkdir");
	lab_write_text(text_of("%s/private/x", top), "secret\n");
	return top;
}

static struct program *
start(int model, const char *users, const char *more)
{
	return site_start(model, private_site(),
	    more ? ARGS("-f", text_of("/private=%s", users), "-f", more) :
		   ARGS("-f", text_of("/private=%s", users)));
}

START_TEST(asks_for_a_name)
{
	struct program *server = start(_i, some_users(), NULL);
	static const char *const asked[] = { "/private/x", "/private/", "/private",
		"/private/missing", "/sub/../private/x", "//private//x", "/%70rivate/x",
		"/private/./x?q", "/private/%78" };
	static const char *const free[] = { "/hello", "/", "/privately", "/sub" };
	struct answer *answer;

	for (size_t i = 0; i < ARRAY_LENGTH(asked); i++) {
		answer = get(server, asked[i], NULL);
		expect_status(answer, 401);
		expect_field(
		    answer, "WWW-Authenticate", "Basic realm=\"/private\", charset=\"UTF-8\"");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(free); i++) {
		answer = get(server, free[i], NULL);
		EXPECT(answer->status != 401, "%s is asked for", free[i]);
	}
	expect_status(visit(server, "HEAD /private/x HTTP/1.1\r\nHost: lab\r\n\r\n"), 401);
	expect_status(
	    visit(
		server, "POST /private/x HTTP/1.1\r\nHost: lab\r\nContent-Length: 1\r\n\r\nx"),
	    401);
}
END_TEST

/* Also by hashes of other makers; and none of a weak method, locked, or of nobody. */
START_TEST(lets_in_who_knows_the_password)
{
	struct program *server = start(_i, some_users(), NULL);
	static const struct {
		const char *fields;
		int status;
	} rows[] = {
		{ ANNA, 200 },
		{ BERT, 200 },
		{ ANNA, 200 },
		{ WRONG, 401 },
		{ CARL, 401 },
		{ DORA, 401 },
		{ EVE, 401 },
		{ "authorization: bAsIc YW5uYTpnZWhlaW0=\r\n", 200 },
		{ "Authorization: Bearer YW5uYTpnZWhlaW0=\r\n", 401 },
		{ "Authorization: Basic YW5uYTpnZWhlaW0\r\n", 401 },
		{ ANNA ANNA, 401 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct answer *answer = get(server, "/private/x", rows[i].fields);

		EXPECT(answer->status == rows[i].status, "%s: status %d", rows[i].fields,
		    answer->status);
		if (answer->status == 200)
			expect_body(answer, "secret\n");
	}
	program_await_line(server, &server->err, "\"carl\" is not let in .*weak");
	program_await_line(server, &server->err, "\"dora\" is not let in .*locked");
	program_await_line(server, &server->err, "\"eve\" is not let in .*no such account");
}
END_TEST

/* On one connection, with and without; what follows is as ever. */
START_TEST(asks_on_a_kept_connection)
{
	struct program *server = start(_i, some_users(), NULL);
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 2; i++) {
		ask(fd, "/private/x");
		expect_status(hear(fd), 401);
		client_say(fd, "GET /private/x HTTP/1.1\r\nHost: lab\r\n" ANNA "\r\n"
			       "GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n");
		expect_body(hear(fd), "secret\n");
		expect_body(hear(fd), "hello, world\n");
		client_say(fd, "GET /private/x HTTP/1.1\r\nHost: lab\r\n" WRONG "\r\n");
		expect_status(hear(fd), 401);
	}
}
END_TEST

/* What was right is believed for a while, by each process: its file is not looked at. */
START_TEST(believes_it_for_a_while)
{
	const char *users = some_users();
	struct program *server = start(_i, users, NULL);

	expect_status(get(server, "/private/x", ANNA), 200);
	EXPECT(unlink(users) == 0, "unlink");
	for (int i = 0; i < 4; i++)
		expect_status(get(server, "/private/x", ANNA), 200);
	expect_status(get(server, "/private/x", BERT), 500);
	program_await_line(server, &server->err, "ENOENT");
}
END_TEST

/* The longest path counts; `-' asks nobody. */
START_TEST(leaves_a_folder_within_open)
{
	struct program *server = start(_i, some_users(), "/private/open=-");

	expect_status(get(server, "/private/x", NULL), 401);
	expect_status(get(server, "/private/open", NULL), 404);
	expect_status(get(server, "/private/open/x", NULL), 404);
	expect_status(get(server, "/private/opener", NULL), 401);
}
END_TEST

START_TEST(asks_for_all)
{
	struct program *server = site_start(_i, private_site(), ARGS("-f", some_users()));
	struct answer *answer = get(server, "/", NULL);

	expect_status(answer, 401);
	expect_field(answer, "WWW-Authenticate", "Basic realm=\"/\", charset=\"UTF-8\"");
	expect_status(get(server, "/hello", NULL), 401);
	expect_status(get(server, "/hello", BERT), 200);
}
END_TEST

/* ---- guessing ---- */

/* Each "no" comes later; meanwhile the others are served, and in the end none is tried. */
START_TEST(makes_guessing_slow)
{
	struct program *server = start(_i, some_users(), NULL);
	int fd = client_open(server->address[0]);
	int64_t began = now_ms();

	client_say(fd, "GET /private/x HTTP/1.1\r\nHost: lab\r\n" WRONG "\r\n");
	expect_body(get(server, "/hello", NULL), "hello, world\n");
	expect_status(get(server, "/private/x", ANNA), 200);
	expect_status(hear(fd), 401);
	EXPECT(now_ms() - began >= 200, "a \"no\" at once");
}
END_TEST

/* One more password, which is not waited for: whether that is told to be too often. */
static bool
is_too_often(void *arg)
{
	int fd = client_open(arg);
	bool often = false;

	client_say(fd, "GET /private/x HTTP/1.1\r\nHost: lab\r\n" EVE "\r\n");
	if (await_events(fd, POLLIN, now_ms() + 200))
		often = hear(fd)->status == 429;
	close(fd);
	return often;
}

/* After many failures no password of that address is tried; who is known is let in. */
START_TEST(stops_trying)
{
	struct program *server = start(_i, some_users(), NULL);
	struct answer *answer;

	expect_status(get(server, "/private/x", BERT), 200);
	for (int i = 0; i < 24; i++)
		client_say(client_open(server->address[0]),
		    "GET /private/x HTTP/1.1\r\nHost: lab\r\n" WRONG "\r\n");
	EXPECT(await_condition(is_too_often, server->address[0]), "it tries for ever");
	answer = get(server, "/private/x", ANNA);
	expect_status(answer, 429);
	expect_field(answer, "Retry-After", "600");
	expect_status(get(server, "/private/x", BERT), 200);
	expect_status(get(server, "/hello", NULL), 200);
}
END_TEST

/* ---- programs, routes, hosts ---- */

START_TEST(tells_programs_who_asks)
{
	const char *top = cgi_site("who", SAYS "printf '%s|' \"$REMOTE_USER\" \"$AUTH_TYPE\" "
					       "\"$HTTP_AUTHORIZATION\"\nenv | grep -c "
					       "geheim\n");
	struct program *server = site_start(_i, top,
	    ARGS("-g", "/cgi-bin", "-f", text_of("/cgi-bin=%s", some_users()), "-A", "-"));

	expect_status(get(server, "/cgi-bin/who", NULL), 401);
	expect_body(get(server, "/cgi-bin/who", ANNA), "anna|Basic||0\n");
	program_await_line(server, &server->err, "127.0.0.1 - anna .*who HTTP/1.1\" 200");
	program_await_line(server, &server->err, "127.0.0.1 - - .*who HTTP/1.1\" 401");
}
END_TEST

/* Who was not asked has no name, whatever he says of himself. */
START_TEST(names_nobody_who_was_not_asked)
{
	struct program *server = site_start(_i,
	    cgi_site("who", SAYS "printf '%s|' \"$REMOTE_USER\" \"$AUTH_TYPE\"\n"),
	    ARGS("-g", "/cgi-bin", "-f", text_of("/private=%s", some_users())));

	expect_body(get(server, "/cgi-bin/who", ANNA "Remote-User: anna\r\n"), "||");
}
END_TEST

/* A program that leads to a guarded path leads to the question. */
START_TEST(asks_behind_a_local_redirect)
{
	const char *top = cgi_site("to", "#!/bin/sh\nprintf 'Location: /private/x\\n\\n'\n");
	struct program *server;

	EXPECT(mkdir(text_of("%s/private", top), 0755) == 0, "mkdir");
	lab_write_text(text_of("%s/private/x", top), "secret\n");
	server = site_start(
	    _i, top, ARGS("-g", "/cgi-bin", "-f", text_of("/private=%s", some_users())));
	expect_status(get(server, "/cgi-bin/to", NULL), 401);
	expect_body(get(server, "/cgi-bin/to", ANNA), "secret\n");
}
END_TEST

START_TEST(asks_by_routes)
{
	const char *top = private_site();
	const char *users = some_users(),
		   *routes = lasting(text_of("%s/routes", lab_directory("r")));
	const char *hosts = lab_directory("hosts");
	struct program *server;

	EXPECT(mkdir(text_of("%s/one.lab", hosts), 0755) == 0 &&
		   mkdir(text_of("%s/one.lab/private", hosts), 0755) == 0,
	    "mkdir");
	lab_write_text(text_of("%s/one.lab/private/x", hosts), "not so secret\n");
	lab_write_text(routes, text_of("/ folder %s\n/private/ auth %s\n/private/o auth -\n"
				       "/moved auth %s\n/moved redirect /hello\n",
				   top, users, users));
	server = site_start(_i, top, ARGS("-R", routes, "-H", hosts));
	expect_status(get(server, "/private/x", NULL), 401);
	expect_status(get(server, "/private", NULL), 401);
	expect_status(get(server, "/private/o", NULL), 404);
	expect_status(get(server, "/moved", NULL), 401);
	expect_status(get(server, "/moved", ANNA), 302);
	expect_body(get(server, "/private/x", ANNA), "secret\n");
	expect_body(visit(server, "GET /private/x HTTP/1.1\r\nHost: one.lab\r\n\r\n"),
	    "not so secret\n");
}
END_TEST

START_TEST(asks_at_every_host)
{
	const char *hosts = lab_directory("hosts");
	struct program *server;

	EXPECT(mkdir(text_of("%s/one.lab", hosts), 0755) == 0 &&
		   mkdir(text_of("%s/one.lab/private", hosts), 0755) == 0,
	    "mkdir");
	server = site_start(
	    _i, private_site(), ARGS("-H", hosts, "-f", text_of("/private=%s", some_users())));
	expect_status(visit(server, "GET /private/ HTTP/1.1\r\nHost: one.lab\r\n\r\n"), 401);
	expect_status(
	    visit(server, "GET /private/ HTTP/1.1\r\nHost: one.lab\r\n" ANNA "\r\n"), 200);
}
END_TEST

/* ---- the file ---- */

START_TEST(needs_a_file_that_can_be_used)
{
	const char *top = private_site(), *users = some_users();
	const char *within = lasting(text_of("%s/users", top));
	const char *hidden = lasting(text_of("%s/.users", top));
	struct program *p;

	lab_write_text(within, "anna:" BCRYPT "\n");
	EXPECT(chmod(within, 0600) == 0, "chmod");
	p = program_start(ARGS("-p", "0", "-f", within, top));
	program_expect_line(p, 1, "it would be served to whoever asks for it");
	EXPECT(rename(within, hidden) == 0, "rename");
	p = program_start(ARGS("-p", "0", "-f", hidden, "-f", "/x=/no/such", top));
	program_expect_line(p, 1, "ENOENT");
	EXPECT(chmod(users, 0644) == 0, "chmod");
	p = program_start(ARGS("-p", "0", "-f", users, top));
	program_expect_line(p, 1, "chmod 600");
	users_file("anna:" BCRYPT "\nbert:geheim\n");
	p = program_start(ARGS("-p", "0", "-f", users, top));
	program_expect_line(p, 1, "users:2: no hash");
}
END_TEST

void
httpd_auth(Suite *suite)
{
	const struct check checks[] = {
		OURS(asks_for_a_name, SERVING),
		OURS(lets_in_who_knows_the_password, SERVING),
		OURS(asks_on_a_kept_connection, SERVING),
		OURS(believes_it_for_a_while, SERVING),
		OURS(leaves_a_folder_within_open, SERVING),
		OURS(asks_for_all, SERVING),
		OURS(makes_guessing_slow, SERVING),
		OURS(stops_trying, SERVING),
		OURS(tells_programs_who_asks, SERVING),
		OURS(names_nobody_who_was_not_asked, SERVING),
		OURS(asks_behind_a_local_redirect, SERVING),
		OURS(asks_by_routes, SERVING),
		OURS(asks_at_every_host, SERVING),
		OURS(needs_a_file_that_can_be_used, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
