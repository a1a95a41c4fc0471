/*
 * rcmd.h: what the files of rcmd share.
 *
 *   rcmd.c    options, the call, who we are
 *   talk.c    one command: its frames, both ways, and the one place that waits
 *   input.c   our standard input and our signals, to the server
 *   output.c  standard output and error, written without being held up
 *   prompt.c  many commands: a prompt, or a script
 */
#ifndef CLIENTS_RCMD_H
#define CLIENTS_RCMD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/conn.h"
#include "common/digest.h"
#include "common/opts.h"
#include "link/frames.h"
#include "protocol/command.h"

/* Exit statuses that are ours, not the command's: as timeout(1) and env(1) have them. */
enum {
	RCMD_LIMIT = 124,  /* the server ended the command: its time or its output */
	RCMD_FAILED = 125, /* we failed: no connection, no right, a broken answer */
	RCMD_SIGNAL = 128, /* and the number of a signal */
};

enum {
	RCMD_FROM_SERVER = 256 * 1024, /* bytes of one read */
	RCMD_INPUT_PIECE = 64 * 1024,
};

struct rcmd_options {
	struct client_options client;
	const char *host;
	const char *keys, *key_name; /* -k, -K */
	bool shell;		     /* -s */
	bool no_input;		     /* -n */
	bool command;		     /* one was given */
};

/* How bytes get out without our being held up: signals must still be heeded. */
enum rcmd_way {
	RCMD_WAY_FILE,	 /* write(2) does not wait for anybody */
	RCMD_WAY_OWN,	 /* opened again, non-blocking */
	RCMD_WAY_SOCKET, /* MSG_DONTWAIT */
	RCMD_WAY_PIECES, /* small ones, when poll(2) says so */
};

struct rcmd_output {
	int fd;
	enum rcmd_way way;
	const char *name;
	struct digest digest; /* of what the command has written so far */
	uint64_t bytes;
	bool lost; /* nobody reads it: what comes is dropped */
};

struct rcmd_talk {
	const char *host;
	struct conn conn;
	struct link link;
	struct frame_reader reader;
	sigset_t waiting; /* the mask while we wait */
	bool over;	  /* no more commands over this connection */

	uint8_t *from; /* from the server: bytes [from_start, from_end) are not looked at yet */
	size_t from_start, from_end;
	struct rcmd_output out, err;
	struct rcmd_output *pending; /* takes no more for now; pending_bytes wait for it */
	const uint8_t *pending_bytes;
	size_t pending_len;

	uint8_t *up; /* a frame to the server: bytes [up_start, up_end) */
	size_t up_start, up_end;
	bool input; /* there is more of our standard input */
	uint64_t window;
	int signals;		    /* that came while the command ran */
	int signal, signal_to_send; /* the first one; the same until it is sent, then 0 */
	int64_t listened_ms;	    /* when signals were last let in for sure */
	int64_t give_up_ms;	    /* when we wait no more for its effect; 0: never */

	uint8_t end[FRAME_TEXT_MAX]; /* EXIT's or ERROR's payload as it comes in */
	size_t end_len;
	int status; /* for exit(3); -1: the command still runs */
};

/* ---- talk.c ---- */

/* Pack one command into talk->up; with our standard input if `input`. False: said. */
bool rcmd_begin(
    struct rcmd_talk *talk, enum command_form form, const char *const *words, bool input);

/* Send what of it has not been sent, and see to it until it ends. What rcmd exits with. */
int rcmd_attend(struct rcmd_talk *talk);

/* Both. */
int
rcmd_run(struct rcmd_talk *talk, enum command_form form, const char *const *words, bool input);

/* The end, in words. */
void rcmd_fail(struct rcmd_talk *talk, const char *words);

/* ---- input.c ---- */

/* Catch the signals that are for the command; they come in under talk->waiting only. */
void rcmd_catch_signals(struct rcmd_talk *talk);

/* A signal that came since the last call; 0: none. */
int rcmd_take_signal(void);

/* Send what waits for the server, and the signal behind it. False: the server is gone. */
bool rcmd_send(struct rcmd_talk *talk);

/* Put a frame into talk->up, which is empty. */
void rcmd_put(struct rcmd_talk *talk, uint8_t type, uint64_t value, size_t len);

/* Some of standard input into a frame. */
void rcmd_read_input(struct rcmd_talk *talk);

/* ---- output.c ---- */

void rcmd_output_open(struct rcmd_output *output, int fd, const char *name);

/* Begin to count anew, for the next command. */
void rcmd_output_begin(struct rcmd_output *output);

/* What goes at once of `len` bytes; -1 with errno, EAGAIN when nothing does. */
ssize_t rcmd_output_write(struct rcmd_output *output, const void *bytes, size_t len);

/* ---- prompt.c ---- */

/* Commands from standard input, one a line. What rcmd exits with. */
int rcmd_lines(struct rcmd_talk *talk, bool terminal);

#endif
