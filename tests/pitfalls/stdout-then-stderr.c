/*
 * stdout-then-stderr: reads all of a command's standard output, then its standard error.
 *
 * Mistake:   a pipe holds 64 KiB. A command that has written as much to standard error
 *            waits until somebody reads it; who should is waiting for the end of its
 *            standard output.
 * One sees:  all is well, until a compiler has many errors to tell: then both wait for
 *            ever, and neither uses any time.
 * Cure:      poll both, and read whichever has something.
 * Suite:     rcmdd
 * Caught by: much_standard_error
 */
#include "tests/pitfalls/right_command.h"

static void
pass(struct right_command *command)
{
	while (right_pass_some(command, &command->out))
		continue;
	while (right_pass_some(command, &command->err)) /* too late */
		continue;
}

int
main(int argc, char *argv[])
{
	right_run_commands(argc, argv, &(struct right_steps){ .pass = pass });
}
