/*
 * clock: what udptime asks and udptimed answers. See clock.h.
 */
#include "protocol/clock.h"

#include <string.h>

#include "protocol/pack.h"

enum {
	VERSION = 1,
	NS_PER_S = 1000000000,
};

static const uint8_t magic[4] = { 0, 'c', 'l', 'k' };

/*
 * The conversions of C11 that make no control byte (%n and %t do), with their longest
 * text in the C locale; and %s of POSIX.1-2024, the seconds since 1970.
 */
static const struct conversion {
	char letter;
	uint8_t width;
} conversions[] = { { 'a', 3 }, { 'A', 9 }, { 'b', 3 }, { 'B', 9 }, { 'c', 24 }, { 'C', 2 },
	{ 'd', 2 }, { 'D', 8 }, { 'e', 2 }, { 'F', 10 }, { 'g', 2 }, { 'G', 4 }, { 'h', 3 },
	{ 'H', 2 }, { 'I', 2 }, { 'j', 3 }, { 'm', 2 }, { 'M', 2 }, { 'p', 2 }, { 'r', 11 },
	{ 'R', 5 }, { 's', 13 }, { 'S', 2 }, { 'T', 8 }, { 'u', 1 }, { 'U', 2 }, { 'V', 2 },
	{ 'w', 1 }, { 'W', 2 }, { 'x', 8 }, { 'X', 8 }, { 'y', 2 }, { 'Y', 4 }, { 'z', 5 },
	{ 'Z', CLOCK_NAME_MAX }, { '%', 1 } };

static const char *const errors[CLOCK_VERDICTS] = {
	[CLOCK_LONG] = "format over 64 bytes",
	[CLOCK_CONTROL] = "control byte",
	[CLOCK_CONVERSION] = "unknown conversion",
	[CLOCK_WIDTH] = "no flags or widths",
	[CLOCK_LONE] = "% without a letter",
	[CLOCK_NOTHING] = "no %-conversion",
	[CLOCK_EXPANDS] = "answer too long",
	[CLOCK_BAD_ZONE] = "bad zone name",
	[CLOCK_NO_ZONE] = "unknown zone",
	[CLOCK_YEAR] = "year not 1-9999",
};

size_t
clock_width(char letter)
{
	for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
		if (conversions[i].letter == letter)
			return conversions[i].width;
	return 0;
}

size_t
clock_answer_limit(size_t len)
{
	return CLOCK_FACTOR * (CLOCK_HEADERS + len) - CLOCK_HEADERS;
}

/* ASCII only: what isalnum would say of another byte depends on the locale. */
static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What may stand between the letters of a zone's name. */
static bool
is_joint(char c)
{
	return c == '/' || c == '_' || c == '-' || c == '+';
}

/* No dot is allowed, so that there is no "..", and no slash at either end or doubled. */
bool
clock_is_zone(const char *name, size_t len)
{
	if (len == 0 || len > CLOCK_ZONE_MAX || name[len - 1] == '/')
		return false;
	for (size_t i = 0; i < len; i++) {
		bool begins = i == 0 || name[i - 1] == '/';

		if (!is_alphanumeric(name[i]) && (begins || !is_joint(name[i])))
			return false;
	}
	return true;
}

/* ---- text ---- */

static bool
has_control(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return true;
	return false;
}

/* Cut the newline of `echo` off; which it was. */
static const char *
cut_ending(const char *text, size_t *len)
{
	if (*len == 0 || text[*len - 1] != '\n')
		return "";
	--*len;
	if (*len == 0 || text[*len - 1] != '\r')
		return "\n";
	--*len;
	return "\r\n";
}

/* "TZ=zone" and a space or the end. The rest of `text` is the format. */
static enum clock_verdict
take_zone(const char **text, size_t *len, struct clock_request *request)
{
	const size_t prefix = strlen(CLOCK_ZONE);
	const char *space;

	if (*len < prefix || memcmp(*text, CLOCK_ZONE, prefix) != 0)
		return CLOCK_OK;
	request->zone = *text + prefix;
	space = memchr(*text, ' ', *len);
	request->zone_len = (size_t)((space ? space : *text + *len) - request->zone);
	*len -= prefix + request->zone_len + (space ? 1 : 0);
	*text = request->zone + request->zone_len + (space ? 1 : 0);
	return clock_is_zone(request->zone, request->zone_len) ? CLOCK_OK : CLOCK_BAD_ZONE;
}

/* Why `%' may not be followed by this letter. */
static enum clock_verdict
refuse_letter(char letter, struct clock_request *request)
{
	if (letter > ' ' && letter < 0x7f)
		request->letter = letter;
	return letter && strchr("0123456789-+_^#EO", letter) ? CLOCK_WIDTH : CLOCK_CONVERSION;
}

/* Each conversion is in the list, and the longest answer is within the limit. */
static enum clock_verdict
check_format(struct clock_request *request, size_t limit)
{
	const char *at = request->format, *end = at + request->format_len;
	size_t longest = strlen(request->ending);
	bool asks = false;

	for (; at < end; at++) {
		if (*at != '%') {
			longest++;
			continue;
		}
		if (++at == end)
			return CLOCK_LONE;
		if (clock_width(*at) == 0)
			return refuse_letter(*at, request);
		longest += clock_width(*at);
		asks |= *at != '%';
	}
	if (!asks)
		return CLOCK_NOTHING;
	return longest <= limit ? CLOCK_OK : CLOCK_EXPANDS;
}

