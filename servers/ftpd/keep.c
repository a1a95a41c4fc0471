/*
 * keep: who may log in: what runs in the keeper, out of reach of who talks to strangers.
 *
 * It reads the accounts, tries the password, counts failures, and opens the home. The
 * session gets a verdict, the rights, and the home's descriptor; never a hash.
 *
 * Guessing is made slow: each failure of an address, in whichever session, makes its next
 * answers later, up to FAIL_MAX_MS; and from LOCKED_FROM on the answer is no, for as long
 * as the last failure is not FORGET_MS ago.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/sys.h"
#include "common/sys_file.h"
#include "common/wipe.h"
#include "servers/ftpd/ftpd.h"

enum {
	FAIL_MS = 250, /* an answer "no" comes so much later for each failure */
	FAIL_MAX_MS = 5000,
	FORGET_MS = 10 * 60 * 1000,
	LOCKED_FROM = 20,   /* failures */
	ADDRESSES = 256,    /* whose failures are counted apart */
	HASHES_AT_ONCE = 4, /* each takes 16 MiB and a processor */
	DAY_S = 24 * 60 * 60,
};

/* Shared by all processes that answer; no session has this memory. */
struct failures {
	_Atomic int64_t last_ms;
	_Atomic int count;
};

static struct shared {
	struct failures of[ADDRESSES];
	pthread_mutex_t turn[HASHES_AT_ONCE];
} * shared;

static int
begin(void *arg)
{
	pthread_mutexattr_t attr;

	(void)arg;
	shared = sys_shared_memory(sizeof *shared);
	if (shared == NULL || pthread_mutexattr_init(&attr) != 0 ||
	    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0 ||
	    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0)
		return -1;
	for (int i = 0; i < HASHES_AT_ONCE; i++)
		if (pthread_mutex_init(&shared->turn[i], &attr) != 0)
			return -1;
	return 0;
}

/* Not so many passwords are hashed at once that the machine has no memory left. */
static pthread_mutex_t *
take_turn(void)
{
	pthread_mutex_t *turn = &shared->turn[getpid() % HASHES_AT_ONCE];

	if (pthread_mutex_lock(turn) == EOWNERDEAD)
		pthread_mutex_consistent(turn);
	return turn;
}

static struct failures *
failures_of(const struct login_question *question)
{
	size_t sum = 5381;

	for (size_t i = 0; i < question->network_len && i < sizeof question->network; i++)
		sum = sum * 33 + question->network[i];
	return &shared->of[sum % ADDRESSES];
}

/* How many there were lately. */
static int
lately(struct failures *failures)
{
	if (sys_now_ms() - atomic_load(&failures->last_ms) > FORGET_MS)
		atomic_store(&failures->count, 0);
	return atomic_load(&failures->count);
}

static void
delay(struct failures *failures)
{
	int count = atomic_fetch_add(&failures->count, 1) + 1;
	int ms = count * FAIL_MS < FAIL_MAX_MS ? count * FAIL_MS : FAIL_MAX_MS;

	atomic_store(&failures->last_ms, sys_now_ms());
	(void)poll(NULL, 0, ms);
}

static bool
is_anonymous(const struct ftpd_options *options, const char *user)
{
	return options->anonymous &&
	       (strcmp(user, "anonymous") == 0 || strcmp(user, "ftp") == 0);
}

static int
open_home(const char *home, struct login_answer *answer)
{
	int fd = open(home, sys_search_flags());

	if (fd == -1) {
		answer->verdict = USERS_UNUSABLE;
		snprintf(answer->error, sizeof answer->error, "home %.200s: %s", home,
		    strerror(errno));
	}
	return fd;
}

static int
decide(const struct ftpd_options *options, const struct login_question *question,
    struct login_answer *answer)
{
	char error[USERS_ERROR_MAX] = "";
	struct users_entry entry;
	pthread_mutex_t *turn;

	if (is_anonymous(options, question->user)) {
		answer->rights = USERS_READ | USERS_LIST;
		answer->bytes = answer->files = USERS_NO_LIMIT;
		return open_home(options->anonymous, answer);
	}
	if (options->users == NULL) {
		answer->verdict = USERS_NOBODY;
		return -1;
	}
	turn = take_turn();
	answer->verdict = (int32_t)users_login(options->users, question->user,
	    question->password, time(NULL) / DAY_S, options->weak_hashes ? USERS_ALLOW_WEAK : 0,
	    &entry, error, sizeof error);
	pthread_mutex_unlock(turn);
	snprintf(answer->error, sizeof answer->error, "%.255s", error);
	if (answer->verdict != USERS_ADMITTED)
		return -1;
	answer->rights = entry.rights;
	answer->bytes = entry.bytes;
	answer->files = entry.files;
	return open_home(entry.home, answer);
}

static size_t
answer_login(
    void *arg, const void *bytes, size_t len, unsigned char into[KEEPER_ANSWER_MAX], int *fd)
{
	struct login_question question;
	struct login_answer answer = { .verdict = USERS_ADMITTED };
	struct failures *failures;
	bool anonymous;

	if (len != sizeof question)
		return 0;
	memcpy(&question, bytes, len);
	question.user[sizeof question.user - 1] = '\0';
	question.password[sizeof question.password - 1] = '\0';
	failures = failures_of(&question);
	if (lately(failures) >= LOCKED_FROM) {
		answer.verdict = USERS_LOCKED;
		snprintf(
		    answer.error, sizeof answer.error, "too many failures of this address");
	} else {
		*fd = decide(arg, &question, &answer);
	}
	anonymous = is_anonymous(arg, question.user);
	wipe(&question, sizeof question);
	if (answer.verdict != USERS_ADMITTED)
		delay(failures);
	else if (!anonymous) /* that proves nothing */
		atomic_store(&failures->count, 0);
	memcpy(into, &answer, sizeof answer);
	return sizeof answer;
}

const struct keeper_work login_keeper = { .begin = begin, .answer = answer_login };
