/*
 * httpd: programs answer, by the rules of RFC 3875.
 *
 * Guards against a header that a program could smuggle in, content cut or without its
 * frame, a request that hangs because both sides write, and a secret of the server in its
 * environment. What goes wrong is in httpd_cgi_ends.c.
 */
#include "tests/e2e/httpd_cgi.h"

#include <sys/stat.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A site with a program of this text, made by a shell. */
const char *
cgi_site(const char *name, const char *text)
{
	const char *top = site_new();
	const char *path = lasting(text_of("%s/cgi-bin/%s", top, name));

	EXPECT(mkdir(text_of("%s/cgi-bin", top), 0755) == 0, "mkdir");
	lab_write_text(path, text);
	EXPECT(chmod(path, 0755) == 0, "chmod");
	return top;
}

struct program *
cgi_start(int model, const char *name, const char *text)
{
	return site_start(model, cgi_site(name, text), ARGS("-g", "/cgi-bin"));
}

static void
expect_line(const struct answer *answer, const char *line)
{
	const char *text = (const char *)answer->body;

	EXPECT(strstr(text_of("\n%s", text), text_of("\n%s\n", line)) != NULL,
	    "no line `%s' in:\n%s", line, text);
}

/* ---- what it is told ---- */

START_TEST(tells_the_request)
{
	static const char *const lines[] = { "GATEWAY_INTERFACE=CGI/1.1",
		"SERVER_PROTOCOL=HTTP/1.1", "SERVER_NAME=lab", "SERVER_SOFTWARE=Switchboard",
		"REQUEST_METHOD=POST", "SCRIPT_NAME=/cgi-bin/env", "PATH_INFO=/a b/c",
		"QUERY_STRING=x=%41&y", "REMOTE_ADDR=127.0.0.1", "CONTENT_LENGTH=4",
		"CONTENT_TYPE=text/x", "HTTP_COOKIE=a=1; b=2", "HTTP_X_LIST=1, 2",
		"content=body" };
	struct program *server = cgi_start(_i, "env", SAYS "env\nprintf content=\ncat\necho\n");
	struct answer *answer = visit(server,
	    "POST /cgi-bin/env/a%20b/./c?x=%41&y HTTP/1.1\r\nHost: lab:80\r\n"
	    "Content-Length: 4\r\nContent-Type: text/x\r\nCookie: a=1\r\nX-List: 1\r\n"
	    "cookie: b=2\r\nx-list: 2\r\nProxy: evil\r\nX_Y: 1\r\n"
	    "Authorization: Basic eDp5\r\n\r\nbody");

	expect_status(answer, 200);
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		expect_line(answer, lines[i]);
	EXPECT(strstr((char *)answer->body, "PROXY") == NULL, "httpoxy");
	EXPECT(strstr((char *)answer->body, "X_Y") == NULL, "a name with _");
	EXPECT(strstr((char *)answer->body, "AUTHORIZATION") == NULL, "a secret");
}
END_TEST

START_TEST(builds_its_environment)
{
	struct program *server;
	struct answer *answer;

	setenv("SECRET", "of the server", 1);
	server = cgi_start(_i, "env", SAYS "env\npwd\nls /proc/self/fd | tail -n +5\n");
	answer = get(server, "/cgi-bin/env", NULL);
	EXPECT(strstr((char *)answer->body, "SECRET") == NULL, "the server's environment");
	EXPECT(strstr((char *)answer->body, "CONTENT_LENGTH") == NULL, "a length of nothing");
	expect_line(answer, "QUERY_STRING=");
	EXPECT(strstr((char *)answer->body, "/cgi-bin\n") != NULL, "not in its folder");
	EXPECT(answer->body[answer->len - 2] != '4', "a fifth descriptor: %s", answer->body);
}
END_TEST

START_TEST(collects_chunks)
{
	struct program *server = cgi_start(_i, "cat", SAYS "echo $CONTENT_LENGTH\ncat\n");
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 2; i++) {
		client_say(fd, "POST /cgi-bin/cat HTTP/1.1\r\nHost: lab\r\n"
			       "Transfer-Encoding: chunked\r\n\r\n"
			       "5\r\nhello\r\n3;x=y\r\n, w\r\n0\r\nT: 1\r\n\r\n");
		expect_body(hear(fd), "8\nhello, w");
	}
	ask(fd, "/hello");
	expect_status(hear(fd), 200);
}
END_TEST

