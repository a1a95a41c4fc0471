/*
 * Fuzzes protocol/file: the first byte says which payload the rest is.
 *
 * What is taken must be packed again into the same bytes, and a path that is right must
 * not lead anywhere but down.
 */
#include "protocol/file.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
try_entry(const uint8_t *data, size_t size)
{
	uint8_t again[FILE_ENTRY_MAX];
	struct file_entry entry;

	if (!file_unpack_entry(&entry, data, size))
		return;
	FUZZ_MUST(file_pack_entry(&entry, again, sizeof again) == (int)size);
	FUZZ_MUST(memcmp(again, data, size) == 0);
}

static void
try_request(const uint8_t *data, size_t size)
{
	uint8_t again[2 + FILE_PATH_MAX];
	struct file_request request;

	if (!file_unpack_request(&request, data, size))
		return;
	FUZZ_MUST(file_pack_request(&request, again, sizeof again) == (int)size);
	FUZZ_MUST(memcmp(again, data, size) == 0);
}

static void
try_trouble(const uint8_t *data, size_t size)
{
	uint8_t again[1 + FILE_WORDS_MAX];
	struct file_trouble trouble;

	if (!file_unpack_trouble(&trouble, data, size))
		return;
	FUZZ_MUST(file_pack_trouble(&trouble, again, sizeof again) == (int)size);
	FUZZ_MUST(memcmp(again, data, size) == 0);
}

static void
try_path(const char *path, size_t len)
{
	if (!file_path_is_right(path, len) || len == 0)
		return;
	FUZZ_MUST(path[0] != '/' && path[len - 1] != '/');
	FUZZ_MUST(memchr(path, '\0', len) == NULL);
	for (size_t i = 0; i + 1 < len; i++) {
		bool begins = i == 0 || path[i - 1] == '/';

		FUZZ_MUST(!(path[i] == '/' && path[i + 1] == '/'));
		FUZZ_MUST(!(begins && path[i] == '.' && path[i + 1] == '/'));
		FUZZ_MUST(!(begins && path[i] == '.' && path[i + 1] == '.' &&
			    (i + 2 == len || path[i + 2] == '/')));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 4) {
	case 0:
		try_entry(data + 1, size - 1);
		break;
	case 1:
		try_request(data + 1, size - 1);
		break;
	case 2:
		try_trouble(data + 1, size - 1);
		break;
	case 3:
		try_path((const char *)data + 1, size - 1);
		break;
	}
	return 0;
}
