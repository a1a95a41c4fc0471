/*
 * tcpchat: what its files share: the call, and the terminal that shows it.
 */
#ifndef CLIENTS_TCPCHAT_H
#define CLIENTS_TCPCHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SCREEN_LINE = 1024, /* bytes of a line that are shown together */
};

/* Standard output when it is a terminal. Private to screen.c. */
struct screen {
	bool between;	  /* rows go above the line that is being typed */
	bool on_new_line; /* the same on a terminal that can only go on */
	bool colour;
	char part[SCREEN_LINE]; /* of a line whose end has not come: `len` bytes */
	size_t len;
};

/* A call that stands. */
struct call {
	int fd;
	bool caller;	       /* we called, they answered */
	bool person;	       /* standard input is a terminal */
	struct screen *screen; /* NULL: standard output is no terminal */
	uint64_t sent, received;
};

/* Talk until it is over. An exit status; what went wrong has been said. */
int chat_full(struct call *call); /* both at any time */
int chat_half(struct call *call); /* in turns, line by line */

/* Write all of it to standard output. 0, or -1 (said). */
int chat_write(const char *bytes, size_t len);

/* Words for the person at the terminal, as a line of their own. 0, or -1 (said). */
int chat_tell(struct call *call, const char *words);

/* Get ready; `typing`: lines may come while a line is typed here. */
void screen_open(struct screen *screen, bool typing);

/*
 * Show what the other side says: each line when it is whole, marked as theirs, with
 * what could drive the terminal escaped. 0, or -1 (said).
 */
int screen_feed(struct screen *screen, const char *bytes, size_t len);

/* Show the part of a line that waits for its end, if there is one. 0, or -1 (said). */
int screen_flush(struct screen *screen);

/* Show a line of the program's own, unmarked. 0, or -1 (said). */
int screen_tell(struct screen *screen, const char *words);

#endif
