/*
 * httpd: what stands under a path.
 *
 * Guards against a way out of the root, a device that is opened, names that become
 * markup or fields, links of a page that lead elsewhere, and a file that is remembered
 * when it has changed.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

START_TEST(stays_beneath_the_root)
{
	static const struct {
		int status;
		const char *path;
	} cases[] = {
		{ 400, "/../secret" },
		{ 400, "/sub/../../secret" },
		{ 400, "/%2e%2e/secret" },
		{ 400, "/.%2e/secret" },
		{ 400, "/..%2fsecret" },
		{ 400, "/hello%00.txt" },
		{ 400, "/%zz" },
		{ 404, "/%252e%252e/secret" },
		{ 404, "/out" },
		{ 404, "/absolute" },
		{ 200, "/inside" },
		{ 200, "/sub/..//./hello" },
		{ 200, "/%68ello" },
		{ 404, "/hello/" },
		{ 404, "/.hidden" },
		{ 404, "/sub/.hidden/x" },
		{ 404, "/fifo" },
		{ 404, "/%0d%0aX:%20y" },
	};
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);

	lab_write_text(text_of("%s/../secret", top), "secret");
	lab_write_text(text_of("%s/.hidden", top), "secret");
	EXPECT(symlink("../secret", text_of("%s/out", top)) == 0, "symlink");
	EXPECT(symlink("/etc/passwd", text_of("%s/absolute", top)) == 0, "symlink");
	EXPECT(symlink("hello", text_of("%s/inside", top)) == 0, "symlink");
	EXPECT(mkfifo(text_of("%s/fifo", top), 0666) == 0, "mkfifo");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct answer *answer = get(server, cases[i].path, NULL);

		EXPECT(answer->status == cases[i].status, "%s: status %d, wanted %d",
		    cases[i].path, answer->status, cases[i].status);
		EXPECT(field(answer, "X") == NULL, "a field out of a name: %s", answer->head);
	}
}
END_TEST

START_TEST(unreadable_is_forbidden)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);

	lab_write_text(text_of("%s/closed", top), "x");
	EXPECT(chmod(text_of("%s/closed", top), 0) == 0, "chmod");
	expect_status(get(server, "/closed", NULL), 403);
}
END_TEST

START_TEST(leads_to_the_slash)
{
	struct program *server = site_start(_i, site_new(), NULL);
	struct answer *answer = get(server, "/sub?a=b%20c", NULL);

	expect_status(answer, 301);
	expect_field(answer, "Location", "/sub/?a=b%20c");
	/* Two slashes would be another host. */
	expect_field(get(server, "//sub", NULL), "Location", "/sub/");
}
END_TEST

START_TEST(gives_the_index)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	struct answer *answer;

	lab_write_text(text_of("%s/index.html", top), "<h1>it</h1>");
	answer = get(server, "/", NULL);
	expect_status(answer, 200);
	expect_body(answer, "<h1>it</h1>");
	expect_field(answer, "Content-Type", "text/html; charset=utf-8");
}
END_TEST

static bool
has(const struct answer *answer, const char *text)
{
	return strstr((const char *)answer->body, text) != NULL;
}

START_TEST(lists_a_folder)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	struct answer *answer;

	lab_write_text(text_of("%s/sub/<b>&\"x'", top), "1");
	lab_write_text(text_of("%s/sub/a:b?c#d", top), "12345");
	lab_write_text(text_of("%s/sub/.hidden", top), "x");
	EXPECT(symlink("../../secret", text_of("%s/sub/out", top)) == 0, "symlink");
	EXPECT(mkdir(text_of("%s/sub/folder", top), 0755) == 0, "mkdir");
	answer = get(server, "/sub/", NULL);
	expect_status(answer, 200);
	EXPECT(has(answer, ">&lt;b&gt;&amp;"), "not escaped: %s", (char *)answer->body);
	EXPECT(has(answer, "\"%3Cb%3E&%22x'\"") || has(answer, "%3Cb%3E"), "no link: %s",
	    (char *)answer->body);
	EXPECT(!has(answer, "<b>"), "markup out of a name: %s", (char *)answer->body);
	EXPECT(has(answer, "href=\"a%3Ab%3Fc%23d\""), "link: %s", (char *)answer->body);
	EXPECT(!has(answer, "hidden") && !has(answer, "out"), "shows too much: %s",
	    (char *)answer->body);
	EXPECT(has(answer, "href=\"folder/\"") && has(answer, "href=\"../\""), "folders: %s",
	    (char *)answer->body);
	EXPECT(has(answer, ">5 B<") && has(answer, "1 folder, 2 files, 6 B\n"), "sizes: %s",
	    (char *)answer->body);
	answer = get(server, "/sub/?sort=size&order=down", NULL);
	EXPECT(strstr((char *)answer->body, "a%3Ab") < strstr((char *)answer->body, "%3Cb"),
	    "not by size: %s", (char *)answer->body);
	expect_status(get(server, "/nosub/", NULL), 404);
}
END_TEST

