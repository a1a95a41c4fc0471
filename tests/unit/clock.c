/*
 * Guards: a time server that is a lever (few bytes in, many out), that answers answers,
 * and probes whose bytes two machines read differently.
 */
#include "protocol/clock.h"

#include <string.h>

#include "tests/unit/unit.h"

#define SIX_C "%c%c%c%c%c%c"

static const struct {
	const char *request;
	enum clock_verdict verdict;
	const char *zone, *format, *ending; /* with CLOCK_OK */
} requests[] = {
	{ "", CLOCK_OK, "", CLOCK_DEFAULT, "" },
	{ "\n", CLOCK_OK, "", CLOCK_DEFAULT, "\n" },
	{ "\r\n", CLOCK_OK, "", CLOCK_DEFAULT, "\r\n" },
	{ "%H:%M", CLOCK_OK, "", "%H:%M", "" },
	{ "%H:%M\n", CLOCK_OK, "", "%H:%M", "\n" },
	{ "%c", CLOCK_OK, "", "%c", "" },
	{ "%%%Y", CLOCK_OK, "", "%%%Y", "" },
	{ "%Y\xe5\xb9\xb4", CLOCK_OK, "", "%Y\xe5\xb9\xb4", "" },
	{ "TZ=UTC", CLOCK_OK, "UTC", CLOCK_DEFAULT, "" },
	{ "TZ=UTC ", CLOCK_OK, "UTC", CLOCK_DEFAULT, "" },
	{ "TZ=UTC\n", CLOCK_OK, "UTC", CLOCK_DEFAULT, "\n" },
	{ "TZ=Europe/Berlin %H:%M", CLOCK_OK, "Europe/Berlin", "%H:%M", "" },
	{ "TZ=Etc/GMT+12 %H", CLOCK_OK, "Etc/GMT+12", "%H", "" },
	{ "TZ=America/Port-au-Prince  %H", CLOCK_OK, "America/Port-au-Prince", " %H", "" },
	{ " TZ=UTC %H", CLOCK_OK, "", " TZ=UTC %H", "" },
	{ "error: ", CLOCK_SILENCE, "", "", "" },
	{ "error: %H", CLOCK_SILENCE, "", "", "" },
	{ "%", CLOCK_LONE, "", "", "" },
	{ "%H%", CLOCK_LONE, "", "", "" },
	{ "%%%", CLOCK_LONE, "", "", "" },
	{ "%\n", CLOCK_LONE, "", "", "" },
	{ "hello", CLOCK_NOTHING, "", "", "" },
	{ "%%", CLOCK_NOTHING, "", "", "" },
	{ " ", CLOCK_NOTHING, "", "", "" },
	{ "%1400Y", CLOCK_WIDTH, "", "", "" },
	{ "%65000d", CLOCK_WIDTH, "", "", "" },
	{ "%-d", CLOCK_WIDTH, "", "", "" },
	{ "%_d", CLOCK_WIDTH, "", "", "" },
	{ "%0d", CLOCK_WIDTH, "", "", "" },
	{ "%^a", CLOCK_WIDTH, "", "", "" },
	{ "%#a", CLOCK_WIDTH, "", "", "" },
	{ "%+4Y", CLOCK_WIDTH, "", "", "" },
	{ "%Ey", CLOCK_WIDTH, "", "", "" },
	{ "%Od", CLOCK_WIDTH, "", "", "" },
	{ "%n", CLOCK_CONVERSION, "", "", "" },
	{ "%t", CLOCK_CONVERSION, "", "", "" },
	{ "%k", CLOCK_CONVERSION, "", "", "" },
	{ "%l", CLOCK_CONVERSION, "", "", "" },
	{ "%P", CLOCK_CONVERSION, "", "", "" },
	{ "%Q", CLOCK_CONVERSION, "", "", "" },
	{ "%N", CLOCK_CONVERSION, "", "", "" },
	{ "%v", CLOCK_CONVERSION, "", "", "" },
	{ "%H% ", CLOCK_CONVERSION, "", "", "" },
	{ "%\xff", CLOCK_CONVERSION, "", "", "" },
	{ "%H\t", CLOCK_CONTROL, "", "", "" },
	{ "%H\n\n", CLOCK_CONTROL, "", "", "" },
	{ "%H\r", CLOCK_CONTROL, "", "", "" },
	{ "\n%H", CLOCK_CONTROL, "", "", "" },
	{ "\033[2J%H", CLOCK_CONTROL, "", "", "" },
	{ "%H\x7f", CLOCK_CONTROL, "", "", "" },
	{ "%c%T%T", CLOCK_OK, "", "%c%T%T", "" }, /* 2 * 6 + 28 = 40 bytes: just so */
	{ "%c%T%T\n", CLOCK_OK, "", "%c%T%T", "\n" },
	{ "%c%s", CLOCK_EXPANDS, "", "", "" }, /* 37 of 36 */
	{ "%c%c", CLOCK_EXPANDS, "", "", "" },
	{ SIX_C SIX_C SIX_C, CLOCK_EXPANDS, "", "", "" },
	{ SIX_C SIX_C SIX_C SIX_C SIX_C "%c%c%c", CLOCK_LONG, "", "", "" },
	{ "TZ=", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ= %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=/etc/passwd %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=../../etc/passwd %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=Europe/../Berlin %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=Europe//Berlin %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=Europe/ %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=Europe/.Berlin %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=Europe/-Berlin %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=:UTC %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=CET-1CEST,M3.5.0,M10.5.0/3 %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=%H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=A1234567890123456789012345678901234567890 %H", CLOCK_BAD_ZONE, "", "", "" },
	{ "TZ=UTC hello", CLOCK_NOTHING, "", "", "" },
};

static void
ck_span(const char *span, size_t len, const char *wanted)
{
	ck_assert_uint_eq(len, strlen(wanted));
	if (len)
		ck_assert_mem_eq(span, wanted, len);
}

START_TEST(parses_requests)
{
	struct clock_request request;
	const char *text = requests[_i].request;
	enum clock_verdict verdict = clock_parse(text, strlen(text), &request);

	ck_assert_msg(verdict == requests[_i].verdict, "\"%s\": verdict %d, wanted %d", text,
	    verdict, requests[_i].verdict);
	if (verdict != CLOCK_OK)
		return;
	ck_span(request.zone, request.zone_len, requests[_i].zone);
	ck_span(request.format, request.format_len, requests[_i].format);
	ck_assert_str_eq(request.ending, requests[_i].ending);
}
END_TEST

START_TEST(refuses_nul)
{
	struct clock_request request;

	ck_assert_int_eq(clock_parse("%Y\0", 3, &request), CLOCK_CONTROL);
	ck_assert_int_eq(clock_parse("\0%Y", 3, &request), CLOCK_CONTROL);
	ck_assert_int_eq(clock_parse("%\0", 2, &request), CLOCK_CONTROL);
}
END_TEST

/* An error is the one answer that can be had for any nonsense: it must be short. */
START_TEST(errors_are_short)
{
	const char *text = requests[_i].request;
	struct clock_request request;
	enum clock_verdict verdict = clock_parse(text, strlen(text), &request);
	char answer[CLOCK_ANSWER_MAX];
	ssize_t len;

	if (verdict == CLOCK_OK) /* as the server finds out later */
		verdict = CLOCK_NO_ZONE;
	len = clock_write_error(answer, sizeof answer, verdict, &request);
	ck_assert_int_gt(len, 0);
	ck_assert(clock_is_error(answer, (size_t)len));
	if (verdict == CLOCK_NO_ZONE && request.zone == NULL) /* cannot be */
		return;
	ck_assert_msg(
	    (size_t)len <= strlen(text) + CLOCK_ERROR_EXTRA, "\"%s\": %zd bytes", text, len);
	ck_assert_msg(
	    (size_t)len <= clock_answer_limit(strlen(text)), "\"%s\": %zd bytes", text, len);
}
END_TEST

START_TEST(names_the_wrong_letter)
{
	static const struct {
		const char *request, *answer;
	} cases[] = {
		{ "%1400Y", "error: %1: no flags or widths" },
		{ "%Q\n", "error: %Q: unknown conversion\n" },
		{ "%\xc3\xa4", "error: unknown conversion" },
		{ "%c%c", "error: answer too long" },
	};
	struct clock_request request;
	char answer[CLOCK_ANSWER_MAX];
	enum clock_verdict verdict;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		verdict = clock_parse(cases[i].request, strlen(cases[i].request), &request);
		ck_span(answer,
		    (size_t)clock_write_error(answer, sizeof answer, verdict, &request),
		    cases[i].answer);
	}
}
END_TEST

