/*
 * httpd -m event: several processes that wait for clients of one listener.
 *
 * Guards against limits that count in one process only, a table that shows half of the
 * clients, a crash that leaves fewer processes or clients that are counted for ever, and
 * processes that outlive their parent.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

enum {
	PAIR = 2,
};

/* A server of two processes, and who they are. */
static struct program *
start_pair(const char *const *more, pid_t workers[PAIR])
{
	const char *args[16] = { "-n", "2" };
	struct program *server;

	for (size_t i = 0; more[i]; i++)
		args[2 + i] = more[i];
	server = site_start(MODEL_EVENT, site_new(), args);
	process_await_children(server->pid, PAIR, PAIR);
	process_children(server->pid, workers, PAIR);
	return server;
}

/* A client that this worker serves: the other one is stopped meanwhile. */
static int
open_at(const struct program *server, const pid_t workers[PAIR], int which)
{
	pid_t other = workers[1 - which];
	int fd;

	process_stop(other);
	fd = client_open(server->address[0]);
	ask(fd, "/hello");
	expect_status(hear(fd), 200);
	kill(other, SIGCONT);
	return fd;
}

static void
await_table(struct program *server, const char *words)
{
	program_forget(server);
	program_signal(server, SIGUSR1);
	program_await_line(server, &server->err, words);
}

static bool
has_one_client(void *arg)
{
	struct program *server = arg;

	program_forget(server);
	program_signal(server, SIGUSR1);
	return strstr(program_await_line(server, &server->err, "clients of at most"),
		   " 1 clients of") != NULL;
}

START_TEST(as_many_as_asked_for)
{
	struct program *server = site_start(_i, site_new(), ARGS("-n", "3"));

	process_await_children(server->pid, 3, 3);
	expect_status(get(server, "/hello", NULL), 200);
}
END_TEST

START_TEST(one_table_for_all)
{
	pid_t workers[PAIR];
	struct program *server = start_pair(ARGS(NULL), workers);

	open_at(server, workers, 0);
	open_at(server, workers, 1);
	await_table(server, text_of("pid %ld .* talking", (long)workers[0]));
	await_table(server, text_of("pid %ld .* talking", (long)workers[1]));
	await_table(server, " 2 clients of at most");
}
END_TEST

START_TEST(an_address_has_one_limit)
{
	pid_t workers[PAIR];
	struct program *server = start_pair(ARGS("-C", "2"), workers);
	int a = open_at(server, workers, 0), b;

	open_at(server, workers, 1);
	b = client_open(server->address[0]);
	ask(b, "/hello");
	expect_status(hear(b), 503);
	client_await_gone(b);
	close(a);
	EXPECT(await_condition(has_one_client, server), "it still counts who left");
	open_at(server, workers, 1);
}
END_TEST

START_TEST(a_killed_one_is_replaced)
{
	pid_t workers[PAIR], fresh[PAIR];
	struct program *server = start_pair(ARGS(NULL), workers);
	int lost = open_at(server, workers, 0), kept = open_at(server, workers, 1);

	kill(workers[0], SIGKILL);
	client_await_gone(lost);
	process_await_end(workers[0]);
	ask(kept, "/hello");
	expect_status(hear(kept), 200);
	program_await_line(server, &server->err, "another takes its place");
	await_table(server, " 1 clients of at most");
	process_await_children(server->pid, PAIR, PAIR);
	process_await_no_zombies(server->pid);
	process_children(server->pid, fresh, PAIR);
	close(open_at(server, fresh, 0));
	close(open_at(server, fresh, 1));
}
END_TEST

START_TEST(lets_clients_finish)
{
	pid_t workers[PAIR];
	struct program *server = start_pair(ARGS(NULL), workers);
	int a = open_at(server, workers, 0), b = open_at(server, workers, 1);

	program_signal(server, SIGHUP);
	while (!client_is_refused(server->address[0]))
		continue;
	ask(a, "/hello");
	expect_status(hear(a), 200);
	ask(b, "/hello");
	expect_status(hear(b), 200);
	close(a);
	close(b);
	EXPECT(program_await_exit(server) == 0, "exit status");
}
END_TEST

START_TEST(all_stop_at_once)
{
	pid_t workers[PAIR];
	struct program *server = start_pair(ARGS(NULL), workers);
	int a = open_at(server, workers, 0), b = open_at(server, workers, 1);

	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "exit status");
	client_await_gone(a);
	client_await_gone(b);
	process_await_end(workers[0]);
	process_await_end(workers[1]);
}
END_TEST

START_TEST(none_outlives_its_parent)
{
	pid_t workers[PAIR];
	struct program *server = start_pair(ARGS(NULL), workers);
	int fd = open_at(server, workers, 0);

	program_signal(server, SIGKILL);
	client_await_gone(fd);
	process_await_end(workers[0]);
	process_await_end(workers[1]);
}
END_TEST

void
httpd_workers(Suite *suite)
{
	const struct check checks[] = {
		OURS(as_many_as_asked_for, EVENT),
		OURS(one_table_for_all, EVENT),
		OURS(an_address_has_one_limit, EVENT),
		OURS(a_killed_one_is_replaced, EVENT),
		OURS(lets_clients_finish, EVENT),
		OURS(all_stop_at_once, EVENT),
		OURS(none_outlives_its_parent, EVENT),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
