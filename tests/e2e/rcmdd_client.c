/*
 * The client that rcmdd is tested with.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

enum {
	FDS = 1024,
	ARGS_MAX = 40,
	PAYLOAD_MAX = 1 << 20,
};

/* Root must name another user. */
static const char *const *
as_nobody(const char *const *first, const char *const *args)
{
	static const char *all[ARGS_MAX + 1];
	size_t n = 0;

	for (; first && *first; first++)
		all[n++] = *first;
	if (geteuid() == 0) {
		all[n++] = "-u";
		all[n++] = "nobody";
	}
	for (; *args && n < ARGS_MAX; args++)
		all[n++] = *args;
	all[n] = NULL;
	return all;
}

struct program *
rcmdd_start(const char *const *args)
{
	struct program *server;

	if (harness_server() != NULL)
		return server_start(MODEL_FORK, args); /* it runs already, elsewhere */
	server = rcmdd_launch(args);
	program_await_ready(server);
	return server;
}

struct program *
rcmdd_launch(const char *const *args)
{
	const char *name = strcmp(harness_program(), "rcmdd") == 0 ? NULL : "rcmdd";

	return program_launch(
	    &(struct launch){ .other = name, .args = as_nobody(ARGS("-p", "0"), args) });
}

/* What came of the running command's outputs; exec_words and exec_line begin anew. */
static uint64_t out_came[FDS], err_came[FDS];

static void
put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, value >>= 8)
		at[i] = (unsigned char)value;
}

