/*
 * signals: ^C ends a transfer in good order: the server is told, and nothing is left.
 */
#include <signal.h>

#include "clients/tftp/tftp.h"

volatile sig_atomic_t tftp_stop;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

static void
note(int signal)
{
	(void)signal;
	tftp_stop = 1;
}

/* Without SA_RESTART: the wait that it comes in ends. */
static void
set_handlers(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };
	struct sigaction now;

	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
}

void
tftp_catch_signals(void)
{
	tftp_stop = 0;
	set_handlers(note);
}

void
tftp_forget_signals(void)
{
	set_handlers(SIG_DFL);
}
