/*
 * tftp_run: drive a TFTP transfer over a socket, from or to a file. See tftp_run.h.
 *
 *	out    what the engine has to say; the windows of a sender as trains of blocks
 *	ahead  a sender reads what comes next, a receiver writes what has come
 *	in     wait for datagrams; the engine takes them
 */
#include "link/tftp_run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/sys.h"
#include "common/udp_bulk.h"
#include "link/tftp_content.h"

enum {
	TRAIN_BLOCKS = 64,  /* of one sending call */
	WAIT_MAX_MS = 1000, /* before we look whether we are to stop */
};

struct session {
	struct tftp_run *run;
	struct tftp_engine *engine;
	struct udp_bulk bulk;
	bool begun; /* the content: blksize is agreed */
	struct tftp_source source;
	struct tftp_sink sink;
	unsigned char *room;
	bool locked; /* the peer's port is known */
	/* One look at the clock a turn: when the wait was over, or a file was made safe. */
	int64_t now_ms;
};

size_t
tftp_run_prepare(int socket)
{
	return udp_bulk_widen(socket, TFTP_RUN_RCVBUF);
}

/* ---- out ---- */

static void
fail(struct session *session, int error)
{
	if (session->engine->state != TFTP_DALLYING)
		session->run->error = error;
	tftp_abort(session->engine, tftp_code_of_errno(error), tftp_words_of_errno(error));
}

static void
trace(struct session *session, bool out, const void *head, size_t head_len, size_t len)
{
	if (session->run->trace)
		session->run->trace(session->run->arg, out, head, head_len, len);
}

static void
check_news(struct session *session, int result)
{
	if (result == -1 && errno == ECONNREFUSED)
		tftp_unreachable(session->engine);
}

/* Blocks [first, first + count) that lie at `bytes`: one train. */
static void
send_train(struct session *session, uint64_t first, size_t count, const unsigned char *bytes,
    size_t len)
{
	size_t blksize = session->engine->agreed.blksize;
	uint8_t headers[TRAIN_BLOCKS][TFTP_HEADER];
	struct iovec pieces[TRAIN_BLOCKS * UDP_PIECES];

	for (size_t i = 0; i < count; i++) {
		size_t at = i * blksize, n = len - at < blksize ? len - at : blksize;

		tftp_put_data_header(headers[i], tftp_wire(session->engine, first + i));
		pieces[2 * i] = (struct iovec){ headers[i], TFTP_HEADER };
		pieces[2 * i + 1] = (struct iovec){ (void *)(uintptr_t)(bytes + at), n };
		trace(session, true, headers[i], TFTP_HEADER, TFTP_HEADER + n);
	}
	check_news(
	    session, udp_bulk_send(&session->bulk, pieces, count, TFTP_HEADER + blksize));
}

/* A burst, in as many trains as its content lies in pieces. */
static void
send_blocks(struct session *session, uint64_t first, uint64_t count)
{
	size_t blksize = session->engine->agreed.blksize;

	while (count > 0 && tftp_is_open(session->engine)) {
		uint64_t n = count < TRAIN_BLOCKS ? count : TRAIN_BLOCKS;
		uint64_t offset = (first - 1) * blksize, left = n * blksize;
		const unsigned char *bytes;
		size_t len;

		if (session->source.ended && offset + left > session->source.size)
			left = session->source.size - offset; /* the last block is not full */
		len = (size_t)left;
		bytes = tftp_source_get(&session->source, offset, &len);
		if (bytes == NULL) {
			fail(session, errno);
			return;
		}
		if (len < left)
			n = len / blksize;
		send_train(session, first, (size_t)n, bytes, len);
		first += n;
		count -= n;
	}
}

/* A sender must know by now whether its content ends within the window. */
static void
reach(struct session *session)
{
	struct tftp_engine *engine = session->engine;
	uint64_t blksize = engine->agreed.blksize;

	if (!engine->sends || engine->state != TFTP_MOVING)
		return;
	if (tftp_source_reach(&session->source, engine->blocks * blksize,
		tftp_window_end(engine) * blksize) == -1)
		fail(session, errno);
	else if (session->source.ended)
		tftp_ends(engine, session->source.size);
}

