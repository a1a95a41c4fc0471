/*
 * ftp_host: where a data connection goes, as text. See ftp_host.h.
 */
#include "protocol/ftp_host.h"

#include <arpa/inet.h> /* inet_pton and inet_ntop, which only know text and bytes */
#include <string.h>

#include "protocol/ftp_put.h"

enum {
	IPV4_SIZE = 4,
	IPV6_SIZE = 16,
	PORT_MAX = 65535,
	GROUP_DIGITS = 3, /* of a byte */
};

/* ---- h1,h2,h3,h4,p1,p2 ---- */

/* Six bytes with commas between; *used of the text are theirs. */
static bool
parse_six(const char *text, size_t len, uint8_t six[6], size_t *used)
{
	size_t at = 0;

	for (int i = 0; i < 6; i++) {
		unsigned value = 0;
		size_t digits = 0;

		if (i > 0 && (at == len || text[at++] != ','))
			return false;
		for (; at < len && text[at] >= '0' && text[at] <= '9'; at++, digits++)
			if (digits < GROUP_DIGITS)
				value = value * 10 + (unsigned)(text[at] - '0');
		if (digits == 0 || digits > GROUP_DIGITS || value > UINT8_MAX)
			return false;
		six[i] = (uint8_t)value;
	}
	*used = at;
	return true;
}

static bool
host_of_six(const uint8_t six[6], struct ftp_host *host)
{
	unsigned port = (unsigned)six[4] << 8 | six[5];

	if (port == 0)
		return false;
	*host = (struct ftp_host){ .family = FTP_IPV4, .port = (uint16_t)port };
	memcpy(host->address, six, IPV4_SIZE);
	return true;
}

enum ftp_host_status
ftp_port_parse(const char *argument, size_t len, struct ftp_host *host)
{
	uint8_t six[6];
	size_t used;

	if (!parse_six(argument, len, six, &used) || used != len)
		return FTP_HOST_SYNTAX;
	return host_of_six(six, host) ? FTP_HOST_OK : FTP_HOST_SYNTAX;
}

bool
ftp_pasv_parse(const char *text, size_t len, struct ftp_host *host)
{
	uint8_t six[6];
	size_t at = 0, used;

	while (at < len && !(text[at] >= '0' && text[at] <= '9'))
		at++;
	if (!parse_six(text + at, len - at, six, &used))
		return false;
	at += used;
	return (at == len || text[at] != ',') && host_of_six(six, host);
}

static void
put_six(struct pack *pack, const struct ftp_host *host)
{
	for (int i = 0; i < IPV4_SIZE; i++) {
		ftp_put_number(pack, host->address[i]);
		ftp_put_char(pack, ',');
	}
	ftp_put_number(pack, host->port >> 8);
	ftp_put_char(pack, ',');
	ftp_put_number(pack, host->port & 0xff);
}

ssize_t
ftp_port_encode(char *buffer, size_t capacity, const struct ftp_host *host)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (host->family != FTP_IPV4)
		return -1;
	put_six(&pack, host);
	return ftp_put_end(&pack);
}

ssize_t
ftp_pasv_encode(char *buffer, size_t capacity, const struct ftp_host *host)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (host->family != FTP_IPV4)
		return -1;
	ftp_put_string(&pack, "Entering Passive Mode (");
	put_six(&pack, host);
	ftp_put_string(&pack, ").");
	return ftp_put_end(&pack);
}

/* ---- |family|address|port| ---- */

/* A byte that may separate: RFC 2428, 2 has 33 to 126; a digit could not be told. */
static bool
is_separator(char c)
{
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9');
}

/* The field from *at on up to the separator, which is passed. */
static bool
next_field(const char *text, size_t len, size_t *at, char separator, struct ftp_span *field)
{
	const char *from = text + *at, *to = memchr(from, separator, len - *at);

	if (to == NULL)
		return false;
	*field = (struct ftp_span){ from, (size_t)(to - from) };
	*at += field->len + 1;
	return true;
}

