/*
 * Fuzzes protocol/routes: a file of routes, a line each, and a path to find in it.
 *
 * The first line is the path. What is found must fit, and no longer one may; where a
 * redirect leads holds no byte that could end a line.
 */
#include "protocol/routes.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { RULES = 64 };

static void
check_rule(const struct routes_rule *rule, const char *line, size_t len)
{
	FUZZ_MUST(rule->path.at >= line && rule->path.at + rule->path.len <= line + len);
	FUZZ_MUST(rule->to.at >= line && rule->to.at + rule->to.len <= line + len);
	FUZZ_MUST(rule->path.len > 0 && *rule->path.at == '/' && rule->to.len > 0);
	FUZZ_MUST(rule->prefix == (rule->path.at[rule->path.len - 1] == '/'));
	FUZZ_MUST((rule->kind == ROUTES_REDIRECT) == (rule->status != 0));
	FUZZ_MUST(rule->kind != ROUTES_FOLDER || rule->prefix);
}

static size_t
read_rules(struct routes_rule rules[RULES], const char *at, const char *end)
{
	size_t count = 0;

	while (at < end && count < RULES) {
		const char *to = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((to ? to + 1 : end) - at);
		enum routes_status status = routes_parse(&rules[count], at, len);

		FUZZ_MUST(routes_status_words(status) != NULL);
		if (status == ROUTES_RULE)
			check_rule(&rules[count++], at, len);
		at += len;
	}
	return count;
}

static void
check_found(const struct routes_rule *rules, size_t count, struct http_span path)
{
	struct http_span rest, other;
	size_t which = 0;
	enum routes_fit fit = routes_find(rules, count, path, &which, &rest);
	char out[1024];
	ssize_t len;

	for (size_t i = 0; i < count; i++) {
		enum routes_fit here = routes_match(&rules[i], path, &other);

		FUZZ_MUST(here == ROUTES_NO || fit != ROUTES_NO);
		FUZZ_MUST(here == ROUTES_NO || !rules[which].prefix ||
			  rules[i].path.len <= rules[which].path.len);
	}
	if (fit == ROUTES_NO)
		return;
	FUZZ_MUST(rest.at + rest.len == path.at + path.len);
	if (rules[which].kind != ROUTES_REDIRECT)
		return;
	len = routes_location(out, sizeof out, &rules[which], rest);
	for (ssize_t i = 0; i < len; i++)
		FUZZ_MUST(out[i] > ' ' && out[i] <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	const char *to = size > 0 ? memchr(text, '\n', size) : NULL;
	struct routes_rule rules[RULES] = { 0 };
	size_t count;

	if (to == NULL)
		return 0;
	count = read_rules(rules, to + 1, end);
	check_found(rules, count, (struct http_span){ text, (size_t)(to - text) });
	return 0;
}
