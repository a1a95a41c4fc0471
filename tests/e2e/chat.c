/*
 * chat: members made by hand. See chat.h.
 */
#include "tests/e2e/chat.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	AGAIN_MS = 300, /* HELLO is repeated */
};

struct program *
relay_start(const char *server, const char *const *options)
{
	static char relative[4096], path[4096], host[ADDRESS_MAX];
	const char *build = getenv("BUILD"), *argv[24] = { "-p", "0" };
	char *port;
	size_t n = 2;
	struct program *p;

	snprintf(relative, sizeof relative, "%s/tests/relay", build ? build : "build");
	EXPECT(realpath(relative, path) != NULL, "%s is not there: make tests", relative);
	snprintf(host, sizeof host, "%s", server);
	port = strrchr(host, ':');
	*port++ = '\0';
	for (; *options; options++)
		argv[n++] = *options;
	argv[n++] = host;
	argv[n++] = port;
	argv[n] = NULL;
	p = program_launch(&(struct launch){ .other = path, .args = argv });
	program_await_ready(p);
	return p;
}

void
chat_put(int fd, const struct chat_packet *packet)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	ssize_t len = chat_encode(packet, bytes, sizeof bytes);

	EXPECT(len > 0, "cannot encode a datagram of type %d", packet->type);
	(void)send(fd, bytes, (size_t)len, MSG_NOSIGNAL);
}

enum chat_type
chat_get(int fd, uint8_t bytes[CHAT_DATAGRAM_MAX], struct chat_packet *packet)
{
	size_t len = udp_client_receive(fd, bytes, CHAT_DATAGRAM_MAX);
	enum chat_error error = chat_decode(bytes, len, packet);

	EXPECT(error == CHAT_OK, "a datagram %s", chat_error_words(error));
	return packet->type;
}

uint64_t
chat_get_cookie(int fd, uint64_t random)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet;

	chat_put(fd, &(struct chat_packet){ .type = CHAT_HELLO, .random = random });
	EXPECT(chat_get(fd, bytes, &packet) == CHAT_COOKIE && packet.random == random,
	    "no cookie, but type %d", packet.type);
	return packet.cookie;
}

/* ---- a whole member ---- */

struct peer *
peer_new(const char *address, const char *name)
{
	static struct peer *all; /* so that no sanitizer takes them for lost */
	static uint64_t next_random = 1;
	struct peer *peer = calloc(1, sizeof *peer);

	EXPECT(peer != NULL, "out of memory");
	peer->fd = udp_client_open(address);
	peer->random = next_random++;
	peer->next = all;
	all = peer;
	snprintf(peer->name, sizeof peer->name, "%s", name);
	return peer;
}

static void
take_packet(struct peer *peer, const struct chat_packet *packet)
{
	uint32_t number;

	switch (packet->type) {
	case CHAT_COOKIE:
		if (!peer->up)
			chat_put(peer->fd, &(struct chat_packet){ .type = CHAT_JOIN,
					       .random = peer->random,
					       .cookie = packet->cookie,
					       .name = chat_span_of(peer->name) });
		break;
	case CHAT_WELCOME:
		peer->up = true;
		peer->token = packet->token;
		peer->idle_s = packet->idle_s;
		break;
	case CHAT_REFUSED:
		peer->refused = packet->reason + 1;
		break;
	case CHAT_BYE:
		if (!peer->gone) /* the first one tells why */
			peer->gone = packet->reason + 1;
		break;
	case CHAT_ACK:
		(void)deliver_acknowledged(&peer->out, packet->number, packet->early, now_ms());
		for (void *item; (item = deliver_release(&peer->out, false, &number)) != NULL;)
			free(item);
		break;
	default:
		break;
	}
}

static void
take_record(struct peer *peer, const uint8_t *bytes, size_t len)
{
	struct chat_record record;
	struct heard *place;

	if (peer->on_record) {
		EXPECT(chat_decode_record(bytes, len, &record) == CHAT_OK, "a bad record");
		peer->on_record(peer, &record);
		return;
	}
	if (peer->heard == NULL)
		peer->heard = calloc(HEARD_MAX, sizeof *peer->heard);
	EXPECT(peer->heard != NULL && peer->heard_count < HEARD_MAX, "too many records");
	place = &peer->heard[peer->heard_count++];
	memcpy(place->bytes, bytes, len);
	EXPECT(
	    chat_decode_record(place->bytes, len, &place->record) == CHAT_OK, "a bad record");
}

static void
take_data(struct peer *peer, const struct chat_packet *packet)
{
	uint8_t bytes[DELIVER_BYTES_MAX];

	if (!deliver_arrived(
		&peer->in, packet->number, packet->record.bytes, packet->record.len))
		return;
	for (size_t len; (len = deliver_take(&peer->in, bytes)) > 0;)
		take_record(peer, bytes, len);
	chat_put(peer->fd, &(struct chat_packet){ .type = CHAT_ACK,
			       .token = peer->token,
			       .number = peer->in.next,
			       .early = deliver_early(&peer->in) });
}

