/*
 * serve_table: who is served, since when, and how it ended. See serve_internal.h.
 */
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"

/* A mutex that several processes share and that survives the death of its holder. */
static int
make_admission_lock(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attr;
	int error = pthread_mutexattr_init(&attr);

	if (error == 0)
		error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (error == 0)
		error = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (error == 0)
		error = pthread_mutex_init(mutex, &attr);
	return error;
}

/* A table of `count` free slots, shared with all children. NULL with errno. */
struct serve_table *
serve_table_new(int count)
{
	struct serve_table *table =
	    sys_shared_memory(sizeof *table + (size_t)count * sizeof table->slots[0]);

	if (table == NULL)
		return NULL;
	table->count = count;
	errno = make_admission_lock(&table->admission);
	return errno ? NULL : table;
}

/* The first `used` slots are in use or were. */
static void
note_use(struct serve_table *table, int used)
{
	int before = table->used;

	while (before < used && !atomic_compare_exchange_weak(&table->used, &before, used))
		continue;
}

/*
 * A free slot for a client that begins now; NULL: there is none. Several processes may ask
 * at once. One that is killed within these lines, or those of serve_table_free, leaves
 * `live` too small, never too large, which would keep callers waiting for ever.
 */
struct serve_slot *
serve_table_claim(struct serve_table *table, pid_t owner)
{
	for (struct serve_slot *slot = table->slots; slot < table->slots + table->count;
	     slot++) {
		pid_t nobody = 0;

		if (slot->owner ||
		    !atomic_compare_exchange_strong(&slot->owner, &nobody, owner))
			continue;
		table->live++;
		note_use(table, (int)(slot - table->slots) + 1);
		slot->pid = 0;
		slot->kill_at_ms = 0;
		slot->since_ms = sys_now_ms();
		slot->count.in = slot->count.out = 0;
		slot->state = SLOT_TALKING;
		return slot;
	}
	return NULL;
}

void
serve_table_free(struct serve_table *table, struct serve_slot *slot)
{
	slot->state = SLOT_FREE;
	slot->peer.len = 0;
	table->live--;
	slot->owner = 0;
}

/* Its owner is dead. */
void
serve_table_free_all(struct serve_table *table, pid_t owner)
{
	for (int i = 0; i < table->used; i++)
		if (table->slots[i].owner == owner)
			serve_table_free(table, &table->slots[i]);
}

/*
 * Put the client into its slot; false, and nothing there, if its address has `limit` others
 * already (0: any number). Processes take turns to count, and who dies meanwhile holds
 * nobody up.
 */
bool
serve_table_admit(struct serve_table *table, struct serve_slot *slot,
    const struct net_address *peer, int limit)
{
	bool fits;

	if (limit == 0) {
		slot->peer = *peer;
		return true;
	}
	if (pthread_mutex_lock(&table->admission) == EOWNERDEAD)
		pthread_mutex_consistent(&table->admission); /* its slot is reaped */
	slot->peer.len = 0;
	fits = serve_table_same_host(table, peer) < limit;
	if (fits)
		slot->peer = *peer;
	pthread_mutex_unlock(&table->admission);
	return fits;
}

struct serve_slot *
serve_table_find(struct serve_table *table, pid_t pid)
{
	for (int i = 0; i < table->used; i++)
		if (table->slots[i].state != SLOT_FREE && table->slots[i].pid == pid)
			return &table->slots[i];
	return NULL;
}

/* How many clients of this address are being served. */
int
serve_table_same_host(const struct serve_table *table, const struct net_address *peer)
{
	int n = 0;

	for (int i = 0; i < table->used; i++)
		if (table->slots[i].state == SLOT_TALKING && table->slots[i].peer.len > 0 &&
		    net_same_host(&table->slots[i].peer, peer))
			n++;
	return n;
}

static const char *
about(const struct server *server, pid_t pid)
{
	const struct service *service = server->service;

	return service->about ? service->about(pid, server->arg) : "";
}

static pid_t
process_of(const struct serve_slot *slot)
{
	return slot->pid > 0 ? slot->pid : slot->owner;
}

static void
print_slot(const struct server *server, const struct serve_slot *slot)
{
	char peer[NET_TEXT_MAX], pid[32] = "";

	if (slot->pid > 0 || server->worker_count > 0)
		snprintf(pid, sizeof pid, "pid %ld ", (long)process_of(slot));
	switch (atomic_load(&slot->state)) {
	case SLOT_TALKING:
		log_error("  %s%s talking %" PRId64 " s, %" PRIu64 " bytes in, %" PRIu64
			  " out%s",
		    pid, net_format(&slot->peer, peer), (sys_now_ms() - slot->since_ms) / 1000,
		    slot->count.in, slot->count.out, about(server, process_of(slot)));
		break;
	case SLOT_IDLE:
		log_error("  %sidle", pid);
		break;
	case SLOT_RETIRED:
		log_error("  %sretired", pid);
		break;
	}
}

