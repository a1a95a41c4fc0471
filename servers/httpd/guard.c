/*
 * guard: who may have what. See guard.h; guard_make.c has the paths, guard_keep.c the
 * passwords.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conn.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/wipe.h"
#include "servers/httpd/guard_internal.h"

/* ---- what is known ---- */

/* Of a place, a name and a password, by our own keys: nobody else can make it. */
struct mark {
	uint64_t a, b;
};

static struct mark
mark_of(
    const struct guard *guard, const struct guard_place *place, const struct http_basic *who)
{
	char text[sizeof(uint32_t) + sizeof who->name + sizeof who->password] = { 0 };
	size_t name_size = strlen(who->name) + 1, password_len = strlen(who->password);
	uint32_t number = (uint32_t)(place - guard->places);
	size_t len = sizeof number;
	struct mark mark;

	memcpy(text, &number, sizeof number);
	memcpy(text + len, who->name, name_size);
	len += name_size;
	memcpy(text + len, who->password, password_len);
	len += password_len;
	mark.a = siphash(guard->keys[0], text, len);
	mark.b = siphash(guard->keys[1], text, len);
	wipe(text, len);
	return mark;
}

static bool
is_known(const struct guard *guard, struct mark mark, int64_t now_ms)
{
	struct guard_known *known = &guard->known[mark.a % GUARD_KNOWN];

	return atomic_load(&known->until_ms) > now_ms && atomic_load(&known->a) == mark.a &&
	       atomic_load(&known->b) == mark.b;
}

/* Another process may write in between: then neither of the two is known. */
static void
make_known(const struct guard *guard, struct mark mark, int64_t now_ms)
{
	struct guard_known *known = &guard->known[mark.a % GUARD_KNOWN];

	atomic_store(&known->until_ms, 0);
	atomic_store(&known->a, mark.a);
	atomic_store(&known->b, mark.b);
	atomic_store(&known->until_ms, now_ms + GUARD_KNOWN_MS);
}

/* ---- a request ---- */

/* The place that counts for a path; NULL: nobody is asked. */
static const struct guard_place *
place_of(const struct guard *guard, const char *path, bool hosted)
{
	const struct guard_place *best = NULL;

	for (size_t i = 0; i < guard->count; i++) {
		const struct guard_place *place = &guard->places[i];

		if (place->site_only && hosted)
			continue;
		if (strncmp(path, place->path, place->len) == 0 &&
		    (path[place->len] == '/' || path[place->len] == '\0') &&
		    (best == NULL || place->len > best->len))
			best = place;
	}
	return best && best->users ? best : NULL;
}

static void
let_in(struct exchange *exchange, const struct http_basic *who)
{
	snprintf(exchange->user, sizeof exchange->user, "%.*s", (int)sizeof exchange->user - 1,
	    who->name);
}

enum guard_verdict
guard_judge(struct session *session, const char *path)
{
	const struct guard *guard = session->host->guard;
	struct exchange *exchange = session->exchange;
	struct http_basic who;
	bool known;

	exchange->place = place_of(guard, path, exchange->hosted);
	if (exchange->place == NULL)
		return GUARD_OPEN;
	if (!http_basic_read(&who, http_value(&exchange->request, HTTP_F_AUTHORIZATION)))
		return GUARD_ASK;
	known = is_known(guard, mark_of(guard, exchange->place, &who), session->host->now_ms);
	if (known)
		let_in(exchange, &who);
	wipe(&who, sizeof who);
	return known ? GUARD_OPEN : GUARD_UNKNOWN;
}

/* ---- to try a password ---- */

/* A verdict, or -1 with errno. */
static int
ask_keeper(
    const struct session *session, const struct http_basic *who, struct guard_answer *answer)
{
	const struct guard *guard = session->host->guard;
	struct guard_question question = { .who = *who };
	ssize_t n;
	int fd;

	question.place = (uint32_t)(session->exchange->place - guard->places);
	if (session->peer)
		question.network_len = (uint32_t)net_network(session->peer, question.network);
	n = keeper_ask(&guard->keeper, &question, sizeof question, answer, sizeof *answer, &fd,
	    GUARD_ASK_MS);
	wipe(&question, sizeof question);
	if (fd != -1)
		close(fd);
	answer->error[sizeof answer->error - 1] = '\0';
	if (n == (ssize_t)sizeof *answer)
		return answer->verdict;
	if (n != -1)
		errno = EPROTO;
	return -1;
}

/* What is said to who is not let in; the log knows why. */
static int
deny(const struct session *session, const char *peer, const struct http_basic *who,
    const struct guard_answer *answer)
{
	bool often = answer->verdict == GUARD_REFUSED;

	if (answer->verdict < 0 || answer->verdict > GUARD_REFUSED)
		return 503;
	log_notice("%s: \"%s\" is not let in to %s: %s%s%s", peer, who->name,
	    session->exchange->place->len ? session->exchange->place->path : "/",
	    often ? "too many failures of this address" :
		    users_verdict_words((enum users_verdict)answer->verdict),
	    *answer->error ? ": " : "", answer->error);
	return often ? 429 : answer->verdict == USERS_UNUSABLE ? 500 : 401;
}

int
guard_answer(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room)
{
	const struct guard *guard = session->host->guard;
	struct exchange *exchange = session->exchange;
	struct guard_answer answer = { .verdict = -1 };
	struct http_basic who;
	int verdict;

	(void)input;
	(void)room;
	if (!http_basic_read(&who, http_value(&exchange->request, HTTP_F_AUTHORIZATION)))
		return -1;
	verdict = ask_keeper(session, &who, &answer);
	if (verdict == USERS_ADMITTED) {
		make_known(guard, mark_of(guard, exchange->place, &who), sys_now_ms());
		let_in(exchange, &who);
	} else if (verdict == -1) {
		log_error("%s: nobody can try a password:", conn_peer(conn));
		exchange->status = 503;
	} else {
		exchange->status = deny(session, conn_peer(conn), &who, &answer);
	}
	wipe(&who, sizeof who);
	session_judged(session);
	return 0;
}
