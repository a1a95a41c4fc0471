/*
 * httpd: clients that take their time, or too much.
 *
 * Guards against a client that keeps a process by sending a byte now and then, one that
 * never reads, and a refusal that cannot be read.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

START_TEST(ends_a_kept_connection)
{
	struct program *server = site_start(_i, site_new(), ARGS("-k", "0.2"));
	int fd = client_open(server->address[0]);

	ask(fd, "/hello");
	expect_status(hear(fd), 200);
	client_hear_end(fd);
}
END_TEST

START_TEST(keeps_none)
{
	struct program *server = site_start(_i, site_new(), ARGS("-k", "0"));
	int fd = client_open(server->address[0]);
	struct answer *answer;

	ask(fd, "/hello");
	answer = hear(fd);
	expect_status(answer, 200);
	expect_field(answer, "Connection", "close");
	client_hear_end(fd);
}
END_TEST

START_TEST(ends_a_silent_client)
{
	struct program *server = site_start(_i, site_new(), ARGS("-w", "0.3"));
	int fd = client_open(server->address[0]);

	client_hear_end(fd);
}
END_TEST

/* A byte now and then is no request: it is told so when its time is over. */
START_TEST(does_not_wait_for_trickling_heads)
{
	struct program *server = site_start(_i, site_new(), ARGS("-w", "0.5"));
	int fd = client_open(server->address[0]);
	const char *request = "GET /hello HTTP/1.1\r\nX: ";
	int64_t end = now_ms() + WAIT_MS;

	client_say(fd, request);
	while (await_events(fd, POLLIN, now_ms() + 50) == 0) {
		EXPECT(now_ms() < end, "it waits for ever");
		client_say(fd, "x");
	}
	expect_status(hear(fd), 408);
	client_await_gone(fd);
}
END_TEST

START_TEST(does_not_wait_for_content)
{
	struct program *server = site_start(_i, site_new(), ARGS("-w", "0.3"));
	int fd = client_open(server->address[0]);

	client_say(fd, "POST /hello HTTP/1.1\r\nHost: lab\r\nContent-Length: 10\r\n\r\nabc");
	expect_status(hear(fd), 408);
	client_hear_end(fd);
}
END_TEST

/* It asks for much and reads nothing: its process, or its place, is free again. */
static bool
has_no_client(void *arg)
{
	struct program *server = arg;

	program_forget(server);
	program_signal(server, SIGUSR1);
	return strstr(program_await_line(server, &server->err, "clients of at most"),
		   " 0 clients of") != NULL;
}

START_TEST(drops_who_does_not_read)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, ARGS("-w", "0.3", "-r", "1000000"));
	int fd = client_open(server->address[0]);

	lab_write(text_of("%s/large", top), 8 * 1024 * 1024, 1);
	for (int i = 0; i < 8; i++)
		ask(fd, "/large");
	expect_status(hear_head(fd), 200);
	EXPECT(await_condition(has_no_client, server), "it waits for ever");
}
END_TEST

START_TEST(refuses_in_its_own_words)
{
	struct program *server = site_start(_i, site_new(), ARGS("-C", "2"));
	int a = client_open(server->address[0]), b = client_open(server->address[0]), c;
	struct answer *answer;

	ask(a, "/hello");
	expect_status(hear(a), 200);
	ask(b, "/hello");
	expect_status(hear(b), 200);
	c = client_open(server->address[0]);
	answer = hear(c);
	expect_status(answer, 503);
	EXPECT(field(answer, "Retry-After") != NULL, "no Retry-After");
	client_await_gone(c);
}
END_TEST

static bool
is_served(void *arg)
{
	int fd = client_open(arg);
	struct answer *answer;

	ask(fd, "/hello");
	answer = hear(fd);
	close(fd);
	return answer->status == 200;
}

/*
 * Who comes when all places are taken is told so, whether he has asked already or asks
 * later; and can read it, because what he still says does not reset the connection.
 */
