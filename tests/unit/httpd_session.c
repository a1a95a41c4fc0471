/*
 * session: the conversation of httpd as a state machine, without a socket.
 *
 * Guards against an answer that depends on how the bytes were cut, a machine that stands
 * still with a whole request at hand, and a deadline that is never reached or too early.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "servers/httpd/session.h"
#include "tests/unit/unit.h"

enum {
	SAID_MAX = 65536,
};

/* What a driver has, and all that a session has said. */
static struct {
	struct host host;
	struct session session;
	struct exchange exchange;
	struct session_input input;
	struct session_room room;
	char bytes[SESSION_INPUT_MAX];
	char said[SAID_MAX];
	size_t said_len;
	char dir[64];
} lab;

static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", lab.dir, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void
set_up(void)
{
	snprintf(lab.dir, sizeof lab.dir, "/tmp/session.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(lab.dir));
	write_file("hello", "hello, world\n");
	lab.host = (struct host){
		.limits = { .keep_ms = 1000, .patience_ms = 2000, .idle_ms = 0, .rate = 100 },
		.listing = true,
		.now_ms = 100000,
		.now = 1000000000,
		.date = "Sun, 09 Sep 2001 01:46:40 GMT",
	};
	ck_assert_int_eq(jail_begin(&lab.host.site.jail, lab.dir), 0);
	lab.host.site.types = types_load(NULL);
	ck_assert_ptr_nonnull(lab.host.site.types);
}

static void
tear_down(void)
{
	char path[128];

	snprintf(path, sizeof path, "%s/hello", lab.dir);
	unlink(path);
	rmdir(lab.dir);
	jail_end(&lab.host.site.jail);
	site_cache_free(lab.host.site.cache);
	types_free(lab.host.site.types);
}

static void
begin(void)
{
	lab.input = (struct session_input){ .bytes = lab.bytes };
	lab.said_len = 0;
	session_begin(&lab.session, &lab.host, NULL);
}

static void
note(const char *bytes, size_t len)
{
	ck_assert_uint_lt(lab.said_len + len, SAID_MAX);
	if (len > 0)
		memcpy(lab.said + lab.said_len, bytes, len);
	lab.said_len += len;
	lab.said[lab.said_len] = '\0';
}

/* Turn until it wants to read, or is over. */
static enum session_want
turn(void)
{
	struct session_output output;
	enum session_want want;
	char part[1024];

	for (;;) {
		if (session_needs_exchange(&lab.session))
			session_lend(&lab.session, &lab.exchange);
		want = session_turn(&lab.session, &lab.input, &lab.room, &output);
		if (want != SESSION_SEND)
			return want;
		note(output.head.at, output.head.len);
		note(output.content.at, output.content.len);
		if (output.length > 0) {
			ck_assert_uint_le(output.length, sizeof part);
			ck_assert_int_eq(
			    pread(output.fd, part, (size_t)output.length, (off_t)output.offset),
			    (ssize_t)output.length);
			note(part, (size_t)output.length);
		}
		session_sent(&lab.session, &output);
	}
}

/* Give it this, in pieces of `size`; the end of input after it. */
static enum session_want
say(const char *text, size_t size)
{
	enum session_want want = SESSION_READ;
	size_t len = strlen(text);

	while (len > 0 && want == SESSION_READ) {
		size_t n = len < size ? len : size, have = lab.input.end - lab.input.start;

		memmove(lab.bytes, lab.bytes + lab.input.start, have);
		memcpy(lab.bytes + have, text, n);
		lab.input.start = 0;
		lab.input.end = have + n;
		text += n;
		len -= n;
		want = turn();
		session_take_back(&lab.session); /* as a driver does between two requests */
	}
	return want;
}

static const char dialogue[] =
    "GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n"
    "\r\nHEAD /hello HTTP/1.1\r\nHost: lab\r\nX: y\r\n\r\n"
    "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 39\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: smuggled\r\n\r\n"
    "PUT / HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n"
    "4;x\r\nGET \r\n1\r\n/\r\n0\r\nA: b\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: lab\r\nRange: bytes=0-4\r\n\r\n"
    "GET /missing HTTP/1.1\r\nHost: lab\r\n\r\n"
    "OPTIONS * HTTP/1.1\r\nHost: lab\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: lab\r\nIf-None-Match: *\r\n\r\n"
    "GET /../x HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";

START_TEST(cuts_do_not_matter)
{
	static char whole[SAID_MAX];

	begin();
	ck_assert_int_eq(say(dialogue, sizeof dialogue), SESSION_CLOSE);
	ck_assert_uint_eq(lab.session.answers, 9);
	memcpy(whole, lab.said, lab.said_len + 1);
	for (size_t size = 1; size < sizeof dialogue; size++) {
		begin();
		ck_assert_int_eq(say(dialogue, size), SESSION_CLOSE);
		ck_assert_str_eq(lab.said, whole);
	}
}
END_TEST

/* A kept file, whole or open, is sent with the same bytes as one that was just opened. */
START_TEST(cache_does_not_matter)
{
	static char whole[SAID_MAX];

	lab.host.now = (int64_t)time(NULL) + 1; /* young: only its descriptor may be kept */
	begin();
	say(dialogue, sizeof dialogue);
	memcpy(whole, lab.said, lab.said_len + 1);
	lab.host.site.cache = site_cache_new();
	for (int i = 0; i < 8; i++) {
		if (i == 4)
			lab.host.now += 1000; /* settled: its bytes, too */
		lab.host.now_ms += 400;
		begin();
		say(dialogue, sizeof dialogue);
		ck_assert_str_eq(lab.said, whole);
	}
	lab.host.now_ms += 10000;
	write_file("hello", "HELLO, WORLD\n");
	begin();
	say(dialogue, sizeof dialogue);
	ck_assert_ptr_nonnull(strstr(lab.said, "\r\n\r\nHELLO, WORLD\n"));
	ck_assert_ptr_null(strstr(lab.said, "hello, world"));
}
END_TEST

START_TEST(deadlines)
{
	begin();
	ck_assert_int_eq(session_deadline(&lab.session), lab.host.now_ms + 2000);
	ck_assert(!session_is_late(&lab.session));
	ck_assert_int_eq(say("GET /hello HTTP/1.1\r\n", 100), SESSION_READ);
	lab.host.now_ms += 1500;
	ck_assert_int_eq(say("Host: lab\r\n", 100), SESSION_READ);
	ck_assert_int_eq(session_deadline(&lab.session), lab.host.now_ms + 500);
	ck_assert_int_eq(say("\r\n", 100), SESSION_READ);
	ck_assert_int_eq(session_deadline(&lab.session), lab.host.now_ms + 1000); /* kept */
	ck_assert(!session_is_late(&lab.session));
	ck_assert_int_eq(say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", 100),
	    SESSION_READ);
	ck_assert_int_eq(session_deadline(&lab.session), lab.host.now_ms + 2000);
	session_moved(&lab.session, 300); /* at 100 a second: three seconds more */
	ck_assert_int_eq(session_deadline(&lab.session), lab.host.now_ms + 5000);
	lab.said_len = 0;
	ck_assert(session_is_late(&lab.session));
	ck_assert_int_eq(turn(), SESSION_CLOSE);
	ck_assert_ptr_eq(strstr(lab.said, "HTTP/1.1 408 "), lab.said);
	ck_assert(lab.session.linger);
}
END_TEST

START_TEST(ends)
{
	begin();
	lab.input.over = true;
	ck_assert_int_eq(turn(), SESSION_CLOSE);
	ck_assert_uint_eq(lab.said_len, 0);
	begin();
	ck_assert_int_eq(say("GET / HT", 100), SESSION_READ);
	lab.input.over = true;
	ck_assert_int_eq(turn(), SESSION_CLOSE);
	ck_assert_uint_eq(lab.said_len, 0);
	ck_assert(!lab.session.linger);
	session_end(&lab.session);
}
END_TEST

Suite *
httpd_session_suite(void)
{
	Suite *suite = suite_create("httpd_session");
	TCase *tcase = tcase_create("httpd_session");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, cuts_do_not_matter);
	tcase_add_test(tcase, cache_does_not_matter);
	tcase_add_test(tcase, deadlines);
	tcase_add_test(tcase, ends);
	suite_add_tcase(suite, tcase);
	return suite;
}
