/*
 * tcpechod: the table of clients that USR1 prints, against what is really there.
 *
 * Guards against counts that drift: a client counted twice, a child that left and
 * is still listed, bytes that nobody sent.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

struct wanted_line {
	struct program *server;
	const char *regex;
};

/* Ask for the table again, until it says so: a child is reaped a moment after it left. */
static bool
table_says(void *arg)
{
	struct wanted_line *wanted = arg;

	program_forget(wanted->server);
	program_signal(wanted->server, SIGUSR1);
	program_await_line(
	    wanted->server, &wanted->server->err, "clients of at most [0-9]+, [0-9]+ served");
	return program_has_line(&wanted->server->err, wanted->regex);
}

static void
expect_table(struct program *server, const char *regex)
{
	struct wanted_line wanted = { server, regex };

	EXPECT(await_condition(table_says, &wanted), "the table does not say: %s", regex);
}

START_TEST(table_of_clients)
{
	struct program *server = server_start(_i, ARGS("-c", "70", "-C", "2"));
	int first = client_open(server->address[0]);
	int second = client_open(server->address[0]);
	int third;

	client_echo(first, "12 bytes....");
	client_echo(second, "seven..");
	client_echo(second, "+ 5 =");
	third = client_open(server->address[0]);
	client_await_gone(third); /* refused by -C */
	expect_table(server, "^tcpechod: 2 clients of at most 70, [0-9]+ served, 1 refused$");
	expect_table(server,
	    "^tcpechod:   (pid [0-9]+ )?127\\.0\\.0\\.1:[0-9]+ talking [0-9]+ s, "
	    "12 bytes in, 12 out$");
	client_finish(first);
	client_hear_end(first);
	expect_table(server, "^tcpechod: 1 clients? of at most 70, [0-9]+ served, 1 refused$");
	client_finish(second);
	client_hear_end(second);
	expect_table(server, "^tcpechod: 0 clients of at most 70, 2 served, 1 refused$");
}
END_TEST

/* Each client once: the lines' pids are children, their peers our clients. */
START_TEST(table_names_each_client)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int fds[3];

	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		fds[i] = client_open(server->address[0]);
		client_echo(fds[i], "hello\n");
	}
	expect_table(server, "^tcpechod: 3 clients of at most 512, ");
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		char regex[120], name[ADDRESS_MAX];

		client_local_address(fds[i], name);
		snprintf(regex, sizeof regex, "^tcpechod:   (pid [0-9]+ )?%.30s talking", name);
		expect_table(server, regex);
	}
}
END_TEST

START_TEST(table_of_idle_children)
{
	struct program *server = server_start(_i, ARGS(NULL));
	pid_t children[64];
	size_t count = process_children(server->pid, children, ARRAY_LENGTH(children));

	expect_table(server, "^tcpechod: 0 clients of at most 512, 0 served, 0 refused$");
	for (size_t i = 0; i < count; i++) {
		char regex[64];

		snprintf(regex, sizeof regex, "^tcpechod:   pid %ld idle", (long)children[i]);
		expect_table(server, regex);
	}
}
END_TEST

/* Asking must not disturb: signals cut into waits everywhere. */
START_TEST(table_asked_for_all_the_time)
{
	struct program *server = server_start(_i, ARGS(NULL));

	for (int i = 0; i < 100; i++) {
		int fd = client_open(server->address[0]);

		program_signal(server, SIGUSR1);
		client_say(fd, "good ");
		program_signal(server, SIGUSR1);
		client_say(fd, "morning\n");
		client_finish(fd);
		client_hear(fd, "good morning\n");
		client_hear_end(fd);
		close(fd);
	}
}
END_TEST

void
tcpechod_table(Suite *suite)
{
	const struct check checks[] = {
		OURS(table_of_clients, CONCURRENT),
		OURS(table_names_each_client, CONCURRENT),
		OURS(table_of_idle_children, PREFORK),
		OURS(table_asked_for_all_the_time, ALL_MODELS),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
