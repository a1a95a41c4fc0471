/*
 * http_date: dates of HTTP. See http_date.h.
 *
 * Days are counted from 1 March of the year 0, so that a leap day is the last of its
 * year; 400 years, an era, have 146097 days.
 */
#include "protocol/http_date.h"

#include <string.h>

enum {
	DAY = 86400,
	ERA = 146097,	  /* days of 400 years */
	TO_1970 = 719468, /* days from 0000-03-01 */
	YEARS_AHEAD = 50, /* 9110 5.6.7 */
};

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
	"Sep", "Oct", "Nov", "Dec" };

/* 1 January 1970 was a Thursday. */
static const char *const days[7] = { "Thursday", "Friday", "Saturday", "Sunday", "Monday",
	"Tuesday", "Wednesday" };

struct date {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
};

static int64_t
days_of(int year, int month, int day)
{
	int64_t era, of_era, of_year, years = month > 2 ? year : year - 1;

	era = (years >= 0 ? years : years - 399) / 400;
	years -= era * 400;
	of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	of_era = years * 365 + years / 4 - years / 100 + of_year;
	return era * ERA + of_era - TO_1970;
}

/* The date of a day since 1970. */
static struct date
date_of(int64_t day)
{
	int64_t era, years, of_year, month;

	day += TO_1970;
	era = (day >= 0 ? day : day - (ERA - 1)) / ERA;
	day -= era * ERA;
	years = (day - day / 1460 + day / 36524 - day / (ERA - 1)) / 365;
	of_year = day - (years * 365 + years / 4 - years / 100);
	month = (5 * of_year + 2) / 153;
	return (struct date){
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.year = (int)(years + era * 400 + (month >= 10)),
	};
}

/* ---- write ---- */

static void
put_number(char *at, int width, int number)
{
	while (width-- > 0) {
		at[width] = (char)('0' + number % 10);
		number /= 10;
	}
}

void
http_date_write(char out[HTTP_DATE_LEN + 1], int64_t seconds)
{
	int64_t day;
	int second;
	struct date date;

	if (seconds < HTTP_DATE_MIN)
		seconds = HTTP_DATE_MIN;
	if (seconds > HTTP_DATE_MAX)
		seconds = HTTP_DATE_MAX;
	day = (seconds - HTTP_DATE_MIN) / DAY + HTTP_DATE_MIN / DAY; /* rounded down */
	second = (int)(seconds - day * DAY);
	date = date_of(day);
	memcpy(out, "Day, 00 Mon 0000 00:00:00 GMT", HTTP_DATE_LEN + 1);
	memcpy(out, days[(day % 7 + 7) % 7], 3);
	put_number(out + 5, 2, date.day);
	memcpy(out + 8, months[date.month - 1], 3);
	put_number(out + 12, 4, date.year);
	put_number(out + 17, 2, second / 3600);
	put_number(out + 20, 2, second / 60 % 60);
	put_number(out + 23, 2, second % 60);
}

/* ---- read ---- */

struct cursor {
	const char *at, *end;
};

static bool
get_text(struct cursor *cursor, const char *text, size_t len)
{
	if ((size_t)(cursor->end - cursor->at) < len || memcmp(cursor->at, text, len) != 0)
		return false;
	cursor->at += len;
	return true;
}

static bool
get_literal(struct cursor *cursor, const char *text)
{
	return get_text(cursor, text, strlen(text));
}

