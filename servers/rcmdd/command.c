/*
 * command: one command of rcmdd: its start, its pipes, its limits, its end.
 *
 *	client                    session                      command
 *	EXEC  ----------------->  pipe, fork, setsid, execve -> (leads a group)
 *	STDIN ----------------->  buffer (a window) ---------> its 0
 *	      <-----------------  STDOUT <-------------------- its 1
 *	      <-----------------  STDERR <-------------------- its 2
 *	SIGNAL ---------------->  kill(-group) --------------> all of it
 *	      <-----------------  EXIT   <-------------------- ends; the rest is ended
 */
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "servers/rcmdd/rcmdd.h"

enum {
	LOOK_MS = 20,	 /* to look for its end though no signal has come */
	NOT_FOUND = 127, /* as env(1) has it ... */
	NOT_INVOKED = 126,
};

/* ---- the start ---- */

/* "ls -l /tmp", as much as fits, for the log. */
static void
describe(struct rcmd_command *command, const char **words)
{
	size_t used = 0;

	command->text[0] = '\0';
	for (; *words && used < sizeof command->text - 1; words++) {
		int n = snprintf(command->text + used, sizeof command->text - used, "%s%s",
		    used ? " " : "", *words);

		used += n > 0 ? (size_t)n : 0;
	}
}

/* An EXIT without a command: it could not be started. */
static void
tell_not_started(struct rcmd_session *session, uint32_t number, const char *words)
{
	struct command_exit end = { .end = COMMAND_NOT_STARTED, .number = number };
	uint8_t payload[COMMAND_EXIT_MAX];
	struct digest digest;
	int len;

	digest_begin(&digest, DIGEST_SHA256);
	(void)digest_end(&digest, end.out_sum);
	memcpy(end.err_sum, end.out_sum, sizeof end.err_sum);
	snprintf(end.words, sizeof end.words, "%s", words);
	len = command_pack_exit(&end, payload, sizeof payload);
	if (len > 0)
		rcmd_put(session, FRAME_EXIT, end.end, payload, (size_t)len);
	log_notice("%s (%s): \"%s\" not started: %s", conn_peer(session->conn), session->who,
	    session->command.text, words);
}

static void
begin_stream(struct rcmd_stream *stream, int *fd, uint8_t type)
{
	*stream = (struct rcmd_stream){ .type = type };
	stream->fd = fd;
	digest_begin(&stream->digest, DIGEST_SHA256);
}

static void
begin(struct rcmd_session *session)
{
	struct rcmd_command *command = &session->command;

	command->active = true;
	command->since_ms = sys_now_ms();
	command->due_ms =
	    session->options->wall_ms ? command->since_ms + session->options->wall_ms : 0;
	command->kill_at_ms = 0;
	command->cause = 0;
	command->killed = false;
	command->looked_ms = command->since_ms;
	command->flowed_us = 0;
	command->discard = session->gone;
	command->err_first = command->input_ended = false;
	command->start = command->end = 0;
	command->window = COMMAND_WINDOW;
	command->credit = 0;
	begin_stream(&command->out, &command->program.out, FRAME_STDOUT);
	begin_stream(&command->err, &command->program.err, FRAME_STDERR);
}

static void
start(struct rcmd_session *session, const char *const *argv)
{
	const struct spawn_program program = {
		.argv = argv,
		.env = session->env,
		.path = RCMD_PATH,
		.directory = session->options->directory,
		.umask = 022,
		.limits = session->options->limits,
	};
	char words[COMMAND_WORDS_MAX];
	const char *step;

	if (spawn_start(&program, &session->command.program, &step) == 0) {
		begin(session);
		return;
	}
	snprintf(words, sizeof words, "%.64s: %s (%s)",
	    strcmp(step, "execve") == 0 ? argv[0] :
	    strcmp(step, "chdir") == 0	? session->options->directory :
					  step,
	    log_errno_name(errno), strerror(errno));
	tell_not_started(session,
	    errno == ENOENT && strcmp(step, "execve") == 0 ? NOT_FOUND : NOT_INVOKED, words);
}

void
rcmd_start(struct rcmd_session *session, uint64_t form, const char **words)
{
	const char *const shell[] = { "/bin/sh", "-c", words[0], NULL };
	const char *list = session->options->list;
	struct rcmd_listed *listed;
	char why[COMMAND_WORDS_MAX];
	int found;

	describe(&session->command, words);
	if (list == NULL) {
		start(session, form == COMMAND_LINE ? shell : words);
		return;
	}
	listed = malloc(sizeof *listed);
	found = listed ? rcmd_list_find(list, form, words, listed, why, sizeof why) : -1;
	if (found == 1)
		start(session, listed->argv);
	else if (found == 0)
		tell_not_started(session, NOT_FOUND, why);
	else {
		log_error("%s", listed ? why : "no memory");
		rcmd_refuse(
		    session, FRAME_E_FAILED, "the server cannot use its list of commands");
	}
	free(listed);
}

/* ---- its input ---- */

void
rcmd_feed(struct rcmd_command *command)
{
	ssize_t n;

	if (command->program.in == -1 || command->start == command->end)
		goto ended;
	n = write(command->program.in, command->input + command->start,
	    command->end - command->start);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) { /* it reads no more: nor need the client send, so no credit */
		spawn_close(&command->program.in);
		command->start = command->end = 0;
		return;
	}
	command->start += (size_t)n;
	command->credit += (uint64_t)n;
	if (command->start == command->end)
		command->start = command->end = 0;
