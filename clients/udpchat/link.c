/*
 * link: the conversation with the server.
 *
 *	HELLO  ->            again and again, until ...
 *	       <-  COOKIE    ... then at once:
 *	JOIN   ->
 *	       <-  WELCOME   from now on DATA and ACK both ways
 *	PING   ->            when nothing was heard for a while
 *	       <-  PONG
 *
 * Whatever of the first four is lost, HELLO begins anew: the server keeps nothing of it,
 * and knows a JOIN with the same random number again. The socket is connected, so that only
 * the server's datagrams come in; the token proves that it is the same conversation.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/udpchat/udpchat.h"
#include "common/log.h"
#include "common/random.h"
#include "common/sys.h"
#include "common/trace.h"
#include "common/udp.h"

enum {
	CALL_MS = 300,	     /* to wait for an answer to HELLO, at first */
	CALL_MOST_MS = 2000, /* and at most */
	PING_MS = 15000,     /* address translators forget a quiet way after 30 s or more */
	PING_AGAIN_MS = 1000,
	LEAVE_MS = 200, /* to wait for the server's BYE */
	LEAVE_TRIES = 4,
};

/* A record on its way. */
struct parcel {
	size_t len;
	uint8_t bytes[];
};

/* It is over, and why. The user hears it when the terminal is itself again. */
__attribute__((format(printf, 3, 4))) static void
go_down(struct link *link, int status, const char *format, ...)
{
	va_list args;

	if (link->state == LINK_DOWN)
		return;
	link->state = LINK_DOWN;
	link->status = status;
	va_start(args, format);
	vsnprintf(link->why, sizeof link->why, format, args);
	va_end(args);
}

/*
 * ICMP's news: nobody listens there. The kernel tells it before what had come earlier, and
 * that may say why: so it counts when there is nothing left to read.
 */
static bool
hear_refusal(struct link *link)
{
	if (errno == ECONNREFUSED)
		link->refused = true;
	return errno == ECONNREFUSED;
}

static void
heed_refusal(struct link *link)
{
	if (link->refused)
		go_down(link, STATUS_FAILED, "ECONNREFUSED: %s",
		    link->state == LINK_UP ? "the server has gone" :
					     "no one listens there; start the server first");
}

static void
send_packet(struct link *link, const struct chat_packet *packet)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	ssize_t len = chat_encode(packet, bytes, sizeof bytes);

	if (len == -1 || link->state == LINK_DOWN)
		return;
	trace_bytes(TRACE_OUT, bytes, (size_t)len);
	if (send(link->fd, bytes, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) == -1)
		(void)hear_refusal(link); /* other errors: as if it were lost */
}

static void
call(struct link *link, int64_t now_ms)
{
	const struct chat_packet hello = { .type = CHAT_HELLO, .random = link->random };

	send_packet(link, &hello);
	link->again_ms = now_ms + link->pause_ms;
	link->pause_ms = 2 * link->pause_ms < CALL_MOST_MS ? 2 * link->pause_ms : CALL_MOST_MS;
}

int
link_open(
    struct link *link, const char *host, const struct client_options *options, const char *name)
{
	struct net_error error;

	*link = (struct link){ .name = chat_span_of(name),
		.timeout_ms = options->timeout_ms,
		.pause_ms = CALL_MS,
		.quiet_ms = PING_MS };
	link->fd = udp_open(host, options->port, options->family, true, &link->server, &error);
	if (link->fd == -1) {
		log_error("%s", error.text);
		return -1;
	}
	if (random_bytes(&link->random, sizeof link->random) == -1) {
		log_error("a random number:");
		return -1;
	}
	link->began_ms = link->heard_ms = sys_now_ms();
	call(link, link->began_ms);
	return 0;
}