static bool
parse_port(const struct ftp_span *field, uint16_t *port)
{
	uint64_t number;

	if (!ftp_number_parse(field->at, field->len, &number) || number == 0 ||
	    number > PORT_MAX)
		return false;
	*port = (uint16_t)number;
	return true;
}

static bool
parse_address(const struct ftp_span *field, struct ftp_host *host)
{
	char text[INET6_ADDRSTRLEN];
	int family = host->family == FTP_IPV4 ? AF_INET : AF_INET6;

	if (field->len >= sizeof text || memchr(field->at, '\0', field->len))
		return false;
	memcpy(text, field->at, field->len);
	text[field->len] = '\0';
	return inet_pton(family, text, host->address) == 1;
}

enum ftp_host_status
ftp_eprt_parse(const char *argument, size_t len, struct ftp_host *host)
{
	struct ftp_span family, address, port;
	struct ftp_host one = { .port = 0 };
	uint64_t number;
	size_t at = 1;

	if (len == 0 || !is_separator(*argument) ||
	    !next_field(argument, len, &at, *argument, &family) ||
	    !next_field(argument, len, &at, *argument, &address) ||
	    !next_field(argument, len, &at, *argument, &port) || at != len ||
	    !ftp_number_parse(family.at, family.len, &number))
		return FTP_HOST_SYNTAX;
	if (number != FTP_IPV4 && number != FTP_IPV6)
		return FTP_HOST_FAMILY;
	one.family = (enum ftp_family)number;
	if (!parse_address(&address, &one) || !parse_port(&port, &one.port))
		return FTP_HOST_SYNTAX;
	*host = one;
	return FTP_HOST_OK;
}

ssize_t
ftp_eprt_encode(char *buffer, size_t capacity, const struct ftp_host *host)
{
	struct pack pack = pack_begin(buffer, capacity);
	char text[INET6_ADDRSTRLEN];
	int family = host->family == FTP_IPV4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, host->address, text, sizeof text) == NULL)
		return -1;
	ftp_put_char(&pack, '|');
	ftp_put_number(&pack, host->family);
	ftp_put_char(&pack, '|');
	ftp_put_string(&pack, text);
	ftp_put_char(&pack, '|');
	ftp_put_number(&pack, host->port);
	ftp_put_char(&pack, '|');
	return ftp_put_end(&pack);
}

/* ---- EPSV ---- */

ssize_t
ftp_epsv_encode(char *buffer, size_t capacity, uint16_t port)
{
	struct pack pack = pack_begin(buffer, capacity);

	ftp_put_string(&pack, "Entering Extended Passive Mode (|||");
	ftp_put_number(&pack, port);
	ftp_put_string(&pack, "|)");
	return ftp_put_end(&pack);
}

bool
ftp_epsv_parse(const char *text, size_t len, uint16_t *port)
{
	const char *open = len > 0 ? memchr(text, '(', len) : NULL;
	struct ftp_span field;
	size_t at = 3; /* the separators: no family and no address here, RFC 2428, 3 */

	if (open == NULL)
		return false;
	open++;
	len -= (size_t)(open - text);
	return len > at && is_separator(open[0]) && open[1] == open[0] && open[2] == open[0] &&
	       next_field(open, len, &at, *open, &field) && at < len && open[at] == ')' &&
	       parse_port(&field, port);
}

enum ftp_epsv
ftp_epsv_argument(const char *argument, size_t len)
{
	uint64_t number;

	if (len == 0)
		return FTP_EPSV_ANY;
	if (len == 3 && (argument[0] | 0x20) == 'a' && (argument[1] | 0x20) == 'l' &&
	    (argument[2] | 0x20) == 'l')
		return FTP_EPSV_ALL;
	if (!ftp_number_parse(argument, len, &number))
		return FTP_EPSV_SYNTAX;
	if (number == FTP_IPV4)
		return FTP_EPSV_IPV4;
	return number == FTP_IPV6 ? FTP_EPSV_IPV6 : FTP_EPSV_OTHER;
}