START_TEST(writes_requests)
{
	char buf[32];

	ck_span(buf, (size_t)clock_write_request(buf, sizeof buf, NULL, NULL), "");
	ck_span(buf, (size_t)clock_write_request(buf, sizeof buf, NULL, "%H"), "%H");
	ck_span(buf, (size_t)clock_write_request(buf, sizeof buf, "UTC", NULL), "TZ=UTC");
	ck_span(buf, (size_t)clock_write_request(buf, sizeof buf, "UTC", "%H"), "TZ=UTC %H");
	ck_assert_int_eq(clock_write_request(buf, sizeof buf, "../x", "%H"), -1);
	ck_assert_int_eq(clock_write_request(buf, sizeof buf, "U C", "%H"), -1);
	ck_assert_int_eq(clock_write_request(buf, 8, "UTC", "%H"), -1);
}
END_TEST

/* ---- probes ---- */

/* Python: struct.pack('!4sBBbBQqqqq', b'\0clk', 1, 2, -20, 0, 0x1122334455667788, ...). */
static const uint8_t vector[CLOCK_PROBE_SIZE] = { 0x00, 0x63, 0x6c, 0x6b, 0x01, 0x02, 0xec,
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x18, 0xe9, 0xc6, 0x97, 0x2f,
	0x84, 0xf2, 0x15, 0x18, 0xe9, 0xc6, 0x97, 0x6b, 0x1f, 0xbc, 0x15, 0x18, 0xe9, 0xc6,
	0x97, 0x6b, 0x1f, 0xbf, 0xfd, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 };

