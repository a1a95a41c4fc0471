/*
 * ftp: with the suite's own ftpd.
 *
 * Guards against two halves that agree with a test's idea of the other and not with each
 * other; against bytes that are changed on the way and taken; and against a break after
 * which both sides wait, or begin anew what could go on.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

enum {
	SIZE = 300000,
	HALF = SIZE / 2,
};

/* ftpd, with a home for anna in "home"; we are in "here". */
static struct program *
serve(void)
{
	const char *home = lab_directory("home");
	const char *users = lasting(text_of("%s/users", temporary_directory()));
	struct program *server;

	ftp_enter("here");
	chmod(temporary_directory(), 0755); /* whoever the server becomes */
	lab_write_text(users, text_of("anna:%s:%s:::all:\n", LAB_SECRET, home));
	EXPECT(chmod(users, 0600) == 0, "chmod");
	server = program_launch(
	    &(struct launch){ .other = "ftpd", .args = ARGS("-q", "-p", "0", "-f", users) });
	program_await_ready(server);
	return server;
}

static const char *
url(const char *port, const char *path)
{
	return text_of("ftp://anna:secret@127.0.0.1:%s/%s", port, path);
}

START_TEST(compared_by_digest)
{
	const char *port = port_of(serve());

	lab_write("big", SIZE, 7);
	ftp_ends_with(program_start(ARGS("-n", "put", "big", url(port, "there"))), 0,
	    "^ftp: big: 300000 bytes, verified by SHA-256$");
	ftp_ends_with(program_start(ARGS("-n", "get", url(port, "there"), "back")), 0,
	    "^ftp: there: 300000 bytes, verified by SHA-256$");
	lab_expect_same("big", "back");
	lab_expect_same("big", "../home/there");
}
END_TEST

/* One bit is another, in the middle, each way: TCP's checksum was right. */
START_TEST(a_changed_byte_is_found)
{
	struct program *server = serve();
	const char *wire = ftp_wire_open(server, HARM_FLIP, HALF);

	lab_write("../home/there", SIZE, 7);
	ftp_ends_with(program_start(ARGS("-n", "get", url(wire, "there"))), 1,
	    "^ftp: there: not the same as the server's \\(SHA-256\\): not taken$");
	lab_expect_missing("there");
	EXPECT(lab_temporaries(".") == 0, "something is left");
	wire = ftp_wire_open(server, HARM_FLIP, HALF);
	lab_write("big", SIZE, 7);
	ftp_ends_with(program_start(ARGS("-n", "put", "big", url(wire, "new"))), 1,
	    "^ftp: big: not the same there \\(SHA-256\\)$");
}
END_TEST

START_TEST(goes_on_after_a_break)
{
	struct program *server = serve();
	const char *wire = ftp_wire_open(server, HARM_CUT, HALF);
	struct program *p;

	lab_write("big", SIZE, 7);
	lab_write("../home/there", SIZE, 7);
	p = program_start(ARGS("-n", "-v", "get", url(wire, "there")));
	ftp_ends_with(p, 0, "^ftp: there: goes on behind [0-9]* bytes$");
	lab_expect_same("big", "there");
	wire = ftp_wire_open(server, HARM_CUT, HALF);
	p = program_start(ARGS("-n", "put", "big", url(wire, "new")));
	ftp_ends_with(p, 0, "^ftp: big: 300000 bytes, verified by SHA-256$");
	lab_expect_same("big", "../home/new");
	EXPECT(lab_temporaries("../home") == 0, "something is left");
}
END_TEST

START_TEST(trees_there_and_back)
{
	static const char *const names[] = { "tree/one", "tree/a b/two words",
		"tree/a b/c/\"quoted\"", "tree/star*", "tree/\xc3\xa4" };
	const char *port = port_of(serve());

	lab_directory("here/tree");
	lab_directory("here/tree/a b");
	lab_directory("here/tree/a b/c");
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		lab_write(names[i], i * 1000, (unsigned)i);
	ftp_ends_with(program_start(ARGS("-n", "mirror", "tree", url(port, ""))), 0,
	    "^ftp: tree: 5 copied, 0 as they were, 0 failed$");
	ftp_ends_with(program_start(ARGS("-n", "mirror", "tree", url(port, ""))), 0,
	    "^ftp: tree: 0 copied, 5 as they were, 0 failed$");
	ftp_ends_with(program_start(ARGS("-n", "mirror", url(port, "tree"), "back")), 0,
	    "^ftp: tree: 5 copied, 0 as they were, 0 failed$");
	ftp_ends_with(program_start(ARGS("-n", "mirror", url(port, "tree"), "back")), 0,
	    "^ftp: tree: 0 copied, 5 as they were, 0 failed$");
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		lab_expect_same(names[i], text_of("back%s", strchr(names[i], '/')));
}
END_TEST

/* Patterns and quotes, as they are typed: each name comes once and as it is. */
START_TEST(names_that_are_patterns)
{
	static const char commands[] =
	    "mput 'a*' \"it's \\\"it\\\"\" \\[x]; ren a* b*; mkd d; cd d; lcd ..; lcd home/d; "
	    "put ../../here/ab; cdup; nlist; mdel b* \\[?]; nlist";
	const char *port = port_of(serve());
	struct program *p;

	lab_write_text("a*", "star");
	lab_write_text("ab", "plain");
	lab_write_text("it's \"it\"", "quotes");
	lab_write_text("[x]", "brackets");
	p = program_start(ARGS("-n", "-c", commands, url(port, "")));
	EXPECT(program_await_exit(p) == 0, "%s", p->err.text);
	EXPECT(strcmp(p->out.text, "[x]\nb*\nd\nit's \"it\"\nd\nit's \"it\"\n") == 0, "out: %s",
	    p->out.text);
	lab_expect_text("../home/d/ab", "plain");
	p = program_start(ARGS("-n", "-c", "mget i*", url(port, "")));
	ftp_ends_with(p, 0, "verified by SHA-256$");
}
END_TEST

void
ftp_pair(Suite *suite)
{
	const struct check checks[] = {
		OURS(compared_by_digest, ONCE),
		OURS(a_changed_byte_is_found, ONCE),
		OURS(goes_on_after_a_break, ONCE),
		OURS(trees_there_and_back, ONCE),
		OURS(names_that_are_patterns, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
