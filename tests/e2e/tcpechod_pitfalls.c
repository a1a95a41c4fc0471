/*
 * tcpechod: mistakes that show only when one looks for them.
 *
 * Guards against those of tests/pitfalls that no everyday conversation brings out:
 * they need clients that come, leave or vanish at one moment, a client that reads
 * late, a crowd, a shortage, or the end of the server. The moment is made by
 * stopping the server while its clients do what they do.
 */
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	TOGETHER = 10,
	AT_THE_DOOR = 3, /* even a small backlog holds as many */
	FEW_VISITS = 20,
	MORE_VISITS = 40,
	LOOKS = 6,
	LATE_BYTES = 16 * 1024 * 1024, /* more than the socket buffers of both sides hold */
	CROWD = 1100,		       /* more than select(2) can watch */
	CROWD_DESCRIPTORS = CROWD + 100,
	GROUP = 50,
};

/* Stop the server and all of its group, and let them go on. */
static void
freeze(const struct program *server)
{
	EXPECT(kill(-server->pid, SIGSTOP) == 0, "the server is gone");
}

static void
thaw(const struct program *server)
{
	EXPECT(kill(-server->pid, SIGCONT) == 0, "the server is gone");
}

/* The parent is stopped while its children end: one signal tells of all. */
/* It sleeps, so it has no step of the last call left to do, such as closing its copy. */
static bool
is_asleep(void *pid)
{
	return process_state(*(const pid_t *)pid) == 'S';
}

START_TEST(children_that_leave_together)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fds[TOGETHER];
	size_t children;

	for (int i = 0; i < TOGETHER; i++) {
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
	children = process_children(server->pid, NULL, 0);
	if (children >= TOGETHER)
		await_condition(is_asleep, &server->pid);
	EXPECT(kill(server->pid, SIGSTOP) == 0, "the server is gone");
	for (int i = 0; i < TOGETHER; i++)
		client_finish(fds[i]);
	for (int i = 0; i < TOGETHER && children >= TOGETHER; i++)
		client_hear_end(fds[i]); /* of its child, who needs no parent for that */
	EXPECT(kill(server->pid, SIGCONT) == 0, "the server is gone");
	for (int i = 0; i < TOGETHER; i++)
		client_await_gone(fds[i]);
	process_await_no_zombies(server->pid);
}
END_TEST

/* All living processes below this one. */
static size_t
count_descendants(pid_t pid)
{
	pid_t children[256];
	size_t count = process_children(pid, children, ARRAY_LENGTH(children)), sum = count;

	for (size_t i = 0; i < count && i < ARRAY_LENGTH(children); i++)
		sum += count_descendants(children[i]);
	return sum;
}

struct expected_processes {
	pid_t server;
	size_t at_most, found;
};

static bool
are_no_more(void *arg)
{
	struct expected_processes *expected = arg;

	expected->found = count_descendants(expected->server);
	return expected->found <= expected->at_most;
}

/* A pool may have grown at the first visits; then nothing may grow any more. */
START_TEST(no_process_is_left_behind)
{
	struct program *server = server_start(_i, ARGS(NULL));
	struct expected_processes expected = { .server = server->pid };

	for (int i = 0; i < FEW_VISITS; i++)
		client_visit(server->address[0]);
	expected.at_most = count_descendants(server->pid);
	for (int i = 0; i < MORE_VISITS; i++)
		client_visit(server->address[0]);
	EXPECT(await_condition(are_no_more, &expected),
	    "%zu processes after %d visits, %zu after %d more", expected.at_most, FEW_VISITS,
	    expected.found, MORE_VISITS);
}
END_TEST

/* A client may stay to the end of the conversation, but the port may not. */
START_TEST(port_is_free_after_the_end)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);

	client_echo(fd, "hello\n");
	program_signal(server, SIGTERM);
	process_await_end(server->pid);
	EXPECT(client_is_refused(server->address[0]),
	    "the server is gone, and its port still answers");
}
END_TEST