ended:
	if (command->input_ended && command->start == command->end)
		spawn_close(&command->program.in);
}

void
rcmd_end_input(struct rcmd_command *command)
{
	command->input_ended = true;
	rcmd_feed(command);
}

void
rcmd_take_input(struct rcmd_session *session, const uint8_t *bytes, size_t len)
{
	struct rcmd_command *command = &session->command;

	if (len > command->window || command->input_ended) {
		rcmd_refuse(session, FRAME_E_PROTOCOL, "more STDIN than the window allows");
		return;
	}
	command->window -= len;
	if (command->program.in == -1)
		return;
	if (command->end + len > COMMAND_WINDOW) { /* the window promises that it fits */
		memmove(command->input, command->input + command->start,
		    command->end - command->start);
		command->end -= command->start;
		command->start = 0;
	}
	memcpy(command->input + command->end, bytes, len);
	command->end += len;
	rcmd_feed(command);
}

/* ---- limits and the end ---- */

void
rcmd_end(struct rcmd_command *command, enum command_end cause)
{
	if (!command->active || command->kill_at_ms)
		return;
	if (command->cause == 0)
		command->cause = cause;
	command->kill_at_ms = sys_now_ms() + RCMD_GRACE_MS;
	spawn_signal(&command->program, SIGTERM);
}

static void
heed_time(struct rcmd_command *command, int64_t now)
{
	if (command->due_ms && now >= command->due_ms && command->program.state == SPAWN_RUNS)
		rcmd_end(command, COMMAND_TIMED_OUT);
	if (command->program.state == SPAWN_REST && command->kill_at_ms == 0)
		command->kill_at_ms = now + RCMD_GRACE_MS; /* TERM was sent by spawn_check */
	if (command->kill_at_ms && now >= command->kill_at_ms) {
		if (command->killed && command->program.state == SPAWN_REST)
			command->program.state = SPAWN_GONE; /* or nobody can end it */
		spawn_signal(&command->program, SIGKILL);
		command->killed = true;
		command->kill_at_ms = now + RCMD_GRACE_MS;
	}
}

static void
describe_end(const struct rcmd_command *command, struct command_exit *end)
{
	int status = command->program.status;
	bool signalled = WIFSIGNALED(status);

	*end = (struct command_exit){
		.end = command->cause ? command->cause :
		       signalled      ? COMMAND_SIGNALLED :
					COMMAND_EXITED,
		.out_bytes = command->out.bytes,
		.err_bytes = command->err.bytes,
	};
	end->number = (uint32_t)(signalled	? WTERMSIG(status) :
				 command->cause ? 0 :
						  WEXITSTATUS(status));
}

static void
log_end(struct rcmd_session *session, const struct command_exit *end)
{
	static const char *const words[] = {
		[COMMAND_EXITED] = "exited with",
		[COMMAND_SIGNALLED] = "ended by signal",
		[COMMAND_TIMED_OUT] = "ran too long, signal",
		[COMMAND_OUTPUT_LIMIT] = "wrote too much, signal",
	};
	int64_t ms = sys_now_ms() - session->command.since_ms;

	log_notice("%s (%s): \"%s\" %s %u after %d.%03d s: %llu bytes out, %llu err",
	    conn_peer(session->conn), session->who, session->command.text, words[end->end],
	    (unsigned)end->number, (int)(ms / 1000), (int)(ms % 1000),
	    (unsigned long long)end->out_bytes, (unsigned long long)end->err_bytes);
}

/* Everything is said and everybody gone: tell the client. */
static void
finish(struct rcmd_session *session)
{
	struct rcmd_command *command = &session->command;
	uint8_t payload[COMMAND_EXIT_MAX];
	struct command_exit end;
	int len;

	describe_end(command, &end);
	(void)digest_end(&command->out.digest, end.out_sum);
	(void)digest_end(&command->err.digest, end.err_sum);
	spawn_close(&command->program.in);
	command->active = false;
	len = command_pack_exit(&end, payload, sizeof payload);
	if (!session->gone && len > 0)
		rcmd_put(session, FRAME_EXIT, end.end, payload, (size_t)len);
	log_end(session, &end);
}

void
rcmd_tend(struct rcmd_session *session, int64_t now, bool child)
{
	struct rcmd_command *command = &session->command;

	if (child || command->program.state != SPAWN_RUNS ||
	    now - command->looked_ms >= LOOK_MS) {
		(void)spawn_check(&command->program);
		command->looked_ms = now;
	}
	if (command->program.state == SPAWN_GONE)
		command->out.ready = command->err.ready = true;
	heed_time(command, now);
	if (command->credit >= COMMAND_WINDOW / 4 && rcmd_flush(session) && !session->gone) {
		rcmd_put(session, FRAME_WINDOW, command->credit, NULL, 0);
		command->window += command->credit;
		command->credit = 0;
	}
	rcmd_forward(session);
	if (command->program.state == SPAWN_GONE && command->program.out == -1 &&
	    command->program.err == -1 && rcmd_flush(session))
		finish(session);
}
