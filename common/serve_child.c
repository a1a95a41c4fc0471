/*
 * serve_child: signals, what every child does first, and the session itself.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

struct serve_signals serve_signals;

/* The signals that the loop heeds. */
static const int caught[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1 };

static void
note_signal(int signal)
{
	switch (signal) {
	case SIGCHLD:
		serve_signals.child = 1;
		break;
	case SIGTERM:
	case SIGINT:
		serve_signals.stop = 1;
		break;
	case SIGHUP:
		serve_signals.drain = 1;
		break;
	case SIGUSR1:
		serve_signals.table = 1;
		break;
	}
}

/*
 * Block the signals for good and catch them: they are delivered only where
 * wait_mask is in force, inside ppoll, so no other system call sees EINTR and no
 * signal is lost between a look at its flag and the wait. SIGPIPE is ignored: a
 * client that went away is an error of that one write.
 */
void
serve_catch_signals(sigset_t *wait_mask)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaddset(&block, caught[i]);
	sigprocmask(SIG_BLOCK, &block, wait_mask);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
		sigdelset(wait_mask, caught[i]); /* whoever started us may have blocked it */
		sigaction(caught[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

static void
set_handler(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler =
					handler }; /* no SA_RESTART: accept must end */

	sigaction(signal, &action, NULL);
}

/*
 * Signals have their usual effect again; what HUP does is already said. They are written
 * out because a loop over `caught` would fault that table's pages in: see below.
 */
void
serve_let_signals(struct server *server)
{
	set_handler(SIGCHLD, SIG_DFL);
	set_handler(SIGTERM, SIG_DFL);
	set_handler(SIGINT, SIG_DFL);
	set_handler(SIGUSR1, SIG_DFL);
	sigprocmask(SIG_SETMASK, &server->wait_mask, NULL);
}

/*
 * The one place where a fresh child leaves the parent's ways: the parent's
 * handlers are reset before the mask is opened (but for HUP, which a child of
 * prefork heeds), the listeners are closed where it has no use for them, and it
 * dies with its parent.
 *
 * A child lives for microseconds, so each page it touches for the first time
 * counts: it writes nothing to *server.
 */
void
serve_child_begin(struct server *server, void (*on_hangup)(int))
{
	set_handler(SIGHUP, on_hangup);
	serve_let_signals(server);
	for (int i = 0; i < server->listener_count && server->model == SERVE_FORK; i++)
		close(server->listeners[i].fd);
	while (server->parting_count > 0) /* seldom any */
		close(server->partings[--server->parting_count].fd);
	if (server->lifeline[1] != -1)
		close(server->lifeline[1]);
	else if (sys_die_with(server->pid) == -1)
		_exit(STATUS_FAILED);
}

/* Let the session talk to one client. Its status. */
int
serve_session(struct server *server, struct serve_slot *slot, int in, int out,
    const struct net_address *peer)
{
	struct conn conn;
	int status;

	conn_open(&conn, in, out, peer, server->options->idle_ms, slot ? &slot->count : NULL);
	conn.lifeline = server->lifeline[0];
	conn.server = server;
	if (server->model == SERVE_ITERATIVE) { /* no child: TERM must end the session */
		conn.wait_mask = &server->wait_mask;
		conn.stop = &serve_signals.stop;
	}
	if (conn.wait_mask || conn.lifeline != -1)
		conn_poll_waits(&conn);
	status = server->service->session(&conn, server->arg);
	trace_step(TRACE_CLOSE, "%s", conn_peer(&conn));
	return status;
}
