/*
 * harness: waiting, and what a failed expectation says.
 *
 * Guards against tests that sleep and hope, and against tests that hang: each
 * wait is for an event and has a deadline.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	OURS_WAIT_MS = 30000,	/* for ours the machine may be at fault, if it is busy */
	GRADED_WAIT_MS = 10000, /* whose work is not done is told so sooner */
	LOOK_MS = 2,
	TAIL = 1200,	    /* bytes of a program's stderr in a failure's message */
	MESSAGE_MAX = 3000, /* of which Check takes 4096 bytes with all that it adds */
	STREAM_MAX = 64 * 1024 * 1024,
};

int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
harness_wait_ms(void)
{
	return harness_is_graded() ? GRADED_WAIT_MS : OURS_WAIT_MS;
}

/* Read what a stream has. Call when poll says so: the pipe may be blocking. */
void
stream_collect(struct stream *s)
{
	ssize_t n;

	if (s->capacity - s->length < 4096 + 1) {
		s->capacity = (s->capacity + 4096) * 2;
		s->text = realloc(s->text, s->capacity);
		if (s->text == NULL)
			abort();
	}
	n = read(s->fd, s->text + s->length, s->capacity - s->length - 1);
	if (n > 0)
		s->length += (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		close(s->fd);
		s->fd = -1;
	}
	s->text[s->length] = '\0';
	if (s->length > STREAM_MAX) {
		close(s->fd);
		s->fd = -1;
		EXPECT(false, "it prints without end");
	}
}

short
await_events(int fd, short events, int64_t deadline)
{
	struct program *programs;
	size_t count = harness_programs(&programs);

	for (;;) {
		struct pollfd fds[1 + 2 * 16] = { { .fd = fd, .events = events } };
		struct stream *streams[1 + 2 * 16];
		int64_t left = deadline - now_ms();
		nfds_t n = 1;
		int ready;

		for (size_t i = 0; i < count; i++) {
			streams[n] = &programs[i].out;
			fds[n++] =
			    (struct pollfd){ .fd = programs[i].out.fd, .events = POLLIN };
			streams[n] = &programs[i].err;
			fds[n++] =
			    (struct pollfd){ .fd = programs[i].err.fd, .events = POLLIN };
		}
		ready = poll(fds, n, left > 0 ? (int)left : 0);
		for (nfds_t i = 1; ready > 0 && i < n; i++)
			if (fds[i].revents != 0)
				stream_collect(streams[i]);
		if (ready > 0 && fds[0].revents != 0)
			return fds[0].revents;
		if (left <= 0)
			return 0;
		if (fd == -1 && ready > 0)
			return POLLIN; /* something came: the caller looks again */
	}
}

bool
await_condition(bool (*holds)(void *), void *arg)
{
	return await_condition_within(WAIT_MS, holds, arg);
}

bool
await_condition_within(int ms, bool (*holds)(void *), void *arg)
{
	int64_t deadline = now_ms() + ms;

	while (!holds(arg)) {
		if (now_ms() > deadline)
			return false;
		await_events(-1, 0, now_ms());
		poll(NULL, 0, LOOK_MS);
	}
	return true;
}

/* The end of what the programs said, for the message of a failure. */
static void
append_tails(char *text, size_t capacity)
{
	struct program *programs;
	size_t count = harness_programs(&programs);

	await_events(-1, 0, now_ms());
	for (size_t i = 0; i < count; i++) {
		const struct stream *err = &programs[i].err;
		size_t used = strlen(text);
		size_t skip = err->length > TAIL ? err->length - TAIL : 0;

		if (err->length > 0)
			snprintf(text + used, capacity - used, "\n-- stderr of pid %ld:\n%s",
			    (long)programs[i].pid, err->text + skip);
	}
}

void
harness_fail(const char *file, int line, const char *format, ...)
{
	static char text[MESSAGE_MAX];
	va_list ap;
	int n;

	n = snprintf(text, sizeof text, "%s:%d: ", file, line);
	va_start(ap, format);
	vsnprintf(text + n, sizeof text - (size_t)n, format, ap);
	va_end(ap);
	append_tails(text, sizeof text);
	harness_kill_all();
	harness_remove_directories();
	ck_abort_msg("%s", text);
	abort(); /* not reached: says so to the compiler */
}
