/*
 * frame: the suite's own header, which cures glued messages. See frame.h.
 */
#include "protocol/frame.h"

#include <string.h>

#include "protocol/name.h"
#include "protocol/pack.h"

/* Each type with its name and its largest payload. */
static const struct {
	const char *name;
	uint32_t max;
} types[] = {
	[FRAME_HELLO] = { "HELLO", FRAME_NONCE + FRAME_KEY_NAME_MAX },
	[FRAME_CHALLENGE] = { "CHALLENGE", FRAME_NONCE },
	[FRAME_PROOF] = { "PROOF", FRAME_MAC },
	[FRAME_WELCOME] = { "WELCOME", FRAME_MAC },
	[FRAME_ERROR] = { "ERROR", FRAME_TEXT_MAX },
	[FRAME_EXEC] = { "EXEC", 1 << 17 },
	[FRAME_STDIN] = { "STDIN", FRAME_CHUNK_MAX },
	[FRAME_SIGNAL] = { "SIGNAL", 0 },
	[FRAME_STDOUT] = { "STDOUT", FRAME_CHUNK_MAX },
	[FRAME_STDERR] = { "STDERR", FRAME_CHUNK_MAX },
	[FRAME_EXIT] = { "EXIT", 256 },
	[FRAME_WINDOW] = { "WINDOW", 0 },
	[FRAME_GET] = { "GET", 8192 },
	[FRAME_PUT] = { "PUT", 8192 },
	[FRAME_LIST] = { "LIST", 8192 },
	[FRAME_ENTRY] = { "ENTRY", 8192 },
	[FRAME_HAVE] = { "HAVE", 64 },
	[FRAME_FROM] = { "FROM", 0 },
	[FRAME_DATA] = { "DATA", FRAME_CHUNK_MAX },
	[FRAME_DIGEST] = { "DIGEST", 64 },
	[FRAME_DONE] = { "DONE", 0 },
	[FRAME_READY] = { "READY", 0 },
	[FRAME_TROUBLE] = { "TROUBLE", 512 },
	[FRAME_HOLE] = { "HOLE", 0 },
};

enum {
	TYPES = sizeof types / sizeof *types,
};

const char *
frame_name(uint8_t type)
{
	return type < TYPES ? types[type].name : NULL;
}

int64_t
frame_max(uint8_t type)
{
	return frame_name(type) ? (int64_t)types[type].max : -1;
}

const char *
frame_status_words(enum frame_status status)
{
	static const char *const words[] = {
		[FRAME_OK] = "right",
		[FRAME_MORE] = "the header is cut off",
		[FRAME_BAD_MAGIC] = "this is not our protocol (no SWBD)",
		[FRAME_BAD_VERSION] = "another version of the protocol",
		[FRAME_BAD_TYPE] = "a type of frame that does not exist",
		[FRAME_BAD_FLAGS] = "flags that do not exist",
		[FRAME_TOO_LARGE] = "a payload larger than its type allows",
	};

	return words[status];
}

/* What sender and receiver both check. */
static enum frame_status
check(const struct frame *frame)
{
	int64_t max = frame_max(frame->type);

	if (max == -1)
		return FRAME_BAD_TYPE;
	if (frame->flags != 0)
		return FRAME_BAD_FLAGS;
	return frame->size > (uint64_t)max ? FRAME_TOO_LARGE : FRAME_OK;
}

bool
frame_pack(const struct frame *frame, uint8_t header[FRAME_HEADER])
{
	struct pack pack = pack_begin(header, FRAME_HEADER);

	if (check(frame) != FRAME_OK)
		return false;
	pack_u32(&pack, FRAME_MAGIC);
	pack_u8(&pack, FRAME_VERSION);
	pack_u8(&pack, frame->type);
	pack_u16(&pack, frame->flags);
	pack_u64(&pack, frame->value);
	pack_u64(&pack, frame->size);
	return pack_end(&pack) == FRAME_HEADER;
}

