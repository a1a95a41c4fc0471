/*
 * tftp: files of this machine.
 *
 * Guards against half a file under the name of a whole one, against the old file cut to
 * nothing before the server is even asked (tftp-hpa), and against a client that tells the
 * server nothing when its own disk is full.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum {
	MANY = 1000, /* blocks: more than anybody gathers */
};

START_TEST(old_file_until_the_new_is_whole)
{
	const char *here = lab_directory("here"), *file = text_of("%s/file", here);
	struct peer *peer = peer_open();
	struct program *p;

	lab_write_text(file, "before");
	p = get_start(peer, "f", file);
	peer_hear_request(peer, "RRQ");
	lab_expect_text(file, "before");
	peer_block(peer, 1, 0, BLOCK, 1);
	peer_hear_ack(peer, 1);
	lab_expect_text(file, "before");
	peer_block(peer, 2, BLOCK, 3, 1);
	peer_hear_ack(peer, 2);
	tftp_ends_with(p, 0, NULL);
	lab_expect(file, BLOCK + 3, 1);
	EXPECT(lab_temporaries(here) == 0, "a temporary is left");
}
END_TEST

START_TEST(mode_of_a_new_file)
{
	const char *file = text_of("%s/file", lab_directory("here"));
	struct peer *peer = peer_open();
	struct program *p;
	struct stat st;

	umask(027);
	p = get_start(peer, "f", file);
	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
	EXPECT(stat(file, &st) == 0 && (st.st_mode & 07777) == 0640, "mode %o", st.st_mode);
}
END_TEST

/* What cannot be written is said before anybody is asked. */
START_TEST(no_place_for_it)
{
	const char *here = lab_directory("here"), *fifo = text_of("%s/fifo", here);
	struct peer *peer = peer_open();

	EXPECT(mkfifo(fifo, 0666) == 0, "mkfifo");
	tftp_ends_with(get_start(peer, "f", text_of("%s/none/f", here)), 1,
	    "^tftp: .*/none/f: ENOENT \\(");
	tftp_ends_with(get_start(peer, "f", fifo), 1, "^tftp: .*/fifo: ");
	tftp_ends_with(tftp_start(peer, ARGS("get", "127.0.0.1:dir/", here)), 2, "name");
	udp_client_hear_nothing(peer->door, QUIET_MS);
}
END_TEST

/* /dev/null is no file to be replaced: it is written to. */
START_TEST(a_device)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "/dev/null");

	peer_hear_request(peer, "RRQ");
	peer_data(peer, 1, "abc", 3);
	peer_hear_ack(peer, 1);
	tftp_ends_with(p, 0, NULL);
}
END_TEST

START_TEST(standard_output_closed)
{
	struct peer *peer = peer_open();
	struct program *p = get_start(peer, "f", "-");
	unsigned block = 0, opcode;

	peer_hear_request(peer, "RRQ");
	close(p->out.fd);
	p->out.fd = -1;
	do { /* it may gather some blocks before it writes */
		block++;
		peer_block(peer, block, 0, BLOCK, 1);
		opcode = peer_hear_any(peer);
	} while (opcode == 4 && block < MANY);
	EXPECT(opcode == 5, "no ERROR for the server");
	EXPECT(program_await_exit(p) == 1, "status");
	EXPECT(program_has_line(&p->err, "^tftp: standard output: EPIPE"), "%s", p->err.text);
}
END_TEST

START_TEST(disk_full)
{
	const char *disk = lab_disk("disk", "64k"), *file = text_of("%s/file", disk);
	struct peer *peer = peer_open();
	struct program *p;
	unsigned block = 0, opcode;

	lab_write_text(file, "before");
	p = tftp_start(peer, ARGS("-B", "30000", "-w", "1", "get", "127.0.0.1:f", file));
	peer_hear_request(peer, "RRQ");
	peer_oack(peer, "blksize", "30000");
	peer_hear_ack(peer, 0);
	do {
		block++;
		peer_block(peer, block, 0, 30000, 1);
		opcode = peer_hear_any(peer);
	} while (opcode == 4 && block < MANY);
	EXPECT(opcode == 5 && peer->packet[3] == ERROR_FULL, "no ERROR 3");
	tftp_ends_with(p, 1, "^tftp: .*/file: ENOSPC \\(");
	lab_expect_text(file, "before");
	EXPECT(lab_temporaries(disk) == 0, "a temporary is left");
	lab_disk_end(disk);
}
END_TEST

void
tftp_files(Suite *suite)
{
	const struct check checks[] = {
		{ old_file_until_the_new_is_whole, ONCE, NEEDS_OPTIONS, 2,
		    "write under another name, then rename(2)" },
		{ no_place_for_it, ONCE, NEEDS_OURS, 1, "open the file before you ask" },
		OURS(mode_of_a_new_file, ONCE),
		OURS(a_device, ONCE),
		OURS(standard_output_closed, ONCE),
	};
	const struct check mounting[] = {
		OURS(disk_full, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_disks(), suite, mounting, ARRAY_LENGTH(mounting));
}