/* The server hangs up first, so its port is in TIME_WAIT when it is started again. */
START_TEST(restart_at_once)
{
	struct program *server = server_start(_i, ARGS(NULL));
	char address[ADDRESS_MAX];
	int fd = client_open(server->address[0]);

	snprintf(address, sizeof address, "%s", server->address[0]);
	client_echo(fd, "hello\n");
	kill(-server->pid, SIGKILL);
	client_hear_end(fd);
	close(fd);
	program_await_exit(server);
	server = program_start(ARGS("-p", strrchr(address, ':') + 1));
	program_await_ready(server);
	client_visit(address);
}
END_TEST

START_TEST(others_cannot_call)
{
	struct program *server = server_start(_i, ARGS(NULL));
	char address[ADDRESS_MAX];

	client_visit(server->address[0]);
	snprintf(address, sizeof address, "127.0.0.2:%s", strrchr(server->address[0], ':') + 1);
	EXPECT(client_is_refused(address), "%s answers, too: it listens on every address",
	    address);
}
END_TEST

/* The byte at a place of a long text without a short period. */
static unsigned char
byte_at(size_t place)
{
	return (unsigned char)((place * 2654435761U) >> 13);
}

/* Send until nobody takes any more; how much that was. */
static size_t
fill(int fd)
{
	static unsigned char bytes[65536];
	size_t sent = 0;

	while (sent < LATE_BYTES && await_events(fd, POLLOUT, now_ms() + QUIET_MS) != 0) {
		size_t count =
		    LATE_BYTES - sent < sizeof bytes ? LATE_BYTES - sent : sizeof bytes;
		ssize_t n;

		for (size_t i = 0; i < count; i++)
			bytes[i] = byte_at(sent + i);
		n = write(fd, bytes, count);
		EXPECT(n > 0, "hung up after %zu bytes", sent);
		sent += (size_t)n;
	}
	return sent;
}

START_TEST(echo_to_a_late_reader)
{
	static unsigned char got[65536];
	struct program *server = server_start(_i, ARGS(NULL));
	int fd = client_open(server->address[0]);
	size_t sent = fill(fd), heard = 0;

	while (heard < sent) {
		size_t count = sent - heard < sizeof got ? sent - heard : sizeof got;

		client_receive(fd, got, count);
		for (size_t i = 0; i < count; i++)
			EXPECT(got[i] == byte_at(heard + i),
			    "of %zu bytes the one at %zu is missing or altered", sent,
			    heard + i);
		heard += count;
	}
	client_finish(fd);
	client_hear_end(fd);
}
END_TEST

/* One sends and never reads; when that has filled all buffers, who is still served? */
START_TEST(others_and_a_late_reader)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int other = client_open(server->address[0]);
	int late = client_open(server->address[0]);

	client_echo(other, "before\n");
	fill(late);
	for (int i = 0; i < LOOKS; i++) {
		client_echo(other, "and after\n");
		client_hear_nothing(other, QUIET_MS / 3);
	}
	client_visit(server->address[0]);
	close(late);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(callers_in_one_go)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fds[AT_THE_DOOR];

	freeze(server);
	for (int i = 0; i < AT_THE_DOOR; i++) {
		fds[i] = client_open(server->address[0]);
		client_say(fds[i], "we come together\n");
	}
	thaw(server);
	for (int i = 0; i < AT_THE_DOOR; i++)
		client_hear(fds[i], "we come together\n");
}
END_TEST

static bool
is_delivered(void *arg)
{
	int queued = 0;

	return ioctl(*(int *)arg, SIOCOUTQ, &queued) == 0 && queued == 0;
}