/* Whether the server's BYE comes before the time is over; what else comes is dropped. */
static bool
hear_bye(struct link *link)
{
	struct pollfd wait = { .fd = link->fd, .events = POLLIN };
	uint8_t bytes[CHAT_DATAGRAM_MAX + 1];
	int64_t end = sys_now_ms() + LEAVE_MS, now;
	struct chat_packet packet;
	ssize_t len;

	if (link->refused)
		return true;
	while ((now = sys_now_ms()) < end && poll(&wait, 1, (int)(end - now)) > 0) {
		len = recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (len == -1) /* nobody is there any more */
			return errno == ECONNREFUSED;
		if (chat_decode(bytes, (size_t)len, &packet) == CHAT_OK &&
		    packet.type == CHAT_BYE)
			return true;
	}
	return false;
}

/*
 * What has been read here must not be told as lost to whoever wrote it: the server
 * hears twice more what was acknowledged, and only then that we leave.
 */
static void
take_leave(struct link *link)
{
	const struct chat_packet bye = {
		.type = CHAT_BYE, .token = link->token, .reason = CHAT_LEFT
	};

	for (int i = 0; i < LEAVE_TRIES; i++) {
		for (int k = 0; k < 2 && link->acked.type == CHAT_ACK; k++)
			send_packet(link, &link->acked);
		send_packet(link, &bye);
		if (hear_bye(link))
			return;
	}
}

void
link_close(struct link *link)
{
	char whom[NET_TEXT_MAX];
	uint32_t number;

	if (link->state == LINK_UP)
		take_leave(link);
	for (void *parcel; (parcel = deliver_release(&link->out, true, &number)) != NULL;)
		free(parcel);
	trace_step(TRACE_LETTER_CLOSE, "%s", net_format(&link->server, whom));
	close(link->fd);
}

/* ---- time ---- */

int64_t
link_due(const struct link *link)
{
	int64_t due = link->again_ms;

	if (link->refused)
		return 0;
	if (link->state == LINK_UP && deliver_due(&link->out) < due)
		due = deliver_due(&link->out);
	return due;
}

static void
send_due(struct link *link, int64_t now_ms)
{
	struct chat_packet data = { .type = CHAT_DATA, .token = link->token };
	const struct parcel *parcel;

	while ((parcel = deliver_send(&link->out, now_ms, &data.number)) != NULL) {
		data.record = (struct chat_span){ parcel->bytes, parcel->len };
		send_packet(link, &data);
	}
}

/* Nothing was heard for a while: is the server still there? */
static void
ask_for_life(struct link *link, int64_t now_ms)
{
	const struct chat_packet ping = { .type = CHAT_PING, .token = link->token };

	if (now_ms - link->heard_ms < link->quiet_ms) {
		link->again_ms = link->heard_ms + link->quiet_ms;
		return;
	}
	send_packet(link, &ping);
	link->again_ms = now_ms + PING_AGAIN_MS;
}

void
link_tick(struct link *link, int64_t now_ms)
{
	int64_t silent_ms = now_ms - link->heard_ms;

	if (link->state == LINK_CALLING) {
		if (link->timeout_ms && now_ms - link->began_ms >= link->timeout_ms)
			go_down(link, STATUS_FAILED, "no answer for %g s",
			    link->timeout_ms / 1000.0);
		else if (now_ms >= link->again_ms)
			call(link, now_ms);
	} else if (link->state == LINK_UP) {
		if ((link->timeout_ms && silent_ms >= link->quiet_ms + link->timeout_ms) ||
		    deliver_gave_up(&link->out, now_ms))
			go_down(link, STATUS_FAILED,
			    "the server has not answered for %d s: it is lost",
			    (int)(silent_ms / 1000));
		if (now_ms >= link->again_ms)
			ask_for_life(link, now_ms);
		send_due(link, now_ms);
	}
}

/* ---- what comes ---- */

static void
take_welcome(struct link *link, const struct chat_packet *packet)
{
	int third_ms = packet->idle_s * 1000 / 3;
	char whom[NET_TEXT_MAX];

	link->state = LINK_UP;
	link->token = packet->token;
	if (packet->idle_s && third_ms < link->quiet_ms)
		link->quiet_ms = third_ms;
	link->again_ms = 0;
	trace_step(TRACE_TALK, "%s: welcome", net_format(&link->server, whom));
}

