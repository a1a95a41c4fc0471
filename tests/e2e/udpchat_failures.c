/*
 * What udpchat says when it goes wrong.
 *
 * Guards against a client that waits for ever for a server that is not there, or does not
 * notice that it is lost, and against a status of 0 for any of it.
 */
#include <sys/socket.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/udpchat.h"

static void
expect_end(struct program *p, const char *words, int wanted)
{
	int status;

	program_await_line(p, &p->err, words);
	status = program_await_exit(p);
	EXPECT(status == wanted, "exit status %d, wanted %d", status, wanted);
}

START_TEST(nobody_listens)
{
	char port[16];
	int number, fd = port_reserve(AF_INET, &number);

	(void)fd; /* TCP's: nobody has UDP's */
	snprintf(port, sizeof port, "%d", number);
	expect_end(program_start(ARGS("-p", port, "127.0.0.1", "anna")),
	    "ECONNREFUSED: no one listens there; start the server first", 1);
}
END_TEST

START_TEST(nobody_answers)
{
	struct program *s = chat_server(), *r = relay_start(s->address[0], ARGS("-L", "100"));

	expect_end(
	    program_start(ARGS("-t", "0.5", "-p", port_of(r->address[0]), "127.0.0.1", "anna")),
	    "no answer for 0\\.5 s", 1);
}
END_TEST

START_TEST(name_taken)
{
	struct program *s = chat_server();

	(void)peer_join(s->address[0], "anna");
	expect_end(program_start(ARGS("-p", port_of(s->address[0]), "127.0.0.1", "anna")),
	    "refused: somebody else has that name", 3);
}
END_TEST

START_TEST(bad_names)
{
	expect_end(program_start(ARGS("127.0.0.1", "two words")), "is no name", 2);
	expect_end(program_start(ARGS("127.0.0.1", "anna", "#")), "is no name", 2);
	expect_end(program_start(ARGS("127.0.0.1", "a\033[m")), "is no name", 2);
	expect_end(program_start(ARGS("127.0.0.1")), "missing: host name", 2);
}
END_TEST

START_TEST(server_goes)
{
	struct program *s = chat_server();
	struct program *p =
	    program_start(ARGS("-p", port_of(s->address[0]), "127.0.0.1", "anna"));

	program_await_line(s, &s->err, "anna has come");
	program_signal(s, SIGTERM);
	expect_end(p, "the server has hung up: it stops", 1);
}
END_TEST

START_TEST(kicked)
{
	struct program *s = chat_server();
	struct program *p =
	    program_start(ARGS("-p", port_of(s->address[0]), "127.0.0.1", "anna"));

	program_await_line(s, &s->err, "anna has come");
	program_send(s, "kick anna\n");
	expect_end(p, "the server has hung up: sent away by the operator", 1);
}
END_TEST

/* The cable is pulled out: nobody says anything, and it is noticed all the same. */
START_TEST(server_is_lost)
{
	struct program *s = program_launch(&(struct launch){
			   .other = "udpchatd", .args = ARGS("-p", "0", "-t", "3") }),
		       *r, *p;

	program_await_ready(s);
	r = relay_start(s->address[0], ARGS(NULL));
	p = program_start(ARGS("-t", "1", "-p", port_of(r->address[0]), "127.0.0.1", "anna"));
	program_send(p, "/who\n");
	program_await_line(p, &p->out, "anna \\(you\\)"); /* its welcome has come through */
	program_signal(r, SIGUSR1);
	expect_end(p, "the server has not answered for [0-9]+ s: it is lost", 1);
}
END_TEST

void
udpchat_failures(Suite *suite)
{
	const struct check checks[] = {
		{ nobody_listens, ONCE, NEEDS_START, 1,
		    "a connected socket hears ECONNREFUSED. datagrams(7)" },
		{ nobody_answers, ONCE, NEEDS_START, 1, "every wait has an end. udpchat(1)" },
		{ name_taken, ONCE, NEEDS_START, 1,
		    "a refusal is told, and is exit status 3. udpchat(1)" },
		OURS(bad_names, ONCE),
		{ server_goes, ONCE, NEEDS_START, 1,
		    "a goodbye of the server ends the client. chat(5)" },
		OURS(kicked, ONCE),
		{ server_is_lost, ONCE, NEEDS_START, 1,
		    "a server that answers no ping is lost. chat(5)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