/* What it asked waits in the server's kernel; its end and a reset are behind that. */
START_TEST(gone_before_the_answer)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd;

	client_visit(server->address[0]);
	freeze(server);
	fd = client_open(server->address[0]);
	client_say(fd, "is anybody there?\n");
	client_finish(fd);
	EXPECT(await_condition(is_delivered, &fd), "nobody takes what is sent");
	client_reset(fd);
	thaw(server);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(accept_without_descriptors)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fd;

	client_visit(server->address[0]);
	process_limit(server->pid, RLIMIT_NOFILE, (rlim_t)process_free_descriptor(server->pid));
	fd = client_open(server->address[0]);
	await_events(fd, POLLIN, now_ms() + 2 * QUIET_MS); /* it may be told to go, or not */
	process_limit(server->pid, RLIMIT_NOFILE, RLIM_INFINITY);
	close(fd);
	client_visit(server->address[0]);
}
END_TEST

static const char *
missing_descriptors(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_max < CROWD_DESCRIPTORS ?
		   "one process may not have so many descriptors here" :
		   NULL;
}

/* Whether it is served, or told why not; one who has to wait hears nothing. */
static bool
is_heard(int fd)
{
	if (await_events(fd, POLLOUT, now_ms() + WAIT_MS) == 0)
		return false;
	(void)!write(fd, "hello\n", 6);
	return await_events(fd, POLLIN, now_ms() + WAIT_MS) != 0;
}

/* Serve them, refuse them, or let them wait; but be there when they have left. */
START_TEST(more_clients_than_select_holds)
{
	const char *const options[] = { "-c", "2000", NULL };
	const struct rlimit limit = { CROWD_DESCRIPTORS, CROWD_DESCRIPTORS };
	struct program *server;
	static int fds[CROWD];
	int count = 0;
	bool heard = true;

	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0, "RLIMIT_NOFILE cannot be raised");
	server = server_start(_i, _i == MODEL_COUNT ? ARGS(NULL) : options);
	while (count < CROWD && heard) {
		fds[count] = client_begin(server->address[0]);
		if (++count % GROUP == 0) /* so that the backlog need not hold them all */
			heard = is_heard(fds[count - 1]);
	}
	for (int i = 0; i < count; i++)
		close(fds[i]);
	client_visit(server->address[0]);
}
END_TEST

void
tcpechod_pitfalls(Suite *suite)
{
	const struct check checks[] = {
		{ echo_to_a_late_reader, ALL_MODELS, NEEDS_PORT, 2,
		    "write may take less than you gave it: keep the rest. pitfalls(7)" },
		{ others_and_a_late_reader, CONCURRENT, NEEDS_PORT, 1,
		    "write may wait: for one client, not for all. pitfalls(7)" },
		{ gone_before_the_answer, ALL_MODELS, NEEDS_START, 1,
		    "ignore SIGPIPE: write then fails with EPIPE, and no more. pitfalls(7)" },
		{ callers_in_one_go, CONCURRENT, NEEDS_START, 1,
		    "an edge tells once: accept until EAGAIN. pitfalls(7)" },
		{ children_that_leave_together, FORKING, NEEDS_START, 1,
		    "one SIGCHLD may stand for many: waitpid until none is left. pitfalls(7)" },
		{ no_process_is_left_behind, (enum models)(ALL_MODELS & ~PREFORK), NEEDS_START,
		    1, "the child must not come back into the loop: _exit. pitfalls(7)" },
		{ port_is_free_after_the_end, ALL_MODELS, NEEDS_START, 1,
		    "the child must close its copy of the listener. pitfalls(7)" },
		{ restart_at_once, ALL_MODELS, NEEDS_START, 1,
		    "set SO_REUSEADDR before bind. pitfalls(7)" },
		{ others_cannot_call, ONCE, NEEDS_START, 1,
		    "bind 127.0.0.1, not every address. pitfalls(7)" },
		{ accept_without_descriptors, ALL_MODELS, NEEDS_START, 1,
		    "accept may fail (EMFILE): the server goes on. pitfalls(7)" },
	};
	const struct check crowded[] = {
		{ more_clients_than_select_holds, FORK | IN_ONE_PROCESS, NEEDS_START, 1,
		    "select takes no descriptor from 1024 on: refuse, or use poll. "
		    "pitfalls(7)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_descriptors(), suite, crowded, ARRAY_LENGTH(crowded));
}
