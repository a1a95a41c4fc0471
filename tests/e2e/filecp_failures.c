/*
 * filecp: what does not go, and that it says so and goes on.
 *
 * Guards against silence, against a failure that takes the other files with it, and
 * against files that are half of one and half of another because they changed while
 * they were read.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

enum {
	HUGE = 64 << 20,
	TURNS = 5,
};

START_TEST(a_missing_file)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	struct program *server = lab_server(top), *p;

	copy_fails(server, ARGS("127.0.0.1:none", here), 1, "^filecp: 127.*: none: ENOENT \\(");
	copy_fails(server, ARGS(text_of("%s/none", here), "127.0.0.1:"), 1,
	    "^filecp: .*/none: ENOENT \\(");
	copy_fails(server, ARGS("-L", "127.0.0.1:none"), 1, "^filecp: 127.*: none: ENOENT \\(");
	lab_write_text(text_of("%s/a", top), "a");
	p = copy_start(port_of(server), ARGS("127.0.0.1:none", "127.0.0.1:a", here));
	EXPECT(program_await_exit(p) == 1, "it says nothing");
	EXPECT(stream_lines(&p->err) == 1, "%s", p->err.text);
	lab_expect_text(text_of("%s/a", here), "a"); /* the rest goes on */
}
END_TEST

START_TEST(refused)
{
	const char *top = lab_directory("top");
	struct program *server =
	    program_launch(&(struct launch){ .other = "filed", .args = ARGS("-p", "0", top) });

	program_await_ready(server);
	copy_fails(server, ARGS("/dev/null", "127.0.0.1:x"), 3, "^filecp: .*read-only");
	copy_fails(server, ARGS("127.0.0.1:../x", "."), 1, "^filecp: .*\\.\\./x: ");
	EXPECT(symlink("/etc", text_of("%s/etc", top)) == 0, "symlink");
	copy_fails(server, ARGS("127.0.0.1:etc/passwd", "."), 3, "leads out");
}
END_TEST

START_TEST(not_a_directory)
{
	const char *top = lab_directory("top"), *a = text_of("%s/a", top);
	struct program *server = lab_server(top);

	lab_write_text(a, "a");
	copy_fails(server, ARGS(a, "127.0.0.1:none/"), 1, "none/: not a directory");
	copy_fails(server, ARGS(a, a, "127.0.0.1:a"), 1, "a: not a directory");
	copy_fails(
	    server, ARGS("127.0.0.1:a", text_of("%s/none/", top)), 1, "none/: not a directory");
	copy_fails(server, ARGS(a, "127.0.0.1:none/b"), 1, "none/b: ENOENT");
}
END_TEST

START_TEST(nobody_there)
{
	int port, holder = port_reserve(AF_INET, &port);
	struct program *p = copy_start(text_of("%d", port), ARGS("/dev/null", "127.0.0.1:x"));

	EXPECT(program_await_exit(p) == 1, "status");
	EXPECT(
	    program_has_line(&p->err, "^filecp: connect 127.*ECONNREFUSED"), "%s", p->err.text);
	close(holder);
}
END_TEST

/* No room at the receiver: the reason comes back, the next file goes on. */
START_TEST(no_room_at_the_server)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	const char *large = text_of("%s/large", here), *small = text_of("%s/small", here);
	struct program *server = lab_server(top), *p;

	lab_write(large, BUFSIZ + HUGE / 16, 1);
	lab_write_text(small, "small");
	process_limit(server->pid, RLIMIT_FSIZE, 1000000);
	p = copy_start(port_of(server), ARGS(large, small, "127.0.0.1:"));
	EXPECT(program_await_exit(p) == 1, "it says nothing");
	EXPECT(stream_lines(&p->err) == 1, "%s", p->err.text);
	EXPECT(
	    program_has_line(&p->err, "^filecp: 127.*: large: EFBIG \\("), "%s", p->err.text);
	lab_expect_text(text_of("%s/small", top), "small");
	lab_expect_missing(text_of("%s/large", top));
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
}
END_TEST

