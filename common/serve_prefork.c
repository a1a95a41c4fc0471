/*
 * serve_prefork: idle children wait in accept, so that no caller waits for a fork.
 *
 *	parent                     shared table               child
 *	fork a few  -------------> slot IDLE                  accept ...
 *	                           slot TALKING, peer  <----- ... a client
 *	                           idle - 1            <-----
 *	poll  <------------------------------- a byte ------- if too few are idle
 *	fork more                  slot IDLE           <----- the client left
 *	each tick: too many idle?
 *	retire, HUP  ------------> slot RETIRED -------------> exit
 *
 * The kernel hands each caller to one child only (it wakes one waiter of accept),
 * so the parent has no part in a conversation and no lock is needed. A child is
 * retired by its slot first and woken by a signal after: if it has just got a
 * client it serves that one, and is idle again afterwards; so none is lost.
 *
 * -C is the exception: children that count the clients of an address at the same
 * time take turns, by a mutex that survives a child killed while it holds it.
 *
 * When the pool has all the children it may have, and all of them talk, it is the parent
 * that tells a caller so, if the service has words for that.
 *
 * What it deliberately does not do: give a child more than one client at a time,
 * or spread listeners over children; with several listeners a child polls them.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

/* ---- in a child ---- */

static void
wake_up(int signal)
{
	(void)signal; /* its only effect is EINTR */
}

/* Tell the parent to look, unless somebody just did. */
static void
poke_parent(struct server *server)
{
	ssize_t n;

	if (atomic_exchange(&server->table->poked, 1) == 0) {
		n = write(server->poke[1], "", 1);
		(void)n; /* a full pipe is as good */
	}
}

/*
 * An idle child begins to talk. The count goes before the state, here and in the
 * loop below after it: a child killed in between leaves the count too small, which
 * costs a spare child, never too large, which would keep callers waiting.
 */
static void
leave_idle(struct server *server, struct serve_slot *slot)
{
	struct serve_table *table = server->table;
	int expected = SLOT_IDLE, idle = atomic_fetch_sub(&table->idle, 1) - 1, low;

	if (!atomic_compare_exchange_strong(&slot->state, &expected, SLOT_TALKING)) {
		slot->state = SLOT_TALKING; /* retired this moment: the parent took it off */
		atomic_fetch_add(&table->idle, 1);
		return;
	}
	low = table->low;
	while (idle < low && !atomic_compare_exchange_weak(&table->low, &low, idle))
		continue;
	if (idle < SERVE_SPARE_MIN)
		poke_parent(server);
}

static void
talk(struct server *server, struct serve_slot *slot, int fd, const struct net_address *peer)
{
	char peer_text[NET_TEXT_MAX];
	int status;

	slot->since_ms = sys_now_ms();
	leave_idle(server, slot);
	trace_step(TRACE_ACCEPT, "%s, descriptor %d", net_format(peer, peer_text), fd);
	if (!serve_table_admit(server->table, slot, peer, server->options->per_address)) {
		serve_refuse(server, fd, peer);
		return;
	}
	server->table->served++;
	status = serve_session(server, slot, fd, fd, peer);
	close(fd);
	serve_slot_log_end(slot, status << 8); /* as wait(2) would tell it */
}

/* Block until a client calls. Its descriptor, or -1 with errno (EINTR: look around). */
static int
await_client(struct server *server, struct net_address *peer)
{
	struct pollfd wait[NET_LISTENERS_MAX + 1];
	int count = server->listener_count, fd = -1, wait_ms;

	if (count == 1 && server->lifeline[0] == -1) {
		peer->len = sizeof peer->sa;
		fd = sys_accept(server->listeners[0].fd, &peer->sa.any, &peer->len, false);
		if (fd != -1 || errno != EAGAIN)
			return fd;
	}
	memcpy(wait, server->listeners, (size_t)count * sizeof *wait);
	wait[count] = (struct pollfd){ .fd = server->lifeline[0], .events = POLLIN };
	wait_ms = server->parting_count > 0 ? SERVE_PARTING_TICK_MS : -1;
	if (sys_ppoll(wait, (nfds_t)count + 1, wait_ms, &server->wait_mask) == -1)
		return -1;
	if (wait[count].revents)
		_exit(STATUS_FAILED); /* the parent died */
	errno = EAGAIN;		      /* another child was quicker */
	for (int i = 0; i < count && fd == -1; i++)
		if (wait[i].revents) {
			peer->len = sizeof peer->sa;
			fd = sys_accept(wait[i].fd, &peer->sa.any, &peer->len, false);
		}
	return fd;
}

/* accept failed: whether this child is of no more use. */
static bool
accept_is_over(const struct server *server, const struct serve_slot *slot)
{
	switch (errno) {
	case EINVAL: /* the parent has shut the listener down */
	case EBADF:
		return true;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
		log_error("callers wait for a while: accept:");
		sys_ppoll(NULL, 0, SERVE_REST_MS, &server->wait_mask);
		break;
	}
	return slot->state == SLOT_RETIRED;
}

static _Noreturn void
be_child(struct server *server, struct serve_slot *slot)
{
	struct net_address peer;
	int fd;

	serve_child_begin(server, wake_up);
	close(server->poke[0]);
	while (!server->table->closing && slot->state == SLOT_IDLE) {
		serve_tend_partings(server);
		fd = await_client(server, &peer);
		if (fd == -1 && accept_is_over(server, slot))
			break;
		if (fd == -1)
			continue;
		talk(server, slot, fd, &peer);
		slot->peer.len = 0;
		slot->state = SLOT_IDLE;
		atomic_fetch_add(&server->table->idle, 1);
	}
	_exit(STATUS_DONE);
}

