/*
 * tftpd: what is refused, with which code, and what is not answered at all.
 *
 * Guards against a way out of the directory, a FIFO that hangs the server, a file that is
 * overwritten unasked, half a file under its name, and two servers that answer each other.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

static const struct {
	const char *fields;
	size_t len;
	unsigned code;
} refused[] = {
#define REFUSED(fields, code)                                                                  \
	{                                                                                      \
		fields, sizeof(fields), code                                                   \
	}
	REFUSED("missing\0octet", ERROR_NOT_FOUND),
	REFUSED("f/x\0octet", ERROR_NOT_FOUND),
	REFUSED("../secret\0octet", ERROR_DENIED),
	REFUSED("a/../../secret\0octet", ERROR_DENIED),
	REFUSED("....//....//secret\0octet", ERROR_NOT_FOUND),
	REFUSED("..\\secret\0octet", ERROR_NOT_FOUND),
	REFUSED("/etc/passwd\0octet", ERROR_NOT_FOUND), /* a slash in front means the top */
	REFUSED("link\0octet", ERROR_DENIED),
	REFUSED("absolute\0octet", ERROR_DENIED),
	REFUSED("a\0octet", ERROR_DENIED), /* a directory */
	REFUSED(".\0octet", ERROR_DENIED),
	REFUSED("fifo\0octet", ERROR_DENIED),
	REFUSED(".unfinished-x\0octet", ERROR_DENIED),
	REFUSED("\0octet", ERROR_NOT_FOUND),
	REFUSED("f\0mail", ERROR_ILLEGAL),
	REFUSED("f\0", ERROR_ILLEGAL),
	REFUSED("f\0octet\0tsize\0000\0tsize\0000", ERROR_OPTION),
	{ "f", 1, ERROR_ILLEGAL },
	{ "f\0octet", 7, ERROR_ILLEGAL },
	{ "f\0octet\0blksize", 15, ERROR_ILLEGAL },
};

static const char *
make_top(void)
{
	const char *top = tftp_top(10);

	lab_directory("top/a");
	lab_write_text(text_of("%s/secret", temporary_directory()), "secret");
	lab_write_text(text_of("%s/.unfinished-x", top), "half");
	EXPECT(symlink("../secret", text_of("%s/link", top)) == 0, "symlink");
	EXPECT(symlink("/etc/passwd", text_of("%s/absolute", top)) == 0, "symlink");
	EXPECT(mkfifo(text_of("%s/fifo", top), 0666) == 0, "mkfifo");
	return top;
}

/* From another port: the very same request would be taken for a repetition. */
static struct call *
again(struct call *talk, struct program *server)
{
	call_end(talk);
	return call_with(server);
}

START_TEST(has_the_right_code)
{
	struct program *server = udp_server_start(ARGS("-q", make_top()));
	struct call *talk = call_with(server);

	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		call_ask(talk, 1, refused[i].fields, refused[i].len);
		call_hear_error(talk, refused[i].code);
	}
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_end(talk);
}
END_TEST

START_TEST(long_names_are_refused)
{
	struct program *server = udp_server_start(ARGS("-q", make_top()));
	struct call *talk = call_with(server);
	char fields[600];

	memset(fields, 'n', sizeof fields);
	memcpy(fields + 300, "\0octet", 7);
	call_ask(talk, 1, fields, 307); /* longer than a component may be */
	call_hear_error(talk, ERROR_DENIED);
	memset(fields, 'n', sizeof fields);
	memcpy(fields + 590, "\0octet", 7);
	call_ask(talk, 1, fields, 597); /* longer than a request may be */
	call_hear_error(talk, ERROR_ILLEGAL);
	call_end(talk);
}
END_TEST

/* Of each the whole, and all that it begins with. */
static const struct {
	const char *bytes;
	size_t len;
} junk[] = {
#define JUNK(literal)                                                                          \
	{                                                                                      \
		literal, sizeof(literal) - 1                                                   \
	}
	JUNK("\0\3\0\1x"),
	JUNK("\0\4\0\1"),
	JUNK("\0\5\0\1error\0"),
	JUNK("\0\6tsize\0001\0"),
	JUNK("\0\7x"),
	JUNK("\1\1f\0octet\0"),
	JUNK("!\"#$%&"),
};

START_TEST(no_junk_is_answered)
{
	struct program *server = udp_server_start(ARGS("-q", make_top()));
	struct call *talk = call_with(server);

	for (size_t i = 0; i < ARRAY_LENGTH(junk); i++)
		for (size_t len = 0; len <= junk[i].len; len++)
			call_say(talk, junk[i].bytes, len);
	call_hear_nothing(talk);
	process_await_children(server->pid, 0, 0);
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_end(talk);
}
END_TEST

