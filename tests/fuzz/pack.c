/*
 * Fuzzes protocol/pack: the input is a program for the two cursors.
 *
 * Each byte of the input chooses a step; the rest of the input is what is unpacked,
 * and the room to pack into is as small as the first byte says. What is unpacked and
 * packed again must be the same bytes, and no cursor may leave its bounds.
 */
#include "protocol/pack.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

enum {
	ROOM = 64,
	STEP_BYTES = 4, /* the step after those of the four numbers */
	STEPS,
};

static void
copy_one(struct unpack *from, struct pack *to, unsigned step)
{
	size_t len = step >> 3;
	const uint8_t *bytes;

	switch (step % STEPS) {
	case 0:
		pack_u8(to, unpack_u8(from));
		break;
	case 1:
		pack_u16(to, unpack_u16(from));
		break;
	case 2:
		pack_u32(to, unpack_u32(from));
		break;
	case 3:
		pack_u64(to, unpack_u64(from));
		break;
	case STEP_BYTES:
		bytes = unpack_bytes(from, len);
		if (bytes)
			pack_bytes(to, bytes, len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t room[ROOM + 1];
	size_t capacity = size ? data[0] % (ROOM + 1) : 0;
	struct unpack from = unpack_begin(data, size);
	struct pack to = pack_begin(room, capacity);
	ssize_t packed;

	memset(room, 0xee, sizeof room);
	for (size_t i = 0; i < size && !from.failed && !to.failed; i++)
		copy_one(&from, &to, data[i]);
	packed = pack_end(&to);
	FUZZ_MUST(unpack_left(&from) <= size);
	FUZZ_MUST(packed <= (ssize_t)capacity);
	FUZZ_MUST(room[capacity] == 0xee);
	FUZZ_MUST(packed <= 0 || from.failed || memcmp(room, data, (size_t)packed) == 0);
	return 0;
}
