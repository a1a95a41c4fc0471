/*
 * ftp_time: time as the File Transfer Protocol writes it. See ftp_time.h.
 */
#include "protocol/ftp_time.h"

#include "protocol/ftp_put.h"

enum {
	DIGITS = 14, /* YYYYMMDDHHMMSS */
	NS_DIGITS = 9,
	YEAR_MAX = 9999,
	DAY_S = 86400,
	EPOCH_DAYS = 719162, /* from 1 January of the year 1 to that of 1970 */
	YEARS_400 = 146097,  /* days: after so many the calendar begins anew */
	NS = 1000000000,
};

/* ---- dates ---- */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1 January of the year 1 to that of `year`. */
static int64_t
days_before(int year)
{
	int past = year - 1;

	return (int64_t)past * 365 + past / 4 - past / 100 + past / 400;
}

bool
ftp_date_seconds(const struct ftp_date *date, int64_t *seconds)
{
	int64_t days;

	if (date->year < 1 || date->year > YEAR_MAX || date->month < 1 || date->month > 12 ||
	    date->day < 1 || date->day > days_in(date->year, date->month) || date->hour < 0 ||
	    date->hour > 23 || date->minute < 0 || date->minute > 59 || date->second < 0 ||
	    date->second > 60)
		return false;
	days = days_before(date->year) - EPOCH_DAYS + date->day - 1;
	for (int month = 1; month < date->month; month++)
		days += days_in(date->year, month);
	*seconds = days * DAY_S + (date->hour * 60 + date->minute) * INT64_C(60) + date->second;
	return true;
}

bool
ftp_date_of(int64_t seconds, struct ftp_date *date)
{
	int64_t days, second;
	int year, month = 1;

	if (seconds < -(int64_t)EPOCH_DAYS * DAY_S || seconds > INT64_MAX / 2)
		return false;
	days = seconds / DAY_S - (seconds % DAY_S < 0);
	second = seconds - days * DAY_S;
	days += EPOCH_DAYS;
	if (days >= days_before(YEAR_MAX + 1))
		return false;
	year = (int)(days * 400 / YEARS_400) + 1; /* right, or one too late */
	if (days_before(year) > days)
		year--;
	else if (days_before(year + 1) <= days)
		year++;
	days -= days_before(year);
	while (days >= days_in(year, month))
		days -= days_in(year, month++);
	*date = (struct ftp_date){ year, month, (int)days + 1, (int)(second / 3600),
		(int)(second / 60 % 60), (int)(second % 60) };
	return true;
}

/* ---- text ---- */

/* `count` digits from *text on as a number; -1: something else. */
static int
take_digits(const char **text, int count)
{
	int number = 0;

	for (; count > 0; count--, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		number = number * 10 + (**text - '0');
	}
	return number;
}

/* The digits behind the dot; what is finer than a nanosecond is cut off. */
static bool
parse_fraction(const char *text, size_t len, int32_t *ns)
{
	int32_t value = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len || i < NS_DIGITS; i++) {
		if (i < len && (text[i] < '0' || text[i] > '9'))
			return false;
		if (i < NS_DIGITS)
			value = value * 10 + (i < len ? text[i] - '0' : 0);
	}
	*ns = value;
	return true;
}

bool
ftp_time_parse(const char *text, size_t len, struct ftp_time *time)
{
	const char *at = text;
	struct ftp_date date;
	int32_t ns = 0;

	if (len < DIGITS)
		return false;
	/* in this order: each looks at its own digits */
	date.year = take_digits(&at, 4);
	date.month = date.year == -1 ? -1 : take_digits(&at, 2);
	date.day = date.month == -1 ? -1 : take_digits(&at, 2);
	date.hour = date.day == -1 ? -1 : take_digits(&at, 2);
	date.minute = date.hour == -1 ? -1 : take_digits(&at, 2);
	date.second = date.minute == -1 ? -1 : take_digits(&at, 2);
	if (len > DIGITS &&
	    (text[DIGITS] != '.' || !parse_fraction(text + DIGITS + 1, len - DIGITS - 1, &ns)))
		return false;
	if (!ftp_date_seconds(&date, &time->seconds))
		return false;
	time->ns = ns;
	return true;
}

/* As many digits as it takes, without the zeroes at the end. */
static void
put_fraction(struct pack *pack, int32_t ns)
{
	unsigned digits = NS_DIGITS;

	for (; ns % 10 == 0; ns /= 10)
		digits--;
	ftp_put_char(pack, '.');
	ftp_put_padded(pack, (uint64_t)ns, digits, '0');
}

ssize_t
ftp_time_encode(char *buffer, size_t capacity, const struct ftp_time *time)
{
	struct pack pack = pack_begin(buffer, capacity);
	struct ftp_date date;

	if (time->ns < 0 || time->ns >= NS || !ftp_date_of(time->seconds, &date))
		return -1;
	ftp_put_padded(&pack, (uint64_t)date.year, 4, '0');
	ftp_put_padded(&pack, (uint64_t)date.month, 2, '0');
	ftp_put_padded(&pack, (uint64_t)date.day, 2, '0');
	ftp_put_padded(&pack, (uint64_t)date.hour, 2, '0');
	ftp_put_padded(&pack, (uint64_t)date.minute, 2, '0');
	ftp_put_padded(&pack, (uint64_t)date.second, 2, '0');
	if (time->ns > 0)
		put_fraction(&pack, time->ns);
	return ftp_put_end(&pack);
}

bool
ftp_time_and_name(
    const char *argument, size_t len, struct ftp_time *time, struct ftp_span *name)
{
	size_t at = 0;

	while (at < len && argument[at] != ' ')
		at++;
	if (at + 1 >= len || !ftp_time_parse(argument, at, time))
		return false;
	*name = (struct ftp_span){ argument + at + 1, len - at - 1 };
	return true;
}
