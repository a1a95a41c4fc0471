/*
 * chat: what the tests of udpchatd and udpchat share: the relay, and members made by hand.
 *
 * A peer speaks chat(5) itself. It uses the suite's codec and delivery, which have tests of
 * their own, and keeps nothing from the test: each datagram can also be sent and heard raw.
 */
#ifndef TESTS_E2E_CHAT_H
#define TESTS_E2E_CHAT_H

#include "protocol/chat.h"
#include "protocol/deliver.h"
#include "tests/harness.h"

enum {
	HEARD_MAX = 64,
};

struct heard {
	struct chat_record record; /* its spans lie in `bytes` */
	uint8_t bytes[DELIVER_BYTES_MAX];
};

struct peer {
	int fd;
	uint64_t random, token;
	uint16_t idle_s;
	bool up;
	int refused; /* the reason and 1, or 0 */
	int gone;    /* a BYE's reason and 1, or 0 */
	char name[CHAT_NAME_MAX + 1];
	int64_t again_ms;
	struct deliver_out out;
	struct deliver_in in;
	/* Called with each record in order; NULL: they are kept for peer_hear. */
	void (*on_record)(struct peer *peer, const struct chat_record *record);
	struct heard *heard; /* HEARD_MAX, if there is no on_record */
	size_t heard_count, heard_taken;
	struct peer *next; /* of all: they last as long as the test */
};

/* `name` in build/tests: the relay, to this server; -p 0 and these options are added. */
struct program *relay_start(const char *server, const char *const *options);

/* One datagram there, one back (waits; fails the test when none comes). */
void chat_put(int fd, const struct chat_packet *packet);
enum chat_type chat_get(int fd, uint8_t bytes[CHAT_DATAGRAM_MAX], struct chat_packet *packet);

/* A cookie for this socket's address. */
uint64_t chat_get_cookie(int fd, uint64_t random);

/* Begin to join; go on with peer_turn until up, refused or gone. */
struct peer *peer_new(const char *address, const char *name);
/* What is due goes out, what has come is taken. */
void peer_turn(struct peer *peer);
/* Take turns until *flag is not 0, or the test fails. */
void peer_await(struct peer *peer, const int *flag, const char *what);
/* Join and wait until it is done. */
struct peer *peer_join(const char *address, const char *name);
/* The next record that is not REPORT or LIST (any: with `kind` 0). */
const struct chat_record *peer_hear(struct peer *peer, enum chat_kind kind);

/* Queue a record; its number. The strings must not be empty; NULL: none. */
uint32_t peer_send(struct peer *peer, enum chat_kind kind, const char *name, const char *room,
    const char *text);
void peer_expect_text(struct peer *peer, const char *from, const char *room, const char *text);
void
peer_expect_report(struct peer *peer, uint32_t number, enum chat_outcome outcome, int count);
void peer_expect_nothing(struct peer *peer, int ms);
void peer_say_bye(struct peer *peer);

#endif
