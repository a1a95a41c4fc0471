/*
 * get: a file of the server to this machine, or to standard output.
 *
 *	SIZE, MDTM		what it is, to compare with
 *	[REST n]		behind what is here, if it is still the same file
 *	RETR			the bytes, to a temporary name
 *	HASH, XSHA256, XMD5	both sides read theirs and compare, or else the size counts
 *	(rename)		only now it has its name
 *
 * A connection that breaks is made again, and the transfer goes on where it was. What an
 * earlier run has left is gone on with by reget. Text (TYPE A) has another size on the
 * way than at either end: it always begins anew and is not compared.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/arrival.h"
#include "common/log.h"

enum outcome {
	DONE,
	FAILED,	  /* said: nothing that another attempt would change */
	GIVEN_UP, /* said: ^C, or the like; what is here stays */
	BROKEN,	  /* try again */
	ANEW,	  /* try again at once, from the begin */
};

/* ---- whether to go on, and where ---- */

static bool
is_same_file(const struct arrival *arrival, const struct facts *now)
{
	if (!now->has_size || (uint64_t)arrival->at > now->size)
		return false;
	if (arrival->started)
		return facts_same(&arrival->facts, now);
	if (arrival->own_time)
		return !now->has_time || arrival->kept_time >= now->time;
	return arrival->kept_time == (now->has_time ? now->time : 0);
}

/* Ask what the file is now, and begin anew if it is another. */
static enum outcome
look(struct arrival *arrival)
{
	struct session *session = arrival->session;
	struct facts now = { .has_size = false };

	if (session->settings->ascii ? session_type(session, 'A') == -1 :
				       facts_ask(session, arrival->remote, &now) == -1)
		return session->connected ? FAILED : BROKEN;
	if (arrival->at > 0 &&
	    (!(session->features & SESSION_REST) || !is_same_file(arrival, &now))) {
		if (!arrival->whole) {
			log_error("%s: cannot go on behind %lld bytes: it has changed, or the "
				  "server does not say",
			    arrival->remote, (long long)arrival->at);
			return FAILED;
		}
		log_notice("%s: what is here is not its begin any more: from the begin",
		    arrival->remote);
		if (arrival_restart(arrival) == -1)
			return FAILED;
	}
	arrival->facts = now;
	arrival->started = true;
	arrival->went_on |= arrival->at > 0;
	return DONE;
}

/* ---- the bytes ---- */

/* RETR was refused, or there is no way for it. */
static enum outcome
explain_refusal(struct arrival *arrival)
{
	struct session *session = arrival->session;
	int code = session->reply.code;

	if (!session->connected)
		return BROKEN;
	if (ftp_stop) {
		log_error("%s: interrupted", arrival->remote);
		return GIVEN_UP;
	}
	if (code == 0)
		return FAILED;
	if (arrival->at > 0 && (code == 500 || code == 501 || code == 502 || code == 504 ||
				   code == 554)) { /* that was REST's */
		session->features &= ~(unsigned)SESSION_REST;
		return ANEW;
	}
	if (code == 426 || code == 425 || code == 451)
		return BROKEN;
	session_refused(session, arrival->remote);
	return FAILED;
}

/* The transfer has ended like this; the server is yet to say how for it. */
static enum outcome
judge(struct arrival *arrival, struct data *data, enum move_result result)
{
	struct session *session = arrival->session;
	char words[LOG_LINE_MAX];
	int code;

	if (result == MOVE_FILE || result == MOVE_STOPPED) {
		if (result == MOVE_FILE)
			log_error("%s:", arrival->path);
		else
			log_error("%s: interrupted", arrival->remote);
		data_abort(session, data);
		return result == MOVE_FILE ? FAILED : GIVEN_UP;
	}
	if (result == MOVE_BROKEN) {
		log_notice("%s: the data connection:", arrival->remote);
		data_abort(session, data);
		return BROKEN;
	}
	code = data_end(session, data);
	if (code >= 200 && code < 300)
		return DONE;
	if (ftp_stop)
		return GIVEN_UP;
	if (code == -1)
		return BROKEN;
	log_notice("%s: %s", arrival->remote, session_words(session, words));
	return code < 500 ? BROKEN : FAILED;
}

