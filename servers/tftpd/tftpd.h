/*
 * tftpd: what its files share.
 *
 *   tftpd.c    options, and the parent's look at a request
 *   session.c  one transfer, in its child
 *   grant.c    which of a request's options are granted
 */
#ifndef SERVERS_TFTPD_H
#define SERVERS_TFTPD_H

#include "common/jail.h"
#include "common/serve_calls.h"
#include "protocol/tftp.h"

struct tftpd_options {
	const char *dir;
	struct jail jail;
	bool writable, overwrite; /* -W, -O */
	bool strict;		  /* -s: only what all may read, or write */
	uint32_t blksize, window; /* -B, -w: the largest that are granted */
};

/* serve_calls.h's session: the request is a well-formed RRQ or WRQ. */
int tftpd_session(const struct serve_call *call, void *arg);

/* Of a file that is read, so many bytes; of one that is written, `size` means nothing. */
struct tftp_options tftpd_grant(const struct tftp_request *request,
    const struct tftpd_options *options, int socket, uint64_t size);

#endif
