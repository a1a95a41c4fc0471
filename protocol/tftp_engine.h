/*
 * tftp_engine: one TFTP transfer as a state machine. Datagrams and time go in, datagrams
 * come out; there is no socket, no file and no clock in it.
 *
 *	client reads (RRQ)		client writes (WRQ)
 *	RRQ        --->			WRQ        --->
 *	           <---  OACK			   <---  OACK
 *	ACK 0      --->			DATA 1..w  --->
 *	           <---  DATA 1..w	           <---  ACK w
 *	ACK w      --->			...
 *
 * Four parties and two machines: who asks and who answers differ in the opening alone, then
 * there is a sender and a receiver. tftp_ask or tftp_answer begins; then a driver, whatever
 * it has for a network, does
 *
 *	while (tftp_is_open(&engine)) {
 *		while ((out = tftp_output(&engine, now, buffer)).kind != TFTP_NOTHING)
 *			send it;
 *		wait for a datagram, but not beyond tftp_due(&engine)
 *		tftp_input(&engine, now, bytes, len, &block) for each that has come
 *		tftp_tick(&engine, now);
 *	}
 *	... and tftp_output once more: an ERROR may have to go out.
 *
 * link/tftp_run.h is that driver, over a socket and a file.
 *
 * Content is the driver's. Block n (from 1, never wrapping here) holds the bytes from
 * (n - 1) * blksize on. A sender is told to send blocks [first, first + count): a whole
 * window when it may, so that it can go with one system call. A receiver gets each block
 * once and in order, as a span of the datagram; acknowledgements come out afterwards, one
 * for the whole batch that was put in.
 *
 * Time is milliseconds of any clock that runs forward.
 *
 * The rules, and the trap behind each:
 *
 *   An ACK that repeats the last one makes nobody send anything with a window of 1 (the
 *   Sorcerer's Apprentice: RFC 1123, 4.2.3.1). With a larger window it may mean that the
 *   first block of the window was lost (RFC 7440): heeded once, and not twice in a row.
 *   Timers belong to the block: set when something new is sent or has come, doubled when
 *   they fire, and never restarted by duplicates or strangers.
 *   The option `timeout` counts seconds, a hundred round trips and more. So 1, the least it
 *   can say, is an upper bound: a measured time that is shorter counts, and what is doubled
 *   may pass it. A longer one is a wish for patience, and who answers keeps to it; who
 *   asked does if told so (exact_timeout).
 *   A receiver's timeout acknowledges the last block in order, not the last ACK again
 *   (RFC 7440: else it never ends).
 *   After block 65535 comes 0; a peer that goes on with 1 is understood (window 1 only:
 *   else 1 may as well be the second block after the roll).
 *   Nothing longer than an OACK, or one block, goes to a peer before it has answered from
 *   its address, and that a few times only: a request may have a forged source.
 *   Octets that end before an announced tsize are a damaged datagram and not taken; if they
 *   come again and again just so, the transfer fails. More than tsize fails at once.
 *   The last block is acknowledged when the driver says that the file is safe, not before.
 *   A sender whose last block is never acknowledged has failed.
 *   Datagrams that make no sense are ignored; an ERROR ends the transfer and is not answered.
 */
#ifndef PROTOCOL_TFTP_ENGINE_H
#define PROTOCOL_TFTP_ENGINE_H

#include "protocol/tftp.h"

enum {
	TFTP_RTO_FIRST_MS = 1000, /* before a round trip was measured: RFC 6298 */
	TFTP_RTO_MIN_MS = 200,	  /* of a sender; a receiver waits twice as long */
	TFTP_RTO_MAX_MS = 8000,
	TFTP_GIVE_UP_MS = 30000,     /* without progress */
	TFTP_DALLY_ASKED_MS = 3000,  /* who answered: three timeouts, or more if agreed */
	TFTP_DALLY_ASKING_MS = 1500, /* who asked */
	TFTP_DALLY_MAX_MS = 30000,   /* whoever keeps repeating the last block */
	TFTP_OFFERS_MAX = 6,	     /* an OACK or ACK 0 to an unproven address */
	TFTP_FIRST_BLOCKS_MAX = 4,   /* DATA 1 to an unproven address */
	TFTP_SHORT_MAX = 3,	     /* damaged last blocks until we believe them */
};

enum tftp_state {
	TFTP_ASKING,   /* the request is out, nothing has come */
	TFTP_OFFERING, /* the OACK or ACK 0 is out, nothing has come */
	TFTP_MOVING,   /* blocks pass */
	TFTP_HELD,     /* receiver: all is here; tftp_confirm or tftp_abort is awaited */
	TFTP_DALLYING, /* receiver: done, but the last ACK may have been lost */
	TFTP_DONE,
	TFTP_FAILED,
};

enum tftp_failure {
	TFTP_NO_FAILURE,
	TFTP_PEER_ERROR,  /* the peer said ERROR: code and text */
	TFTP_SILENCE,	  /* nothing has come that goes on, for give_up_ms */
	TFTP_UNCONFIRMED, /* the same, and all that was missing was the last ACK */
	TFTP_GONE,	  /* the peer's port is closed (tftp_unreachable) */
	TFTP_LATE,	  /* deadline_ms has passed */
	TFTP_OPTIONS,	  /* the OACK is not what was asked for; ERROR 8 goes out */
	TFTP_BAD_BLOCK,	  /* a block longer than agreed; ERROR 4 goes out */
	TFTP_SIZE,	  /* more or less came than tsize announced; ERROR 0 goes out */
	TFTP_ABORTED,	  /* by tftp_abort: code and text */
};

