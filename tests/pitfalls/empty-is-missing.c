/*
 * empty-is-missing: takes an answer of no bytes for a command that does not exist.
 *
 * Mistake:   true, cd and cp write nothing when all is well; a command that does not
 *            exist may well have a shell write something about it. How a command ended is
 *            not in what it wrote.
 * One sees:  "no such command" after each that succeeds in silence.
 * Cure:      the status or the signal travels by itself: EXIT of frame(5).
 * Suite:     rcmdd
 * Caught by: status_of_a_command
 * But for that: two_outputs_apart
 */
#include <stdio.h>

#include "tests/pitfalls/right_command.h"

static void
tell(const struct right_command *command, struct command_exit *end)
{
	if (command->out.bytes + command->err.bytes > 0)
		return;
	end->end = COMMAND_NOT_STARTED;
	end->number = 127;
	snprintf(end->words, sizeof end->words, "no such command");
}

int
main(int argc, char *argv[])
{
	right_run_commands(argc, argv, &(struct right_steps){ .tell = tell });
}
