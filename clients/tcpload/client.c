/*
 * client: one client's connection and its messages. See tcpload.h.
 *
 * A message is a piece of a long pattern that has no order; where it begins follows
 * from its number. So an answer is compared with what was sent, byte for byte, and
 * 20,000 clients with messages of a megabyte need no 20,000 megabytes.
 *
 * On loopback connect(2) is over before it returns, even though it says EINPROGRESS.
 * Therefore the message is sent at once, and only if that is too early does the client
 * wait: a short connection costs socket, connect, send, epoll_ctl, recv and close.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "clients/tcpload/tcpload.h"
#include "common/explain.h"
#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	DESTINATIONS = 200,   /* -R: 127.0.0.1 and up */
	ONE_SEND = 16 * 1024, /* a message so small goes out in one piece */
	STRIDE = 4099,	      /* from one message's begin in the pattern to the next one's */
	WORDS_SHOWN = 60,     /* bytes of a wrong answer */
	REST = 20 * (int)MS,  /* after an error */
};

static uint32_t
number_of(const struct load *load, const struct client *client)
{
	return (uint32_t)(client - load->clients);
}

/* ---- what goes wrong ---- */

/* Only the first error of a kind is told; the thousands after it say the same. */
static void
tell_error(const struct load *load, const char *call, int code)
{
	char whom[NET_TEXT_MAX], advice[NET_ERROR_MAX] = "";

	net_format(&load->server, whom);
	if (code == ERROR_HUNG_UP) {
		log_error("%s: the server hung up before the whole answer had come", whom);
		return;
	}
	if (strcmp(call, "connect") == 0)
		explain_connect(advice, sizeof advice, &load->server, code);
	log_error("%s %s: %s (%s)%s%s", call, whom, log_errno_name(code), strerror(code),
	    *advice ? ": " : "", advice);
}

static void
count_error(struct load *load, const char *call, int code)
{
	int64_t *count = &load->errors[code < ERRORS_MAX ? code : ERRORS_MAX - 1];

	if (++*count == 1 && call != NULL)
		tell_error(load, call, code);
	load->failed++;
	load->failed_since_answer++;
}

static void
disconnect(struct load *load, struct client *client)
{
	if (client->fd == -1)
		return;
	if (client->watched)
		ready_remove(load->ready, number_of(load, client));
	close(client->fd);
	client->fd = -1;
	client->watched = 0;
}

static void
rest(struct load *load, struct client *client)
{
	client->state = CLIENT_RESTING;
	client->rests_until = load_now() + REST;
	client->next = NULL;
	*load->last_resting = client;
	load->last_resting = &client->next;
}

/*
 * A call or a message has failed, or an idle connection has ended. A client that had
 * something under way rests, lest thousands of them fail without a pause.
 */
static void
fail(struct load *load, struct client *client, const char *call, int code)
{
	bool talking = client->state == CLIENT_TALKING;

	count_error(load, call, code);
	disconnect(load, client);
	if (client->state == CLIENT_IDLE)
		return;
	load->busy--;
	client->state = CLIENT_IDLE;
	if (!talking)
		return;
	load->finished++;
	if (load->ending)
		client_leave(load, client);
	else
		rest(load, client);
}

/*
 * A unix socket whose backlog is full says EAGAIN, where TCP would try again by
 * itself: so we do, as long as -t allows.
 */
static void
fail_to_connect(struct load *load, struct client *client, const char *call)
{
	int code = errno;
	int64_t limit = load->options->client.timeout_ms * MS;

	if (code == EAGAIN && (limit == 0 || load_now() - client->since < limit)) {
		client->owed = client->state == CLIENT_TALKING;
		disconnect(load, client);
		rest(load, client);
		return;
	}
	fail(load, client, call, code == EAGAIN ? ETIMEDOUT : code);
}

/* ---- the connection ---- */

static bool
watch(struct load *load, struct client *client, unsigned what)
{
	int result = 0;

	if (client->watched == 0)
		result = ready_add(load->ready, number_of(load, client), client->fd, what);
	else if (client->watched != what)
		result = ready_change(load->ready, number_of(load, client), client->fd, what);
	if (result == 0)
		client->watched = what;
	else
		fail(load, client, "watch", errno);
	return result == 0;
}

/*
 * Small messages each wait for the answer to the one before, so there is nothing that
 * TCP could hold back to join it with; a long connection is told once, all the same.
 */
static void
set_options(const struct load *load, int fd)
{
	const int on = 1;

	if (load->server.sa.any.sa_family != AF_UNIX &&
	    (!load->options->once || load->options->size > ONE_SEND))
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Begin to connect. Whether that went well; if not, the client has failed. */
static bool
dial(struct load *load, struct client *client)
{
	struct net_address *to = &load->server;

	if (load->options->rotate)
		to->sa.in.sin_addr.s_addr =
		    htonl(INADDR_LOOPBACK + load->dialled++ % DESTINATIONS);
	client->fd = sys_socket(to->sa.any.sa_family, SOCK_STREAM, 0, true);
	if (client->fd == -1) {
		fail_to_connect(load, client, "socket");
		return false;
	}
	set_options(load, client->fd);
	client->fresh = true;
	if (connect(client->fd, &to->sa.any, to->len) == 0 || errno == EINPROGRESS)
		return true;
	fail_to_connect(load, client, "connect");
	return false;
}

void
client_adopt(struct load *load, struct client *client, int fd)
{
	client->fd = fd;
	client->fresh = false;
	load->connections++;
	watch(load, client, READY_IN);
}

void
client_call(struct load *load, struct client *client)
{
	if (client->state == CLIENT_IDLE)
		client->since = load_now();
	if (client->state != CLIENT_RESTING)
		load->busy++;
	client->state = CLIENT_CALLING;
	if (dial(load, client))
		watch(load, client, READY_OUT);
}

/* The call is answered, or not. */
static void
end_call(struct load *load, struct client *client)
{
	socklen_t len = sizeof(int);
	int code = 0;

	if (getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &code, &len) == -1)
		code = errno;
	if (code != 0) {
		fail(load, client, "connect", code);
		return;
	}
	client->fresh = false;
	client->state = CLIENT_IDLE;
	load->busy--;
	load->connections++;
	watch(load, client, READY_IN);
}

