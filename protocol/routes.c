/*
 * routes: one line of a routes(5) file. See routes.h.
 */
#include "protocol/routes.h"

#include <string.h>

#include "protocol/allow.h"
#include "protocol/http_response.h"

enum {
	WORDS = 4, /* path, kind, where, status */
};

static const char *const kinds[] = {
	[ROUTES_FOLDER] = "folder",
	[ROUTES_CGI] = "cgi",
	[ROUTES_APP] = "app",
	[ROUTES_REDIRECT] = "redirect",
	[ROUTES_AUTH] = "auth",
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static struct http_span
span_of(const struct allow_span *word)
{
	return (struct http_span){ word->at, word->len };
}

static bool
is_word(const struct allow_span *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->at, text, word->len) == 0;
}

/* It is compared with paths in their one true form, so it must be in that form itself. */
static bool
is_path(struct http_span path)
{
	const char *at = path.at, *end = at + path.len, *next;

	if (path.len == 0 || *at != '/')
		return false;
	for (at++; at < end; at = next + 1) {
		size_t len;

		next = memchr(at, '/', (size_t)(end - at));
		if (next == NULL)
			next = end;
		len = (size_t)(next - at);
		if (len == 0 || (len <= 2 && memcmp(at, "..", len) == 0))
			return false;
	}
	return true;
}

/* A reference as it goes into Location: printable ASCII, its own author's business else. */
static bool
is_reference(struct http_span to)
{
	for (size_t i = 0; i < to.len; i++)
		if (to.at[i] <= ' ' || to.at[i] > '~')
			return false;
	return to.len > 0;
}

static bool
is_redirect_status(uint64_t status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

static enum routes_status
parse_redirect(struct routes_rule *rule, const struct allow_span *words, size_t count)
{
	uint64_t status = ROUTES_REDIRECT_STATUS;

	if (!is_reference(rule->to))
		return ROUTES_BAD_TARGET;
	if (count == WORDS &&
	    (!http_number(span_of(&words[3]), &status) || !is_redirect_status(status)))
		return ROUTES_BAD_STATUS;
	rule->status = (int)status;
	return ROUTES_RULE;
}

static enum routes_status
parse_words(struct routes_rule *rule, const struct allow_span *words, size_t count)
{
	int kind = 0;

	rule->path = span_of(&words[0]);
	if (!is_path(rule->path))
		return ROUTES_BAD_PATH;
	rule->prefix = rule->path.at[rule->path.len - 1] == '/';
	if (count < 2)
		return ROUTES_BAD_KIND;
	while (kind < KINDS && !is_word(&words[1], kinds[kind]))
		kind++;
	if (kind == KINDS)
		return ROUTES_BAD_KIND;
	rule->kind = (enum routes_kind)kind;
	if (count < 3 || words[2].len == 0)
		return ROUTES_NO_TARGET;
	rule->to = span_of(&words[2]);
	if (rule->kind == ROUTES_REDIRECT)
		return parse_redirect(rule, words, count);
	if (rule->kind == ROUTES_FOLDER && !rule->prefix)
		return ROUTES_BAD_PATH;
	return count > 3 ? ROUTES_TOO_MANY : ROUTES_RULE;
}

enum routes_status
routes_parse(struct routes_rule *rule, const char *line, size_t len)
{
	struct allow_span words[WORDS] = { 0 };
	struct routes_rule parsed = { 0 };
	enum routes_status status;
	size_t count, first = 0;

	while (first < len && (line[first] == ' ' || line[first] == '\t' ||
				  line[first] == '\r' || line[first] == '\n'))
		first++;
	if (first == len || line[first] == '#')
		return ROUTES_BLANK;
	if (len > ROUTES_LINE_MAX)
		return ROUTES_TOO_LONG;
	switch (allow_split(line, len, words, WORDS, &count)) {
	case ALLOW_RULE:
		break;
	case ALLOW_BAD_BYTE:
		return ROUTES_BAD_BYTE;
	case ALLOW_BAD_QUOTE:
		return ROUTES_BAD_QUOTE;
	default:
		return ROUTES_TOO_MANY;
	}
	status = parse_words(&parsed, words, count);
	if (status == ROUTES_RULE)
		*rule = parsed;
	return status;
}

const char *
routes_status_words(enum routes_status status)
{
	static const char *const words[ROUTES_STATUSES] = {
		[ROUTES_RULE] = "right",
		[ROUTES_BLANK] = "nothing",
		[ROUTES_BAD_BYTE] = "a NUL byte",
		[ROUTES_BAD_QUOTE] = "a quotation mark that has no partner, or within a word",
		[ROUTES_BAD_PATH] =
		    "a path is /a/b, without empty names, . or ..; a folder's ends in /",
		[ROUTES_BAD_KIND] = "a line is: path folder|cgi|app|redirect|auth where",
		[ROUTES_NO_TARGET] = "a line is: path kind where",
		[ROUTES_BAD_TARGET] =
		    "a redirect leads to a URI: no blanks, other bytes as %XX",
		[ROUTES_BAD_STATUS] = "a redirect has status 301, 302, 303, 307 or 308",
		[ROUTES_TOO_MANY] = "too many words",
		[ROUTES_TOO_LONG] = "too long",
	};

	return words[status];
}

const char *
routes_kind_name(enum routes_kind kind)
{
	return kinds[kind];
}

enum routes_fit
routes_match(const struct routes_rule *rule, struct http_span path, struct http_span *rest)
{
	size_t len = rule->path.len;

	*rest = (struct http_span){ path.at + path.len, 0 };
	if (path.len >= len && memcmp(path.at, rule->path.at, len) == 0) {
		if (!rule->prefix)
			return path.len == len ? ROUTES_YES : ROUTES_NO;
		*rest = (struct http_span){ path.at + len, path.len - len };
		return ROUTES_YES;
	}
	return rule->prefix && path.len == len - 1 &&
		       memcmp(path.at, rule->path.at, path.len) == 0 ?
		   ROUTES_SLASH :
		   ROUTES_NO;
}

/* Of two that fit: "/a" itself goes before "/a/", which would only lead there. */
static bool
is_closer(const struct routes_rule *rule, const struct routes_rule *than)
{
	if (rule->prefix != than->prefix)
		return than->prefix;
	return rule->path.len > than->path.len;
}

enum routes_fit
routes_find(const struct routes_rule *rules, size_t count, struct http_span path, size_t *which,
    struct http_span *rest)
{
	enum routes_fit best = ROUTES_NO;

	for (size_t i = 0; i < count; i++) {
		struct http_span behind;
		enum routes_fit fit = routes_match(&rules[i], path, &behind);

		if (fit == ROUTES_NO ||
		    (best != ROUTES_NO && !is_closer(&rules[i], &rules[*which])))
			continue;
		best = fit;
		*which = i;
		*rest = behind;
	}
	return best;
}

ssize_t
routes_location(char *out, size_t cap, const struct routes_rule *rule, struct http_span rest)
{
	size_t len = rule->to.len;
	ssize_t more;

	if (len >= cap)
		return -1;
	memcpy(out, rule->to.at, len);
	out[len] = '\0';
	if (!rule->prefix || out[len - 1] != '/' || rest.len == 0)
		return (ssize_t)len;
	more = http_escape_path(out + len, cap - len, rest);
	return more == -1 ? -1 : (ssize_t)len + more;
}
