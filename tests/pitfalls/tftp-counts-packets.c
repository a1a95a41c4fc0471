/*
 * tftp-counts-packets: a TFTP client that takes each DATA for the next one.
 *
 * Mistake:   what is lost is sent again, and what was only thought to be lost, too. A
 *            packet has a number so that the second one can be told from the next.
 * One sees:  files that are longer than on the server, by whole blocks, now and then.
 * Cure:      compare the number with the one that is due; acknowledge what you have, and
 *            do not write it again.
 * Suite:     tftp
 * Caught by: data_repeated
 * But for that: sizes_from_a_plain_server
 */
#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
get(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	size_t size = RIGHT_BLOCK;

	while (size == RIGHT_BLOCK) {
		if (!right_tftp_hear(tftp))
			right_fail("no answer");
		size = tftp->size - 4;
		fwrite(tftp->packet + 4, 1, size, file);
		right_tftp_ack(tftp, right_tftp_block(tftp));
	}
	right_tftp_publish(tftp, file);
	right_tftp_dally(tftp);
}

int
main(int argc, char *argv[])
{
	struct right_tftp tftp;

	right_tftp_begin(&tftp, argc, argv);
	if (tftp.puts)
		return right_tftp_put(&tftp);
	get(&tftp);
	return 0;
}
