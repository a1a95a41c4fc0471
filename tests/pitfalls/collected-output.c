/*
 * collected-output: sends what a command has written when it has ended.
 *
 * Mistake:   the output of a command has no largest size: all of it is in memory before
 *            its first byte is sent. (And it is read in order: see stdout-then-stderr.)
 * One sees:  nothing for a while, then everything; the output of yes never, but the
 *            server grows until the kernel kills it, or another.
 * Cure:      pass on each piece as it comes; a client that does not read it holds the
 *            command up, and nobody else.
 * Suite:     rcmdd
 * Caught by: nothing_is_collected
 */
#include <stdlib.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_command.h"

static void
collect(struct right_command *command, struct right_output *output)
{
	size_t have = 0, room = 4096;
	char *all = malloc(room);
	ssize_t n;

	while (all && (n = read(output->fd, all + have, room - have)) > 0) {
		have += (size_t)n;
		if (have == room)
			all = realloc(all, room *= 2); /* until there is no more */
	}
	if (all == NULL)
		right_fail("memory");
	right_send_output(command, output, all, have);
	close(output->fd);
	free(all);
}

static void
pass(struct right_command *command)
{
	collect(command, &command->out);
	collect(command, &command->err);
}

int
main(int argc, char *argv[])
{
	right_run_commands(argc, argv, &(struct right_steps){ .pass = pass });
}
