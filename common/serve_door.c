/*
 * serve_door: who may come in, and how others are sent away. See serve_internal.h.
 *
 *	server                          caller
 *	accept               <---
 *	refused: words       --->
 *	shutdown(SHUT_WR)    --->       reads them, and the end
 *	read and drop        <---       his request, late
 *	close                <---       his own end; or the time is over
 *
 * A socket that is closed while something comes in answers with a reset, which may take
 * our words away from a caller who has not read them yet. So who was refused is parted
 * with slowly, beside all else: he has no place in the table and nobody waits for him. When
 * there are too many of these the oldest is closed.
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	PARTING_MS = 2000, /* for a caller to read why, and to close */
};

/* ---- sending away ---- */

/* What came meanwhile is dropped. Whether it is over. */
static bool
drop_input(int fd)
{
	char unread[4096];
	ssize_t n;

	do
		n = recv(fd, unread, sizeof unread, MSG_DONTWAIT);
	while (n > 0 || (n == -1 && errno == EINTR));
	return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Close those whose time was over by `until_ms`, the oldest first. */
static void
end_partings(struct server *server, int64_t until_ms)
{
	int kept = 0;

	for (int i = 0; i < server->parting_count; i++) {
		struct serve_parting *parting = &server->partings[i];

		if (drop_input(parting->fd) || parting->until_ms <= until_ms)
			close(parting->fd);
		else
			server->partings[kept++] = *parting;
	}
	server->parting_count = kept;
	server->parting_at_ms = kept ? sys_now_ms() + SERVE_PARTING_TICK_MS : 0;
}

void
serve_tend_partings(struct server *server)
{
	int64_t now;

	if (server->parting_count > 0 && (now = sys_now_ms()) >= server->parting_at_ms)
		end_partings(server, now);
}

void
serve_dismiss(struct server *server, int fd, const char *words, size_t len)
{
	if (words)
		(void)send(fd, words, len ? len : strlen(words), MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	if (server->partings == NULL) /* seldom needed, and in the way of what often is */
		server->partings = calloc(SERVE_PARTINGS_MAX, sizeof *server->partings);
	if (drop_input(fd) || server->partings == NULL) {
		close(fd);
		return;
	}
	if (server->parting_count == SERVE_PARTINGS_MAX)
		end_partings(server, server->partings[0].until_ms);
	if (server->parting_count == 0)
		server->parting_at_ms = sys_now_ms() + SERVE_PARTING_TICK_MS;
	server->partings[server->parting_count++] =
	    (struct serve_parting){ fd, sys_now_ms() + PARTING_MS };
}

void
serve_refuse(struct server *server, int fd, const struct net_address *peer)
{
	char peer_text[NET_TEXT_MAX];

	server->table->refused++;
	log_notice("%s refused: it has %d connections already", net_format(peer, peer_text),
	    server->options->per_address);
	serve_dismiss(server, fd, server->service->refusal, server->service->refusal_len);
}

void
serve_refuse_as_full(struct server *server, int fd, const struct net_address *peer)
{
	char peer_text[NET_TEXT_MAX];

	server->table->refused++;
	log_notice("%s refused: %d clients are served already", net_format(peer, peer_text),
	    server->table->count);
	serve_dismiss(server, fd, server->service->full, 0);
}

/* ---- coming in ---- */

bool
serve_is_full(const struct server *server)
{
	const struct serve_table *table = server->table;

	return table->live >= table->count &&
	       (server->model != SERVE_PREFORK || table->idle <= 0);
}

bool
serve_may_accept(const struct server *server, int64_t now)
{
	return !server->stopping && !serve_signals.stop && !serve_signals.drain &&
	       (!serve_is_full(server) || serve_answers_when_full(server)) &&
	       now >= server->accept_after_ms;
}

/*
 * What accept(2) fails with is mostly the caller's bad luck: it hung up before we
 * answered, or the network failed it. Anything else is ours, such as being out of
 * descriptors, and does not go away by trying again at once: the listeners rest.
 */
static void
heed_accept_error(struct server *server)
{
	switch (errno) {
	case EAGAIN:
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTUNREACH:
		return;
	}
	if (!server->resting)
		log_error("callers wait until a child leaves: accept:");
	server->resting = true;
	server->accept_after_ms = sys_now_ms() + SERVE_REST_MS;
}

int
serve_accept(struct server *server, int listener, struct net_address *peer)
{
	int fd;

	peer->len = sizeof peer->sa;
	fd = sys_accept(listener, &peer->sa.any, &peer->len, false);
	if (fd == -1)
		heed_accept_error(server);
	else if (server->options->pace_ms)
		server->accept_after_ms = sys_now_ms() + server->options->pace_ms;
	return fd;
}

struct serve_slot *
serve_admit(struct server *server, int fd, const struct net_address *peer)
{
	char peer_text[NET_TEXT_MAX];
	struct serve_slot *slot;

	if (server->options->pace_ms || server->options->hold_ms)
		log_notice("accepted %s", net_format(peer, peer_text));
	trace_step(TRACE_ACCEPT, "%s, descriptor %d", net_format(peer, peer_text), fd);
	slot = serve_table_claim(server->table, server->pid);
	if (slot == NULL) {
		serve_refuse_as_full(server, fd, peer);
		return NULL;
	}
	if (!serve_table_admit(server->table, slot, peer, server->options->per_address)) {
		serve_table_free(server->table, slot);
		serve_refuse(server, fd, peer);
		return NULL;
	}
	server->table->served++;
	return slot;
}
