/*
 * tftp_play: play a peer to an engine by hand. See tftp_play.h.
 */
#include "tests/unit/tftp_play.h"

#include <stdio.h>
#include <string.h>

uint8_t engine_buffer[TFTP_CONTROL_MAX];
struct tftp_content engine_content;

struct tftp_request
engine_request(enum tftp_opcode opcode, unsigned set, uint32_t blksize, uint32_t window)
{
	return (struct tftp_request){
		.opcode = opcode,
		.name = "f",
		.name_len = 1,
		.options = { .set = set, .blksize = blksize, .window = window },
	};
}

/* A machine in the middle of things: blocks of 8 bytes, a window. */
struct tftp_engine
engine_open(enum tftp_opcode opcode, bool asks, uint32_t window)
{
	const struct tftp_request request =
	    engine_request(opcode, TFTP_SET_BLKSIZE | TFTP_SET_WINDOW, 8, window);
	struct tftp_engine engine;
	uint8_t oack[64];
	ssize_t len = tftp_encode_oack(oack, sizeof oack, &request.options);

	if (asks)
		tftp_ask(&engine, &request, 0);
	else
		tftp_answer(&engine, &request, &request.options, 0);
	(void)tftp_output(&engine, 0, engine_buffer);
	if (asks)
		tftp_input(&engine, 0, oack, (size_t)len, &engine_content);
	else if (engine.sends)
		tftp_input(&engine, 0, "\0\4\0\0", 4, &engine_content);
	if (!engine.sends)
		(void)tftp_output(&engine, 0, engine_buffer);
	return engine;
}

enum tftp_event
engine_ack(struct tftp_engine *engine, int64_t now, uint16_t block)
{
	uint8_t bytes[4];

	tftp_encode_ack(bytes, sizeof bytes, block);
	return tftp_input(engine, now, bytes, sizeof bytes, &engine_content);
}

enum tftp_event
engine_data(struct tftp_engine *engine, int64_t now, uint16_t block, size_t len)
{
	uint8_t bytes[TFTP_HEADER + 1024] = { 0 };

	tftp_put_data_header(bytes, block);
	return tftp_input(engine, now, bytes, TFTP_HEADER + len, &engine_content);
}

/* What comes out: "3-5" are blocks, "A5" an ACK, "E5" an ERROR's code, "O", "R", "" nothing. */
const char *
engine_out(struct tftp_engine *engine, int64_t now)
{
	static char words[64];
	struct tftp_output output = tftp_output(engine, now, engine_buffer);
	struct tftp_packet packet;

	words[0] = '\0';
	if (output.kind == TFTP_BLOCKS)
		snprintf(words, sizeof words, "%lu-%lu", (unsigned long)output.first,
		    (unsigned long)(output.first + output.count - 1));
	if (output.kind != TFTP_CONTROL)
		return words;
	ck_assert_int_eq(tftp_decode(&packet, engine_buffer, output.len), TFTP_OK);
	if (packet.opcode == TFTP_ACK)
		snprintf(words, sizeof words, "A%u", packet.block);
	else if (packet.opcode == TFTP_ERROR)
		snprintf(words, sizeof words, "E%u", packet.code);
	else
		snprintf(words, sizeof words, "%.1s", tftp_opcode_name(packet.opcode));
	return words;
}