static void
send_control(struct session *session, const uint8_t *bytes, size_t len)
{
	struct iovec pieces[UDP_PIECES] = { { (void *)(uintptr_t)bytes, len }, { NULL, 0 } };

	trace(session, true, bytes, len, len);
	check_news(session, udp_bulk_send(&session->bulk, pieces, 1, len));
}

static void
let_out(struct session *session)
{
	uint8_t buffer[TFTP_CONTROL_MAX];
	struct tftp_output out;

	for (;;) {
		reach(session);
		out = tftp_output(session->engine, session->now_ms, buffer);
		if (out.kind == TFTP_NOTHING)
			return;
		if (out.kind == TFTP_CONTROL)
			send_control(session, buffer, out.len);
		else
			send_blocks(session, out.first, out.count);
	}
}

/* ---- in ---- */

static bool
same_port(const struct net_address *a, const struct net_address *b)
{
	return net_port(a) == net_port(b) && net_same_host(a, b);
}

/*
 * Whose is it? The peer's host answers a request from a new port. From then on anybody
 * else is a stranger: he is told so, and the transfer goes on.
 */
static bool
is_peers(struct session *session, const struct udp_train *train)
{
	uint8_t words[TFTP_CONTROL_MAX];
	ssize_t len;

	if (session->bulk.connected)
		return true;
	if (session->locked ? same_port(&train->from, &session->bulk.peer) :
			      net_same_host(&train->from, &session->bulk.peer))
		return true;
	len = tftp_answer_stranger(words, sizeof words, train->bytes, train->each);
	if (len > 0)
		udp_bulk_send_to(&session->bulk, &train->from, words, (size_t)len);
	if (session->run->stranger)
		session->run->stranger(session->run->arg, &train->from);
	return false;
}

/* Who has answered first is the peer. */
static void
lock(struct session *session, const struct net_address *from)
{
	if (session->locked || session->engine->state == TFTP_ASKING)
		return;
	session->locked = true;
	if (session->bulk.connected)
		return;
	session->bulk.peer = *from;
	session->run->peer = *from;
}

/* The content has begun: who sends opens the source, who receives the sink. */
static void
begin_content(struct session *session)
{
	const struct tftp_engine *engine = session->engine;
	bool netascii = engine->request.mode == TFTP_NETASCII;
	size_t blksize = engine->agreed.blksize;
	int result;

	if (session->begun || engine->state == TFTP_ASKING || engine->state == TFTP_OFFERING)
		return;
	session->begun = true;
	if (engine->sends)
		result = tftp_source_begin(&session->source, session->run->file, netascii,
		    blksize, blksize * engine->agreed.window);
	else
		result = tftp_sink_begin(&session->sink, session->run->file, netascii);
	if (result == -1)
		fail(session, errno);
}

static void
take(struct session *session, const unsigned char *bytes, size_t len)
{
	struct tftp_content content;

	trace(session, false, bytes, len, len);
	if (tftp_input(session->engine, session->now_ms, bytes, len, &content) != TFTP_BLOCK)
		return;
	begin_content(session);
	if (tftp_is_open(session->engine) &&
	    tftp_sink_add(&session->sink, content.bytes, content.len) == -1)
		fail(session, errno);
}

static void
take_train(struct session *session, const struct udp_train *train)
{
	if (!is_peers(session, train))
		return;
	for (size_t at = 0; at < train->len; at += train->each) {
		size_t left = train->len - at;

		take(session, train->bytes + at, left < train->each ? left : train->each);
	}
	lock(session, &train->from);
}

/* How long there is nothing to do but wait. */
static int
wait_ms(const struct session *session)
{
	int64_t wait = tftp_due(session->engine) - session->now_ms;

	if (wait < 0)
		return 0;
	return wait < WAIT_MAX_MS ? (int)wait : WAIT_MAX_MS;
}