/* Before we are a member; what is for another HELLO is none of ours. */
static void
take_answer(struct link *link, const struct chat_packet *packet)
{
	const struct chat_packet join = {
		.type = CHAT_JOIN,
		.random = link->random,
		.cookie = packet->cookie,
		.name = link->name,
	};

	if (packet->random != link->random)
		return;
	if (packet->type == CHAT_COOKIE)
		send_packet(link, &join);
	else if (packet->type == CHAT_WELCOME)
		take_welcome(link, packet);
	else if (packet->type == CHAT_REFUSED)
		go_down(link, STATUS_REFUSED, "refused: %s", chat_reason_words(packet->reason));
}

static bool
is_for_client(const struct chat_span *bytes)
{
	struct chat_record record;

	return chat_decode_record(bytes->bytes, bytes->len, &record) == CHAT_OK &&
	       (record.kind == CHAT_TEXT || record.kind == CHAT_REPORT ||
		   record.kind == CHAT_LIST);
}

static void
take_acknowledgement(struct link *link, const struct chat_packet *packet, int64_t now_ms)
{
	uint32_t number;

	if (!deliver_acknowledged(&link->out, packet->number, packet->early, now_ms))
		return;
	for (void *parcel; (parcel = deliver_release(&link->out, false, &number)) != NULL;)
		free(parcel);
	send_due(link, now_ms);
}

static void
take_member(struct link *link, const struct chat_packet *packet, int64_t now_ms)
{
	if (packet->token != link->token)
		return;
	link->heard_ms = now_ms;
	if (packet->type == CHAT_ACK)
		take_acknowledgement(link, packet, now_ms);
	else if (packet->type == CHAT_BYE)
		go_down(link, STATUS_FAILED, "the server has hung up: %s",
		    packet->reason == CHAT_LEFT ? "it stops" :
						  chat_reason_words(packet->reason));
	else if (packet->type == CHAT_DATA && is_for_client(&packet->record))
		link->ack_due = deliver_arrived(
		    &link->in, packet->number, packet->record.bytes, packet->record.len);
}

void
link_acknowledge(struct link *link)
{
	const struct chat_packet ack = {
		.type = CHAT_ACK,
		.token = link->token,
		.number = link->in.next,
		.early = deliver_early(&link->in),
	};

	if (!link->ack_due)
		return;
	send_packet(link, &ack);
	link->acked = ack;
	link->ack_due = false;
}

bool
link_receive(struct link *link, int64_t now_ms)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX + 1];
	struct chat_packet packet;
	ssize_t len = recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (len == -1) {
		if (hear_refusal(link))
			return true;
		heed_refusal(link);
		return false;
	}
	trace_bytes(TRACE_IN, bytes, (size_t)len);
	if (chat_decode(bytes, (size_t)len, &packet) != CHAT_OK)
		return true;
	if (link->state == LINK_CALLING)
		take_answer(link, &packet);
	else if (link->state == LINK_UP)
		take_member(link, &packet, now_ms);
	return true;
}

bool
link_next(struct link *link, uint8_t bytes[DELIVER_BYTES_MAX], struct chat_record *record)
{
	size_t len = deliver_take(&link->in, bytes);

	return len > 0 && chat_decode_record(bytes, len, record) == CHAT_OK;
}

bool
link_put(struct link *link, const struct chat_record *record, uint32_t *number)
{
	uint8_t bytes[CHAT_RECORD_MAX];
	ssize_t len = chat_encode_record(record, bytes, sizeof bytes);
	struct parcel *parcel = len == -1 ? NULL : malloc(sizeof *parcel + (size_t)len);

	if (parcel == NULL)
		return false;
	parcel->len = (size_t)len;
	memcpy(parcel->bytes, bytes, (size_t)len);
	if (deliver_put(&link->out, parcel, number)) {
		if (link->state == LINK_UP)
			send_due(link, sys_now_ms());
		return true;
	}
	free(parcel);
	return false;
}
