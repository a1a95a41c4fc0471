/*
 * talk: one command of rcmd: its frames, both ways, and the one place that waits.
 *
 *	rcmd                        server
 *	EXEC  ------------------->  starts the command
 *	STDIN ------------------->  ... as far as the window allows
 *	      <-------------------  WINDOW: so much more
 *	      <-------------------  STDOUT, STDERR: written at once
 *	SIGNAL ------------------>  ^C
 *	      <-------------------  EXIT: sizes and digests must be those of what we wrote
 *
 * All directions at once: who sends all its input first, and then reads, deadlocks with
 * a command that answers before it has read all.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clients/rcmd/rcmd.h"
#include "common/log.h"
#include "common/sys.h"

enum {
	WATCHED = 4,
	LISTEN_MS = 20,	    /* for signals, however busy we are */
	PATIENCE_MS = 5000, /* that the command has to heed TERM or HUP: more than its server
			       gives it between TERM and KILL */
};

void
rcmd_fail(struct rcmd_talk *talk, const char *words)
{
	log_error("%s: %s", talk->host, words);
	talk->over = true;
	talk->status = RCMD_FAILED;
}

/* ---- the end of a command ---- */

/* Whether we wrote what the command wrote. */
static bool
agrees(const struct rcmd_output *output, uint64_t bytes, const uint8_t *sum)
{
	struct digest digest = output->digest;
	uint8_t ours[DIGEST_MAX];

	(void)digest_end(&digest, ours);
	return output->bytes == bytes && memcmp(ours, sum, COMMAND_SUM) == 0;
}

static int
status_of(const struct rcmd_talk *talk, const struct command_exit *end)
{
	char words[2 * COMMAND_WORDS_MAX];

	switch (end->end) {
	case COMMAND_EXITED:
		return (int)(end->number & 0xff);
	case COMMAND_SIGNALLED:
		log_step("%s: the command was ended by signal %u", talk->host,
		    (unsigned)end->number);
		return RCMD_SIGNAL + (int)(end->number & 0x7f);
	case COMMAND_TIMED_OUT:
		log_error("%s: the command took longer than the server allows", talk->host);
		return RCMD_LIMIT;
	case COMMAND_OUTPUT_LIMIT:
		log_error("%s: the command wrote more than the server allows", talk->host);
		return RCMD_LIMIT;
	case COMMAND_NOT_STARTED:
		log_escape(words, sizeof words, end->words, strlen(end->words));
		log_error("%s: %s", talk->host, words);
		break;
	}
	return (int)(end->number & 0xff);
}

static void
take_exit(struct rcmd_talk *talk, uint64_t value)
{
	struct command_exit end;

	if (!command_unpack_exit(&end, value, talk->end, talk->end_len)) {
		rcmd_fail(talk, "an EXIT that makes no sense");
	} else if (!agrees(&talk->out, end.out_bytes, end.out_sum) ||
		   !agrees(&talk->err, end.err_bytes, end.err_sum)) {
		rcmd_fail(talk, "what came is not what the command wrote: sizes or digests "
				"differ");
	} else {
		talk->status = status_of(talk, &end);
	}
}

static void
take_error(struct rcmd_talk *talk)
{
	char words[2 * FRAME_TEXT_MAX];

	log_escape(words, sizeof words, talk->end, talk->end_len);
	rcmd_fail(talk, words);
}

/* ---- from the server ---- */

/* Nobody reads our output: like others, we end without a word (yes | head). */
static void
lose_output(struct rcmd_talk *talk, struct rcmd_output *output)
{
	output->lost = true;
	if (output == &talk->err)
		return;
	talk->over = true;
	talk->status = RCMD_SIGNAL + SIGPIPE;
	if (errno != EPIPE) {
		log_error("%s:", output->name);
		talk->status = RCMD_FAILED;
	}
}

