/*
 * replay: run a fuzz target on files, without clang. usage: replay FILE...
 *
 * The failure it guards: a bug that the fuzzer found once and that comes back, or a
 * parser that reads beyond what came. Each file is given to the target whole, then
 * each beginning of it, as a cut-off datagram has it, then a few hundred times with
 * some bytes changed, by a generator with a fixed seed. The bytes lie in a piece of
 * memory of exactly their size, so that a sanitizer sees a step too far.
 */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum {
	FILE_MAX = 1 << 17,
	PREFIXES_MAX = 2048, /* of one file: beginnings longer than that are not tried */
	MUTANTS = 500,	     /* of one file */
};

static unsigned long runs;

/* xorshift64: the same numbers on each machine. */
static uint64_t
next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void
run(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (copy == NULL) {
		perror("replay");
		exit(1);
	}
	memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	runs++;
}

static void
run_mutants(const uint8_t *bytes, size_t len)
{
	static uint8_t mutant[FILE_MAX];
	uint64_t state = 4711 + len;

	for (int i = 0; i < MUTANTS && len > 0; i++) {
		memcpy(mutant, bytes, len);
		for (uint64_t changes = 1 + next_number(&state) % 4; changes > 0; changes--)
			mutant[next_number(&state) % len] = (uint8_t)next_number(&state);
		run(mutant, len);
	}
}

static void
replay(const char *path)
{
	static uint8_t bytes[FILE_MAX];
	FILE *file = fopen(path, "rb");
	size_t len = file ? fread(bytes, 1, sizeof bytes, file) : 0;

	if (file == NULL || ferror(file) || len == sizeof bytes) {
		fprintf(stderr, "replay: %s: %s\n", path,
		    len == sizeof bytes ? "too long" : strerror(errno));
		exit(1);
	}
	fclose(file);
	run(bytes, len);
	for (size_t n = 0; n < len && n < PREFIXES_MAX; n++)
		run(bytes, n);
	run_mutants(bytes, len);
}

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d files, %lu runs\n", argc - 1, runs);
	return argc > 1 ? 0 : 1;
}
