/*
 * tcpchat and the programs that people would call it with: nc, ncat, socat, and a few
 * lines of Python such as the course's.
 *
 * Guards against two ends of the suite that understand each other and nobody else.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

/* Another program by its name on PATH. */
static struct program *
start_other(const char *const *args)
{
	return program_launch(&(struct launch){ .other = "/usr/bin/env", .args = args });
}

/* A word each, then each ends: both must notice, and both must have heard all. */
static void
converse(struct program *ours, struct program *theirs)
{
	program_send(ours, "hello from us 哈\n");
	program_await_text(&theirs->out, "hello from us 哈\n");
	program_send(theirs, "hello from them\n");
	program_await_text(&ours->out, "hello from them\n");
	program_send(theirs, "last words");
	program_await_text(&ours->out, "last words");
	program_finish(ours);
	program_finish(theirs);
	program_expect_status(ours, 0);
	EXPECT(strcmp(ours->out.text, "hello from them\nlast words") == 0, "stdout is: %s",
	    ours->out.text);
}

/* Where the other program is to listen: free a moment ago, and soon again. */
static const char *
free_port(void)
{
	static char text[16];
	int port, holder = port_reserve(AF_INET, &port);

	close(holder);
	snprintf(text, sizeof text, "%d", port);
	return text;
}

/* The other program, started to listen at `port` and telling so: call it. */
static void
call_other(struct program *theirs, const char *port)
{
	program_await_line(theirs, &theirs->err, "[Ll]istening on");
	converse(program_start(ARGS("-p", port, "127.0.0.1")), theirs);
}

START_TEST(nc_calls)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait(NULL, address);

	converse(p, start_other(ARGS("nc", "-N", "127.0.0.1", strrchr(address, ':') + 1)));
}
END_TEST

START_TEST(nc_is_called)
{
	const char *port = free_port();

	call_other(start_other(ARGS("nc", "-N", "-l", "-v", "127.0.0.1", port)), port);
}
END_TEST

START_TEST(ncat_calls)
{
	char address[ADDRESS_MAX];
	struct program *p = chat_wait(NULL, address);

	converse(p, start_other(ARGS("ncat", "127.0.0.1", strrchr(address, ':') + 1)));
}
END_TEST

START_TEST(ncat_is_called)
{
	const char *port = free_port();

	call_other(start_other(ARGS("ncat", "-l", "-v", "127.0.0.1", port)), port);
}
END_TEST

START_TEST(socat_calls)
{
	char address[ADDRESS_MAX], place[ADDRESS_MAX + 8];
	struct program *p = chat_wait(NULL, address);

	snprintf(place, sizeof place, "TCP:%s", address);
	converse(p, start_other(ARGS("socat", "-t", "10", "-", place)));
}
END_TEST

START_TEST(socat_is_called)
{
	const char *port = free_port();
	char place[64];

	snprintf(place, sizeof place, "TCP-LISTEN:%s,bind=127.0.0.1", port);
	call_other(start_other(ARGS("socat", "-d", "-d", "-t", "10", "-", place)), port);
}
END_TEST

/* The course's client: send, receive, send, receive. */
START_TEST(python_in_turns)
{
	static const char client[] =
	    "import socket, sys\n"
	    "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
	    "for word in ('hello', 'and again'):\n"
	    "    s.sendall(word.encode() + b'\\n')\n"
	    "    print(s.recv(1024).decode(), end='', flush=True)\n";
	char address[ADDRESS_MAX];
	struct program *p = chat_wait("-1", address);
	struct program *theirs =
	    start_other(ARGS("python3", "-c", client, strrchr(address, ':') + 1));

	program_send(p, "one\ntwo\nthree\n");
	program_await_text(&theirs->out, "one\ntwo\n");
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "hello\nand again\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

/* The nc that has -N, to shut down its side: OpenBSD's. */
static const char *
missing_nc(void)
{
	return system("nc -h 2>&1 | grep -q -e -N") == 0 ? NULL : "no nc with -N here";
}

void
tcpchat_interop(Suite *suite)
{
	const struct check nc[] = { OURS(nc_calls, ONCE), OURS(nc_is_called, ONCE) };
	const struct check ncat[] = { OURS(ncat_calls, ONCE), OURS(ncat_is_called, ONCE) };
	const struct check socat[] = { OURS(socat_calls, ONCE), OURS(socat_is_called, ONCE) };
	const struct check python[] = { OURS(python_in_turns, ONCE) };

	harness_add_unless(missing_nc(), suite, nc, ARRAY_LENGTH(nc));
	harness_add_unless(missing_command("ncat"), suite, ncat, ARRAY_LENGTH(ncat));
	harness_add_unless(missing_command("socat"), suite, socat, ARRAY_LENGTH(socat));
	harness_add_unless(missing_command("python3"), suite, python, ARRAY_LENGTH(python));
}