/* Write what waits. Whether nothing waits any more. */
static bool
write_pending(struct rcmd_talk *talk)
{
	while (talk->pending_len > 0 && !talk->pending->lost) {
		ssize_t n =
		    rcmd_output_write(talk->pending, talk->pending_bytes, talk->pending_len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return false;
		if (n == -1) {
			lose_output(talk, talk->pending);
			break;
		}
		talk->pending_bytes += n;
		talk->pending_len -= (size_t)n;
	}
	talk->pending_len = 0;
	return true;
}

static void
take_output(struct rcmd_talk *talk, struct rcmd_output *output, const struct frame_event *event)
{
	if (event->piece_len == 0)
		return;
	digest_add(&output->digest, event->piece, event->piece_len);
	output->bytes += event->piece_len;
	talk->pending = output;
	talk->pending_bytes = event->piece;
	talk->pending_len = event->piece_len;
	(void)write_pending(talk);
}

/* EXIT and ERROR are needed whole. */
static void
take_end(struct rcmd_talk *talk, const struct frame_event *event)
{
	if (event->begins)
		talk->end_len = 0;
	if (event->piece_len > 0) /* frame.c has checked the size */
		memcpy(talk->end + talk->end_len, event->piece, event->piece_len);
	talk->end_len += event->piece_len;
	if (!event->ends)
		return;
	if (event->frame.type == FRAME_EXIT)
		take_exit(talk, event->frame.value);
	else
		take_error(talk);
}

static void
take_event(struct rcmd_talk *talk, const struct frame_event *event)
{
	if (event->begins)
		link_trace(false, &event->frame);
	switch (event->frame.type) {
	case FRAME_STDOUT:
		take_output(talk, &talk->out, event);
		return;
	case FRAME_STDERR:
		take_output(talk, &talk->err, event);
		return;
	case FRAME_EXIT:
	case FRAME_ERROR:
		take_end(talk, event);
		return;
	case FRAME_WINDOW:
		talk->window += event->frame.value < COMMAND_WINDOW ? event->frame.value : 0;
		return;
	}
	rcmd_fail(talk, "the server answers out of turn");
}

/* Look at what has come, as far as our output takes it. */
static void
take_frames(struct rcmd_talk *talk)
{
	while (
	    talk->status == -1 && talk->from_start < talk->from_end && talk->pending_len == 0) {
		struct frame_event event;
		size_t taken = frame_feed(&talk->reader, talk->from + talk->from_start,
		    talk->from_end - talk->from_start, &event);

		if (taken == 0) {
			rcmd_fail(talk, frame_status_words(event.status));
			return;
		}
		talk->from_start += taken;
		if (event.begins || event.piece_len > 0)
			take_event(talk, &event);
	}
}

static void
receive(struct rcmd_talk *talk)
{
	ssize_t n;

	if (talk->from_start < talk->from_end)
		return;
	n = conn_try_read(&talk->conn, talk->from, RCMD_FROM_SERVER);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0) {
		rcmd_fail(talk, n == 0 ? "the server hung up" : strerror(errno));
		return;
	}
	talk->from_start = 0;
	talk->from_end = (size_t)n;
	take_frames(talk);
}

/* ---- waiting ---- */

/*
 * The first one is the command's; at the second we do not wait for it any more. Who
 * sends TERM or HUP will not send it twice: for these there is a time.
 */
static void
heed_signal(struct rcmd_talk *talk)
{
	int signal = rcmd_take_signal();
	int64_t now = sys_now_ms();

	if (signal && talk->signals++ == 0) {
		talk->signal_to_send = talk->signal = signal;
		talk->give_up_ms =
		    signal == SIGTERM || signal == SIGHUP ? now + PATIENCE_MS : 0;
		return;
	}
	if (signal == 0 && (talk->give_up_ms == 0 || now < talk->give_up_ms))
		return;
	if (signal == 0)
		signal = talk->signal;
	log_notice("%s: not waiting for the command: its server ends it", talk->host);
	talk->over = true;
	talk->status = RCMD_SIGNAL + signal;
}

static void
turn(struct rcmd_talk *talk)
{
	bool sending = talk->up_start<talk->up_end, held = talk->pending_len> 0;
	bool reading = talk->input && !sending && talk->window > 0;
	struct pollfd watched[WATCHED] = {
		{ held ? -1 : talk->conn.in, POLLIN, 0 },
		{ sending ? talk->conn.out : -1, POLLOUT, 0 },
		{ reading ? STDIN_FILENO : -1, POLLIN, 0 },
		{ held ? talk->pending->fd : -1, POLLOUT, 0 },
	};
	int ready =
	    sys_ppoll(watched, WATCHED, talk->give_up_ms ? PATIENCE_MS : -1, &talk->waiting);

	if (ready > 0 && sys_now_ms() - talk->listened_ms >= LISTEN_MS) {
		/* where something is always ready, ppoll lets no signal in */
		(void)sys_ppoll(NULL, 0, 0, &talk->waiting);
		talk->listened_ms = sys_now_ms();
	}
	heed_signal(talk);
	if (ready > 0 && watched[2].revents)
		rcmd_read_input(talk);
	if (ready > 0 && watched[0].revents)
		receive(talk);
	if (held && write_pending(talk))
		take_frames(talk);
	/* A server that refuses has said so before it closed: that is read, and counts. */
	if (talk->status == -1 && !rcmd_send(talk))
		talk->up_start = talk->up_end = 0, talk->input = false;
}

bool
rcmd_begin(struct rcmd_talk *talk, enum command_form form, const char *const *words, bool input)
{
	int len =
	    command_pack_exec(words, talk->up + FRAME_HEADER, (size_t)frame_max(FRAME_EXEC));

	if (len == -1) {
		log_error("the command is too long: at most %d words and %d bytes",
		    COMMAND_ARGS_MAX, COMMAND_BYTES_MAX);
		return false;
	}
	rcmd_output_begin(&talk->out);
	rcmd_output_begin(&talk->err);
	talk->window = COMMAND_WINDOW;
	talk->input = input;
	talk->signals = talk->signal_to_send = 0;
	talk->give_up_ms = 0;
	talk->status = -1;
	rcmd_put(talk, FRAME_EXEC, form, (size_t)len);
	if (!input) /* its end goes along */
		talk->up_end += link_pack(FRAME_STDIN, 0, 0, talk->up + talk->up_end) == 0 ?
				    FRAME_HEADER :
				    0;
	return true;
}

/* exercise: send the input, write the output as it comes, until the command has ended */
int
rcmd_attend(struct rcmd_talk *talk)
{
	(void)rcmd_send(talk);
	while (talk->status == -1)
		turn(talk);
	return talk->status;
}

int
rcmd_run(struct rcmd_talk *talk, enum command_form form, const char *const *words, bool input)
{
	return rcmd_begin(talk, form, words, input) ? rcmd_attend(talk) : RCMD_FAILED;
}
