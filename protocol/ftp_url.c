/*
 * ftp_url: an address of a file on an FTP server. See ftp_url.h.
 */
#include "protocol/ftp_url.h"

#include <string.h>
#include <strings.h>

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Bytes with their %XX undone, as a string. False: no room, or what no name has. */
static bool
decode(const char *at, size_t len, char *out, size_t capacity)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		int byte = (unsigned char)at[i];

		if (at[i] == '%') {
			int high = i + 2 < len ? hex_digit(at[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(at[i + 2]) : -1;

			if (high == -1 || low == -1)
				return false;
			byte = high << 4 | low;
			i += 2;
		}
		if (byte == '\0' || byte == '\r' || byte == '\n' || used + 1 >= capacity)
			return false;
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return true;
}

static bool
copy(const char *at, size_t len, char *out, size_t capacity)
{
	if (len >= capacity)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

/* "user:password@", which ends at `end`. */
static bool
take_user(const char *at, const char *end, struct ftp_url *url)
{
	const char *colon = memchr(at, ':', (size_t)(end - at));
	const char *user_end = colon ? colon : end;

	url->has_user = true;
	url->has_password = colon != NULL;
	return user_end > at &&
	       decode(at, (size_t)(user_end - at), url->user, sizeof url->user) &&
	       (colon == NULL || decode(colon + 1, (size_t)(end - colon - 1), url->password,
				     sizeof url->password));
}

static bool
take_host(const char *at, const char *end, struct ftp_url *url)
{
	const char *host_end, *colon;

	if (at < end && *at == '[') {
		host_end = memchr(at, ']', (size_t)(end - at));
		if (host_end == NULL)
			return false;
		colon = host_end + 1 < end ? host_end + 1 : NULL;
		at++;
	} else {
		colon = memchr(at, ':', (size_t)(end - at));
		host_end = colon ? colon : end;
	}
	if (host_end == at || (colon && *colon != ':'))
		return false;
	if (!decode(at, (size_t)(host_end - at), url->host, sizeof url->host))
		return false;
	return colon == NULL ||
	       copy(colon + 1, (size_t)(end - colon - 1), url->port, sizeof url->port);
}

/* The path behind the slash, and ";type=x" at its end. */
static bool
take_path(const char *at, struct ftp_url *url)
{
	size_t len = strlen(at), tail = strlen(";type=x");

	if (len >= tail && strncasecmp(at + len - tail, ";type=", tail - 1) == 0) {
		url->type = (char)(at[len - 1] | 0x20);
		if (strchr("aid", url->type) == NULL)
			return false;
		len -= tail;
	}
	return decode(at, len, url->path, sizeof url->path);
}

enum ftp_url_status
ftp_url_parse(const char *text, struct ftp_url *url)
{
	const char *at = text + strlen("ftp://"), *end, *user_end = NULL;

	*url = (struct ftp_url){ .type = '\0' };
	if (strncasecmp(text, "ftp://", strlen("ftp://")) != 0)
		return FTP_URL_OTHER;
	end = at + strcspn(at, "/");
	for (const char *c = at; c < end; c++)
		if (*c == '@')
			user_end = c;
	if (user_end) {
		if (!take_user(at, user_end, url))
			return FTP_URL_BAD;
		at = user_end + 1;
	}
	if (!take_host(at, end, url) || (*end == '/' && !take_path(end + 1, url)))
		return FTP_URL_BAD;
	return FTP_URL_OK;
}
