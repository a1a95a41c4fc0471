/*
 * Fuzzes protocol/http_basic and protocol/http_hostname: the value of Authorization, and
 * of Host.
 *
 * A name that was read has no colon, and neither it nor the password a control byte. A
 * host's name is itself once more, and no path leads out of a folder by it.
 */
#include "protocol/http_basic.h"

#include <string.h>

#include "protocol/http_hostname.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_span value = { (const char *)data, size };
	char name[HTTP_HOSTNAME_MAX + 1], again[HTTP_HOSTNAME_MAX + 1];
	struct http_basic basic;

	if (size > 4096)
		return 0;
	if (http_basic_read(&basic, value)) {
		FUZZ_MUST(strlen(basic.name) > 0 && strlen(basic.name) <= HTTP_BASIC_NAME_MAX);
		FUZZ_MUST(strlen(basic.password) <= HTTP_BASIC_PASSWORD_MAX);
		FUZZ_MUST(strpbrk(basic.name, ":\r\n\t\177") == NULL);
		FUZZ_MUST(strpbrk(basic.password, "\r\n\t\177") == NULL);
	}
	if (http_hostname(name, value)) {
		size_t len = strlen(name);

		FUZZ_MUST(len > 0 && len <= HTTP_HOSTNAME_MAX && name[0] != '.');
		FUZZ_MUST(strstr(name, "..") == NULL && strchr(name, '/') == NULL);
		FUZZ_MUST(http_hostname(again, (struct http_span){ name, len }));
		FUZZ_MUST(strcmp(name, again) == 0);
	}
	return 0;
}
