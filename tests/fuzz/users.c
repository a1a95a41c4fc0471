/*
 * Fuzzes protocol/users: a line of ftpd-users(5).
 *
 * An account that is taken has strings that end, no control character and a hash that
 * is one, or is locked; written down again it is the same account.
 */
#include "protocol/users.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct users_entry entry, again;
	char out[USERS_LINE_MAX + 8];
	enum users_status status = users_parse(&entry, (const char *)data, size);
	ssize_t len;

	FUZZ_MUST(strlen(users_status_words(status)) > 0);
	if (status != USERS_ENTRY)
		return 0;
	FUZZ_MUST(users_is_name(entry.name, strlen(entry.name)));
	FUZZ_MUST(users_is_home(entry.home, strlen(entry.home)));
	FUZZ_MUST(entry.locked ||
		  users_method(entry.hash, strlen(entry.hash), NULL) != USERS_UNKNOWN);
	FUZZ_MUST((entry.rights & ~(unsigned)USERS_ALL) == 0);
	len = users_encode(out, sizeof out, &entry);
	FUZZ_MUST(len > 0 && users_parse(&again, out, (size_t)len) == USERS_ENTRY);
	FUZZ_MUST(strcmp(again.name, entry.name) == 0 && strcmp(again.hash, entry.hash) == 0);
	FUZZ_MUST(strcmp(again.home, entry.home) == 0 && again.locked == entry.locked);
	FUZZ_MUST(again.bytes == entry.bytes && again.files == entry.files);
	FUZZ_MUST(again.rights == entry.rights && again.until == entry.until);
	return 0;
}
