/*
 * udptimed: what may be asked, in which zone, and the words for what may not.
 *
 * Guards against a list of conversions that differs from the page's, and against a zone
 * that one client has asked for and the next one gets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udptimed.h"

static const char *
zone_files(void)
{
	return access("/usr/share/zoneinfo/Asia/Tokyo", R_OK) == 0 ?
		   NULL :
		   "no zone files (package tzdata)";
}

START_TEST(each_conversion)
{
	static const char letters[] = "aAbBcCdDeFgGhHIjmMprRSTuUVwWxXyYzZ";
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (const char *p = letters; *p; p++) {
		const char format[] = { '%', *p, '\0' };

		expect_time(fd, format, format);
	}
}
END_TEST

START_TEST(seconds_since_1970)
{
	struct program *server = udp_server_start(ARGS(NULL));
	long long before = time(NULL);
	long long told = atoll(ask(udp_client_open(server->address[0]), "%s"));

	EXPECT(before <= told && told <= time(NULL), "%lld, it is %lld", told, before);
}
END_TEST

START_TEST(answers_end_as_requests_do)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	expect_time(fd, "%H", "%H");
	expect_time(fd, "%H\n", "%H\n");
	expect_time(fd, "%H\r\n", "%H\r\n");
	expect_time(fd, "\n", "%Y-%m-%d %X\n");
}
END_TEST

static const struct {
	const char *request, *answer; /* NULL: silence */
} refusals[] = {
	{ "%1400Y", "error: %1: no flags or widths" },
	{ "%-d", "error: %-: no flags or widths" },
	{ "%Ey", "error: %E: no flags or widths" },
	{ "%Q", "error: %Q: unknown conversion" },
	{ "%n", "error: %n: unknown conversion" },
	{ "%k\n", "error: %k: unknown conversion\n" },
	{ "%H%", "error: % without a letter" },
	{ "hello", "error: no %-conversion" },
	{ "%c%c", "error: answer too long" },
	{ "%H\t%M", "error: control byte" },
	{ "TZ=../x %H", "error: bad zone name" },
	{ "TZ=/etc/localtime %H", "error: bad zone name" },
	{ "TZ=Middle/Earth %H", "error: unknown zone" },
	{ "error: %H", NULL },
	{ "error: control byte", NULL },
};

START_TEST(refusals_in_words)
{
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);

	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
		if (refusals[i].answer == NULL) {
			udp_client_send(fd, refusals[i].request, strlen(refusals[i].request));
			udp_client_hear_nothing(fd, QUIET_MS);
			continue;
		}
		EXPECT(strcmp(ask(fd, refusals[i].request), refusals[i].answer) == 0,
		    "\"%s\": \"%s\"", refusals[i].request, ask(fd, refusals[i].request));
	}
}
END_TEST

/* The promise of the page: on the wire, twice the request at most. */
START_TEST(twice_the_request_at_most)
{
	static char bytes[4096];
	struct program *server = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(server->address[0]);
	size_t len;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i % 2 ? 'c' : '%';
	for (size_t asked = 0; asked <= sizeof bytes; asked += asked < 130 ? 1 : 661) {
		ask_bytes(fd, bytes, asked, &len);
		EXPECT(len + 28 <= 2 * (asked + 28), "%zu bytes asked, %zu told", asked, len);
	}
}
END_TEST

/* What a zone's clocks show, by the C library of this process. */
static void
expect_zone(int fd, const char *zone)
{
	char request[128];

	setenv("TZ", zone, 1);
	tzset();
	snprintf(request, sizeof request, "TZ=%s %%F %%H:%%M:%%S %%z %%Z", zone);
	expect_time(fd, request, "%F %H:%M:%S %z %Z");
}

START_TEST(zones_by_name)
{
	struct program *server = udp_server_start(ARGS("-z", "Asia/Tokyo"));
	int fd = udp_client_open(server->address[0]);

	expect_zone(fd, "America/New_York");
	expect_zone(fd, "Asia/Kolkata");
	expect_zone(fd, "Europe/Berlin");
	expect_zone(fd, "UTC");
	setenv("TZ", "Asia/Tokyo", 1); /* and for who names none, still its own */
	tzset();
	expect_time(fd, "%H:%M %Z", "%H:%M %Z");
	expect_time(fd, "", "%Y-%m-%d %X");
}
END_TEST

void
udptimed_formats(Suite *suite)
{
	const struct check checks[] = {
		OURS(each_conversion, ONCE),
		OURS(seconds_since_1970, ONCE),
		OURS(answers_end_as_requests_do, ONCE),
		OURS(refusals_in_words, ONCE),
		OURS(twice_the_request_at_most, ONCE),
	};
	const struct check with_files[] = {
		OURS(zones_by_name, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(zone_files(), suite, with_files, ARRAY_LENGTH(with_files));
}
