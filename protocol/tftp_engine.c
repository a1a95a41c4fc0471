/*
 * tftp_engine: the opening, the endings, and what goes out. See tftp_engine.h.
 */
#include <string.h>

#include "protocol/tftp_engine_internal.h"

bool
tftp_is_open(const struct tftp_engine *engine)
{
	return engine->state != TFTP_DONE && engine->state != TFTP_FAILED;
}

/* ---- begin ---- */

static void
begin(struct tftp_engine *engine, const struct tftp_request *request, bool asks, int64_t now_ms)
{
	*engine = (struct tftp_engine){
		.asks = asks,
		.sends = (request->opcode == TFTP_WRQ) == asks,
		.request = *request,
		.agreed = { .blksize = TFTP_BLKSIZE_DEFAULT, .window = TFTP_WINDOW_MIN },
		.next = 1,
	};
	tftp_time_begin(engine, now_ms);
}

/* These options hold from now on. */
static void
agree(struct tftp_engine *engine, const struct tftp_options *options)
{
	engine->agreed = *options;
	if (!(options->set & TFTP_SET_BLKSIZE))
		engine->agreed.blksize = TFTP_BLKSIZE_DEFAULT;
	if (!(options->set & TFTP_SET_WINDOW))
		engine->agreed.window = TFTP_WINDOW_MIN;
	engine->ack_at = engine->agreed.window;
	tftp_time_agree(engine);
}

void
tftp_ask(struct tftp_engine *engine, const struct tftp_request *request, int64_t now_ms)
{
	begin(engine, request, true, now_ms);
	engine->state = TFTP_ASKING;
	engine->control = engine->fresh = true;
}

void
tftp_answer(struct tftp_engine *engine, const struct tftp_request *request,
    const struct tftp_options *granted, int64_t now_ms)
{
	begin(engine, request, false, now_ms);
	engine->exact_timeout = granted->timeout > TFTP_TIMEOUT_MIN;
	agree(engine, granted);
	engine->due_ms = now_ms + engine->rto_ms;
	engine->control = engine->fresh = granted->set || !engine->sends;
	engine->state = engine->control ? TFTP_OFFERING : TFTP_MOVING;
}

/* ---- end ---- */

void
tftp_fail(struct tftp_engine *engine, enum tftp_failure failure, bool tell, enum tftp_code code,
    const char *text)
{
	engine->state = TFTP_FAILED;
	engine->failure = failure;
	engine->code = code;
	engine->text_len = strnlen(text, TFTP_TEXT_MAX);
	memcpy(engine->text, text, engine->text_len);
	engine->control = false;
	engine->error = tell;
}

void
tftp_abort(struct tftp_engine *engine, enum tftp_code code, const char *text)
{
	if (engine->state == TFTP_DALLYING) /* all is well already */
		engine->state = TFTP_DONE;
	else if (tftp_is_open(engine))
		tftp_fail(engine, TFTP_ABORTED, engine->state != TFTP_ASKING, code, text);
}

void
tftp_unreachable(struct tftp_engine *engine)
{
	if (engine->state == TFTP_DALLYING)
		engine->state = TFTP_DONE;
	else if (tftp_is_open(engine))
		tftp_fail(engine,
		    engine->last && engine->highest == engine->last ? TFTP_UNCONFIRMED :
								      TFTP_GONE,
		    false, TFTP_NOT_DEFINED, "");
}

static enum tftp_event
take_error(struct tftp_engine *engine, const struct tftp_packet *packet)
{
	size_t len = packet->text_len < TFTP_TEXT_MAX ? packet->text_len : TFTP_TEXT_MAX;

	if (engine->state == TFTP_DALLYING) { /* it has ended what is at its end */
		engine->state = TFTP_DONE;
		return TFTP_HEEDED;
	}
	tftp_fail(engine, TFTP_PEER_ERROR, false, TFTP_NOT_DEFINED, "");
	engine->code = packet->code;
	engine->text_len = len;
	memcpy(engine->text, packet->text, len);
	return TFTP_HEEDED;
}

