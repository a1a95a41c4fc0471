/*
 * guesses: passwords that are tried, counted by who tries them. See guesses.h.
 */
#include "common/guesses.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "common/random.h"
#include "common/siphash.h"
#include "common/sys.h"

enum {
	ADDRESSES = 1024, /* whose failures are counted apart */
};

struct guesser {
	_Atomic uint64_t who; /* a hash of the address */
	_Atomic int64_t last_ms;
	_Atomic int count;
};

struct guesses {
	uint8_t key[SIPHASH_KEY_SIZE]; /* nobody foresees whose place is whose */
	struct guesser of[ADDRESSES];
	pthread_mutex_t turns[GUESSES_AT_ONCE]; /* open again when their holder dies */
};

static int
make_turns(struct guesses *guesses)
{
	pthread_mutexattr_t attr;
	int error = pthread_mutexattr_init(&attr);

	if (error == 0)
		error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (error == 0)
		error = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	for (int i = 0; i < GUESSES_AT_ONCE && error == 0; i++)
		error = pthread_mutex_init(&guesses->turns[i], &attr);
	return error;
}

struct guesses *
guesses_new(void)
{
	struct guesses *guesses = sys_shared_memory(sizeof *guesses);

	if (guesses == NULL || random_bytes(guesses->key, sizeof guesses->key) == -1)
		return NULL;
	errno = make_turns(guesses);
	return errno ? NULL : guesses;
}

struct guesser *
guesses_of(struct guesses *guesses, const void *network, size_t len)
{
	uint64_t who = siphash(guesses->key, network, len);
	struct guesser *guesser = &guesses->of[who % ADDRESSES];

	if (atomic_exchange(&guesser->who, who) != who)
		atomic_store(&guesser->count, 0);
	return guesser;
}

static bool
is_locked(struct guesser *guesser)
{
	if (sys_now_ms() - atomic_load(&guesser->last_ms) > GUESSES_FORGET_MS)
		atomic_store(&guesser->count, 0);
	return atomic_load(&guesser->count) >= GUESSES_LOCKED_FROM;
}

static pthread_mutex_t *
own_turn(struct guesses *guesses)
{
	return &guesses->turns[getpid() % GUESSES_AT_ONCE];
}

/* Many may try at once: who has failed meanwhile counts already. */
bool
guesses_begin(struct guesses *guesses, struct guesser *guesser)
{
	pthread_mutex_t *turn = own_turn(guesses);

	if (is_locked(guesser))
		return false;
	if (pthread_mutex_lock(turn) == EOWNERDEAD)
		pthread_mutex_consistent(turn);
	if (!is_locked(guesser))
		return true;
	pthread_mutex_unlock(turn);
	return false;
}

int
guesses_end(struct guesses *guesses, struct guesser *guesser, enum guess guess)
{
	int ms = 0;

	if (guess == GUESS_WRONG) {
		ms = (atomic_fetch_add(&guesser->count, 1) + 1) * GUESSES_FAIL_MS;
		atomic_store(&guesser->last_ms, sys_now_ms());
	} else if (guess == GUESS_RIGHT) {
		atomic_store(&guesser->count, 0);
	}
	pthread_mutex_unlock(own_turn(guesses));
	return ms < GUESSES_FAIL_MAX_MS ? ms : GUESSES_FAIL_MAX_MS;
}
