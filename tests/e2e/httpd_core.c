/*
 * httpd: a request, its answer, and the next one on the same connection.
 *
 * Guards against answers out of order, content behind an answer to HEAD, a connection
 * that is closed without need or kept without right, and a large file that is cut.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

START_TEST(gives_a_file)
{
	struct program *server = site_start(_i, site_new(), NULL);
	struct answer *answer = get(server, "/hello", NULL);

	expect_status(answer, 200);
	expect_body(answer, "hello, world\n");
	EXPECT(field(answer, "Date") != NULL, "no Date");
	EXPECT(field(answer, "ETag") != NULL, "no ETag");
	EXPECT(field(answer, "Last-Modified") != NULL, "no Last-Modified");
	EXPECT(field(answer, "Server") != NULL, "no Server");
	expect_field(answer, "Accept-Ranges", "bytes");
	expect_field(answer, "X-Content-Type-Options", "nosniff");
	expect_field(answer, "Connection", NULL);
}
END_TEST

START_TEST(keeps_the_connection)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 5; i++) {
		ask(fd, i % 2 ? "/missing" : "/hello");
		expect_status(hear(fd), i % 2 ? 404 : 200);
	}
	client_finish(fd);
	client_hear_end(fd);
}
END_TEST

/* Many in one packet, and one cut into single bytes. */
START_TEST(answers_in_order)
{
	struct program *server = site_start(_i, site_new(), NULL);
	const char *one = "GET /hello?%d HTTP/1.1\r\nHost: lab\r\n\r\n";
	const char *last = "GET /missing HTTP/1.1\r\nHost: lab\r\n\r\n";
	int fd = client_open(server->address[0]);
	char many[4096] = "";

	for (int i = 0; i < 20; i++)
		snprintf(many + strlen(many), sizeof many - strlen(many), one, i);
	client_say(fd, many);
	for (const char *p = last; *p; p++)
		client_send(fd, p, 1);
	for (int i = 0; i < 20; i++)
		expect_body(hear(fd), "hello, world\n");
	expect_status(hear(fd), 404);
}
END_TEST

START_TEST(half_closed_client_hears_all)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	ask(fd, "/hello");
	ask(fd, "/missing");
	ask(fd, "/hello");
	client_finish(fd);
	expect_status(hear(fd), 200);
	expect_status(hear(fd), 404);
	expect_status(hear(fd), 200);
	client_hear_end(fd);
}
END_TEST

START_TEST(head_has_no_content)
{
	static const char *const paths[] = { "/hello", "/missing", "/sub", "/sub/" };
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		const char *length, *wanted;

		ask(fd, paths[i]);
		wanted = field(hear(fd), "Content-Length");
		client_say(fd, text_of("HEAD %s HTTP/1.1\r\nHost: lab\r\n\r\n", paths[i]));
		length = field(hear_head(fd), "Content-Length");
		EXPECT(length && wanted && strcmp(length, wanted) == 0, "%s: length %s, not %s",
		    paths[i], length, wanted);
	}
	ask(fd, "/hello");
	expect_body(hear(fd), "hello, world\n");
}
END_TEST

START_TEST(closes_when_asked)
{
	struct program *server = site_start(_i, site_new(), NULL);
	static const char *const requests[] = {
		"GET /hello HTTP/1.0\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: lab\r\nConnection: x, CLOSE\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
		int fd = client_open(server->address[0]);
		struct answer *answer;

		client_say(fd, requests[i]);
		answer = hear(fd);
		expect_status(answer, 200);
		expect_field(answer, "Connection", "close");
		client_hear_end(fd);
		close(fd);
	}
}
END_TEST

START_TEST(keeps_an_old_client_that_asks)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);
	const char *request = "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

	for (int i = 0; i < 3; i++) {
		struct answer *answer;

		client_say(fd, request);
		answer = hear(fd);
		expect_status(answer, 200);
		expect_field(answer, "Connection", "keep-alive");
	}
}
END_TEST

