/*
 * arrival: a file on its way here. Only get.c and arrival.c include it.
 */
#ifndef CLIENTS_FTP_ARRIVAL_H
#define CLIENTS_FTP_ARRIVAL_H

#include "clients/ftp/ftp.h"

struct arrival {
	struct session *session;
	const char *remote;
	char path[JAIL_PATH_MAX]; /* for messages */
	int fd;
	bool whole;	   /* it has a temporary name until it is complete */
	bool can_keep;	   /* a later attempt would find that name */
	bool started;	   /* an attempt of ours has asked for its facts */
	bool anew;	   /* it did not agree, and was fetched from its begin again */
	bool went_on;	   /* some of it was there before */
	off_t at;	   /* so much of it is here */
	int64_t kept_time; /* of what was left: the server's at that time; -1: nothing was */
	bool own_time;	   /* of what was left: it is the file's own, from here */
	struct facts facts;
	struct jail_file file;
};

/* A place for it. `local` as in get_file; 0, or -1: said. */
int arrival_open(struct arrival *arrival, const char *local, unsigned flags);
int arrival_open_in(
    struct arrival *arrival, const struct jail *jail, const char *name, unsigned flags);

/* From the begin, please. 0, or -1: said. */
int arrival_restart(struct arrival *arrival);

/* It is whole: its time, its name. 0, or -1: said. */
int arrival_finish(struct arrival *arrival);

/* It is not. What is of use for another attempt stays, if `keep`: said. */
void arrival_leave(struct arrival *arrival, bool keep);

#endif