/* ---- in the parent ---- */

static int
make_child(struct server *server)
{
	struct serve_slot *slot = serve_table_claim(server->table, server->pid);
	pid_t pid;

	slot->state = SLOT_IDLE;
	server->table->idle++;
	pid = sys_fork();
	if (pid == 0) {
		slot->pid = getpid();
		be_child(server, slot);
	}
	if (pid != -1) {
		slot->pid = pid;
		return 0;
	}
	server->table->idle--;
	serve_table_free(server->table, slot);
	log_error("fork: the pool stays at %d children:", server->table->live);
	return -1;
}

/* Make up to `want` children; after a failure none for a while. */
static void
make_children(struct server *server, int want)
{
	while (want-- > 0 && server->table->live < server->table->count)
		if (make_child(server) == -1) {
			server->grow_after_ms = sys_now_ms() + SERVE_TICK_MS;
			return;
		}
}

/* Too few are idle: make more, twice as many each time in a row. */
static void
grow(struct server *server)
{
	int idle = server->table->idle;

	if (idle >= SERVE_SPARE_MIN || sys_now_ms() < server->grow_after_ms)
		return;
	make_children(server, SERVE_SPARE_MIN - idle + server->grow);
	server->grow = server->grow ? server->grow * 2 : 1;
	if (server->grow > SERVE_GROW_MAX)
		server->grow = SERVE_GROW_MAX;
}

/*
 * Take idle children off duty. The signal may come a moment before the child
 * sleeps in accept and be lost; so it is sent again with each tick.
 */
static void
retire(struct server *server, int surplus)
{
	for (int i = 0; i < server->table->used; i++) {
		struct serve_slot *slot = &server->table->slots[i];
		int expected = SLOT_IDLE;

		if (surplus > 0 && slot->pid > 0 &&
		    atomic_compare_exchange_strong(&slot->state, &expected, SLOT_RETIRED)) {
			server->table->idle--;
			surplus--;
		}
		if (slot->state == SLOT_RETIRED)
			kill(slot->pid, SIGHUP);
	}
}

/* Once a tick: retire half of what nobody used since the last one. */
static void
shrink(struct server *server, int64_t now)
{
	int unused = server->table->low - SERVE_POOL_START;
	int above = server->table->live - SERVE_POOL_START;
	bool ticking;

	if (now < server->tick_at_ms)
		return;
	server->grow = 0;
	if (unused > above)
		unused = above;
	retire(server, unused > 0 ? (unused + 1) / 2 : 0);
	server->table->low = server->table->idle;
	ticking = server->options->total_ms || server->table->live > SERVE_POOL_START;
	server->tick_at_ms = ticking ? now + SERVE_TICK_MS : 0; /* else only a poke wakes us */
}

/*
 * Children may sleep in accept while each of them would take whoever calls, and nobody
 * else would; else they must poll.
 */
static void
choose_wait(struct server *server)
{
	bool may_be_full =
	    serve_answers_when_full(server) && server->table->live == server->table->count;
	bool sleeping = server->listener_count == 1 && server->lifeline[0] == -1 &&
			server->options->per_address == 0 && !may_be_full;

	if (sleeping != server->sleeping && server->listener_count > 0)
		sys_set_nonblocking(server->listeners[0].fd, !sleeping);
	server->sleeping = sleeping;
}

/* What the parent waits for: pokes; callers only to refuse them. How many. */
nfds_t
serve_prefork_watch(struct server *server, struct pollfd watch[NET_LISTENERS_MAX + 1])
{
	int callers = serve_is_full(server) && serve_may_accept(server, sys_now_ms()) ?
			  server->listener_count :
			  0;

	watch[0] = (struct pollfd){ .fd = server->poke[0], .events = POLLIN };
	memcpy(watch + 1, server->listeners, (size_t)callers * sizeof *watch);
	return (nfds_t)callers + 1;
}

void
serve_prefork_refuse(struct server *server, const struct pollfd *watch, nfds_t count)
{
	for (nfds_t i = 1; i < count; i++)
		for (int n = 0; watch[i].revents && n < SERVE_BATCH_MAX; n++) {
			struct net_address peer;
			int fd = serve_is_full(server) ?
				     serve_accept(server, watch[i].fd, &peer) :
				     -1;

			if (fd == -1)
				break;
			serve_refuse_as_full(server, fd, &peer);
		}
}

/* After each wait of the parent's loop. */
void
serve_prefork_tend(struct server *server)
{
	char bytes[16];
	int64_t now = sys_now_ms();

	while (read(server->poke[0], bytes, sizeof bytes) > 0)
		continue;
	server->table->poked = 0;
	if (server->table->closing) {
		retire(server, server->table->count);
		server->tick_at_ms = now + SERVE_TICK_MS / 10;
		return;
	}
	if (server->stopping)
		return;
	grow(server);
	shrink(server, now);
	choose_wait(server);
}

/* HUP: the idle go now, the others after their client. */
void
serve_prefork_drain(struct server *server)
{
	server->table->closing = 1;
}

/* Fill the pool for the first time. 0, or -1 with errno. */
int
serve_prefork_start(struct server *server)
{
	if (sys_pipe(server->poke) == -1)
		return -1;
	choose_wait(server);
	make_children(server, SERVE_POOL_START);
	server->table->low = server->table->idle;
	return 0; /* where fork failed, it is tried again later */
}
