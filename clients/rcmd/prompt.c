/*
 * prompt: many commands of rcmd over one connection: from a person at a terminal, or
 * from a script on standard input. Each line is a command; the commands themselves have
 * an empty standard input. Lines are taken as the server's shell takes them.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/rcmd/rcmd.h"
#include "common/log.h"
#include "common/sys.h"

/* Lines out of standard input, which is read in pieces. */
struct lines {
	char bytes[COMMAND_BYTES_MAX];
	size_t start, end;
	bool ended;
};

/* Until there is something to read. 1; 0: a signal came; -1: the server is gone. */
static int
await_input(struct rcmd_talk *talk)
{
	struct pollfd wait[] = {
		{ STDIN_FILENO, POLLIN, 0 },
		{ talk->conn.in, POLLIN, 0 },
	};

	while (sys_ppoll(wait, 2, -1, &talk->waiting) == -1) {
		talk->signals = rcmd_take_signal();
		if (talk->signals)
			return 0;
	}
	if (wait[0].revents) /* what is typed first counts first */
		return 1;
	rcmd_fail(talk, "the server hung up");
	return -1;
}

/* More bytes behind those that are there. As await_input; 0 with no signal: the end. */
static int
fill(struct rcmd_talk *talk, struct lines *lines)
{
	ssize_t n;
	int ready;

	memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	talk->signals = 0;
	ready = await_input(talk);
	if (ready <= 0)
		return ready;
	n = read(STDIN_FILENO, lines->bytes + lines->end, sizeof lines->bytes - 1 - lines->end);
	if (n == -1)
		log_error("standard input:");
	lines->ended = n <= 0;
	if (n > 0)
		lines->end += (size_t)n;
	return !lines->ended;
}

/* The next line as a string, or NULL: the end, or a signal, or the server is gone. */
static char *
next_line(struct rcmd_talk *talk, struct lines *lines)
{
	for (;;) {
		char *line = lines->bytes + lines->start;
		size_t have = lines->end - lines->start;
		char *newline = memchr(line, '\n', have);

		if (newline || (lines->ended && have > 0)) {
			size_t len = newline ? (size_t)(newline - line) : have;

			line[len] = '\0';
			lines->start += len + (newline != NULL);
			return line;
		}
		if (have == sizeof lines->bytes - 1) {
			rcmd_fail(talk, "a line that is too long");
			return NULL;
		}
		if (lines->ended || (fill(talk, lines) <= 0 && !lines->ended))
			return NULL;
	}
}

static bool
is_empty(const char *line)
{
	return line[strspn(line, " \t\r")] == '\0';
}

static void
prompt(bool terminal)
{
	if (terminal && write(STDOUT_FILENO, "> ", 2) == -1)
		log_error("standard output:");
}

/* At the prompt ^C is for the line, not for us; other signals end us. Whether to go on. */
static bool
go_on_after_signal(struct rcmd_talk *talk, struct lines *lines, bool terminal, int *status)
{
	if (!talk->signals)
		return false;
	if (terminal && talk->signals == SIGINT) {
		lines->start = lines->end = 0;
		log_notice("q leaves");
		return true;
	}
	*status = RCMD_SIGNAL + talk->signals;
	return false;
}

int
rcmd_lines(struct rcmd_talk *talk, bool terminal)
{
	static struct lines lines;
	int status = 0;

	for (;;) {
		const char *words[] = { NULL, NULL };

		prompt(terminal);
		words[0] = next_line(talk, &lines);
		if (talk->over)
			return RCMD_FAILED;
		if (words[0] == NULL && go_on_after_signal(talk, &lines, terminal, &status))
			continue;
		if (words[0] == NULL && terminal && !talk->signals)
			(void)!write(STDOUT_FILENO, "\n", 1);
		if (words[0] == NULL || strcmp(words[0], "q") == 0)
			return status;
		if (is_empty(words[0])) {
			if (terminal)
				log_notice("nothing to run: type a command, or q to leave");
			continue;
		}
		if (!terminal && *words[0] == '#')
			continue;
		status = rcmd_run(talk, COMMAND_LINE, words, false);
		if (talk->over)
			return status;
	}
}