static bool
get_number(struct cursor *cursor, int width, int *number)
{
	*number = 0;
	for (int i = 0; i < width; i++) {
		if (cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9')
			return false;
		*number = *number * 10 + (*cursor->at++ - '0');
	}
	return true;
}

static bool
get_month(struct cursor *cursor, int *month)
{
	for (*month = 1; *month <= 12; ++*month)
		if (get_text(cursor, months[*month - 1], 3))
			return true;
	return false;
}

/* "Sun", or all of "Sunday". */
static bool
get_day_name(struct cursor *cursor, bool all)
{
	for (int i = 0; i < 7; i++)
		if (get_text(cursor, days[i], all ? strlen(days[i]) : 3))
			return true;
	return false;
}

static bool
get_time(struct cursor *cursor, struct date *date)
{
	return get_number(cursor, 2, &date->hour) && get_literal(cursor, ":") &&
	       get_number(cursor, 2, &date->minute) && get_literal(cursor, ":") &&
	       get_number(cursor, 2, &date->second);
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool
read_imf(struct cursor cursor, struct date *date)
{
	return get_day_name(&cursor, false) && get_literal(&cursor, ", ") &&
	       get_number(&cursor, 2, &date->day) && get_literal(&cursor, " ") &&
	       get_month(&cursor, &date->month) && get_literal(&cursor, " ") &&
	       get_number(&cursor, 4, &date->year) && get_literal(&cursor, " ") &&
	       get_time(&cursor, date) && get_literal(&cursor, " GMT") &&
	       cursor.at == cursor.end;
}

/* Sunday, 06-Nov-94 08:49:37 GMT */
static bool
read_rfc850(struct cursor cursor, struct date *date)
{
	return get_day_name(&cursor, true) && get_literal(&cursor, ", ") &&
	       get_number(&cursor, 2, &date->day) && get_literal(&cursor, "-") &&
	       get_month(&cursor, &date->month) && get_literal(&cursor, "-") &&
	       get_number(&cursor, 2, &date->year) && get_literal(&cursor, " ") &&
	       get_time(&cursor, date) && get_literal(&cursor, " GMT") &&
	       cursor.at == cursor.end;
}

/* Sun Nov  6 08:49:37 1994 */
static bool
read_asctime(struct cursor cursor, struct date *date)
{
	if (!get_day_name(&cursor, false) || !get_literal(&cursor, " ") ||
	    !get_month(&cursor, &date->month) || !get_literal(&cursor, " "))
		return false;
	if (!get_number(&cursor, get_literal(&cursor, " ") ? 1 : 2, &date->day))
		return false;
	return get_literal(&cursor, " ") && get_time(&cursor, date) &&
	       get_literal(&cursor, " ") && get_number(&cursor, 4, &date->year) &&
	       cursor.at == cursor.end;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* A second of 60 is a leap second: the next one, for POSIX. */
static bool
seconds_of(const struct date *date, int64_t *seconds)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int length = lengths[date->month - 1] + (date->month == 2 && is_leap(date->year));

	if (date->year < 1 || date->year > 9999 || date->day < 1 || date->day > length ||
	    date->hour > 23 || date->minute > 59 || date->second > 60)
		return false;
	*seconds = days_of(date->year, date->month, date->day) * 24 + date->hour;
	*seconds = (*seconds * 60 + date->minute) * 60 + date->second;
	return true;
}

/* The latest year of this ending that is at most 50 years ahead: by the moment, not the year.
 */
static bool
in_full(struct date *date, int64_t now, int64_t *seconds)
{
	struct date today = date_of((now - HTTP_DATE_MIN) / DAY + HTTP_DATE_MIN / DAY), limit;
	int64_t latest;

	limit = today;
	limit.year += YEARS_AHEAD;
	latest =
	    days_of(limit.year, limit.month, limit.day) * DAY + (now - HTTP_DATE_MIN) % DAY;
	date->year += limit.year - limit.year % 100;
	for (int tries = 0; tries < 8; tries++, date->year -= 100)
		if (seconds_of(date, seconds) && *seconds <= latest)
			return true;
	return false;
}

bool
http_date_read(struct http_span text, int64_t now, int64_t *seconds)
{
	struct cursor cursor = { text.at, text.at };
	struct date date;
	int64_t read;

	if (text.len == 0)
		return false; /* and perhaps no bytes at all to point to */
	cursor.end += text.len;
	if (read_imf(cursor, &date) || read_asctime(cursor, &date)) {
		if (!seconds_of(&date, &read))
			return false;
	} else if (!read_rfc850(cursor, &date) || now < HTTP_DATE_MIN || now > HTTP_DATE_MAX ||
		   !in_full(&date, now, &read)) {
		return false;
	}
	*seconds = read;
	return true;
}
