/*
 * The groups of tftpd's checks, each in the file of its name, and a client by hand.
 */
#ifndef TESTS_E2E_TFTPD_H
#define TESTS_E2E_TFTPD_H

#include <sys/socket.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp_codes.h"

void tftpd_core(Suite *suite);
void tftpd_refusals(Suite *suite);
void tftpd_traps(Suite *suite);
void tftpd_limits(Suite *suite);
void tftpd_addresses(Suite *suite);
void tftpd_words(Suite *suite);

enum {
	TFTP_MAX = 65536, /* a datagram */
};

/* A client: its socket, where it asks, and who has answered it last. */
struct call {
	int fd;
	struct sockaddr_storage asks, peer;
	socklen_t len;
	unsigned char bytes[TFTP_MAX];
	size_t got;

	/* The datagram before, by its opcode and number, and when it came. */
	unsigned char last[4];
	int64_t heard_ms;
};

/* A directory to serve, "top", with file "f" of `size` bytes (lab_fill, seed 1). */
const char *tftp_top(size_t size);

/* Of a server that was started, or that SUT names. */
struct call *call_with(const struct program *server);
void call_end(struct call *talk);

/* A request: the bytes behind the opcode, as a literal; its last NUL counts. */
#define ASK(talk, opcode, fields) call_ask(talk, opcode, fields, sizeof(fields))
void call_ask(struct call *talk, int opcode, const void *fields, size_t len);

/* To whoever has answered last. */
void call_say(struct call *talk, const void *bytes, size_t len);
void call_ack(struct call *talk, unsigned block);
void call_data(struct call *talk, unsigned block, const void *bytes, size_t len);

/*
 * The next datagram must be this one. A server that is left without an answer says the same
 * again in time; where a slow machine has made us late that is no failure.
 */
void call_hear_error(struct call *talk, unsigned code);
void call_hear_ack(struct call *talk, unsigned block);
/* Its content is at talk->bytes + 4, `len` bytes. */
void call_hear_data(struct call *talk, unsigned block, size_t len);
#define HEAR_OACK(talk, options) call_hear_oack(talk, options, sizeof(options))
void call_hear_oack(struct call *talk, const void *options, size_t len);
void call_hear_nothing(struct call *talk);
/* Nothing but what was heard last. */
void call_hear_nothing_new(struct call *talk);

/*
 * A transfer of "f" that has 600 bytes: the first of two blocks is here, and the server waits
 * for us for 9 s without saying it again; and the rest of it.
 */
struct call *call_begin(const struct program *server);
void call_finish(struct call *talk);

/* A block of "f", as lab_fill made it. */
void call_expect_content(const struct call *talk, size_t size, size_t offset, size_t len);

#endif
