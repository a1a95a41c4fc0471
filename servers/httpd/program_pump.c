/*
 * program_pump: bytes between a client and a program, all ways at once. See program.h.
 *
 *	wait for	when
 *	the client	the program takes content and has none
 *	... to take	something is said and not sent
 *	stdin		content is at hand
 *	stdout		all that was said is sent: a slow client holds the program up
 *	stderr		always
 *
 * Whoever of the two is waited for has his own time: the client's is that of all waits,
 * the program's that of the option -s.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "servers/httpd/program_internal.h"

enum {
	CLIENT_IN,
	CLIENT_OUT,
	PROGRAM_IN,
	PROGRAM_OUT,
	PROGRAM_ERR,
	LIFELINE,
	WATCHED,
};

static bool
is_sending(const struct run *run)
{
	return run->out_start < run->out_end;
}

/* Whether content is what the program waits for, as far as we know. */
static bool
wants_content(const struct run *run)
{
	return run->program.in != -1 && run->piece.len == 0;
}

/* ---- the program's input ---- */

/* The next piece of content, or the end of its input. */
static void
fetch_piece(struct run *run)
{
	enum http_verdict verdict = HTTP_DONE;

	if (!wants_content(run))
		return;
	if (!run->collected)
		verdict = session_content(run->session, run->input, &run->piece);
	if (run->piece.len > 0)
		return;
	if (verdict == HTTP_DONE)
		spawn_close(&run->program.in);
	else if (verdict == HTTP_REFUSED)
		run->end = RUN_REFUSED;
	else if (run->input->over)
		run->end = RUN_LOST;
}

static void
feed(struct run *run)
{
	ssize_t n =
	    run->piece.len > 0 ? write(run->program.in, run->piece.at, run->piece.len) : -1;

	if (n > 0) {
		run->piece.at += n;
		run->piece.len -= (size_t)n;
		run->moved_ms = sys_now_ms();
	} else if (run->piece.len == 0 || (errno != EAGAIN && errno != EINTR)) {
		run->piece.len = 0; /* it does not read, which is its right */
		spawn_close(&run->program.in);
	}
}

/* From the client, behind what has come and is used up. */
static void
hear(struct run *run)
{
	struct session_input *input = run->input;
	size_t len = input->end - input->start;
	ssize_t n;

	if (input->start > 0) {
		memmove(input->bytes, input->bytes + input->start, len);
		run->session->exchange->request.bytes = input->bytes;
		input->start = 0;
		input->end = len;
	}
	n = conn_try_read(run->conn, input->bytes + input->end, SESSION_INPUT_MAX - input->end);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) {
		run->end = RUN_LOST;
		return;
	}
	input->over = n == 0;
	input->end += (size_t)n;
	run->moved_ms = sys_now_ms();
}

/* ---- its output ---- */

static void
send_on(struct run *run)
{
	ssize_t n;

	if (!is_sending(run))
		return;
	n = conn_try_write(run->conn, run->out + run->out_start, run->out_end - run->out_start);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		run->end = RUN_LOST;
	if (n <= 0)
		return;
	run->moved_ms = sys_now_ms();
	run->out_start += (size_t)n;
	if (!is_sending(run))
		run->out_start = run->out_end = 0;
}

static void
end_output(struct run *run)
{
	spawn_close(&run->program.out);
	if (run->over)
		return;
	program_bury(run);
	program_take_end(run);
}

static void
read_output(struct run *run)
{
	ssize_t n = read(run->program.out, run->data, sizeof run->data);

	if (n > 0) {
		run->moved_ms = sys_now_ms();
		program_take_output(run, run->data, (size_t)n);
		if (run->over) /* more than it has announced */
			spawn_close(&run->program.out);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end_output(run);
	}
}

