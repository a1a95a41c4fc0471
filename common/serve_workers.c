/*
 * serve_workers: a service's own model in several processes at once, one for each
 * processor: each waits for clients of its own.
 *
 *	parent                     shared table            worker, as many as asked for
 *	fork each  ------------------------------------->  the model's loop (crowd.h):
 *	                           slot, owner    <------  a caller of the shared listener
 *	                           slot, owner, pid <----  ... given a process of its own
 *	USR1: print all  <-------
 *	TERM, HUP  ------------------------------------->  the same, there
 *	waitpid  <---------------------------------------  it crashed
 *	free what it owned  ----->
 *	fork another
 *
 * The limits -c and -C count in the table, so they hold for all processes together. A
 * worker heeds signals and time limits for its own clients only; the parent talks to
 * nobody. When the table is full, only who has clients finds out that one has left; the
 * others look again after SERVE_REST_MS.
 *
 * What it deliberately does not do: move a client from one worker to another. Who has
 * much to do comes to the listener later than who has little; that is all the balance
 * there is.
 */
#include <sys/wait.h>

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

struct serve_worker {
	pid_t pid; /* 0: to be started */
	int64_t since_ms;
};

/* ---- in a worker ---- */

/* It is a server of its own now, with a parent. */
static _Noreturn void
be_worker(struct server *server)
{
	serve_signals = (struct serve_signals){ 0 };
	server->parent = server->pid;
	server->pid = getpid();
	server->worker_count = 0;
	if (sys_can_die_with_parent() && sys_die_with(server->parent) == -1)
		_exit(STATUS_FAILED);
	if (server->lifeline[0] != -1) { /* the pipe is the parent's; ours is for our own */
		close(server->lifeline[0]);
		close(server->lifeline[1]);
		if (sys_pipe(server->lifeline) == -1)
			_exit(STATUS_FAILED);
	}
	_exit(serve_crowd(server));
}

/* ---- in the parent ---- */

void
serve_workers_signal(const struct server *server, int signal)
{
	for (int i = 0; i < server->worker_count; i++)
		if (server->workers[i].pid > 0)
			kill(server->workers[i].pid, signal);
}

static void
replace(struct server *server, struct serve_worker *worker, int status)
{
	int64_t now = sys_now_ms(), lived = now - worker->since_ms;

	log_error("process %ld ended after %" PRId64 " s, %s %d: another takes its place",
	    (long)worker->pid, lived / 1000, WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	/* one that cannot live is not tried again and again without a pause */
	server->grow_after_ms = now + (lived < SERVE_TICK_MS ? SERVE_TICK_MS : SERVE_REGROW_MS);
}

/* A child has ended. If it is a worker, its clients are gone, and its place is free. */
bool
serve_worker_ended(struct server *server, pid_t pid, int status)
{
	for (int i = 0; i < server->worker_count; i++) {
		struct serve_worker *worker = &server->workers[i];

		if (worker->pid != pid)
			continue;
		serve_table_free_all(server->table, pid);
		if (!server->stopping)
			replace(server, worker, status);
		worker->pid = 0;
		return true;
	}
	return false;
}

/* Every place has its worker; when fork fails, after a while. */
static void
tend(struct server *server)
{
	for (int i = 0; i < server->worker_count && server->grow_after_ms == 0; i++) {
		struct serve_worker *worker = &server->workers[i];

		if (worker->pid > 0)
			continue;
		worker->since_ms = sys_now_ms();
		worker->pid = sys_fork();
		if (worker->pid == 0)
			be_worker(server);
		if (worker->pid == -1) {
			worker->pid = 0;
			log_error("fork: one process less for the clients:");
			server->grow_after_ms = worker->since_ms + SERVE_TICK_MS;
			return;
		}
		trace_step(TRACE_FORK, "process %ld waits for callers, too", (long)worker->pid);
	}
}

static bool
has_workers(const struct server *server)
{
	for (int i = 0; i < server->worker_count; i++)
		if (server->workers[i].pid > 0)
			return true;
	return false;
}

/* Run the service's own model in as many processes as it shall have. The exit status. */
int
serve_workers(struct server *server)
{
	server->workers = calloc((size_t)server->options->workers, sizeof *server->workers);
	if (server->workers == NULL) {
		log_error("processes:");
		return STATUS_FAILED;
	}
	server->worker_count = server->options->workers;
	for (;;) {
		int64_t now;

		if (sys_take_signal(SIGCHLD))
			serve_reap(server);
		serve_heed_signals(server);
		now = sys_now_ms();
		serve_note_time(server, now);
		if (!server->stopping)
			tend(server);
		else if (!has_workers(server))
			break;
		sys_ppoll(NULL, 0,
		    serve_wait_ms(server, now, serve_enforce_limits(server, now)),
		    &server->wait_mask);
	}
	free(server->workers);
	return STATUS_DONE;
}