struct tftp_engine {
	/* For the driver to read. */
	enum tftp_state state;
	enum tftp_failure failure;
	bool asks;		     /* a client */
	bool sends;		     /* blocks leave; else they come */
	struct tftp_request request; /* its name must stay where it is while ASKING */
	struct tftp_options agreed;  /* blksize and window always; others if in `set` */
	uint64_t blocks;	     /* confirmed by the peer, or taken in order */
	uint64_t repeats;	     /* datagrams that had to be sent again */
	unsigned code;		     /* with a failure: of the ERROR that came or goes out */
	char text[TFTP_TEXT_MAX];    /* ... and its words: bytes of the peer's, ... */
	size_t text_len;	     /* ... to be escaped before printing */

	/* For the driver to change after the beginning. */
	int64_t give_up_ms;  /* TFTP_GIVE_UP_MS; four exact timeouts if longer */
	int64_t deadline_ms; /* a time, not a span; 0: none */
	int64_t dally_ms;    /* TFTP_DALLY_... */
	/* An agreed timeout is just that time; else only the most that is waited at first. */
	bool exact_timeout; /* tftp_ask: false; tftp_answer: if it is more than 1 s */

	/* Private. */
	bool control, error; /* something waits in tftp_output ... */
	bool fresh;	     /* ... for the first time: to be timed */
	bool proven;	     /* the peer has answered from its address */
	bool from_one;	     /* the peer's numbers roll to 1 */
	uint64_t next;	     /* sender: to be sent next */
	uint64_t highest;    /* sender: ever sent */
	uint64_t last;	     /* sender: the last block; 0: not known yet */
	uint64_t received;   /* receiver: bytes of the content */
	uint64_t ack_at;     /* receiver: the window ends there */
	bool holed;	     /* receiver: the hole at hand is told */
	bool resent, heeded; /* sender: this window, and the one before, went twice */
	int offers, shorts;
	size_t short_len; /* of the last damaged one */
	int64_t sent_ms;  /* what is timed was sent; -1: it went twice, do not measure */
	int64_t progress_ms, due_ms, dally_end_ms, probe_ms;
	int64_t rtt_ms, variation_ms; /* eight and four times: RFC 6298; rtt_ms -1: none yet */
	int64_t rto_ms;
};

/* Begin as the client. The request's options are what is asked for. */
void tftp_ask(struct tftp_engine *engine, const struct tftp_request *request, int64_t now_ms);

/*
 * Begin as the server, on a transfer of its own. `granted`: the options to acknowledge, of
 * those asked for; none: there will be no OACK. A tsize granted for RRQ is the file's.
 */
void tftp_answer(struct tftp_engine *engine, const struct tftp_request *request,
    const struct tftp_options *granted, int64_t now_ms);

/* Neither DONE nor FAILED. */
bool tftp_is_open(const struct tftp_engine *engine);

/* What tftp_input made of a datagram. */
enum tftp_event {
	TFTP_IGNORED, /* a duplicate, or of no meaning now */
	TFTP_HEEDED,  /* it has changed something */
	TFTP_BLOCK,   /* ... and brought the next block: *content */
};

struct tftp_content {
	const uint8_t *bytes; /* within the datagram; engine->blocks is its number */
	size_t len;
};

/*
 * A datagram of the peer (whose address is the driver's to check). The last block leaves
 * the engine HELD: write it, make the file safe, then call tftp_confirm or tftp_abort.
 */
enum tftp_event tftp_input(struct tftp_engine *engine, int64_t now_ms, const void *bytes,
    size_t len, struct tftp_content *content);

/* When tftp_tick must be called at the latest. INT64_MAX while HELD and when closed. */
int64_t tftp_due(const struct tftp_engine *engine);
/* What is due by now: repetitions, giving up, the end of dallying. Cheap if nothing is. */
void tftp_tick(struct tftp_engine *engine, int64_t now_ms);

/*
 * The network says that nobody listens at the peer's port (ECONNREFUSED). That ends a
 * transfer as GONE, but a dallying one well: who has gone wants nothing more.
 */
void tftp_unreachable(struct tftp_engine *engine);

enum tftp_output_kind {
	TFTP_NOTHING,
	TFTP_CONTROL, /* `len` bytes of the buffer: a request, OACK, ACK or ERROR */
	TFTP_BLOCKS,  /* blocks first to first + count - 1, each a DATA */
};

struct tftp_output {
	enum tftp_output_kind kind;
	size_t len;
	uint64_t first;
	uint32_t count;
};

/*
 * The next thing to send; from then on it counts as sent. A sender must know by then where
 * its content ends, if that is within the window: tftp_window_end and tftp_ends.
 */
struct tftp_output
tftp_output(struct tftp_engine *engine, int64_t now_ms, uint8_t buffer[TFTP_CONTROL_MAX]);

/* The last block that may be asked for by now, if there are so many. A sender's. */
uint64_t tftp_window_end(const struct tftp_engine *engine);

/* The content has so many bytes. To be said when blksize is agreed (MOVING) or later. */
void tftp_ends(struct tftp_engine *engine, uint64_t bytes);

/* The number of a block on the line, for tftp_put_data_header. */
uint16_t tftp_wire(const struct tftp_engine *engine, uint64_t block);

/* HELD, and the file is safe: the last ACK may go. */
void tftp_confirm(struct tftp_engine *engine, int64_t now_ms);

/*
 * Give up for a reason of our own; the peer is told once, unless it was never there. One
 * that dallies is DONE.
 */
void tftp_abort(struct tftp_engine *engine, enum tftp_code code, const char *text);

/* "the server did not answer", …: the failure for people, without the peer's words. */
const char *tftp_failure_words(const struct tftp_engine *engine);

#endif
