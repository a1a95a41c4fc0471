/*
 * verify: whether the bytes here are those there, by a digest that both make.
 *
 *	-> HASH notes		the server reads its file ...
 *	   (ours is read)	... while we read ours
 *	<- 213 SHA-256 0-1024 6dcd...8 notes
 *
 * So it costs no more time than the slower of the two, and what an earlier attempt had
 * brought is looked at as well. XSHA256 and XMD5 are elder forms of the same question.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/file_read.h"
#include "common/log.h"
#include "protocol/ftp_text.h"

enum {
	READ_SIZE = 256 * 1024,
	LOOK_EVERY = 64, /* reads, then ^C is looked at */
};

struct question {
	const char *verb, *how;
	enum digest_kind kind;
	char argument[FTP_LINE_MAX];
};

/* How to ask this server. False: it has nothing that we know. */
static bool
choose(const struct session *session, const char *name, uint64_t size, bool part,
    struct question *question)
{
	size_t len = strlen(name);

	*question = (struct question){ .verb = "HASH", .kind = session->hash };
	if (session->features & SESSION_HASH && session->hash != DIGEST_NONE && !part) {
		if (len >= sizeof question->argument)
			return false;
		memcpy(question->argument, name, len + 1);
	} else if (session->features & (SESSION_XSHA256 | SESSION_XMD5)) {
		bool sha = session->features & SESSION_XSHA256;

		question->verb = sha ? "XSHA256" : "XMD5";
		question->kind = sha ? DIGEST_SHA256 : DIGEST_MD5;
		if (ftp_xhash_encode(question->argument, sizeof question->argument, name, len,
			0, part ? size : UINT64_MAX) == -1)
			return false;
	} else {
		return false;
	}
	question->how = question->kind == DIGEST_SHA256 ? "SHA-256" : "MD5";
	return true;
}

/* Ours: 0, or -1: the file (errno), or ^C (ECANCELED). */
static int
digest_file(int fd, uint64_t size, struct digest *digest)
{
	static char buffer[READ_SIZE];
	off_t at = 0;

	while ((uint64_t)at < size && !ftp_stop) {
		uint64_t left = size - (uint64_t)at;
		ssize_t n = file_read(
		    fd, buffer, left < sizeof buffer ? (size_t)left : sizeof buffer, at);

		if (n == -1)
			return -1;
		digest_add(digest, buffer, (size_t)n);
		at += n;
		if (at / READ_SIZE % LOOK_EVERY == 0) { /* let a signal in */
			signals_release();
			signals_hold();
		}
	}
	if (ftp_stop)
		errno = ECANCELED;
	return ftp_stop ? -1 : 0;
}

/* Theirs, from the last reply. */
static bool
take_answer(const struct session *session, const struct question *question, uint64_t size,
    uint8_t *theirs)
{
	const struct ftp_reply *reply = &session->reply;
	size_t len = digest_len(question->kind);
	struct ftp_hash hash;

	if (reply->code / 100 != 2)
		return false;
	if (strcmp(question->verb, "HASH") != 0)
		return ftp_digest_parse(reply->text, reply->len, theirs, len);
	if (!ftp_hash_parse(reply->text, reply->len, &hash) || hash.digest_len != len ||
	    hash.from != 0 || hash.to != size)
		return false;
	memcpy(theirs, hash.digest, len);
	return true;
}

/* So long any server reads so much in. */
static int
patience(const struct session *session, uint64_t size)
{
	uint64_t ms = size / (PATIENCE_RATE / 1000);

	return session->settings->client.timeout_ms +
	       (ms < INT32_MAX / 2 ? (int)ms : INT32_MAX / 2);
}

enum verify_result
verify_digest(struct session *session, const char *name, int fd, uint64_t size, bool part,
    const char **how)
{
	uint8_t ours[DIGEST_MAX], theirs[DIGEST_MAX];
	struct question question;
	struct digest digest;
	int code, result;

	if (!session->settings->verify || !choose(session, name, size, part, &question))
		return VERIFY_UNKNOWN;
	*how = question.how;
	if (session_say(session, question.verb, question.argument) == -1)
		return VERIFY_LOST;
	digest_begin(&digest, question.kind);
	result = digest_file(fd, size, &digest);
	if (result == -1)
		log_error("%s: to be verified:", name);
	if (session->settings->client.timeout_ms)
		conn_set_idle(&session->conn, patience(session, size));
	code = session_hear(session);
	if (session->connected && session->settings->client.timeout_ms)
		conn_set_idle(&session->conn, session->settings->client.timeout_ms);
	if (code == -1 || result == -1)
		return VERIFY_LOST;
	if (!take_answer(session, &question, size, theirs)) {
		log_step("%s: %s has no answer: nothing to compare with", name, question.verb);
		return VERIFY_UNKNOWN;
	}
	digest_end(&digest, ours);
	return digest_equal(ours, theirs, digest_len(question.kind)) ? VERIFY_SAME :
								       VERIFY_DIFFERENT;
}
