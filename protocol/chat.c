/*
 * chat: the datagrams of udpchatd(8) and udpchat(1). See chat.h and chat(5).
 *
 * A table says which fields a datagram or a record of each type has. Encoder and decoder
 * both walk through it, so they cannot disagree.
 */
#include "protocol/chat.h"

#include <string.h>

#include "protocol/pack.h"
#include "protocol/utf8.h"

enum field {
	END,
	RANDOM,
	COOKIE,
	TOKEN,
	NUMBER,
	EARLY,
	IDLE,
	REASON,
	NAME,	 /* 1 to CHAT_NAME_MAX bytes, their length before them */
	PADDING, /* up to CHAT_HELLO_SIZE: any bytes */
	RECORD,	 /* the rest */
	/* of records only */
	NAME_OR_NONE,
	ROOM_OR_NONE,
	ROOM,
	TEXT, /* 1 to CHAT_TEXT_MAX bytes, their length before them */
	OUTCOME,
	COUNT,
	ENTRIES, /* the rest */
	FIELDS_MAX = 5,
};

static const uint8_t packet_fields[][FIELDS_MAX] = {
	[CHAT_HELLO] = { RANDOM, PADDING },
	[CHAT_COOKIE] = { RANDOM, COOKIE },
	[CHAT_JOIN] = { RANDOM, COOKIE, NAME },
	[CHAT_WELCOME] = { RANDOM, TOKEN, IDLE },
	[CHAT_REFUSED] = { RANDOM, REASON },
	[CHAT_DATA] = { TOKEN, NUMBER, RECORD },
	[CHAT_ACK] = { TOKEN, NUMBER, EARLY },
	[CHAT_PING] = { TOKEN, NUMBER },
	[CHAT_PONG] = { TOKEN, NUMBER },
	[CHAT_BYE] = { TOKEN, REASON },
};

static const uint8_t record_fields[][FIELDS_MAX] = {
	[CHAT_SAY] = { NAME_OR_NONE, ROOM_OR_NONE, TEXT },
	[CHAT_WHO] = { NUMBER },
	[CHAT_ENTER] = { ROOM },
	[CHAT_LEAVE] = { END },
	[CHAT_TEXT] = { NAME, ROOM_OR_NONE, TEXT },
	[CHAT_REPORT] = { NUMBER, OUTCOME, COUNT },
	[CHAT_LIST] = { NUMBER, ENTRIES },
};

enum {
	TYPES = sizeof packet_fields / sizeof *packet_fields,
	KINDS = sizeof record_fields / sizeof *record_fields,
};

struct chat_span
chat_span_of(const char *string)
{
	return (struct chat_span){ (const uint8_t *)string, strlen(string) };
}

