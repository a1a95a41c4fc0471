/*
 * tcpechod: send back what each client sends. RFC 862, "TCP Based Echo Service".
 *
 *	client                       server (a child of its own)
 *	connect  ------------------> accept, fork
 *	"hello"  ------------------> read
 *	         <------------------ write "hello"
 *	 ...                          ...
 *	close    ------------------> read gives 0: the end
 *	         <------------------ _exit: the connection closes
 *
 * TCP carries a stream, not messages: what one write sent may arrive in several
 * reads, or several in one. An echo does not mind. The fixed answer of -r shows
 * it: there is one answer to each read.
 *
 * How one server serves many clients (-m) is a file each: serve's fork, prefork and
 * iterative in common/serve_*.c, all others in this folder. The conversation
 * itself is in echo.c, and in client.c for the models that must never wait.
 *
 * What it deliberately does not do: authenticate, keep anything, or speak UDP
 * (that is udpechod).
 */
#include <stdio.h>

#include "common/opts.h"
#include "common/serve.h"
#include "servers/tcpechod/echo.h"

enum {
	PAUSE_MAX_S = 3600,    /* of -H and -P */
	WORK_MAX_MS = 3600000, /* of -w, -s and -W */
};

static const struct service echo_service = {
	.name = "tcpechod",
	.port = "7007",
	.refusal = "tcpechod: refused: too many connections from your address\n",
	.session = echo_session,
};

/* Beside serve's fork, prefork and iterative: a file each in this folder. */
static const struct serve_own_model echo_models[] = {
	{ "thread", echo_thread },
	{ "nonblock", echo_nonblock },
	{ "select", echo_select },
	{ "poll", echo_poll },
#if defined(__linux__) && !defined(PORTABLE)
	{ "epoll", echo_epoll },
	{ "epoll-et", echo_epoll_et },
	{ "coroutine", echo_coroutine },
#endif
	{ NULL, NULL },
};

static const struct opts_entry echo_entries[] = {
	{ 'H', "hold", "accept nobody for so many seconds, so that callers queue up" },
	{ 'P', "pace", "accept at most one caller in so many seconds" },
	{ 'R', NULL, "leave SO_REUSEADDR off: a restart waits for TIME_WAIT" },
	{ 'r', "text", "answer each read with this text and a newline" },
	{ 's', "ms", "sleep so many milliseconds for each message" },
	{ 'U', NULL, "answer in upper case (ASCII letters)" },
	{ 'W', "ms", "model nonblock: pause between two rounds (10; 0 spins)" },
	{ 'w', "ms", "burn so many milliseconds of processor time for each message" },
	{ 0, NULL, NULL },
};

static const struct opts_program echo_program = {
	.name = "tcpechod",
	.purpose = "Send back what each TCP client sends (RFC 862). See tcpechod(8).",
	.operands = "",
	.own = echo_entries,
	.models = echo_models,
};

static void
set_reply(const struct opts *opts, struct echo_options *echo)
{
	int len = snprintf(echo->reply, sizeof echo->reply, "%s\n", opts->argument);

	if (len < 0 || len >= ECHO_REPLY_MAX)
		opts_fail(opts, "-r: the text has %d bytes at most", ECHO_REPLY_MAX - 2);
	echo->reply_len = (size_t)len;
}

static void
parse_options(int argc, char *argv[], struct serve_options *serve, struct echo_options *echo)
{
	struct opts opts;
	int letter;

	opts_server(&opts, &echo_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		switch (letter) {
		case 'H':
			serve->hold_ms = opts_seconds(&opts, PAUSE_MAX_S);
			break;
		case 'P':
			serve->pace_ms = opts_seconds(&opts, PAUSE_MAX_S);
			break;
		case 'R':
			serve->no_reuse = true;
			break;
		case 'r':
			set_reply(&opts, echo);
			break;
		case 's':
			echo->sleep_ms = opts_number(&opts, 0, WORK_MAX_MS);
			break;
		case 'U':
			echo->uppercase = true;
			break;
		case 'W':
			echo->pause_ms = opts_number(&opts, 0, WORK_MAX_MS);
			break;
		case 'w':
			echo->work_ms = opts_number(&opts, 0, WORK_MAX_MS);
			break;
		}
	if (echo->uppercase && echo->reply_len)
		opts_fail(&opts, "-U and -r exclude each other");
	if (serve->model == SERVE_PREFORK && (serve->hold_ms || serve->pace_ms))
		opts_fail(
		    &opts, "-H and -P pace one accept loop; with -m prefork there are many");
}

int
main(int argc, char *argv[])
{
	struct serve_options serve = SERVE_DEFAULTS;
	struct echo_options echo = { .pause_ms = 10 };

	parse_options(argc, argv, &serve, &echo);
	return serve_run(&echo_service, &serve, &echo);
}