START_TEST(writing_must_be_allowed)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", top));
	struct call *talk = call_with(server);

	ASK(talk, 2, "new\0octet");
	call_hear_error(talk, ERROR_DENIED);
	lab_expect_missing(text_of("%s/new", top));
	call_end(talk);
}
END_TEST

START_TEST(only_new_files_unless_told)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);

	ASK(talk, 2, "f\0octet");
	call_hear_error(talk, ERROR_EXISTS);
	ASK(talk, 2, "link\0octet");
	call_hear_error(talk, ERROR_EXISTS);
	ASK(talk, 2, "../new\0octet");
	call_hear_error(talk, ERROR_DENIED);
	ASK(talk, 2, "no/such\0octet");
	call_hear_error(talk, ERROR_NOT_FOUND);
	ASK(talk, 2, "a\0octet");
	call_hear_error(talk, ERROR_EXISTS);
	lab_expect(text_of("%s/f", top), 10, 1);
	call_end(talk);
}
END_TEST

START_TEST(an_old_file_stays_until_the_new_is_whole)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", "-W", "-O", top));
	struct call *talk = call_with(server);
	char block[512] = { 'n' };

	ASK(talk, 2, "f\0octet");
	call_hear_ack(talk, 0);
	call_data(talk, 1, block, sizeof block);
	call_hear_ack(talk, 1);
	lab_expect(text_of("%s/f", top), 10, 1);
	call_say(talk, "\0\5\0\0stop", 9); /* the client gives up */
	process_await_children(server->pid, 0, 0);
	lab_expect(text_of("%s/f", top), 10, 1);
	EXPECT(lab_temporaries(top) == 1, "its temporary is left"); /* make_top's own */
	talk = again(talk, server);
	ASK(talk, 2, "f\0octet");
	call_hear_ack(talk, 0);
	call_data(talk, 1, "new", 3);
	call_hear_ack(talk, 1);
	lab_expect_text(text_of("%s/f", top), "new");
	call_end(talk);
}
END_TEST

START_TEST(strict_is_what_everybody_may)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", "-s", "-W", "-O", top));
	struct call *talk = call_with(server);
	const char *path = text_of("%s/f", top);

	EXPECT(chmod(path, 0640) == 0, "chmod");
	ASK(talk, 1, "f\0octet");
	call_hear_error(talk, ERROR_DENIED);
	EXPECT(chmod(path, 0644) == 0, "chmod");
	talk = again(talk, server);
	ASK(talk, 2, "f\0octet");
	call_hear_error(talk, ERROR_DENIED);
	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 10);
	call_ack(talk, 1);
	EXPECT(chmod(path, 0666) == 0, "chmod");
	talk = again(talk, server);
	ASK(talk, 2, "f\0octet");
	call_hear_ack(talk, 0);
	call_end(talk);
}
END_TEST

/* The file may not grow beyond 4096 bytes: that is a full disk, and nothing is left. */
START_TEST(a_full_disk_leaves_nothing)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);
	char block[512] = { 'n' };

	process_limit(server->pid, RLIMIT_FSIZE, 4096);
	ASK(talk, 2, "new\0octet");
	call_hear_ack(talk, 0);
	for (unsigned number = 1; number <= 9; number++) {
		call_data(talk, number, block, number == 9 ? 100 : sizeof block);
		if (number < 9)
			call_hear_ack(talk, number);
	}
	call_hear_error(talk, ERROR_FULL);
	process_await_children(server->pid, 0, 0);
	lab_expect_missing(text_of("%s/new", top));
	EXPECT(lab_temporaries(top) == 1, "its temporary is left"); /* make_top's own */
	call_end(talk);
}
END_TEST

START_TEST(a_file_larger_than_the_disk_is_refused_at_once)
{
	const char *top = make_top();
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_with(server);

	ASK(talk, 2, "new\0octet\0tsize\0009000000000000000000");
	call_hear_error(talk, ERROR_FULL);
	EXPECT(lab_temporaries(top) == 1, "its temporary is left"); /* make_top's own */
	call_end(talk);
}
END_TEST

void
tftpd_refusals(Suite *suite)
{
	const struct check checks[] = {
		OURS(has_the_right_code, ONCE),
		OURS(long_names_are_refused, ONCE),
		OURS(no_junk_is_answered, ONCE),
		OURS(writing_must_be_allowed, ONCE),
		OURS(only_new_files_unless_told, ONCE),
		OURS(an_old_file_stays_until_the_new_is_whole, ONCE),
		OURS(strict_is_what_everybody_may, ONCE),
		OURS(a_full_disk_leaves_nothing, ONCE),
		OURS(a_file_larger_than_the_disk_is_refused_at_once, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
