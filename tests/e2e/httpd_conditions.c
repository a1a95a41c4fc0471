/*
 * httpd: conditions and ranges.
 *
 * Guards against a file that is sent again without need, a part that does not fit the
 * part that the client has, and an answer that promises other bytes than it sends.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

START_TEST(is_not_modified)
{
	struct program *server = site_start(_i, site_new(), NULL);
	struct answer *whole = get(server, "/hello", NULL), *answer;
	const char *etag = lasting(field(whole, "ETag"));
	const char *date = lasting(field(whole, "Last-Modified"));

	answer = get(server, "/hello", text_of("If-None-Match: \"x\", W/%s\r\n", etag));
	expect_status(answer, 304);
	expect_field(answer, "ETag", etag);
	expect_field(answer, "Content-Length", NULL);
	EXPECT(field(answer, "Date") != NULL, "no Date");
	expect_status(get(server, "/hello", text_of("If-Modified-Since: %s\r\n", date)), 304);
	expect_status(get(server, "/hello", "If-None-Match: *\r\n"), 304);
	/* The tag is the stronger word. */
	expect_status(get(server, "/hello",
			  text_of("If-None-Match: \"x\"\r\nIf-Modified-Since: %s\r\n", date)),
	    200);
	expect_status(get(server, "/hello", "If-Modified-Since: yesterday\r\n"), 200);
	expect_status(get(server, "/missing", text_of("If-None-Match: %s\r\n", etag)), 404);
}
END_TEST

/* A clock that was wrong when the file was written must not last in caches. */
START_TEST(was_not_changed_in_the_future)
{
	const struct timespec times[2] = { { .tv_sec = 4000000000 }, { .tv_sec = 4000000000 } };
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	const char *changed;

	EXPECT(utimensat(AT_FDCWD, text_of("%s/hello", top), times, 0) == 0, "utimensat");
	changed = field(get(server, "/hello", NULL), "Last-Modified");
	EXPECT(changed && strstr(changed, "2096") == NULL, "Last-Modified: %s", changed);
}
END_TEST

START_TEST(fails_a_precondition)
{
	struct program *server = site_start(_i, site_new(), NULL);
	const char *etag = lasting(field(get(server, "/hello", NULL), "ETag"));

	expect_status(get(server, "/hello", "If-Match: \"x\"\r\n"), 412);
	expect_status(get(server, "/hello", text_of("If-Match: W/%s\r\n", etag)), 412);
	expect_status(get(server, "/hello", text_of("If-Match: %s\r\n", etag)), 200);
	expect_status(
	    get(server, "/hello", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
	    412);
}
END_TEST

/* 304 has no content, and the next answer on the connection is read right. */
START_TEST(goes_on_after_304)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 3; i++) {
		client_say(fd, "GET /hello HTTP/1.1\r\nHost: lab\r\nIf-None-Match: *\r\n\r\n");
		expect_status(hear_head(fd), 304);
		ask(fd, "/hello");
		expect_body(hear(fd), "hello, world\n");
	}
}
END_TEST

START_TEST(gives_a_part)
{
	static const struct {
		const char *range, *text, *where;
	} cases[] = {
		{ "bytes=0-4", "hello", "bytes 0-4/13" },
		{ "bytes=7-", "world\n", "bytes 7-12/13" },
		{ "bytes=-6", "world\n", "bytes 7-12/13" },
		{ "bytes=0-0", "h", "bytes 0-0/13" },
		{ "bytes=7-999", "world\n", "bytes 7-12/13" },
		{ "bytes=0-2,2-4", "hello", "bytes 0-4/13" },
	};
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	for (int round = 0; round < 3; round++) /* also when the file is kept */
		for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
			struct answer *answer;

			client_say(fd, text_of("GET /hello HTTP/1.1\r\nHost: lab\r\nRange: "
					       "%s\r\n\r\n",
					   cases[i].range));
			answer = hear(fd);
			expect_status(answer, 206);
			expect_body(answer, cases[i].text);
			expect_field(answer, "Content-Range", cases[i].where);
		}
}
END_TEST

