/*
 * chatd: what the files of udpchatd share.
 *
 *	udpchatd.c  options, and what the loop of common/serve_udp calls
 *	door.c      HELLO and JOIN: nobody is a member before the cookie came back
 *	members.c   who is here: by token, by name, by address
 *	post.c      texts and answers on their way, and what becomes of them
 *	talk.c      a member's datagrams and records
 *	operator.c  the person at the server's own terminal
 */
#ifndef UDPCHATD_CHATD_H
#define UDPCHATD_CHATD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/serve_udp.h"
#include "common/siphash.h"
#include "protocol/chat.h"
#include "protocol/deliver.h"

enum {
	/*
	 * Places in a member's queue that only answers to its own records may take. A record
	 * is not taken in while more than RESERVE - DELIVER_WINDOW answers are owed, and one
	 * datagram can complete at most DELIVER_WINDOW records: so an answer always has room.
	 */
	ANSWERS_RESERVE = 2 * DELIVER_WINDOW,
	OPERATOR_LINE_MAX = 2 * CHAT_TEXT_MAX,
};

/* A name or a room's name, kept. */
struct label {
	uint8_t bytes[CHAT_NAME_MAX];
	size_t len;
};

struct member {
	struct udp_path path; /* proven by its cookie; nothing goes or comes any other way */
	uint64_t token;	      /* its last 16 bits are its place in the table */
	uint64_t random;      /* of its JOIN, to know a repeated one */
	struct label name, room;
	int64_t heard_ms;
	unsigned owed; /* answers it has not acknowledged yet */
	struct deliver_out out;
	struct deliver_in in;
};

/* What waits in queues: a record, perhaps for many members. */
struct post {
	unsigned places;  /* queues that hold it, and one for who is still giving it out */
	uint64_t asker;	  /* the token of who wants to know what became of it, or 0 */
	bool of_operator; /* the operator wants to know */
	bool is_answer;	  /* to its receiver's own record */
	uint32_t number;  /* of the asker's record */
	uint16_t taken, missed;
	size_t len;
	uint8_t record[CHAT_RECORD_MAX];
};

struct operator_line {
	char text[OPERATOR_LINE_MAX];
	size_t len;
	bool too_long; /* skip to its end */
	bool present;  /* standard input has not ended */
};

struct chatd {
	struct udp_serve_options options;
	uint8_t key[SIPHASH_KEY_SIZE]; /* of the cookies */
	struct member **members;       /* options.serve.max places; NULL: free */
	int count;
	int64_t due_ms; /* nothing is to be done before */
	struct operator_line operator;
	uint64_t welcomed, forwarded, malformed, strangers;
};

/* Send one datagram now. What the network or we lose is sent again. */
void chatd_send(const struct udp_path *path, const struct chat_packet *packet);

/* Something is due then, perhaps earlier than all else. */
void chatd_note_due(struct chatd *chatd, int64_t due_ms);

/* ---- door ---- */

void
door_hello(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *packet);
/* False: the cookie is not ours; not a byte was sent. */
bool
door_join(struct chatd *chatd, const struct udp_path *path, const struct chat_packet *packet);

/* ---- members ---- */

struct chat_span label_span(const struct label *label);
void label_set(struct label *label, struct chat_span span);

/* Who has this token and is at this address, or (path NULL) anywhere. */
struct member *
member_of(const struct chatd *chatd, uint64_t token, const struct udp_path *path);
struct member *member_named(const struct chatd *chatd, struct chat_span name);
struct member *member_at(const struct chatd *chatd, const struct udp_path *path);

/* How many have this address, whatever their ports. */
int members_of_host(const struct chatd *chatd, const struct net_address *host);

/* A new one; NULL when there is no place or memory. */
struct member *member_new(struct chatd *chatd, const struct udp_path *path,
    const struct chat_packet *join, int64_t now_ms);

/* It is told why, forgotten, and who waits for it to take something is told as well. */
void member_drop(struct chatd *chatd, struct member *member, enum chat_reason reason);

/* Send what is due to it. */
void member_pump(struct chatd *chatd, struct member *member, int64_t now_ms);

/* Retransmit, give up, expire: whatever is due by now. */
void members_tick(struct chatd *chatd, int64_t now_ms);

/* ---- posts ---- */

/* A post of this record with one place taken, or NULL. End with post_done(..., true, false). */
struct post *post_new(const struct chat_record *record);

/* Queue it for a member and send it. False: too much waits for that member. */
bool post_give(struct chatd *chatd, struct post *post, struct member *member);

/* A queue holds it no more; the member has taken it or not. The last one reports. */
void post_leave(struct chatd *chatd, struct post *post, bool taken);

/* All who were to get it have been given it. */
void post_close(struct chatd *chatd, struct post *post);

/* What became of a member's record, and other answers. */
void post_report(struct chatd *chatd, struct member *member, uint32_t number,
    enum chat_outcome outcome, uint16_t count);
void post_answer(struct chatd *chatd, struct member *member, const struct chat_record *record);

/* ---- talk ---- */

/* A datagram of a member's, beyond the door. */
void talk_receive(struct chatd *chatd, struct udp_server *server, const struct udp_path *path,
    const struct chat_packet *packet);

/* ---- operator ---- */

bool operator_input(struct udp_server *server, void *chatd);
/* A member's words to the operator. False: nobody is there to read them. */
bool operator_tell(const struct chatd *chatd, struct chat_span from, struct chat_span text);
/* What became of the operator's own words. */
void operator_report(const struct post *post);

#endif