/* Much larger than what a socket holds: the server must wait, and go on where it was. */
START_TEST(gives_a_large_file)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	size_t size = 5 * 1024 * 1024 + 17;
	unsigned char *bytes = malloc(size);
	int fd = client_open(server->address[0]);

	lab_write(text_of("%s/large", top), size, 7);
	lab_fill(bytes, size, 7);
	for (int i = 0; i < 4; i++) {
		struct answer *answer;

		ask(fd, "/large");
		ask(fd, "/hello");
		answer = hear(fd);
		EXPECT(answer->len == size && memcmp(answer->body, bytes, size) == 0,
		    "other bytes");
		expect_body(hear(fd), "hello, world\n");
	}
	free(bytes);
}
END_TEST

START_TEST(gives_an_empty_file)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	int fd = client_open(server->address[0]);

	lab_write_text(text_of("%s/empty", top), "");
	for (int i = 0; i < 4; i++) {
		ask(fd, "/empty");
		expect_field(hear(fd), "Content-Length", "0");
	}
}
END_TEST

START_TEST(knows_methods)
{
	struct program *server = site_start(_i, site_new(), NULL);
	struct answer *answer;

	answer =
	    visit(server, "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 3\r\n\r\nabc");
	expect_status(answer, 405);
	expect_field(answer, "Allow", "GET, HEAD, OPTIONS");
	expect_status(visit(server, "DELETE /hello HTTP/1.1\r\nHost: lab\r\n\r\n"), 405);
	expect_status(visit(server, "BREW /hello HTTP/1.1\r\nHost: lab\r\n\r\n"), 501);
	expect_status(visit(server, "get /hello HTTP/1.1\r\nHost: lab\r\n\r\n"), 501);
	answer = visit(server, "OPTIONS * HTTP/1.1\r\nHost: lab\r\n\r\n");
	expect_status(answer, 204);
	expect_field(answer, "Allow", "GET, HEAD, OPTIONS");
	expect_field(answer, "Content-Length", NULL);
	expect_status(visit(server, "OPTIONS /hello HTTP/1.1\r\nHost: lab\r\n\r\n"), 204);
}
END_TEST

/* As a proxy would ask. */
START_TEST(takes_absolute_form)
{
	struct program *server = site_start(_i, site_new(), NULL);

	expect_status(
	    visit(server, "GET HTTP://other:80/hello HTTP/1.1\r\nHost: lab\r\n\r\n"), 200);
	expect_status(visit(server, "GET http://other HTTP/1.1\r\nHost: lab\r\n\r\n"), 200);
}
END_TEST

void
httpd_core(Suite *suite)
{
	const struct check checks[] = {
		{ gives_a_file, SERVING, NEEDS_OPTIONS, 3,
		    "a status line, fields, an empty line, the bytes. http(7)" },
		{ keeps_the_connection, SERVING, NEEDS_OPTIONS, 2,
		    "HTTP/1.1 keeps it unless someone says close" },
		{ answers_in_order, SERVING, NEEDS_OPTIONS, 2,
		    "one read is not one request: several may come glued, or one in pieces" },
		{ half_closed_client_hears_all, SERVING, NEEDS_OPTIONS, 2,
		    "the end of input is not the end of the conversation" },
		{ head_has_no_content, SERVING, NEEDS_OPTIONS, 2,
		    "HEAD: the same head as GET, and nothing behind it" },
		{ closes_when_asked, SERVING, NEEDS_OPTIONS, 2,
		    "and says so: Connection: close" },
		{ keeps_an_old_client_that_asks, SERVING, NEEDS_OPTIONS, 1,
		    "HTTP/1.0 with keep-alive" },
		{ gives_a_large_file, SERVING, NEEDS_OPTIONS, 3,
		    "a write may take only a part: go on behind it" },
		{ gives_an_empty_file, SERVING, NEEDS_OPTIONS, 1, "Content-Length: 0" },
		{ knows_methods, SERVING, NEEDS_OPTIONS, 2,
		    "405 with Allow for the known, 501 for the unknown" },
		{ takes_absolute_form, ONCE, NEEDS_OPTIONS, 1,
		    "GET http://host/path is legal" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
