/*
 * tzrule: a rule for daylight saving, as in the variable TZ. POSIX.1-2008, 8.3, with
 * what RFC 9636, 3.3.1, adds: hours from -167 to 167 in the times of the changes.
 *
 *	CET-1CEST,M3.5.0,M10.5.0/3
 *	|  | |    |      |      3 o'clock, where 2 is the rule
 *	|  | |    |      the last (5th) Sunday (0) of October: summer time ends
 *	|  | |    the last Sunday of March: it begins
 *	|  | its name; it is an hour ahead, as nothing else is said
 *	|  one hour *east*: the sign is that of what must be added to get UTC
 *	the name of standard time; "<+0530>" if it is not letters alone
 */
#include "protocol/tz.h"

enum {
	DAY_S = 86400,
	HOURS_MAX = 24,	      /* of an offset */
	RULE_HOURS_MAX = 167, /* of a change: a week but an hour */
};

struct cursor {
	const char *at, *end;
	bool failed;
};

/* The day of a change. */
struct change {
	char form; /* 'J': day 1 to 365, never the 29th of February; 'N': 0 to 365; 'M' */
	int day, month, week, weekday;
	int64_t time; /* seconds after that day's midnight, by the time before the change */
};

struct rule {
	struct tz_local standard, summer;
	bool has_summer;
	struct change begin, end;
};

/* ---- reading ---- */

static bool
take(struct cursor *c, char wanted)
{
	if (c->failed || c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
read_number(struct cursor *c, int min, int max)
{
	const char *start = c->at;
	int number = 0;

	for (; c->at < c->end && is_digit(*c->at) && number <= max; c->at++)
		number = number * 10 + (*c->at - '0');
	if (c->at == start || number < min || number > max)
		c->failed = true;
	return number;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void
read_name(struct cursor *c, char name[TZ_NAME_MAX + 1])
{
	bool quoted = take(c, '<');
	size_t len = 0;

	for (; c->at < c->end && len < TZ_NAME_MAX; c->at++) {
		char ch = *c->at;

		if (!is_letter(ch) && !(quoted && (is_digit(ch) || ch == '+' || ch == '-')))
			break;
		name[len++] = ch;
	}
	name[len] = '\0';
	if (len < 3 || (quoted && !take(c, '>')))
		c->failed = true;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int32_t
read_time(struct cursor *c, int hours_max)
{
	bool negative = take(c, '-');
	int seconds;

	if (!negative)
		(void)take(c, '+');
	seconds = read_number(c, 0, hours_max) * 3600;
	if (take(c, ':'))
		seconds += read_number(c, 0, 59) * 60;
	if (take(c, ':'))
		seconds += read_number(c, 0, 59);
	return negative ? -seconds : seconds;
}

static void
read_change(struct cursor *c, struct change *change)
{
	if (!take(c, ','))
		c->failed = true;
	if (take(c, 'M')) {
		change->form = 'M';
		change->month = read_number(c, 1, 12);
		if (!take(c, '.'))
			c->failed = true;
		change->week = read_number(c, 1, 5);
		if (!take(c, '.'))
			c->failed = true;
		change->weekday = read_number(c, 0, 6);
	} else {
		change->form = take(c, 'J') ? 'J' : 'N';
		change->day = read_number(c, change->form == 'J' ? 1 : 0, 365);
	}
	change->time = take(c, '/') ? read_time(c, RULE_HOURS_MAX) : 2 * 3600;
}

static bool
read_rule(const char *text, size_t len, struct rule *rule)
{
	struct cursor c = { .at = text, .end = text + len };

	*rule = (struct rule){ .has_summer = false };
	read_name(&c, rule->standard.name);
	rule->standard.offset = -read_time(&c, HOURS_MAX);
	if (c.at < c.end && !c.failed) {
		rule->has_summer = rule->summer.dst = true;
		read_name(&c, rule->summer.name);
		rule->summer.offset = rule->standard.offset + 3600;
		if (c.at < c.end && *c.at != ',')
			rule->summer.offset = -read_time(&c, HOURS_MAX);
		read_change(&c, &rule->begin);
		read_change(&c, &rule->end);
	}
	return !c.failed && c.at == c.end;
}

/* ---- the calendar, in days since 1970; the Gregorian one, backwards for ever ---- */

static int64_t
divide_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day of the 1st of January. 477 leap days passed before 1970. */
static int64_t
first_day(int64_t year)
{
	const int64_t passed = year - 1;

	return 365 * (year - 1970) + divide_down(passed, 4) - divide_down(passed, 100) +
	       divide_down(passed, 400) - 477;
}

static int64_t
year_of(int64_t day)
{
	int64_t year = 1970 + divide_down(day, 366); /* near it, if t is within TZ_TIME_MAX */

	while (first_day(year + 1) <= day)
		year++;
	while (first_day(year) > day)
		year--;
	return year;
}

static int64_t
day_of_change(const struct change *change, int64_t year)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t first = first_day(year), weekday, day;
	int length;

	if (change->form == 'N')
		return first + change->day;
	if (change->form == 'J')
		return first + change->day - (is_leap(year) && change->day > 59 ? 0 : 1);
	for (int m = 1; m < change->month; m++)
		first += lengths[m - 1] + (m == 2 && is_leap(year) ? 1 : 0);
	length = lengths[change->month - 1] + (change->month == 2 && is_leap(year) ? 1 : 0);
	weekday = first + 4 - 7 * divide_down(first + 4, 7); /* 1970 began on a Thursday */
	day = (change->weekday - weekday + 7) % 7 + (change->week - 1) * (int64_t)7;
	return first + (day < length ? day : day - 7);
}

/* ---- the question ---- */

static bool
is_summer(const struct rule *rule, int64_t t)
{
	const int64_t year = year_of(divide_down(t + rule->standard.offset, DAY_S));
	const int64_t begin = day_of_change(&rule->begin, year) * DAY_S + rule->begin.time -
			      rule->standard.offset;
	const int64_t end =
	    day_of_change(&rule->end, year) * DAY_S + rule->end.time - rule->summer.offset;

	if (begin < end)
		return begin <= t && t < end;
	return t < end || begin <= t; /* south of the equator it lasts over new year */
}

bool
tz_from_rule(const char *text, size_t len, int64_t t, struct tz_local *local)
{
	struct rule rule;

	if (t < -TZ_TIME_MAX || t > TZ_TIME_MAX || !read_rule(text, len, &rule))
		return false;
	*local = rule.has_summer && is_summer(&rule, t) ? rule.summer : rule.standard;
	return local->offset >= TZ_OFFSET_MIN && local->offset <= TZ_OFFSET_MAX;
}
