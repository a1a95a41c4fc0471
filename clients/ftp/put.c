/*
 * put: a file of this machine, or standard input, to the server.
 *
 *	[SIZE, MDTM]		after a break: how much of it has come
 *	[REST n]		behind that
 *	STOR			the bytes
 *	HASH, XSHA256, XMD5	both sides read theirs and compare, or else the size counts
 *	[MFMT]			its time there as here
 *
 * The trap is in going on: what lies there under that name may be the file that was
 * there before, and no part of ours. It is gone on with only if it is not what was there
 * before we began, not longer than what we had sent, and (where the server can tell)
 * the same bytes so far. And our own file must be the one that we began with.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"

enum outcome {
	DONE,
	FAILED, /* said: nothing that another attempt would change */
	BROKEN, /* try again */
	ANEW,	/* try again at once, from the begin */
};

struct departure {
	struct session *session;
	const char *remote, *shown; /* there and here, for messages */
	int fd;
	struct stat st;
	bool regular;
	bool resume;	     /* what lies there is to be gone on with, whoever began it */
	bool began;	     /* an attempt of ours has sent something */
	bool anew;	     /* it did not agree, and was sent from its begin again */
	uint64_t at, most;   /* where this attempt begins; how far we have ever been */
	struct facts before; /* what had the name before we began */
};

/* ---- where to begin ---- */

static bool
is_unchanged(const struct departure *departure)
{
	struct stat now;

	return fstat(departure->fd, &now) == 0 && now.st_size == departure->st.st_size &&
	       now.st_mtim.tv_sec == departure->st.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == departure->st.st_mtim.tv_nsec;
}

/* How much of ours lies there, as far as can be known. */
static uint64_t
ours_there(struct departure *departure, const struct facts *now)
{
	struct session *session = departure->session;
	const char *how;

	if (!now->has_size || now->size == 0 || !(session->features & SESSION_REST) ||
	    !departure->regular || session->settings->ascii ||
	    now->size > (uint64_t)departure->st.st_size)
		return 0;
	if (!departure->resume &&
	    (now->size > departure->most || facts_same(now, &departure->before)))
		return 0;
	switch (
	    verify_digest(session, departure->remote, departure->fd, now->size, true, &how)) {
	case VERIFY_SAME:
	case VERIFY_UNKNOWN: /* all of it is compared at the end */
		return now->size;
	case VERIFY_DIFFERENT:
	case VERIFY_LOST:
		break;
	}
	return 0;
}

/* What lies there, before the first attempt and after a break. */
static enum outcome
look(struct departure *departure)
{
	struct session *session = departure->session;
	struct facts now = { .has_size = false };

	departure->at = 0;
	if (session->settings->ascii)
		return session_type(session, 'A') == 0 ? DONE :
		       session->connected	       ? FAILED :
							 BROKEN;
	if (!departure->regular && !departure->began)
		return session_type(session, 'I') == 0 ? DONE :
		       session->connected	       ? FAILED :
							 BROKEN;
	if (facts_ask(session, departure->remote, &now) == -1)
		return session->connected ? FAILED : BROKEN;
	if (!departure->began && !departure->resume) {
		departure->before = now;
		return DONE;
	}
	if (!departure->anew)
		departure->at = ours_there(departure, &now);
	return session->connected ? DONE : BROKEN;
}

/* ---- the bytes ---- */

static enum outcome
explain_refusal(struct departure *departure)
{
	struct session *session = departure->session;
	int code = session->reply.code;

	if (!session->connected)
		return BROKEN;
	if (ftp_stop)
		log_error("%s: interrupted", departure->shown);
	if (ftp_stop || code == 0)
		return FAILED;
	/* That was REST's, or the server wants no REST before STOR. */
	if (departure->at > 0 && code != 552 && code != 452) {
		session->features &= ~(unsigned)SESSION_REST;
		return ANEW;
	}
	if (code == 425 || code == 426 || code == 451)
		return BROKEN;
	session_refused(session, departure->remote);
	return FAILED;
}

static enum outcome
judge(struct departure *departure, struct data *data, enum move_result result)
{
	struct session *session = departure->session;
	int code;

	if (result == MOVE_FILE || result == MOVE_STOPPED) {
		if (result == MOVE_FILE)
			log_error("%s:", departure->shown);
		else
			log_error("%s: interrupted", departure->shown);
		data_abort(session, data);
		return FAILED;
	}
	if (result == MOVE_BROKEN)
		log_notice("%s: the data connection:", departure->shown);
	if (result == MOVE_BROKEN && errno == ETIMEDOUT) {
		data_abort(session, data);
		return BROKEN;
	}
	code = data_end(session, data); /* the end of the data is the end of the file */
	if (code == -1)
		return ftp_stop ? FAILED : BROKEN;
	if (result == MOVE_DONE && code < 300)
		return DONE;
	if (code < 300 || code == 426 || code == 451 || code == 425)
		return BROKEN;
	session_refused(session, departure->remote);
	return FAILED;
}

