/*
 * command: what the frames of rcmd carry. See command.h.
 */
#include "protocol/command.h"

#include <string.h>

#include "protocol/pack.h"

int
command_pack_exec(const char *const *words, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);
	size_t count = 0;

	for (; count < COMMAND_ARGS_MAX && words[count]; count++)
		pack_bytes(&pack, words[count], strlen(words[count]) + 1);
	if (count == 0 || words[count])
		return -1;
	return (int)pack_end(&pack);
}

int
command_unpack_exec(const void *payload, size_t len, const char *words[COMMAND_ARGS_MAX + 1])
{
	const char *at = payload, *end = at + len;
	int count = 0;

	if (len == 0 || len > COMMAND_BYTES_MAX || end[-1] != '\0')
		return -1;
	while (at < end) {
		if (count == COMMAND_ARGS_MAX)
			return -1;
		words[count++] = at;
		at += strlen(at) + 1; /* the last byte is a NUL: it stops there at the latest */
	}
	words[count] = NULL;
	return count;
}

int
command_pack_exit(const struct command_exit *end, uint8_t *payload, size_t capacity)
{
	struct pack pack = pack_begin(payload, capacity);

	pack_u32(&pack, end->number);
	pack_u64(&pack, end->out_bytes);
	pack_u64(&pack, end->err_bytes);
	pack_bytes(&pack, end->out_sum, COMMAND_SUM);
	pack_bytes(&pack, end->err_sum, COMMAND_SUM);
	pack_bytes(&pack, end->words, strnlen(end->words, COMMAND_WORDS_MAX));
	return (int)pack_end(&pack);
}

bool
command_unpack_exit(struct command_exit *end, uint64_t value, const void *payload, size_t len)
{
	struct unpack unpack = unpack_begin(payload, len);
	const uint8_t *out, *err, *words;

	if (value < COMMAND_EXITED || value > COMMAND_NOT_STARTED || len < COMMAND_EXIT_MIN ||
	    len > COMMAND_EXIT_MAX)
		return false;
	end->end = (enum command_end)value;
	end->number = unpack_u32(&unpack);
	end->out_bytes = unpack_u64(&unpack);
	end->err_bytes = unpack_u64(&unpack);
	out = unpack_bytes(&unpack, COMMAND_SUM);
	err = unpack_bytes(&unpack, COMMAND_SUM);
	words = unpack_bytes(&unpack, len - COMMAND_EXIT_MIN);
	if (unpack.failed)
		return false;
	memcpy(end->out_sum, out, COMMAND_SUM);
	memcpy(end->err_sum, err, COMMAND_SUM);
	memcpy(end->words, words, len - COMMAND_EXIT_MIN);
	end->words[len - COMMAND_EXIT_MIN] = '\0';
	return true;
}

bool
command_wants_shell(const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-./+:@%,";

	return word[strspn(word, plain)] != '\0';
}
