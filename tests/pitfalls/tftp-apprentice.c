/*
 * tftp-apprentice: a TFTP client that answers each ACK with a block.
 *
 * Mistake:   an ACK that comes twice is answered twice. The second DATA is acknowledged as
 *            well, and from then on each packet is sent twice: the Sorcerer's Apprentice,
 *            whose broom carries water, and each half of it, once he has split it.
 * One sees:  a network at half its speed, and nothing wrong with the files.
 * Cure:      send again when time is up, and never because of an old ACK (RFC 1123,
 *            4.2.3.1).
 * Suite:     tftp
 * Caught by: sorcerers_apprentice
 * But for that: sizes_to_a_plain_server
 */
#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_tftp.h"

static void
put(struct right_tftp *tftp)
{
	FILE *file = right_tftp_open(tftp);
	unsigned char bytes[RIGHT_BLOCK];
	size_t size = RIGHT_BLOCK;
	unsigned acked = 0;

	if (!right_tftp_hear(tftp))
		right_fail("no answer");
	while (size == RIGHT_BLOCK || acked != 0) {
		/* the block behind the one that was acknowledged, whichever that is */
		unsigned block = right_tftp_block(tftp) + 1;

		fseek(file, (long)(block - 1) * RIGHT_BLOCK, SEEK_SET);
		size = fread(bytes, 1, sizeof bytes, file);
		right_tftp_data(tftp, block, bytes, size);
		if (!right_tftp_hear(tftp))
			right_fail("no answer");
		acked = size < RIGHT_BLOCK && right_tftp_block(tftp) == block ? 0 : 1;
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