/* A line of serve_clients. Its length, or 0 for a place that nobody has. */
static int
describe_slot(const struct serve_slot *slot, int64_t now, char *out, size_t cap)
{
	int state = atomic_load(&slot->state);
	char peer[NET_TEXT_MAX] = "-";

	if (state != SLOT_TALKING && state != SLOT_IDLE)
		return 0;
	if (state == SLOT_TALKING)
		net_format(&slot->peer, peer);
	return snprintf(out, cap, "%ld %s %" PRId64 " %" PRIu64 " %" PRIu64 " %s\n",
	    (long)process_of(slot), state == SLOT_TALKING ? "talking" : "idle",
	    state == SLOT_TALKING ? (now - slot->since_ms) / 1000 : 0, slot->count.in,
	    slot->count.out, peer);
}

size_t
serve_clients(const struct server *server, char *out, size_t cap)
{
	int64_t now = sys_now_ms();
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; server && server->table && i < server->table->used; i++) {
		int len = describe_slot(&server->table->slots[i], now, out + used, cap - used);

		if (len < 0 || (size_t)len >= cap - used) {
			out[used] = '\0';
			break;
		}
		used += (size_t)len;
	}
	return used;
}

/* For USR1: asked for, so it is said also with -q. */
void
serve_table_print(const struct server *server)
{
	const struct serve_table *table = server->table;
	int talking = 0;

	for (int i = 0; i < table->used; i++)
		talking += table->slots[i].state == SLOT_TALKING;
	log_error("%d clients of at most %d, %ld served, %ld refused", talking,
	    server->options->max, table->served, table->refused);
	for (int i = 0; i < table->used; i++)
		print_slot(server, &table->slots[i]);
}

void
serve_table_signal(const struct serve_table *table, pid_t owner, int signal)
{
	for (int i = 0; i < table->used; i++)
		if (table->slots[i].owner == owner && table->slots[i].pid > 0)
			kill(table->slots[i].pid, signal);
}

/* How a session, or a whole child, ended: quietly if well, else for all to see. */
void
serve_slot_log_end(const struct serve_slot *slot, int status)
{
	bool well = WIFEXITED(status) && WEXITSTATUS(status) == STATUS_DONE;
	void (*say)(const char *, ...) = well ? log_step : log_notice;
	bool idle = slot->peer.len == 0;
	char peer[NET_TEXT_MAX], who[NET_TEXT_MAX + 32];
	int64_t ms;

	if (!log_enabled(well ? LOG_LEVEL_STEPS : LOG_LEVEL_NOTICE))
		return;
	if (idle && well) {
		log_step("child %ld, idle, was not needed any more", (long)slot->pid);
		return;
	}
	ms = sys_now_ms() - slot->since_ms;
	net_format(&slot->peer, peer);
	if (slot->pid == 0)
		snprintf(who, sizeof who, "%s", peer);
	else
		snprintf(
		    who, sizeof who, "child %ld (%s)", (long)slot->pid, idle ? "idle" : peer);
	say("%s left after %" PRId64 ".%03d s: %" PRIu64 " bytes in, %" PRIu64 " out, %s %d%s",
	    who, ms / 1000, (int)(ms % 1000), slot->count.in, slot->count.out,
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	    slot->kill_at_ms ? " (its time was over)" : "");
}

/* Not one of ours. */
static void
heed_lost(struct server *server, pid_t pid)
{
	const struct service *service = server->service;

	if (service->lost == NULL || server->stopping || service->lost(pid, server->arg) == 0)
		return;
	server->status = STATUS_FAILED;
	serve_signals.drain = 1;
}

void
serve_reap(struct server *server)
{
	bool others = server->service->lost || server->worker_count > 0;
	struct serve_slot *slot;
	int status;
	pid_t pid;

	while (
	    (server->table->live > 0 || others) && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		slot = serve_table_find(server->table, pid);
		if (slot == NULL) {
			if (!serve_worker_ended(server, pid, status))
				heed_lost(server, pid);
			continue;
		}
		if (server->model == SERVE_OWN)
			server->apart--;
		if (slot->state == SLOT_IDLE)
			server->table->idle--;
		serve_slot_log_end(slot, status);
		serve_table_free(server->table, slot);
		if (server->model == SERVE_PREFORK)
			server->grow_after_ms = sys_now_ms() + SERVE_REGROW_MS;
		serve_end_rest(server);
	}
}
