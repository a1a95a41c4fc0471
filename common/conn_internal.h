/*
 * conn_internal: what the parts of conn share. Nobody else includes it.
 */
#ifndef COMMON_CONN_INTERNAL_H
#define COMMON_CONN_INTERNAL_H

#include "common/conn.h"

/* One read past the lent buffer: as conn_read. */
ssize_t conn_read_some(struct conn *conn, void *into, size_t len);

/*
 * One read into the lent buffer, behind what it holds, which is moved to its front if
 * else there would be no room for `least` bytes in all. As conn_read.
 */
ssize_t conn_fill(struct conn *conn, size_t least);

/* After a failed read or write: whether to try again. Sets the errno to report. */
bool conn_should_retry(const struct conn *conn);

#endif
