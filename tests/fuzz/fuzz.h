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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Else say so, and die in a way that libFuzzer and a shell both see. */
#define FUZZ_MUST(condition)                                                                   \
	((condition) ?                                                                         \
		(void)0 :                                                                      \
		(fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition),    \
		    abort()))

#endif