const char *
tftp_failure_words(const struct tftp_engine *engine)
{
	switch (engine->failure) {
	case TFTP_NO_FAILURE:
		return "nothing is wrong";
	case TFTP_PEER_ERROR:
		return "the other side refused";
	case TFTP_SILENCE:
		return engine->proven ? "the other side went silent" : "no answer";
	case TFTP_UNCONFIRMED:
		return "all was sent, but the last block was never confirmed";
	case TFTP_GONE:
		return engine->proven ? "the other side has gone" : "nobody is there";
	case TFTP_LATE:
		return "it took too long";
	case TFTP_OPTIONS:
		return "the options of the answer are not what was asked for";
	case TFTP_BAD_BLOCK:
		return "a block was longer than agreed";
	case TFTP_SIZE:
		return "it is not of the size that was announced";
	case TFTP_ABORTED:
		return "given up";
	}
	return "?";
}

/* ---- what comes ---- */

/* Only what was asked for, and no more of it. */
static bool
is_acceptable(const struct tftp_options *asked, const struct tftp_options *got)
{
	if (got->set == 0 || (got->set & ~asked->set))
		return false;
	if ((got->set & TFTP_SET_BLKSIZE) && got->blksize > asked->blksize)
		return false;
	if ((got->set & TFTP_SET_WINDOW) && got->window > asked->window)
		return false;
	return !(got->set & TFTP_SET_TIMEOUT) || got->timeout == asked->timeout;
}

static enum tftp_event
refuse_options(struct tftp_engine *engine)
{
	tftp_fail(engine, TFTP_OPTIONS, true, TFTP_BAD_OPTIONS, "not the options asked for");
	return TFTP_HEEDED;
}

/* The other side has answered for the first time. */
static void
open_up(struct tftp_engine *engine, int64_t now_ms)
{
	engine->proven = true;
	engine->state = TFTP_MOVING;
	engine->control = false;
	tftp_progress(engine, now_ms);
}

static void
open_with(struct tftp_engine *engine, int64_t now_ms, const struct tftp_options *options)
{
	agree(engine, options);
	open_up(engine, now_ms);
}

static enum tftp_event
take_oack(struct tftp_engine *engine, int64_t now_ms, const struct tftp_packet *packet)
{
	if (!engine->asks || (engine->state != TFTP_ASKING && engine->blocks > 0))
		return TFTP_IGNORED;
	if (engine->state == TFTP_ASKING) {
		if (!is_acceptable(&engine->request.options, &packet->options))
			return refuse_options(engine);
		open_with(engine, now_ms, &packet->options);
	} else if (engine->sends || engine->state != TFTP_MOVING) {
		return TFTP_IGNORED; /* repeated: DATA 1 is its answer and has a timer of its
					own */
	}
	engine->fresh = engine->control = !engine->sends; /* ACK 0 */
	return TFTP_HEEDED;
}

static enum tftp_event
take_ack(struct tftp_engine *engine, int64_t now_ms, uint16_t block)
{
	const struct tftp_options none = { .set = 0 };

	if (!engine->sends)
		return TFTP_IGNORED;
	if (engine->state == TFTP_MOVING)
		return tftp_take_ack(engine, now_ms, block);
	if (block != 0)
		return TFTP_IGNORED;
	if (engine->state == TFTP_ASKING)
		open_with(engine, now_ms, &none);
	else /* our OACK is accepted */
		open_up(engine, now_ms);
	return TFTP_HEEDED;
}

static enum tftp_event
take_data(struct tftp_engine *engine, int64_t now_ms, const struct tftp_packet *packet,
    struct tftp_content *content)
{
	const struct tftp_options none = { .set = 0 };

	if (engine->sends)
		return TFTP_IGNORED;
	if (engine->state == TFTP_ASKING) { /* a server that knows no options */
		if (packet->block != 1)
			return TFTP_IGNORED;
		open_with(engine, now_ms, &none);
	}
	return tftp_take_data(engine, now_ms, packet, content);
}