static const struct clock_probe probe_of_vector = {
	.kind = CLOCK_ANSWER,
	.precision = -20,
	.cookie = 0x1122334455667788,
	.t1 = 1795184279123456533,
	.t2 = 1795184280123456533,
	.t3 = 1795184280123457533,
};

START_TEST(probes_are_the_bytes_of_the_page)
{
	uint8_t buf[CLOCK_PROBE_SIZE];
	struct clock_probe probe;

	ck_assert_int_eq(
	    clock_write_probe(buf, sizeof buf, &probe_of_vector), CLOCK_PROBE_SIZE);
	ck_assert_mem_eq(buf, vector, sizeof buf);
	ck_assert_int_eq(clock_read_probe(vector, sizeof vector, &probe), 0);
	ck_assert_int_eq(probe.kind, CLOCK_ANSWER);
	ck_assert_int_eq(probe.precision, -20);
	ck_assert_uint_eq(probe.cookie, probe_of_vector.cookie);
	ck_assert_int_eq(probe.t1, probe_of_vector.t1);
	ck_assert_int_eq(probe.t2, probe_of_vector.t2);
	ck_assert_int_eq(probe.t3, probe_of_vector.t3);
}
END_TEST

START_TEST(malformed_probes)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} faults[] = {
		{ 0, 1 }, { 3, 'x' },			  /* magic */
		{ 4, 0 }, { 4, 2 },			  /* version */
		{ 5, 0 }, { 5, 3 }, { 5, 1 },		  /* kind; a request has no T2 */
		{ 6, 1 }, { 6, 0xe1 },			  /* precision 1, -31 */
		{ 7, 1 },				  /* reserved */
		{ 16, 0x40 }, { 24, 0x80 }, { 32, 0xff }, /* times beyond CLOCK_TIME_MAX */
		{ 47, 1 },				  /* T4 */
	};
	uint8_t bytes[CLOCK_PROBE_SIZE + 1];
	struct clock_probe probe;

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		memcpy(bytes, vector, sizeof vector);
		bytes[faults[i].at] = faults[i].byte;
		ck_assert_msg(clock_read_probe(bytes, sizeof vector, &probe) == -1,
		    "byte %zu = %u was taken", faults[i].at, faults[i].byte);
	}
	memcpy(bytes, vector, sizeof vector);
	for (size_t len = 0; len < sizeof vector; len++)
		ck_assert_int_eq(clock_read_probe(bytes, len, &probe), -1);
	ck_assert_int_eq(clock_read_probe(bytes, sizeof bytes, &probe), -1);
}
END_TEST

