/*
 * tcpchat: a telephone call between two people, or two programs.
 *
 *	caller                        called (-l)
 *	                              socket, bind, listen
 *	socket
 *	connect  ------------------>  accept
 *	         <-  both may talk ->
 *	shutdown ------------------>  reads the end, may go on
 *	         <------------------  shutdown
 *	close                         close
 *
 * Once the call stands the two sides are the same program: full.c, or with -1
 * half.c. A line of the other side that is shown on a terminal is marked and escaped
 * (screen.c); into a file or a pipe the bytes go as they are.
 *
 * Who waits (-l) does not do so by common/serve: a server takes one call after
 * another and has a child for each, while this takes exactly one, talks with the
 * terminal it was started from, and is through. It takes the call and closes the
 * listener at once, so that the next caller is refused and does not wait for nothing.
 *
 * What it deliberately does not do: encrypt, know who calls, or limit how long people
 * are silent. Connecting has a limit, and waiting for a call can have one; whether the
 * other machine is still there while nobody speaks, TCP asks itself (SO_KEEPALIVE).
 */
#include "clients/tcpchat/tcpchat.h"

#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/net.h"
#include "common/opts.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	CONNECT_MS = 10000, /* unless -t says something else */
	NOT_GIVEN = -1,
};

struct chat_options {
	struct client_options client;
	const char *host; /* to call, or the address to wait at */
	bool wait;	  /* -l */
	bool in_turns;	  /* -1 */
};

static const struct opts_entry chat_entries[] = {
	{ '1', NULL, "half duplex: speak and listen in turn, the caller first" },
	{ 'l', NULL, "wait for one call, at the address given (127.0.0.1)" },
	{ 0, NULL, NULL },
};

static const struct opts_program chat_program = {
	.name = "tcpchat",
	.purpose = "Call somebody, or wait for a call, and talk. See tcpchat(1).",
	.operands = "[host]",
	.operand_min = 0,
	.operand_max = 1,
	.own = chat_entries,
};

static int await_call(const struct chat_options *options, struct net_address *peer);

static void
parse_options(int argc, char *argv[], struct chat_options *options)
{
	struct opts opts;
	int letter;

	opts_client(&opts, &chat_program, &options->client, argc, argv);
	while ((letter = opts_next(&opts)) != -1) {
		options->wait |= letter == 'l';
		options->in_turns |= letter == '1';
	}
	options->host = opts_operand(&opts, 0);
	if (options->host == NULL && !options->wait)
		opts_fail(&opts, "missing: a host to call, or -l to wait for a call");
	if (options->host == NULL)
		options->host = "127.0.0.1";
}

static int
call_host(const struct chat_options *options, struct net_address *peer)
{
	const struct client_options *client = &options->client;
	struct net_error error;
	int fd = net_connect(options->host, client->port, client->family,
	    client->timeout_ms == NOT_GIVEN ? CONNECT_MS : client->timeout_ms, peer, &error);

	if (fd == -1)
		log_error("%s", error.text);
	return fd;
}

static int
talk(const struct chat_options *options, int fd)
{
	const int on = 1;
	struct screen screen = { .len = 0 };
	struct call call = {
		.fd = fd,
		.caller = !options->wait,
		.person = isatty(STDIN_FILENO),
		.screen = isatty(STDOUT_FILENO) ? &screen : NULL,
	};
	int status;

	/* A wish: what it is good for is told above, and a unix socket has no need of it. */
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	screen_open(&screen, call.person && !options->in_turns);
	if (call.person && !options->in_turns)
		log_notice("the line stands: type and press Return; ^D ends your side");
	status = options->in_turns ? chat_half(&call) : chat_full(&call);
	trace_step(TRACE_TALK, "%" PRIu64 " bytes out, %" PRIu64 " bytes in", call.sent,
	    call.received);
	return status;
}

int
main(int argc, char *argv[])
{
	struct chat_options options = {
		.client = { .port = "7517", .timeout_ms = NOT_GIVEN },
	};
	char text[NET_TEXT_MAX];
	struct net_address peer;
	int fd, status;

	parse_options(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN); /* the reader of our output may go: an error like others */
	fd = options.wait ? await_call(&options, &peer) : call_host(&options, &peer);
	if (fd == -1)
		return STATUS_FAILED;
	status = talk(&options, fd);
	trace_step(TRACE_CLOSE, "%s", net_format(&peer, text));
	close(fd);
	return status;
}

