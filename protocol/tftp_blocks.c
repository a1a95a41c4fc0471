/*
 * tftp_blocks: what an ACK means to a sender, and a DATA to a receiver. See tftp_engine.h.
 *
 * On the line a block has 16 bits; here its number never wraps. The distance from the last
 * block that both sides agree on tells which one is meant:
 *
 *	agreed on	  0    1 .. window    beyond
 *	it is ...	 that      new      behind it, or nonsense
 */
#include "protocol/tftp_engine_internal.h"

enum {
	NUMBERS = 65536, /* of blocks, if 0 follows 65535; one less if 1 does */
};

uint16_t
tftp_wire(const struct tftp_engine *engine, uint64_t block)
{
	if (engine->from_one && block > 0)
		return (uint16_t)((block - 1) % (NUMBERS - 1) + 1);
	return (uint16_t)(block % NUMBERS);
}

/* How many blocks `wire` is behind the last one that is agreed on, going forward. */
static uint32_t
distance(const struct tftp_engine *engine, uint16_t wire)
{
	uint32_t numbers = engine->from_one ? NUMBERS - 1 : NUMBERS;

	return (wire + numbers - tftp_wire(engine, engine->blocks)) % numbers;
}

/* ---- sender ---- */

/*
 * The first block of a larger window may be lost, and the receiver says so by repeating
 * its last ACK. But if each repeated ACK were answered with a window, each of these would
 * be acknowledged twice again, for ever. So not twice for one window, and not after a
 * window that went twice itself.
 */
static enum tftp_event
take_repeated_ack(struct tftp_engine *engine)
{
	if (engine->agreed.window == 1 || engine->highest == engine->blocks || engine->resent ||
	    engine->heeded)
		return TFTP_IGNORED;
	engine->next = engine->blocks + 1;
	engine->resent = true;
	engine->sent_ms = -1;
	return TFTP_HEEDED;
}

enum tftp_event
tftp_take_ack(struct tftp_engine *engine, int64_t now_ms, uint16_t wire)
{
	uint64_t block;
	uint32_t ahead;

	/* Sent as 0 and as 1 (tftp_time.c): the answer tells what the peer understands. */
	if (engine->blocks == UINT16_MAX && engine->highest == engine->blocks + 1 &&
	    engine->agreed.window == 1 && wire <= 1)
		engine->from_one = wire == 1;
	ahead = distance(engine, wire);
	block = engine->blocks + ahead;
	if (ahead == 0)
		return take_repeated_ack(engine);
	if (block > engine->highest)
		return TFTP_IGNORED;
	engine->proven = true;
	engine->blocks = block;
	engine->next = block + 1;
	if (block == engine->highest) {
		engine->heeded = engine->resent;
		engine->resent = false;
	} else { /* a hole behind it: RFC 7440 goes on from there */
		engine->resent = true;
	}
	tftp_progress(engine, now_ms);
	if (block == engine->last)
		engine->state = TFTP_DONE;
	return TFTP_HEEDED;
}

/* ---- receiver ---- */

static void
acknowledge(struct tftp_engine *engine, bool fresh)
{
	engine->control = true;
	engine->fresh = fresh;
	engine->ack_at = engine->blocks + engine->agreed.window;
}

/* Whether the size that was announced leaves room for this block. */
static bool
fits_size(struct tftp_engine *engine, size_t len)
{
	uint64_t total = engine->received + len;
	bool ends = len < engine->agreed.blksize;

	if (!(engine->agreed.set & TFTP_SET_TSIZE) || engine->request.mode != TFTP_OCTET ||
	    total == engine->agreed.tsize || (!ends && total < engine->agreed.tsize))
		return true;
	engine->shorts = len == engine->short_len ? engine->shorts + 1 : 1;
	engine->short_len = len;
	if (total > engine->agreed.tsize || engine->shorts >= TFTP_SHORT_MAX)
		tftp_fail(engine, TFTP_SIZE, true, TFTP_NOT_DEFINED,
		    total > engine->agreed.tsize ? "more than the announced size" :
						   "less than the announced size");
	return false; /* perhaps only damaged: it will come again */
}

static enum tftp_event
take_next(struct tftp_engine *engine, int64_t now_ms, const struct tftp_packet *packet,
    struct tftp_content *content)
{
	if (!fits_size(engine, packet->data_len))
		return tftp_is_open(engine) ? TFTP_IGNORED : TFTP_HEEDED;
	engine->state = TFTP_MOVING;
	engine->proven = true;
	engine->blocks++;
	engine->received += packet->data_len;
	engine->holed = false;
	engine->shorts = 0;
	tftp_progress(engine, now_ms);
	*content = (struct tftp_content){ .bytes = packet->data, .len = packet->data_len };
	if (packet->data_len < engine->agreed.blksize) {
		engine->state = TFTP_HELD;
		engine->control = false;
	} else if (engine->blocks >= engine->ack_at) {
		acknowledge(engine, true);
	}
	return TFTP_BLOCK;
}

/* Beyond the next one: tell once where the hole is. */
static enum tftp_event
take_ahead(struct tftp_engine *engine)
{
	if (engine->holed)
		return TFTP_IGNORED;
	engine->holed = true;
	acknowledge(engine, false);
	return TFTP_HEEDED;
}

/*
 * A block that is here already: our ACK was lost, and the sender begins its window again,
 * which then ends earlier than we thought. It is acknowledged at its end, once.
 */
static enum tftp_event
take_again(struct tftp_engine *engine, uint64_t block)
{
	uint64_t end = block + engine->agreed.window - 1;

	if (end < engine->blocks)
		return TFTP_IGNORED; /* older than any window under way: a late duplicate */
	if (end < engine->ack_at)
		engine->ack_at = end;
	if (block < engine->blocks || engine->ack_at > engine->blocks)
		return TFTP_IGNORED;
	acknowledge(engine, false);
	engine->repeats++;
	return TFTP_HEEDED;
}

static enum tftp_event
take_while_dallying(struct tftp_engine *engine, int64_t now_ms)
{
	int64_t end = now_ms + engine->dally_ms;

	engine->control = true;
	engine->repeats++;
	if (end < engine->progress_ms + TFTP_DALLY_MAX_MS)
		engine->dally_end_ms = end;
	return TFTP_HEEDED;
}

enum tftp_event
tftp_take_data(struct tftp_engine *engine, int64_t now_ms, const struct tftp_packet *packet,
    struct tftp_content *content)
{
	uint32_t window = engine->agreed.window, ahead, behind;

	if (engine->state == TFTP_DALLYING)
		return take_while_dallying(engine, now_ms);
	if (engine->blocks == UINT16_MAX && window == 1 && packet->block == 1)
		engine->from_one = true;
	ahead = distance(engine, packet->block);
	if (ahead >= 1 && ahead <= window) {
		if (packet->data_len > engine->agreed.blksize) {
			tftp_fail(engine, TFTP_BAD_BLOCK, true, TFTP_ILLEGAL,
			    "block is longer than agreed");
			return TFTP_HEEDED;
		}
		return ahead == 1 ? take_next(engine, now_ms, packet, content) :
				    take_ahead(engine);
	}
	behind = ahead ? (engine->from_one ? NUMBERS - 1 : NUMBERS) - ahead : 0;
	if (behind >= engine->blocks) /* there is no block 0 */
		return TFTP_IGNORED;
	return take_again(engine, engine->blocks - behind);
}
