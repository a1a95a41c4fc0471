/*
 * Fuzzes protocol/ftp_reply: what a server sends on the control connection, and what
 * stands in it: the name of a 257, the digest of a 213.
 *
 * The same bytes make the same replies however they are cut into pieces; a reply's lines
 * are its text, and no longer than is kept; encoded again they are the same reply.
 */
#include "protocol/ftp_reply.h"

#include <string.h>

#include "protocol/ftp_text.h"
#include "tests/fuzz/fuzz.h"

static void
fuzz_text(const struct ftp_reply *reply)
{
	struct ftp_hash hash;
	char name[64], out[2 * sizeof name + 4], back[sizeof name];
	uint8_t digest[16];
	ssize_t len = ftp_quote_parse(reply->text, reply->len, name, sizeof name);

	if (len > 0) {
		FUZZ_MUST(strlen(name) == (size_t)len);
		len = ftp_quote_encode(out, sizeof out, name, (size_t)len);
		FUZZ_MUST(len > 0);
		FUZZ_MUST(ftp_quote_parse(out, (size_t)len, back, sizeof back) > 0);
		FUZZ_MUST(strcmp(name, back) == 0);
	}
	if (ftp_hash_parse(reply->text, reply->len, &hash))
		FUZZ_MUST(hash.digest_len > 0 && hash.digest_len <= FTP_DIGEST_MAX &&
			  hash.name.len > 0 && hash.from <= hash.to);
	(void)ftp_digest_parse(reply->text, reply->len, digest, sizeof digest);
}

/* Each line is taken back for what it was. */
static void
fuzz_reply(const struct ftp_reply *reply)
{
	static char out[FTP_REPLY_LINE_MAX];
	static struct ftp_reply back;
	struct ftp_span line;
	size_t at = 0, bytes = 0, lines = 0, used;

	FUZZ_MUST(reply->len <= FTP_REPLY_TEXT_MAX && reply->text[reply->len] == '\0');
	FUZZ_MUST(reply->code >= 100 && reply->code <= 699);
	while (ftp_reply_next_line(reply, &at, &line)) {
		ssize_t n;

		lines++;
		bytes += line.len;
		if (line.len > FTP_LINE_MAX - 4 || memchr(line.at, '\0', line.len))
			continue;
		n = ftp_reply_encode(
		    out, sizeof out, reply->code, FTP_REPLY_ONLY, line.at, line.len);
		FUZZ_MUST(n > 0);
		memset(&back, 0, sizeof back);
		FUZZ_MUST(ftp_reply_feed(&back, out, (size_t)n, &used) == FTP_REPLY_READY);
		FUZZ_MUST(back.len == line.len && memcmp(back.text, line.at, line.len) == 0);
	}
	FUZZ_MUST(bytes + lines == reply->len + 1);
	fuzz_text(reply);
}

static uint64_t
fuzz_replies(const uint8_t *data, size_t size, size_t step)
{
	static struct ftp_reply reply;
	uint64_t sum = FUZZ_SUM;

	memset(&reply, 0, sizeof reply);
	for (size_t at = 0, used; at < size; at += used) {
		size_t piece = size - at < step ? size - at : step;
		enum ftp_reply_event event = ftp_reply_feed(&reply, data + at, piece, &used);

		FUZZ_MUST(used > 0 && used <= piece);
		if (event == FTP_REPLY_MORE)
			continue;
		sum = fuzz_mix(sum, &event, sizeof event);
		if (event == FTP_REPLY_BAD)
			break;
		if (event == FTP_REPLY_READY) {
			sum = fuzz_mix(sum, reply.text, reply.len);
			fuzz_reply(&reply);
		}
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole = fuzz_replies(data, size, size);

	FUZZ_MUST(fuzz_replies(data, size, 1) == whole);
	FUZZ_MUST(fuzz_replies(data, size, 5) == whole);
	return 0;
}
