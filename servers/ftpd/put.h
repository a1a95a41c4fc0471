/*
 * put: a file on its way in, as put.c and arrival.c share it.
 */
#ifndef SERVERS_FTPD_PUT_H
#define SERVERS_FTPD_PUT_H

#include "protocol/ftp_ascii.h"
#include "servers/ftpd/room.h"

enum how {
	PUT_WHOLE,  /* STOR: a temporary, which gets the name when complete */
	PUT_UNIQUE, /* STOU: the same, under a name of ours */
	PUT_FROM,   /* REST, STOR: into what is there, from an offset on */
	PUT_APPEND, /* APPE: behind what is there */
};

struct arrival {
	struct session *session;
	char path[JAIL_PATH_MAX];
	struct jail_file file; /* whole ones */
	bool in_place;	       /* fd is the file itself */
	bool exists;	       /* something has the name already */
	int fd;
	off_t begin, at; /* where the first byte went, and the next goes */
	off_t had;	 /* in place: the file's size before */
	off_t cut;	 /* in place: may be written free of charge up to here */
	struct room room;
	struct ftp_ascii ascii;
};

/* Open what is to be written. 0; 1: it cannot be, and that was answered; -1. */
int arrival_begin(struct arrival *arrival, struct session *session, enum how how);

/* All that comes, until the end. 0, or -1 with errno. */
int arrival_receive(struct arrival *arrival);

/* It is complete: 0, or -1 with errno; or it is not, and what can be gone on with stays. */
int arrival_publish(struct arrival *arrival);
void arrival_break_off(struct arrival *arrival, bool full);

#endif
