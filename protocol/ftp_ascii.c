/*
 * ftp_ascii: TYPE A. See ftp_ascii.h.
 */
#include "protocol/ftp_ascii.h"

#include <string.h>

size_t
ftp_ascii_encode(const void *bytes, size_t len, void *out)
{
	const char *at = bytes, *end = at + len;
	char *to = out;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((lf ? lf : end) - at);

		memcpy(to, at, n);
		to += n;
		at += n;
		if (lf) {
			*to++ = '\r';
			*to++ = '\n';
			at++;
		}
	}
	return (size_t)(to - (char *)out);
}

size_t
ftp_ascii_decode(struct ftp_ascii *ascii, const void *bytes, size_t len, void *out)
{
	const char *at = bytes, *end = at + len;
	char *to = out;

	if (ascii->cr && len > 0) {
		if (*at != '\n')
			*to++ = '\r';
		ascii->cr = false;
	}
	while (at < end) {
		const char *cr = memchr(at, '\r', (size_t)(end - at));
		size_t n = (size_t)((cr ? cr : end) - at);

		memcpy(to, at, n);
		to += n;
		at += n;
		if (cr == NULL)
			break;
		at++;
		if (at == end)
			ascii->cr = true;
		else if (*at != '\n')
			*to++ = '\r';
	}
	return (size_t)(to - (char *)out);
}

size_t
ftp_ascii_end(struct ftp_ascii *ascii, void *out)
{
	size_t n = ascii->cr;

	if (n)
		*(char *)out = '\r';
	ascii->cr = false;
	return n;
}

uint64_t
ftp_ascii_count(const void *bytes, size_t len)
{
	const char *at = bytes, *end = at + len;
	uint64_t count = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		count++;
	}
	return count;
}
