/*
 * filed: what it does not do, and that it says why.
 *
 * Guards against the client that waits for ever because a missing file is answered by
 * nothing, against files that were changed on the way, and a server that falls silent
 * after the first wrong word.
 */
#include <sys/resource.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/filed.h"

enum {
	NOBODY = 65534,
};

#define READER "reader read 0123456789abcdef0123\n"

static unsigned char bytes[LARGE];

START_TEST(a_missing_file_has_a_reason)
{
	struct program *server = server_start(_i, ARGS(lab_directory("top")));
	int fd = talk_open(server);

	talk_request(fd, FRAME_GET, 0, "missing", 7);
	talk_expect_trouble(fd, 0, "missing: ENOENT");
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 0, "something came");
	talk_request(fd, FRAME_LIST, 0, "missing", 7);
	talk_expect_trouble(fd, 0, "missing: ENOENT");
	talk_request(fd, FRAME_LIST, 0, "", 0); /* still there */
	talk_expect(fd, FRAME_DONE);
}
END_TEST

START_TEST(a_directory_needs_a_word)
{
	struct program *server = server_start(_i, ARGS(lab_directory("top")));
	int fd = talk_open(server);

	talk_request(fd, FRAME_GET, 0, "", 0);
	talk_expect_trouble(fd, 0, "directory");
	talk_expect(fd, FRAME_DONE);
}
END_TEST

START_TEST(read_only_by_default)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS(top));
	int fd = talk_open(server);

	talk_request(fd, FRAME_PUT, 0, "", 0);
	talk_expect_trouble(fd, 0, "read-only");
	talk_request(fd, FRAME_LIST, 0, "", 0);
	talk_expect(fd, FRAME_DONE);
}
END_TEST

/* What had the name before stays. */
START_TEST(a_wrong_digest_changes_nothing)
{
	const char *top = lab_directory("top"), *path = text_of("%s/a", top);
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	lab_write_text(path, "before");
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 3, "a");
	talk_say(fd, FRAME_DATA, 0, "new", 3);
	talk_digest(fd, "nEw", 3);
	talk_small_file(fd, 1, "b", "new");
	talk_say(fd, FRAME_DONE, 2, NULL, 0);
	talk_expect_trouble(fd, 0, "digest");
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 2, "not two entries");
	lab_expect_text(path, "before");
	lab_expect_text(text_of("%s/b", top), "new");
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

START_TEST(too_few_bytes_change_nothing)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 4, "a");
	talk_say(fd, FRAME_DATA, 0, "new", 3);
	talk_digest(fd, "new", 3);
	talk_expect_trouble(fd, 0, "a: ");
	lab_expect_missing(text_of("%s/a", top));
}
END_TEST

/* The sender gives up: the entry is over, the next one is taken. */
START_TEST(the_sender_may_give_up)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "a");
	talk_expect(fd, FRAME_HAVE);
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	talk_say(fd, FRAME_DATA, 0, "new", 3);
	talk_say(fd, FRAME_TROUBLE, 0, "\5it changed", 11);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 1, "not dealt with");
	talk_entry(fd, 1, FILE_REGULAR, 0, 0, "b");
	talk_digest(fd, "", 0);
	talk_say(fd, FRAME_DONE, 2, NULL, 0);
	talk_expect(fd, FRAME_DONE);
	lab_expect_missing(text_of("%s/a", top));
	lab_expect(text_of("%s/b", top), 0, 0);
}
END_TEST

/* Frames that may not come here: one reason, then the end; and others are served. */
START_TEST(out_of_turn)
{
	static const uint8_t types[] = { FRAME_DATA, FRAME_DIGEST, FRAME_HAVE, FRAME_FROM,
		FRAME_ENTRY, FRAME_DONE, FRAME_EXEC, FRAME_HELLO };
	struct program *server = server_start(_i, ARGS("-W", lab_directory("top")));

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		int fd = talk_open(server);

		talk_say(fd, types[i], 0, NULL, 0);
		EXPECT(strstr(talk_expect(fd, FRAME_ERROR).payload, frame_name(types[i])),
		    "it does not say what was wrong");
		client_await_gone(fd);
		close(fd);
	}
}
END_TEST

START_TEST(more_than_was_said)
{
	struct program *server = server_start(_i, ARGS("-W", lab_directory("top")));
	int fd = talk_open(server);

	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, 0, 3, "a");
	talk_say(fd, FRAME_DATA, 0, "more", 4);
	talk_expect(fd, FRAME_ERROR);
	client_await_gone(fd);
	lab_expect_missing(text_of("%s/top/a", temporary_directory()));
}
END_TEST