int
chat_write(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			log_error("standard output:");
			return -1;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int
chat_tell(struct call *call, const char *words)
{
	char line[SCREEN_LINE];

	if (call->screen == NULL) {
		log_notice("%s", words);
		return 0;
	}
	if (!log_enabled(LOG_LEVEL_NOTICE))
		return 0;
	snprintf(line, sizeof line, "%s: %s", chat_program.name, words);
	return screen_tell(call->screen, line);
}

/* ---- -l: wait for a call ---- */

static const int ending[] = { SIGHUP, SIGINT, SIGTERM };

enum {
	ENDINGS = sizeof ending / sizeof *ending,
};

/* Where calls come in, and the signals that end the wait. */
struct listening {
	int fds[NET_LISTENERS_MAX], count;
	const char *path; /* of a unix socket: it goes with us; else NULL */
	sigset_t before;  /* signals let in while we wait */
	struct sigaction actions[ENDINGS];
};

static volatile sig_atomic_t told_to_end; /* the signal */

static void
note_signal(int signal)
{
	told_to_end = signal;
}

/* From now on those signals come only while we wait, and only set a flag. */
static void
hold_signals(struct listening *listening)
{
	const struct sigaction note = { .sa_handler = note_signal };
	sigset_t held;

	sigemptyset(&held);
	for (int i = 0; i < ENDINGS; i++) {
		sigaction(ending[i], NULL, &listening->actions[i]);
		if (listening->actions[i].sa_handler == SIG_IGN)
			continue; /* nohup(1), or a shell's & */
		sigaddset(&held, ending[i]);
		sigaction(ending[i], &note, NULL);
	}
	sigprocmask(SIG_BLOCK, &held, &listening->before);
}

/* Nobody else can call. A signal that came meanwhile does now what it does by itself. */
static void
stop_listening(struct listening *listening)
{
	if (listening->path)
		unlink(listening->path);
	for (int i = 0; i < listening->count; i++)
		close(listening->fds[i]);
	for (int i = 0; i < ENDINGS; i++)
		sigaction(ending[i], &listening->actions[i], NULL);
	if (told_to_end)
		raise(told_to_end);
	sigprocmask(SIG_SETMASK, &listening->before, NULL);
}

/* The caller's descriptor; -1 with EAGAIN when there was none after all. */
static int
take_call(int listener, struct net_address *peer)
{
	int fd;

	peer->len = sizeof peer->sa;
	fd = sys_accept(listener, &peer->sa.any, &peer->len, false);
	if (fd == -1 && (errno == EINTR || errno == EWOULDBLOCK || errno == ECONNABORTED))
		errno = EAGAIN; /* the caller has hung up already: wait for the next */
	return fd;
}

/* Wait for the call, at most timeout_ms (0: for ever). A descriptor, or -1 with errno. */
static int
await_caller(const struct listening *listening, int timeout_ms, struct net_address *peer)
{
	int64_t now = sys_now_ms(), end = now + timeout_ms;
	struct pollfd wait[NET_LISTENERS_MAX];
	int fd = -1, ready;

	for (int i = 0; i < listening->count; i++)
		wait[i] = (struct pollfd){ listening->fds[i], POLLIN, 0 };
	errno = EAGAIN;
	while (fd == -1 && errno == EAGAIN) {
		ready = sys_ppoll(wait, (nfds_t)listening->count,
		    timeout_ms <= 0 ? -1 :
		    end > now	    ? (int)(end - now) :
				      0,
		    &listening->before);
		if (ready == 0)
			errno = ETIMEDOUT;
		for (int i = 0; ready > 0 && fd == -1 && i < listening->count; i++)
			if (wait[i].revents)
				fd = take_call(wait[i].fd, peer);
		now = sys_now_ms();
	}
	return fd;
}

/*
 * Say where we wait. On stderr, unlike a server's ready line: what this program has on
 * stdout is the other side's words.
 */
static void
say_where(const struct listening *listening)
{
	char line[NET_LISTENERS_MAX * NET_TEXT_MAX] = "", text[NET_TEXT_MAX];
	struct net_address address;

	for (int i = 0, used = 0; i < listening->count; i++)
		if (net_local_address(listening->fds[i], &address) == 0)
			used += snprintf(line + used, sizeof line - (size_t)used, " %s",
			    net_format(&address, text));
	log_notice("listening on%s%s", listening->path ? "" : " tcp", line);
}

/* Listen, take one call, stop listening. A descriptor, or -1 (said). */
static int
await_call(const struct chat_options *options, struct net_address *peer)
{
	/* Backlog 0: nobody else need wait, for nobody else will be answered. */
	const struct net_listen_options where = { .address = options->host,
		.port = options->client.port,
		.family = options->client.family };
	struct listening listening = { .path = NULL };
	char text[NET_TEXT_MAX];
	struct net_error error;
	int fd;

	listening.count = net_listen(&where, listening.fds, &error);
	if (listening.count == -1) {
		log_error("%s", error.text);
		return -1;
	}
	if (strncmp(options->host, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0)
		listening.path = options->host + strlen(NET_UNIX_PREFIX);
	hold_signals(&listening);
	say_where(&listening);
	fd = await_caller(&listening, options->client.timeout_ms, peer);
	if (fd != -1)
		trace_step(TRACE_ACCEPT, "%s, descriptor %d", net_format(peer, text), fd);
	else if (errno == ETIMEDOUT)
		log_error("nobody called for %g s", options->client.timeout_ms / 1000.0);
	else if (!told_to_end)
		log_error("wait for a call:");
	stop_listening(&listening);
	return fd;
}
