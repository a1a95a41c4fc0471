/*
 * ftp: trees.
 *
 * Guards against a mirror that leaves its directory, by a name or through a link that
 * lies there, one that copies all again, and one failure that ends everything.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftp.h"

#define WITH_MLSD " SIZE\r\n MDTM\r\n MFMT\r\n REST STREAM\r\n MLST type*;size*;modify*;\r\n"

START_TEST(from_the_server)
{
	struct peer *peer = peer_open();
	struct program *p;
	struct stat st;

	ftp_enter("here");
	p = ftp_start(peer, ARGS("mirror", peer_url(peer, "tree"), "copy"));
	peer_login(peer, WITH_MLSD);
	peer_list(peer, "MLSD tree",
	    "type=cdir; .\ntype=pdir; ..\ntype=dir; sub\ntype=dir; ../up\n"
	    "type=OS.unix=symlink; link\n"
	    "type=file;size=3;modify=" TIME_THEN "; a\ntype=file;size=2; broken\n");
	peer_facts(peer, true, "tree/a", "213 3", "213 " TIME_THEN);
	peer_send(peer, "RETR tree/a", "abc");
	peer_facts(peer, false, "tree/broken", "213 2", "550 No");
	peer_offer(peer);
	peer_answer(peer, "RETR tree/broken", "550 No");
	peer_list(peer, "MLSD tree/sub", "type=file;size=1;modify=" TIME_THEN "; b\n");
	peer_facts(peer, false, "tree/sub/b", "213 1", "213 " TIME_THEN);
	peer_send(peer, "RETR tree/sub/b", "x");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: tree: 2 copied, 0 as they were, 1 failed$");
	lab_expect_text("copy/a", "abc");
	lab_expect_text("copy/sub/b", "x");
	EXPECT(stat("copy/sub/b", &st) == 0 && st.st_mtime == SECONDS_THEN, "its time");
	lab_expect_missing("up");
	/* again: what is as large and as old is not fetched */
	p = ftp_start(peer, ARGS("mirror", peer_url(peer, "tree"), "copy"));
	peer_login(peer, WITH_MLSD);
	peer_list(peer, "MLSD tree", "type=file;size=3;modify=" TIME_THEN "; a\n");
	peer_leave(peer);
	ftp_ends_with(p, 0, "^ftp: tree: 0 copied, 1 as they were, 0 failed$");
}
END_TEST

/* What lies here may lead elsewhere; a server that knows of it gains nothing. */
START_TEST(links_here_are_not_followed)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_directory("here/copy");
	lab_directory("here/elsewhere");
	EXPECT(symlink("../elsewhere", "copy/sub") == 0, "symlink");
	p = ftp_start(peer, ARGS("mirror", peer_url(peer, "tree"), "copy"));
	peer_login(peer, WITH_MLSD);
	peer_list(peer, "MLSD tree", "type=dir; sub\n");
	peer_leave(peer);
	ftp_ends_with(p, 1, "^ftp: sub: E");
	lab_expect_missing("elsewhere/b");
}
END_TEST

START_TEST(to_the_server)
{
	struct peer *peer = peer_open();
	struct program *p;

	ftp_enter("here");
	lab_directory("here/tree");
	lab_directory("here/tree/sub");
	lab_write_text("tree/sub/b", "x");
	lab_write_text("tree/same", "same");
	EXPECT(system("touch -d @1767323045 tree/same tree/sub/b") == 0, "touch");
	EXPECT(symlink("same", "tree/link") == 0, "symlink");
	/* names come in no order: one at a time */
	EXPECT(rename("tree/sub", "sub") == 0, "rename");
	p = ftp_start(peer, ARGS("mirror", "tree", peer_url(peer, "dir/")));
	peer_login(peer, WITH_MLSD);
	peer_answer(peer, "MKD dir/tree", "550 It is there");
	peer_list(peer, "MLSD dir/tree", "type=file;size=4;modify=" TIME_THEN "; same\n");
	peer_leave(peer);
	ftp_ends_with(p, 0, "^ftp: tree: 0 copied, 1 as they were, 0 failed$");
	p = commands_start(peer, "mirror -R sub");
	peer_login(peer, WITH_MLSD);
	peer_answer(peer, "MKD sub", "257 \"/sub\"");
	peer_facts(peer, true, "sub/b", "550 No", "550 No");
	peer_offer(peer);
	peer_answer(peer, "STOR sub/b", "150 Go on");
	peer_call(peer);
	EXPECT(strcmp(peer_receive(peer), "x") == 0, "other bytes");
	peer_end(peer, "226 Done");
	peer_facts(peer, false, "sub/b", "213 1", "213 " TIME_THEN);
	peer_answer(peer, "MFMT " TIME_THEN " sub/b", "213 Modify=" TIME_THEN "; sub/b");
	peer_leave(peer);
	ftp_ends_with(p, 0, "^ftp: sub: 1 copied, 0 as they were, 0 failed$");
}
END_TEST

START_TEST(endless_depth)
{
	struct peer *peer = peer_open();
	struct program *p;
	char path[1024] = "t";

	ftp_enter("here");
	p = ftp_start(peer, ARGS("-q", "mirror", peer_url(peer, "t"), "copy"));
	peer_login(peer, WITH_MLSD);
	for (int i = 0; i <= 64; i++) {
		peer_list(peer, text_of("MLSD %s", path), "type=dir; d\n");
		strcat(path, "/d");
	}
	peer_leave(peer);
	ftp_ends_with(p, 1, "directories within directories, 65 deep$");
}
END_TEST

void
ftp_trees(Suite *suite)
{
	const struct check checks[] = {
		OURS(from_the_server, ONCE),
		OURS(links_here_are_not_followed, ONCE),
		OURS(to_the_server, ONCE),
		OURS(endless_depth, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
