/*
 * filecp: what it says to its user, and what it shows on a terminal.
 *
 * Guards against progress in a log file, and none on a terminal.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/filecp.h"

START_TEST(wrong_usage)
{
	program_expect_usage(ARGS("a"), "^filecp: missing: where to");
	program_expect_usage(ARGS("a", "b"), "^filecp: neither is host:path");
	program_expect_usage(ARGS("h:a", "h:b"), "^filecp: either all sources");
	program_expect_usage(ARGS("h:a", "b", "c"), "^filecp: either all sources");
	program_expect_usage(ARGS("-L", "a"), "^filecp: -L lists");
	program_expect_usage(ARGS("-s", "crc", "a", "h:"), "^filecp: -s: \"crc\" is none of");
	program_expect_usage(ARGS("./h:a", "b"), "^filecp: neither is host:path");
}
END_TEST

/* What a copy shows on a terminal that is its standard error. */
static const char *
shown_by(const char *const *args, int status)
{
	int terminal;
	struct program *p = program_that_draws(&terminal, args);
	const char *shown;

	EXPECT(program_await_exit(p) == status, "exit status");
	shown = terminal_shows(terminal);
	close(terminal);
	return shown;
}

static void
expect_shown(const char *const *args, const char *size)
{
	const char *shown = shown_by(args, 0);

	EXPECT(strstr(shown, "100%") && strstr(shown, size), "it shows: %s", shown);
}

/* Standard error on a terminal: a line that is drawn; with -q nothing at all. */
START_TEST(progress_on_a_terminal)
{
	const char *top = lab_directory("top"), *source = text_of("%s/source", top);
	const char *port = port_of(lab_server(top));

	lab_write(source, LARGE, 1);
	expect_shown(ARGS("-p", port, source, "127.0.0.1:a"), "300.0 KiB");
	EXPECT(*shown_by(ARGS("-q", "-p", port, source, "127.0.0.1:a"), 0) == '\0',
	    "it shows something with -q");
}
END_TEST

/* Who fetches does not know how much it will be: the server is asked. */
START_TEST(progress_of_what_is_fetched)
{
	const char *top = lab_directory("top"), *here = lab_directory("here");
	const char *port = port_of(lab_server(top)), *shown;

	lab_directory("top/tree");
	lab_directory("top/tree/inner");
	lab_write(text_of("%s/a", top), LARGE, 1);
	lab_write(text_of("%s/tree/b", top), LARGE, 2);
	lab_write(text_of("%s/tree/inner/c", top), LARGE, 3);
	expect_shown(ARGS("-p", port, "127.0.0.1:a", here), "300.0 KiB");
	expect_shown(
	    ARGS("-r", "-p", port, "127.0.0.1:a", "127.0.0.1:tree", here), "900.0 KiB");
	lab_expect(text_of("%s/tree/inner/c", here), LARGE, 3);
	/* What does not come is not counted, and told once. */
	shown = shown_by(ARGS("-p", port, "127.0.0.1:gone", "127.0.0.1:a", here), 1);
	EXPECT(strstr(shown, "100%"), "it shows: %s", shown);
	shown = strstr(shown, "gone: ENOENT");
	EXPECT(shown && strstr(shown + 1, "gone: ENOENT") == NULL, "it shows: %s", shown);
}
END_TEST

void
filecp_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(wrong_usage, ONCE),
		OURS(progress_on_a_terminal, ONCE),
		OURS(progress_of_what_is_fetched, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
