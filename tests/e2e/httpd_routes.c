/*
 * httpd: handlers in C, and a site by a routes(5) file.
 *
 * Guards against a handler that takes the server down, a path that leads to a file it
 * should not, a redirect that loses the rest or the query, and a table of clients that
 * is not the server's.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

/*
 * A handler that was built with the tests: where the user that httpd becomes may enter, as
 * the tree may be in a directory that only root can. httpd and its helper go there, too.
 */
static const char *
handler(const char *name)
{
	const char *build = getenv("BUILD"), *bin = getenv("BIN");
	const char *place = lasting(text_of("%s/bin", temporary_directory()));
	const char *file = lasting(text_of("%s/%s.so", place, name));

	EXPECT(mkdir(place, 0755) == 0 || errno == EEXIST, "mkdir");
	EXPECT(system(text_of("cp -p '%s/httpd' '%s/httpd-app' '%s/handlers/%s.so' '%s'",
		   bin ? bin : "bin", bin ? bin : "bin", build ? build : "build", name,
		   place)) == 0,
	    "no handler %s", name);
	EXPECT(setenv("BIN", place, 1) == 0, "setenv");
	return file;
}

START_TEST(calls_a_handler)
{
	const char *top = site_new();
	struct program *server =
	    site_start(_i, top, ARGS("-a", text_of("/greet=%s", handler("hello"))));
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 3; i++) {
		struct answer *answer;

		ask(fd, i < 2 ? "/greet/a%20b?x" : "/greet");
		answer = hear(fd);
		expect_status(answer, 200);
		expect_field(answer, "Content-Type", "text/plain; charset=utf-8");
		expect_body(answer, i < 2 ? "Hello, 127.0.0.1! You asked for \"/a b\".\n" :
					    "Hello, 127.0.0.1! You asked for \"\".\n");
	}
	ask(fd, "/hello");
	expect_body(hear(fd), "hello, world\n");
}
END_TEST

START_TEST(is_called_by_its_name)
{
	struct program *server = site_start(_i, site_new(), ARGS("-a", handler("time")));

	expect_status(get(server, "/time", NULL), 200);
	expect_status(get(server, "/time/utc", NULL), 200);
	expect_status(get(server, "/time/none", NULL), 404);
	expect_status(get(server, "/times", NULL), 404);
}
END_TEST

START_TEST(reads_a_form)
{
	struct program *server = site_start(_i, site_new(), ARGS("-a", handler("form")));
	struct answer *answer =
	    visit(server, "POST /form HTTP/1.1\r\nHost: lab\r\nContent-Length: 40\r\n"
			  "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
			  "name=Anna+B.&words=%3Cscript%3E%0D%0A%26");
	struct answer *query = get(server, "/form?name=x&words=y", NULL);

	expect_status(answer, 200);
	EXPECT(strstr((char *)answer->body, "<b>Anna B.</b>"), "%s", answer->body);
	EXPECT(strstr((char *)answer->body, "&lt;script&gt;\r\n&amp;<"), "%s", answer->body);
	EXPECT(strstr((char *)query->body, "<b>x</b>"), "%s", query->body);
}
END_TEST

START_TEST(tells_its_clients)
{
	struct program *server = site_start(_i, site_new(), ARGS("-a", handler("status")));
	int other = client_open(server->address[0]), fd = client_open(server->address[0]);
	char address[ADDRESS_MAX];
	struct answer *answer;

	ask(other, "/hello");
	hear(other);
	client_local_address(other, address);
	ask(fd, "/status");
	answer = hear(fd);
	expect_field(answer, "Content-Type", "application/json");
	EXPECT(strstr((char *)answer->body, text_of("\"peer\": \"%s\"", address)),
	    "no %s in %s", address, answer->body);
}
END_TEST

START_TEST(survives_an_odd_handler)
{
	struct program *server = site_start(_i, site_new(), ARGS("-a", handler("odd")));
	int fd = client_open(server->address[0]);
	static const char *const broken[] = { "silent", "crash", "leave", "inject" };
	struct answer *answer;

	for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
		ask(fd, text_of("/odd/%s", broken[i]));
		expect_status(hear(fd), 502);
	}
	ask(fd, "/odd/twice");
	expect_body(hear(fd), "-1\n");
	client_say(fd, "POST /odd/echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 4\r\n\r\nbody");
	answer = hear(fd);
	expect_status(answer, 201);
	expect_field(answer, "X-B", "b");
	expect_body(answer, "body");
	ask(fd, "/hello");
	expect_status(hear(fd), 200);
}
END_TEST

