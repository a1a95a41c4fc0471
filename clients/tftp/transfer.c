/*
 * transfer: one file, asked for and moved; and what to say if it did not come about.
 *
 *	options	blksize		what the way carries whole, or -B
 *		tsize		the file's size, or 0: tell me
 *		windowsize	as many blocks as the socket can hold at once, 64 at most
 *		timeout		1 s, as a bound to what is measured; or just -R
 *
 * A server that does not know options ignores them, and answers as in 1992. One that
 * refuses them is asked again without, from another port.
 */
#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "clients/tftp/tftp.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"
#include "common/udp.h"

enum {
	NEVER_MS = INT32_MAX,
	WAY_MARGIN = 40,     /* for tunnels on the way: an MTU of 1500 gives the usual 1428 */
	ETHERNET = 1428,     /* where the system does not tell */
	LOOPBACK_OWN = 8192, /* likewise, on our own machine */
};

/* ---- what is asked for ---- */

/* The largest blksize whose datagrams the way carries without fragments. */
static uint32_t
blksize_of_way(const struct net_address *peer)
{
	size_t most = udp_payload_of_way(peer);

	if (most == 0)
		return net_is_loopback(peer) ? LOOPBACK_OWN : ETHERNET;
	if (!net_is_loopback(peer))
		most = most > WAY_MARGIN ? most - WAY_MARGIN : 0;
	if (most < TFTP_HEADER + TFTP_BLKSIZE_DEFAULT)
		return TFTP_BLKSIZE_DEFAULT;
	most -= TFTP_HEADER;
	return most < TFTP_BLKSIZE_MAX ? (uint32_t)most : TFTP_BLKSIZE_MAX;
}

static void
choose_options(const struct tftp_transfer *transfer, const struct net_address *peer,
    size_t room, struct tftp_options *options)
{
	const struct tftp_settings *settings = transfer->settings;
	uint32_t window = settings->window ? settings->window : TFTP_WINDOW_WANTED;

	*options = (struct tftp_options){
		.set = TFTP_SET_BLKSIZE | TFTP_SET_WINDOW | TFTP_SET_TIMEOUT,
		.blksize = settings->blksize ? settings->blksize : blksize_of_way(peer),
		.timeout = settings->repeat ? settings->repeat : TFTP_TIMEOUT_MIN,
		.tsize = transfer->size,
	};
	options->window = transfer->opcode == TFTP_RRQ ?
			      tftp_window_for(window, options->blksize, room) :
			      window;
	/* Text changes its size on the way: then nobody knows it before. */
	if (transfer->opcode == TFTP_RRQ ||
	    (transfer->size_known && settings->mode == TFTP_OCTET))
		options->set |= TFTP_SET_TSIZE;
}

static void
begin(struct tftp_transfer *transfer, struct tftp_run *run, size_t room, bool plain)
{
	const struct tftp_settings *settings = transfer->settings;
	struct tftp_request request = {
		.opcode = transfer->opcode,
		.name = transfer->name,
		.name_len = strlen(transfer->name),
		.mode = settings->mode,
	};
	int64_t now_ms = sys_now_ms();

	if (!plain)
		choose_options(transfer, &run->peer, room, &request.options);
	tftp_ask(run->engine, &request, now_ms);
	run->engine->exact_timeout = settings->repeat != 0;
	run->engine->give_up_ms =
	    settings->client.timeout_ms ? settings->client.timeout_ms : NEVER_MS;
	if (settings->total_ms)
		run->engine->deadline_ms = now_ms + settings->total_ms;
}

/* ---- how it goes ---- */

static void
show_progress(void *arg, uint64_t bytes)
{
	struct tftp_transfer *transfer = arg;
	const struct tftp_options *agreed = &transfer->engine.agreed;

	if (transfer->shown == 0 && transfer->opcode == TFTP_RRQ &&
	    (agreed->set & TFTP_SET_TSIZE))
		progress_set_total(&transfer->progress, agreed->tsize);
	progress_add(&transfer->progress, transfer->name, bytes - transfer->shown);
	transfer->shown = bytes;
}

static int
finish(void *arg)
{
	struct tftp_transfer *transfer = arg;

	return transfer->finish ? transfer->finish(transfer->arg) : 0;
}

/* ---- how it ended ---- */

static int
explain_error(const struct tftp_transfer *transfer)
{
	const struct tftp_engine *engine = &transfer->engine;

	log_error("%s: %s: ERROR %u, %s%s%.*s%s", transfer->host, transfer->name, engine->code,
	    tftp_code_words(engine->code), engine->text_len ? ": \"" : "",
	    (int)engine->text_len, engine->text, engine->text_len ? "\"" : "");
	return engine->code == TFTP_ACCESS ? STATUS_REFUSED : STATUS_FAILED;
}

