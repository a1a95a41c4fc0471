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
 * What it deliberately does not do: authenticate, keep anything, or speak UDP
 * (that is udpechod).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/conn.h"
#include "common/log.h"
#include "common/opts.h"
#include "common/serve.h"
#include "common/trace.h"

enum {
	PAUSE_MAX_S = 3600, /* of -H and -P */
	REPLY_MAX = 1024,   /* of -r, with its newline */
};

struct echo_options {
	bool uppercase;	       /* -U */
	char reply[REPLY_MAX]; /* -r: the text and a newline */
	size_t reply_len;      /* 0: no -r */
};

static int echo_session(struct conn *conn, void *arg);

static const struct service echo_service = {
	.name = "tcpechod",
	.port = "7007",
	.refusal = "tcpechod: refused: too many connections from your address\n",
	.session = echo_session,
};

static const struct opts_entry echo_entries[] = {
	{ 'H', "hold", "accept nobody for so many seconds, so that callers queue up" },
	{ 'P', "pace", "accept at most one caller in so many seconds" },
	{ 'R', NULL, "leave SO_REUSEADDR off: a restart waits for TIME_WAIT" },
	{ 'r', "text", "answer each read with this text and a newline" },
	{ 'U', NULL, "answer in upper case (ASCII letters)" },
	{ 0, NULL, NULL },
};

static const struct opts_program echo_program = {
	.name = "tcpechod",
	.purpose = "Send back what each TCP client sends (RFC 862). See tcpechod(8).",
	.operands = "",
	.own = echo_entries,
};

static void
set_reply(const struct opts *opts, struct echo_options *echo)
{
	int len = snprintf(echo->reply, sizeof echo->reply, "%s\n", opts->argument);

	if (len < 0 || len >= REPLY_MAX)
		opts_fail(opts, "-r: the text has %d bytes at most", REPLY_MAX - 2);
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
		case 'U':
			echo->uppercase = true;
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
	struct echo_options echo = { .uppercase = false };

	parse_options(argc, argv, &serve, &echo);
	return serve_run(&echo_service, &serve, &echo);
}

/* ASCII only: the bytes of a UTF-8 letter are none of a to z, so they stay whole. */
static void
to_uppercase(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
}

/* Answer one read. 0, or -1 with errno. */
static int
answer(struct conn *conn, const struct echo_options *echo, char *message, size_t len)
{
	const char *text = echo->reply_len ? echo->reply : message;
	size_t text_len = echo->reply_len ? echo->reply_len : len;

	if (echo->uppercase)
		to_uppercase(message, len);
	trace_bytes(TRACE_OUT, text, text_len);
	if (conn_write(conn, text, text_len) == -1)
		return -1;
	trace_step(TRACE_TALK, "%zu bytes in, %zu bytes out", len, text_len);
	return 0;
}

/* Why a conversation ended before its time. */
static int
end_early(struct conn *conn)
{
	if (errno == ETIMEDOUT)
		log_notice("%s: idle for %d.%03d s: closed", conn_peer(conn),
		    conn->idle_ms / 1000, conn->idle_ms % 1000);
	else if (errno != ECANCELED)
		log_notice("%s:", conn_peer(conn));
	return STATUS_FAILED;
}

static int
echo_session(struct conn *conn, void *arg)
{
	const struct echo_options *echo = arg;
	char message[CONN_BUFSIZE];
	ssize_t len;

	while ((len = conn_read(conn, message, sizeof message)) > 0) {
		trace_bytes(TRACE_IN, message, (size_t)len);
		if (answer(conn, echo, message, (size_t)len) == -1)
			break;
	}
	return len == 0 ? STATUS_DONE : end_early(conn);
}
