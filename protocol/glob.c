/*
 * glob: names by pattern. See glob.h.
 *
 * A star matches nothing at first. When what follows does not match, the last star takes
 * one byte more and all behind it is tried again; earlier stars need never change, since
 * a shorter match of theirs leaves more for the last one.
 */
#include "protocol/glob.h"

/* Does the set at pattern[*at], behind its '[', have `c`? *at goes behind its ']'. */
static bool
set_has(const char *pattern, size_t len, size_t *at, unsigned char c)
{
	bool negated = *at < len && (pattern[*at] == '!' || pattern[*at] == '^');
	bool found = false, first = true;
	size_t i = *at + negated;

	for (; i < len && (first || pattern[i] != ']'); first = false) {
		unsigned char low = (unsigned char)pattern[i++], high = low;

		if (i + 1 < len && pattern[i] == '-' && pattern[i + 1] != ']') {
			high = (unsigned char)pattern[i + 1];
			i += 2;
		}
		found = found || (low <= c && c <= high);
	}
	*at = i < len ? i + 1 : len;
	return found != negated;
}

static bool
set_ends(const char *pattern, size_t len, size_t at)
{
	size_t i = at + (at < len && (pattern[at] == '!' || pattern[at] == '^'));

	for (i++; i < len; i++)
		if (pattern[i] == ']')
			return true;
	return false;
}

/* One byte of the name against what stands at pattern[*at], no star; *at goes behind it. */
static bool
match_one(const char *pattern, size_t len, size_t *at, char c)
{
	char p = pattern[(*at)++];

	if (p == '?')
		return true;
	if (p == '[' && set_ends(pattern, len, *at))
		return set_has(pattern, len, at, (unsigned char)c);
	if (p == '\\' && *at < len)
		p = pattern[(*at)++];
	return p == c;
}

bool
glob_match(const char *pattern, size_t pattern_len, const char *name, size_t len)
{
	size_t p = 0, n = 0, star = pattern_len, taken = 0;
	bool has_star = false;

	while (n < len) {
		if (p < pattern_len && pattern[p] == '*') {
			has_star = true;
			star = ++p;
			taken = n;
			continue;
		}
		if (p < pattern_len && match_one(pattern, pattern_len, &p, name[n])) {
			n++;
			continue;
		}
		if (!has_star)
			return false;
		p = star;
		n = ++taken;
	}
	while (p < pattern_len && pattern[p] == '*')
		p++;
	return p == pattern_len;
}

bool
glob_is_pattern(const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[')
			return true;
	return false;
}