/* exercise: open the data connection, STOR, send, hear the second reply */
static enum outcome
send_it(struct departure *departure)
{
	struct session *session = departure->session;
	struct data data;
	struct move move = {
		.session = session,
		.file = departure->fd,
		.at = (off_t)departure->at,
		.ascii = session->settings->ascii,
		.total = departure->regular ? (uint64_t)departure->st.st_size : 0,
		.name = departure->shown,
	};
	enum move_result result;

	if (departure->at > 0 && departure->at == (uint64_t)departure->st.st_size)
		return DONE; /* all of it is there; it was not compared yet */
	if (data_begin(session, &data, "STOR", departure->remote, departure->at) == -1)
		return explain_refusal(departure);
	if (departure->at > 0)
		log_step(
		    "%s: goes on behind %" PRIu64 " bytes", departure->shown, departure->at);
	move.data = data.fd;
	departure->began = true;
	result = move_out(&move);
	if ((uint64_t)move.at > departure->most)
		departure->most = (uint64_t)move.at;
	return judge(departure, &data, result);
}

/* ---- whether it is right ---- */

/* *size: what the server has. False: it does not tell. */
static bool
ask_size(struct departure *departure, uint64_t *size)
{
	struct facts now;

	if (departure->session->settings->ascii ||
	    facts_ask(departure->session, departure->remote, &now) == -1 || !now.has_size)
		return false;
	*size = now.size;
	return true;
}

static enum outcome
compare(struct departure *departure)
{
	struct session *session = departure->session;
	uint64_t size = departure->most, there = 0;
	const char *how = "";
	enum verify_result result = VERIFY_UNKNOWN;
	bool told;

	if (departure->regular && departure->at > departure->most)
		size = departure->at;
	if (departure->regular && !session->settings->ascii)
		result =
		    verify_digest(session, departure->remote, departure->fd, size, false, &how);
	told = result == VERIFY_UNKNOWN && ask_size(departure, &there);
	if (result == VERIFY_LOST || !session->connected)
		return session->connected || ftp_stop ? FAILED : BROKEN;
	if (result == VERIFY_DIFFERENT || (told && there != size)) {
		bool again = departure->at > 0 && !departure->anew;

		if (told)
			log_error("%s: %" PRIu64 " bytes were sent, but %" PRIu64
				  " are there%s",
			    departure->shown, size, there, again ? ": from the begin" : "");
		else
			log_error("%s: not the same there (%s)%s", departure->shown, how,
			    again ? ": from the begin" : "");
		departure->anew = true;
		return again ? ANEW : FAILED;
	}
	log_notice("%s: %" PRIu64 " bytes, %s%s", departure->shown, size,
	    result == VERIFY_SAME ? "verified by " :
	    told		  ? "verified by size alone" :
				    "not verified: the server tells no size",
	    result == VERIFY_SAME ? how : "");
	return DONE;
}

/* Its time there as here; a server that cannot is not asked twice. */
static void
set_time(struct departure *departure)
{
	struct session *session = departure->session;
	const struct ftp_time time = { .seconds = departure->st.st_mtim.tv_sec };
	char argument[FTP_LINE_MAX], text[FTP_TIME_TEXT_MAX + 1];

	if (!(session->features & SESSION_MFMT) || !departure->regular ||
	    ftp_time_encode(text, sizeof text, &time) == -1)
		return;
	snprintf(argument, sizeof argument, "%s %s", text, departure->remote);
	if (session_ask(session, "MFMT", argument) >= 500)
		session->features &= ~(unsigned)SESSION_MFMT;
}

static enum outcome
attempt(struct departure *departure)
{
	enum outcome outcome = look(departure);

	if (outcome == DONE)
		outcome = send_it(departure);
	if (outcome == DONE)
		outcome = compare(departure);
	return ftp_stop ? FAILED : outcome;
}

static int
put(struct departure *departure)
{
	struct session *session = departure->session;
	enum outcome outcome;
	uint64_t before;
	const int status = session->status; /* what goes well in the end has not failed */
	int tries = 0;

	for (;;) {
		before = departure->most;
		outcome = attempt(departure);
		if (outcome == DONE) {
			set_time(departure);
			session->status = status;
			return 0;
		}
		if (outcome == ANEW)
			continue;
		if (outcome != BROKEN)
			break;
		if (departure->most > before)
			tries = 0; /* it moves */
		if (!departure->regular && departure->began) {
			log_error("%s: broken off, and cannot be read again", departure->shown);
			break;
		}
		if (!session_again(session, &tries, departure->shown))
			break;
		if (departure->regular && !is_unchanged(departure)) {
			log_error("%s: was changed meanwhile", departure->shown);
			break;
		}
	}
	session_worsen(session, STATUS_FAILED);
	return -1;
}

int
put_from(struct session *session, int fd, const char *shown, const char *remote, unsigned flags)
{
	struct departure departure = {
		.session = session,
		.remote = remote,
		.shown = shown,
		.fd = fd,
		.resume = flags & FILE_RESUME,
	};

	if (fstat(fd, &departure.st) == -1) {
		log_error("%s:", shown);
		session_worsen(session, STATUS_FAILED);
		return -1;
	}
	departure.regular = S_ISREG(departure.st.st_mode);
	return put(&departure);
}

int
put_file(struct session *session, const char *local, const char *remote, unsigned flags)
{
	struct stat st;
	int fd, result;

	if (strcmp(local, "-") == 0)
		return put_from(session, STDIN_FILENO, "standard input", remote, flags);
	fd = open(local, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		if (fd == -1)
			log_error("%s:", local);
		else
			log_error("%s: not a file", local);
		session_worsen(session, STATUS_FAILED);
		if (fd != -1)
			close(fd);
		return -1;
	}
	result = put_from(session, fd, local, remote, flags);
	close(fd);
	return result;
}