START_TEST(gives_several_parts)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 3; i++) {
		struct answer *answer;
		const char *type;

		client_say(
		    fd, "GET /hello HTTP/1.1\r\nHost: lab\r\nRange: bytes=0-0,-2\r\n\r\n");
		answer = hear(fd);
		expect_status(answer, 206);
		type = field(answer, "Content-Type");
		EXPECT(strncmp(type, "multipart/byteranges; boundary=", 31) == 0, "%s", type);
		EXPECT(strstr((char *)answer->body, "Content-Range: bytes 0-0/13\r\n\r\nh\r\n"),
		    "first part: %s", (char *)answer->body);
		EXPECT(strstr((char *)answer->body,
			   "Content-Range: bytes 11-12/13\r\n\r\nd\n\r\n"),
		    "second part: %s", (char *)answer->body);
		EXPECT(strstr((char *)answer->body, text_of("--%s--\r\n", type + 31)),
		    "no end: %s", (char *)answer->body);
		ask(fd, "/hello");
		expect_body(hear(fd), "hello, world\n");
	}
}
END_TEST

START_TEST(leaves_other_ranges)
{
	struct program *server = site_start(_i, site_new(), NULL);
	const char *etag = lasting(field(get(server, "/hello", NULL), "ETag"));
	struct answer *answer = get(server, "/hello", "Range: bytes=13-\r\n");

	expect_status(answer, 416);
	expect_field(answer, "Content-Range", "bytes */13");
	expect_status(get(server, "/hello", "Range: lines=1-2\r\n"), 200);
	expect_status(get(server, "/hello", "Range: bytes=4-2\r\n"), 200);
	expect_status(
	    get(server, "/hello", text_of("Range: bytes=0-1\r\nIf-Range: %s\r\n", etag)), 206);
	expect_status(get(server, "/hello", "Range: bytes=0-1\r\nIf-Range: \"x\"\r\n"), 200);
	expect_status(visit(server, "HEAD /hello HTTP/1.1\r\nHost: lab\r\n"
				    "Range: bytes=0-1\r\n\r\n"),
	    200);
}
END_TEST

/* Beyond what 32 bits can count: the last bytes of a file with a hole. */
START_TEST(reaches_beyond_4_gib)
{
	const char *top = site_new(), *path = text_of("%s/huge", top);
	struct program *server = site_start(_i, top, NULL);
	off_t size = (off_t)5 << 30;
	FILE *file = fopen(path, "w");
	struct answer *answer;

	EXPECT(file && fseeko(file, size - 4, SEEK_SET) == 0 && fputs("last", file) >= 0 &&
		   fclose(file) == 0,
	    "make %s", path);
	answer = get(server, "/huge", "Range: bytes=-4\r\n");
	expect_status(answer, 206);
	expect_body(answer, "last");
	expect_field(answer, "Content-Range", "bytes 5368709116-5368709119/5368709120");
	expect_field(visit(server, "HEAD /huge HTTP/1.1\r\nHost: lab\r\n\r\n"),
	    "Content-Length", "5368709120");
}
END_TEST

void
httpd_conditions(Suite *suite)
{
	const struct check checks[] = {
		{ is_not_modified, SERVING, NEEDS_OPTIONS, 2, "RFC 9110 13.2.2 has the order" },
		{ was_not_changed_in_the_future, ONCE, NEEDS_OPTIONS, 1,
		    "Last-Modified is never later than Date" },
		{ fails_a_precondition, ONCE, NEEDS_OPTIONS, 1, "412" },
		{ goes_on_after_304, SERVING, NEEDS_OPTIONS, 1, "304 has no content" },
		{ gives_a_part, SERVING, NEEDS_OPTIONS, 2, "206 with Content-Range" },
		{ gives_several_parts, SERVING, NEEDS_OPTIONS, 2, "multipart/byteranges" },
		{ leaves_other_ranges, ONCE, NEEDS_OPTIONS, 1, "416, or all of it" },
		{ reaches_beyond_4_gib, SERVING, NEEDS_OPTIONS, 1, "64 bits" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
