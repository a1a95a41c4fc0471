/*
 * tftp-leaves-at-once: a TFTP client that ends with the last ACK.
 *
 * Mistake:   nobody acknowledges an acknowledgement. If the last one is lost the server
 *            sends its last block again, to a port that nobody listens at any more.
 * One sees:  a server that reports, now and then, a failure of a transfer that was none.
 * Cure:      stay for a while, and say it again (dally: RFC 1350, 6).
 * Suite:     tftp
 * Caught by: last_ack_lost
 * But for that: sizes_from_a_plain_server
 */
#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
get(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
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
	right_tftp_publish(tftp, file);
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