START_TEST(tells_that_it_is_full)
{
	struct program *server = site_start(_i, site_new(), ARGS("-c", "2"));
	int a = client_open(server->address[0]), b = client_open(server->address[0]);

	ask(a, "/hello");
	expect_status(hear(a), 200);
	ask(b, "/hello");
	expect_status(hear(b), 200);
	for (int i = 0; i < 3; i++) {
		int fd = client_open(server->address[0]);
		struct answer *answer;

		if (i % 2 == 0)
			ask(fd, "/hello");
		answer = hear(fd);
		expect_status(answer, 503);
		EXPECT(field(answer, "Retry-After") != NULL, "no Retry-After");
		ask(fd, "/hello");
		ask(fd, "/hello");
		client_hear_end(fd);
		close(fd);
	}
	ask(b, "/hello");
	expect_status(hear(b), 200);
	close(a);
	EXPECT(await_condition(is_served, server->address[0]), "a place that is free again");
}
END_TEST

/* Those who are told so and stay take no place, and are closed in the end. */
START_TEST(keeps_no_place_for_the_refused)
{
	struct program *server = site_start(_i, site_new(), ARGS("-c", "1"));
	int a = client_open(server->address[0]), refused[80];

	ask(a, "/hello");
	expect_status(hear(a), 200);
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		refused[i] = client_open(server->address[0]);
		ask(refused[i], "/hello");
		expect_status(hear(refused[i]), 503);
	}
	close(a);
	EXPECT(await_condition(is_served, server->address[0]), "a place that is free again");
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		client_hear_end(refused[i]);
}
END_TEST

START_TEST(stops_while_clients_are_there)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, NULL);
	int idle = client_open(server->address[0]), busy = client_open(server->address[0]);

	lab_write(text_of("%s/large", top), 8 * 1024 * 1024, 1);
	ask(idle, "/hello");
	expect_status(hear(idle), 200);
	ask(busy, "/large");
	expect_status(hear_head(busy), 200);
	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "exit status");
}
END_TEST

/* Of the server, and of the process that waits for its clients in model event. */
static size_t
descriptors(const struct program *server, int model)
{
	pid_t workers[64];
	size_t count = 0, sum = process_descriptors(server->pid);

	if (model == MODEL_EVENT)
		count = process_children(server->pid, workers, ARRAY_LENGTH(workers));
	for (size_t i = 0; i < count; i++)
		sum += process_descriptors(workers[i]);
	return sum;
}

START_TEST(leaks_nothing)
{
	const char *top = site_new();
	struct program *server = site_start(_i, top, ARGS("-n", "1"));
	size_t before;

	client_reset(client_open(server->address[0])); /* whatever the first one costs */
	expect_status(get(server, "/hello", NULL), 200);
	before = descriptors(server, _i);
	for (int i = 0; i < 30; i++) {
		int fd = client_open(server->address[0]);

		ask(fd, i % 2 ? "/hello" : "/sub/");
		if (i % 3)
			expect_status(hear(fd), 200);
		client_reset(fd);
	}
	EXPECT(await_condition(has_no_client, server), "clients that are gone");
	EXPECT(descriptors(server, _i) <= before + 1, "%zu descriptors, before %zu",
	    descriptors(server, _i), before);
}
END_TEST

void
httpd_limits(Suite *suite)
{
	const struct check checks[] = {
		OURS(ends_a_kept_connection, SERVING),
		OURS(keeps_none, ONCE),
		OURS(ends_a_silent_client, SERVING),
		OURS(does_not_wait_for_trickling_heads, SERVING),
		OURS(does_not_wait_for_content, SERVING),
		OURS(drops_who_does_not_read, SERVING),
		OURS(refuses_in_its_own_words, SERVING),
		OURS(tells_that_it_is_full, SERVING),
		OURS(keeps_no_place_for_the_refused, SERVING),
		OURS(stops_while_clients_are_there, SERVING),
		OURS(leaks_nothing, SERVING),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
