/*
 * signals: ^C ends what is under way, not the session.
 *
 * The signals are blocked, and let in only by the waits (ppoll): so none comes between
 * a look at ftp_stop and the wait that it should end.
 */
#include "clients/ftp/ftp.h"

volatile sig_atomic_t ftp_stop;

static sigset_t outside; /* the mask that the program was started with */

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

static void
note(int signal)
{
	ftp_stop = signal;
}

void
signals_catch(void)
{
	const struct sigaction action = { .sa_handler = note };
	struct sigaction now;

	sigprocmask(SIG_BLOCK, NULL, &outside);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	signals_hold();
}

const sigset_t *
signals_while_waiting(void)
{
	return &outside;
}

const struct net_stop *
signals_stop(void)
{
	static const struct net_stop stop = { .mask = &outside, .raised = &ftp_stop };

	return &stop;
}

void
signals_hold(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaddset(&held, caught[i]);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

void
signals_release(void)
{
	sigprocmask(SIG_SETMASK, &outside, NULL);
}
