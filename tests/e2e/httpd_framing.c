/*
 * httpd: where a request ends.
 *
 * Guards against smuggling: content that is taken for the next request, or a request
 * for content; and against an answer that a client cannot read because the connection
 * is reset behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

/* What a request with this content leaves on the connection: the next one is understood. */
static void
expect_next(const struct program *server, const char *request, int status)
{
	int fd = client_open(server->address[0]);

	client_say(fd, request);
	ask(fd, "/hello");
	expect_status(hear(fd), status);
	expect_body(hear(fd), "hello, world\n");
	close(fd);
}

START_TEST(reads_content_by_length)
{
	struct program *server = site_start(_i, site_new(), NULL);

	expect_next(server,
	    "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 20\r\n\r\n"
	    "GET /x HTTP/1.1\r\n\r\nx",
	    405);
	expect_next(
	    server, "GET /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 4\r\n\r\nabcd", 200);
}
END_TEST

START_TEST(reads_chunked_content)
{
	struct program *server = site_start(_i, site_new(), NULL);

	expect_next(server,
	    "POST /hello HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "5\r\nabcde\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
	    405);
}
END_TEST

START_TEST(reads_content_in_pieces)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);
	char bytes[60000];

	memset(bytes, 'x', sizeof bytes);
	client_say(
	    fd, text_of("POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: %zu\r\n\r\n",
		    sizeof bytes));
	for (size_t at = 0; at < sizeof bytes; at += 10000)
		client_send(fd, bytes + at, 10000);
	expect_status(hear(fd), 405);
	ask(fd, "/hello");
	expect_status(hear(fd), 200);
}
END_TEST

/* More than anybody wants to read over: it is told so, and hung up. */
START_TEST(hangs_up_on_much_content)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);
	char bytes[32768];
	struct answer *answer;

	memset(bytes, 'x', sizeof bytes);
	client_say(
	    fd, "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 100000000\r\n\r\n");
	client_send(fd, bytes, sizeof bytes);
	answer = hear(fd);
	expect_status(answer, 405);
	expect_field(answer, "Connection", "close");
	client_hear_end(fd);
}
END_TEST

START_TEST(does_not_let_wait_for_100)
{
	struct program *server = site_start(_i, site_new(), NULL);
	int fd = client_open(server->address[0]);
	struct answer *answer;

	client_say(fd, "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 10\r\n"
		       "Expect: 100-continue\r\n\r\n");
	answer = hear(fd);
	expect_status(answer, 405);
	expect_field(answer, "Connection", "close");
	client_hear_end(fd);
}
END_TEST

/* Each is answered, with a Date, and the connection closed so that it can be read. */
START_TEST(refuses_what_is_unclear)
{
	static const struct {
		int status;
		const char *request;
	} cases[] = {
		{ 400, "GET /hello HTTP/1.1\r\n\r\n" },
		{ 400, "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
		{ 400, "GET /hello HTTP/1.1\nHost: lab\n\n" },
		{ 400, "GET /hello HTTP/1.1\r\nHost: lab\r\nX : y\r\n\r\n" },
		{ 400, "GET /hello HTTP/1.1\r\nHost: lab\r\nX: y\r\n z\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: +1\r\n\r\nx" },
		{ 400, "POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: 1\r\n"
		       "Content-Length: 2\r\n\r\nx" },
		{ 400, "POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: 1\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "0x1\r\nx\r\n0\r\n\r\n" },
		{ 501,
		    "POST / HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
		    "0\r\n\r\n" },
		{ 505, "GET / HTTP/2.0\r\nHost: lab\r\n\r\n" },
		{ 417, "GET / HTTP/1.1\r\nHost: lab\r\nExpect: wonders\r\n\r\n" },
		{ 400, "\x16\x03\x01\x02\x01\r\n\r\n" },
	};
	struct program *server = site_start(_i, site_new(), NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int fd = client_open(server->address[0]);
		struct answer *answer;

		client_say(fd, cases[i].request);
		ask(fd, "/hello");
		answer = hear(fd);
		EXPECT(answer->status == cases[i].status, "%s: status %d", cases[i].request,
		    answer->status);
		EXPECT(field(answer, "Date") != NULL, "no Date");
		expect_field(answer, "Connection", "close");
		client_hear_end(fd);
		close(fd);
	}
}
END_TEST

START_TEST(bounds_what_is_long)
{
	struct program *server = site_start(_i, site_new(), NULL);
	char path[9000], request[40000] = "GET / HTTP/1.1\r\nHost: lab\r\n";

	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: lab\r\n\r\n", path);
	expect_status(visit(server, request), 414);
	snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: lab\r\n");
	for (int i = 0; strlen(request) < 36000; i++)
		snprintf(request + strlen(request), sizeof request - strlen(request),
		    "X-%d: %.900s\r\n", i, path);
	expect_status(visit(server, request), 431);
}
END_TEST

void
httpd_framing(Suite *suite)
{
	const struct check checks[] = {
		{ reads_content_by_length, SERVING, NEEDS_OPTIONS, 2,
		    "content that nobody wants is read over, or it is the next request" },
		{ reads_chunked_content, SERVING, NEEDS_OPTIONS, 2, "RFC 9112 7.1" },
		{ reads_content_in_pieces, SERVING, NEEDS_OPTIONS, 1,
		    "one read is not all of it" },
		{ hangs_up_on_much_content, SERVING, NEEDS_OPTIONS, 2,
		    "answer, stop sending, read a while, then close: else the client gets a "
		    "reset" },
		{ does_not_let_wait_for_100, SERVING, NEEDS_OPTIONS, 1,
		    "Expect: a final answer will do" },
		{ refuses_what_is_unclear, SERVING, NEEDS_OPTIONS, 3,
		    "two readings of one request are a hole: 400, and close" },
		{ bounds_what_is_long, SERVING, NEEDS_OPTIONS, 1, "414, 431" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