/*
 * The first five bytes, as far as they are there: whoever speaks another protocol is
 * told at once, and another version's header need not be as long as ours.
 */
static enum frame_status
check_beginning(const uint8_t *bytes, size_t len)
{
	static const uint8_t magic[] = { 'S', 'W', 'B', 'D' };
	size_t known = len < sizeof magic ? len : sizeof magic;

	if (known > 0 && memcmp(bytes, magic, known) != 0)
		return FRAME_BAD_MAGIC;
	if (len > sizeof magic && bytes[sizeof magic] != FRAME_VERSION)
		return FRAME_BAD_VERSION;
	return FRAME_OK;
}

enum frame_status
frame_unpack(struct frame *frame, const void *bytes, size_t len)
{
	struct unpack unpack = unpack_begin(bytes, len);
	enum frame_status status = check_beginning(bytes, len);
	struct frame read;

	(void)unpack_u32(&unpack);
	(void)unpack_u8(&unpack);
	read.type = unpack_u8(&unpack);
	read.flags = unpack_u16(&unpack);
	read.value = unpack_u64(&unpack);
	read.size = unpack_u64(&unpack);
	if (status == FRAME_OK)
		status = unpack.failed ? FRAME_MORE : check(&read);
	if (status == FRAME_OK)
		*frame = read;
	return status;
}

/* Bytes that belong to the header. */
static size_t
feed_header(
    struct frame_reader *reader, const uint8_t *bytes, size_t len, struct frame_event *event)
{
	size_t wanted = FRAME_HEADER - reader->have, n = len < wanted ? len : wanted;

	memcpy(reader->header + reader->have, bytes, n);
	reader->have += n;
	event->status = frame_unpack(&reader->frame, reader->header, reader->have);
	if (event->status == FRAME_MORE) {
		event->status = FRAME_OK;
		return n;
	}
	if (event->status != FRAME_OK) {
		reader->broken = event->status;
		return 0;
	}
	event->begins = true;
	event->frame = reader->frame;
	reader->left = reader->frame.size;
	event->ends = reader->left == 0;
	if (event->ends)
		reader->have = 0;
	return n;
}

static size_t
feed_payload(
    struct frame_reader *reader, const uint8_t *bytes, size_t len, struct frame_event *event)
{
	size_t n = len < reader->left ? len : (size_t)reader->left;

	event->frame = reader->frame;
	event->piece = bytes;
	event->piece_len = n;
	reader->left -= n;
	event->ends = reader->left == 0;
	if (event->ends)
		reader->have = 0;
	return n;
}

size_t
frame_feed(
    struct frame_reader *reader, const void *bytes, size_t len, struct frame_event *event)
{
	*event = (struct frame_event){ .status = reader->broken };
	if (reader->broken != FRAME_OK || len == 0)
		return 0;
	return reader->have < FRAME_HEADER ? feed_header(reader, bytes, len, event) :
					     feed_payload(reader, bytes, len, event);
}

int
frame_pack_hello(const struct frame_hello *hello, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);

	if (!name_is_right(hello->name, hello->name_len, FRAME_KEY_NAME_MAX))
		return -1;
	pack_bytes(&pack, hello->nonce, FRAME_NONCE);
	pack_bytes(&pack, hello->name, hello->name_len);
	return (int)pack_end(&pack);
}

bool
frame_unpack_hello(struct frame_hello *hello, const void *payload, size_t len)
{
	struct unpack unpack = unpack_begin(payload, len);

	hello->nonce = unpack_bytes(&unpack, FRAME_NONCE);
	hello->name_len = unpack_left(&unpack);
	hello->name = (const char *)unpack_bytes(&unpack, hello->name_len);
	return !unpack.failed &&
	       name_is_right(hello->name, hello->name_len, FRAME_KEY_NAME_MAX);
}
