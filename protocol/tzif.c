/*
 * tzif: a file of the time zone database. RFC 9636, "The Time Zone Information Format".
 *
 *	header  "TZif" version 15 zeros, six counts
 *	data    in 32 bits, as programs before 2005 know it
 *	header  again, from version 2 on
 *	data    in 64 bits: transition times, their kinds, the kinds, their names, ...
 *	footer  newline, rule, newline
 *
 * Such a file is installed by root, but its name comes from a stranger, and a library
 * of parsers trusts nobody: every count is checked against the bytes that are there.
 */
#include <string.h>

#include "protocol/pack.h"
#include "protocol/tz.h"

enum {
	KIND_SIZE = 6, /* offset 4, daylight saving 1, index of the name 1 */
	KINDS_MAX = 256,
};

struct tzif {
	bool wide; /* times of 64 bits */
	size_t transitions, kind_count, names_len;
	const uint8_t *times, *indexes, *kinds, *names;
	const char *rule;
	size_t rule_len;
};

struct header {
	uint8_t version;
	uint32_t utc_count, standard_count, leap_count, transitions, kinds, names_len;
};

static bool
read_header(struct unpack *unpack, struct header *header)
{
	const uint8_t *magic = unpack_bytes(unpack, 4);

	if (magic == NULL || memcmp(magic, "TZif", 4) != 0)
		return false;
	header->version = unpack_u8(unpack);
	unpack_bytes(unpack, 15);
	header->utc_count = unpack_u32(unpack);
	header->standard_count = unpack_u32(unpack);
	header->leap_count = unpack_u32(unpack);
	header->transitions = unpack_u32(unpack);
	header->kinds = unpack_u32(unpack);
	header->names_len = unpack_u32(unpack);
	return !unpack->failed;
}

/* Bytes of the data that this header announces: six counts of 32 bits cannot overflow it. */
static uint64_t
data_size(const struct header *h, bool wide)
{
	const uint64_t time = wide ? 8 : 4;

	return h->transitions * (time + 1) + h->kinds * (uint64_t)KIND_SIZE + h->names_len +
	       h->leap_count * (time + 4) + h->standard_count + (uint64_t)h->utc_count;
}

static bool
read_data(struct unpack *unpack, const struct header *header, struct tzif *tzif)
{
	if (data_size(header, tzif->wide) > unpack_left(unpack) || header->leap_count != 0 ||
	    header->kinds == 0 || header->kinds > KINDS_MAX || header->names_len == 0)
		return false;
	tzif->transitions = header->transitions;
	tzif->kind_count = header->kinds;
	tzif->names_len = header->names_len;
	tzif->times = unpack_bytes(unpack, tzif->transitions * (tzif->wide ? 8U : 4U));
	tzif->indexes = unpack_bytes(unpack, tzif->transitions);
	tzif->kinds = unpack_bytes(unpack, tzif->kind_count * KIND_SIZE);
	tzif->names = unpack_bytes(unpack, tzif->names_len);
	unpack_bytes(unpack, (size_t)header->standard_count + header->utc_count);
	return !unpack->failed;
}

static bool
read_footer(struct unpack *unpack, struct tzif *tzif)
{
	const uint8_t *rule, *end;

	if (unpack_u8(unpack) != '\n')
		return false;
	rule = unpack->at;
	end = memchr(rule, '\n', unpack_left(unpack));
	if (end == NULL)
		return false;
	tzif->rule = (const char *)rule;
	tzif->rule_len = (size_t)(end - rule);
	return true;
}

static bool
read_file(const void *file, size_t len, struct tzif *tzif)
{
	struct unpack unpack = unpack_begin(file, len);
	struct header header;

	*tzif = (struct tzif){ .wide = false };
	if (!read_header(&unpack, &header))
		return false;
	if (header.version == 0)
		return read_data(&unpack, &header, tzif);
	if (data_size(&header, false) > unpack_left(&unpack))
		return false;
	unpack_bytes(&unpack, (size_t)data_size(&header, false));
	tzif->wide = true;
	return read_header(&unpack, &header) && read_data(&unpack, &header, tzif) &&
	       read_footer(&unpack, tzif);
}

static int64_t
transition_time(const struct tzif *tzif, size_t i)
{
	const size_t size = tzif->wide ? 8 : 4;
	struct unpack unpack = unpack_begin(tzif->times + i * size, size);

	return tzif->wide ? (int64_t)unpack_u64(&unpack) : (int32_t)unpack_u32(&unpack);
}

/* How many transitions lie at or before `t`. They are in ascending order. */
static size_t
transitions_until(const struct tzif *tzif, int64_t t)
{
	size_t low = 0, high = tzif->transitions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (transition_time(tzif, middle) <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
copy_name(const struct tzif *tzif, size_t start, struct tz_local *local)
{
	const uint8_t *name = tzif->names + start, *end;

	if (start >= tzif->names_len)
		return false;
	end = memchr(name, '\0', tzif->names_len - start);
	if (end == NULL || end - name > TZ_NAME_MAX)
		return false;
	memcpy(local->name, name, (size_t)(end - name) + 1);
	for (; name < end; name++)
		if (*name <= ' ' || *name >= 0x7f)
			return false;
	return true;
}

static bool
copy_kind(const struct tzif *tzif, size_t index, struct tz_local *local)
{
	struct unpack unpack = unpack_begin(tzif->kinds + index * KIND_SIZE, KIND_SIZE);

	if (index >= tzif->kind_count)
		return false;
	local->offset = (int32_t)unpack_u32(&unpack);
	local->dst = unpack_u8(&unpack) != 0;
	return local->offset >= TZ_OFFSET_MIN && local->offset <= TZ_OFFSET_MAX &&
	       copy_name(tzif, unpack_u8(&unpack), local);
}

/* Before the first transition it is kind 0; behind the last one the rule tells. */
bool
tz_from_file(const void *file, size_t len, int64_t t, struct tz_local *local)
{
	struct tzif tzif;
	size_t passed;

	if (!read_file(file, len, &tzif))
		return false;
	passed = transitions_until(&tzif, t);
	if (passed == tzif.transitions && tzif.rule_len > 0)
		return tz_from_rule(tzif.rule, tzif.rule_len, t, local);
	return copy_kind(&tzif, passed ? tzif.indexes[passed - 1] : 0, local);
}