/* A disk that is full in earnest, in both directions, with and without a digest. */
START_TEST(disk_full)
{
	const char *top = lab_directory("top"), *disk = lab_disk("disk", "1m");
	const char *source = text_of("%s/source", top);
	struct program *server = lab_server(temporary_directory());

	lab_write(source, 4 << 20, 1);
	lab_write_text(text_of("%s/source", disk), "before");
	copy_fails(server, ARGS(source, "127.0.0.1:disk"), 1, "disk/source: ENOSPC \\(");
	copy_fails(
	    server, ARGS("-s", "none", source, "127.0.0.1:disk"), 1, "disk/source: ENOSPC \\(");
	copy_fails(server, ARGS("127.0.0.1:top/source", disk), 1, "source: ENOSPC \\(");
	lab_expect_text(text_of("%s/source", disk), "before");
	EXPECT(lab_temporaries(disk) == 0, "a temporary is left");
	lab_disk_end(disk);
}
END_TEST

/* Its last byte is gone, or there are more. */
static bool
has_changed(void *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size != HUGE;
}

/*
 * A process that changes the file again and again while it is sent. On a busy machine it
 * may get no turn in all that time, and the copy is right: then once more.
 */
static pid_t
change_again_and_again(const char *path, off_t low, off_t high)
{
	pid_t pid = fork();
	int fd;

	if (pid != 0) {
		EXPECT(await_condition(has_changed, (void *)path), "nothing changes it");
		return pid;
	}
	fd = open(path, O_WRONLY);
	for (off_t size = low;; size = size == low ? high : low)
		if (ftruncate(fd, size) == -1)
			_exit(1);
}

static struct program *
copy_while_it_changes(struct program *server, const char *kind, const char *top, int round)
{
	const char *source = text_of("%s/source", top);
	off_t low = round == 0 ? HUGE / 2 : HUGE + 1, high = round == 0 ? HUGE - 1 : HUGE + 5;
	struct program *p = NULL;
	int status = 0;

	for (int i = 0; i < TURNS && status == 0; i++) {
		pid_t pid;

		if (p != NULL)
			program_release(p);
		lab_write(source, HUGE, 1);
		lab_write_text(text_of("%s/copy", top), "before");
		pid = change_again_and_again(source, low, high);
		p = copy_start(port_of(server), ARGS("-s", kind, source, "127.0.0.1:copy"));
		status = program_await_exit(p);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	EXPECT(status == 1, "exit status %d: %s", status, p->err.text);
	return p;
}

START_TEST(a_source_that_changes)
{
	static const char *const kinds[] = { "sha256", "none" };
	const char *top = lab_directory("top");
	struct program *server = lab_server(top);

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		struct program *p = copy_while_it_changes(server, kinds[i], top, _i);

		EXPECT(stream_lines(&p->err) == 1, "%s", p->err.text);
		EXPECT(program_has_line(
			   &p->err, "^filecp: .*/source: it changed while it was sent"),
		    "%s", p->err.text);
		lab_expect_text(text_of("%s/copy", top), "before");
		EXPECT(lab_temporaries(top) == 0, "a temporary is left");
		program_release(p);
	}
}
END_TEST

void
filecp_failures(Suite *suite)
{
	const struct check checks[] = {
		{ a_missing_file, ONCE, NEEDS_OPTIONS, 2, "a reason, and the rest goes on" },
		OURS(refused, ONCE),
		OURS(not_a_directory, ONCE),
		OURS(nobody_there, ONCE),
		{ no_room_at_the_server, ONCE, NEEDS_OPTIONS, 2,
		    "hear TROUBLE while you send" },
		{ a_source_that_changes, FORKING, NEEDS_OPTIONS, 2,
		    "fstat(2) before and after" },
	};
	const struct check mounting[] = {
		OURS(disk_full, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_disks(), suite, mounting, ARRAY_LENGTH(mounting));
}