START_TEST(bounds_chunks)
{
	struct program *server = cgi_start(_i, "cat", SAYS "cat\n");
	int fd = client_open(server->address[0]);

	client_say(fd, "POST /cgi-bin/cat HTTP/1.1\r\nHost: lab\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n100010\r\n");
	for (int i = 0; i < 17; i++) {
		static char much[65536];

		client_send(fd, memset(much, 'x', sizeof much), i < 16 ? sizeof much : 16);
	}
	expect_status(hear(fd), 413);
}
END_TEST

START_TEST(says_continue)
{
	struct program *server = cgi_start(_i, "cat", SAYS "cat\n");
	int fd = client_open(server->address[0]);

	client_say(fd, "POST /cgi-bin/cat HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\n"
		       "Expect: 100-continue\r\n\r\n");
	expect_status(hear_head(fd), 100);
	client_say(fd, "hello");
	expect_body(hear(fd), "hello");
}
END_TEST

/* ---- what it says ---- */

START_TEST(passes_head_and_content)
{
	struct program *server = cgi_start(_i, "page",
	    "#!/bin/sh\nprintf 'Status: 418 Teapot\\nX-One: 1\\r\\nSet-Cookie: a=1\\n"
	    "Set-Cookie: b=2\\nDate: never\\nServer: mine\\nConnection: upgrade\\n"
	    "Content-Type: text/x\\n\\nshort'\n");
	int fd = client_open(server->address[0]);

	for (int i = 0; i < 3; i++) {
		struct answer *answer;

		ask(fd, "/cgi-bin/page");
		answer = hear(fd);
		expect_status(answer, 418);
		expect_body(answer, "short");
		expect_field(answer, "X-One", "1");
		expect_field(answer, "Content-Type", "text/x");
		expect_field(answer, "Transfer-Encoding", "chunked");
		expect_field(answer, "Server", "Switchboard");
		expect_field(answer, "Connection", NULL);
		EXPECT(strstr(answer->head, "a=1\r\nSet-Cookie: b=2\r\n"), "cookies");
	}
}
END_TEST

START_TEST(closes_for_an_old_client)
{
	struct program *server = cgi_start(_i, "page", SAYS "printf old\n");
	int fd = client_open(server->address[0]);
	struct answer *answer;

	client_say(fd, "GET /cgi-bin/page HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	answer = hear_head(fd);
	expect_field(answer, "Transfer-Encoding", NULL);
	expect_field(answer, "Connection", "close");
	client_hear(fd, "old");
	client_hear_end(fd);
}
END_TEST

START_TEST(swallows_content_where_none_may_be)
{
	static const char *const statuses[] = { "200", "204", "304" };
	struct program *server = cgi_start(_i, "page",
	    "#!/bin/sh\nprintf 'Status: %s\\nContent-Type: text/x\\n\\ncontent' "
	    "\"$QUERY_STRING\"\n");
	int fd = client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++) {
		client_say(fd, text_of("%s /cgi-bin/page?%s HTTP/1.1\r\nHost: lab\r\n\r\n",
				   i == 0 ? "HEAD" : "GET", statuses[i]));
		expect_status(hear_head(fd), atoi(statuses[i]));
	}
	ask(fd, "/hello");
	expect_body(hear(fd), "hello, world\n");
}
END_TEST

START_TEST(holds_it_to_its_length)
{
	struct program *server = cgi_start(_i, "page",
	    "#!/bin/sh\nprintf 'Content-Length: %s\\nContent-Type: text/x\\n\\nfive!' "
	    "\"$QUERY_STRING\"\n");
	int fd = client_open(server->address[0]);

	ask(fd, "/cgi-bin/page?3");
	expect_body(hear(fd), "fiv");
	ask(fd, "/cgi-bin/page?5");
	expect_body(hear(fd), "five!");
	ask(fd, "/cgi-bin/page?9");
	expect_field(hear_head(fd), "Content-Length", "9");
	client_hear(fd, "five!");
	client_hear_end(fd); /* it is not whole, and that can be seen */
}
END_TEST

/* Each would hang a server that writes all before it reads, or the other way round. */
START_TEST(moves_both_ways_at_once)
{
	enum { SIZE = 3 * 1024 * 1024 };
	struct program *server = cgi_start(_i, "cat", SAYS "cat\n");
	unsigned char *bytes = malloc(SIZE);
	int fd = client_open(server->address[0]);
	struct answer *answer;
	size_t sent = 0;

	lab_fill(bytes, SIZE, 3);
	client_say(
	    fd, text_of("POST /cgi-bin/cat HTTP/1.0\r\nContent-Length: %d\r\n\r\n", SIZE));
	if (fork() == 0) {
		while (sent < SIZE && await_events(fd, POLLOUT, now_ms() + WAIT_MS)) {
			ssize_t n = write(fd, bytes + sent, SIZE - sent);

			sent += n > 0 ? (size_t)n : 0;
		}
		_exit(0);
	}
	answer = hear_head(fd);
	expect_status(answer, 200);
	for (size_t at = 0; at < SIZE; at += 4096) {
		unsigned char piece[4096];

		client_receive(fd, piece, sizeof piece);
		EXPECT(memcmp(piece, bytes + at, sizeof piece) == 0, "bytes at %zu", at);
	}
	client_hear_end(fd);
	free(bytes);
}
END_TEST

