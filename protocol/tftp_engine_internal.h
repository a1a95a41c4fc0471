/*
 * tftp_engine_internal: what the files of the engine share. Nobody else includes this.
 *
 *   tftp_engine.c	the opening, the endings, what goes out
 *   tftp_blocks.c	ACK and DATA: numbers, windows, what a duplicate means
 *   tftp_time.c	round trips, repetitions, giving up
 */
#ifndef PROTOCOL_TFTP_ENGINE_INTERNAL_H
#define PROTOCOL_TFTP_ENGINE_INTERNAL_H

#include "protocol/tftp_engine.h"

/* tftp_engine.c */
void tftp_fail(struct tftp_engine *engine, enum tftp_failure failure, bool tell,
    enum tftp_code code, const char *text);

/* tftp_blocks.c */
enum tftp_event tftp_take_ack(struct tftp_engine *engine, int64_t now_ms, uint16_t block);
enum tftp_event tftp_take_data(struct tftp_engine *engine, int64_t now_ms,
    const struct tftp_packet *packet, struct tftp_content *content);

/* tftp_time.c */
void tftp_time_begin(struct tftp_engine *engine, int64_t now_ms);
void tftp_time_agree(struct tftp_engine *engine);
void tftp_progress(struct tftp_engine *engine, int64_t now_ms);

#endif
