/*
 * tcpload: servers that refuse, reset, hang up, lie or fall silent.
 *
 * Guards against a fine figure made of bad answers: every fault is counted under its
 * name, makes the exit status 1, and is never part of the rates.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpload.h"

/* A server's way, the errors that it must cause, and what must be said of them. */
struct fault {
	enum peer peer;
	const char *option; /* -S or -L */
	long answered, errors;
	const char *names, *words;
};

static const struct fault faults[] = {
	{ PEER_RESETS, "-L", 0, 20, "ECONNRESET 20",
	    "^tcpload: receive 127.*: ECONNRESET \\(.*\\)$" },
	{ PEER_RESETS, "-S", 0, 20, "ECONNRESET 20", "^tcpload: receive 127.*: ECONNRESET" },
	{ PEER_HALVES, "-L", 0, 20, "EOF 20", "hung up before the whole answer had come$" },
	{ PEER_HALVES, "-S", 0, 20, "EOF 20", "hung up before the whole answer had come$" },
	{ PEER_CORRUPTS, "-L", 18, 2, "EBADMSG 2", "not what was sent: \"" },
	{ PEER_CORRUPTS, "-S", 18, 2, "EBADMSG 2", "not what was sent: \"" },
	{ PEER_BABBLES, "-L", 0, 20, "EBADMSG 20", "not what was sent: \"" },
	{ PEER_TURNS_AWAY, "-S", 0, 20, "EBADMSG 20",
	    "not what was sent: \"go away\\\\x0a\"$" },
};

static void
expect_fault(const struct fault *fault)
{
	const char *port;
	struct program *p;

	peer_start(fault->peer, &port);
	p = load_run(port, ARGS(fault->option, "-n", "20", "-c", "4"));
	program_expect_status(p, 1);
	expect_errors(p, fault->errors, fault->names);
	EXPECT((long)figure(p, "messages") == fault->answered, "not %ld answered:\n%s",
	    fault->answered, p->out.text);
	EXPECT(stream_lines(&p->err) == 1, "each kind is told once, here in %zu lines",
	    stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, fault->words), "no line like: %s", fault->words);
}

START_TEST(counts_every_fault)
{
	for (size_t i = 0; i < ARRAY_LENGTH(faults); i++)
		expect_fault(&faults[i]);
}
END_TEST

/* Nobody there at all: that is no load test. */
START_TEST(nobody_listens)
{
	int number, holder = port_reserve(AF_INET, &number);
	struct program *p;
	char port[16];

	snprintf(port, sizeof port, "%d", number);
	p = load_run(port, ARGS("-d", "30"));
	program_expect_status(p, 1);
	EXPECT(program_has_line(
		   &p->err, "^tcpload: connect 127.*: ECONNREFUSED \\(.*start the server"),
	    "no advice");
	EXPECT(
	    stream_lines(&p->err) == 1 && p->out.length == 0, "it says more: %s", p->out.text);
	close(holder);
}
END_TEST

START_TEST(server_is_silent)
{
	const char *port;
	struct program *p;

	peer_start(PEER_SILENT, &port);
	p = load_run(port, ARGS("-t", "0.3", "-n", "4", "-c", "4"));
	program_expect_status(p, 1);
	expect_errors(p, 4, "ETIMEDOUT 4");
	EXPECT(
	    program_has_line(&p->err, "^tcpload: 127.*: no answer for 0\\.3 s$"), "not told");
	EXPECT(strstr(p->out.text, "p50 -, p90 -, p99 -, max -") != NULL,
	    "a latency of nothing:\n%s", p->out.text);
}
END_TEST

/* The answers outstanding at the end have a time, too, and it is over. */
START_TEST(server_is_silent_at_the_end)
{
	const char *port;
	struct program *p;

	peer_start(PEER_SILENT, &port);
	p = load_run(port, ARGS("-t", "0.4", "-d", "0.2", "-c", "5"));
	program_expect_status(p, 1);
	expect_errors(p, 5, "ETIMEDOUT 5");
	EXPECT(figure(p, " in ") < 0.4, "measured longer than asked:\n%s", p->out.text);
}
END_TEST

/* Its listener is gone as well: no use to go on until -d. */
START_TEST(server_dies)
{
	int64_t start = now_ms();
	const char *port;
	struct program *p;

	peer_start(PEER_DIES, &port);
	p = load_run(port, ARGS("-t", "0.5", "-d", "60", "-c", "4"));
	program_expect_status(p, 1);
	EXPECT((long)figure(p, "messages") <= 50 && (long)figure(p, "messages") > 0, "%s",
	    p->out.text);
	EXPECT(
	    strstr(p->out.text, "ECONNREFUSED ") != NULL, "no ECONNREFUSED:\n%s", p->out.text);
	EXPECT(program_has_line(&p->err, "^tcpload: nothing but errors for 0\\.5 s: given up$"),
	    "not told");
	EXPECT(now_ms() - start < 30000, "it took %d ms", (int)(now_ms() - start));
}
END_TEST

/* It hangs up while the client has nothing to say: an error, then a new connection. */
START_TEST(server_forsakes_idle_clients)
{
	const char *port;
	struct seen *seen = peer_start(PEER_FORSAKES, &port);
	struct program *p = load_run(port, ARGS("-r", "20", "-n", "6", "-c", "2", "-t", "2"));

	program_expect_status(p, 1);
	EXPECT(figure(p, "messages") > 0, "nothing answered:\n%s", p->out.text);
	EXPECT(strstr(p->out.text, ": EOF ") != NULL, "no EOF:\n%s", p->out.text);
	EXPECT(seen->connections >= 4, "%ld connections", seen->connections);
}
END_TEST

static struct program *
load_into(const char *device, const char *file)
{
	const char *port;
	int out = device ? open(device, O_WRONLY | O_CLOEXEC) : 0;

	peer_start(PEER_ECHO, &port);
	return program_launch(&(struct launch){
	    .out = out, .args = ARGS("-n", "10", "-p", port, "-o", file, "127.0.0.1") });
}

START_TEST(report_cannot_be_written)
{
	struct program *p = load_into(NULL, "/nonexistent/figures");

	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpload: /nonexistent/figures: ENOENT \\("),
	    "not told");
	EXPECT(p->out.length == 0, "it went on:\n%s", p->out.text);
	p = load_into(NULL, "/dev/full");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpload: /dev/full: ENOSPC \\("), "not told");
	p = load_into("/dev/full", "/dev/null");
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "^tcpload: standard output: ENOSPC \\("), "not told");
}
END_TEST

void
tcpload_errors(Suite *suite)
{
	const struct check checks[] = {
		{ counts_every_fault, ONCE, NEEDS_START, 2,
		    "a wrong answer is a fault, whatever its speed. tcpload(1)" },
		{ nobody_listens, ONCE, NEEDS_START, 1,
		    "who is refused everywhere fails. tcpload(1)" },
		{ server_is_silent, ONCE, NEEDS_START, 1, "every wait has an end. tcpload(1)" },
		OURS(server_is_silent_at_the_end, ONCE),
		{ server_dies, ONCE, NEEDS_START, 1,
		    "an end in the middle is a fault of that connection. tcpload(1)" },
		OURS(server_forsakes_idle_clients, ONCE),
		OURS(report_cannot_be_written, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
