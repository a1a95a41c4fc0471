/*
 * guard_keep: whose password is right: what runs in the keeper, out of reach of who talks
 * to strangers. See guard.h, and common/guesses.h for how guessing is made slow.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/guesses.h"
#include "common/wipe.h"
#include "servers/httpd/guard_internal.h"

enum {
	DAY_S = 24 * 60 * 60,
};

/* Shared by all processes that answer. */
static struct guesses *guesses;

static int
begin(void *arg)
{
	(void)arg;
	guesses = guesses_new();
	return guesses ? 0 : -1;
}

static enum users_verdict
try_password(
    const struct guard_place *place, const struct http_basic *who, char error[USERS_ERROR_MAX])
{
	struct users_entry entry;
	enum users_verdict verdict;

	verdict = users_login(place->users, who->name, who->password, time(NULL) / DAY_S,
	    USERS_SHORT_LINES, &entry, error, USERS_ERROR_MAX);
	return verdict == USERS_ADMITTED && !(entry.rights & USERS_READ) ? USERS_LOCKED :
									   verdict;
}

static void
decide(const struct guard_place *place, const struct http_basic *who, struct guesser *guesser,
    struct guard_answer *answer)
{
	char error[USERS_ERROR_MAX] = "";
	enum users_verdict verdict;
	int wait_ms;

	if (!guesses_begin(guesses, guesser)) /* that is said at once */
		return;
	verdict = try_password(place, who, error);
	wait_ms = guesses_end(guesses, guesser,
	    verdict == USERS_ADMITTED ? GUESS_RIGHT :
	    verdict == USERS_UNUSABLE ? GUESS_UNKNOWN :
					GUESS_WRONG);
	(void)poll(NULL, 0, wait_ms);
	answer->verdict = (int32_t)verdict;
	snprintf(answer->error, sizeof answer->error, "%.255s", error);
}

static size_t
answer(void *arg, const void *bytes, size_t len, unsigned char into[KEEPER_ANSWER_MAX], int *fd)
{
	const struct guard *guard = arg;
	struct guard_question question;
	struct guard_answer answer = { .verdict = GUARD_REFUSED };
	struct guesser *guesser;

	*fd = -1;
	if (len != sizeof question)
		return 0;
	memcpy(&question, bytes, len);
	if (question.place >= guard->count || question.network_len > sizeof question.network)
		return 0;
	question.who.name[HTTP_BASIC_NAME_MAX] = '\0';
	question.who.password[HTTP_BASIC_PASSWORD_MAX] = '\0';
	guesser = guesses_of(guesses, question.network, question.network_len);
	decide(&guard->places[question.place], &question.who, guesser, &answer);
	wipe(&question, sizeof question);
	memcpy(into, &answer, sizeof answer);
	return sizeof answer;
}

const struct keeper_work guard_keeper = { .begin = begin, .answer = answer };
