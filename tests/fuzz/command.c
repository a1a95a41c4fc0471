/*
 * Fuzzes protocol/command and protocol/allow: what a client asks to run, and a line of
 * commands(5).
 *
 * Words lie within the payload, and packed again they are the same bytes. An EXIT that
 * is taken packs to itself. The words of a rule lie within its line and hold no quotes
 * that they were written with.
 */
#include "protocol/command.h"

#include <string.h>

#include "protocol/allow.h"
#include "tests/fuzz/fuzz.h"

static void
fuzz_exec(const uint8_t *data, size_t size)
{
	static uint8_t again[COMMAND_BYTES_MAX];
	const char *words[COMMAND_ARGS_MAX + 1];
	int count = command_unpack_exec(data, size, words);

	if (count == -1)
		return;
	FUZZ_MUST(count > 0 && words[count] == NULL && words[0] == (const char *)data);
	FUZZ_MUST(command_pack_exec(words, again, sizeof again) == (int)size);
	FUZZ_MUST(memcmp(again, data, size) == 0);
	(void)command_wants_shell(words[0]);
}

static void
fuzz_exit(const uint8_t *data, size_t size)
{
	uint8_t again[COMMAND_EXIT_MAX];
	struct command_exit end;
	int len;

	if (size < 1 || !command_unpack_exit(&end, data[0], data + 1, size - 1))
		return;
	len = command_pack_exit(&end, again, sizeof again);
	FUZZ_MUST(len >= COMMAND_EXIT_MIN && len <= (int)size - 1);
	FUZZ_MUST(memcmp(again, data + 1, (size_t)len) == 0);
}

static void
fuzz_rule(const char *line, size_t size)
{
	struct allow_rule rule;
	enum allow_status status = allow_parse(&rule, line, size);

	if (status != ALLOW_RULE) {
		FUZZ_MUST(strlen(allow_status_words(status)) > 0);
		return;
	}
	FUZZ_MUST(rule.name.len > 0 && rule.name.len <= ALLOW_NAME_MAX);
	FUZZ_MUST(rule.count > 0 && rule.count <= ALLOW_WORDS_MAX);
	FUZZ_MUST(rule.words[0].at[0] == '/');
	for (size_t i = 0; i < rule.count; i++) {
		const struct allow_span *word = &rule.words[i];

		FUZZ_MUST(word->at >= line && word->at + word->len <= line + size);
		FUZZ_MUST(memchr(word->at, '"', word->len) == NULL);
		FUZZ_MUST(memchr(word->at, '\0', word->len) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_exec(data, size);
	fuzz_exit(data, size);
	fuzz_rule((const char *)data, size);
	return 0;
}
