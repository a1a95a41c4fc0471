/*
 * Fuzzes protocol/ftp_url and protocol/netrc: what a user, or a web page that he has
 * copied from, gives to ftp.
 *
 * No part of a URL that is taken can end a line, and an entry is strings that end.
 */
#include "protocol/ftp_url.h"

#include <string.h>

#include "protocol/netrc.h"
#include "tests/fuzz/fuzz.h"

enum {
	TEXT_MAX = 8192,
};

static void
one_line(const char *text, size_t capacity)
{
	FUZZ_MUST(memchr(text, '\0', capacity) != NULL);
	FUZZ_MUST(strpbrk(text, "\r\n") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ftp_url url;
	static struct netrc_entry entry;
	static char text[TEXT_MAX + 1];
	unsigned line;

	if (netrc_find((const char *)data, size, "a", NULL, &entry, &line) == NETRC_FOUND)
		FUZZ_MUST(memchr(entry.login, '\0', sizeof entry.login) &&
			  memchr(entry.password, '\0', sizeof entry.password));
	if (size > TEXT_MAX)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (ftp_url_parse(text, &url) != FTP_URL_OK)
		return 0;
	FUZZ_MUST(url.host[0] != '\0');
	one_line(url.host, sizeof url.host);
	one_line(url.user, sizeof url.user);
	one_line(url.password, sizeof url.password);
	one_line(url.path, sizeof url.path);
	return 0;
}
