/*
 * grant: which of a request's options are granted. See tftpd.h.
 *
 * A window is granted only as large as its receiver can hold (tftp_window_for). When we
 * receive we know how much that is. When we send we do not, and assume what Linux gives a
 * socket that asks for nothing: a client may want eight blocks of 64 KiB and lose five of
 * them each time.
 */
#include "link/tftp_run.h"
#include "servers/tftpd/tftpd.h"

enum {
	ROOM_UNASKED = 204800, /* a bit less than Linux's net.core.rmem_default */
	ROOM_OWN = 143360,     /* of memory, for a child that receives */
};

static uint32_t
smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static size_t
room(const struct tftp_request *request, int socket)
{
	size_t have;

	if (request->opcode == TFTP_RRQ)
		return ROOM_UNASKED;
	have = tftp_run_prepare(socket);
	return have < ROOM_OWN ? have : ROOM_OWN;
}

struct tftp_options
tftpd_grant(const struct tftp_request *request, const struct tftpd_options *options, int socket,
    uint64_t size)
{
	struct tftp_options granted = request->options;
	uint32_t blksize = TFTP_BLKSIZE_DEFAULT;

	if (granted.set & TFTP_SET_BLKSIZE)
		blksize = granted.blksize = smaller(granted.blksize, options->blksize);
	if (granted.set & TFTP_SET_WINDOW)
		granted.window = tftp_window_for(
		    smaller(granted.window, options->window), blksize, room(request, socket));
	if (request->opcode == TFTP_RRQ) {
		granted.tsize = size;
		/* How long a text is on the line is known only when it has gone. */
		if (request->mode == TFTP_NETASCII)
			granted.set &= ~(unsigned)TFTP_SET_TSIZE;
	}
	return granted;
}
