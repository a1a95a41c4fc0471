/*
 * Fuzzes protocol/http_cgi and protocol/http_form: what a program writes, and how it was
 * cut; the same bytes as a form, and as the name of a field.
 *
 * The first byte says in which pieces the rest comes: what is read must not depend on it.
 * No line that is passed on, and no location, holds a byte that could end a line.
 */
#include "protocol/http_cgi.h"

#include <string.h>

#include "protocol/http_form.h"
#include "tests/fuzz/fuzz.h"

static int
read_begin(void *cgi, const char *bytes, size_t len)
{
	return (int)http_cgi_read(cgi, bytes, len);
}

static enum http_verdict
feed(struct http_cgi *cgi, const uint8_t *data, size_t len, size_t piece)
{
	enum http_verdict verdict;

	memset(cgi, 0xa5, sizeof *cgi);
	http_cgi_begin(cgi);
	verdict = (enum http_verdict)fuzz_grow(data, len, piece, read_begin, cgi);
	cgi->bytes = (const char *)data; /* the last block is gone */
	return verdict;
}

static void
check_value(const struct http_cgi *cgi, size_t at, size_t len)
{
	FUZZ_MUST(at + len <= cgi->head_len);
	FUZZ_MUST(http_is_value((struct http_span){ cgi->bytes + at, len }));
}

static void
check_form(struct http_span form)
{
	struct http_span rest = form, name, value;
	char out[64];

	while (http_form_next(&rest, &name, &value)) {
		FUZZ_MUST(memchr(name.at, '=', name.len) == NULL || name.len == 0);
		FUZZ_MUST(value.at + value.len == rest.at);
		if (http_form_decode(out, sizeof out, value) != -1)
			FUZZ_MUST(strlen(out) <= value.len);
	}
	(void)http_form_find(out, sizeof out, form, "a");
	if (http_cgi_variable(out, sizeof out, form) > 0)
		FUZZ_MUST(strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_cgi whole, cut;
	enum http_verdict verdict;

	if (size < 2 || size > 4096)
		return 0;
	check_form((struct http_span){ (const char *)data + 1, size - 1 });
	verdict = feed(&whole, data + 1, size - 1, size);
	FUZZ_MUST(feed(&cut, data + 1, size - 1, (size_t)data[0] + 1) == verdict);
	FUZZ_MUST(whole.fault == cut.fault && whole.head_len == cut.head_len);
	FUZZ_MUST(whole.status == cut.status && whole.count == cut.count);
	if (verdict != HTTP_DONE)
		return 0;
	FUZZ_MUST(whole.status >= 200 && whole.status <= 599);
	FUZZ_MUST((whole.kind == HTTP_CGI_DOCUMENT) == (whole.location.len == 0));
	check_value(&whole, whole.location.at, whole.location.len);
	check_value(&whole, whole.type.at, whole.type.len);
	for (size_t i = 0; i < whole.count; i++)
		check_value(&whole, whole.lines[i].value, whole.lines[i].value_len);
	return 0;
}
