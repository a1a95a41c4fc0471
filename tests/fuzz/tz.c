/*
 * Fuzzes protocol/tz: a zone file, or a rule after the letter R.
 *
 * What is believed of it must be an offset that there can be, with a printable name.
 */
#include "protocol/tz.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
check(const struct tz_local *local)
{
	FUZZ_MUST(local->offset >= TZ_OFFSET_MIN && local->offset <= TZ_OFFSET_MAX);
	FUZZ_MUST(memchr(local->name, '\0', sizeof local->name) != NULL);
	for (const char *p = local->name; *p; p++)
		FUZZ_MUST(*p > ' ' && *p < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = { INT64_MIN, -TZ_TIME_MAX, -2208988800, 0, 951782400,
		1774746000, 1792890000, 4109878800, TZ_TIME_MAX, INT64_MAX };
	struct tz_local local;

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		if (tz_from_file(data, size, times[i], &local))
			check(&local);
		if (size > 0 && data[0] == 'R' &&
		    tz_from_rule((const char *)data + 1, size - 1, times[i], &local))
			check(&local);
	}
	return 0;
}
