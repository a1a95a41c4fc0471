/*
 * ftp_list: a line of LIST: what ls -l prints, more or less.
 *
 *	-rw-r--r--   1 anna     lab          1024 Nov 20 14:23 notes.txt
 *	lrwxrwxrwx   1 anna     lab             9 Feb  3  2024 latest -> notes.txt
 *
 * For people. No standard has it, so a client should use MLSD where it can; what it can
 * read here is Unix's form and its relatives, MS-DOS's, and EPLF. The times of what is
 * sent are UTC.
 */
#ifndef PROTOCOL_FTP_LIST_H
#define PROTOCOL_FTP_LIST_H

#include "protocol/ftp_facts.h"

enum {
	FTP_LIST_OWNER_MAX = 32, /* bytes that are sent of an owner's and a group's name */
};

struct ftp_entry {
	enum ftp_type type; /* FILE, DIR, SYMLINK, or OTHER; never CDIR, PDIR */
	unsigned mode;	    /* 12 bits; 0 and no has_mode when received without */
	bool has_mode;
	uint64_t links; /* to be sent */
	uint64_t size;
	bool has_size;
	int64_t time;	   /* seconds since 1970; received: as if the server's zone were UTC */
	int32_t time_unit; /* received: right within so many seconds; 0: no time at all */
	struct ftp_span owner, group; /* to be sent */
	struct ftp_span name;	      /* never empty */
	struct ftp_span target;	      /* of a link; len 0: not known */
};

/*
 * Without CR LF. `now` decides whether the hour or the year is shown: ls has six months.
 * Control characters in names become '?'. Its length, or -1.
 */
ssize_t
ftp_entry_encode(char *buffer, size_t capacity, const struct ftp_entry *entry, int64_t now);

enum ftp_entry_status {
	FTP_ENTRY_OK,
	FTP_ENTRY_NONE, /* "total 12", an empty line, `.' or `..' */
	FTP_ENTRY_BAD,	/* not understood: show it, do not use it */
};

/* A line without its CR LF. `now` tells which year a line without one means. */
enum ftp_entry_status
ftp_entry_parse(const char *line, size_t len, int64_t now, struct ftp_entry *entry);

#endif
