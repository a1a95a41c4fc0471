/*
 * input: what rcmd sends: our standard input, as far as the window allows, and our
 * signals. One frame is on its way at a time; a signal goes out behind it.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clients/rcmd/rcmd.h"
#include "common/log.h"

/* Those that are meant for the command. */
static const int carried[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static volatile sig_atomic_t caught;

static void
note_signal(int signal)
{
	caught = signal;
}

void
rcmd_catch_signals(struct rcmd_talk *talk)
{
	const struct sigaction action = { .sa_handler = note_signal };
	struct sigaction before;
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
		sigaddset(&block, carried[i]);
	sigprocmask(SIG_BLOCK, &block, &talk->waiting);
	for (size_t i = 0; i < sizeof carried / sizeof *carried; i++) {
		sigaction(carried[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* nohup(1) means the command too */
			sigaction(carried[i], &action, NULL);
		sigdelset(&talk->waiting, carried[i]);
	}
	signal(SIGPIPE, SIG_IGN); /* the reader of our output may go: an error like others */
}

int
rcmd_take_signal(void)
{
	int signal = caught; /* it can change only while we wait */

	caught = 0;
	return signal;
}

void
rcmd_put(struct rcmd_talk *talk, uint8_t type, uint64_t value, size_t len)
{
	if (link_pack(type, value, len, talk->up) == -1)
		return; /* cannot be: our pieces are smaller than their type allows */
	talk->up_start = 0;
	talk->up_end = FRAME_HEADER + len;
}

bool
rcmd_send(struct rcmd_talk *talk)
{
	for (;;) {
		ssize_t n;

		if (talk->up_start == talk->up_end && talk->signal_to_send) {
			rcmd_put(talk, FRAME_SIGNAL, (uint64_t)talk->signal_to_send, 0);
			talk->signal_to_send = 0;
		}
		if (talk->up_start == talk->up_end)
			return true;
		n = conn_try_write(
		    &talk->conn, talk->up + talk->up_start, talk->up_end - talk->up_start);
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return true;
		if (n == -1)
			return false;
		talk->up_start += (size_t)n;
		if (talk->up_start == talk->up_end)
			talk->up_start = talk->up_end = 0;
	}
}

void
rcmd_read_input(struct rcmd_talk *talk)
{
	size_t len = talk->window < RCMD_INPUT_PIECE ? (size_t)talk->window : RCMD_INPUT_PIECE;
	ssize_t n = read(STDIN_FILENO, talk->up + FRAME_HEADER, len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1)
		log_error("standard input:");
	talk->input = n > 0;
	if (n < 0)
		n = 0;
	talk->window -= (uint64_t)n;
	rcmd_put(talk, FRAME_STDIN, 0, (size_t)n); /* an empty one is the end */
}
