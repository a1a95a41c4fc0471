/*
 * keep: who may log in: what runs in the keeper, out of reach of who talks to strangers.
 *
 * It reads the accounts, tries the password, counts failures, and opens the home. The
 * session gets a verdict, the rights, and the home's descriptor; never a hash.
 *
 * Guessing is made slow: see common/guesses.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/guesses.h"
#include "common/sys_file.h"
#include "common/wipe.h"
#include "servers/ftpd/ftpd.h"

enum {
	DAY_S = 24 * 60 * 60,
};

/* Shared by all processes that answer; no session has this memory. */
static struct guesses *guesses;

static int
begin(void *arg)
{
	(void)arg;
	guesses = guesses_new();
	return guesses ? 0 : -1;
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

static enum users_verdict
try_password(const struct ftpd_options *options, const struct login_question *question,
    struct users_entry *entry, char error[USERS_ERROR_MAX])
{
	if (options->users == NULL)
		return USERS_NOBODY;
	return users_login(options->users, question->user, question->password,
	    time(NULL) / DAY_S, options->weak_hashes ? USERS_ALLOW_WEAK : 0, entry, error,
	    USERS_ERROR_MAX);
}

static int
decide(const struct ftpd_options *options, const struct login_question *question,
    struct guesser *guesser, struct login_answer *answer)
{
	char error[USERS_ERROR_MAX] = "";
	struct users_entry entry = { .locked = true };
	int wait_ms;

	if (is_anonymous(options, question->user)) {
		answer->rights = USERS_READ | USERS_LIST;
		answer->bytes = answer->files = USERS_NO_LIMIT;
		return open_home(options->anonymous, answer);
	}
	if (!guesses_begin(guesses, guesser)) {
		answer->verdict = USERS_LOCKED;
		snprintf(
		    answer->error, sizeof answer->error, "too many failures of this address");
		(void)poll(NULL, 0, GUESSES_FAIL_MAX_MS);
		return -1;
	}
	answer->verdict = (int32_t)try_password(options, question, &entry, error);
	wait_ms = guesses_end(guesses, guesser,
	    answer->verdict == USERS_ADMITTED ? GUESS_RIGHT :
	    answer->verdict == USERS_UNUSABLE ? GUESS_UNKNOWN :
						GUESS_WRONG);
	(void)poll(NULL, 0, wait_ms);
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
	struct guesser *guesser;
	size_t network_len;

	if (len != sizeof question)
		return 0;
	memcpy(&question, bytes, len);
	question.user[sizeof question.user - 1] = '\0';
	question.password[sizeof question.password - 1] = '\0';
	network_len = question.network_len;
	if (network_len > sizeof question.network)
		network_len = sizeof question.network;
	guesser = guesses_of(guesses, question.network, network_len);
	*fd = decide(arg, &question, guesser, &answer);
	wipe(&question, sizeof question);
	memcpy(into, &answer, sizeof answer);
	return sizeof answer;
}

const struct keeper_work login_keeper = { .begin = begin, .answer = answer_login };
