/*
 * probe: what udpecho -c writes into a datagram, to know it again. See probe.h.
 */
#include "protocol/probe.h"

enum {
	NUMBER_DIGITS = 8,
	COOKIE_DIGITS = 16,
	TIME_DIGITS = 16,
	PADDING_FIRST = 'A',
	PADDING_LETTERS = 26,
};

static unsigned char *
put_digits(unsigned char *at, uint64_t number, int digits)
{
	for (int i = digits; i-- > 0; number >>= 4)
		at[i] = (unsigned char)"0123456789ABCDEF"[number & 15];
	return at + digits;
}

/* The number in so many digits; *good becomes false when they are no digits of ours. */
static uint64_t
take_digits(const unsigned char **at, int digits, bool *good)
{
	uint64_t number = 0;

	for (int i = 0; i < digits; i++) {
		unsigned char c = *(*at)++;

		if (c >= '0' && c <= '9')
			number = number << 4 | (uint64_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			number = number << 4 | (uint64_t)(c - 'A' + 10);
		else
			*good = false;
	}
	return number;
}

static unsigned char
padding(size_t at)
{
	return (unsigned char)(PADDING_FIRST + at % PADDING_LETTERS);
}

bool
probe_encode(const struct probe *probe, unsigned char *bytes, size_t size)
{
	unsigned char *at = bytes;

	if (size < PROBE_SIZE)
		return false;
	at = put_digits(at, probe->number, NUMBER_DIGITS);
	at = put_digits(at, probe->cookie, COOKIE_DIGITS);
	put_digits(at, probe->sent_ns, TIME_DIGITS);
	for (size_t i = PROBE_SIZE; i < size; i++)
		bytes[i] = padding(i);
	return true;
}

bool
probe_decode(struct probe *probe, const unsigned char *bytes, size_t len, size_t size)
{
	const unsigned char *at;
	bool good = true;

	if (size < PROBE_SIZE || len < size)
		return false;
	at = bytes = bytes + (len - size);
	probe->number = (uint32_t)take_digits(&at, NUMBER_DIGITS, &good);
	probe->cookie = take_digits(&at, COOKIE_DIGITS, &good);
	probe->sent_ns = take_digits(&at, TIME_DIGITS, &good);
	for (size_t i = PROBE_SIZE; good && i < size; i++)
		good = bytes[i] == padding(i);
	return good;
}
