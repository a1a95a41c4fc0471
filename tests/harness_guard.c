/*
 * harness: the process that stays when the suite is stopped.
 *
 *	guard                  runner                 test             program
 *	fork ----------------> Check: a fork a test -> starts -------> serves
 *	sigwait                                                        becomes nobody:
 *	  TERM, INT, HUP:                                              no longer dies
 *	  kill all below                                               with its parent
 *
 * Guards against servers that outlive a suite cut off by ^C or timeout(1). As
 * root they lose PR_SET_PDEATHSIG when they give up root, and they are in process
 * groups of their own; but orphans come to the guard, which kills them.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	KILLED = 128, /* and the signal's number: as the shell has it */
};

static pid_t
start_runner(int (*run)(Suite *), Suite *suite, const sigset_t *before)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	sigprocmask(SIG_SETMASK, before, NULL);
	exit(run(suite));
}

int
harness_guard(int (*run)(Suite *), Suite *suite)
{
	sigset_t awaited, before;
	int signal, status = 0, result = -1;
	pid_t runner;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigaddset(&awaited, SIGHUP);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	sigprocmask(SIG_BLOCK, &awaited, &before);
	runner = start_runner(run, suite, &before);
	while (runner != -1 && result == -1 && sigwait(&awaited, &signal) == 0) {
		if (signal != SIGCHLD)
			result = KILLED + signal;
		else if (waitpid(runner, &status, WNOHANG) == runner)
			result =
			    WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
	}
	process_kill_descendants(getpid(), 0);
	return result == -1 ? EXIT_FAILURE : result;
}