enum tftp_event
tftp_input(struct tftp_engine *engine, int64_t now_ms, const void *bytes, size_t len,
    struct tftp_content *content)
{
	struct tftp_packet packet;
	enum tftp_verdict verdict;

	if (!tftp_is_open(engine) || engine->state == TFTP_HELD)
		return TFTP_IGNORED;
	verdict = tftp_decode(&packet, bytes, len);
	if (verdict == TFTP_BAD_OPTION && packet.opcode == TFTP_OACK &&
	    engine->state == TFTP_ASKING)
		return refuse_options(engine);
	if (verdict != TFTP_OK)
		return TFTP_IGNORED;
	switch (packet.opcode) {
	case TFTP_DATA:
		return take_data(engine, now_ms, &packet, content);
	case TFTP_ACK:
		return take_ack(engine, now_ms, packet.block);
	case TFTP_OACK:
		return take_oack(engine, now_ms, &packet);
	case TFTP_ERROR:
		return take_error(engine, &packet);
	case TFTP_RRQ:
	case TFTP_WRQ:
		break;
	}
	return TFTP_IGNORED;
}

/* ---- what goes ---- */

uint64_t
tftp_window_end(const struct tftp_engine *engine)
{
	return engine->blocks + engine->agreed.window;
}

void
tftp_ends(struct tftp_engine *engine, uint64_t bytes)
{
	engine->last = bytes / engine->agreed.blksize + 1;
}

static struct tftp_output
put_control(struct tftp_engine *engine, int64_t now_ms, uint8_t *buffer)
{
	struct tftp_output out = { .kind = TFTP_CONTROL };
	ssize_t len;

	engine->control = false;
	engine->sent_ms = engine->fresh ? now_ms : -1;
	engine->fresh = false;
	if (engine->state == TFTP_ASKING)
		len = tftp_encode_request(buffer, TFTP_CONTROL_MAX, &engine->request);
	else if (engine->state == TFTP_OFFERING && engine->agreed.set)
		len = tftp_encode_oack(buffer, TFTP_CONTROL_MAX, &engine->agreed);
	else
		len = tftp_encode_ack(
		    buffer, TFTP_CONTROL_MAX, tftp_wire(engine, engine->blocks));
	if (len == -1) { /* a name that no request has room for */
		tftp_fail(engine, TFTP_ABORTED, false, TFTP_NOT_DEFINED, "name is too long");
		return (struct tftp_output){ .kind = TFTP_NOTHING };
	}
	out.len = (size_t)len;
	return out;
}

static struct tftp_output
put_blocks(struct tftp_engine *engine, int64_t now_ms)
{
	uint64_t first = engine->next, end = tftp_window_end(engine);

	if (engine->last && engine->last < end)
		end = engine->last;
	if (first > end)
		return (struct tftp_output){ .kind = TFTP_NOTHING };
	if (first > engine->highest)
		engine->sent_ms = now_ms;
	else
		engine->repeats += (engine->highest < end ? engine->highest : end) - first + 1;
	if (end > engine->highest)
		engine->highest = end;
	engine->next = end + 1;
	return (struct tftp_output){
		.kind = TFTP_BLOCKS,
		.first = first,
		.count = (uint32_t)(end - first + 1),
	};
}

struct tftp_output
tftp_output(struct tftp_engine *engine, int64_t now_ms, uint8_t buffer[TFTP_CONTROL_MAX])
{
	struct tftp_output out = { .kind = TFTP_NOTHING };
	char text[TFTP_TEXT_MAX + 1];

	if (engine->error) {
		engine->error = false;
		memcpy(text, engine->text, engine->text_len);
		text[engine->text_len] = '\0';
		out.kind = TFTP_CONTROL;
		out.len = (size_t)tftp_encode_error(
		    buffer, TFTP_CONTROL_MAX, (enum tftp_code)engine->code, text);
	} else if (tftp_is_open(engine)) {
		if (engine->control)
			return put_control(engine, now_ms, buffer);
		if (engine->sends && engine->state == TFTP_MOVING)
			return put_blocks(engine, now_ms);
	}
	return out;
}
