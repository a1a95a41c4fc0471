/*
 * ftp_facts: an entry of MLSD and MLST. RFC 3659 (7).
 *
 *	type=file;size=1024;modify=20261120142300;perm=adfrw;unique=803g1a2; notes.txt
 *	fact=value;  ...                                                    ^ one blank, the
 *name
 *
 * For programs, where LIST is for people: exact sizes and times, and a name that is all
 * there is behind the first blank.
 */
#ifndef PROTOCOL_FTP_FACTS_H
#define PROTOCOL_FTP_FACTS_H

#include "protocol/ftp_time.h"

/* Which facts: bits. */
enum ftp_fact {
	FTP_FACT_TYPE = 1 << 0,
	FTP_FACT_SIZE = 1 << 1,
	FTP_FACT_MODIFY = 1 << 2,
	FTP_FACT_PERM = 1 << 3,
	FTP_FACT_UNIQUE = 1 << 4,
	FTP_FACT_MODE = 1 << 5,	 /* UNIX.mode */
	FTP_FACT_OWNER = 1 << 6, /* UNIX.owner, a number; parsed only when it is one */
	FTP_FACT_GROUP = 1 << 7, /* UNIX.group, likewise */
	FTP_FACTS_ALL = (1 << 8) - 1,
	FTP_FACTS_DEFAULT = FTP_FACT_TYPE | FTP_FACT_SIZE | FTP_FACT_MODIFY | FTP_FACT_PERM |
			    FTP_FACT_UNIQUE | FTP_FACT_MODE,
};

enum ftp_type {
	FTP_TYPE_OTHER, /* not one of these */
	FTP_TYPE_FILE,
	FTP_TYPE_DIR,
	FTP_TYPE_CDIR,	  /* the listed directory itself */
	FTP_TYPE_PDIR,	  /* one above it */
	FTP_TYPE_SYMLINK, /* OS.unix=symlink, or OS.unix=slink:target */
};

/* What the user may do, one letter each: bits in the order of "acdeflmprw". */
enum ftp_perm {
	FTP_PERM_APPEND = 1 << 0,   /* a: APPE to the file */
	FTP_PERM_CREATE = 1 << 1,   /* c: STOR files in the directory */
	FTP_PERM_DELETE = 1 << 2,   /* d: DELE or RMD it */
	FTP_PERM_ENTER = 1 << 3,    /* e: CWD to it */
	FTP_PERM_RENAME = 1 << 4,   /* f: RNFR it */
	FTP_PERM_LIST = 1 << 5,	    /* l: list it */
	FTP_PERM_MAKE = 1 << 6,	    /* m: MKD in it */
	FTP_PERM_PURGE = 1 << 7,    /* p: delete what is in it */
	FTP_PERM_RETRIEVE = 1 << 8, /* r: RETR the file */
	FTP_PERM_WRITE = 1 << 9,    /* w: STOR the file */
	FTP_PERMS_MAX = (1 << 10) - 1
};

struct ftp_facts {
	unsigned have; /* of enum ftp_fact: which members count */
	enum ftp_type type;
	uint64_t size;
	struct ftp_time modify;
	unsigned perm;
	uint64_t device, inode; /* to be sent: what UNIQUE is made of */
	struct ftp_span unique; /* received */
	unsigned mode;		/* 12 bits */
	uint32_t owner, group;
	struct ftp_span target; /* of a link, received as slink:; else len 0 */
	struct ftp_span name;	/* never empty */
};

enum {
	FTP_FACTS_MAX = 256,	   /* bytes of the facts that are sent, without the name */
	FTP_FACTS_NAMES_MAX = 128, /* of their names, as below */
};

/*
 * The facts that are both in `wanted` and in facts->have, a blank, the name; no CR LF.
 * CR, LF and NUL in the name become '?': in MLSD they would end the entry, and better
 * skip such a name. Its length, or -1.
 */
ssize_t
ftp_facts_encode(char *buffer, size_t capacity, const struct ftp_facts *facts, unsigned wanted);

/*
 * An entry without its CR LF (and for MLST without the blank that begins the line).
 * Facts that are unknown, or make no sense, are not in have; never trust the name.
 * False: no entry.
 */
bool ftp_facts_parse(const char *entry, size_t len, struct ftp_facts *facts);

/*
 * The names: "type;size;" for what OPTS MLST answers; with `starred` for FEAT, all of
 * them with a '*' on those in `facts`: "type*;size*;modify;". A string: its length or -1.
 */
ssize_t ftp_facts_names_encode(char *buffer, size_t capacity, unsigned facts, bool starred);

/* The argument of OPTS MLST behind "MLST ": what is unknown is ignored (7.9). */
unsigned ftp_facts_names_parse(const char *names, size_t len);

#endif
