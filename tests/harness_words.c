/*
 * harness: how a program ends, and what it says.
 *
 * Guards against an exit status that a script cannot trust, a mistake answered by a page
 * of text or not at all, and a narration out of order.
 */
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

void
program_expect_status(struct program *p, int wanted)
{
	int status = program_await_exit(p);

	EXPECT(status == wanted, "exit status %d, wanted %d", status, wanted);
}

void
program_expect_line(struct program *p, int status, const char *words)
{
	const char *name = harness_program();
	size_t length = strlen(name);

	program_expect_status(p, status);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	EXPECT(strncmp(p->err.text, name, length) == 0 &&
		   strncmp(p->err.text + length, ": ", 2) == 0,
	    "does not begin with its name");
	EXPECT(strstr(p->err.text, words) != NULL, "no word of \"%s\"", words);
}

/* A command line that is not understood. */
static struct program *
expect_mistake(const char *const *args, const char *words)
{
	struct program *p = program_start(args);

	program_expect_line(p, 2, words);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
	return p;
}

void
program_expect_usage(const char *const *args, const char *regex)
{
	struct program *p = expect_mistake(args, "");

	EXPECT(program_has_line(&p->err, regex), "no line like %s", regex);
}

void
program_expect_mistakes(const struct mistake *mistakes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)expect_mistake(mistakes[i].args, mistakes[i].words);
}

void
expect_in_order(const char *text, const char *const *steps)
{
	const char *from = text;

	for (; *steps != NULL; steps++) {
		const char *found = strstr(from, *steps);

		EXPECT(found != NULL, "\"%s\" is not said, or not in its place, in:\n%s",
		    *steps, text);
		from = found + strlen(*steps);
	}
}
