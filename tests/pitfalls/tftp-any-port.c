/*
 * tftp-any-port: a TFTP client that does not look at who has sent a packet.
 *
 * Mistake:   the server answers from a port of its choice, so the first packet is taken
 *            from any port; and so is each after it. Anybody may send to a port.
 * One sees:  nothing, until a stranger sends a block: then it is in the file.
 * Cure:      note the port of the first answer; tell all others ERROR 5, and go on.
 * Suite:     tftp
 * Caught by: stranger_during_get
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
		if (!right_tftp_receive(tftp, &tftp->server))
			right_fail("no answer");
		if (right_tftp_block(tftp) == block) {
			size = tftp->size - 4;
			fwrite(tftp->packet + 4, 1, size, file);
			block++;
		}
		right_tftp_ack(tftp, (unsigned short)(block - 1));
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