/* ---- a message ---- */

static const unsigned char *
message_of(const struct load *load, const struct client *client)
{
	return load->pattern + client->at;
}

/* Send as much as goes without waiting. */
/* exercise: send what is left of the message */
static void
say(struct load *load, struct client *client)
{
	uint32_t size = (uint32_t)load->options->size;
	const unsigned char *from = message_of(load, client) + client->sent;
	ssize_t n = send(client->fd, from, size - client->sent, MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN && errno != ENOTCONN && errno != EINTR) {
		fail(load, client, client->fresh ? "connect" : "send", errno);
		return;
	}
	if (n > 0) {
		load->connections += client->fresh;
		client->fresh = false;
		client->sent += (uint32_t)n;
		if (client->shown)
			trace_bytes(TRACE_OUT, from, (size_t)n);
	}
	watch(load, client, client->sent < size ? READY_IN | READY_OUT : READY_IN);
}

static void
begin_or_owe(struct load *load, struct client *client)
{
	client->owed = false;
	client->state = CLIENT_TALKING;
	if (client->fd != -1 || dial(load, client))
		say(load, client);
}

void
client_begin(struct load *load, struct client *client, int64_t due)
{
	client->shown = load->begun == 0;
	client->at = (uint32_t)((uint64_t)load->begun++ * STRIDE % PERIOD);
	client->sent = client->heard = 0;
	client->due = due;
	client->since = load->options->rate ? load_now() : due;
	load->busy++;
	begin_or_owe(load, client);
}

/* The whole answer is there, and right. */
static void
finish(struct load *load, struct client *client)
{
	int64_t now = load_now();

	histogram_add(&load->latency, (uint64_t)(now - client->due));
	load->finished++;
	load->answered++;
	load->last_answer = now;
	load->failed_since_answer = 0;
	load->busy--;
	client->state = CLIENT_IDLE;
	if (load->options->once)
		disconnect(load, client);
	load_next(load, client, now);
}

/* Bytes that are not those sent; often a server's word why it refuses. */
static void
fail_wrong(struct load *load, struct client *client, size_t count)
{
	char words[WORDS_SHOWN * 4 + 1], whom[NET_TEXT_MAX];

	if (load->errors[ERROR_WRONG] == 0) {
		log_escape(words, sizeof words, load->buffer,
		    count < WORDS_SHOWN ? count : WORDS_SHOWN);
		log_error("%s: what came is not what was sent: \"%s\"%s",
		    net_format(&load->server, whom), words, count > WORDS_SHOWN ? "..." : "");
	}
	fail(load, client, NULL, ERROR_WRONG);
}

/* exercise: read the answer, compare it, note how long it took */
static void
hear(struct load *load, struct client *client)
{
	bool talking = client->state == CLIENT_TALKING;
	uint32_t left = talking ? (uint32_t)load->options->size - client->heard : 0;
	const unsigned char *wanted = message_of(load, client) + client->heard;
	ssize_t n = recv(client->fd, load->buffer, RECEIVE_SIZE, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fail(load, client, "receive", n == 0 ? ERROR_HUNG_UP : errno);
		return;
	}
	if (client->shown)
		trace_bytes(TRACE_IN, load->buffer, (size_t)n);
	if ((size_t)n > left || memcmp(load->buffer, wanted, (size_t)n) != 0) {
		fail_wrong(load, client, (size_t)n);
		return;
	}
	client->heard += (uint32_t)n;
	if ((size_t)n == left)
		finish(load, client);
}

/* ---- what ready and run tell a client ---- */

void
client_event(struct load *load, struct client *client, unsigned what)
{
	if (client->state == CLIENT_CALLING) {
		end_call(load, client);
		return;
	}
	if (client->state == CLIENT_GONE) {
		disconnect(load, client);
		return;
	}
	if (what & READY_OUT && client->state == CLIENT_TALKING &&
	    client->sent < (uint32_t)load->options->size)
		say(load, client);
	if (what & READY_IN && client->fd != -1)
		hear(load, client);
}

void
client_wake(struct load *load, struct client *client)
{
	if (load->connecting) {
		client_call(load, client);
	} else if (client->owed) {
		begin_or_owe(load, client);
	} else {
		client->state = CLIENT_IDLE;
		load_next(load, client, load_now());
	}
}

void
client_give_up(struct load *load, struct client *client)
{
	int64_t waited = (load_now() - client->since) / MS;
	int limit = load->options->client.timeout_ms;
	char whom[NET_TEXT_MAX];

	if (client->fresh) {
		fail(load, client, "connect", ETIMEDOUT);
		return;
	}
	if (load->errors[ETIMEDOUT] == 0) /* at the end of a run it may be less than -t */
		log_error("%s: no answer for %.3g s", net_format(&load->server, whom),
		    (double)(limit && waited > limit ? limit : waited) / 1e3);
	fail(load, client, NULL, ETIMEDOUT);
}

void
client_leave(struct load *load, struct client *client)
{
	client->state = CLIENT_GONE;
	load->present--;
}
