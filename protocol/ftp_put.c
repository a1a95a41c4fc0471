/*
 * ftp_put: text put together within bounds. See ftp_put.h.
 */
#include "protocol/ftp_put.h"

#include <string.h>

enum {
	IAC = 255,
	DIGITS_MAX = 64, /* of a number, and its padding */
};

void
ftp_put_string(struct pack *pack, const char *string)
{
	pack_bytes(pack, string, strlen(string));
}

void
ftp_put_char(struct pack *pack, char c)
{
	pack_u8(pack, (uint8_t)c);
}

static void
put_based(struct pack *pack, uint64_t number, unsigned base, unsigned width, char fill)
{
	char digits[DIGITS_MAX];
	size_t at = sizeof digits;

	do
		digits[--at] = "0123456789abcdef"[number % base];
	while ((number /= base) > 0);
	while (at > 0 && sizeof digits - at < width)
		digits[--at] = fill;
	pack_bytes(pack, digits + at, sizeof digits - at);
}

void
ftp_put_number(struct pack *pack, uint64_t number)
{
	put_based(pack, number, 10, 0, '0');
}

void
ftp_put_padded(struct pack *pack, uint64_t number, unsigned width, char fill)
{
	put_based(pack, number, 10, width, fill);
}

void
ftp_put_octal(struct pack *pack, unsigned number, unsigned width)
{
	put_based(pack, number, 8, width, '0');
}

void
ftp_put_hex(struct pack *pack, uint64_t number)
{
	put_based(pack, number, 16, 0, '0');
}

void
ftp_put_telnet(struct pack *pack, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		pack_u8(pack, byte == '\0' || byte == '\n' ? '?' : byte);
		if (byte == IAC)
			pack_u8(pack, IAC);
		else if (byte == '\r')
			pack_u8(pack, '\0');
	}
}

ssize_t
ftp_put_end(struct pack *pack)
{
	pack_u8(pack, '\0');
	return pack->failed ? -1 : pack->at - pack->start - 1;
}
