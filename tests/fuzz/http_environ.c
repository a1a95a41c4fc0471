/*
 * Fuzzes servers/httpd/environ: a request's head, and what a CGI program is told of it.
 *
 * Whatever the head: each variable is NAME=VALUE, with a name of capital letters, digits
 * and `_' that is there once; no value ends a line; what a client may not set is not set;
 * and each HTTP_ variable is what a simple model, which looks at all pairs, says it is.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/http_cgi.h"
#include "servers/httpd/environ.h"
#include "tests/fuzz/fuzz.h"

static size_t
check_name(const char *variable)
{
	size_t len = strspn(variable, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	FUZZ_MUST(len > 0 && variable[len] == '=');
	for (const char *at = variable + len + 1; *at; at++)
		FUZZ_MUST(*at != '\r' && *at != '\n');
	return len;
}

static void
check_list(const struct environ *environ)
{
	static const char *const forbidden[] = { "HTTP_PROXY=", "HTTP_AUTHORIZATION=",
		"HTTP_PROXY_AUTHORIZATION=", "HTTP_CONTENT_LENGTH=",
		"HTTP_TRANSFER_ENCODING=" };

	FUZZ_MUST(environ->list[environ->count] == NULL);
	for (size_t i = 0; i < environ->count; i++) {
		size_t len = check_name(environ->list[i]);

		for (size_t other = 0; other < i; other++)
			FUZZ_MUST(
			    strncmp(environ->list[other], environ->list[i], len + 1) != 0);
		for (size_t no = 0; no < sizeof forbidden / sizeof *forbidden; no++)
			FUZZ_MUST(
			    strncmp(environ->list[i], forbidden[no], strlen(forbidden[no])));
	}
}

static const char *
find(const struct environ *environ, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < environ->count; i++)
		if (strncmp(environ->list[i], name, len) == 0 && environ->list[i][len] == '=')
			return environ->list[i] + len + 1;
	return NULL;
}

/* The values of all lines that give this variable, joined, are what it has. */
static void
check_field(const struct environ *environ, const struct http_request *request, size_t line)
{
	char name[HTTP_CGI_NAME_MAX], other[HTTP_CGI_NAME_MAX];
	const char *value, *between = "";

	if (http_cgi_variable(name, sizeof name, http_line_name(request, line)) <= 0)
		return;
	value = find(environ, name);
	FUZZ_MUST(value != NULL);
	for (size_t i = 0; i < request->count; i++) {
		struct http_span said = http_line_value(request, i);

		if (http_cgi_variable(other, sizeof other, http_line_name(request, i)) <= 0 ||
		    strcmp(name, other) != 0)
			continue;
		FUZZ_MUST(strncmp(value, between, strlen(between)) == 0);
		value += strlen(between);
		FUZZ_MUST(strncmp(value, said.at, said.len) == 0);
		value += said.len;
		between = strcmp(name, "HTTP_COOKIE") == 0 ? "; " : ", ";
	}
	FUZZ_MUST(*value == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct environ environ;
	static struct exchange exchange;
	struct session session = { .exchange = &exchange };
	struct environ_more more = { .path = "/run/me",
		.script_len = 4,
		.file = "/srv/run",
		.root = "/srv",
		.has_content = size & 1,
		.content_len = size,
		.fd = -1 };
	struct http_request *request = &exchange.request;

	http_request_begin(request);
	if (size > HTTP_HEAD_MAX || size == 0 ||
	    http_request_read(request, (const char *)data, size) != HTTP_DONE)
		return 0;
	FUZZ_MUST(environ_make(&environ, &session, &more));
	check_list(&environ);
	for (size_t i = 0; i < request->count; i++)
		check_field(&environ, request, i);
	return 0;
}
