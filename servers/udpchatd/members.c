/*
 * members: who is here: by token, by name, by address.
 *
 * The last bits of a token are its member's place in the table, so that a datagram's sender
 * is found at once; the rest is random, and the address must be the proven one as well.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/random.h"
#include "common/sys.h"
#include "servers/udpchatd/chatd.h"

enum {
	PLACE_BITS = 16, /* SERVE_MAX_LIMIT places */
	TICK_MS = 10,	 /* all members are looked at not more often */
};

struct chat_span
label_span(const struct label *label)
{
	return (struct chat_span){ label->bytes, label->len };
}

void
label_set(struct label *label, struct chat_span span)
{
	label->len = span.len <= sizeof label->bytes ? span.len : 0;
	if (label->len > 0)
		memcpy(label->bytes, span.bytes, label->len);
}

/* The very same address and port, on the very same socket. */
static bool
is_same_way(const struct udp_path *a, const struct udp_path *b)
{
	return a->fd == b->fd && net_same_host(&a->peer, &b->peer) &&
	       net_port(&a->peer) == net_port(&b->peer);
}

struct member *
member_of(const struct chatd *chatd, uint64_t token, const struct udp_path *path)
{
	size_t place = token & ((1U << PLACE_BITS) - 1);
	struct member *member =
	    place < (size_t)chatd->options.serve.max ? chatd->members[place] : NULL;

	if (member == NULL || member->token != token ||
	    (path && !is_same_way(&member->path, path)))
		return NULL;
	return member;
}

struct member *
member_named(const struct chatd *chatd, struct chat_span name)
{
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] && chat_same(label_span(&chatd->members[i]->name), name))
			return chatd->members[i];
	return NULL;
}

struct member *
member_at(const struct chatd *chatd, const struct udp_path *path)
{
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] && is_same_way(&chatd->members[i]->path, path))
			return chatd->members[i];
	return NULL;
}

int
members_of_host(const struct chatd *chatd, const struct net_address *host)
{
	int count = 0;

	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] && net_same_host(&chatd->members[i]->path.peer, host))
			count++;
	return count;
}

static int
free_place(const struct chatd *chatd)
{
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] == NULL)
			return i;
	return -1;
}

struct member *
member_new(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *join,
    int64_t now_ms)
{
	int place = free_place(chatd);
	struct member *member = place == -1 ? NULL : calloc(1, sizeof *member);
	uint64_t unforeseeable;

	if (member == NULL || random_bytes(&unforeseeable, sizeof unforeseeable) == -1) {
		if (place != -1)
			log_error("a new member:");
		free(member);
		return NULL;
	}
	member->path = *path;
	member->token = unforeseeable << PLACE_BITS | (uint64_t)place;
	member->random = join->random;
	member->heard_ms = now_ms;
	label_set(&member->name, join->name);
	chatd->members[place] = member;
	chatd->count++;
	chatd->welcomed++;
	if (chatd->options.serve.idle_ms)
		chatd_note_due(chatd, now_ms + chatd->options.serve.idle_ms);
	return member;
}

static void
log_leaving(const struct member *member, enum chat_reason reason)
{
	log_notice("%.*s has gone: %s", (int)member->name.len, (const char *)member->name.bytes,
	    chat_reason_words((uint8_t)reason));
}

void
member_drop(struct chatd *chatd, struct member *member, enum chat_reason reason)
{
	const struct chat_packet bye = {
		.type = CHAT_BYE, .token = member->token, .reason = (uint8_t)reason
	};
	uint32_t number;
	bool taken;

	log_leaving(member, reason);
	chatd_send(&member->path, &bye);
	chatd->members[member->token & ((1U << PLACE_BITS) - 1)] = NULL;
	chatd->count--;
	for (struct post *post;;) {
		taken = true;
		post = deliver_release(&member->out, false, &number);
		if (post == NULL) {
			taken = false;
			post = deliver_release(&member->out, true, &number);
		}
		if (post == NULL)
			break;
		post_leave(chatd, post, taken);
	}
	free(member);
}

void
member_pump(struct chatd *chatd, struct member *member, int64_t now_ms)
{
	const struct post *post;
	uint32_t number;

	while ((post = deliver_send(&member->out, now_ms, &number)) != NULL) {
		const struct chat_packet packet = {
			.type = CHAT_DATA,
			.token = member->token,
			.number = number,
			.record = { post->record, post->len },
		};

		chatd_send(&member->path, &packet);
	}
	chatd_note_due(chatd, deliver_due(&member->out));
}

/* One member's turn; perhaps its last. */
static void
member_tick(struct chatd *chatd, struct member *member, int64_t now_ms)
{
	int64_t idle_ms = chatd->options.serve.idle_ms;

	if (idle_ms && now_ms - member->heard_ms >= idle_ms) {
		member_drop(chatd, member, CHAT_SILENT);
		return;
	}
	if (deliver_gave_up(&member->out, now_ms)) {
		member_drop(chatd, member, CHAT_DEAF);
		return;
	}
	if (idle_ms)
		chatd_note_due(chatd, member->heard_ms + idle_ms);
	member_pump(chatd, member, now_ms);
}

void
members_tick(struct chatd *chatd, int64_t now_ms)
{
	chatd->due_ms = INT64_MAX;
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i])
			member_tick(chatd, chatd->members[i], now_ms);
	if (chatd->due_ms < now_ms + TICK_MS)
		chatd->due_ms = now_ms + TICK_MS;
}
