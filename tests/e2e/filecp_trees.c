/*
 * filecp: directories with all that is in them.
 *
 * Guards against trees of which a part is missing and nobody says so, and against a
 * server that makes the client write elsewhere.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

static void
make_tree(const char *tree)
{
	const struct timespec times[2] = { { 0, 0 }, { 981173106, 5 } };

	EXPECT(mkdir(tree, 0755) == 0, "mkdir");
	EXPECT(mkdir(text_of("%s/deep", tree), 0755) == 0, "mkdir");
	EXPECT(mkdir(text_of("%s/deep/er", tree), 0755) == 0, "mkdir");
	EXPECT(mkdir(text_of("%s/empty", tree), 0700) == 0, "mkdir");
	lab_write(text_of("%s/large", tree), LARGE, 1);
	lab_write_text(text_of("%s/deep/small", tree), "small");
	lab_write(text_of("%s/deep/er/none", tree), 0, 0);
	for (int i = 0; i < 200; i++)
		lab_write_text(text_of("%s/deep/%d", tree, i), text_of("file %d", i));
	EXPECT(utimensat(AT_FDCWD, text_of("%s/deep", tree), times, 0) == 0, "utimensat");
	EXPECT(chmod(text_of("%s/deep/er", tree), 0555) == 0, "chmod");
}

static void
expect_same_trees(const char *a, const char *b)
{
	struct stat st;

	EXPECT(system(text_of("diff -r '%s' '%s'", a, b)) == 0, "%s and %s differ", a, b);
	EXPECT(stat(text_of("%s/deep", b), &st) == 0 && st.st_mtime == 981173106,
	    "a directory has another time");
	EXPECT(stat(text_of("%s/empty", b), &st) == 0 && (st.st_mode & 0777) == 0700,
	    "a directory has another mode");
	EXPECT(stat(text_of("%s/deep/er", b), &st) == 0 && (st.st_mode & 0777) == 0555,
	    "a closed directory has another mode");
}

START_TEST(there_and_back)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	struct program *server = lab_server(top);
	const char *tree = lasting(text_of("%s/tree", here));

	make_tree(tree);
	/* The server, another user, cannot read what is 0700 of root: it is its own there. */
	copy(server, ARGS("-r", tree, "127.0.0.1:"));
	expect_same_trees(tree, text_of("%s/tree", top));
	copy(server, ARGS("-r", "127.0.0.1:tree", text_of("%s/back", here)));
	expect_same_trees(tree, text_of("%s/back", here));
	/* Again, over itself. */
	EXPECT(chmod(text_of("%s/back/deep/er", here), 0755) == 0, "chmod");
	copy(server, ARGS("-r", "127.0.0.1:tree/deep", text_of("%s/back", here)));
}
END_TEST

START_TEST(not_without_a_word)
{
	const char *top = lab_directory("top");
	struct program *server = lab_server(top);

	lab_directory("top/tree");
	copy_fails(server, ARGS("127.0.0.1:tree", "."), 1, "^filecp: 127.* directory.*-r");
	copy_fails(server, ARGS(top, "127.0.0.1:"), 1, "^filecp: .*top: .*directory.*-r");
}
END_TEST

/* What is left out is said, and the rest goes. */
START_TEST(what_is_left_out_is_said)
{
	const char *top = lab_directory("top"), *tree = lab_directory("tree");
	struct program *server = lab_server(top), *p;

	lab_write_text(text_of("%s/a", tree), "a");
	EXPECT(symlink("a", text_of("%s/link", tree)) == 0, "symlink");
	EXPECT(mkfifo(text_of("%s/fifo", tree), 0666) == 0, "mkfifo");
	p = copy_start(port_of(server), ARGS("-r", tree, "127.0.0.1:"));
	EXPECT(program_await_exit(p) == 1, "it says nothing");
	EXPECT(stream_lines(&p->err) == 2, "%s", p->err.text);
	EXPECT(program_has_line(&p->err, "tree/link: a symbolic link is not sent"), "%s",
	    p->err.text);
	EXPECT(program_has_line(&p->err, "tree/fifo: .*FIFO"), "%s", p->err.text);
	lab_expect_text(text_of("%s/tree/a", top), "a");
}
END_TEST

/* ---- a server that would have its client write elsewhere ---- */

/* Serve one GET with an entry of this path, on a listener. */
static _Noreturn void
deceive(int listener, const char *path)
{
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	await_events(listener, POLLIN, now_ms() + WAIT_MS);
	fd = accept(listener, NULL, NULL);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	talk_expect(fd, FRAME_HELLO);
	talk_say(fd, FRAME_WELCOME, 7, NULL, 0);
	talk_expect(fd, FRAME_GET);
	talk_entry(fd, 0, FILE_REGULAR, 0, 4, path);
	talk_say(fd, FRAME_DATA, 0, "evil", 4);
	talk_digest(fd, "evil", 4);
	talk_say(fd, FRAME_DONE, 1, NULL, 0);
	pause();
	_exit(0);
}

START_TEST(a_server_cannot_choose_the_place)
{
	static const char *const paths[] = { "../evil", "..", "/tmp/evil", "away/evil",
		"a/../../evil", "./evil", ".unfinished-x" };
	const char *here = lab_directory("here");

	lab_directory("outside");
	lab_directory("here/tree");
	EXPECT(symlink("../../outside", text_of("%s/tree/away", here)) == 0, "symlink");
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
		for (int recursive = 0; recursive < 2; recursive++) {
			char address[ADDRESS_MAX];
			int listener = listener_open(1, address);
			pid_t pid = fork();
			struct program *p;

			if (pid == 0)
				deceive(listener, paths[i]);
			close(listener);
			p = copy_start(strrchr(address, ':') + 1,
			    recursive ? ARGS("-r", "127.0.0.1:tree", here) :
					ARGS("127.0.0.1:tree", text_of("%s/new", here)));
			(void)program_await_exit(p);
			EXPECT(p->status != 0, "it follows \"%s\"", paths[i]);
			program_release(p);
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			lab_expect_missing(text_of("%s/evil", temporary_directory()));
			lab_expect_missing(text_of("%s/outside/evil", temporary_directory()));
			lab_expect_missing("/tmp/evil");
		}
}
END_TEST

void
filecp_trees(Suite *suite)
{
	const struct check checks[] = {
		{ there_and_back, ONCE, NEEDS_OPTIONS, 3,
		    "a directory's mode and time come last" },
		OURS(not_without_a_word, ONCE),
		OURS(what_is_left_out_is_said, ONCE),
		{ a_server_cannot_choose_the_place, ONCE, NEEDS_OPTIONS, 3,
		    "the client's jail is the target" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
