/*
 * tftp-no-empty-block: a TFTP client that stops when the file does.
 *
 * Mistake:   a block of fewer than 512 bytes ends a file. Where the size is a multiple of
 *            512 there is none, unless an empty one is sent; and for an empty file, too.
 * One sees:  of five hundred files one that the server waits for the end of.
 * Cure:      go on until a block was short, also if nothing is left for it.
 * Suite:     tftp
 * Caught by: sizes_to_a_plain_server
 * But for that: sizes_from_a_plain_server
 */
#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
put(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	unsigned char bytes[RIGHT_BLOCK];
	unsigned short block = 1;
	size_t size;

	if (!right_tftp_hear(tftp))
		right_fail("no answer");
	while ((size = fread(bytes, 1, sizeof bytes, file)) > 0) {
		right_tftp_data(tftp, block++, bytes, size);
		if (!right_tftp_hear(tftp))
			right_fail("no answer");
	}
}

int
main(int argc, char *argv[])
{
	struct right_tftp tftp;

	right_tftp_begin(&tftp, argc, argv);
	if (!tftp.puts)
		return right_tftp_get(&tftp);
	put(&tftp);
	return 0;
}
