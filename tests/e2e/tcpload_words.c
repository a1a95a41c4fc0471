/*
 * tcpload: its report, its TSV, -v, -x, -q, -h, -V, and a wrong command line.
 *
 * Guards against figures that a script cannot read, and against two reports of one run
 * that disagree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpload.h"

START_TEST(reports_for_people)
{
	static const char *const lines[] = {
		"^127\\.0\\.0\\.1:[0-9]+: 4 clients, long connections, 100 bytes a message, "
		"closed loop$",
		"^messages       50 in [0-9]+\\.[0-9]{3} s$",
		"^connections/s  0\\.0 \\(4 made before\\)$",
		"^round trips/s  [0-9]+\\.[0-9]$",
		"^MB/s           [0-9]+\\.[0-9]{3}$",
		"^latency us     p50 [0-9]+\\.[0-9], p90 [0-9]+\\.[0-9], p99 [0-9]+\\.[0-9], "
		"max [0-9]+\\.[0-9]$",
		"^errors         0$",
	};
	const char *port;
	struct program *p;

	peer_start(PEER_ECHO, &port);
	p = load_run(port, ARGS("-n", "50", "-c", "4", "-s", "100"));
	program_expect_status(p, 0);
	EXPECT(
	    stream_lines(&p->out) == ARRAY_LENGTH(lines), "%zu lines", stream_lines(&p->out));
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		EXPECT(program_has_line(&p->out, lines[i]), "no line like %s in:\n%s", lines[i],
		    p->out.text);
}
END_TEST

START_TEST(names_the_conditions)
{
	const char *port;
	struct program *p;

	peer_start(PEER_ECHO, &port);
	p = load_run(port, ARGS("-S", "-r", "1000", "-n", "2", "-c", "1", "-s", "1"));
	EXPECT(
	    program_has_line(&p->out,
		": 1 client, short connections, 1 byte a message, open loop of 1000 a second$"),
	    "%s", p->out.text);
}
END_TEST

static const char header[] =
    "mode\tclients\tsize\trate\tseconds\tmessages\tconnections\tconnections_per_s\t"
    "round_trips_per_s\tmb_per_s\tlatency_p50_us\tlatency_p90_us\tlatency_p99_us\t"
    "latency_max_us\terrors\tunfinished\terrors_by_name\n";

/* The file's second line; the first must be the header, and there must be no third. */
static char *
read_figures(const char *path)
{
	static char text[2048];
	FILE *file = fopen(path, "r");
	size_t length;

	EXPECT(file != NULL, "no file %s", path);
	length = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[length] = '\0';
	EXPECT(strncmp(text, header, sizeof header - 1) == 0, "the header is: %s", text);
	EXPECT(strchr(text + sizeof header - 1, '\n') == text + length - 1, "not 2 lines: %s",
	    text);
	text[length - 1] = '\0';
	return text + sizeof header - 1;
}

/* Cut a line at its tabs; how many fields. */
static size_t
cut(char *line, char *fields[], size_t capacity)
{
	size_t count = 0;

	for (char *at = line; at != NULL && count < capacity; count++) {
		fields[count] = at;
		at = strchr(at, '\t');
		if (at != NULL)
			*at++ = '\0';
	}
	return count;
}

START_TEST(writes_tsv)
{
	static const char *const exact[] = { "short", "4", "100", "0", NULL, "18", "20", NULL,
		NULL, NULL, NULL, NULL, NULL, NULL, "2", "0", "EBADMSG=2" };
	char path[ADDRESS_MAX], *fields[ARRAY_LENGTH(exact) + 1], *end;
	const char *port;
	struct program *p;

	snprintf(path, sizeof path, "%s/figures.tsv", temporary_directory());
	peer_start(PEER_CORRUPTS, &port);
	p = load_run(port, ARGS("-S", "-n", "20", "-c", "4", "-s", "100", "-o", path));
	program_expect_status(p, 1);
	EXPECT(cut(read_figures(path), fields, ARRAY_LENGTH(fields)) == ARRAY_LENGTH(exact),
	    "a wrong number of fields");
	for (size_t i = 0; i < ARRAY_LENGTH(exact); i++) {
		if (exact[i] != NULL) {
			EXPECT(
			    strcmp(fields[i], exact[i]) == 0, "field %zu is %s", i, fields[i]);
			continue;
		}
		EXPECT(strtod(fields[i], &end) > 0 && *end == '\0', "field %zu is %s", i,
		    fields[i]);
	}
	EXPECT(strtod(fields[8], NULL) == figure(p, "round trips/s"), "the reports differ");
	EXPECT(strtod(fields[10], NULL) == figure(p, "p50 "), "the reports differ");
	EXPECT(strtod(fields[13], NULL) == figure(p, "max "), "the reports differ");
}
END_TEST