bool
chat_same(struct chat_span a, struct chat_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

bool
chat_is_name(struct chat_span name)
{
	uint32_t point;

	if (name.len < 1 || name.len > CHAT_NAME_MAX)
		return false;
	for (size_t at = 0, n; at < name.len; at += n) {
		n = utf8_next(name.bytes + at, name.len - at, &point);
		if (n == 0 || !utf8_is_name_character(point))
			return false;
	}
	return true;
}

bool
chat_is_text(struct chat_span text)
{
	return text.len >= 1 && text.len <= CHAT_TEXT_MAX &&
	       utf8_is_valid(text.bytes, text.len);
}

/* ---- decoding ---- */

static struct chat_span
unpack_span(struct unpack *in, size_t len)
{
	struct chat_span span = { unpack_bytes(in, len), len };

	return span.bytes ? span : (struct chat_span){ NULL, 0 };
}

/* A name, or with `optional` perhaps an empty one. */
static enum chat_error
unpack_name(struct unpack *in, bool optional, struct chat_span *name)
{
	*name = unpack_span(in, unpack_u8(in));
	if (in->failed)
		return CHAT_BAD_LENGTH;
	if (name->len == 0 && optional)
		return CHAT_OK;
	return chat_is_name(*name) ? CHAT_OK : CHAT_BAD_NAME;
}

static enum chat_error
unpack_packet_field(struct unpack *in, enum field field, struct chat_packet *packet)
{
	switch (field) {
	case RANDOM:
		packet->random = unpack_u64(in);
		break;
	case COOKIE:
		packet->cookie = unpack_u64(in);
		break;
	case TOKEN:
		packet->token = unpack_u64(in);
		break;
	case NUMBER:
		packet->number = unpack_u32(in);
		break;
	case EARLY:
		packet->early = unpack_u8(in);
		break;
	case IDLE:
		packet->idle_s = unpack_u16(in);
		break;
	case REASON:
		packet->reason = unpack_u8(in);
		return packet->reason < CHAT_REASONS ? CHAT_OK : CHAT_BAD_VALUE;
	case NAME:
		/* A name that is none is refused by the server, in words: here only its length.
		 */
		packet->name = unpack_span(in, unpack_u8(in));
		break;
	case PADDING:
		(void)unpack_bytes(in, CHAT_HELLO_SIZE - 4 - sizeof packet->random);
		break;
	default: /* RECORD */
		packet->record = unpack_span(in, unpack_left(in));
		if (packet->record.len == 0)
			return CHAT_BAD_LENGTH;
	}
	return CHAT_OK;
}

enum chat_error
chat_decode(const void *bytes, size_t len, struct chat_packet *packet)
{
	struct unpack in = unpack_begin(bytes, len);
	enum chat_error error = CHAT_OK;
	uint16_t magic = unpack_u16(&in);
	uint8_t version = unpack_u8(&in), type = unpack_u8(&in);

	*packet = (struct chat_packet){ 0 };
	if (in.failed || magic != CHAT_MAGIC)
		return CHAT_FOREIGN;
	if (version != CHAT_VERSION)
		return CHAT_OTHER;
	if (type == 0 || type >= TYPES)
		return CHAT_BAD_TYPE;
	packet->type = (enum chat_type)type;
	for (const uint8_t *f = packet_fields[type]; *f != END && error == CHAT_OK; f++)
		error = unpack_packet_field(&in, (enum field) * f, packet);
	if (len > CHAT_DATAGRAM_MAX || in.failed || unpack_left(&in) > 0)
		return CHAT_BAD_LENGTH;
	return error;
}

static enum chat_error
unpack_record_field(struct unpack *in, enum field field, struct chat_record *record)
{
	switch (field) {
	case NAME:
	case NAME_OR_NONE:
		return unpack_name(in, field == NAME_OR_NONE, &record->name);
	case ROOM:
	case ROOM_OR_NONE:
		return unpack_name(in, field == ROOM_OR_NONE, &record->room);
	case TEXT:
		record->text = unpack_span(in, unpack_u16(in));
		return in->failed || chat_is_text(record->text) ? CHAT_OK : CHAT_BAD_TEXT;
	case NUMBER:
		record->number = unpack_u32(in);
		break;
	case OUTCOME:
		record->outcome = unpack_u8(in);
		return record->outcome < CHAT_OUTCOMES ? CHAT_OK : CHAT_BAD_VALUE;
	case COUNT:
		record->count = unpack_u16(in);
		break;
	default: /* ENTRIES */
		record->text = unpack_span(in, unpack_left(in));
	}
	return CHAT_OK;
}

/* Beyond the fields: who is addressed, and that a list's entries are whole. */
static enum chat_error
check_record(const struct chat_record *record)
{
	struct chat_span list = record->text, name, room;

	if (record->kind == CHAT_SAY && (record->name.len == 0) == (record->room.len == 0))
		return CHAT_BAD_NAME;
	if (record->kind != CHAT_LIST)
		return CHAT_OK;
	while (chat_next_entry(&list, &name, &room))
		continue;
	return list.len == 0 ? CHAT_OK : CHAT_BAD_NAME;
}

enum chat_error
chat_decode_record(const void *bytes, size_t len, struct chat_record *record)
{
	struct unpack in = unpack_begin(bytes, len);
	enum chat_error error = CHAT_OK;
	uint8_t kind = unpack_u8(&in);

	*record = (struct chat_record){ 0 };
	if (len > CHAT_RECORD_MAX || in.failed)
		return CHAT_BAD_LENGTH;
	if (kind == 0 || kind >= KINDS)
		return CHAT_BAD_TYPE;
	record->kind = (enum chat_kind)kind;
	for (const uint8_t *f = record_fields[kind]; *f != END && error == CHAT_OK; f++)
		error = unpack_record_field(&in, (enum field) * f, record);
	if (error != CHAT_OK)
		return error;
	return in.failed || unpack_left(&in) > 0 ? CHAT_BAD_LENGTH : check_record(record);
}

bool
chat_next_entry(struct chat_span *list, struct chat_span *name, struct chat_span *room)
{
	struct unpack in = unpack_begin(list->bytes, list->len);

	if (list->len == 0 || unpack_name(&in, false, name) != CHAT_OK ||
	    unpack_name(&in, true, room) != CHAT_OK)
		return false;
	*list = (struct chat_span){ in.at, unpack_left(&in) };
	return true;
}

/* ---- encoding ---- */

static void
pack_span(struct pack *out, struct chat_span span)
{
	pack_bytes(out, span.bytes, span.len);
}

static void
pack_name(struct pack *out, struct chat_span name, bool optional)
{
	if (!chat_is_name(name) && !(optional && name.len == 0))
		out->failed = true;
	pack_u8(out, (uint8_t)name.len);
	pack_span(out, name);
}

static void
pack_packet_field(struct pack *out, enum field field, const struct chat_packet *packet)
{
	static const uint8_t padding[CHAT_HELLO_SIZE - 4 - sizeof packet->random];

	switch (field) {
	case RANDOM:
		pack_u64(out, packet->random);
		break;
	case COOKIE:
		pack_u64(out, packet->cookie);
		break;
	case TOKEN:
		pack_u64(out, packet->token);
		break;
	case NUMBER:
		pack_u32(out, packet->number);
		break;
	case EARLY:
		pack_u8(out, packet->early);
		break;
	case IDLE:
		pack_u16(out, packet->idle_s);
		break;
	case REASON:
		pack_u8(out, packet->reason);
		break;
	case NAME:
		pack_name(out, packet->name, false);
		break;
	case PADDING:
		pack_bytes(out, padding, sizeof padding);
		break;
	default: /* RECORD */
		pack_span(out, packet->record);
	}
}

ssize_t
chat_encode(const struct chat_packet *packet, void *buffer, size_t capacity)
{
	struct pack out =
	    pack_begin(buffer, capacity < CHAT_DATAGRAM_MAX ? capacity : CHAT_DATAGRAM_MAX);

	pack_u16(&out, CHAT_MAGIC);
	pack_u8(&out, CHAT_VERSION);
	pack_u8(&out, (uint8_t)packet->type);
	for (const uint8_t *f = packet_fields[packet->type]; *f != END; f++)
		pack_packet_field(&out, (enum field) * f, packet);
	return pack_end(&out);
}

static void
pack_record_field(struct pack *out, enum field field, const struct chat_record *record)
{
	switch (field) {
	case NAME:
	case NAME_OR_NONE:
		pack_name(out, record->name, field == NAME_OR_NONE);
		break;
	case ROOM:
	case ROOM_OR_NONE:
		pack_name(out, record->room, field == ROOM_OR_NONE);
		break;
	case TEXT:
		if (!chat_is_text(record->text))
			out->failed = true;
		pack_u16(out, (uint16_t)record->text.len);
		pack_span(out, record->text);
		break;
	case NUMBER:
		pack_u32(out, record->number);
		break;
	case OUTCOME:
		pack_u8(out, record->outcome);
		break;
	case COUNT:
		pack_u16(out, record->count);
		break;
	default: /* ENTRIES */
		pack_span(out, record->text);
	}
}

ssize_t
chat_encode_record(const struct chat_record *record, void *buffer, size_t capacity)
{
	struct pack out =
	    pack_begin(buffer, capacity < CHAT_RECORD_MAX ? capacity : CHAT_RECORD_MAX);

	pack_u8(&out, (uint8_t)record->kind);
	for (const uint8_t *f = record_fields[record->kind]; *f != END; f++)
		pack_record_field(&out, (enum field) * f, record);
	return pack_end(&out);
}

size_t
chat_add_entry(
    void *list, size_t len, size_t capacity, struct chat_span name, struct chat_span room)
{
	struct pack out = pack_begin((uint8_t *)list + len, capacity - len);
	ssize_t more;

	pack_name(&out, name, false);
	pack_name(&out, room, true);
	more = pack_end(&out);
	return more == -1 ? 0 : len + (size_t)more;
}
