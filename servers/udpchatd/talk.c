/*
 * talk: a member's datagrams, and the records in them.
 *
 *	DATA n   each record once and in the order of n; acknowledged
 *	  SAY      -> TEXT to its receivers, then REPORT to its writer
 *	  WHO      -> LIST, as many entries as fit; the client asks for the rest
 *	  ENTER    -> REPORT
 *	  LEAVE    -> REPORT
 *	ACK      what the member has of its own queue
 *	PING     PONG
 *	BYE      gone
 *
 * Who is not a member gets a BYE of at most the length of what it has sent, so that a client
 * that was forgotten learns it.
 */
#include "common/sys.h"
#include "servers/udpchatd/chatd.h"

/* ---- records ---- */

/* A text is given out; now or later its writer hears what became of it. */
static void
send_text(struct chatd *chatd, struct member *writer, uint32_t number,
    const struct chat_record *say, struct member *receiver)
{
	const struct chat_record text = {
		.kind = CHAT_TEXT,
		.name = label_span(&writer->name),
		.room = say->room,
		.text = say->text,
	};
	struct post *post = post_new(&text);

	if (post == NULL) {
		post_report(chatd, writer, number, CHAT_NOT_TAKEN, 0);
		return;
	}
	post->asker = writer->token;
	post->number = number;
	if (receiver) {
		(void)post_give(chatd, post, receiver);
	} else {
		for (int i = 0; i < chatd->options.serve.max; i++) {
			struct member *other = chatd->members[i];

			if (other && other != writer &&
			    chat_same(label_span(&other->room), say->room))
				(void)post_give(chatd, post, other);
		}
	}
	chatd->forwarded++;
	post_close(chatd, post);
}

/* exercise: send a text to the member who is named, or tell the writer why not */
static void
say_to_one(
    struct chatd *chatd, struct member *writer, uint32_t number, const struct chat_record *say)
{
	struct member *receiver;
	bool read;

	if (chat_same(say->name, chat_span_of(CHAT_OPERATOR))) {
		read = operator_tell(chatd, label_span(&writer->name), say->text);
		post_report(chatd, writer, number, read ? CHAT_DELIVERED : CHAT_NOBODY, read);
		return;
	}
	receiver = member_named(chatd, say->name);
	if (receiver == NULL)
		post_report(chatd, writer, number, CHAT_NOBODY, 0);
	else if (deliver_room(&receiver->out) <= ANSWERS_RESERVE)
		post_report(chatd, writer, number, CHAT_CROWDED, 0);
	else
		send_text(chatd, writer, number, say, receiver);
}

static bool
has_others(const struct chatd *chatd, const struct member *member)
{
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] && chatd->members[i] != member &&
		    chat_same(label_span(&chatd->members[i]->room), label_span(&member->room)))
			return true;
	return false;
}

/* exercise: send a text to every other member of the room */
static void
say_in_room(
    struct chatd *chatd, struct member *writer, uint32_t number, const struct chat_record *say)
{
	if (!chat_same(say->room, label_span(&writer->room)))
		post_report(chatd, writer, number, CHAT_NOT_INSIDE, 0);
	else if (!has_others(chatd, writer))
		post_report(chatd, writer, number, CHAT_NOBODY, 0);
	else
		send_text(chatd, writer, number, say, NULL);
}

/* The members from place `start` on, as many as one record holds. */
static void
answer_who(struct chatd *chatd, struct member *member, uint32_t start)
{
	uint8_t entries[CHAT_RECORD_MAX - 5]; /* behind the kind and the number */
	struct chat_record list = { .kind = CHAT_LIST };
	uint32_t end = (uint32_t)chatd->options.serve.max;
	size_t len = 0, more;

	for (uint32_t i = start; i < end; i++) {
		const struct member *other = chatd->members[i];

		if (other == NULL)
			continue;
		more = chat_add_entry(entries, len, sizeof entries, label_span(&other->name),
		    label_span(&other->room));
		if (more == 0) {
			list.number = i;
			break;
		}
		len = more;
	}
	list.text = (struct chat_span){ entries, len };
	post_answer(chatd, member, &list);
}

