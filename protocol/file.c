/*
 * file: what the frames of filed and filecp carry. See file.h.
 */
#include "protocol/file.h"

#include <string.h>

#include "protocol/pack.h"

enum {
	NANOSECONDS = 1000000000,
	DIGESTS = 3, /* of enum digest_kind */
};

static bool
component_is_right(const char *name, size_t len)
{
	if (len == 0 || len > FILE_NAME_MAX)
		return false;
	return !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

bool
file_path_is_right(const char *path, size_t len)
{
	const char *end = path + len;

	if (len > FILE_PATH_MAX || (len > 0 && memchr(path, '\0', len)))
		return false;
	while (len > 0) {
		const char *slash = memchr(path, '/', len);
		size_t part = slash ? (size_t)(slash - path) : len;

		if (!component_is_right(path, part))
			return false;
		if (slash == NULL)
			return true;
		path = slash + 1;
		len = (size_t)(end - path);
		if (len == 0)
			return false; /* a slash at the end */
	}
	return true;
}

/* What both sides check. */
static bool
entry_is_right(const struct file_entry *entry)
{
	if (entry->kind < FILE_REGULAR || entry->kind > FILE_OTHER)
		return false;
	if (entry->flags & ~FILE_ASKS || entry->mode & ~FILE_MODE_MASK)
		return false;
	if (entry->mtime_ns >= NANOSECONDS || entry->size > INT64_MAX)
		return false;
	if (entry->kind == FILE_REGULAR && entry->size > FILE_SMALL_MAX &&
	    !(entry->flags & FILE_ASKS))
		return false;
	return entry->path_len <= FILE_PATH_MAX;
}

int
file_pack_entry(const struct file_entry *entry, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);

	if (!entry_is_right(entry))
		return -1;
	pack_u8(&pack, (uint8_t)entry->kind);
	pack_u8(&pack, entry->flags);
	pack_u16(&pack, entry->mode);
	pack_u64(&pack, (uint64_t)entry->mtime);
	pack_u32(&pack, entry->mtime_ns);
	pack_u64(&pack, entry->size);
	pack_bytes(&pack, entry->path, entry->path_len);
	return (int)pack_end(&pack);
}

bool
file_unpack_entry(struct file_entry *entry, const void *payload, size_t len)
{
	struct unpack unpack = unpack_begin(payload, len);

	entry->kind = unpack_u8(&unpack);
	entry->flags = unpack_u8(&unpack);
	entry->mode = unpack_u16(&unpack);
	entry->mtime = (int64_t)unpack_u64(&unpack);
	entry->mtime_ns = unpack_u32(&unpack);
	entry->size = unpack_u64(&unpack);
	entry->path_len = unpack_left(&unpack);
	entry->path = (const char *)unpack_bytes(&unpack, entry->path_len);
	return !unpack.failed && entry_is_right(entry);
}

static bool
request_is_right(const struct file_request *request)
{
	return request->digest < DIGESTS &&
	       !(request->flags & ~(FILE_RECURSIVE | FILE_TOTAL)) &&
	       request->path_len <= FILE_PATH_MAX;
}

int
file_pack_request(const struct file_request *request, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);

	if (!request_is_right(request))
		return -1;
	pack_u8(&pack, request->digest);
	pack_u8(&pack, request->flags);
	pack_bytes(&pack, request->path, request->path_len);
	return (int)pack_end(&pack);
}

bool
file_unpack_request(struct file_request *request, const void *payload, size_t len)
{
	struct unpack unpack = unpack_begin(payload, len);

	request->digest = unpack_u8(&unpack);
	request->flags = unpack_u8(&unpack);
	request->path_len = unpack_left(&unpack);
	request->path = (const char *)unpack_bytes(&unpack, request->path_len);
	return !unpack.failed && request_is_right(request);
}

int
file_pack_trouble(const struct file_trouble *trouble, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);

	if (trouble->words_len > FILE_WORDS_MAX)
		return -1;
	pack_u8(&pack, (uint8_t)trouble->error);
	pack_bytes(&pack, trouble->words, trouble->words_len);
	return (int)pack_end(&pack);
}

bool
file_unpack_trouble(struct file_trouble *trouble, const void *payload, size_t len)
{
	struct unpack unpack = unpack_begin(payload, len);

	trouble->error = unpack_u8(&unpack);
	trouble->words_len = unpack_left(&unpack);
	trouble->words = (const char *)unpack_bytes(&unpack, trouble->words_len);
	return !unpack.failed && trouble->error >= FRAME_E_PROTOCOL &&
	       trouble->error <= FRAME_E_CORRUPT && trouble->words_len <= FILE_WORDS_MAX;
}