/* Only where the kernel does not end us with our parent. Whether to go on. */
static bool
watch_lifeline(struct session *session, int wait)
{
	struct pollfd watch[] = {
		{ .fd = session->bulk.fd, .events = POLLIN },
		{ .fd = session->run->lifeline, .events = POLLIN },
	};

	if (session->run->lifeline == -1)
		return true;
	if (poll(watch, 2, wait) > 0 && watch[1].revents)
		fail(session, ECANCELED);
	return watch[0].revents != 0;
}

static void
let_in(struct session *session)
{
	struct udp_train trains[UDP_TRAINS];
	int wait = wait_ms(session), count;
	/* With one block or ACK at a time there is never a second datagram. */
	int most =
	    session->engine->agreed.window == 1 || session->engine->sends ? 1 : UDP_TRAINS;

	if (!watch_lifeline(session, wait)) {
		session->now_ms = sys_now_ms();
		return;
	}
	count = udp_bulk_receive(&session->bulk, session->room, wait, most, trains);
	if (count == -1)
		check_news(session, -1);
	session->now_ms = sys_now_ms();
	for (int i = 0; i < count; i++)
		take_train(session, &trains[i]);
}

/* ---- the whole ---- */

/* All is here: it must be safe before the last ACK goes. */
static void
finish(struct session *session)
{
	struct tftp_run *run = session->run;

	if (tftp_sink_finish(&session->sink) == -1 ||
	    (run->finish && run->finish(run->arg) == -1)) {
		fail(session, errno);
		return;
	}
	run->bytes = session->sink.bytes;
	session->now_ms = sys_now_ms();
	tftp_confirm(session->engine, session->now_ms);
	(void)udp_bulk_connect(&session->bulk); /* to hear that the peer is gone */
}

/* What can be done while datagrams travel: read ahead, write what has come. */
static void
use_time(struct session *session)
{
	struct tftp_engine *engine = session->engine;

	if (!session->begun || !tftp_is_open(engine))
		return;
	if (engine->sends)
		tftp_source_ahead(
		    &session->source, tftp_window_end(engine) * engine->agreed.blksize);
	else if (engine->state == TFTP_HELD)
		finish(session);
	else if (engine->state == TFTP_MOVING && tftp_sink_put(&session->sink) == -1)
		fail(session, errno);
}

static void
tell_progress(struct session *session)
{
	struct tftp_run *run = session->run;
	uint64_t bytes = session->engine->blocks * session->engine->agreed.blksize;

	if (session->begun && session->engine->sends && session->source.ended &&
	    bytes > session->source.size)
		bytes = session->source.size;
	if (session->begun)
		run->bytes = session->engine->sends ? bytes : session->sink.bytes;
	if (run->progress)
		run->progress(run->arg, run->bytes);
}

static bool
leaves_early(const struct tftp_run *run)
{
	return run->leave_early && run->engine->state == TFTP_DALLYING;
}

static void
turn(struct session *session)
{
	if (session->run->stop && *session->run->stop)
		fail(session, ECANCELED);
	begin_content(session);
	let_out(session);
	use_time(session);
	if (!tftp_is_open(session->engine))
		return;
	if (session->engine->control) /* the last ACK */
		let_out(session);
	if (leaves_early(session->run))
		return;
	let_in(session);
	tftp_tick(session->engine, session->now_ms);
	tell_progress(session);
}

bool
tftp_run(struct tftp_run *run)
{
	struct session session = {
		.run = run,
		.engine = run->engine,
		.now_ms = sys_now_ms(),
	};

	run->bytes = 0;
	run->error = 0;
	session.room = malloc(UDP_BULK_ROOM);
	udp_bulk_begin(&session.bulk, run->socket, run->connected ? NULL : &run->peer);
	session.bulk.stop = run->stop;
	if (session.room == NULL)
		fail(&session, errno);
	while (tftp_is_open(run->engine) && !leaves_early(run))
		turn(&session);
	let_out(&session);
	if (session.begun && run->engine->sends)
		tftp_source_end(&session.source);
	else if (session.begun)
		tftp_sink_end(&session.sink);
	free(session.room);
	return run->engine->state == TFTP_DONE || leaves_early(run);
}
