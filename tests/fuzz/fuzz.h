/*
 * fuzz: what a fuzz target is, and how it says that something must hold.
 *
 * A target is a file NAME.c here with this one function: it takes bytes that nobody
 * has looked at and gives them to a parser. Beside it lies corpus/NAME/, a few inputs
 * to begin with. libFuzzer calls it with what it invents (make fuzz), replay.c with
 * the corpus alone (make check).
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Else say so, and die in a way that libFuzzer and a shell both see. */
#define FUZZ_MUST(condition)                                                                   \
	((condition) ?                                                                         \
		(void)0 :                                                                      \
		(fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition),    \
		    abort()))

/* A sum over all that happens (FNV-1a): another one, and something was otherwise. */
#define FUZZ_SUM UINT64_C(0xcbf29ce484222325)

static inline uint64_t
fuzz_mix(uint64_t sum, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

/*
 * Bytes come in pieces, and who reads looks at all that is there: `read` gets the first
 * `piece`, then twice as many and so on, each time in memory of just that size, until it
 * returns other than 0, which is the result.
 */
static inline int
fuzz_grow(const uint8_t *data, size_t len, size_t piece,
    int (*read)(void *reader, const char *bytes, size_t len), void *reader)
{
	int result = 0;

	for (size_t have = 0; have < len && result == 0;) {
		char *bytes;

		have = piece < len - have ? have + piece : len;
		bytes = malloc(have);
		FUZZ_MUST(bytes != NULL);
		memcpy(bytes, data, have);
		result = read(reader, bytes, have);
		free(bytes);
	}
	return result;
}

#endif