static void
read_error(struct run *run)
{
	char bytes[4096];
	ssize_t n = read(run->program.err, bytes, sizeof bytes);

	if (n > 0)
		program_take_error(run, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		spawn_close(&run->program.err);
}

/* ---- waiting ---- */

static void
watch(const struct run *run, struct pollfd watched[WATCHED])
{
	bool sending = is_sending(run), hears = wants_content(run) && !run->collected;

	for (size_t i = 0; i < WATCHED; i++)
		watched[i] = (struct pollfd){ .fd = -1 };
	if (hears || run->conn->in_is_socket) /* that it is gone is told in any case */
		watched[CLIENT_IN] = (struct pollfd){ run->conn->in, hears ? POLLIN : 0, 0 };
	if (sending)
		watched[CLIENT_OUT] = (struct pollfd){ run->conn->out, POLLOUT, 0 };
	watched[PROGRAM_IN] =
	    (struct pollfd){ run->program.in, run->piece.len > 0 ? POLLOUT : 0, 0 };
	if (!sending)
		watched[PROGRAM_OUT] = (struct pollfd){ run->program.out, POLLIN, 0 };
	watched[PROGRAM_ERR] = (struct pollfd){ run->program.err, POLLIN, 0 };
	watched[LIFELINE] = (struct pollfd){ run->conn->lifeline, POLLIN, 0 };
}

/* Who is waited for, and how long still; *client tells which. 0: his time is over. */
static int
time_left(const struct run *run, bool *client)
{
	const struct host_limits *limits = &run->session->host->limits;
	int64_t left;

	*client = is_sending(run) || (wants_content(run) && !run->collected);
	left = run->moved_ms + (*client ? limits->wait_ms : limits->program_ms) - sys_now_ms();
	return left <= 0 ? 0 : left > 1000 ? 1000 : (int)left;
}

static bool
is_told_to_stop(const struct run *run)
{
	return heed_is_told(&run->heed) || (run->conn->stop && *run->conn->stop);
}

/* A program whose first process has ended says no more, whoever still holds its pipe. */
static void
heed_end_of_program(struct run *run)
{
	if (run->program.state == SPAWN_GONE || spawn_check(&run->program) == SPAWN_RUNS)
		return;
	if (run->rest_ms == 0)
		run->rest_ms = sys_now_ms();
	else if (sys_now_ms() - run->rest_ms > RUN_GRACE_MS)
		spawn_signal(&run->program, SIGKILL);
}

/* A socket that hangs up does so in both directions: nobody is there. */
static bool
has_lost_client(const struct run *run, const struct pollfd watched[WATCHED])
{
	short lost = POLLERR | POLLNVAL;

	if (run->conn->in_is_socket)
		lost |= POLLHUP;
	return watched[LIFELINE].revents || (watched[CLIENT_IN].revents & lost);
}

static void
heed(struct run *run, const struct pollfd watched[WATCHED])
{
	if (has_lost_client(run, watched))
		run->end = RUN_LOST;
	if (run->end == RUN_ON && (watched[CLIENT_IN].revents & (POLLIN | POLLHUP)))
		hear(run);
	if (watched[PROGRAM_ERR].revents)
		read_error(run);
	if (run->end == RUN_ON && watched[CLIENT_OUT].revents)
		send_on(run);
	if (run->end == RUN_ON && watched[PROGRAM_IN].revents)
		feed(run);
	if (run->end == RUN_ON && watched[PROGRAM_OUT].revents) {
		read_output(run);
		send_on(run);
	}
}

static void
turn(struct run *run)
{
	struct pollfd watched[WATCHED];
	bool client;
	int left = time_left(run, &client), ready;

	if (left == 0) {
		run->end = client ? RUN_LOST : RUN_LATE;
		return;
	}
	watch(run, watched);
	ready = sys_ppoll(watched, WATCHED, left, heed_mask(&run->heed));
	if (ready == -1 && errno != EINTR)
		run->end = RUN_LOST;
	if (is_told_to_stop(run))
		run->end = RUN_LOST;
	else if (ready > 0)
		heed(run, watched);
	else
		heed_end_of_program(run);
}

void
program_pump(struct run *run)
{
	run->moved_ms = sys_now_ms();
	while (run->end == RUN_ON) {
		fetch_piece(run);
		if (run->end != RUN_ON)
			break;
		if (run->over && !is_sending(run))
			run->end = RUN_DONE;
		else
			turn(run);
	}
}

void
program_bury(struct run *run)
{
	int64_t kill_at = sys_now_ms() + RUN_GRACE_MS, leave_at = kill_at + RUN_GRACE_MS;

	spawn_close(&run->program.in);
	while (spawn_check(&run->program) != SPAWN_GONE) {
		struct pollfd err = { run->program.err, POLLIN, 0 };

		if (run->program.state == SPAWN_REST && sys_now_ms() >= leave_at)
			break; /* killed, and not gone: another one has to bury them */
		if (sys_now_ms() >= kill_at)
			spawn_signal(&run->program, SIGKILL);
		if (sys_ppoll(&err, 1, RUN_REST_MS, heed_mask(&run->heed)) > 0)
			read_error(run);
		if (is_told_to_stop(run))
			kill_at = 0;
	}
	if (run->program.err != -1)
		read_error(run);
	program_flush_error(run);
}
