/*
 * rcmdd: nothing outlives its command, its client or the server.
 *
 * Guards against the complaint about ssh without a terminal: the client is long gone,
 * and the command it started still runs, days later.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

/* A command with a grandchild in the group and one that has left it. */
#define FAMILY "sleep 1000 & echo $!; setsid sleep 1000 & echo $$; wait"

struct family {
	pid_t child, leader;
};

static struct family
start_family(int fd, const char *line)
{
	struct family family = { 0, 0 };
	const struct frame_got *got;
	char text[64] = "";

	exec_line(fd, line);
	while (sscanf(text, "%d %d", &family.child, &family.leader) != 2 ||
	       text[strlen(text) - 1] != '\n') {
		got = frame_receive(fd);
		EXPECT(got->type == STDOUT && strlen(text) + got->size < sizeof text, "type %u",
		    got->type);
		strcat(text, (char *)got->payload);
	}
	EXPECT(process_alive(family.child) && process_alive(family.leader), "not there");
	return family;
}

static void
await_family_end(struct family family)
{
	process_await_end(family.leader);
	process_await_end(family.child);
}

START_TEST(client_closes)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	struct family family = start_family(fd, FAMILY);

	close(fd);
	await_family_end(family);
	process_await_children(server->pid, 0, 0);
}
END_TEST

START_TEST(client_vanishes)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	struct family family = start_family(fd, FAMILY);

	client_reset(fd);
	await_family_end(family);
	process_await_children(server->pid, 0, 0);
}
END_TEST

/* ... with output on the way that it has not read, and input that nobody reads. */
START_TEST(client_vanishes_amid_output)
{
	static char piece[FIRST_WINDOW];
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	pid_t pid;

	exec_line(fd, "echo $$; exec yes");
	pid = hear_pid(fd);
	frame_send(fd, STDIN, 0, piece, sizeof piece);
	close(fd);
	process_await_end(pid);
}
END_TEST

START_TEST(who_ignores_term_is_killed)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	pid_t pid;

	exec_line(fd, "trap '' TERM HUP INT; echo $$; while :; do sleep 0.2; done");
	pid = hear_pid(fd);
	close(fd);
	process_await_end(pid);
}
END_TEST

START_TEST(who_is_stopped_ends_too)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	pid_t pid;

	exec_line(fd, "echo $$; kill -STOP $$");
	pid = hear_pid(fd);
	close(fd);
	process_await_end(pid);
}
END_TEST

/* A command is over when its first process is: what it leaves behind ends with it. */
START_TEST(remnants_end_with_the_command)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	const struct answer *answer;
	int in_group, outside;

	exec_line(fd, "sleep 1000 & echo $!; setsid sleep 1001 & echo $!; sleep 0.1");
	answer = answer_await(fd);
	EXPECT(answer->end == EXITED && answer->number == 0, "status %u", answer->number);
	EXPECT(sscanf(answer->out, "%d %d", &in_group, &outside) == 2, "%s", answer->out);
	process_await_end(in_group);
#ifndef PORTABLE /* who leaves the group there is not found again */
	process_await_end(outside);
#endif
	close(fd);
}
END_TEST

START_TEST(signals_reach_the_group)
{
	int fd = rcmdd_hello(rcmdd_start(ARGS(NULL)));
	const struct answer *answer;

	exec_line(fd, "trap 'echo heard; exit 3' USR1; sleep 1000 & echo $$; wait; wait");
	hear_pid(fd);
	frame_send(fd, SIGNAL, SIGUSR1, NULL, 0);
	answer = answer_await(fd);
	EXPECT(strcmp(answer->out, "heard\n") == 0 && answer->number == 3, "%s, status %u",
	    answer->out, answer->number);
	close(fd);
}
END_TEST

START_TEST(server_is_told_to_stop)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	struct family family = start_family(fd, FAMILY);

	program_signal(server, SIGTERM);
	await_family_end(family);
	EXPECT(program_await_exit(server) == 0, "exit status");
	close(fd);
}
END_TEST

START_TEST(server_is_killed)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	struct family family = start_family(fd, FAMILY);

	program_signal(server, SIGKILL);
	await_family_end(family);
	close(fd);
}
END_TEST

START_TEST(server_lets_clients_finish)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);

	exec_line(fd, "echo $$; read line; echo $line");
	hear_pid(fd);
	program_signal(server, SIGHUP);
	frame_send(fd, STDIN, 0, "still here\n", 11);
	EXPECT(strcmp(answer_await(fd)->out, "still here\n") == 0, "cut off");
	close(fd);
	EXPECT(program_await_exit(server) == 0, "exit status");
}
END_TEST

START_TEST(no_zombies_no_descriptors)
{
	struct program *server = rcmdd_start(ARGS(NULL));
	int fd = rcmdd_hello(server);
	size_t before;
	pid_t session;

	exec_words(fd, ARGS("true"));
	answer_await(fd);
	EXPECT(process_children(server->pid, &session, 1) == 1, "no child");
	before = process_descriptors(session);
	for (int i = 0; i < 20; i++) {
		exec_words(fd, i % 2 ? ARGS("true") : ARGS("no-such-command"));
		answer_await(fd);
	}
	EXPECT(process_zombies(session) == 0, "zombies");
	EXPECT(process_descriptors(session) == before, "%zu descriptors, before %zu",
	    process_descriptors(session), before);
	close(fd);
}
END_TEST

void
rcmdd_end(Suite *suite)
{
	const struct check checks[] = {
		{ client_closes, ONCE, NEEDS_START, 2,
		    "setsid, then kill(-pgrp) when the client is gone; adopt orphans. "
		    "rcmdd(8)" },
		{ client_vanishes, ONCE, NEEDS_START, 2, "a reset is an end, too. rcmdd(8)" },
		{ client_vanishes_amid_output, ONCE, NEEDS_START, 1,
		    "EPIPE is an end. rcmdd(8)" },
		{ who_ignores_term_is_killed, ONCE, NEEDS_START, 1, "KILL after a grace" },
		{ who_is_stopped_ends_too, ONCE, NEEDS_START, 1, "CONT behind TERM" },
		OURS(remnants_end_with_the_command, ONCE),
		{ signals_reach_the_group, ONCE, NEEDS_PORT, 1, "kill(-pgrp, n). rcmdd(8)" },
		OURS(server_is_told_to_stop, ONCE),
		OURS(server_is_killed, ONCE),
		OURS(server_lets_clients_finish, ONCE),
		OURS(no_zombies_no_descriptors, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
