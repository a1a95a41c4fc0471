/*
 * tftp_run: drive a TFTP transfer over a socket, from or to a file. Client and server both
 * call it; what to send and when is protocol/tftp_engine.h's.
 *
 * It is made to be fast where the system helps, and plain elsewhere:
 *
 *   sending     a window is read with one call and leaves with one, cut into blocks by the
 *               kernel (UDP_SEGMENT), or with sendmmsg; the next is read while this one
 *               travels
 *   receiving   a batch comes with one call (UDP_GRO, recvmmsg), is acknowledged, and is
 *               then written with one call straight from where it came
 *   waiting     in the receiving call itself (SO_RCVTIMEO); no poll before each block
 *
 * A child of the server must be small: it touches no more memory than a window has bytes,
 * and 128 KiB where it sends from a file. Content that cannot be read twice (a pipe,
 * netascii) is kept for a whole window.
 */
#ifndef LINK_TFTP_RUN_H
#define LINK_TFTP_RUN_H

#include <sys/types.h>

#include <signal.h>

#include "common/net.h"
#include "protocol/netascii.h"
#include "protocol/tftp_engine.h"

enum {
	/* Receive buffer to ask for, and beyond which no window goes. */
	TFTP_RUN_RCVBUF = 4 << 20,
};

struct tftp_run {
	struct tftp_engine *engine; /* begun: tftp_ask or tftp_answer */
	int socket;
	/*
	 * False: `peer` is where the request goes; whoever answers from that host, from
	 * whatever port, is the peer from then on, and others are told ERROR 5. True: the
	 * socket is connected, and `peer` only for people.
	 */
	bool connected;
	bool leave_early; /* do not dally: the caller does, with an engine that is DALLYING */
	struct net_address peer;
	int file;			   /* to read or write, from where it stands */
	int lifeline;			   /* readable when our parent has died; -1: none */
	const volatile sig_atomic_t *stop; /* set by a signal: give up; or NULL */

	/*
	 * A receiver's: all is written; make the file safe and give it its name. 0, or -1
	 * with errno: the peer is told ERROR. NULL: nothing to do.
	 */
	int (*finish)(void *arg);

	/* NULL where nobody wants to know. */
	void (*progress)(void *arg, uint64_t bytes);
	/* Each datagram: its length, and how it begins (a DATA that goes out: its header). */
	void (*trace)(void *arg, bool out, const void *head, size_t head_len, size_t len);
	void (*stranger)(void *arg, const struct net_address *who);
	void *arg;

	/* Results. */
	uint64_t bytes; /* of the file: confirmed by the peer, or written */
	int error;	/* errno, if the file, finish or the socket failed; else 0 */
};

/*
 * Ask for as much receive buffer as there is to be had. How much it is: for
 * tftp_window_for, before a window is asked for or granted.
 */
size_t tftp_run_prepare(int socket);

/*
 * Run the engine to its end. True if it is DONE (or DALLYING, with leave_early); else it
 * has FAILED, and run->error says if that was for a reason on this machine.
 */
bool tftp_run(struct tftp_run *run);

/* The code and text of an ERROR for the errno of a file. Never the system's own words. */
enum tftp_code tftp_code_of_errno(int error);
const char *tftp_words_of_errno(int error);

#endif
