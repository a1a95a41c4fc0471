/*
 * netascii: the text mode of TFTP. See netascii.h.
 */
#include "protocol/netascii.h"

#include <string.h>

enum {
	LF = '\n',
	CR = '\r',
	NUL = '\0',
};

/* How many bytes stand before the first CR or LF. */
static size_t
plain_run(const uint8_t *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && bytes[i] != CR && bytes[i] != LF)
		i++;
	return i;
}

struct netascii_step
netascii_encode(
    struct netascii *state, const void *in, size_t in_len, void *out, size_t out_size)
{
	const uint8_t *from = in;
	uint8_t *to = out;
	struct netascii_step step = { 0, 0 };

	while (step.out < out_size) {
		size_t left = in_len - step.in, room = out_size - step.out, run;

		if (state->owes) {
			to[step.out++] = state->second;
			state->owes = false;
			continue;
		}
		if (left == 0)
			break;
		run = plain_run(from + step.in, left < room ? left : room);
		if (run > 0) {
			memcpy(to + step.out, from + step.in, run);
			step.in += run;
			step.out += run;
			continue;
		}
		state->second = from[step.in++] == LF ? LF : NUL;
		state->owes = true;
		to[step.out++] = CR;
	}
	return step;
}

size_t
netascii_decode(struct netascii *state, const void *in, size_t in_len, void *out)
{
	const uint8_t *from = in, *end = from + in_len, *next;
	uint8_t *to = out;

	while (from < end) {
		if (state->cr) {
			state->cr = false;
			if (*from == LF || *from == NUL)
				*to++ = *from++ == LF ? LF : CR;
			else /* no line's end: both are kept, and this one is looked at again */
				*to++ = CR;
			continue;
		}
		next = memchr(from, CR, (size_t)(end - from));
		if (next == NULL)
			next = end;
		memmove(to, from, (size_t)(next - from));
		to += next - from;
		from = next;
		if (from < end) {
			state->cr = true;
			from++;
		}
	}
	return (size_t)(to - (uint8_t *)out);
}

size_t
netascii_decode_end(struct netascii *state, void *out)
{
	if (!state->cr)
		return 0;
	*(uint8_t *)out = CR;
	state->cr = false;
	return 1;
}