START_TEST(lists_no_folder)
{
	struct program *server = site_start(_i, site_new(), ARGS("-L"));

	expect_status(get(server, "/sub/", NULL), 404);
}
END_TEST

START_TEST(knows_types)
{
	static const char *const cases[][2] = {
		{ "a.html", "text/html; charset=utf-8" },
		{ "a.HTML", "text/html; charset=utf-8" },
		{ "a.mjs", "text/javascript; charset=utf-8" },
		{ "a.wasm", "application/wasm" },
		{ "a.tar.gz", "application/gzip" },
		{ "a", "application/octet-stream" },
		{ "a.own", "x-own/type" },
		{ "a.note", "text/x-note; charset=utf-8" },
	};
	const char *top = site_new(), *types = text_of("%s/types", lab_directory("other"));
	struct program *server;

	lab_write_text(types, "# own\nx-own/type\t own other # more\ntext/x-note note\n");
	server = site_start(_i, top, ARGS("-M", types));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		lab_write_text(text_of("%s/%s", top, cases[i][0]), "x");
		expect_field(get(server, text_of("/%s", cases[i][0]), NULL), "Content-Type",
		    cases[i][1]);
	}
}
END_TEST

START_TEST(prefers_a_compressed_sibling)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	struct answer *plain, *packed;

	lab_write_text(text_of("%s/a.css", top), "plain");
	lab_write_text(text_of("%s/a.css.gz", top), "gzip");
	lab_write_text(text_of("%s/a.css.br", top), "brotli");
	plain = get(server, "/a.css", NULL);
	expect_body(plain, "plain");
	expect_field(plain, "Vary", "Accept-Encoding");
	expect_field(plain, "Content-Encoding", NULL);
	packed = get(server, "/a.css", "Accept-Encoding: gzip, br\r\n");
	expect_body(packed, "brotli");
	expect_field(packed, "Vary", "Accept-Encoding");
	expect_field(packed, "Content-Encoding", "br");
	expect_field(packed, "Content-Type", "text/css; charset=utf-8");
	EXPECT(strcmp(field(packed, "ETag"), field(plain, "ETag")) != 0, "one tag for both");
	packed = get(server, "/a.css", "Accept-Encoding: br;q=0, gzip;q=0.5\r\n");
	expect_field(packed, "Content-Encoding", "gzip");
	expect_body(get(server, "/a.css", "Accept-Encoding: gzip;q=0\r\n"), "plain");
	expect_body(get(server, "/hello", "Accept-Encoding: gzip\r\n"), "hello, world\n");
}
END_TEST

/* An old sibling belongs to an old file. */
START_TEST(leaves_an_old_sibling)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };

	lab_write_text(text_of("%s/a.css", top), "plain");
	lab_write_text(text_of("%s/a.css.gz", top), "gzip");
	EXPECT(utimensat(AT_FDCWD, text_of("%s/a.css.gz", top), old, 0) == 0, "utimensat");
	expect_body(get(server, "/a.css", "Accept-Encoding: gzip\r\n"), "plain");
}
END_TEST

struct watched {
	int fd;
	const char *text;
};

static bool
shows(void *arg)
{
	const struct watched *watched = arg;
	struct answer *answer;

	ask(watched->fd, "/hello");
	answer = hear(watched->fd);
	return answer->status == 200 && strcmp((char *)answer->body, watched->text) == 0;
}

static bool
is_missing(void *arg)
{
	const struct watched *watched = arg;

	ask(watched->fd, "/hello");
	return hear(watched->fd)->status == 404;
}

