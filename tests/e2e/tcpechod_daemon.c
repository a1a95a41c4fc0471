/*
 * tcpechod -D: in the background.
 *
 * Guards against a start that returns before the server answers, a failure to start
 * that nobody hears of, and a daemon that keeps its caller's terminal and pipes.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

/* Start with -D and return the daemon's pid: orphans come to this test. */
static pid_t
start_daemon(struct program **p, int model)
{
	const char *const args[] = { "-D", "-p", "0", "-m", harness_model(model), NULL };
	pid_t daemon = 0;
	int status;

	*p = program_start(args);
	status = program_await_exit(*p);
	EXPECT(status == 0, "exit status %d, wanted 0", status);
	program_await_ready(*p);
	process_await_children(getpid(), 1, 1);
	process_children(getpid(), &daemon, 1);
	return daemon;
}

/* Its caller waits for the end of its output, as a shell's $(tcpechod -D) would. */
START_TEST(daemon_returns_when_ready)
{
	struct program *p;
	pid_t daemon = start_daemon(&p, _i);
	int fd;

	client_visit(p->address[0]);
	fd = client_open(p->address[0]);
	client_echo(fd, "hello\n");
	EXPECT(getsid(daemon) != getsid(0), "the daemon is in its caller's session");
	EXPECT(kill(daemon, SIGTERM) == 0, "kill");
	client_await_gone(fd);
	process_await_end(daemon);
	EXPECT(client_is_refused(p->address[0]), "the port is still open");
}
END_TEST

START_TEST(daemon_dies_with_its_children)
{
	struct program *p;
	pid_t daemon = start_daemon(&p, _i);
	int fd = client_open(p->address[0]);

	client_echo(fd, "hello\n");
	EXPECT(kill(daemon, SIGKILL) == 0, "kill");
	client_await_gone(fd);
	process_await_end(daemon);
	process_await_children(getpid(), 0, 0);
}
END_TEST

START_TEST(daemon_that_cannot_start)
{
	char address[ADDRESS_MAX];
	int status, listener = listener_open(1, address);
	struct program *p = program_start(ARGS("-D", "-p", strchr(address, ':') + 1));

	status = program_await_exit(p);
	EXPECT(status == 1, "exit status %d, wanted 1", status);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
	EXPECT(program_has_line(&p->err, "^tcpechod: bind .*EADDRINUSE"), "no word on stderr");
	process_await_children(getpid(), 0, 0);
	close(listener);
}
END_TEST

START_TEST(daemon_with_bad_options)
{
	struct program *p = program_start(ARGS("-D", "-p", "70000"));
	int status = program_await_exit(p);

	EXPECT(status == 2, "exit status %d, wanted 2", status);
	EXPECT(p->err.length > 0, "no word on stderr");
}
END_TEST

void
tcpechod_daemon(Suite *suite)
{
	const struct check checks[] = {
		OURS(daemon_returns_when_ready, ALL_MODELS),
		OURS(daemon_dies_with_its_children, CONCURRENT),
		OURS(daemon_that_cannot_start, FORK),
		OURS(daemon_with_bad_options, FORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
