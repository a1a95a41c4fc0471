/*
 * udpchat: what the files of the client share.
 *
 *	udpchat.c  options, and the loop that waits for the keyboard and the server
 *	link.c     the conversation with the server: cookie, token, delivery
 *	talk.c     what the user types: texts and commands
 *	hear.c     what comes: texts, lists, and what became of one's own
 *	screen.c   the terminal: its settings, and lines that do not tear the typed one
 *	line.c     the typed line: a pure editor, key by key
 */
#ifndef UDPCHAT_UDPCHAT_H
#define UDPCHAT_UDPCHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "common/net.h"
#include "common/opts.h"
#include "protocol/chat.h"
#include "protocol/deliver.h"

/* ---- line: the typed line ---- */

enum {
	LINE_MAX_BYTES = CHAT_TEXT_MAX + 64, /* a text and a command before it */
};

enum line_event {
	LINE_NOTHING,
	LINE_CHANGED,
	LINE_FULL,  /* the key had no room */
	LINE_READY, /* Enter: `text` is a line; line_clear before the next key */
	LINE_ENDED, /* ^D on an empty line */
};

struct line {
	char text[LINE_MAX_BYTES];
	size_t len;
	int escape; /* within the sequence of a key that has no meaning here */
};

/* One byte from the keyboard: ^H and DEL, ^U, ^W, ^D, Enter; UTF-8 stays whole. */
enum line_event line_key(struct line *line, unsigned char key);
void line_clear(struct line *line);

/*
 * The end of `text` that fits into `columns`: where it begins. Characters that are not
 * complete yet are not counted, and *len tells what can be shown.
 */
size_t line_visible(const char *text, size_t *len, size_t columns);

/* ---- screen: where people read ---- */

struct screen {
	bool interactive; /* a terminal for input and output: the line is edited here */
	bool colour;
	bool quiet; /* -q */
	struct termios saved;
	struct line line;
	char prompt[CHAT_NAME_MAX + 8];
};

/* Find out, and take over the terminal. screen_close gives it back. 0, or -1 with errno. */
int screen_open(struct screen *screen, bool quiet);
void screen_close(struct screen *screen);
void screen_suspend(struct screen *screen); /* ^Z: give it back, stop, take it again */

void screen_prompt(struct screen *screen, const char *prompt);
void screen_redraw(const struct screen *screen); /* the prompt and what is typed */

/* Enter: all of the line stays on the screen, on as many rows as it needs. */
void screen_leave_line(const struct screen *screen);
void screen_bell(const struct screen *screen);

/* A message: standard output, in its own line. 0, or -1 with errno. */
int screen_message(const struct screen *screen, struct chat_span room, struct chat_span from,
    struct chat_span text);

/* Data for the user, as a list. */
int screen_print(const struct screen *screen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* News: on a terminal between the messages, else a line of the log. */
void screen_note(const struct screen *screen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- link: the conversation with the server ---- */

enum link_state {
	LINK_CALLING, /* HELLO is out, or JOIN */
	LINK_UP,
	LINK_DOWN, /* it is over */
};

struct link {
	int fd;
	enum link_state state;
	int status;		 /* for exit, once DOWN ... */
	char why[NET_ERROR_MAX]; /* ... and the reason */
	struct net_address server;
	struct chat_span name;
	uint64_t random, token;
	int timeout_ms; /* -t; 0: none */
	int64_t began_ms, heard_ms;
	int64_t again_ms; /* HELLO or PING goes out (again) then ... */
	int pause_ms;	  /* ... and then after this */
	int quiet_ms;	  /* after so long without a word a PING goes out */
	bool refused;	  /* nobody listens there any more: read what is there, then end */
	bool ack_due;
	struct chat_packet acked; /* the last acknowledgement; no CHAT_ACK: none was sent */
	struct deliver_out out;
	struct deliver_in in;
};

/* Begin to call. 0, or -1: it has been said why. */
int link_open(struct link *link, const char *host, const struct client_options *options,
    const char *name);

/* Take leave, if there is somebody to take leave of. */
void link_close(struct link *link);

int64_t link_due(const struct link *link);
void link_tick(struct link *link, int64_t now_ms);

/*
 * Take a datagram; false when there is none. When it completes records, they come one by one
 * from link_next: decoded in *record, whose spans lie in `bytes`. When they have been shown,
 * and not before, link_acknowledge says so.
 */
bool link_receive(struct link *link, int64_t now_ms);
void link_acknowledge(struct link *link);
bool link_next(struct link *link, uint8_t bytes[DELIVER_BYTES_MAX], struct chat_record *record);

/* Send a record for sure; its number in *number. False: too much waits already. */
bool link_put(struct link *link, const struct chat_record *record, uint32_t *number);

/* ---- talk: texts and commands ---- */

enum {
	BOOK_MAX = 1024,     /* names that can be chosen by number */
	PENDING_COMFORT = 8, /* so many reports may be due before input waits */
};

struct label {
	char text[CHAT_NAME_MAX + 1]; /* a string */
};

/* A record of ours whose report has not come. */
struct pending {
	bool used, to_room;
	uint32_t number;
	enum chat_kind kind;
	struct label to;
};

struct talk {
	struct link *link;
	struct screen *screen;
	const char *name; /* our own */
	struct label to;  /* whom to talk to; empty: nobody is chosen yet */
	bool to_room;
	bool plain;	   /* lines are texts and no commands */
	struct label room; /* the one we are in, or empty */
	struct pending pending[DELIVER_QUEUE];
	int pending_count, failed;
	struct label book[BOOK_MAX];
	size_t book_count;
	uint32_t listed; /* of the list that is being received */
	int wanted;	 /* -n: leave after so many messages; 0: no */
	int heard;
	bool leaving;
	bool broken; /* there is nobody to read what comes */
};

/* Choose a receiver by its name, "#room" for a room. False: not a name. */
bool talk_choose(struct talk *talk, const char *to);
void talk_line(struct talk *talk, char *line, size_t len);
void talk_ask_who(struct talk *talk);
void talk_show_prompt(struct talk *talk);

/* A record from the server. */
void hear_record(struct talk *talk, const struct chat_record *record);

#endif
