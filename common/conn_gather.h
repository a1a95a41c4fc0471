/*
 * conn_gather: answers of several pieces with few system calls and few packets.
 */
#ifndef COMMON_CONN_GATHER_H
#define COMMON_CONN_GATHER_H

#include <sys/uio.h>

#include "common/conn.h"

/*
 * All the pieces, by one system call where the connection is a socket. `more`: something
 * follows at once, so a packet that is not full may wait for it. `pieces` is spoilt.
 * 0, or -1 as conn_write.
 */
int conn_gather(struct conn *conn, struct iovec *pieces, int count, bool more);

/*
 * Send each write off at once from now on, also while an earlier one is not yet
 * acknowledged: for answers that are written whole. Does nothing where it cannot.
 */
void conn_hurry(struct conn *conn);

/* What has come already is dropped, then for at most `wait_ms` what still comes, after the
 * peer was told that no more will be said; so that a close does not reset the connection
 * and with it our last words. */
void conn_linger(struct conn *conn, int wait_ms);

#endif