static void
send_due(struct peer *peer, int64_t ms)
{
	struct chat_packet data = { .type = CHAT_DATA, .token = peer->token };
	const struct heard *item;

	while ((item = deliver_send(&peer->out, ms, &data.number)) != NULL) {
		data.record = item->record.text;
		chat_put(peer->fd, &data);
	}
}

void
peer_turn(struct peer *peer)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet;
	ssize_t len;
	int64_t ms = now_ms();

	if (!peer->up && !peer->refused && ms >= peer->again_ms) {
		chat_put(peer->fd,
		    &(struct chat_packet){ .type = CHAT_HELLO, .random = peer->random });
		peer->again_ms = ms + AGAIN_MS;
	}
	while ((len = recv(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
		if (chat_decode(bytes, (size_t)len, &packet) != CHAT_OK)
			continue;
		if (packet.type == CHAT_DATA)
			take_data(peer, &packet);
		else
			take_packet(peer, &packet);
	}
	if (peer->up)
		send_due(peer, ms);
}

/* Wait for a datagram or for a short while: then it is time to look again. */
static void
wait_a_little(struct peer *peer)
{
	int64_t until = now_ms() + 20;

	await_events(peer->fd, POLLIN, until);
}

void
peer_await(struct peer *peer, const int *flag, const char *what)
{
	int64_t deadline = now_ms() + 3 * WAIT_MS;

	for (peer_turn(peer); *flag == 0; peer_turn(peer)) {
		EXPECT(now_ms() < deadline, "%s: no %s", peer->name, what);
		wait_a_little(peer);
	}
}

struct peer *
peer_join(const char *address, const char *name)
{
	struct peer *peer = peer_new(address, name);
	int64_t deadline = now_ms() + WAIT_MS;

	for (peer_turn(peer); !peer->up; peer_turn(peer)) {
		EXPECT(!peer->refused, "%s is refused: %d", name, peer->refused - 1);
		EXPECT(now_ms() < deadline, "%s: no welcome", name);
		wait_a_little(peer);
	}
	return peer;
}

const struct chat_record *
peer_hear(struct peer *peer, enum chat_kind kind)
{
	int64_t deadline = now_ms() + 3 * WAIT_MS;

	for (;;) {
		while (peer->heard_taken < peer->heard_count) {
			const struct heard *heard = &peer->heard[peer->heard_taken++];

			if (kind == 0 || heard->record.kind == kind)
				return &heard->record;
		}
		EXPECT(now_ms() < deadline, "%s hears nothing of kind %d", peer->name, kind);
		wait_a_little(peer);
		peer_turn(peer);
	}
}

uint32_t
peer_send(struct peer *peer, enum chat_kind kind, const char *name, const char *room,
    const char *text)
{
	const struct chat_span none = { NULL, 0 };
	const struct chat_record record = {
		.kind = kind,
		.name = name ? chat_span_of(name) : none,
		.room = room ? chat_span_of(room) : none,
		.text = text ? chat_span_of(text) : none,
	};
	struct heard *item = calloc(1, sizeof *item);
	ssize_t len;
	uint32_t number;

	EXPECT(item != NULL, "out of memory");
	len = chat_encode_record(&record, item->bytes, sizeof item->bytes);
	EXPECT(len > 0, "cannot encode a record");
	item->record.text = (struct chat_span){ item->bytes, (size_t)len };
	EXPECT(deliver_put(&peer->out, item, &number), "%s: no room to send", peer->name);
	peer_turn(peer);
	return number;
}

static bool
is_text(struct chat_span span, const char *text)
{
	return chat_same(span, chat_span_of(text ? text : ""));
}

void
peer_expect_text(struct peer *peer, const char *from, const char *room, const char *text)
{
	const struct chat_record *r = peer_hear(peer, CHAT_TEXT);

	EXPECT(is_text(r->name, from) && is_text(r->room, room) && is_text(r->text, text),
	    "%s hears \"%.*s\" from %.*s", peer->name, (int)r->text.len,
	    (const char *)r->text.bytes, (int)r->name.len, (const char *)r->name.bytes);
}

void
peer_expect_report(struct peer *peer, uint32_t number, enum chat_outcome outcome, int count)
{
	const struct chat_record *r = peer_hear(peer, CHAT_REPORT);

	EXPECT(r->number == number && r->outcome == outcome && r->count == count,
	    "%s hears outcome %d, count %d of %u; wanted %d, %d of %u", peer->name, r->outcome,
	    r->count, r->number, outcome, count, number);
}

void
peer_expect_nothing(struct peer *peer, int ms)
{
	int64_t until = now_ms() + ms;

	do {
		peer_turn(peer);
		EXPECT(peer->heard_taken == peer->heard_count, "%s hears something of kind %d",
		    peer->name, peer->heard[peer->heard_taken].record.kind);
		wait_a_little(peer);
	} while (now_ms() < until);
}

void
peer_say_bye(struct peer *peer)
{
	chat_put(peer->fd, &(struct chat_packet){ .type = CHAT_BYE, .token = peer->token });
}
