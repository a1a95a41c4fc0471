/*
 * room: what a put may still write, by the user's quota. See common/quota.h.
 *
 * Reserved in steps while bytes come, for nobody says how many there will be; settled
 * when the file has its name.
 */
#ifndef SERVERS_FTPD_ROOM_H
#define SERVERS_FTPD_ROOM_H

#include "servers/ftpd/ftpd.h"

enum {
	ROOM_WORDS_MAX = 160,
};

struct room {
	struct quota *quota;	      /* NULL: there is no limit */
	uint64_t bytes, files;	      /* reserved */
	struct quota_figures figures; /* as they were when it was full */
};

/* Room for a file, and for `expected` bytes at once. 0, or -1 with errno. */
int room_begin(struct room *room, struct session *session, uint64_t files, uint64_t expected);

/* How many bytes, `wanted` at most, may be written at once behind the `used` that were. 0
 * with errno: none. */
size_t room_for(struct room *room, uint64_t used, size_t wanted);

/* `used` bytes and the files are on the disk to stay; the rest is given back. */
void room_spend(struct room *room, uint64_t used);

/* Nothing of it is on the disk any more. */
void room_return(struct room *room);

/*
 * The bracket for what takes away from the disk or moves a file (quota_hold); nothing for
 * who has no limit. room_release leaves errno as it is.
 */
int room_hold(struct session *session);
void room_release(struct session *session, uint64_t bytes_freed, uint64_t files_freed);

/* "512 of 1024 bytes, 3 files" */
const char *room_words(const struct quota_figures *figures, char words[ROOM_WORDS_MAX]);

/* 552: it is full, and how full. */
int room_tell_full(const struct room *room, struct session *session);

#endif
