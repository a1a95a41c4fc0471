/*
 * Fuzzes protocol/chat: a datagram of anybody's, and the record in it.
 *
 * What is accepted must keep the promises of chat.h, and encoding it again must give
 * the very same bytes: there is one way to say a thing. (The padding of HELLO may be anything,
 * and a JOIN may hold a name that is none, for the server to refuse it in words.)
 */
#include "protocol/chat.h"

#include <string.h>

#include "protocol/utf8.h"
#include "tests/fuzz/fuzz.h"

static void
check_span(const struct chat_span *span, const uint8_t *data, size_t size)
{
	FUZZ_MUST(
	    span->len == 0 || (span->bytes >= data && span->bytes + span->len <= data + size));
}

static void
try_record(const uint8_t *data, size_t size)
{
	struct chat_record record;
	struct chat_span list, name, room;
	uint8_t again[CHAT_RECORD_MAX];
	ssize_t len;

	if (chat_decode_record(data, size, &record) != CHAT_OK)
		return;
	check_span(&record.name, data, size);
	check_span(&record.room, data, size);
	check_span(&record.text, data, size);
	FUZZ_MUST(record.name.len == 0 || chat_is_name(record.name));
	FUZZ_MUST(record.room.len == 0 || chat_is_name(record.room));
	if (record.kind == CHAT_SAY || record.kind == CHAT_TEXT)
		FUZZ_MUST(chat_is_text(record.text));
	for (list = record.text; record.kind == CHAT_LIST && list.len > 0;)
		FUZZ_MUST(chat_next_entry(&list, &name, &room) && chat_is_name(name));
	len = chat_encode_record(&record, again, sizeof again);
	FUZZ_MUST(len == (ssize_t)size && memcmp(again, data, size) == 0);
}

static void
try_packet(const uint8_t *data, size_t size)
{
	struct chat_packet packet;
	uint8_t again[CHAT_DATAGRAM_MAX];
	ssize_t len;

	if (chat_decode(data, size, &packet) != CHAT_OK)
		return;
	FUZZ_MUST(size <= CHAT_DATAGRAM_MAX);
	check_span(&packet.name, data, size);
	check_span(&packet.record, data, size);
	len = chat_encode(&packet, again, sizeof again);
	if (packet.type == CHAT_HELLO)
		FUZZ_MUST(len == (ssize_t)size && size == CHAT_HELLO_SIZE);
	else if (packet.type == CHAT_JOIN && !chat_is_name(packet.name))
		FUZZ_MUST(len == -1);
	else
		FUZZ_MUST(len == (ssize_t)size && memcmp(again, data, size) == 0);
	if (packet.type == CHAT_DATA)
		try_record(packet.record.bytes, packet.record.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t point;
	size_t n = utf8_next(data, size, &point);

	FUZZ_MUST(n <= size && n <= 4);
	try_packet(data, size);
	try_record(data, size);
	return 0;
}
