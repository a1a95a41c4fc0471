/*
 * Fuzzes protocol/frame: a stream, and how it was cut.
 *
 * The first byte says in which pieces the rest is fed. The same stream fed at once must
 * give the same frames and the same payload, and end or break at the same place. What
 * is unpacked must be packed again as the same bytes, and no piece may lie outside of
 * what was fed.
 */
#include "protocol/frame.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* All that a reader was told, in one number and a few counts. */
struct told {
	uint64_t sum; /* of headers and payloads, each byte at its place */
	uint64_t begun, ended, payload;
	enum frame_status status;
};

static void
take_header(struct told *told, const struct frame *frame)
{
	uint8_t header[FRAME_HEADER];
	struct frame again;

	FUZZ_MUST(frame_pack(frame, header));
	FUZZ_MUST(frame_unpack(&again, header, sizeof header) == FRAME_OK);
	FUZZ_MUST(frame_name(again.type) != NULL);
	FUZZ_MUST(again.value == frame->value && again.size == frame->size);
	FUZZ_MUST(again.size <= (uint64_t)frame_max(again.type));
	FUZZ_MUST(told->begun == told->ended);
	told->begun++;
	told->sum = fuzz_mix(told->sum, header, sizeof header);
}

/* One piece. False when the stream is broken. */
static bool
feed(struct frame_reader *reader, const uint8_t *bytes, size_t len, struct told *told)
{
	struct frame_event event;
	size_t n;

	for (; len > 0; bytes += n, len -= n) {
		n = frame_feed(reader, bytes, len, &event);
		FUZZ_MUST(n <= len);
		FUZZ_MUST((n == 0) == (event.status != FRAME_OK));
		told->status = event.status;
		if (n == 0)
			return false;
		if (event.begins)
			take_header(told, &event.frame);
		FUZZ_MUST(event.piece_len == 0 ||
			  (event.piece >= bytes && event.piece + event.piece_len <= bytes + n));
		FUZZ_MUST(event.piece_len == 0 || told->begun > told->ended);
		told->sum = fuzz_mix(told->sum, event.piece, event.piece_len);
		told->payload += event.piece_len;
		told->ended += event.ends;
	}
	return true;
}

static struct told
feed_in_pieces(const uint8_t *bytes, size_t len, size_t piece)
{
	struct frame_reader reader = { .have = 0 };
	struct told told = { .sum = FUZZ_SUM };

	for (size_t n; len > 0; bytes += n, len -= n) {
		n = piece < len ? piece : len;
		if (!feed(&reader, bytes, n, &told))
			break;
	}
	FUZZ_MUST(told.status == reader.broken);
	return told;
}

static void
read_hello(const uint8_t *data, size_t size)
{
	uint8_t again[FRAME_NONCE + FRAME_KEY_NAME_MAX];
	struct frame_hello hello;

	if (!frame_unpack_hello(&hello, data, size))
		return;
	FUZZ_MUST(frame_pack_hello(&hello, again, sizeof again) == (int)size);
	FUZZ_MUST(memcmp(again, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;

	read_hello(data, size);
	if (size < 1)
		return 0;
	whole = feed_in_pieces(data + 1, size - 1, size);
	cut = feed_in_pieces(data + 1, size - 1, (size_t)data[0] + 1);
	FUZZ_MUST(whole.sum == cut.sum && whole.status == cut.status);
	FUZZ_MUST(whole.begun == cut.begun && whole.ended == cut.ended);
	FUZZ_MUST(whole.payload == cut.payload);
	return 0;
}
