/*
 * tcpechod: what its models promise beside what they all promise: how many clients
 * they can hold, who waits for whom, and the operator of model select.
 *
 * Guards against a table with a fixed end (FD_SETSIZE), a list that grows slower
 * than its clients, one slow client that stops all where it must not, and a wait
 * that stops nobody where the manual says that it stops all.
 */
#include <sys/resource.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	VERY_MANY = 10000,
	MANY = 1000,
	BEYOND_SELECT = 1100, /* more than FD_SETSIZE */
	SPARE_FILES = 100,
	PAUSE_MS = 300, /* of -s and -w */
};

static int clients[VERY_MANY];

static void
open_clients(const struct program *server, int count)
{
	for (int i = 0; i < count; i++)
		clients[i] = client_open(server->address[0]);
}

/* By a reset: so many in TIME_WAIT would leave no port for the next test. */
static void
leave_all(int count)
{
	for (int i = 0; i < count; i++)
		client_reset(clients[i]);
}

static void
allow_files(rlim_t count)
{
	process_limit(getpid(), RLIMIT_NOFILE, count + SPARE_FILES);
}

START_TEST(ten_thousand_idle_clients)
{
	struct program *server;
	int64_t before;

	allow_files(VERY_MANY);
	server = server_start(_i, ARGS("-c", "10001"));
	open_clients(server, VERY_MANY);
	for (int i = 0; i < VERY_MANY; i += 97)
		client_echo(clients[i], "one of ten thousand\n");
	client_echo(clients[VERY_MANY - 1], "the last of them\n");
	before = process_busy_ms(server->pid);
	client_hear_nothing(clients[0], QUIET_MS);
	EXPECT(process_busy_ms(server->pid) - before < QUIET_MS * 2 / 3,
	    "busy while nobody speaks");
	leave_all(VERY_MANY);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(a_thousand_live_clients)
{
	struct program *server;

	allow_files(MANY);
	server = server_start(_i, ARGS("-c", "1001"));
	open_clients(server, MANY);
	for (int i = 0; i < MANY; i++)
		client_say(clients[i], "all of us at once\n");
	for (int i = 0; i < MANY; i++)
		client_hear(clients[i], "all of us at once\n");
	leave_all(MANY);
	client_visit(server->address[0]);
}
END_TEST

/* Those who do not fit are told so; the others notice nothing. */
START_TEST(select_refuses_beyond_its_limit)
{
	static const char words[] =
	    "tcpechod: refused: select(2) takes no descriptor from 1024 on\n";
	struct program *server;

	allow_files(BEYOND_SELECT);
	server = server_start(_i, ARGS("-c", "2000"));
	open_clients(server, BEYOND_SELECT);
	client_hear(clients[BEYOND_SELECT - 1], words);
	client_hear_end(clients[BEYOND_SELECT - 1]);
	client_echo(clients[0], "the first\n");
	client_echo(clients[1000], "the last but few\n");
	leave_all(BEYOND_SELECT);
	client_visit(server->address[0]);
}
END_TEST

START_TEST(select_heeds_its_operator)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int anna = client_open(server->address[0]), ben = client_open(server->address[0]);
	char name[ADDRESS_MAX], line[ADDRESS_MAX + 64], command[32];
	const char *found;
	int number;

	client_echo(anna, "hello\n");
	client_echo(ben, "hello\n");
	client_local_address(ben, name);
	program_send(server, "list\n");
	snprintf(line, sizeof line, "^tcpechod:   [0-9]+ %.30s$", name);
	found = program_await_line(server, &server->err, line);
	EXPECT(sscanf(found, "tcpechod: %d", &number) == 1, "no number in: %s", found);
	snprintf(command, sizeof command, "kick %d\n", number);
	program_send(server, command);
	client_hear_end(ben);
	client_echo(anna, "still here\n");
	program_send(server, "kick 999\n");
	program_await_line(server, &server->err, "there is no client 999");
	program_send(server, "what?\n");
	program_await_line(server, &server->err, "commands: list, kick N, quit");
	program_send(server, "quit\n");
	client_hear_end(anna);
	EXPECT(program_await_exit(server) == 0, "exit status %d", server->status);
}
END_TEST

START_TEST(select_goes_on_without_an_operator)
{
	struct program *server = server_start(_i, ARGS(NULL));
	int64_t before;

	client_visit(server->address[0]);
	program_finish(server);
	client_visit(server->address[0]);
	before = process_busy_ms(server->pid);
	client_hear_nothing(client_open(server->address[0]), QUIET_MS);
	EXPECT(process_busy_ms(server->pid) - before < QUIET_MS * 2 / 3,
	    "busy with the end of its input");
}
END_TEST

/* Two messages at once, each of which takes PAUSE_MS: how long for both? */
static int64_t
time_of_two(const struct program *server)
{
	int first = client_open(server->address[0]), second = client_open(server->address[0]);
	int64_t start = now_ms();

	client_say(first, "one\n");
	client_say(second, "two\n");
	client_hear(first, "one\n");
	client_hear(second, "two\n");
	return now_ms() - start;
}

/* In one process without threads, who sleeps stops all. */
START_TEST(sleep_stops_all)
{
	int64_t took = time_of_two(server_start(_i, ARGS("-s", "300")));

	EXPECT(took >= 2 * PAUSE_MS - 50, "two messages took only %lld ms", (long long)took);
}
END_TEST

/* With a process or a thread each, nobody waits for the other. */
START_TEST(sleep_stops_one)
{
	int64_t took = WAIT_MS;

	for (int i = 0; i < 5 && took >= 2 * PAUSE_MS;
	     i++) /* a busy machine may need another try */
		took = time_of_two(server_start(_i, ARGS("-s", "300")));
	EXPECT(took >= PAUSE_MS - 50, "a message took only %lld ms", (long long)took);
	EXPECT(took < 2 * PAUSE_MS, "two clients at once took %lld ms", (long long)took);
}
END_TEST

START_TEST(work_burns_the_processor)
{
	struct program *server = server_start(_i, ARGS("-w", "300"));
	int fd = client_open(server->address[0]);
	int64_t start = now_ms();

	client_echo(fd, "think hard\n");
	EXPECT(now_ms() - start >= PAUSE_MS - 50, "the answer came too early");
	if (_i != MODEL_FORK && _i != MODEL_PREFORK)
		EXPECT(process_ticks(server->pid) >= 20, "no processor time was used");
}
END_TEST

/* Ten thousand descriptors, for us and for the server. */
static const char *
missing_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    (limit.rlim_max >= VERY_MANY + SPARE_FILES))
		return NULL;
	return "the limit of open files is below 10100 (ulimit -Hn)";
}

void
tcpechod_models(Suite *suite)
{
	const struct check very_many[] = {
		OURS(ten_thousand_idle_clients, POLL | EPOLL | EPOLL_ET | COROUTINE),
	};
	const struct check checks[] = {
		OURS(a_thousand_live_clients,
		    FORK | THREAD | POLL | EPOLL | EPOLL_ET | COROUTINE),
		OURS(select_refuses_beyond_its_limit, SELECT),
		OURS(select_heeds_its_operator, SELECT),
		OURS(select_goes_on_without_an_operator, SELECT),
		OURS(sleep_stops_all, (enum models)(IN_ONE_PROCESS & ~THREAD)),
		OURS(sleep_stops_one, FORKING | THREAD),
		OURS(work_burns_the_processor, ALL_MODELS),
	};

	harness_add_unless(missing_files(), suite, very_many, ARRAY_LENGTH(very_many));
	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