/* The disk is full, as far as this server may write. */
START_TEST(no_more_room)
{
	const char *top = lab_directory("top");
	struct program *server = server_start(_i, ARGS("-W", top));
	int fd;

	process_limit(server->pid, RLIMIT_FSIZE, 100000);
	fd = talk_open(server);
	lab_fill(bytes, LARGE, 1);
	talk_begin_put(fd);
	talk_entry(fd, 0, FILE_REGULAR, FILE_ASKS, LARGE, "a");
	talk_expect(fd, FRAME_HAVE);
	talk_say(fd, FRAME_FROM, 0, NULL, 0);
	talk_say(fd, FRAME_DATA, 0, bytes, LARGE);
	talk_expect_trouble(fd, 0, "a: EFBIG");
	talk_digest(fd, bytes, LARGE);
	EXPECT(talk_expect(fd, FRAME_DONE).frame.value == 1, "not dealt with");
	talk_small_file(fd, 1, "b", "b");
	talk_say(fd, FRAME_DONE, 2, NULL, 0);
	talk_expect(fd, FRAME_DONE);
	lab_expect_missing(text_of("%s/a", top));
	lab_expect_text(text_of("%s/b", top), "b");
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* A file of keys; `nobodys`: it belongs to whom the server becomes. */
static const char *
keys_file(const char *name, const char *text, mode_t mode, bool nobodys)
{
	const char *path = text_of("%s/%s", temporary_directory(), name);

	lab_write_text(path, text);
	EXPECT(chmod(path, mode) == 0, "chmod %s", path);
	EXPECT(!nobodys || geteuid() != 0 || chown(path, NOBODY, NOBODY) == 0, "chown");
	return path;
}

START_TEST(keys_have_rights)
{
	const char *keys = keys_file("keys", READER, 0600, true);
	const char *ours = keys_file("ours", READER, 0600, false);
	const char *top = lab_directory("top");
	struct program *server, *client;

	server = server_start(_i, ARGS("-W", "-k", keys, top));
	client = program_launch(&(struct launch){ .other = "filecp",
	    .args = ARGS("-p", port_of(server), "-k", ours, ours, "127.0.0.1:x") });
	EXPECT(program_await_exit(client) == 3, "not refused");
	EXPECT(program_has_line(&client->err, "key does not allow"), "no reason");
	client = program_launch(&(struct launch){ .other = "filecp",
	    .args = ARGS("-p", port_of(server), "-k", ours, "-L", "127.0.0.1:") });
	EXPECT(program_await_exit(client) == 0, "may not read");
	lab_expect_missing(text_of("%s/x", top));
}
END_TEST

/* Guards against a server that is ready, and then sends everybody away. */
START_TEST(keys_are_looked_at_before_it_is_ready)
{
	const struct {
		const char *keys, *wanted;
	} all[] = {
		{ keys_file("open", READER, 0644, true), "chmod 600" },
		{ keys_file("empty", "# none\n", 0600, true), "no key" },
		{ keys_file("wrong", "reader\n", 0600, true), "wrong:1:" },
		{ "/no/such/file", "ENOENT" },
	};
	const char *top = lab_directory("top");

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		struct program *p = program_start(ARGS("-p", "0", "-k", all[i].keys, top));
		int status = program_await_exit(p);

		EXPECT(status == 1 || status == 2, "case %zu: exit status %d", i, status);
		EXPECT(p->out.length == 0, "case %zu: a ready line", i);
		EXPECT(stream_lines(&p->err) == 1 && strstr(p->err.text, all[i].wanted),
		    "case %zu: %s", i, p->err.text);
	}
}
END_TEST

START_TEST(one_too_many_of_an_address_is_told)
{
	struct program *server = server_start(_i, ARGS("-C", "1", lab_directory("top")));
	int first = talk_open(server), second = client_open(server->address[0]);
	struct heard heard = talk_expect(second, FRAME_ERROR);

	EXPECT(heard.frame.value == FRAME_E_LIMIT, "error %d", (int)heard.frame.value);
	EXPECT(strstr(heard.payload, "too many"), "it says: %s", heard.payload);
	client_await_gone(second);
	talk_request(first, FRAME_LIST, 0, "", 0); /* still served */
	talk_expect(first, FRAME_DONE);
}
END_TEST

void
filed_refusals(Suite *suite)
{
	const struct check checks[] = {
		{ a_missing_file_has_a_reason, FORKING, NEEDS_PORT, 3,
		    "TROUBLE, then DONE; silence leaves the client hanging" },
		{ a_directory_needs_a_word, ONCE, NEEDS_PORT, 1, "without FILE_RECURSIVE" },
		{ read_only_by_default, ONCE, NEEDS_OPTIONS, 2, "only -W lets clients write" },
		{ a_wrong_digest_changes_nothing, ONCE, NEEDS_OPTIONS, 3,
		    "a temporary name, then rename(2)" },
		{ too_few_bytes_change_nothing, ONCE, NEEDS_OPTIONS, 2, "count what came" },
		{ the_sender_may_give_up, ONCE, NEEDS_OPTIONS, 2, "TROUBLE ends an entry" },
		{ out_of_turn, ONCE, NEEDS_PORT, 2, "say ERROR before you hang up" },
		{ more_than_was_said, ONCE, NEEDS_OPTIONS, 2, "a size is a promise" },
		{ no_more_room, ONCE, NEEDS_OPTIONS, 2,
		    "each write(2) may fail; SIGXFSZ is to be ignored" },
		{ one_too_many_of_an_address_is_told, FORKING, NEEDS_OPTIONS, 1,
		    "-C: an ERROR of kind limit, not just a close" },
		OURS(keys_have_rights, ONCE),
		OURS(keys_are_looked_at_before_it_is_ready, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
