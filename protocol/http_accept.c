/*
 * http_accept: what a client would rather have. See http_accept.h.
 */
#include "protocol/http_accept.h"

#include <string.h>

static const struct {
	const char *name, *suffix;
} codings[HTTP_CODINGS] = {
	[HTTP_IDENTITY] = { "identity", "" },
	[HTTP_GZIP] = { "gzip", ".gz" },
	[HTTP_BR] = { "br", ".br" },
};

const char *
http_coding_name(enum http_coding coding)
{
	return codings[coding].name;
}

const char *
http_coding_suffix(enum http_coding coding)
{
	return codings[coding].suffix;
}

static struct http_span
trim(struct http_span span)
{
	while (span.len > 0 && (*span.at == ' ' || *span.at == '\t')) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
		span.len--;
	return span;
}

/* 0, 0.5, 0.125, 1, 1.000 */
static bool
read_weight(struct http_span text, uint16_t *q)
{
	uint16_t sum = 0, unit = HTTP_Q_MAX;

	if (text.len == 0 || text.len > 5 || (text.len > 1 && text.at[1] != '.'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (i == 1)
			continue;
		if (text.at[i] < '0' || text.at[i] > '9' || (i == 0 && text.at[i] > '1'))
			return false;
		sum = (uint16_t)(sum + (text.at[i] - '0') * unit);
		unit /= 10;
	}
	*q = sum;
	return sum <= HTTP_Q_MAX;
}

/* Up to a `;' outside of quotes; *rest is what is behind it. */
static struct http_span
split(struct http_span *rest)
{
	struct http_span part = { rest->at, 0 };
	bool quoted = false;

	for (; part.len < rest->len && (quoted || part.at[part.len] != ';'); part.len++)
		if (part.at[part.len] == '"')
			quoted = !quoted;
		else if (quoted && part.at[part.len] == '\\' && part.len + 1 < rest->len)
			part.len++;
	rest->at += part.len + (part.len < rest->len);
	rest->len -= part.len + (part.len < rest->len);
	return trim(part);
}

bool
http_weighted(struct http_span member, struct http_span *what, uint16_t *q)
{
	*what = split(&member);
	*q = HTTP_Q_MAX;
	while (member.len > 0) {
		struct http_span part = split(&member);

		if (part.len >= 2 && (part.at[0] | 0x20) == 'q' && part.at[1] == '=')
			return read_weight((struct http_span){ part.at + 2, part.len - 2 }, q);
	}
	return true;
}

/* ---- Accept-Encoding, 12.5.3 ---- */

static enum http_coding
coding_of(struct http_span name)
{
	if (http_is(name, "gzip") || http_is(name, "x-gzip"))
		return HTTP_GZIP;
	if (http_is(name, "br"))
		return HTTP_BR;
	return http_is(name, "identity") ? HTTP_IDENTITY : HTTP_CODINGS;
}

void
http_accept_codings(const struct http_request *request, uint16_t q[HTTP_CODINGS])
{
	struct http_list list = http_list_begin(request, HTTP_F_ACCEPT_ENCODING);
	struct http_span member, name;
	bool said[HTTP_CODINGS] = { false };
	uint16_t weight;

	/* Identity is right unless refused, and less than anything that is asked for. */
	memset(q, 0, HTTP_CODINGS * sizeof *q);
	q[HTTP_IDENTITY] = 1;
	while (http_list_next(&list, &member)) {
		enum http_coding coding;

		if (!http_weighted(member, &name, &weight))
			continue;
		coding = coding_of(name);
		if (coding < HTTP_CODINGS) {
			q[coding] = weight;
			said[coding] = true;
		} else if (http_is(name, "*")) {
			for (int i = 0; i < HTTP_CODINGS; i++)
				if (!said[i])
					q[i] = weight;
		}
	}
}

enum http_coding
http_coding_choose(const struct http_request *request, unsigned have)
{
	enum http_coding best = HTTP_IDENTITY;
	uint16_t q[HTTP_CODINGS];

	if (!http_has(request, HTTP_F_ACCEPT_ENCODING))
		return HTTP_IDENTITY;
	http_accept_codings(request, q);
	for (int i = HTTP_IDENTITY + 1; i < HTTP_CODINGS; i++)
		if (have & 1U << i && q[i] > 0 && q[i] >= q[best])
			best = (enum http_coding)i;
	return best;
}

/* ---- Accept, 12.5.1 ---- */

static bool
same(struct http_span a, struct http_span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.at[i], y = b.at[i];

		x = (char)(x >= 'A' && x <= 'Z' ? x | 0x20 : x);
		y = (char)(y >= 'A' && y <= 'Z' ? y | 0x20 : y);
		if (x != y)
			return false;
	}
	return true;
}

/* How closely a range fits a type: 3 itself, 2 its kind, 1 anything, 0 not. */
static int
fit(struct http_span range, struct http_span type)
{
	const char *slash = memchr(type.at, '/', type.len);
	size_t kind = slash ? (size_t)(slash + 1 - type.at) : type.len;

	if (same(range, type))
		return 3;
	if (range.len == kind + 1 && range.at[kind] == '*' &&
	    same((struct http_span){ range.at, kind }, (struct http_span){ type.at, kind }))
		return 2;
	return http_is(range, "*/*");
}

uint16_t
http_accept_type(const struct http_request *request, struct http_span type)
{
	struct http_list list = http_list_begin(request, HTTP_F_ACCEPT);
	struct http_span member, range, bare = split(&type);
	uint16_t weight, q = 0;
	int best = 0, how;

	if (!http_has(request, HTTP_F_ACCEPT))
		return HTTP_Q_MAX;
	while (http_list_next(&list, &member))
		if (http_weighted(member, &range, &weight) && (how = fit(range, bare)) > best) {
			best = how;
			q = weight;
		}
	return q;
}
