/*
 * guesses: passwords that are tried, counted by who tries them.
 *
 * Guessing is made slow: each failure of an address, in whichever process, makes its next
 * answers "no" later, up to GUESSES_FAIL_MAX_MS; and from GUESSES_LOCKED_FROM on none of
 * its passwords is tried at all, as long as its last failure is not GUESSES_FORGET_MS ago.
 * And guessing is kept from using up the machine: not more than GUESSES_AT_ONCE passwords
 * are hashed at a time, whoever asks, because each takes megabytes and a processor.
 *
 * Who knows a password is not told from who guesses before it was tried, so behind a NAT
 * one neighbour can lock out the other for that time. Counts are kept of as many addresses
 * as there is room for; a newer one takes the place of an older.
 *
 * The counts are shared by all processes that are forked after they were made.
 */
#ifndef COMMON_GUESSES_H
#define COMMON_GUESSES_H

#include <stdbool.h>
#include <stddef.h>

enum {
	GUESSES_FAIL_MS = 250, /* an answer "no" comes so much later for each failure */
	GUESSES_FAIL_MAX_MS = 5000,
	GUESSES_FORGET_MS = 10 * 60 * 1000,
	GUESSES_LOCKED_FROM = 20, /* failures */
	GUESSES_AT_ONCE = 4,
};

/* NULL with errno. */
struct guesses;
struct guesses *guesses_new(void);

/* Those of one address; `network` as net_network says it. It is counted from now on. */
struct guesser;
struct guesser *guesses_of(struct guesses *guesses, const void *network, size_t len);

/*
 * Before a password is hashed: waits until fewer than GUESSES_AT_ONCE are. False: it must
 * not be, its address has failed too often lately; then there is nothing to end.
 */
bool guesses_begin(struct guesses *guesses, struct guesser *guesser);

enum guess {
	GUESS_WRONG,
	GUESS_RIGHT,   /* all is forgotten */
	GUESS_UNKNOWN, /* it could not be tried */
};
/* So many milliseconds are to pass before that is said: more after each failure. */
int guesses_end(struct guesses *guesses, struct guesser *guesser, enum guess guess);

#endif
