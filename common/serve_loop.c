/*
 * serve_loop: the parent's loop. It waits, heeds signals, reaps, enforces time
 * limits and, in the models fork and iterative, accepts.
 *
 *	parent                              child
 *	ppoll   <- signals come in here
 *	accept
 *	fork  ---------------------------->  reset signals, close listeners
 *	close (its copy)                     session
 *	ppoll ...                            _exit
 *	waitpid <--------------------------  SIGCHLD
 *
 * What it deliberately does not do: talk to a client, or wait for one. Who may come in is
 * serve_door.c's.
 */
#include <sys/stat.h>

#include <limits.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

/*
 * The file of our unix socket goes with us, if it is still ours. It goes before
 * the listener closes: afterwards a successor may have made its own.
 */
static void
remove_own_path(struct server *server)
{
	const char *path = server->own_path.sa.un.sun_path;
	struct stat now;

	if (server->own_path.len > 0 && lstat(path, &now) == 0 &&
	    now.st_ino == server->own_file.st_ino && now.st_dev == server->own_file.st_dev)
		unlink(path);
	server->own_path.len = 0;
}

/* From here on nobody can call, and prefork's children wake up from accept. */
void
serve_close_listeners(struct server *server)
{
	remove_own_path(server);
	for (int i = 0; i < server->listener_count; i++) {
		if (server->model == SERVE_PREFORK && !server->passed)
			shutdown(server->listeners[i].fd, SHUT_RDWR);
		close(server->listeners[i].fd);
	}
	server->listener_count = 0;
	server->stopping = true;
}

/* Somebody left: there is a descriptor to accept with again. */
void
serve_end_rest(struct server *server)
{
	if (server->resting)
		server->accept_after_ms = 0;
	server->resting = false;
}

static void
signal_children(const struct server *server, int signal)
{
	serve_table_signal(server->table, server->pid, signal);
	serve_workers_signal(server, signal);
}

void
serve_heed_signals(struct server *server)
{
	if (serve_signals.child) {
		serve_signals.child = 0;
		serve_reap(server);
	}
	if (serve_signals.table) {
		serve_signals.table = 0;
		serve_table_print(server);
	}
	if (serve_signals.stop) {
		serve_signals.stop = 0;
		log_step("told to stop");
		serve_close_listeners(server);
		signal_children(server, SIGTERM);
		server->kill_at_ms = sys_now_ms() + SERVE_GRACE_MS;
	}
	if (serve_signals.drain) {
		serve_signals.drain = 0;
		log_step("told to let the %d clients finish", server->table->live);
		serve_close_listeners(server);
		if (server->model == SERVE_PREFORK)
			serve_prefork_drain(server);
		serve_workers_signal(server, SIGHUP);
	}
}

/* One client's time: TERM when it is over, KILL a grace later. When next to look, or 0. */
static int64_t
enforce_total(struct serve_slot *slot, pid_t owner, int64_t now, int total_ms)
{
	int64_t due = slot->since_ms + total_ms;

	if (slot->state != SLOT_TALKING || slot->pid == 0 || slot->owner != owner)
		return 0;
	if (slot->kill_at_ms && now >= slot->kill_at_ms) {
		kill(slot->pid, SIGKILL);
		slot->kill_at_ms = now + SERVE_GRACE_MS;
	} else if (slot->kill_at_ms == 0 && now >= due) {
		kill(slot->pid, SIGTERM);
		slot->kill_at_ms = now + SERVE_GRACE_MS;
	}
	return slot->kill_at_ms ? slot->kill_at_ms : due;
}

/* Enforce what is due by now; returns when the next limit falls due, or 0. */
int64_t
serve_enforce_limits(struct server *server, int64_t now)
{
	int64_t next = 0, at;

	if (server->kill_at_ms && now >= server->kill_at_ms) {
		log_notice("%d children do not heed TERM: KILL", server->table->live);
		signal_children(server, SIGKILL);
		server->kill_at_ms = now + SERVE_GRACE_MS;
	}
	if (server->kill_at_ms)
		return server->kill_at_ms;
	for (int i = 0; server->options->total_ms && i < server->table->used; i++) {
		at = enforce_total(
		    &server->table->slots[i], server->pid, now, server->options->total_ms);
		if (at && (next == 0 || at < next))
			next = at;
	}
	return next;
}

/* The client's own process from here to _exit. */
static _Noreturn void
be_child(struct server *server, struct serve_slot *slot, int fd, const struct net_address *peer)
{
	serve_child_begin(server, SIG_DFL);
	_exit(serve_session(server, slot, fd, fd, peer));
}

static void
take_by_fork(
    struct server *server, struct serve_slot *slot, int fd, const struct net_address *peer)
{
	char peer_text[NET_TEXT_MAX];
	pid_t pid = sys_fork();

