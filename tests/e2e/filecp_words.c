/*
 * filecp: what it says to its user, and what it shows on a terminal.
 *
 * Guards against progress in a log file, and none on a terminal.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

static void
expect_usage(const char *const *args, const char *regex)
{
	struct program *p = program_start(args);

	EXPECT(program_await_exit(p) == 2, "not a usage error");
	EXPECT(stream_lines(&p->err) == 1, "%zu lines", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, regex), "no line like %s", regex);
}

START_TEST(wrong_usage)
{
	expect_usage(ARGS("a"), "^filecp: missing: where to");
	expect_usage(ARGS("a", "b"), "^filecp: neither is host:path");
	expect_usage(ARGS("h:a", "h:b"), "^filecp: either all sources");
	expect_usage(ARGS("h:a", "b", "c"), "^filecp: either all sources");
	expect_usage(ARGS("-L", "a"), "^filecp: -L lists");
	expect_usage(ARGS("-s", "crc", "a", "h:"), "^filecp: -s: \"crc\" is none of");
	expect_usage(ARGS("./h:a", "b"), "^filecp: neither is host:path");
}
END_TEST

/* Standard error on a terminal: a line that is drawn; with -q nothing at all. */
START_TEST(progress_on_a_terminal)
{
	const char *top = lab_directory("top"), *source = text_of("%s/source", top);
	struct program *server = lab_server(top), *p;
	int theirs, terminal = terminal_open(&theirs);
	char shown[4096] = "";
	ssize_t n;

	lab_write(source, LARGE, 1);
	p = program_launch(&(struct launch){
	    .args = ARGS("-p", port_of(server), source, "127.0.0.1:a"), .err = theirs });
	close(theirs);
	EXPECT(program_await_exit(p) == 0, "it fails");
	n = read(terminal, shown, sizeof shown - 1);
	EXPECT(n > 0 && strstr(shown, "100%") && strstr(shown, "300.0 KiB"), "it shows: %s",
	    shown);
	close(terminal);
	terminal = terminal_open(&theirs);
	p = program_launch(&(struct launch){
	    .args = ARGS("-q", "-p", port_of(server), source, "127.0.0.1:a"), .err = theirs });
	close(theirs);
	EXPECT(program_await_exit(p) == 0, "it fails");
	EXPECT(read(terminal, shown, sizeof shown - 1) <= 0, "it shows something with -q");
	close(terminal);
}
END_TEST

void
filecp_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(wrong_usage, ONCE),
		OURS(progress_on_a_terminal, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
