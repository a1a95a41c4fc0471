/*
 * tftp-number-grows: a TFTP client whose block numbers have more bits than the packets'.
 *
 * Mistake:   behind block 65535 comes block 0; the client waits for block 65536.
 * One sees:  files of 32 MiB never arrive. Small ones always do.
 * Cure:      compare 16 bits with 16 bits.
 * Suite:     tftp
 * Caught by: rollover
 * But for that: sizes_from_a_plain_server
 */
#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
get(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	unsigned block = 1;
	size_t size = RIGHT_BLOCK;

	while (size == RIGHT_BLOCK) {
		if (!right_tftp_hear(tftp))
			right_fail("no answer");
		if (right_tftp_block(tftp) == block) {
			size = tftp->size - 4;
			fwrite(tftp->packet + 4, 1, size, file);
			block++;
		}
		right_tftp_ack(tftp, block - 1);
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
