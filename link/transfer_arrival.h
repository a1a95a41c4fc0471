/*
 * transfer_arrival: a file on its way into a jail. Only transfer_receive includes it.
 */
#ifndef LINK_TRANSFER_ARRIVAL_H
#define LINK_TRANSFER_ARRIVAL_H

#include "link/transfer.h"

enum arrival_state {
	ARRIVAL_NONE,	/* no entry is at hand */
	ARRIVAL_ASKED,	/* HAVE is said: FROM comes */
	ARRIVAL_DATA,	/* being written */
	ARRIVAL_FAILED, /* told; its frames are thrown away */
};

struct arrival {
	struct transfer *transfer;
	const struct jail *jail;
	const char *base;
	bool single;

	enum arrival_state state;
	struct file_entry entry; /* of which the path is gone: name */
	char name[JAIL_PATH_MAX];
	struct jail folder; /* of the small file before, if `entered`: the next is there, too */
	char folder_name[JAIL_PATH_MAX];
	bool entered;
	struct jail_file file;
	bool own_name;	      /* the temporary's: another attempt will find it */
	uint64_t kept;	      /* bytes that were there, as HAVE said */
	struct digest digest; /* of the bytes [0, at) */
	off_t at;
};

/* A temporary for `name`. 0, or -1 with errno. */
int arrival_begin(struct arrival *arrival);

/* HAVE, with the digest of what was kept. 0, or -1: the connection. */
int arrival_say_have(struct arrival *arrival);

/* Go on at `from`, which is what was kept, or 0. 0, or -1 with errno. */
int arrival_go_on(struct arrival *arrival, uint64_t from);

/*
 * `len` bytes from the connection into the file and the digest. All of them are taken
 * in any case; *error is the file's, 0 if there was none. 0, or -1: the connection.
 */
int arrival_write(struct arrival *arrival, uint64_t len, int *error);

/* `len` zeros. 0, or -1 with errno. */
int arrival_skip(struct arrival *arrival, uint64_t len);

/* Is it whole and the same? NULL, or what is wrong. */
const char *
arrival_check(struct arrival *arrival, const struct frame *frame, const uint8_t *sum);

/* Mode, time, disk, name. 0, or -1 with errno. */
int arrival_publish(struct arrival *arrival);

/* It comes to nothing: remove the temporary. */
void arrival_drop(struct arrival *arrival);

/* The connection is gone: what has come of a large file is kept. */
void arrival_break_off(struct arrival *arrival);

/* Forget the folder: it may be another one by now, or all is done. */
void arrival_leave_folder(struct arrival *arrival);

#endif
