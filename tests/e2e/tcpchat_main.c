/*
 * e2e_tcpchat: tcpchat, or the program that SUT names, seen from outside.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpchat.h"

struct program *
chat_call_from(struct launch launch, const char *option, int *peer)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	const char *port = strchr(address, ':') + 1;
	struct program *p;

	launch.args =
	    option ? ARGS(option, "-p", port, "127.0.0.1") : ARGS("-p", port, "127.0.0.1");
	p = program_launch(&launch);
	*peer = listener_take(listener);
	close(listener);
	return p;
}

struct program *
chat_call(const char *option, int *peer)
{
	return chat_call_from((struct launch){ 0 }, option, peer);
}

void
chat_await_address(struct program *p, char address[ADDRESS_MAX])
{
	static const char mark[] = "listening on tcp ";
	const char *line = program_await_line(p, &p->err, mark);

	snprintf(address, ADDRESS_MAX, "%s", strstr(line, mark) + strlen(mark));
}

struct program *
chat_wait(const char *option, char address[ADDRESS_MAX])
{
	struct program *p =
	    program_start(option ? ARGS(option, "-l", "-p", "0") : ARGS("-l", "-p", "0"));

	chat_await_address(p, address);
	return p;
}

int
main(void)
{
	Suite *suite = harness_suite("tcpchat");

	tcpchat_filter(suite);
	tcpchat_ends(suite);
	tcpchat_waits(suite);
	tcpchat_turns(suite);
	tcpchat_terminal(suite);
	tcpchat_words(suite);
	tcpchat_interop(suite);
	return harness_run(suite);
}
