/*
 * tftp_play: play a peer to an engine by hand.
 */
#ifndef TESTS_UNIT_TFTP_PLAY_H
#define TESTS_UNIT_TFTP_PLAY_H

#include "protocol/tftp_engine.h"
#include "tests/unit/unit.h"

extern uint8_t engine_buffer[TFTP_CONTROL_MAX]; /* what came out last */
extern struct tftp_content engine_content;	/* what came in last */

struct tftp_request
engine_request(enum tftp_opcode opcode, unsigned set, uint32_t blksize, uint32_t window);

/* A machine in the middle of things: blocks of 8 bytes, a window. */
struct tftp_engine engine_open(enum tftp_opcode opcode, bool asks, uint32_t window);

/* An ACK, or a DATA of `len` zeros, comes in. */
enum tftp_event engine_ack(struct tftp_engine *engine, int64_t now, uint16_t block);
enum tftp_event
engine_data(struct tftp_engine *engine, int64_t now, uint16_t block, size_t len);

/* What comes out: "3-5" are blocks, "A5" an ACK, "E5" an ERROR's code, "O", "R", "" nothing. */
const char *engine_out(struct tftp_engine *engine, int64_t now);

#define OUT(engine, now, expected) ck_assert_str_eq(engine_out(engine, now), expected)

/* Groups of the suite, each in the file of its name. */
void tftp_sender_tests(TCase *tcase);
void tftp_receiver_tests(TCase *tcase);

#endif
