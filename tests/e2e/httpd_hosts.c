/*
 * httpd: a folder for each host.
 *
 * Guards against the file of one host in the answer of another, by its name, by a link or
 * by what a process keeps; a Host field that leads out of the folder; and programs of one
 * host that are sent as text by another.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd_cgi.h"

/* A folder with one for each of two hosts, an alias, and what is none. */
static const char *
hosts_new(void)
{
	const char *hosts = lab_directory("hosts");
	static const char *const names[] = { "one.lab", "two.lab", ".hidden" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		EXPECT(mkdir(text_of("%s/%s", hosts, names[i]), 0755) == 0, "mkdir");
		lab_write_text(
		    text_of("%s/%s/hello", hosts, names[i]), text_of("this is %s\n", names[i]));
		EXPECT(mkdir(text_of("%s/%s/sub", hosts, names[i]), 0755) == 0, "mkdir");
	}
	EXPECT(symlink("one.lab", text_of("%s/www.one.lab", hosts)) == 0, "symlink");
	EXPECT(symlink("/etc", text_of("%s/out.lab", hosts)) == 0, "symlink");
	EXPECT(
	    symlink("../two.lab/hello", text_of("%s/one.lab/across", hosts)) == 0, "symlink");
	lab_write_text(text_of("%s/file.lab", hosts), "a file is no host\n");
	return hosts;
}

