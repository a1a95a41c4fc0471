/*
 * tcpechod -i: a client on descriptors 0 and 1, or sockets from systemd or inetd.
 *
 * Guards against a session that needs a socket, that answers on the wrong
 * descriptor, or that says more on it than the answer; and against an exit status
 * that hides how the session went.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

enum {
	FILE_SIZE = 300000,
};

START_TEST(on_a_socket)
{
	int ends[2];
	struct program *p;

	EXPECT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
	p = program_launch(
	    &(struct launch){ .args = ARGS("-i"), .in = ends[1], .out = ends[1] });
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	client_echo(ends[0], "hello\n");
	client_echo(ends[0], "once more\n");
	client_finish(ends[0]);
	client_hear_end(ends[0]);
	program_expect_status(p, 0);
}
END_TEST

/* As inetd and tcpserver do: the accepted connection is 0 and 1. */
START_TEST(on_a_tcp_connection)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	int fd = client_open(address);
	int accepted = accept(listener, NULL, NULL);
	struct program *p = program_launch(
	    &(struct launch){ .args = ARGS("-i"), .in = accepted, .out = accepted });

	close(accepted);
	client_echo(fd, "hello\n");
	client_reset(fd);
	program_expect_status(p, 1);
	EXPECT(program_has_line(&p->err, "127\\.0\\.0\\.1:[0-9]+: ECONNRESET"),
	    "the reset is not logged with the peer");
}
END_TEST

START_TEST(on_pipes)
{
	struct program *p = program_start(ARGS("-i", "-U"));

	program_send(p, "through ");
	program_await_text(&p->out, "THROUGH ");
	program_send(p, "pipes\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "THROUGH PIPES\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

START_TEST(on_files)
{
	char path[ADDRESS_MAX], copy[ADDRESS_MAX];
	char *bytes = malloc(FILE_SIZE), *got = malloc(FILE_SIZE + 1);
	struct program *p;
	int in, out;

	snprintf(path, sizeof path, "%s/in", temporary_directory());
	snprintf(copy, sizeof copy, "%s/out", temporary_directory());
	for (int i = 0; i < FILE_SIZE; i++)
		bytes[i] = (char)(i % 251);
	in = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	out = open(copy, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(write(in, bytes, FILE_SIZE) == FILE_SIZE && lseek(in, 0, SEEK_SET) == 0, "file");
	p = program_launch(&(struct launch){ .args = ARGS("-i"), .in = in, .out = out });
	program_expect_status(p, 0);
	EXPECT(pread(out, got, FILE_SIZE + 1, 0) == FILE_SIZE, "the copy has another size");
	EXPECT(memcmp(got, bytes, FILE_SIZE) == 0, "the copy differs");
	free(bytes);
	free(got);
}
END_TEST

/* Nobody reads the answer: an error and status 1, not death by SIGPIPE. */
START_TEST(nobody_reads_the_answer)
{
	struct program *p;
	int ends[2];

	EXPECT(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	close(ends[0]);
	p = program_launch(&(struct launch){ .args = ARGS("-i"), .out = ends[1] });
	close(ends[1]);
	program_send(p, "hello?\n");
	program_expect_status(p, 1);
}
END_TEST

START_TEST(idle_on_pipes)
{
	struct program *p = program_start(ARGS("-i", "-t", "1"));

	program_await_line(p, &p->err, "idle for 1(\\.0+)? s");
	program_expect_status(p, 1);
}
END_TEST

/* inetd's "wait": descriptor 0 is the listener, and the server accepts itself. */
START_TEST(listener_as_standard_input)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(10, address);
	const char *const args[] = { "-i", "-m", harness_model(_i), NULL };
	struct program *p =
	    program_launch(&(struct launch){ .args = args, .in = listener, .out = listener });
	int fd;

	close(listener);
	client_visit(address);
	fd = client_open(address);
	client_echo(fd, "hello\n");
	client_visit(address);
	program_signal(p, SIGTERM);
	client_await_gone(fd);
	program_expect_status(p, 0);
}
END_TEST

START_TEST(listeners_from_systemd)
{
	char one[ADDRESS_MAX], two[ADDRESS_MAX];
	int first = listener_open(10, one), second = listener_open(10, two);
	const char *const args[] = { "-i", "-m", harness_model(_i), NULL };
	struct program *p =
	    program_launch(&(struct launch){ .args = args, .pass = { first, second } });
	int fd;

	close(first);
	close(second);
	client_visit(one);
	client_visit(two);
	client_visit(one);
	fd = client_open(two);
	client_echo(fd, "hello\n");
	program_signal(p, SIGTERM);
	client_await_gone(fd);
	program_expect_status(p, 0);
	EXPECT(client_is_refused(one) && client_is_refused(two), "a port is still open");
}
END_TEST

/* Accept=yes: the passed socket is a client already. */
START_TEST(client_from_systemd)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	int fd = client_open(address);
	int accepted = accept(listener, NULL, NULL);
	struct program *p =
	    program_launch(&(struct launch){ .args = ARGS("-i"), .pass = { accepted } });

	close(accepted);
	client_echo(fd, "hello\n");
	client_finish(fd);
	client_hear_end(fd);
	program_expect_status(p, 0);
}
END_TEST

/* LISTEN_PID names another process: the descriptors are not for us. */
START_TEST(listeners_for_somebody_else)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(10, address);
	struct program *p = program_launch(&(struct launch){
	    .args = ARGS("-i"), .pass = { listener }, .pass_to_other = true });

	program_send(p, "on standard input\n");
	program_finish(p);
	program_expect_status(p, 0);
	EXPECT(strcmp(p->out.text, "on standard input\n") == 0, "stdout is: %s", p->out.text);
}
END_TEST

void
tcpechod_inetd(Suite *suite)
{
	const struct check checks[] = {
		{ on_a_socket, FORK, NEEDS_OPTIONS, 1,
		    "-i: the client is on descriptors 0 and 1. tcpechod(8)" },
		OURS(on_a_tcp_connection, FORK),
		{ on_pipes, FORK, NEEDS_OPTIONS, 1,
		    "-i: read and write, not recv and send: 0 and 1 may be pipes. "
		    "tcpechod(8)" },
		{ on_files, FORK, NEEDS_OPTIONS, 1,
		    "-i: a file is always ready, and has an end. tcpechod(8)" },
		OURS(nobody_reads_the_answer, FORK),
		OURS(idle_on_pipes, FORK),
		OURS(listener_as_standard_input, CONCURRENT),
		OURS(listeners_from_systemd, ALL_MODELS),
		OURS(client_from_systemd, FORK),
		OURS(listeners_for_somebody_else, FORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