START_TEST(probes_that_cannot_be_written)
{
	uint8_t buf[CLOCK_PROBE_SIZE];
	struct clock_probe probe = probe_of_vector;

	ck_assert_int_eq(clock_write_probe(buf, sizeof buf - 1, &probe), -1);
	probe.t1 = -1;
	ck_assert_int_eq(clock_write_probe(buf, sizeof buf, &probe), -1);
	probe.t1 = CLOCK_TIME_MAX;
	ck_assert_int_eq(clock_write_probe(buf, sizeof buf, &probe), CLOCK_PROBE_SIZE);
	probe.t1 = (int64_t)CLOCK_TIME_MAX + 1;
	ck_assert_int_eq(clock_write_probe(buf, sizeof buf, &probe), -1);
}
END_TEST

/* T1 T2 T3 T4 -> offset, delay. The server's clock is 1000 ahead in the first two. */
static const struct {
	int64_t t1, t2, t3, t4, offset, delay;
	bool sound;
} measures[] = {
	{ 100, 1110, 1115, 125, 1000, 20, true }, /* 10 there, 10 back, 5 in the server */
	{ 100, 1120, 1120, 120, 1010, 20, true }, /* 20 there, 0 back: wrong by half of it */
	{ 5000, 4010, 4010, 5020, -1000, 20, true },
	{ 7, 7, 7, 7, 0, 0, true },
	{ 0, CLOCK_TIME_MAX, CLOCK_TIME_MAX, 0, CLOCK_TIME_MAX, 0, true },
	{ CLOCK_TIME_MAX, 0, 0, CLOCK_TIME_MAX, -CLOCK_TIME_MAX, 0, true },
	{ 0, 0, 0, CLOCK_TIME_MAX, -CLOCK_TIME_MAX / 2, CLOCK_TIME_MAX, true },
	{ 100, 1110, 1109, 125, 0, 0, false }, /* left before it came */
	{ 100, 1110, 1115, 99, 0, 0, false },  /* came back before it left */
	{ 100, 1110, 1200, 125, 0, 0, false }, /* the server took longer than all of it */
	{ 0, 0, 0, INT64_MAX, 0, 0, false },
	{ 100, 100, 100, -1, 0, 0, false },
};

START_TEST(measures_offset_and_delay)
{
	const struct clock_probe answer = {
		.kind = CLOCK_ANSWER,
		.precision = -30,
		.t1 = measures[_i].t1,
		.t2 = measures[_i].t2,
		.t3 = measures[_i].t3,
	};
	struct clock_sample sample;

	ck_assert_int_eq(
	    clock_measure(&answer, measures[_i].t4, -30, &sample), measures[_i].sound);
	if (!measures[_i].sound)
		return;
	ck_assert_int_eq(sample.offset, measures[_i].offset);
	ck_assert_int_eq(sample.delay, measures[_i].delay);
	ck_assert_int_eq(sample.grain, 2);
	ck_assert_int_eq(sample.bound, measures[_i].delay / 2 + 2);
}
END_TEST

START_TEST(precisions)
{
	static const struct {
		int64_t ns;
		int precision;
	} cases[] = { { 0, -30 }, { 1, -30 }, { 2, -29 }, { 40, -24 }, { 1000, -19 },
		{ 4000000, -7 }, { 1000000000, 0 }, { INT64_MAX, 0 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(clock_precision(cases[i].ns), cases[i].precision);
		if (cases[i].ns <= 1000000000)
			ck_assert_int_ge(clock_precision_ns(cases[i].precision), cases[i].ns);
	}
}
END_TEST

Suite *
clock_suite(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");
	const int count = (int)(sizeof requests / sizeof *requests);

	tcase_add_loop_test(tcase, parses_requests, 0, count);
	tcase_add_test(tcase, refuses_nul);
	tcase_add_loop_test(tcase, errors_are_short, 0, count);
	tcase_add_test(tcase, names_the_wrong_letter);
	tcase_add_test(tcase, writes_requests);
	tcase_add_test(tcase, probes_are_the_bytes_of_the_page);
	tcase_add_test(tcase, malformed_probes);
	tcase_add_test(tcase, probes_that_cannot_be_written);
	tcase_add_loop_test(
	    tcase, measures_offset_and_delay, 0, (int)(sizeof measures / sizeof *measures));
	tcase_add_test(tcase, precisions);
	suite_add_tcase(suite, tcase);
	return suite;
}