/* ---- routes ---- */

static struct program *
start_routes(int model, const char *text)
{
	const char *top = site_new();
	const char *other = lab_directory("other");
	const char *routes = lasting(text_of("%s/routes", lab_directory("etc")));

	lab_write_text(text_of("%s/file", other), "other\n");
	lab_write_text(text_of("%s/run", other),
	    "#!/bin/sh\nprintf 'Content-Type: text/x\\n\\n'\n"
	    "printf '%s|' \"$SCRIPT_NAME\" \"$PATH_INFO\"\n");
	EXPECT(chmod(text_of("%s/run", other), 0755) == 0, "chmod");
	lab_write_text(routes, text_of(text, top, other, other, handler("hello")));
	return site_start(model, top, ARGS("-R", routes));
}

#define ROUTES                                                                                 \
	"# path kind where\n"                                                                  \
	"/pages/ folder %s\n"                                                                  \
	"/other/ folder %s\n"                                                                  \
	"/other/run/ cgi %s/run\n"                                                             \
	"/app app %s\n"                                                                        \
	"/old/ redirect /pages/ 301\n"                                                         \
	"/gone redirect https://x.example/a\n"

START_TEST(routes)
{
	struct program *server = start_routes(_i, ROUTES);
	int fd = client_open(server->address[0]);
	static const struct {
		const char *path, *body;
	} found[] = {
		{ "/pages/hello", "hello, world\n" },
		{ "/other/file", "other\n" },
		{ "/other/run/a/b", "/other/run|/a/b|" },
		{ "/other/run/", "/other/run|/|" },
		{ "/app", "Hello, 127.0.0.1! You asked for \"\".\n" },
	};
	static const char *const missing[] = { "/", "/hello", "/app/", "/pages/file",
		"/other/hello", "/gone/x", "/other/missing" };

	for (size_t i = 0; i < ARRAY_LENGTH(found); i++) {
		ask(fd, found[i].path);
		expect_body(hear(fd), found[i].body);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(missing); i++) {
		ask(fd, missing[i]);
		expect_status(hear(fd), 404);
	}
	ask(fd, "/pages/");
	EXPECT(strstr((char *)hear(fd)->body, "/pages/"), "a listing of another path");
}
END_TEST

START_TEST(redirects_by_routes)
{
	struct program *server = start_routes(_i, ROUTES);
	int fd = client_open(server->address[0]);
	static const struct {
		const char *path, *location;
		int status;
	} moved[] = {
		{ "/old/a%20b?q=1", "/pages/a%20b?q=1", 301 },
		{ "/gone", "https://x.example/a", 302 },
		{ "/pages", "/pages/", 301 },
		{ "/other/run?x", "/other/run/?x", 301 },
		{ "/pages/sub", "/pages/sub/", 301 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(moved); i++) {
		struct answer *answer;

		ask(fd, moved[i].path);
		answer = hear(fd);
		expect_status(answer, moved[i].status);
		expect_field(answer, "Location", moved[i].location);
	}
}
END_TEST

/* What is wrong is said when the server starts, with its place. */
START_TEST(refuses_wrong_routes)
{
	static const struct {
		const char *text, *words;
	} wrong[] = {
		{ "/ folder\n", "routes:1: a line is: path kind where" },
		{ "\n/a cgi missing\n", "routes:2: missing: ENOENT" },
		{ "/a file x\n", "routes:1: a line is: path folder" },
	};
	const char *name = lasting(text_of("%s/routes", lab_directory("etc")));

	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct program *program;

		lab_write_text(name, wrong[i].text);
		program = program_start(ARGS("-p", "0", "-R", name, "/"));
		EXPECT(program_await_exit(program) == 1, "it starts with %s", wrong[i].text);
		program_await_text(&program->err, wrong[i].words);
		program_release(program);
	}
}
END_TEST

void
httpd_routes(Suite *suite)
{
	const struct check checks[] = {
		OURS(calls_a_handler, SERVING),
		OURS(is_called_by_its_name, ONCE),
		OURS(reads_a_form, ONCE),
		OURS(tells_its_clients, SERVING),
		OURS(survives_an_odd_handler, ONCE),
		OURS(routes, SERVING),
		OURS(redirects_by_routes, ONCE),
		OURS(refuses_wrong_routes, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