static uint64_t
get(const unsigned char *at, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

void
frame_header(unsigned char header[HEADER], unsigned type, uint64_t value, uint64_t size)
{
	memcpy(header, "SWBD\1", 5);
	header[5] = (unsigned char)type;
	put(header + 6, 0, 2);
	put(header + 8, value, 8);
	put(header + 16, size, 8);
}

void
frame_send(int fd, unsigned type, uint64_t value, const void *payload, size_t size)
{
	unsigned char header[HEADER];

	frame_header(header, type, value, size);
	client_send(fd, header, HEADER);
	if (size > 0)
		client_send(fd, payload, size);
}

const struct frame_got *
frame_receive(int fd)
{
	static unsigned char payload[PAYLOAD_MAX + 1];
	static struct frame_got got;
	unsigned char header[HEADER];

	client_receive(fd, header, HEADER);
	EXPECT(
	    memcmp(header, "SWBD\1", 5) == 0 && get(header + 6, 2) == 0, "no frame's header");
	got = (struct frame_got){ header[5], get(header + 8, 8), get(header + 16, 8), payload };
	EXPECT(got.size <= PAYLOAD_MAX, "a frame of %llu bytes", (unsigned long long)got.size);
	client_receive(fd, payload, got.size);
	payload[got.size] = '\0';
	out_came[fd] += got.type == STDOUT ? got.size : 0;
	err_came[fd] += got.type == STDERR ? got.size : 0;
	return &got;
}

void
frame_hear_error(int fd, unsigned error)
{
	const struct frame_got *got = frame_receive(fd);

	EXPECT(got->type == ERROR && got->value == error, "type %u, value %llu: %s", got->type,
	    (unsigned long long)got->value, (char *)got->payload);
	EXPECT(got->size > 0, "an ERROR without words");
	client_hear_end(fd);
}

int
rcmdd_hello(struct program *server)
{
	static const unsigned char hello[33] = { [32] = '-' };
	int fd = client_open(server->address[0]);

	frame_send(fd, HELLO, 1, hello, sizeof hello);
	EXPECT(frame_receive(fd)->type == WELCOME, "no WELCOME");
	return fd;
}

void
exec_words(int fd, const char *const *words)
{
	static char payload[1 << 17];
	size_t used = 0;

	out_came[fd] = err_came[fd] = 0;
	for (; *words; words++) {
		memcpy(payload + used, *words, strlen(*words) + 1);
		used += strlen(*words) + 1;
	}
	frame_send(fd, EXEC, 0, payload, used);
}

void
exec_line(int fd, const char *line)
{
	out_came[fd] = err_came[fd] = 0;
	frame_send(fd, EXEC, 1, line, strlen(line) + 1);
}

static void
keep(char kept[KEPT + 1], uint64_t had, const struct frame_got *got)
{
	size_t at = had < KEPT ? (size_t)had : KEPT, room = KEPT - at;
	size_t n = got->size < room ? (size_t)got->size : room;

	memcpy(kept + at, got->payload, n);
	kept[at + n] = '\0';
}

const struct answer *
answer_await(int fd)
{
	static struct answer answer;
	const struct frame_got *got;
	uint64_t out = 0, err = 0;

	answer = (struct answer){ .end = 0 };
	while ((got = frame_receive(fd))->type != EXIT) {
		if (got->type == STDOUT) {
			keep(answer.out, out, got);
			out += got->size;
		} else if (got->type == STDERR) {
			keep(answer.err, err, got);
			err += got->size;
		} else {
			EXPECT(got->type == WINDOW, "type %u: %s", got->type,
			    (char *)got->payload);
		}
	}
	EXPECT(got->size >= 84, "an EXIT of %llu bytes", (unsigned long long)got->size);
	answer.end = got->value;
	answer.number = (unsigned)get(got->payload, 4);
	answer.out_bytes = get(got->payload + 4, 8);
	answer.err_bytes = get(got->payload + 12, 8);
	snprintf(answer.words, sizeof answer.words, "%s", (char *)got->payload + 84);
	EXPECT(answer.out_bytes == out_came[fd] && answer.err_bytes == err_came[fd],
	    "EXIT counts %llu and %llu bytes, %llu and %llu came",
	    (unsigned long long)answer.out_bytes, (unsigned long long)answer.err_bytes,
	    (unsigned long long)out_came[fd], (unsigned long long)err_came[fd]);
	return &answer;
}

const struct answer *
run_words(struct program *server, const char *const *words)
{
	int fd = rcmdd_hello(server);
	const struct answer *answer;

	exec_words(fd, words);
	answer = answer_await(fd);
	close(fd);
	return answer;
}

const struct answer *
run_line(struct program *server, const char *line)
{
	return run_words(server, ARGS("/bin/sh", "-c", line));
}

pid_t
hear_pid(int fd)
{
	const struct frame_got *got = frame_receive(fd);
	int pid = got->type == STDOUT ? atoi((char *)got->payload) : 0;

	EXPECT(pid > 1, "type %u with no number: %s", got->type, (char *)got->payload);
	return pid;
}

const char *
own_file(const char *name, const char *text, unsigned mode)
{
	static char path[4096];
	const char *folder = temporary_directory();
	FILE *file;

	EXPECT(chmod(folder, 0711) == 0, "chmod");
	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	EXPECT(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
	EXPECT(chmod(path, mode) == 0, "chmod");
	return path;
}

const char *
private_file(const char *name, const char *text, unsigned mode)
{
	const struct passwd *user = getpwnam("nobody");
	const char *path = own_file(name, text, mode);

	if (geteuid() == 0)
		EXPECT(user && chown(path, user->pw_uid, user->pw_gid) == 0, "chown");
	return path;
}

struct program *
rcmd_start(struct program *server, const char *const *args)
{
	static const char *all[ARGS_MAX + 1];
	const char *port = strrchr(server->address[0], ':') + 1;
	size_t n = 0;

	all[n++] = "-p";
	all[n++] = port;
	for (; *args && n < ARGS_MAX; args++)
		all[n++] = *args;
	all[n] = NULL;
	return program_launch(&(struct launch){
	    .other = strcmp(harness_program(), "rcmd") == 0 ? NULL : "rcmd", .args = all });
}
