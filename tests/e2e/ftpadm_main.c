/*
 * e2e_ftpadm: ftpadm, seen from outside: command lines, and the file they leave.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpadm.h"

enum {
	WORDS_MAX = 16,
	TEXT_MAX = 1 << 16,
};

/* Each test is a process, and has a directory. */
static const char *
place(void)
{
	static const char *directory;
	static pid_t test;

	if (test != getpid())
		directory = temporary_directory();
	test = getpid();
	return directory;
}

const char *
path_in(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", place(), name);
	return path;
}

const char *
users_path(void)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/users", place());
	return path;
}

struct program *
adm_run(const char *input, const char *const *words)
{
	const char *all[WORDS_MAX] = { "-f", users_path() };
	size_t count = 2;
	struct program *p;

	while (*words && count < WORDS_MAX - 1)
		all[count++] = *words++;
	p = program_start(all);
	program_send(p, input);
	program_finish(p);
	program_await_exit(p);
	return p;
}

void
adm(const char *input, const char *const *words)
{
	struct program *p = adm_run(input, words);

	EXPECT(p->exited && p->status == 0, "%s: it fails: %s", *words, p->err.text);
	EXPECT(p->err.length == 0, "%s: it says: %s", *words, p->err.text);
	program_release(p);
}

void
adm_fails(const char *input, const char *const *words, int status, const char *regex)
{
	struct program *p = adm_run(input, words);
	int got = program_await_exit(p);

	EXPECT(got == status, "%s: exit status %d, wanted %d: %s", *words, got, status,
	    p->err.text);
	EXPECT(stream_lines(&p->err) == 1, "%s: %zu lines: %s", *words, stream_lines(&p->err),
	    p->err.text);
	EXPECT(program_has_line(&p->err, regex), "%s: no line like %s, but: %s", *words, regex,
	    p->err.text);
	program_release(p);
}

const char *
users_text(void)
{
	static char text[TEXT_MAX];
	int fd = open(users_path(), O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);

	EXPECT(n >= 0, "there is no %s", users_path());
	text[n] = '\0';
	close(fd);
	return text;
}

const char *
users_field(const char *name, int field)
{
	static char value[1024];
	const char *line = users_text();
	size_t len = strlen(name);

	while (line && (strncmp(line, name, len) != 0 || line[len] != ':')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	EXPECT(line != NULL, "no account %s in: %s", name, users_text());
	for (; line && field > 0; field--)
		line = strchr(line, ':') + 1;
	snprintf(value, sizeof value, "%.*s", (int)strcspn(line, ":\n"), line);
	return value;
}

void
users_write(const char *text, unsigned mode)
{
	int fd = open(users_path(), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	EXPECT(fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
		   fchmod(fd, (mode_t)mode) == 0,
	    "cannot write %s", users_path());
	close(fd);
}

int
main(void)
{
	Suite *suite = harness_suite("ftpadm");

	ftpadm_accounts(suite);
	ftpadm_passwords(suite);
	return harness_run(suite);
}
