/*
 * heed: signals that a session itself heeds while it runs a program. See heed.h.
 */
#include "common/heed.h"

#include <stddef.h>

#include "common/sys.h"

static volatile sig_atomic_t told;

static void
note_stop(int signal)
{
	(void)signal;
	told = 1;
}

static void
note_child(int signal)
{
	(void)signal; /* that it ends the wait is enough */
}

void
heed_begin(struct heed *heed, const sigset_t *others)
{
	const struct sigaction stop = { .sa_handler = note_stop };
	const struct sigaction child = { .sa_handler = note_child };
	sigset_t block;

	heed->others = others;
	if (others)
		return;
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, &heed->before);
	heed->waiting = heed->before;
	sigdelset(&heed->waiting, SIGCHLD);
	sigdelset(&heed->waiting, SIGTERM);
	sigdelset(&heed->waiting, SIGINT);
	sigaction(SIGCHLD, &child, &heed->child);
	sigaction(SIGTERM, &stop, &heed->term);
	sigaction(SIGINT, &stop, &heed->interrupt);
	sys_be_told_of_parents_end();
}

const sigset_t *
heed_mask(const struct heed *heed)
{
	return heed->others ? heed->others : &heed->waiting;
}

bool
heed_is_told(const struct heed *heed)
{
	return !heed->others && told;
}

void
heed_end(struct heed *heed)
{
	if (heed->others)
		return;
	sigaction(SIGCHLD, &heed->child, NULL);
	sigaction(SIGTERM, &heed->term, NULL);
	sigaction(SIGINT, &heed->interrupt, NULL);
	sigprocmask(SIG_SETMASK, &heed->before, NULL);
	if (told)
		(void)raise(SIGTERM); /* the program has ended first: now we */
}
