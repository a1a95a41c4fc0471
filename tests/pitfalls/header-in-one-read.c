/*
 * header-in-one-read: takes a header for complete when one read has returned.
 *
 * Mistake:   24 bytes were asked for, and nearly always come. But a header, too, may be
 *            cut in two by a segment's end.
 * One sees:  rarely, and only over a real line: a type that does not exist, or a size of
 *            billions, for the rest of the header is taken for a payload.
 * Cure:      a header is read in a loop as everything else, until it is whole.
 * Suite:     rcmdd
 * Caught by: a_byte_at_a_time
 */
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right_command.h"

static bool
hear_header(int client, uint8_t header[FRAME_HEADER])
{
	memset(header, 0, FRAME_HEADER);
	return read(client, header, FRAME_HEADER) > 0; /* all of it? */
}

int
main(int argc, char *argv[])
{
	right_run_commands(argc, argv, &(struct right_steps){ .hear_header = hear_header });
}