/* "GET PATH" for a host, on a connection that stays. */
static struct answer *
ask_host(int fd, const char *host, const char *path)
{
	client_say(fd, text_of("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host));
	return hear(fd);
}

#define SITE "hello, world\n" /* of the site itself */
#define ONE  "this is one.lab\n"
#define TWO  "this is two.lab\n"

START_TEST(each_host_has_its_files)
{
	static const struct {
		const char *host, *body;
	} rows[] = {
		{ "one.lab", ONE },
		{ "two.lab", TWO },
		{ "ONE.Lab:7080", ONE },
		{ "one.lab.", ONE },
		{ "one.lab.:80", ONE },
		{ "www.one.lab", ONE },
		{ "lab", SITE },
		{ "three.lab", SITE },
		{ "file.lab", SITE },
		{ "out.lab", SITE },
		{ "127.0.0.1", SITE },
		{ "[::1]:7080", SITE },
		{ ".hidden", SITE },
		{ ".", SITE },
		{ "..", SITE },
		{ "%2e%2e", SITE },
		{ "one.lab%2fsub", SITE },
	};
	struct program *server = site_start(_i, site_new(), ARGS("-H", hosts_new()));
	int fd = client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		expect_body(ask_host(fd, rows[i].host, "/hello"), rows[i].body);
	expect_status(ask_host(fd, "one.lab", "/across"), 404);
	EXPECT(strstr((char *)ask_host(fd, "one.lab", "/")->body, "sub/"), "the listing");
	expect_field(ask_host(fd, "two.lab", "/sub?x"), "Location", "/sub/?x");
	client_say(fd, "GET http://TWO.lab/hello HTTP/1.1\r\nHost: one.lab\r\n\r\n");
	expect_body(hear(fd), TWO);
	expect_body(visit(server, "GET /hello HTTP/1.0\r\n\r\n"), SITE);
	expect_body(visit(server, "GET /hello HTTP/1.0\r\nHost: one.lab\r\n\r\n"), ONE);
	expect_status(visit(server, "GET /hello HTTP/1.1\r\nHost: a/../one.lab\r\n\r\n"), 400);
}
END_TEST

/* A process keeps files and folders; more folders are asked for than it keeps. */
START_TEST(keeps_them_apart)
{
	const char *hosts = hosts_new();
	struct program *server = site_start(_i, site_new(), ARGS("-H", hosts));
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 4; i++) {
		expect_body(ask_host(fd, "one.lab", "/hello"), ONE);
		expect_body(ask_host(fd, "two.lab", "/hello"), TWO);
		expect_body(ask_host(fd, "lab", "/hello"), SITE);
	}
	EXPECT(strcmp(field(ask_host(fd, "one.lab", "/hello"), "ETag"),
		   field(ask_host(fd, "two.lab", "/hello"), "ETag")) != 0,
	    "one entity tag for two files");
	for (int i = 0; i < 40; i++) {
		const char *folder = text_of("%s/n%d.lab", hosts, i);

		EXPECT(mkdir(folder, 0755) == 0, "mkdir");
		lab_write_text(text_of("%s/hello", folder), text_of("this is n%d\n", i));
	}
	for (int i = 0; i < 80; i++)
		expect_body(ask_host(fd, text_of("n%d.lab", i % 40), "/hello"),
		    text_of("this is n%d\n", i % 40));
	expect_body(ask_host(fd, "one.lab", "/hello"), ONE);
}
END_TEST

struct asked {
	int fd;
	const char *body;
};

static bool
says(void *arg)
{
	const struct asked *asked = arg;

	return strcmp((char *)ask_host(asked->fd, "one.lab", "/hello")->body, asked->body) == 0;
}

/* Hosts come and go without a restart; who has been seen is seen for a second more. */
START_TEST(finds_out_what_has_changed)
{
	const char *hosts = hosts_new();
	struct program *server = site_start(_i, site_new(), ARGS("-H", hosts));
	struct asked asked = { client_open(server->address[0]), TWO };

	EXPECT(symlink("two.lab", text_of("%s/new.lab", hosts)) == 0, "symlink");
	expect_body(ask_host(asked.fd, "new.lab", "/hello"), TWO);
	expect_body(ask_host(asked.fd, "one.lab", "/hello"), ONE);
	EXPECT(rename(text_of("%s/one.lab", hosts), text_of("%s/old.lab", hosts)) == 0 &&
		   symlink("two.lab", text_of("%s/one.lab", hosts)) == 0,
	    "rename");
	EXPECT(await_condition(says, &asked), "the folder that was there before");
	EXPECT(unlink(text_of("%s/one.lab", hosts)) == 0, "unlink");
	asked.body = SITE;
	EXPECT(await_condition(says, &asked), "a folder that is gone");
}
END_TEST

/* ---- programs ---- */

static const char *
program_in(const char *folder, const char *says)
{
	const char *path = lasting(text_of("%s/cgi-bin/env", folder));

	EXPECT(mkdir(text_of("%s/cgi-bin", folder), 0755) == 0, "mkdir");
	lab_write_text(
	    path, text_of(SAYS "printf '%%s|' %s \"$SERVER_NAME\" \"$DOCUMENT_ROOT\" "
			       "\"$PATH_TRANSLATED\"\n",
		      says));
	EXPECT(chmod(path, 0755) == 0, "chmod");
	return path;
}

START_TEST(each_host_has_its_programs)
{
	const char *hosts = hosts_new(), *top = site_new();
	struct program *server;
	int fd;

	program_in(text_of("%s/one.lab", hosts), "one");
	program_in(top, "site");
	server = site_start(_i, top, ARGS("-H", hosts, "-g", "/cgi-bin"));
	fd = client_open(server->address[0]);
	expect_body(ask_host(fd, "One.Lab:80", "/cgi-bin/env/a"),
	    text_of("one|one.lab|%s/one.lab|%s/one.lab/a|", hosts, hosts));
	expect_body(
	    ask_host(fd, "lab:80", "/cgi-bin/env/a"), text_of("site|lab|%s|%s/a|", top, top));
	expect_status(ask_host(fd, "two.lab", "/cgi-bin/env"), 404);
	EXPECT(unlink(text_of("%s/one.lab/cgi-bin/env", hosts)) == 0, "unlink");
	expect_status(ask_host(fd, "one.lab", "/cgi-bin/env"), 404);
}
END_TEST

/* What the user who serves cannot reach cannot run: that is told, and not as a 404. */
START_TEST(tells_of_programs_out_of_reach)
{
	const char *hosts = hosts_new(), *top = site_new();
	const char *folder = lasting(text_of("%s/one.lab/cgi-bin", hosts));
	struct program *server;

	program_in(text_of("%s/one.lab", hosts), "one");
	server = site_start(_i, top, ARGS("-H", hosts, "-g", "/cgi-bin"));
	EXPECT(chmod(folder, 0600) == 0, "chmod");
	expect_status(visit(server, "GET /cgi-bin/env HTTP/1.1\r\nHost: one.lab\r\n\r\n"), 403);
	program_await_line(server, &server->err, "one.lab/cgi-bin/env: .* not enter");
	EXPECT(chmod(folder, 0755) == 0, "chmod");
}
END_TEST

/* Nobody but root can name in a routes file what the server may not even look at. */
START_TEST(tells_at_the_start_of_programs_out_of_reach)
{
	const char *closed = lab_directory("closed"), *program = program_in(closed, "x");
	const char *routes = lasting(text_of("%s/routes", lab_directory("etc")));
	struct program *server;

	lab_write_text(routes, text_of("/x cgi %s\n", program));
	EXPECT(chmod(closed, 0600) == 0, "chmod");
	server = site_start(_i, site_new(), ARGS("-R", routes));
	program_await_line(server, &server->err, "may not enter .*/closed: EACCES");
	expect_status(visit(server, "GET /x HTTP/1.1\r\nHost: lab\r\n\r\n"), 403);
	EXPECT(chmod(closed, 0755) == 0, "chmod");
}
END_TEST

/* A routes file is the site's; handlers and programs of a folder are everybody's. */
START_TEST(routes_are_the_sites)
{
	const char *hosts = hosts_new(), *top = site_new();
	const char *routes = lasting(text_of("%s/routes", lab_directory("etc")));
	const char *shared = program_in(lab_directory("shared"), "shared");
	struct program *server;
	int fd;

	lab_write_text(routes, text_of("/moved/ redirect /sub/\n/cgi/ cgi %s\n", shared));
	server = site_start(_i, top,
	    ARGS("-H", hosts, "-R", routes, "-g",
		text_of(
		    "/run=%s", lasting(text_of("%.*s", (int)(strlen(shared) - 4), shared)))));
	fd = client_open(server->address[0]);
	expect_body(ask_host(fd, "one.lab", "/hello"), ONE);
	expect_status(ask_host(fd, "lab", "/hello"), 404);
	expect_status(ask_host(fd, "one.lab", "/moved/"), 404);
	expect_status(ask_host(fd, "lab", "/moved/"), 302);
	expect_status(ask_host(fd, "one.lab", "/cgi/"), 404);
	expect_status(ask_host(fd, "lab", "/cgi/"), 200);
	expect_body(
	    ask_host(fd, "two.lab", "/run/env"), text_of("shared|two.lab|%s/two.lab||", hosts));
	expect_status(ask_host(fd, "lab", "/run/env"), 200);
}
END_TEST

START_TEST(each_host_has_its_error_pages)
{
	const char *hosts = hosts_new();
	struct program *server;
	int fd;

	lab_write_text(text_of("%s/one.lab/sub/404.html", hosts), "not in one.lab\n");
	server = site_start(_i, site_new(), ARGS("-H", hosts, "-e", "/sub"));
	fd = client_open(server->address[0]);
	expect_body(ask_host(fd, "one.lab", "/missing"), "not in one.lab\n");
	EXPECT(
	    strstr((char *)ask_host(fd, "two.lab", "/missing")->body, "<h1>404"), "its page");
	expect_body(ask_host(fd, "one.lab", "/missing"), "not in one.lab\n");
}
END_TEST

/* ---- the log, and the start ---- */

START_TEST(logs_the_host)
{
	struct program *server = site_start(_i, site_new(), ARGS("-H", hosts_new(), "-A", "-"));
	int fd = client_open(server->address[0]);

	ask_host(fd, "Two.Lab.:80", "/hello");
	program_await_line(
	    server, &server->err, "127.0.0.1 two.lab - .*\"GET /hello HTTP/1.1\" 200");
	ask_host(fd, "none.lab", "/hello");
	program_await_line(server, &server->err, "127.0.0.1 - - .*\"GET /hello HTTP/1.1\" 200");
}
END_TEST

START_TEST(needs_the_folder)
{
	struct program *p = program_start(
	    ARGS("-p", "0", "-H", text_of("%s/none", lab_directory("empty")), site_new()));

	program_expect_line(p, 1, "ENOENT");
}
END_TEST

void
httpd_hosts(Suite *suite)
{
	const struct check checks[] = {
		OURS(each_host_has_its_files, SERVING),
		OURS(keeps_them_apart, SERVING),
		OURS(finds_out_what_has_changed, SERVING),
		OURS(each_host_has_its_programs, SERVING),
		OURS(tells_of_programs_out_of_reach, SERVING),
		OURS(routes_are_the_sites, SERVING),
		OURS(each_host_has_its_error_pages, SERVING),
		OURS(logs_the_host, SERVING),
		OURS(needs_the_folder, ONCE),
	};
	const struct check as_root[] = {
		OURS(tells_at_the_start_of_programs_out_of_reach, SERVING),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
