/*
 * transfer: files over a link, from whichever end has them to the other.
 *
 * The server that answers GET and the client that does PUT are one sender, here; the
 * other two are one receiver. file.h (protocol) tells what passes between them.
 *
 * What the sender promises: a file that is not the same at its end as at its begin
 * (its size or its time) is told as trouble, never sent as if it were whole.
 *
 * What the receiver promises: names come from the other side and are looked up in a
 * jail; a file appears under its name only when all its bytes are there and their
 * digest agrees, and until then what had that name stays. What has come of a large
 * file is kept when the connection breaks, under a temporary name made from its own,
 * and the next attempt goes on behind it if the digest of that part agrees.
 *
 * Trouble with one file is told to both sides and the rest goes on. Functions return
 * 0, or -1 when the conversation is over: transfer_explain has the reason.
 */
#ifndef LINK_TRANSFER_H
#define LINK_TRANSFER_H

#include <sys/stat.h>

#include "common/digest.h"
#include "common/jail.h"
#include "common/opts.h"
#include "link/stream.h"
#include "protocol/file.h"

enum {
	TRANSFER_DEPTH_MAX = 64, /* directories within directories */
	TRANSFER_REASON_MAX = 1024,
	TRANSFER_COUNT_MS = 2000,
	TRANSFER_DISK_RATE = 8 << 20, /* bytes a second that any disk reads or syncs */
};

enum transfer_sync {
	TRANSFER_SYNC_LARGE, /* files of more than FILE_SMALL_MAX are on the disk before DONE */
	TRANSFER_SYNC_ALL,
	TRANSFER_SYNC_NONE,
};

/* The argument of -S, or usage: it is none of "large", "all", "none". */
enum transfer_sync transfer_sync_argument(const struct opts *opts);

/* Who looks on. Either may be NULL. */
struct transfer_watch {
	/* Something does not go; `words` may hold anything. */
	void (*trouble)(void *arg, enum frame_error error, const char *words);
	/* So many more bytes of the file `path` have gone or come. */
	void (*moved)(void *arg, const char *path, uint64_t bytes);
	void *arg;
};

struct transfer {
	struct stream stream;
	enum digest_kind kind;
	enum transfer_sync sync;
	struct transfer_watch watch;
	const char *subject; /* what a sender calls an entry without a path; NULL: nothing */

	uint64_t files, bytes; /* that went or came, whole */
	uint64_t troubles;
	bool refused; /* one of the troubles was DENIED or LIMIT */

	/* Private. */
	int idle_ms;
	uint64_t entries, answered; /* of the request at hand */
	struct conn_pipe pipe;
	char reason[TRANSFER_REASON_MAX]; /* of an ERROR */
};

/* Begin on a link after its greeting. 0, or -1 with errno. */
int transfer_open(struct transfer *transfer, struct link *link);
void transfer_close(struct transfer *transfer);

/* Why the conversation is over, in words; errno as the failed call left it. */
const char *transfer_explain(struct transfer *transfer, char reason[TRANSFER_REASON_MAX]);

/* ---- sender: any number of these, then transfer_send_end ---- */

/* One file, open at `fd`; `path` as in an entry. */
int
transfer_send_file(struct transfer *transfer, int fd, const struct stat *st, const char *path);

/* A directory of the jail ("" is its top) with all that is in it. */
int transfer_send_tree(
    struct transfer *transfer, const struct jail *jail, const char *name, const char *path);

/*
 * The bytes of all files that transfer_send_tree would send; FILE_TOTAL_UNKNOWN if they
 * are not counted in TRANSFER_COUNT_MS: nobody is to wait for a number so long.
 */
uint64_t transfer_size_of_tree(const struct jail *jail, const char *name);

/* That was all; wait until the receiver has dealt with it. */
int transfer_send_end(struct transfer *transfer);

/* ---- receiver ---- */

/*
 * All of one request into the jail, as `base` and beneath it ("": beneath the top).
 * `single`: nothing but one file, base itself, is wanted.
 */
int transfer_receive(
    struct transfer *transfer, const struct jail *jail, const char *base, bool single);

/* ---- for requests ---- */

/* A frame that may not come here: told to the peer. -1 with EPROTO. */
int transfer_out_of_turn(struct transfer *transfer, const struct frame *frame);

/*
 * Tell who looks on here, and the peer in a TROUBLE for the entry `number`, that `path`
 * does not go: for a reason in words, or in errno. 0, or -1.
 */
int transfer_tell(struct transfer *transfer, uint64_t number, enum frame_error error,
    const char *path, const char *reason);
int transfer_tell_errno(struct transfer *transfer, uint64_t number, const char *path);

/* The next frame, which is not ERROR (that is -1). *end: the peer has hung up. */
int transfer_next(struct transfer *transfer, struct frame *frame, bool *end);

/* The trouble of a TROUBLE frame just read is told to who looks on. */
int transfer_hear_trouble(struct transfer *transfer, const struct frame *frame);

#endif
