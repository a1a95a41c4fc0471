/*
 * Fuzzes protocol/tftp_engine: one machine against a peer that says anything at any time.
 *
 * The first byte says which of the four parties it is, the second and third what options
 * are wished; then come moves: time passes, an ACK or DATA with a number near the right
 * one, or bytes as they are. Whatever happens: blocks come in order, none is sent beyond
 * the window or the end, what is due lies ahead, and in the end it ends.
 */
#include "protocol/tftp_engine.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

enum {
	SIZE = 1000, /* of the content that is sent */
};

struct game {
	struct tftp_engine engine;
	const uint8_t *at, *end;
	int64_t now;
	uint64_t taken; /* bytes */
	uint64_t outputs;
};

static uint8_t
next(struct game *game)
{
	return game->at < game->end ? *game->at++ : 0;
}

static void
let_out(struct game *game)
{
	struct tftp_engine *engine = &game->engine;
	uint8_t buffer[TFTP_CONTROL_MAX];
	struct tftp_output out;

	for (int i = 0;; i++) {
		FUZZ_MUST(i < 4);
		if (engine->sends && engine->state == TFTP_MOVING)
			tftp_ends(engine, SIZE);
		out = tftp_output(engine, game->now, buffer);
		if (out.kind == TFTP_NOTHING)
			return;
		game->outputs++;
		if (out.kind == TFTP_CONTROL) {
			FUZZ_MUST(out.len >= 4 && out.len <= sizeof buffer);
			continue;
		}
		FUZZ_MUST(engine->sends && out.count >= 1);
		FUZZ_MUST(out.first > engine->blocks);
		FUZZ_MUST(out.count <= engine->agreed.window);
		FUZZ_MUST(out.first + out.count - 1 <= SIZE / engine->agreed.blksize + 1);
	}
}

static void
put_in(struct game *game, const uint8_t *bytes, size_t len)
{
	struct tftp_engine *engine = &game->engine;
	struct tftp_content content;
	uint64_t before = engine->blocks;
	bool open = tftp_is_open(engine);
	enum tftp_event event = tftp_input(engine, game->now, bytes, len, &content);

	FUZZ_MUST(open || event == TFTP_IGNORED);
	FUZZ_MUST(engine->blocks >= before);
	if (event != TFTP_BLOCK)
		return;
	FUZZ_MUST(!engine->sends && engine->blocks == before + 1);
	FUZZ_MUST(content.bytes == bytes + TFTP_HEADER && content.len == len - TFTP_HEADER);
	FUZZ_MUST(content.len <= engine->agreed.blksize);
	FUZZ_MUST((engine->state == TFTP_HELD) == (content.len < engine->agreed.blksize));
	game->taken += content.len;
	FUZZ_MUST(game->taken == engine->received);
	if (engine->state == TFTP_HELD)
		tftp_confirm(engine, game->now);
}

/* An ACK or a DATA whose number is the next one, more or less. */
static void
say_number(struct game *game, bool data)
{
	static uint8_t bytes[TFTP_HEADER + 2048];
	uint16_t block = (uint16_t)(tftp_wire(&game->engine, game->engine.blocks) +
				    (uint16_t)(int8_t)next(game));
	size_t len = TFTP_HEADER;

	if (data) {
		len += game->engine.agreed.blksize;
		if (next(game) < 32)
			len -= 1;
		if (len > sizeof bytes)
			len = sizeof bytes;
	}
	tftp_put_data_header(bytes, block);
	if (!data)
		tftp_encode_ack(bytes, sizeof bytes, block);
	put_in(game, bytes, len);
}

static void
move(struct game *game)
{
	uint8_t kind = next(game);
	size_t left = (size_t)(game->end - game->at), len = kind / 4;
	int64_t due = tftp_due(&game->engine);

	switch (kind % 4) {
	case 0:
		game->now += kind;
		if (kind > 128 && due != INT64_MAX && due > game->now)
			game->now = due;
		break;
	case 1:
		say_number(game, false);
		break;
	case 2:
		say_number(game, true);
		break;
	case 3:
		len = len < left ? len : left;
		put_in(game, game->at, len);
		game->at += len;
		break;
	}
	tftp_tick(&game->engine, game->now);
	FUZZ_MUST(tftp_due(&game->engine) > game->now || game->engine.state == TFTP_DALLYING);
	let_out(game);
}

/* Nobody says anything more: it ends, and without many words. */
static void
fall_silent(struct game *game)
{
	game->outputs = 0;
	for (int i = 0; tftp_is_open(&game->engine); i++) {
		int64_t due = tftp_due(&game->engine);

		FUZZ_MUST(i < 100 && due != INT64_MAX);
		game->now = due > game->now ? due : game->now;
		tftp_tick(&game->engine, game->now);
		let_out(game);
	}
	FUZZ_MUST(game->outputs < 40);
	FUZZ_MUST(tftp_failure_words(&game->engine) != NULL);
	let_out(game);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct game game = { .at = data, .end = data + size };
	uint8_t who = next(&game), set = next(&game);
	struct tftp_request request = {
		.opcode = who & 1 ? TFTP_WRQ : TFTP_RRQ,
		.name = "f",
		.name_len = 1,
		.mode = who & 4 ? TFTP_NETASCII : TFTP_OCTET,
		.options = {
			.set = set % 16,
			.blksize = 8 + (uint32_t)next(&game) * 8,
			.timeout = 1 + next(&game) % 5,
			.tsize = SIZE,
			.window = 1 + next(&game) % 20,
		},
	};

	if (who & 2)
		tftp_ask(&game.engine, &request, 0);
	else
		tftp_answer(&game.engine, &request, &request.options, 0);
	if (who & 8) { /* near the roll */
		game.engine.state = TFTP_MOVING;
		game.engine.control = false;
		game.engine.proven = true;
		game.engine.agreed.set &= ~(unsigned)TFTP_SET_TSIZE;
		if (!game.engine.sends) {
			game.engine.blocks = 65530;
			game.engine.ack_at = 65530 + game.engine.agreed.window;
		}
	}
	let_out(&game);
	while (game.at < game.end)
		move(&game);
	fall_silent(&game);
	return 0;
}
