/*
 * chat: the datagrams of udpchatd(8) and udpchat(1), as chat(5) describes them byte by
 * byte. Pure functions over buffers, used by both sides and by the tests.
 *
 *	client                                  server
 *	HELLO random, padding     ---------->   (keeps nothing)
 *	                          <----------   COOKIE random, cookie
 *	JOIN random, cookie, name ---------->   (now the address is proven)
 *	                          <----------   WELCOME random, token / REFUSED
 *	DATA token, n, record     ---------->
 *	                          <----------   ACK token, next, early
 *	                          <----------   DATA token, m, record
 *	ACK token, next, early    ---------->
 *	PING                      ---------->   PONG, when there is nothing else to say
 *	BYE                       ---------->   (either side may)
 *
 * A DATA datagram carries one record. Both directions number theirs from 0, and
 * protocol/deliver.h sees to it that each arrives once and in order.
 *
 * Spans point into the datagram that was decoded; nothing is copied.
 */
#ifndef PROTOCOL_CHAT_H
#define PROTOCOL_CHAT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHAT_MAGIC = 0x5343, /* "SC" */
	CHAT_VERSION = 1,

	CHAT_DATAGRAM_MAX = 1200, /* passes everywhere without fragments: RFC 8085, 3.2 */
	CHAT_HELLO_SIZE = 32,	  /* padded, so that no answer is larger than it */
	CHAT_DATA_HEAD = 16,	  /* bytes of a DATA datagram before its record */
	CHAT_RECORD_MAX = CHAT_DATAGRAM_MAX - CHAT_DATA_HEAD,
	CHAT_NAME_MAX = 32, /* bytes of a name or a room's name */
	CHAT_TEXT_MAX = 1000,
};

/* The person at the server's terminal: a name that nobody else can have. */
#define CHAT_OPERATOR "operator"

enum chat_type {
	CHAT_HELLO = 1,
	CHAT_COOKIE,
	CHAT_JOIN,
	CHAT_WELCOME,
	CHAT_REFUSED,
	CHAT_DATA,
	CHAT_ACK,
	CHAT_PING,
	CHAT_PONG,
	CHAT_BYE,
};

enum chat_reason {	 /* of REFUSED and BYE */
	CHAT_LEFT = 0,	 /* who says it leaves */
	CHAT_NAME_TAKEN, /* somebody else has it */
	CHAT_NAME_BAD,	 /* not a name */
	CHAT_FULL,	 /* as many members as there may be */
	CHAT_KICKED,	 /* by the operator */
	CHAT_SILENT,	 /* nothing was heard for too long */
	CHAT_UNKNOWN,	 /* the token is no member's, or not from this address */
	CHAT_DEAF,	 /* did not acknowledge what it was sent */
	CHAT_TOO_MANY,	 /* members of one address */
	CHAT_REASONS,
};

/* A name, a text: where it lies, and its length. */
struct chat_span {
	const uint8_t *bytes;
	size_t len;
};

/* One datagram. Which members count is said in chat(5), and by chat.c's table. */
struct chat_packet {
	enum chat_type type;
	uint64_t random;	 /* HELLO, COOKIE, JOIN, WELCOME, REFUSED: the client's */
	uint64_t cookie;	 /* COOKIE, JOIN */
	uint64_t token;		 /* WELCOME and all below it */
	uint32_t number;	 /* DATA: its own; ACK: the next one wanted; PING, PONG: any */
	uint8_t early;		 /* ACK: bit i: number + 1 + i has come too */
	uint16_t idle_s;	 /* WELCOME: who is silent for so long is forgotten */
	uint8_t reason;		 /* REFUSED, BYE */
	struct chat_span name;	 /* JOIN */
	struct chat_span record; /* DATA; not looked into: chat_decode_record */
};

enum chat_kind {
	CHAT_SAY = 1, /* to the server: text for `name`, or else for `room` */
	CHAT_WHO,     /* to the server: members from place `number` on, 0 to begin */
	CHAT_ENTER,   /* to the server: into `room`, out of any other */
	CHAT_LEAVE,   /* to the server: out of the room */
	CHAT_TEXT,    /* to a member: from `name`, in `room` or to it alone */
	CHAT_REPORT,  /* to a member: what became of its record `number` */
	CHAT_LIST,    /* to a member: `text` holds entries; `number` goes on, 0: the end */
};

enum chat_outcome {
	CHAT_DELIVERED = 0, /* acknowledged by `count` members; or: done */
	CHAT_NOT_TAKEN,	    /* not by all: `count` of them have it */
	CHAT_NOBODY,	    /* nobody has that name, or nobody else is in that room */
	CHAT_CROWDED,	    /* too much waits for that member already */
	CHAT_NOT_INSIDE,    /* of a room that one is not in */
	CHAT_OUTCOMES,
};

struct chat_record {
	enum chat_kind kind;
	struct chat_span name, room, text;
	uint32_t number;
	uint8_t outcome;
	uint16_t count;
};

enum chat_error {
	CHAT_OK,
	CHAT_FOREIGN,	 /* not a datagram of this protocol */
	CHAT_OTHER,	 /* of another version */
	CHAT_BAD_TYPE,	 /* or a record of an unknown kind */
	CHAT_BAD_LENGTH, /* cut short, or bytes left over, or too long */
	CHAT_BAD_NAME,
	CHAT_BAD_TEXT,
	CHAT_BAD_VALUE, /* a reason or an outcome that is none */
	CHAT_ERRORS,
};

/* From bytes. Only with CHAT_OK may *packet or *record be used. */
enum chat_error chat_decode(const void *bytes, size_t len, struct chat_packet *packet);
enum chat_error chat_decode_record(const void *bytes, size_t len, struct chat_record *record);

/* To bytes: how many, or -1 if there is no room or a name or text is not allowed. */
ssize_t chat_encode(const struct chat_packet *packet, void *buffer, size_t capacity);
ssize_t chat_encode_record(const struct chat_record *record, void *buffer, size_t capacity);

/* The entries of a LIST: each a member and its room, which may be empty. */
bool chat_next_entry(struct chat_span *list, struct chat_span *name, struct chat_span *room);
/* Append one to `len` bytes of a list: the new length, or 0 when it does not fit. */
size_t chat_add_entry(
    void *list, size_t len, size_t capacity, struct chat_span name, struct chat_span room);

/* 1 to CHAT_NAME_MAX bytes of utf8_is_name_character. */
bool chat_is_name(struct chat_span name);
/* 1 to CHAT_TEXT_MAX bytes of UTF-8; control characters are for who prints it to escape. */
bool chat_is_text(struct chat_span text);

bool chat_same(struct chat_span a, struct chat_span b);
struct chat_span chat_span_of(const char *string);

/* In words, for people. */
const char *chat_error_words(enum chat_error error);
const char *chat_reason_words(uint8_t reason);

#endif