/* exercise: open the data connection, RETR, receive, hear the second reply */
static enum outcome
fetch(struct arrival *arrival)
{
	struct session *session = arrival->session;
	struct data data;
	struct move move = {
		.session = session,
		.file = arrival->fd,
		.at = arrival->at,
		.ascii = session->settings->ascii,
		.total = arrival->facts.has_size ? arrival->facts.size : 0,
		.name = arrival->remote,
	};
	enum move_result result;

	if (arrival->went_on && arrival->facts.has_size &&
	    (uint64_t)arrival->at == arrival->facts.size)
		return DONE; /* all of it is here; it was not compared yet */
	if (data_begin(session, &data, "RETR", arrival->remote, (uint64_t)arrival->at) == -1)
		return explain_refusal(arrival);
	if (arrival->at > 0)
		log_step(
		    "%s: goes on behind %lld bytes", arrival->remote, (long long)arrival->at);
	move.data = data.fd;
	result = move_in(&move);
	arrival->at = move.at;
	return judge(arrival, &data, result);
}

/* ---- whether it is right ---- */

static enum outcome
compare(struct arrival *arrival)
{
	struct session *session = arrival->session;
	const struct facts *facts = &arrival->facts;
	const char *how = "";
	enum verify_result result = VERIFY_UNKNOWN;

	if (facts->has_size && (uint64_t)arrival->at != facts->size) {
		log_error("%s: %lld bytes came, but its size was said to be %" PRIu64
			  ": not taken",
		    arrival->remote, (long long)arrival->at, facts->size);
		return FAILED;
	}
	if (arrival->whole && !session->settings->ascii)
		result = verify_digest(
		    session, arrival->remote, arrival->fd, (uint64_t)arrival->at, false, &how);
	if (result == VERIFY_LOST)
		return session->connected || ftp_stop ? GIVEN_UP : BROKEN;
	if (result == VERIFY_DIFFERENT && arrival->went_on && !arrival->anew) {
		log_notice(
		    "%s: not the same (%s): once more, from the begin", arrival->remote, how);
		arrival->anew = true;
		return ANEW;
	}
	if (result == VERIFY_DIFFERENT) {
		log_error(
		    "%s: not the same as the server's (%s): not taken", arrival->remote, how);
		return FAILED;
	}
	log_notice("%s: %lld bytes, %s%s", arrival->remote, (long long)arrival->at,
	    result == VERIFY_SAME ? "verified by " :
	    facts->has_size	  ? "verified by size alone" :
				    "not verified: the server tells no size",
	    result == VERIFY_SAME ? how : "");
	return DONE;
}

static enum outcome
attempt(struct arrival *arrival)
{
	enum outcome outcome = look(arrival);

	if (outcome == DONE)
		outcome = fetch(arrival);
	if (outcome == DONE)
		outcome = compare(arrival);
	if (ftp_stop && outcome == BROKEN)
		return GIVEN_UP;
	return outcome;
}

static int
get(struct arrival *arrival)
{
	struct session *session = arrival->session;
	enum outcome outcome;
	off_t before;
	const int status = session->status; /* what goes well in the end has not failed */
	int tries = 0;

	for (;;) {
		before = arrival->at;
		outcome = attempt(arrival);
		if (outcome == DONE) {
			session->status = status;
			return arrival_finish(arrival);
		}
		if (outcome == ANEW && arrival_restart(arrival) == 0)
			continue;
		if (outcome != BROKEN)
			break;
		if (session->settings->ascii && arrival_restart(arrival) == -1)
			break;
		if (arrival->at > before)
			tries = 0; /* it moves */
		if (!session_again(session, &tries, arrival->remote))
			break;
	}
	session_worsen(session, STATUS_FAILED);
	arrival_leave(arrival, outcome != FAILED);
	return -1;
}

int
get_file(struct session *session, const char *remote, const char *local, unsigned flags)
{
	struct arrival arrival = { .session = session, .remote = remote };

	if (arrival_open(&arrival, local, flags) == -1) {
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	return get(&arrival);
}

int
get_into(struct session *session, const char *remote, const struct jail *jail, const char *name,
    unsigned flags)
{
	struct arrival arrival = { .session = session, .remote = remote };

	snprintf(arrival.path, sizeof arrival.path, "%s", name);
	if (arrival_open_in(&arrival, jail, name, flags) == -1) {
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	return get(&arrival);
}
