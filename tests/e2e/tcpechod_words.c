/*
 * tcpechod: what it says: -v, -x, -q, -h, -V.
 *
 * Guards against a narration out of order or short of a step, and against words
 * where silence was asked for.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

/* One whole conversation, then TERM; all that was said is in the program's streams. */
static struct program *
conversation(int model, const char *option, char name[ADDRESS_MAX])
{
	struct program *server = server_start(model, ARGS(option));
	int fd = client_open(server->address[0]);

	client_local_address(fd, name);
	client_echo(fd, "hello world\n");
	client_finish(fd);
	client_hear_end(fd);
	close(fd);
	if (strcmp(option, "-v") == 0 && model == MODEL_FORK)
		program_await_line(
		    server, &server->err, "^tcpechod: child [0-9]+ .* left after");
	program_signal(server, SIGTERM);
	EXPECT(program_await_exit(server) == 0, "not exit status 0");
	return server;
}

START_TEST(steps_in_words)
{
	char name[ADDRESS_MAX], accept[ADDRESS_MAX * 2], close[ADDRESS_MAX * 2], left[512];
	struct program *server = conversation(_i, "-v", name);

	snprintf(accept, sizeof accept, "\ntcpechod: accept  answer the call: %s, descriptor ",
	    name);
	snprintf(close, sizeof close, "]: close   hang up: %s\n", name);
	snprintf(left, sizeof left,
	    "^tcpechod: child [0-9]+ \\(%s\\) left after [0-9]+\\.[0-9]+ s: 12 bytes in, 12 "
	    "out, "
	    "status 0$",
	    name);
	expect_in_order(server->err.text,
	    (const char *const[]){
		"tcpechod: socket  buy a phone: AF_INET, SOCK_STREAM, descriptor ",
		"\ntcpechod: bind    insert the SIM card: 127.0.0.1:",
		"\ntcpechod: listen  switch it on: 511 callers may wait", accept, NULL });
	expect_in_order(
	    server->err.text, (const char *const[]){ accept, "\ntcpechod: fork    ", "child ",
				  " talks, the parent closes its copy", NULL });
	expect_in_order(server->err.text,
	    (const char *const[]){ accept, "]: talk    ", "12 bytes ", close, NULL });
	EXPECT(program_has_line(&server->err, left), "no line like: %s", left);
}
END_TEST

START_TEST(steps_in_words_of_other_models)
{
	char name[ADDRESS_MAX], call[ADDRESS_MAX * 2], end[ADDRESS_MAX * 2];
	struct program *server = conversation(_i, "-v", name);

	snprintf(call, sizeof call, "accept  answer the call: %s, descriptor ", name);
	snprintf(end, sizeof end, "close   hang up: %s\n", name);
	expect_in_order(server->err.text,
	    (const char *const[]){ "socket  buy a phone: ", "bind    insert the SIM card: ",
		"listen  switch it on: ", call, "talk    ", "12 bytes ", end, NULL });
}
END_TEST

START_TEST(bytes_in_hex)
{
	char name[ADDRESS_MAX];
	struct program *server = conversation(_i, "-x", name);

	EXPECT(program_has_line(&server->err, "68 65 6c 6c 6f"), "no hex of \"hello\"");
	EXPECT(!program_has_line(&server->err, "buy a phone"), "-x implies -v");
}
END_TEST

START_TEST(quiet)
{
	char name[ADDRESS_MAX];
	struct program *server = conversation(_i, "-q", name);

	EXPECT(server->err.length == 0, "-q is not quiet");
}
END_TEST

START_TEST(hostile_bytes_in_the_narration)
{
	struct program *server = server_start(_i, ARGS("-v", "-x"));
	int fd = client_open(server->address[0]);

	client_echo(fd, "\033[31m\r\ntcpechod: forged\n\033]0;x\007");
	client_finish(fd);
	client_hear_end(fd);
	program_signal(server, SIGTERM);
	program_await_exit(server);
	EXPECT(strchr(server->err.text, '\033') == NULL, "an escape sequence reached the log");
	EXPECT(!program_has_line(&server->err, "^tcpechod: forged"), "a client forged a line");
}
END_TEST

START_TEST(help)
{
	struct program *p = program_start(ARGS("-h"));
	int status = program_await_exit(p);

	EXPECT(status == 0, "exit status %d, wanted 0", status);
	EXPECT(
	    strncmp(p->out.text, "usage: tcpechod [-", 18) == 0, "stdout is: %s", p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

START_TEST(version)
{
	struct program *p = program_start(ARGS("-V"));
	int status = program_await_exit(p);

	EXPECT(status == 0, "exit status %d, wanted 0", status);
	EXPECT(strcmp(p->out.text, "tcpechod (Switchboard) 0.1\n") == 0, "stdout is: %s",
	    p->out.text);
	EXPECT(p->err.length == 0, "words on stderr");
}
END_TEST

/* AddressSanitizer itself says a word about makecontext(3). */
#ifdef __SANITIZE_ADDRESS__
#define QUIET_MODELS ((enum models)(ALL_MODELS & ~COROUTINE))
#else
#define QUIET_MODELS ALL_MODELS
#endif

void
tcpechod_words(Suite *suite)
{
	const struct check checks[] = {
		OURS(steps_in_words, FORK),
		OURS(steps_in_words_of_other_models, PREFORK | ITERATIVE | IN_ONE_PROCESS),
		OURS(bytes_in_hex, ALL_MODELS),
		OURS(quiet, QUIET_MODELS),
		OURS(hostile_bytes_in_the_narration, FORK),
		OURS(help, FORK),
		OURS(version, FORK),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