/* One connection, so one process and its cache: a change shows, whatever kind it is. */
START_TEST(sees_a_change)
{
	const char *top = site_new(), *path = lasting(text_of("%s/hello", top));
	const char *next = lasting(text_of("%s/next", top));
	struct program *server = site_start(_i, top, NULL);
	struct watched watched = { client_open(server->address[0]), "hello, world\n" };

	for (int i = 0; i < 3; i++)
		EXPECT(shows(&watched), "not the file");
	watched.text = "HELLO, WORLD\n"; /* as long, in place */
	lab_write_text(path, watched.text);
	EXPECT(await_condition(shows, &watched), "the old content, for ever");
	watched.text = "another file";
	lab_write_text(next, watched.text);
	EXPECT(rename(next, path) == 0, "rename");
	EXPECT(await_condition(shows, &watched), "the old file, for ever");
	EXPECT(unlink(path) == 0, "unlink");
	EXPECT(await_condition(is_missing, &watched), "a file that is gone, for ever");
}
END_TEST

START_TEST(sees_a_change_at_once)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, ARGS("-N"));
	struct watched watched = { client_open(server->address[0]), "" };

	for (int i = 0; i < 20; i++) {
		watched.text = text_of("number %d", i);
		lab_write_text(text_of("%s/hello", top), watched.text);
		EXPECT(shows(&watched), "an older one than number %d", i);
	}
}
END_TEST

/* What was promised cannot be kept: rather end than lie. */
START_TEST(ends_when_a_file_shrinks)
{
	enum { SIZE = 64 * 1024 * 1024 };
	const char *top = site_new(), *path = lasting(text_of("%s/large", top));
	struct program *server = site_start(_i, top, NULL);
	int fd = client_open(server->address[0]);
	static char some[65536];
	ssize_t n = 0;
	size_t got = 0;

	lab_write_text(path, "x");
	EXPECT(truncate(path, SIZE) == 0, "truncate");
	ask(fd, "/large");
	expect_status(hear_head(fd), 200);
	EXPECT(truncate(path, 1024 * 1024) == 0, "truncate");
	while (await_events(fd, POLLIN, now_ms() + WAIT_MS) &&
	       (n = read(fd, some, sizeof some)) > 0)
		got += (size_t)n;
	EXPECT(n <= 0, "the connection stays open");
	EXPECT(got < SIZE, "all of a file that is not there");
}
END_TEST

START_TEST(has_pages_for_errors)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, ARGS("-e", "/errors"));
	struct answer *answer;

	EXPECT(mkdir(text_of("%s/errors", top), 0755) == 0, "mkdir");
	lab_write_text(text_of("%s/errors/404.html", top), "<p>not here");
	answer = get(server, "/missing", NULL);
	expect_status(answer, 404);
	expect_body(answer, "<p>not here");
	expect_field(answer, "ETag", NULL);
	answer = visit(server, "PUT /hello HTTP/1.1\r\nHost: lab\r\n\r\n");
	expect_status(answer, 405);
}
END_TEST

void
httpd_files(Suite *suite)
{
	const struct check checks[] = {
		{ stays_beneath_the_root, SERVING, NEEDS_OPTIONS, 3,
		    "decode once, then look; open beneath the root, regular files only" },
		{ unreadable_is_forbidden, ONCE, NEEDS_OPTIONS, 1, "403" },
		{ leads_to_the_slash, ONCE, NEEDS_OPTIONS, 1,
		    "301 with the query, and never to //host" },
		{ gives_the_index, SERVING, NEEDS_OPTIONS, 1, "a folder is its index.html" },
		{ lists_a_folder, SERVING, NEEDS_OPTIONS, 2,
		    "names are escaped for the link and for the page" },
		{ lists_no_folder, ONCE, NEEDS_OPTIONS, 1, "-L" },
		{ knows_types, ONCE, NEEDS_OPTIONS, 1, "by the ending, in any case" },
		{ prefers_a_compressed_sibling, SERVING, NEEDS_OPTIONS, 1,
		    "Accept-Encoding with its weights, and Vary on both answers" },
		{ leaves_an_old_sibling, ONCE, NEEDS_OPTIONS, 1, "it is of an older file" },
		OURS(sees_a_change, SERVING),
		OURS(sees_a_change_at_once, SERVING),
		{ ends_when_a_file_shrinks, SERVING, NEEDS_OPTIONS, 1,
		    "Content-Length was said: close rather than lie" },
		OURS(has_pages_for_errors, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
