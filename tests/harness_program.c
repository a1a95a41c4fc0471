/*
 * harness: a started program's ready line, its other lines, and its end.
 *
 * Guards against a program whose lines come late, twice or never, and against
 * sanitizer reports that an otherwise good test would not look at.
 */
#include <sys/wait.h>

#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	ARGUMENTS = 60,
};

struct program *
program_start(const char *const *args)
{
	return program_launch(&(struct launch){ .args = args });
}

/* Find a line that matches from s->seen on; its length in *length. */
static const char *
find_line(const struct stream *s, const char *pattern, size_t *length)
{
	const char *found = NULL;
	const char *line = s->text + s->seen;
	char *copy = strdup(line);
	regex_t regex;

	EXPECT(copy != NULL && regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0,
	    "bad pattern %s", pattern);
	for (char *at = copy, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (regexec(&regex, at, 0, NULL, 0) == 0) {
			found = line + (at - copy);
			*length = (size_t)(end - at);
			break;
		}
	}
	regfree(&regex);
	free(copy);
	return found;
}

bool
program_has_line(const struct stream *s, const char *regex)
{
	size_t length;

	await_events(-1, 0, now_ms());
	return find_line(s, regex, &length) != NULL;
}

const char *
program_await_line(struct program *p, struct stream *s, const char *regex)
{
	static char line[2048];
	int64_t deadline = now_ms() + WAIT_MS;
	const char *found;
	size_t length;

	while ((found = find_line(s, regex, &length)) == NULL) {
		EXPECT(s->fd != -1, "output ended without a line like: %s\n-- stdout:\n%s",
		    regex, p->out.text);
		EXPECT(now_ms() < deadline, "no line like: %s\n-- stdout:\n%s", regex,
		    p->out.text);
		await_events(-1, 0, deadline);
	}
	snprintf(line, sizeof line, "%.*s", (int)length, found);
	return line;
}

void
program_await_text(struct stream *s, const char *text)
{
	int64_t deadline = now_ms() + WAIT_MS;

	while (strstr(s->text + s->seen, text) == NULL) {
		EXPECT(s->fd != -1, "output ended without \"%s\": \"%s\"", text,
		    s->text + s->seen);
		EXPECT(now_ms() < deadline, "no \"%s\" in: \"%s\"", text, s->text + s->seen);
		await_events(-1, 0, deadline);
	}
}

void
program_forget(struct program *p)
{
	await_events(-1, 0, now_ms());
	p->out.seen = p->out.length;
	p->err.seen = p->err.length;
}

size_t
stream_lines(const struct stream *s)
{
	size_t lines = 0;

	for (const char *c = s->text; *c != '\0'; c++)
		lines += *c == '\n' || c[1] == '\0' ? 1 : 0;
	return lines;
}

void
stream_await_end(struct stream *s)
{
	int64_t deadline = now_ms() + WAIT_MS;

	while (s->fd != -1) {
		EXPECT(now_ms() < deadline, "its output does not end");
		await_events(-1, 0, deadline);
	}
}

void
program_await_ready(struct program *p)
{
	static const char mark[] = "listening on ";
	const char *line = program_await_line(p, &p->out, mark);
	char words[2048], *save = NULL;

	snprintf(words, sizeof words, "%s", strstr(line, mark) + strlen(mark));
	for (char *word = strtok_r(words, " ", &save);
	     word != NULL && p->address_count < ADDRESSES; word = strtok_r(NULL, " ", &save))
		if (strchr(word, ':') != NULL)
			snprintf(p->address[p->address_count++], ADDRESS_MAX, "%.*s",
			    ADDRESS_MAX - 1, word);
	EXPECT(p->address_count > 0, "no HOST:PORT in the ready line: %s", line);
}

/* A server elsewhere, as SUT=tcp:HOST:PORT names it: nothing to start, nothing to see. */
static struct program *
server_elsewhere(void)
{
	static struct program elsewhere;

	elsewhere =
	    (struct program){ .in = -1, .out.fd = -1, .err.fd = -1, .address_count = 1 };
	snprintf(elsewhere.address[0], ADDRESS_MAX, "%s", harness_server());
	return &elsewhere;
}

struct program *
udp_server_start(const char *const *args)
{
	const char *argv[ARGUMENTS + 3] = { "-p", "0" };
	size_t n = 2;
	struct program *p;

	if (harness_server() != NULL)
		return server_elsewhere();
	for (; *args != NULL && n < ARGUMENTS; args++)
		argv[n++] = *args;
	argv[n] = NULL;
	p = program_start(argv);
	program_await_ready(p);
	return p;
}

struct program *
server_start(int model, const char *const *args)
{
	const char *argv[ARGUMENTS + 5] = { "-p", "0" };
	size_t n = 2;
	struct program *p;

	if (harness_server() != NULL)
		return server_elsewhere();
	if (harness_model(model) != NULL) {
		argv[n++] = "-m";
		argv[n++] = harness_model(model);
	}
	for (; *args != NULL && n < ARGUMENTS; args++)
		argv[n++] = *args;
	p = program_start(argv);
	program_await_ready(p);
	return p;
}

void
program_signal(struct program *p, int signal)
{
	EXPECT(!p->exited && kill(p->pid, signal) == 0, "the program is gone");
}

void
program_send(struct program *p, const char *text)
{
	client_send(p->in, text, strlen(text));
}

void
program_finish(struct program *p)
{
	close(p->in);
	p->in = -1;
}

static bool
has_exited(void *arg)
{
	struct program *p = arg;

	if (!p->exited && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
		p->exited = true;
	return p->exited;
}

int
program_await_exit(struct program *p)
{
	return program_await_exit_within(p, WAIT_MS);
}

int
program_await_exit_within(struct program *p, int ms)
{
	EXPECT(await_condition_within(ms, has_exited, p), "does not exit");
	if (p->out.fd != -1)
		stream_await_end(&p->out);
	if (p->err.fd != -1)
		stream_await_end(&p->err);
	return WIFEXITED(p->status) ? WEXITSTATUS(p->status) : 128 + WTERMSIG(p->status);
}

/* After each good test: nothing of it lives on, and no sanitizer had a word to say. */
void
harness_teardown(void)
{
	struct program *list;
	size_t count = harness_programs(&list);

	harness_kill_all();
	await_events(-1, 0, now_ms());
	for (size_t i = 0; i < count; i++)
		EXPECT(strstr(list[i].err.text, "Sanitizer") == NULL &&
			   strstr(list[i].err.text, "runtime error:") == NULL,
		    "a sanitizer has reported");
	harness_remove_directories();
}