/* A second run's figures replace those of the first. */
START_TEST(replaces_the_file)
{
	char path[ADDRESS_MAX];
	const char *port;

	snprintf(path, sizeof path, "%s/figures.tsv", temporary_directory());
	peer_start(PEER_ECHO, &port);
	program_expect_status(load_run(port, ARGS("-n", "20", "-o", path)), 0);
	program_expect_status(load_run(port, ARGS("-n", "10", "-o", path)), 0);
	EXPECT(strstr(read_figures(path), "\t10\t16\t") != NULL, "not of the second run");
}
END_TEST

START_TEST(steps_in_words)
{
	const char *port;
	struct program *p;

	peer_start(PEER_ECHO, &port);
	p = load_run(port, ARGS("-v", "-n", "5", "-c", "3"));
	expect_in_order(p->err.text,
	    ARGS("tcpload: socket ", "\ntcpload: connect ", "127.0.0.1:", "\ntcpload: talk ",
		"5 messages", "\ntcpload: close "));
	EXPECT(stream_lines(&p->err) == 4, "%zu lines", stream_lines(&p->err));
}
END_TEST

/* Of one message, there and back: all of them would bury the terminal. */
START_TEST(bytes_of_the_first_message)
{
	const char *port;
	struct program *p;

	peer_start(PEER_ECHO, &port);
	p = load_run(port, ARGS("-x", "-n", "50", "-c", "3", "-s", "16"));
	EXPECT(stream_lines(&p->err) == 2, "%zu lines", stream_lines(&p->err));
	EXPECT(
	    program_has_line(&p->err, "^tcpload: -> 000000  ([0-9a-f]{2} ){16}"), "none out");
	EXPECT(program_has_line(&p->err, "^tcpload: <- 000000  ([0-9a-f]{2} ){16}"), "none in");
}
END_TEST

START_TEST(help_and_version)
{
	struct program *p = program_start(ARGS("-h"));

	program_expect_status(p, 0);
	EXPECT(
	    strncmp(p->out.text, "usage: tcpload [-", 17) == 0, "stdout is: %s", p->out.text);
	EXPECT(strstr(p->out.text, "allow-remote") != NULL, "stdout is: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
	p = program_start(ARGS("-V"));
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "tcpload (Switchboard) 0.1\n") == 0, "stdout is: %s",
	    p->out.text);
}
END_TEST

static const struct mistake mistakes[] = {
	{ { NULL }, "host" },
	{ { "one", "two" }, "\"two\"" },
	{ { "-c", "0", "::1" }, "-c: \"0\" is not a number from 1 to 20000" },
	{ { "-c", "20001", "::1" }, "-c: \"20001\" is not" },
	{ { "-s", "0", "::1" }, "-s: \"0\" is not a number from 1 to 1048576" },
	{ { "-s", "1048577", "::1" }, "-s: \"1048577\" is not" },
	{ { "-n", "0", "::1" }, "-n: \"0\" is not" },
	{ { "-r", "-1", "::1" }, "-r: \"-1\" is not" },
	{ { "-d", "soon", "::1" }, "-d: \"soon\" is not" },
	{ { "-L", "-S", "::1" }, "-L and -S" },
	{ { "-R", "127.0.0.2" }, "-R " },
	{ { "--allow", "::1" }, "--allow" },
	{ { "--allow-remote=yes", "::1" }, "--allow-remote=yes" },
};

START_TEST(wrong_command_lines)
{
	program_expect_mistakes(mistakes, ARRAY_LENGTH(mistakes));
}
END_TEST

void
tcpload_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(reports_for_people, ONCE),
		OURS(names_the_conditions, ONCE),
		OURS(writes_tsv, ONCE),
		OURS(replaces_the_file, ONCE),
		OURS(steps_in_words, ONCE),
		OURS(bytes_of_the_first_message, ONCE),
		OURS(help_and_version, ONCE),
		OURS(wrong_command_lines, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
