/*
 * ftp_time: time as the File Transfer Protocol writes it. RFC 3659 (2.3).
 *
 *	19980615100045.014	15 June 1998, 10:00:45.014 UTC
 *
 * Always UTC. Days are counted here, without the C library: no zone, no locale.
 */
#ifndef PROTOCOL_FTP_TIME_H
#define PROTOCOL_FTP_TIME_H

#include "protocol/ftp.h"

enum {
	FTP_TIME_TEXT_MAX = 24, /* 14 digits, a dot, 9 digits */
};

struct ftp_time {
	int64_t seconds; /* since 1970, years 1 to 9999 */
	int32_t ns;	 /* 0 to 999 999 999 */
};

/* A date and a time of day, by the calendar of today. */
struct ftp_date {
	int year, month, day; /* 1 to 9999, 1 to 12, 1 to 31 */
	int hour, minute, second;
};

/* Digits and nothing behind them. A 60th second is the next minute's first. */
bool ftp_time_parse(const char *text, size_t len, struct ftp_time *time);

/* 14 digits, and a fraction of as many as are needed if there is one: the length, or -1. */
ssize_t ftp_time_encode(char *buffer, size_t capacity, const struct ftp_time *time);

/*
 * An argument that is a time, one blank and a name, as of MFMT; `name` is not empty.
 * MDTM with two arguments looks the same, but so may the name of a file.
 */
bool ftp_time_and_name(
    const char *argument, size_t len, struct ftp_time *time, struct ftp_span *name);

/* Seconds since 1970 to a date and back. False: out of the years 1 to 9999, or no date. */
bool ftp_date_of(int64_t seconds, struct ftp_date *date);
bool ftp_date_seconds(const struct ftp_date *date, int64_t *seconds);

#endif