static void
explain_failure(const struct tftp_transfer *transfer)
{
	const struct tftp_engine *engine = &transfer->engine;
	const struct tftp_settings *settings = transfer->settings;
	const char *words = tftp_failure_words(engine);

	switch (engine->failure) {
	case TFTP_GONE:
		log_error("%s: %s: ECONNREFUSED (%s): %s at port %s", transfer->host,
		    transfer->name, strerror(ECONNREFUSED), words, transfer->port);
		break;
	case TFTP_SILENCE:
		log_error("%s: %s: %s for %g s", transfer->host, transfer->name, words,
		    (double)engine->give_up_ms / 1000);
		break;
	case TFTP_LATE:
		log_error("%s: %s: %s: not done after %g s", transfer->host, transfer->name,
		    words, settings->total_ms / 1000.0);
		break;
	case TFTP_ABORTED:
		log_error("%s: %s: %.*s", transfer->host, transfer->name, (int)engine->text_len,
		    engine->text);
		break;
	default:
		log_error("%s: %s: %s", transfer->host, transfer->name, words);
	}
}

/* An exit status; it is said why. */
static int
explain(struct tftp_transfer *transfer, const struct tftp_run *run)
{
	progress_clear(&transfer->progress);
	if (run->error == ECANCELED) {
		log_error("%s: %s: interrupted", transfer->host, transfer->name);
	} else if (run->error) {
		errno = run->error;
		log_error("%s:", transfer->local);
	} else if (transfer->engine.failure == TFTP_PEER_ERROR) {
		return explain_error(transfer);
	} else {
		explain_failure(transfer);
	}
	return STATUS_FAILED;
}

static void
tell_end(const struct tftp_transfer *transfer, const struct tftp_run *run)
{
	const struct tftp_engine *engine = &transfer->engine;
	char whom[NET_TEXT_MAX];

	trace_step(TRACE_TALK,
	    "%s %s %s: %" PRIu64 " bytes in %" PRIu64 " blocks of %" PRIu32 ", window %" PRIu32
	    ", %" PRIu64 " sent again",
	    net_format(&run->peer, whom), transfer->opcode == TFTP_RRQ ? "->" : "<-",
	    transfer->name, run->bytes, engine->blocks, engine->agreed.blksize,
	    engine->agreed.window, engine->repeats);
}

/* ---- all of it ---- */

/* ERROR 8 says that it is for the options. Another code may mean a damaged request. */
static bool
is_refusal_of_options(const struct tftp_engine *engine)
{
	return engine->failure == TFTP_PEER_ERROR && engine->code == TFTP_BAD_OPTIONS &&
	       engine->request.options.set && engine->blocks == 0;
}

/* One attempt, on a socket of its own. An exit status, or -1: ask again without options. */
static int
attempt(struct tftp_transfer *transfer, bool plain)
{
	const struct client_options *client = &transfer->settings->client;
	struct tftp_run run = {
		.engine = &transfer->engine,
		.file = transfer->file,
		.lifeline = -1,
		.stop = &tftp_stop,
		.leave_early = true,
		.finish = finish,
		.progress = progress_is_wanted() ? show_progress : NULL,
		.trace = trace_shows_bytes() ? tftp_show_packet : NULL,
		.stranger = tftp_show_stranger,
		.arg = transfer,
	};
	struct net_error error;
	int status = STATUS_DONE;

	run.socket =
	    udp_open(transfer->host, transfer->port, client->family, false, &run.peer, &error);
	if (run.socket == -1) {
		log_error("%s", error.text);
		return STATUS_FAILED;
	}
	begin(transfer, &run, tftp_run_prepare(run.socket), plain);
	if (tftp_run(&run))
		tell_end(transfer, &run);
	else if (is_refusal_of_options(&transfer->engine))
		status = -1;
	else
		status = explain(transfer, &run);
	if (transfer->engine.state == TFTP_DALLYING)
		tftp_linger(&transfer->engine, run.socket, &run.peer);
	close(run.socket);
	return status;
}

int
tftp_transfer(struct tftp_transfer *transfer)
{
	const struct tftp_settings *settings = transfer->settings;
	int status;

	transfer->port = settings->client.port;
	tftp_catch_signals();
	progress_begin(&transfer->progress, transfer->size);
	status = attempt(transfer, settings->plain);
	if (status == -1) {
		log_step("%s refuses options: asked again without", transfer->host);
		status = attempt(transfer, true);
	}
	progress_end(&transfer->progress);
	tftp_forget_signals();
	return status;
}
