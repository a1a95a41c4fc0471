/*
 * conn: one client's connection, as a session sees it.
 *
 * A session reads from and writes to a struct conn and need not know whether a
 * socket, a pipe or a terminal is behind it, nor which process it runs in.
 * Everything here blocks, and every wait is bounded: a peer that neither sends
 * nor takes a byte for `idle_ms` makes the call fail with ETIMEDOUT. Each byte
 * that moves starts the time anew.
 *
 * How the time is kept: a socket keeps it itself (SO_RCVTIMEO, SO_SNDTIMEO), so
 * that a read costs one system call. Other descriptors, and waits that a signal
 * must be able to end, are polled first.
 *
 * Errors: -1 with errno. ETIMEDOUT idle; ECONNRESET, EPIPE the peer is gone;
 * ECANCELED the server was told to stop. EINTR and short counts never come out.
 */
#ifndef COMMON_CONN_H
#define COMMON_CONN_H

#include <sys/types.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/net.h"

enum {
	/*
	 * Room for one read of a bulk transfer: large, because a system call has its
	 * price; on the stack, where a page that no byte reaches costs nothing.
	 */
	CONN_BUFSIZE = 256 * 1024,
};

/* Bytes moved so far; may lie in memory shared with the parent, which reads it. */
struct conn_count {
	_Atomic uint64_t in, out;
};

/* Add to a counter that only this thread adds to, and others may read. */
void conn_count_bytes(_Atomic uint64_t *counter, ssize_t n);

struct conn {
	int in, out; /* the same descriptor for a socket */
	const struct net_address *peer;
	int idle_ms;	  /* 0: wait for ever */
	int read_idle_ms; /* the same for input; 0: as idle_ms */
	struct conn_count *count;

	/* For a session inside the server's own process (-1, -m iterative). */
	const sigset_t *wait_mask;	   /* signals let in while it waits, or NULL */
	const volatile sig_atomic_t *stop; /* set by a signal that ends the session */
	const struct server *server;	   /* whose client it is, or NULL: see serve_clients */
	int lifeline; /* readable when the parent has died; -1: the kernel kills us */

	/* Private to conn. */
	bool in_is_socket, out_is_socket;
	bool polled; /* wait with poll(2) before each call */
	struct conn_count own_count;
	char *buffer; /* the caller's; bytes [start, end) are read but not handed out */
	size_t capacity, start, end;
	char peer_text[NET_TEXT_MAX]; /* made when first asked for */
};

/*
 * Begin: `in` and `out` stay the caller's to close, `peer` (may be NULL when
 * nobody knows) and `count` (NULL: an own one) must outlive the connection.
 * Set wait_mask, stop and lifeline afterwards, then call conn_poll_waits.
 */
void conn_open(struct conn *conn, int in, int out, const struct net_address *peer, int idle_ms,
    struct conn_count *count);

/* From now on poll before each call, so that wait_mask, stop and lifeline work. */
void conn_poll_waits(struct conn *conn);

/* The peer's address for people. */
const char *conn_peer(struct conn *conn);

/* Lend `buffer` for reading by lines; it must hold the longest line allowed. */
void conn_set_buffer(struct conn *conn, char *buffer, size_t capacity);

/*
 * Say why a conversation with `peer` ended before its time (errno); quiet if told
 * to stop. ETIMEDOUT means idle for `idle_ms`, unless that is 0.
 */
void conn_log_failure(const char *peer, int idle_ms);

/* Whatever has come, at least one byte: how many, 0 at the end of input, -1. */
ssize_t conn_read(struct conn *conn, void *into, size_t len);

/* Whether conn_read would return at once: bytes, the end, or an error. */
bool conn_has_input(const struct conn *conn);

/* Exactly `len` bytes, or fewer only at the end of input: how many, or -1. */
ssize_t conn_read_exact(struct conn *conn, void *into, size_t len);

/*
 * One line, in the lent buffer until the next read: *line points at it, the
 * result is its length with its newline; the last line may have none. 0 at the
 * end of input. -1 with EMSGSIZE when it does not fit; the buffer is then empty.
 */
ssize_t conn_read_line(struct conn *conn, const char **line);

/*
 * At least `least` bytes (not more than the lent buffer holds) and at most `most`,
 * in the lent buffer until the next read: *bytes points at them. One system call
 * fetches as much as fits, so small reads that follow cost none. How many; fewer
 * than `least`, perhaps 0, only at the end of input; -1.
 */
ssize_t conn_read_view(struct conn *conn, const char **bytes, size_t least, size_t most);

/* All of it: 0, or -1. */
int conn_write(struct conn *conn, const void *from, size_t len);

/* Another idle time from now on: for both directions, or (not 0) for input alone. */
void conn_set_idle(struct conn *conn, int idle_ms);
void conn_set_read_idle(struct conn *conn, int idle_ms);

/*
 * Without waiting, for a session that waits for several things at once: a part of it,
 * or -1 with EAGAIN when nothing goes now.
 */
ssize_t conn_try_read(struct conn *conn, void *into, size_t len);
ssize_t conn_try_write(struct conn *conn, const void *from, size_t len);

/*
 * `len` bytes of the file `fd` from `offset` on, without copies through this
 * process where the kernel can. 0, or -1; EIO when the file ends before.
 */
int conn_send_file(struct conn *conn, int fd, off_t offset, uint64_t len);

/* A way round user space, for conn_receive_file: { -1, -1 } until it is needed. */
struct conn_pipe {
	int ends[2];
};

void conn_pipe_close(struct conn_pipe *pipe);

/*
 * `len` bytes into the file `fd` from *offset on, without copies through this
 * process where the kernel can. All of them are taken from the connection in any
 * case: after the file's first error, which is put in *file_error, the rest is
 * thrown away. *offset is where the next byte belongs. 0; -1 when the connection
 * failed, ECONNRESET when it ended before.
 */
int conn_receive_file(struct conn *conn, struct conn_pipe *pipe, int fd, off_t *offset,
    uint64_t len, int *file_error);

#endif