START_TEST(need_not_be_read)
{
	struct program *server = cgi_start(_i, "deaf", SAYS "exec <&-\nprintf deaf\n");
	int fd = client_open(server->address[0]);
	struct answer *answer;

	client_say(fd, "POST /cgi-bin/deaf HTTP/1.1\r\nHost: lab\r\n"
		       "Content-Length: 1000000\r\n\r\nsome of it");
	answer = hear(fd);
	expect_status(answer, 200);
	expect_body(answer, "deaf");
	client_finish(fd);
	client_hear_end(fd);
}
END_TEST

START_TEST(redirects)
{
	struct program *server =
	    cgi_start(_i, "go", "#!/bin/sh\nprintf 'Location: %s\\n\\n' \"$QUERY_STRING\"\n");
	struct answer *answer = get(server, "/cgi-bin/go?http://x.example/a", NULL);
	int fd = client_open(server->address[0]);

	expect_status(answer, 302);
	expect_field(answer, "Location", "http://x.example/a");
	ask(fd, "/cgi-bin/go?/hello");
	expect_body(hear(fd), "hello, world\n");
	client_say(fd, "POST /cgi-bin/go?/hello HTTP/1.1\r\nHost: lab\r\n"
		       "Content-Length: 3\r\n\r\nabc");
	expect_body(hear(fd), "hello, world\n");
	ask(fd, "/cgi-bin/go?/missing");
	expect_status(hear(fd), 404);
	ask(fd, "/cgi-bin/go?/cgi-bin/go?/hello");
	expect_body(hear(fd), "hello, world\n");
}
END_TEST

START_TEST(redirects_do_not_go_round)
{
	struct program *server =
	    cgi_start(_i, "go", "#!/bin/sh\nprintf 'Location: /cgi-bin/go\\n\\n'\n");

	expect_status(get(server, "/cgi-bin/go", NULL), 502);
}
END_TEST

/* ---- others' programs ---- */

/* The sample, a WSGI program that knows nothing of us, by Python's own handler. */
START_TEST(runs_wsgi)
{
	const char *top = cgi_site("wsgi", "");
	struct program *server = site_start(_i, top, ARGS("-g", "/cgi-bin"));
	int fd = client_open(server->address[0]), hour, minute, second;
	struct answer *answer;

	EXPECT(
	    system(text_of("cat samples/wsgi.py >'%s/cgi-bin/wsgi'", top)) == 0, "no sample");
	client_say(fd, "POST /cgi-bin/wsgi/request HTTP/1.1\r\nHost: lab\r\n"
		       "Content-Length: 6\r\n\r\n<a> \303\266");
	answer = hear(fd);
	expect_status(answer, 200);
	expect_field(answer, "Content-Type", "text/html; charset=utf-8");
	expect_body(answer, "POST with 6 bytes: &lt;a&gt; \303\266\n");
	ask(fd, "/cgi-bin/wsgi");
	answer = hear(fd);
	EXPECT(sscanf((char *)answer->body, "It is %2d:%2d:%2d here.", &hour, &minute,
		   &second) == 3,
	    "no time: %s", answer->body);
	ask(fd, "/cgi-bin/wsgi/none");
	expect_status(hear(fd), 404);
}
END_TEST

void
httpd_cgi(Suite *suite)
{
	const struct check checks[] = {
		OURS(tells_the_request, SERVING),
		OURS(builds_its_environment, ONCE),
		OURS(collects_chunks, SERVING),
		OURS(bounds_chunks, ONCE),
		OURS(says_continue, SERVING),
		OURS(passes_head_and_content, SERVING),
		OURS(closes_for_an_old_client, ONCE),
		OURS(swallows_content_where_none_may_be, SERVING),
		OURS(holds_it_to_its_length, ONCE),
		OURS(moves_both_ways_at_once, SERVING),
		OURS(need_not_be_read, ONCE),
		OURS(redirects, SERVING),
		OURS(redirects_do_not_go_round, ONCE),
	};
	const struct check python[] = {
		OURS(runs_wsgi, SERVING),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_command("python3"), suite, python, ARRAY_LENGTH(python));
}