	if (pid == 0)
		be_child(server, slot, fd, peer);
	if (pid == -1) {
		log_error("%s turned away: fork:", net_format(peer, peer_text));
		serve_table_free(server->table, slot);
	} else {
		slot->pid = pid;
		trace_step(TRACE_FORK,
		    "child %ld talks, the parent closes its copy and waits for the next call",
		    (long)pid);
	}
	close(fd); /* or the client would never see the end of the conversation */
}

/* -m iterative and -1: this very process talks. */
static void
take_here(
    struct server *server, struct serve_slot *slot, int fd, const struct net_address *peer)
{
	server->status = serve_session(server, slot, fd, fd, peer);
	close(fd);
	serve_slot_log_end(slot, server->status << 8); /* as wait(2) would tell it */
	serve_table_free(server->table, slot);
	if (server->options->once)
		serve_close_listeners(server);
	else
		server->status = STATUS_DONE;
}

/* Take the callers of one listener until there are none, or something else is to be done. */
static void
accept_callers(struct server *server, int listener)
{
	int64_t now = sys_now_ms();

	for (int i = 0; i < SERVE_BATCH_MAX && serve_may_accept(server, now); i++) {
		struct net_address peer;
		struct serve_slot *slot;
		int fd = serve_accept(server, listener, &peer);

		if (fd == -1)
			return;
		slot = serve_admit(server, fd, &peer);
		if (slot == NULL)
			continue;
		if (server->model == SERVE_ITERATIVE)
			take_here(server, slot, fd, &peer);
		else
			take_by_fork(server, slot, fd, &peer);
	}
}

/*
 * A time that has come is forgotten here only, at the top of the loop. Who looks at
 * the clock later in the same round may find that it has come meanwhile: then
 * serve_wait_ms does not wait, and the next round acts on it.
 */
void
serve_note_time(struct server *server, int64_t now)
{
	if (now >= server->accept_after_ms)
		server->accept_after_ms = 0;
	if (now >= server->grow_after_ms)
		server->grow_after_ms = 0;
}

/* How long the loop may wait: until the earliest of the things that are due. */
int
serve_wait_ms(const struct server *server, int64_t now, int64_t next_limit)
{
	const int64_t due[] = {
		next_limit,
		server->parting_at_ms,
		server->tick_at_ms,
		server->accept_after_ms,
		server->grow_after_ms,
	};
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < sizeof due / sizeof *due; i++)
		if (due[i] && due[i] < first)
			first = due[i];
	if (first == INT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}

/* NOTES' experiment: let callers pile up in the backlog for a while, counting down. */
static void
hold(struct server *server)
{
	int64_t now = sys_now_ms(), end = now + server->options->hold_ms;

	for (; now < end && !server->stopping; now = sys_now_ms()) {
		int left = (int)(end - now), part = left % 1000 ? left % 1000 : 1000;

		log_notice("nobody answers for %d s more, callers wait in the backlog",
		    (left + 999) / 1000);
		sys_ppoll(NULL, 0, part, &server->wait_mask);
		serve_heed_signals(server);
	}
}

/* Wait for callers (fork), a poke (prefork), a signal, or what is due next. */
static bool
wait_for_callers(struct server *server, struct pollfd *watch, nfds_t count)
{
	int64_t now = sys_now_ms(), next = serve_enforce_limits(server, now);

	return sys_ppoll(watch, count, serve_wait_ms(server, now, next), &server->wait_mask) >
	       0;
}

static void
loop_fork(struct server *server)
{
	bool accepting = serve_may_accept(server, sys_now_ms());
	nfds_t count = accepting ? (nfds_t)server->listener_count : 0;

	if (!wait_for_callers(server, server->listeners, count))
		return;
	for (nfds_t i = 0; i < count; i++)
		if (server->listeners[i].revents)
			accept_callers(server, server->listeners[i].fd);
}

static void
loop_prefork(struct server *server)
{
	struct pollfd watch[NET_LISTENERS_MAX + 1];
	nfds_t count;

	serve_prefork_tend(server);
	count = serve_prefork_watch(server, watch);
	if (wait_for_callers(server, watch, count))
		serve_prefork_refuse(server, watch, count);
}

/*
 * A child that has ended is mostly found here. Its signal's handler would write to pages
 * that are still shared with other children.
 */
bool
serve_goes_on(struct server *server)
{
	if (sys_take_signal(SIGCHLD))
		serve_reap(server);
	serve_heed_signals(server);
	serve_note_time(server, sys_now_ms());
	serve_tend_partings(server);
	return !server->stopping || server->table->live > 0;
}

int
serve_loop(struct server *server)
{
	bool prefork = server->model == SERVE_PREFORK;

	hold(server);
	if (server->model == SERVE_OWN)
		return server->options->workers ? serve_workers(server) : serve_crowd(server);
	if (prefork && !server->stopping && serve_prefork_start(server) == -1) {
		log_error("pipe for the pool:");
		return STATUS_FAILED;
	}
	while (serve_goes_on(server)) {
		if (prefork)
			loop_prefork(server);
		else
			loop_fork(server);
	}
	return server->status;
}