enum clock_verdict
clock_parse(const void *bytes, size_t len, struct clock_request *request)
{
	const char *text = bytes;
	const size_t limit = clock_answer_limit(len);
	enum clock_verdict verdict;

	*request = (struct clock_request){ .ending = "" };
	if (clock_is_error(bytes, len))
		return CLOCK_SILENCE;
	if (len > CLOCK_REQUEST_MAX)
		return CLOCK_LONG;
	request->ending = cut_ending(text, &len);
	if (has_control(text, len))
		return CLOCK_CONTROL;
	verdict = take_zone(&text, &len, request);
	if (verdict != CLOCK_OK)
		return verdict;
	if (len > CLOCK_FORMAT_MAX)
		return CLOCK_LONG;
	request->format = len ? text : CLOCK_DEFAULT;
	request->format_len = len ? len : strlen(CLOCK_DEFAULT);
	return check_format(request, limit);
}

bool
clock_is_error(const void *bytes, size_t len)
{
	const size_t prefix = strlen(CLOCK_ERROR);

	return len >= prefix && memcmp(bytes, CLOCK_ERROR, prefix) == 0;
}

static void
pack_text(struct pack *pack, const char *text)
{
	pack_bytes(pack, text, strlen(text));
}

ssize_t
clock_write_error(
    void *buf, size_t cap, enum clock_verdict verdict, const struct clock_request *request)
{
	struct pack pack = pack_begin(buf, cap);

	pack_text(&pack, CLOCK_ERROR);
	if (request->letter) {
		const char which[] = { '%', request->letter, ':', ' ' };

		pack_bytes(&pack, which, sizeof which);
	}
	pack_text(&pack, errors[verdict] ? errors[verdict] : "refused");
	pack_text(&pack, request->ending);
	return pack_end(&pack);
}

ssize_t
clock_write_request(void *buf, size_t cap, const char *zone, const char *format)
{
	struct pack pack = pack_begin(buf, cap);

	if (zone && !clock_is_zone(zone, strlen(zone)))
		return -1;
	if (zone) {
		pack_text(&pack, CLOCK_ZONE);
		pack_text(&pack, zone);
	}
	if (zone && format)
		pack_text(&pack, " ");
	if (format)
		pack_text(&pack, format);
	return pack_end(&pack);
}

/* ---- probes ---- */

bool
clock_is_probe(const void *bytes, size_t len)
{
	return len >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

static bool
is_sound(const struct clock_probe *probe)
{
	const int64_t times[] = { probe->t1, probe->t2, probe->t3 };

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (times[i] < 0 || times[i] > CLOCK_TIME_MAX)
			return false;
	return probe->precision >= CLOCK_PRECISION_MIN && probe->precision <= 0 &&
	       (probe->kind == CLOCK_ANSWER ||
		   (probe->kind == CLOCK_ASK && probe->t2 == 0 && probe->t3 == 0));
}

int
clock_read_probe(const void *bytes, size_t len, struct clock_probe *probe)
{
	struct unpack unpack = unpack_begin(bytes, len);
	unsigned version, precision, reserved;
	uint64_t t4;

	if (!clock_is_probe(bytes, len) || len != CLOCK_PROBE_SIZE)
		return -1;
	unpack_bytes(&unpack, sizeof magic);
	version = unpack_u8(&unpack);
	probe->kind = (enum clock_kind)unpack_u8(&unpack);
	precision = unpack_u8(&unpack);
	reserved = unpack_u8(&unpack);
	probe->precision = precision > INT8_MAX ? (int)precision - 256 : (int)precision;
	probe->cookie = unpack_u64(&unpack);
	probe->t1 = (int64_t)unpack_u64(&unpack);
	probe->t2 = (int64_t)unpack_u64(&unpack);
	probe->t3 = (int64_t)unpack_u64(&unpack);
	t4 = unpack_u64(&unpack);
	return version == VERSION && reserved == 0 && t4 == 0 && is_sound(probe) ? 0 : -1;
}

ssize_t
clock_write_probe(void *buf, size_t cap, const struct clock_probe *probe)
{
	struct pack pack = pack_begin(buf, cap);

	if (!is_sound(probe))
		return -1;
	pack_bytes(&pack, magic, sizeof magic);
	pack_u8(&pack, VERSION);
	pack_u8(&pack, (uint8_t)probe->kind);
	pack_u8(&pack, (uint8_t)probe->precision);
	pack_u8(&pack, 0);
	pack_u64(&pack, probe->cookie);
	pack_u64(&pack, (uint64_t)probe->t1);
	pack_u64(&pack, (uint64_t)probe->t2);
	pack_u64(&pack, (uint64_t)probe->t3);
	pack_u64(&pack, 0);
	return pack_end(&pack);
}

int64_t
clock_precision_ns(int precision)
{
	const int64_t unit = (int64_t)1 << -precision;

	return (NS_PER_S + unit - 1) / unit;
}

int
clock_precision(int64_t ns)
{
	int precision = CLOCK_PRECISION_MIN;

	while (precision < 0 && clock_precision_ns(precision) < ns)
		precision++;
	return precision;
}

bool
clock_measure(
    const struct clock_probe *answer, int64_t t4, int own, struct clock_sample *sample)
{
	const int64_t there = answer->t2 - answer->t1, back = answer->t3 - t4;

	if (t4 < answer->t1 || t4 > CLOCK_TIME_MAX || answer->t3 < answer->t2)
		return false;
	sample->offset = (there + back) / 2;
	sample->delay = (t4 - answer->t1) - (answer->t3 - answer->t2);
	sample->grain = clock_precision_ns(own) + clock_precision_ns(answer->precision);
	sample->bound = sample->delay / 2 + sample->grain;
	return sample->delay >= 0;
}
