/*
 * e2e_filecp: filecp, or the client that SUT names, seen from outside. The server is
 * the suite's own.
 */
#include "tests/e2e/filecp.h"

enum {
	ARGS_MAX = 16,
};

struct program *
copy_start(const char *port, const char *const *args)
{
	const char *all[ARGS_MAX] = { "-p", port };
	size_t count = 2;

	while (*args && count < ARGS_MAX - 1)
		all[count++] = *args++;
	return program_start(all);
}

void
copy(const struct program *server, const char *const *args)
{
	struct program *p = copy_start(port_of(server), args);
	int status = program_await_exit(p);

	EXPECT(status == 0, "exit status %d: %s", status, p->err.text);
	EXPECT(p->err.length == 0, "it says: %s", p->err.text);
	program_release(p);
}

void
copy_fails(const struct program *server, const char *const *args, int status, const char *regex)
{
	struct program *p = copy_start(port_of(server), args);
	int got = program_await_exit(p);

	EXPECT(got == status, "exit status %d, wanted %d: %s", got, status, p->err.text);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines: %s", stream_lines(&p->err), p->err.text);
	EXPECT(program_has_line(&p->err, regex), "no line like: %s", regex);
	program_release(p);
}

int
main(void)
{
	Suite *suite = harness_suite("filecp");

	filecp_copies(suite);
	filecp_trees(suite);
	filecp_cuts(suite);
	filecp_failures(suite);
	filecp_words(suite);
	return harness_run(suite);
}
