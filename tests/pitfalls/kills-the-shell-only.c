/*
 * kills-the-shell-only: ends a command whose client has left by its process number.
 *
 * Mistake:   what was started is a shell, and what runs is a child of the shell. The
 *            signal is for one process; the others go on, and nobody knows of them.
 * One sees:  the machine gets slower from day to day; ps shows commands of clients who
 *            have long gone.
 * Cure:      setsid or setpgid in the child, and kill with the number's negative: the
 *            whole group.
 * Suite:     rcmdd
 * Caught by: client_closes
 */
#include <signal.h>

#include "tests/pitfalls/right_command.h"

static void
leave(const struct right_command *command)
{
	kill(command->pid, SIGTERM); /* and its children? */
}

int
main(int argc, char *argv[])
{
	right_run_commands(argc, argv, &(struct right_steps){ .leave = leave });
}
