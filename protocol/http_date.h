/*
 * http_date: dates of HTTP. RFC 9110 5.6.7.
 *
 *	Sun, 06 Nov 1994 08:49:37 GMT	 read and written (IMF-fixdate)
 *	Sunday, 06-Nov-94 08:49:37 GMT	 read (RFC 850, obsolete)
 *	Sun Nov  6 08:49:37 1994	 read (asctime, obsolete)
 *
 * Seconds are those of POSIX: since 1970, without leap seconds.
 *
 * Pure: no I/O, nothing is allocated, no locale, no time zone.
 */
#ifndef PROTOCOL_HTTP_DATE_H
#define PROTOCOL_HTTP_DATE_H

#include "protocol/http.h"

enum {
	HTTP_DATE_LEN = 29, /* of an IMF-fixdate */
};

#define HTTP_DATE_MIN INT64_C(-62135596800) /* 1 January of the year 1 */
#define HTTP_DATE_MAX INT64_C(253402300799) /* 31 December 9999 */

/*
 * Write a date, and a NUL behind it. Times outside of HTTP_DATE_MIN and HTTP_DATE_MAX
 * become those. It costs a few divisions: a server keeps the string for its second.
 */
void http_date_write(char out[HTTP_DATE_LEN + 1], int64_t seconds);

/*
 * Read a date of any of the three forms, exactly as the grammar has them (names in this
 * case alone). The year of the second form has two digits: the one of that ending which
 * is not more than 50 years after `now`. The name of the day must be one, but need not
 * be the right one. False: no date; it is to be ignored (9110 13.1.3).
 */
bool http_date_read(struct http_span text, int64_t now, int64_t *seconds);

#endif
