/*
 * output: what a command of rcmdd writes, on its way to the client.
 *
 * It is read straight into the frame that carries it, when the one before has left:
 * nothing is collected, and a client that does not read holds the command up and
 * nobody else. Standard output and error are both read whenever they have something:
 * who reads one to its end first deadlocks as soon as the other's pipe is full.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "servers/rcmdd/rcmdd.h"

enum {
	AT_ONCE = 16,	     /* pieces of output before looking at anything else */
	FULL_PIPE = 1 << 16, /* what a pipe holds of itself: one more is worth widening it */
	FLOW_US = 1000,	     /* between two frames of output that flows */
	GATHER_US = 100,     /* ... let it gather for so long */
	ENOUGH = 1 << 16,    /* ... unless there is so much already */
};

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
rest_us(int us)
{
	(void)nanosleep(&(struct timespec){ 0, us * 1000L }, NULL);
}

static uint64_t
bytes_of(const struct rcmd_command *command)
{
	return command->out.bytes + command->err.bytes;
}

/* Cut what is over the limit: from then on nothing of it goes to the client. */
static size_t
heed_output_limit(struct rcmd_session *session, size_t n)
{
	struct rcmd_command *command = &session->command;
	uint64_t limit = session->options->output, left;

	if (limit == 0)
		return n;
	left = limit - bytes_of(command);
	if (n <= left)
		return n;
	command->discard = true;
	rcmd_end(command, COMMAND_OUTPUT_LIMIT);
	return (size_t)left;
}

/*
 * What a pipe has, as far as a frame holds it. A program that writes much in small
 * pieces is let write some more first, if its last frame has only just left: one frame
 * for each of them would cost us and the client more than the bytes in it do.
 */
static ssize_t
gather(struct rcmd_command *command, struct rcmd_stream *stream, uint8_t *piece)
{
	bool flows = now_us() - command->flowed_us < FLOW_US, waited = false;
	size_t have = 0;
	ssize_t n;

	for (;;) {
		n = read(*stream->fd, piece + have, RCMD_PIECE - have);
		have += n > 0 ? (size_t)n : 0;
		if (n > 0 && have < RCMD_PIECE)
			continue;
		if (n != -1 || errno != EAGAIN || have == 0 || have >= ENOUGH || !flows ||
		    waited)
			break;
		rest_us(GATHER_US);
		waited = true;
	}
	stream->ready = n != -1 || errno == EINTR; /* more of it, or its end */
	return have > 0 ? (ssize_t)have : n;
}

/* Some output into the frame that is to carry it. Whether there was some. */
static bool
read_output(struct rcmd_session *session, struct rcmd_stream *stream)
{
	struct rcmd_command *command = &session->command;
	uint8_t *piece = session->out + FRAME_HEADER;
	size_t size;
	ssize_t n;

	if (!stream->ready || *stream->fd == -1)
		return false;
	n = gather(command, stream, piece);
	if (n == 0 || (n == -1 && errno == EAGAIN && command->program.state == SPAWN_GONE))
		spawn_close(stream->fd); /* who could write more is gone */
	if (n <= 0)
		return false;
	if (n >= FULL_PIPE && !stream->widened) {
		spawn_widen(*stream->fd);
		stream->widened = true;
	}
	size = command->discard ? 0 : heed_output_limit(session, (size_t)n);
	if (size == 0)
		return true;
	digest_add(&stream->digest, piece, size);
	stream->bytes += size;
	(void)link_pack(stream->type, 0, size, session->out); /* these are right */
	session->out_start = 0;
	session->out_end = FRAME_HEADER + size;
	command->flowed_us = now_us();
	return true;
}

void
rcmd_forward(struct rcmd_session *session)
{
	struct rcmd_command *command = &session->command;

	for (int i = 0; i < AT_ONCE && rcmd_flush(session); i++) {
		struct rcmd_stream *first = command->err_first ? &command->err : &command->out;
		struct rcmd_stream *other = command->err_first ? &command->out : &command->err;

		command->err_first = !command->err_first;
		if (!read_output(session, first) && !read_output(session, other))
			return;
	}
}
