/*
 * right_command: what the broken servers that run commands do right.
 *
 * They speak rcmd's frames (frame(5), protocol/command.h), so that rcmd is their client
 * and rcmdd's suite grades them; a server without a mistake is rcmdd itself. Each has a
 * step of its own, and the others from here.
 */
#ifndef TESTS_PITFALLS_RIGHT_COMMAND_H
#define TESTS_PITFALLS_RIGHT_COMMAND_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "protocol/command.h"
#include "protocol/frame.h"

/* One of a command's two outputs: our end of its pipe, -1 when that has ended. */
struct right_output {
	int fd;
	uint8_t type; /* FRAME_STDOUT, FRAME_STDERR */
	uint64_t bytes;
	struct digest digest; /* of what was sent */
};

struct right_command {
	int client;
	pid_t pid; /* leads a group of its own */
	struct right_output out, err;
};

struct right_steps {
	/* Exactly the header of the next frame. False at the end of the stream. */
	bool (*hear_header)(int client, uint8_t header[FRAME_HEADER]);
	/* Send what the command writes, until both its outputs have ended. */
	void (*pass)(struct right_command *command);
	/* The client has left while the command ran: end it, all of it. */
	void (*leave)(const struct right_command *command);
	/* Complete what is told of the end, which is known so far. */
	void (*tell)(const struct right_command *command, struct command_exit *end);
};

/* The server: a child for each client, `steps` for what is not NULL in it. */
_Noreturn void right_run_commands(int argc, char *argv[], const struct right_steps *steps);

/* Send `len` bytes of an output to the client, in frames. Leaves if it is gone. */
void right_send_output(
    struct right_command *command, struct right_output *output, const char *bytes, size_t len);

/* One read of an output, which may wait, and its frame. False: it has ended. */
bool right_pass_some(struct right_command *command, struct right_output *output);

#endif
