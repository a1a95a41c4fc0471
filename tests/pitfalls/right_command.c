/*
 * right_command: what the broken servers that run commands do right; see right_command.h.
 */
#include "tests/pitfalls/right_command.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

enum {
	PIECE = 64 * 1024,
	NOT_FOUND = 127, /* what a shell exits with when there is no such command */
};

/* ---- the right way of each step ---- */

static bool
hear_header(int client, uint8_t header[FRAME_HEADER])
{
	return right_read(client, (char *)header, FRAME_HEADER);
}

static void
leave(const struct right_command *command)
{
	kill(-command->pid, SIGTERM);
}

static void
tell(const struct right_command *command, struct command_exit *end)
{
	(void)command;
	(void)end;
}

static struct right_steps right = { hear_header, NULL, leave, tell };

_Noreturn static void
lose_client(const struct right_command *command)
{
	right.leave(command);
	exit(1);
}

/* Whatever comes first, of either output or of the client, which only can leave now. */
static void
pass(struct right_command *command)
{
	struct right_output *const outputs[] = { &command->out, &command->err };

	while (command->out.fd != -1 || command->err.fd != -1) {
		struct pollfd ready[] = {
			{ .fd = command->out.fd, .events = POLLIN },
			{ .fd = command->err.fd, .events = POLLIN },
			{ .fd = command->client, .events = POLLRDHUP },
		};

		if (poll(ready, 3, -1) == -1 && errno != EINTR)
			right_fail("poll");
		if (ready[2].revents)
			lose_client(command);
		for (int i = 0; i < 2; i++)
			if (ready[i].revents)
				right_pass_some(command, outputs[i]);
	}
}

/* ---- frames ---- */

static bool
send_frame(int client, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	const struct frame frame = { .type = type, .value = value, .size = len };
	uint8_t header[FRAME_HEADER];

	return frame_pack(&frame, header) &&
	       right_write(client, (const char *)header, sizeof header) &&
	       right_write(client, payload, len);
}

/* A frame whole, its payload in memory that is the caller's to free. */
static bool
hear_frame(int client, struct frame *frame, char **payload)
{
	uint8_t header[FRAME_HEADER];
	enum frame_status status;

	if (!right.hear_header(client, header))
		return false;
	status = frame_unpack(frame, header, sizeof header);
	if (status != FRAME_OK)
		right_refuse(frame_status_words(status));
	*payload = malloc(frame->size + 1);
	if (*payload == NULL)
		right_fail("malloc");
	return right_read(client, *payload, frame->size);
}

void
right_send_output(
    struct right_command *command, struct right_output *output, const char *bytes, size_t len)
{
	while (len > 0) {
		size_t n = len < PIECE ? len : PIECE;

		if (!send_frame(command->client, output->type, 0, bytes, n))
			lose_client(command);
		digest_add(&output->digest, bytes, n);
		output->bytes += n;
		bytes += n;
		len -= n;
	}
}

bool
right_pass_some(struct right_command *command, struct right_output *output)
{
	char bytes[PIECE];
	ssize_t n;

	while ((n = read(output->fd, bytes, sizeof bytes)) == -1 && errno == EINTR)
		continue;
	if (n > 0) {
		right_send_output(command, output, bytes, (size_t)n);
		return true;
	}
	close(output->fd);
	output->fd = -1;
	return false;
}

/* ---- a command ---- */

_Noreturn static void
become(uint64_t form, const char *const *words, const int out[2], const int err[2])
{
	const char *const line[] = { "/bin/sh", "-c", words[0], NULL };
	int null = open("/dev/null", O_RDONLY);

	setsid();
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	if (form == COMMAND_LINE)
		words = line;
	/* as exec(3) says: it changes neither the words nor their letters */
	execvp(words[0], (char *const *)(uintptr_t)words);
	perror(words[0]);
	_exit(NOT_FOUND);
}

static void
begin_output(struct right_output *output, const int ends[2], uint8_t type)
{
	close(ends[1]);
	*output = (struct right_output){ .fd = ends[0], .type = type };
	digest_begin(&output->digest, DIGEST_SHA256);
}

static void
start(struct right_command *command, uint64_t form, const char *const *words)
{
	int out[2], err[2];

	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1)
		right_fail("pipe");
	command->pid = fork();
	if (command->pid == -1)
		right_fail("fork");
	if (command->pid == 0)
		become(form, words, out, err);
	begin_output(&command->out, out, FRAME_STDOUT);
	begin_output(&command->err, err, FRAME_STDERR);
}

/* How it ended, apart from what it wrote. */
static void
finish(struct right_command *command)
{
	struct command_exit end = { .end = COMMAND_EXITED };
	uint8_t payload[COMMAND_EXIT_MAX];
	int status, len;

	if (waitpid(command->pid, &status, 0) == -1)
		right_fail("waitpid");
	if (WIFSIGNALED(status))
		end.end = COMMAND_SIGNALLED;
	end.number = (uint32_t)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	end.out_bytes = command->out.bytes;
	end.err_bytes = command->err.bytes;
	digest_end(&command->out.digest, end.out_sum);
	digest_end(&command->err.digest, end.err_sum);
	right.tell(command, &end);
	len = command_pack_exit(&end, payload, sizeof payload);
	send_frame(command->client, FRAME_EXIT, end.end, payload, (size_t)len);
}

static void
run(int client, uint64_t form, const char *payload, size_t len)
{
	const char *words[COMMAND_ARGS_MAX + 1];
	struct right_command command = { .client = client };

	if (command_unpack_exec(payload, len, words) == -1)
		right_refuse("no words");
	start(&command, form, words);
	right.pass(&command);
	finish(&command);
}

/* One client: who it is is not asked; frames for a command that runs come too late. */
static void
talk(int client)
{
	struct frame frame;
	char *payload;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with its server, whatever it waits for */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	while (hear_frame(client, &frame, &payload)) {
		if (frame.type == FRAME_HELLO)
			send_frame(client, FRAME_WELCOME, 1, NULL, 0);
		else if (frame.type == FRAME_EXEC)
			run(client, frame.value, payload, (size_t)frame.size);
		free(payload);
	}
}

_Noreturn void
right_run_commands(int argc, char *argv[], const struct right_steps *steps)
{
	right.pass = pass;
	if (steps->hear_header)
		right.hear_header = steps->hear_header;
	if (steps->pass)
		right.pass = steps->pass;
	if (steps->leave)
		right.leave = steps->leave;
	if (steps->tell)
		right.tell = steps->tell;
	right_fork(right_listen(argc, argv), talk);
}
