/*
 * ftp_text: names and digests within commands and replies. See ftp_text.h.
 */
#include "protocol/ftp_text.h"

#include <string.h>

#include "protocol/ftp_put.h"

/* ---- quotes ---- */

static void
put_quoted(struct pack *pack, const char *name, size_t len)
{
	ftp_put_char(pack, '"');
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '"')
			ftp_put_char(pack, '"');
		ftp_put_char(pack, name[i]);
	}
	ftp_put_char(pack, '"');
}

ssize_t
ftp_quote_encode(char *buffer, size_t capacity, const char *name, size_t len)
{
	struct pack pack = pack_begin(buffer, capacity);

	put_quoted(&pack, name, len);
	return ftp_put_end(&pack);
}

/*
 * The name in quotes that begins at text[0]; *used of the text are it and its quotes. A
 * name without an end is none: what stands behind it would else be read as part of it.
 */
static ssize_t
unquote(const char *text, size_t len, char *name, size_t capacity, size_t *used)
{
	size_t n = 0;

	if (len == 0 || *text != '"' || capacity == 0)
		return -1;
	for (size_t at = 1; at < len; at++) {
		if (text[at] == '"' && (at + 1 == len || text[at + 1] != '"')) {
			name[n] = '\0';
			*used = at + 1;
			return n > 0 ? (ssize_t)n : -1;
		}
		at += text[at] == '"'; /* the first of two */
		if (text[at] == '\0' || n + 1 >= capacity)
			return -1;
		name[n++] = text[at];
	}
	return -1;
}

ssize_t
ftp_quote_parse(const char *text, size_t len, char *name, size_t capacity)
{
	size_t used;

	return unquote(text, len, name, capacity, &used);
}

/* ---- digests ---- */

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* All of the text in hex: how many bytes; 0 when it is not that. */
static size_t
parse_hex(const char *text, size_t len, uint8_t *bytes, size_t capacity)
{
	if (len % 2 != 0 || len / 2 > capacity)
		return 0;
	for (size_t i = 0; i < len; i += 2) {
		int high = hex_value(text[i]), low = hex_value(text[i + 1]);

		if (high == -1 || low == -1)
			return 0;
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	return len / 2;
}

static void
put_hex(struct pack *pack, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		ftp_put_char(pack, "0123456789abcdef"[bytes[i] >> 4]);
		ftp_put_char(pack, "0123456789abcdef"[bytes[i] & 15]);
	}
}

ssize_t
ftp_digest_encode(char *buffer, size_t capacity, const uint8_t *digest, size_t digest_len)
{
	struct pack pack = pack_begin(buffer, capacity);

	put_hex(&pack, digest, digest_len);
	return ftp_put_end(&pack);
}

/* The next word from *at on, blanks before it passed; empty: the end. */
static struct ftp_span
next_word(const char *text, size_t len, size_t *at)
{
	size_t from = *at, to;

	while (from < len && text[from] == ' ')
		from++;
	for (to = from; to < len && text[to] != ' ' && text[to] != '\n';)
		to++;
	*at = to;
	return (struct ftp_span){ text + from, to - from };
}

bool
ftp_digest_parse(const char *text, size_t len, uint8_t *digest, size_t digest_len)
{
	for (size_t at = 0; at < len; at++) { /* past a newline, if there is one */
		struct ftp_span word = next_word(text, len, &at);

		if (word.len == 2 * digest_len && digest_len > 0 &&
		    parse_hex(word.at, word.len, digest, digest_len) == digest_len)
			return true;
	}
	return false;
}

ssize_t
ftp_hash_encode(char *buffer, size_t capacity, const struct ftp_hash *hash)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (hash->digest_len > FTP_DIGEST_MAX)
		return -1;
	ftp_put_string(&pack, hash->algorithm);
	ftp_put_char(&pack, ' ');
	ftp_put_number(&pack, hash->from);
	ftp_put_char(&pack, '-');
	ftp_put_number(&pack, hash->to);
	ftp_put_char(&pack, ' ');
	put_hex(&pack, hash->digest, hash->digest_len);
	ftp_put_char(&pack, ' ');
	pack_bytes(&pack, hash->name.at, hash->name.len);
	return ftp_put_end(&pack);
}

static bool
parse_range(const struct ftp_span *word, uint64_t *from, uint64_t *to)
{
	const char *dash = word->len > 0 ? memchr(word->at, '-', word->len) : NULL;
	size_t first;

	if (dash == NULL)
		return false;
	first = (size_t)(dash - word->at);
	return ftp_number_parse(word->at, first, from) &&
	       ftp_number_parse(dash + 1, word->len - first - 1, to) && *from <= *to;
}

bool
ftp_hash_parse(const char *text, size_t len, struct ftp_hash *hash)
{
	size_t at = 0;
	struct ftp_span algorithm = next_word(text, len, &at), range, digest;

	range = next_word(text, len, &at);
	digest = next_word(text, len, &at);
	if (algorithm.len == 0 || algorithm.len > FTP_ALGORITHM_MAX ||
	    memchr(algorithm.at, '\0', algorithm.len) || at + 1 >= len || text[at] != ' ' ||
	    !parse_range(&range, &hash->from, &hash->to))
		return false;
	memcpy(hash->algorithm, algorithm.at, algorithm.len);
	hash->algorithm[algorithm.len] = '\0';
	hash->digest_len = parse_hex(digest.at, digest.len, hash->digest, FTP_DIGEST_MAX);
	hash->name = (struct ftp_span){ text + at + 1, len - at - 1 };
	return hash->digest_len > 0;
}

/* ---- XMD5 and its like ---- */

/* Nothing, or a first byte, or that and the one behind the last. */
static bool
parse_bounds(const char *text, size_t len, uint64_t *from, uint64_t *to)
{
	size_t at = 0;
	struct ftp_span word = next_word(text, len, &at);

	*from = 0;
	*to = UINT64_MAX;
	if (word.len > 0 && !ftp_number_parse(word.at, word.len, from))
		return false;
	word = next_word(text, len, &at);
	if (word.len > 0 && !ftp_number_parse(word.at, word.len, to))
		return false;
	return next_word(text, len, &at).len == 0 && at == len && *from <= *to;
}

bool
ftp_xhash_parse(
    const char *argument, size_t len, char *name, size_t capacity, uint64_t *from, uint64_t *to)
{
	size_t used = len;

	if (len > 0 && *argument == '"') {
		if (unquote(argument, len, name, capacity, &used) == -1 ||
		    (used < len && argument[used] != ' '))
			return false;
	} else {
		if (len == 0 || len >= capacity || memchr(argument, '\0', len))
			return false;
		memcpy(name, argument, len);
		name[len] = '\0';
	}
	return parse_bounds(argument + used, len - used, from, to);
}

ssize_t
ftp_xhash_encode(
    char *buffer, size_t capacity, const char *name, size_t len, uint64_t from, uint64_t to)
{
	struct pack pack = pack_begin(buffer, capacity);

	put_quoted(&pack, name, len);
	if (from > 0 || to != UINT64_MAX) {
		ftp_put_char(&pack, ' ');
		ftp_put_number(&pack, from);
	}
	if (to != UINT64_MAX) {
		ftp_put_char(&pack, ' ');
		ftp_put_number(&pack, to);
	}
	return ftp_put_end(&pack);
}