static void
take_record(struct chatd *chatd, struct member *member, uint32_t number,
    const struct chat_record *record)
{
	member->owed++;
	switch (record->kind) {
	case CHAT_SAY:
		if (record->name.len > 0)
			say_to_one(chatd, member, number, record);
		else
			say_in_room(chatd, member, number, record);
		break;
	case CHAT_WHO:
		answer_who(chatd, member, record->number);
		break;
	case CHAT_ENTER:
		label_set(&member->room, record->room);
		post_report(chatd, member, number, CHAT_DELIVERED, 0);
		break;
	default: /* CHAT_LEAVE */
		post_report(chatd, member, number,
		    member->room.len ? CHAT_DELIVERED : CHAT_NOT_INSIDE, 0);
		member->room.len = 0;
	}
}

/* ---- datagrams ---- */

static bool
is_for_server(enum chat_kind kind)
{
	return kind == CHAT_SAY || kind == CHAT_WHO || kind == CHAT_ENTER || kind == CHAT_LEAVE;
}

/* False: not a record that a client may send; it is not acknowledged. */
static bool
take_data(struct chatd *chatd, struct member *member, const struct chat_packet *packet)
{
	uint8_t bytes[DELIVER_BYTES_MAX];
	struct chat_packet ack = { .type = CHAT_ACK, .token = member->token };
	struct chat_record record;

	if (chat_decode_record(packet->record.bytes, packet->record.len, &record) != CHAT_OK ||
	    !is_for_server(record.kind))
		return false;
	if (member->owed > ANSWERS_RESERVE - DELIVER_WINDOW)
		return true; /* it must take some answers first, and will send this again */
	if (!deliver_arrived(
		&member->in, packet->number, packet->record.bytes, packet->record.len))
		return false;
	for (size_t len; (len = deliver_take(&member->in, bytes)) > 0;)
		if (chat_decode_record(bytes, len, &record) == CHAT_OK)
			take_record(chatd, member, member->in.next - 1, &record);
	ack.number = member->in.next;
	ack.early = deliver_early(&member->in);
	chatd_send(&member->path, &ack);
	return true;
}

static void
take_ack(struct chatd *chatd, struct member *member, const struct chat_packet *packet)
{
	int64_t now_ms = sys_now_ms();
	struct post *post;
	uint32_t number;

	if (!deliver_acknowledged(&member->out, packet->number, packet->early, now_ms))
		return;
	while ((post = deliver_release(&member->out, false, &number)) != NULL) {
		if (post->is_answer)
			member->owed--;
		post_leave(chatd, post, true);
	}
	member_pump(chatd, member, now_ms); /* the window has moved on */
}

static void
turn_away(const struct udp_path *path, const struct chat_packet *packet)
{
	const struct chat_packet bye = {
		.type = CHAT_BYE, .token = packet->token, .reason = CHAT_UNKNOWN
	};

	if (packet->type != CHAT_BYE) /* two programs must not take leave for ever */
		chatd_send(path, &bye);
}

void
talk_receive(struct chatd *chatd, struct udp_server *server, const struct udp_path *path,
    const struct chat_packet *packet)
{
	struct member *member = member_of(chatd, packet->token, path);
	const struct chat_packet pong = {
		.type = CHAT_PONG, .token = packet->token, .number = packet->number
	};

	if (member == NULL) {
		chatd->strangers++;
		turn_away(path, packet);
		return;
	}
	member->heard_ms = sys_now_ms();
	if (packet->type == CHAT_PING) {
		chatd_send(path, &pong);
	} else if (packet->type == CHAT_BYE) {
		member_drop(chatd, member, CHAT_LEFT);
	} else if (packet->type == CHAT_ACK) {
		take_ack(chatd, member, packet);
	} else if (packet->type != CHAT_DATA || !take_data(chatd, member, packet)) {
		chatd->malformed++;
		udp_ignore(server);
	}
}
