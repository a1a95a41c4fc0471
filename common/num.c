/*
 * num: strict numbers from text. See num.h.
 */
#include "common/num.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
num_parse(const char *text, int64_t min, int64_t max, int64_t *number)
{
	const char *digits = *text == '-' ? text + 1 : text;
	long long value;
	char *end;

	errno = EINVAL;
	if (!isdigit((unsigned char)*digits))
		return -1;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end != '\0') {
		errno = EINVAL;
		return -1;
	}
	if (errno == ERANGE || value < min || value > max) {
		errno = ERANGE;
		return -1;
	}
	*number = value;
	return 0;
}

/* The digits after the point, of which milliseconds keep three. */
static int
parse_fraction(const char *digits, int64_t *ms)
{
	size_t len = strlen(digits);
	char three[] = "000";

	if (len == 0 || strspn(digits, "0123456789") != len) {
		errno = EINVAL;
		return -1;
	}
	memcpy(three, digits, len < 3 ? len : 3);
	return num_parse(three, 0, 999, ms);
}

int
num_parse_ms(const char *text, int max_seconds, int64_t *ms)
{
	const char *point = strchr(text, '.');
	size_t len = point ? (size_t)(point - text) : strlen(text);
	int64_t seconds, fraction = 0;
	char whole[16];

	if (len >= sizeof whole) {
		errno = ERANGE;
		return -1;
	}
	memcpy(whole, text, len);
	whole[len] = '\0';
	if (num_parse(whole, 0, max_seconds, &seconds) == -1 ||
	    (point && parse_fraction(point + 1, &fraction) == -1))
		return -1;
	*ms = seconds * 1000 + fraction;
	return 0;
}

void
num_bytes(char text[NUM_BYTES_MAX], double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t unit = 0;

	while (bytes >= 999.95 && unit + 1 < sizeof units / sizeof *units) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, NUM_BYTES_MAX, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}
