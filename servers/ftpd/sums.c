/*
 * sums: HASH, and its elder kin XMD5 and XSHA256: what a file is, in a few bytes, so that
 * a client can prove what has arrived. draft-bryan-ftp-hash.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/file_read.h"
#include "protocol/ftp_text.h"
#include "servers/ftpd/ftpd.h"

struct range {
	uint64_t from, to; /* the first byte, and the one behind the last */
};

/* The digest of a range of a file. Its length, or -1 with errno. */
static ssize_t
sum_of(int fd, struct range range, enum digest_kind kind, uint8_t sum[DIGEST_MAX])
{
	unsigned char buffer[FLOW_SIZE];
	struct digest digest;

	digest_begin(&digest, kind);
	while (range.from < range.to) {
		uint64_t left = range.to - range.from;
		ssize_t n = file_read(fd, buffer,
		    left < sizeof buffer ? (size_t)left : sizeof buffer, (off_t)range.from);

		if (n == -1)
			return -1;
		digest_add(&digest, buffer, (size_t)n);
		range.from += (uint64_t)n;
	}
	return (ssize_t)digest_end(&digest, sum);
}

/* Of `path`, which is cut to its size. 0; 1: it was answered. */
static int
sum_file(struct session *session, const char *path, struct range *range, enum digest_kind kind,
    struct ftp_hash *hash)
{
	struct stat st;
	int fd = jail_open(&session->home, path, &st);
	ssize_t len = -1;

	if (fd != -1) {
		if (range->to > (uint64_t)st.st_size)
			range->to = (uint64_t)st.st_size;
		if (range->from > range->to) {
			close(fd);
			reply(
			    session, 554, "The file has %jd bytes only", (intmax_t)st.st_size);
			return 1;
		}
		len = sum_of(fd, *range, kind, hash->digest);
		close(fd);
	}
	if (len == -1) {
		reply_errno(session, path);
		return 1;
	}
	hash->digest_len = (size_t)len;
	hash->from = range->from;
	hash->to = range->to;
	return 0;
}

int
do_hash(struct session *session)
{
	struct range range = { 0, UINT64_MAX };
	char path[JAIL_PATH_MAX], text[FTP_LINE_MAX + 256];
	struct ftp_hash hash = { .algorithm = "SHA-256" };
	struct ftp_span name = session->command.argument;

	if (argument_path(session, name, path) == -1)
		return 0;
	if (session->hash == DIGEST_MD5)
		memcpy(hash.algorithm, "MD5", sizeof "MD5");
	board_doing(session, "HASH", path);
	if (sum_file(session, path, &range, session->hash, &hash) != 0)
		return 0;
	hash.name = name;
	if (ftp_hash_encode(text, sizeof text, &hash) == -1)
		return reply(session, 553, "The name is too long");
	return reply(session, 213, "%s", text);
}

static int
tell_sum(struct session *session, enum digest_kind kind)
{
	struct ftp_span argument = session->command.argument;
	char name[JAIL_PATH_MAX], path[JAIL_PATH_MAX], text[2 * FTP_DIGEST_MAX + 1];
	struct ftp_hash hash = { .from = 0 };
	struct range range;

	if (!ftp_xhash_parse(
		argument.at, argument.len, name, sizeof name, &range.from, &range.to))
		return reply(session, 501, "It takes a name, and perhaps two offsets");
	if (argument_path(session, (struct ftp_span){ name, strlen(name) }, path) == -1)
		return 0;
	if (sum_file(session, path, &range, kind, &hash) != 0)
		return 0;
	if (ftp_digest_encode(text, sizeof text, hash.digest, hash.digest_len) == -1)
		return reply(session, 451, "The sum cannot be said");
	return reply(session, 250, "%s", text);
}

int
do_xmd5(struct session *session)
{
	return tell_sum(session, DIGEST_MD5);
}

int
do_xsha256(struct session *session)
{
	return tell_sum(session, DIGEST_SHA256);
}
