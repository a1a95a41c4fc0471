/*
 * tftp-cuts-first: a TFTP client that opens the file for writing, and then asks.
 *
 * Mistake:   to open a file for writing cuts it to nothing. If the server has no such file,
 *            or is not there, the old one is gone, and an empty one has its name.
 * One sees:  empty files where there were good ones, after each failure.
 * Cure:      write under another name, and rename(2) when it is whole.
 * Suite:     tftp
 * Caught by: old_file_until_the_new_is_whole
 * But for that: sizes_from_a_plain_server
 */
#include <stdlib.h>

#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
get(struct right_tftp *tftp, FILE *file)
{
	unsigned short block = 1;
	size_t size = RIGHT_BLOCK;

	while (size == RIGHT_BLOCK) {
		if (!right_tftp_hear(tftp))
			right_fail("no answer");
		if (right_tftp_block(tftp) == block) {
			size = tftp->size - 4;
			fwrite(tftp->packet + 4, 1, size, file);
			block++;
		}
		right_tftp_ack(tftp, (unsigned short)(block - 1));
	}
	fclose(file);
	right_tftp_dally(tftp);
}

int
main(int argc, char *argv[])
{
	FILE *file = fopen(argv[argc - 1], "w");
	struct right_tftp tftp;

	right_tftp_begin(&tftp, argc, argv);
	if (file == NULL)
		right_fail(argv[argc - 1]);
	get(&tftp, file);
	return 0;
}
