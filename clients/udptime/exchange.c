/*
 * exchange: one question in words and some probes, on one connected socket. See exchange.h.
 */
#include "clients/udptime/exchange.h"

#include <sys/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "common/sys.h"
#include "common/trace.h"
#include "common/wall.h"

/* 0, or -1 with errno. Out of buffers is as good as lost on the way. */
static int
send_bytes(const struct exchange *exchange, const void *bytes, size_t len)
{
	trace_bytes(TRACE_OUT, bytes, len);
	if (send(exchange->fd, bytes, len, 0) != -1 || errno == EAGAIN || errno == EINTR ||
	    errno == ENOBUFS)
		return 0;
	return -1;
}

static int
send_question(struct exchange *exchange, int64_t now_ms)
{
	int64_t wait_ms = EXCHANGE_RETRY_MS;

	for (int i = 0; i < exchange->attempts && wait_ms < EXCHANGE_RETRY_MAX_MS; i++)
		wait_ms *= 2;
	exchange->retry_ms = now_ms + wait_ms;
	exchange->attempts++;
	trace_step(TRACE_TALK, "%zu bytes asked, attempt %d", exchange->request_len,
	    exchange->attempts);
	return send_bytes(exchange, exchange->request, exchange->request_len);
}

/* T1 is read as late as can be. */
static int
send_probe(struct exchange *exchange, int64_t now_ms)
{
	struct exchange_probe *probe = &exchange->probes[exchange->probes_sent++];
	struct clock_probe request = {
		.kind = CLOCK_ASK,
		.precision = exchange->precision,
		.cookie = probe->cookie,
	};
	unsigned char bytes[CLOCK_PROBE_SIZE];

	exchange->probe_ms =
	    now_ms + (exchange->probes_sent < exchange->probe_count ? EXCHANGE_PROBE_EVERY_MS :
								      EXCHANGE_PROBE_WAIT_MS);
	probe->t1 = request.t1 = wall_now_ns();
	if (clock_write_probe(bytes, sizeof bytes, &request) == -1) {
		errno = EOVERFLOW; /* our clock is before 1970 or after 2116 */
		return -1;
	}
	return send_bytes(exchange, bytes, sizeof bytes);
}

static int
send_due(struct exchange *exchange, int64_t now_ms)
{
	if (!exchange->answered && exchange->retry_ms <= now_ms &&
	    send_question(exchange, now_ms) == -1)
		return -1;
	if (exchange->probes_sent < exchange->probe_count && exchange->probe_ms <= now_ms)
		return send_probe(exchange, now_ms);
	return 0;
}

/*
 * Only the answer to a probe of ours counts, and only the first. A connected socket
 * keeps strangers out; the cookie those who forge the server's address.
 */
static void
take_probe(struct exchange *exchange, const void *bytes, size_t len, int64_t t4)
{
	struct clock_probe answer;

	if (clock_read_probe(bytes, len, &answer) == -1 || answer.kind != CLOCK_ANSWER)
		return;
	for (int i = 0; i < exchange->probes_sent; i++) {
		struct exchange_probe *probe = &exchange->probes[i];

		if (probe->answered || probe->cookie != answer.cookie || probe->t1 != answer.t1)
			continue;
		probe->answered =
		    clock_measure(&answer, t4, exchange->precision, &probe->sample);
		if (probe->answered)
			trace_step(TRACE_TALK,
			    "probe %d: offset %" PRId64 " ns, delay %" PRId64 " ns", i + 1,
			    probe->sample.offset, probe->sample.delay);
		return;
	}
}

/* All that has come. T4 is read right after each datagram. 0, or -1 with errno. */
static int
receive(struct exchange *exchange)
{
	char bytes[sizeof exchange->answer];
	ssize_t n;

	while ((n = recv(exchange->fd, bytes, sizeof bytes, MSG_DONTWAIT)) != -1) {
		const int64_t t4 = wall_now_ns();

		trace_bytes(TRACE_IN, bytes, (size_t)n);
		if (clock_is_probe(bytes, (size_t)n)) {
			take_probe(exchange, bytes, (size_t)n, t4);
		} else if (!exchange->answered) {
			trace_step(TRACE_TALK, "%zd bytes answered", n);
			exchange->answered = true;
			exchange->answer_len = (size_t)n;
			memcpy(exchange->answer, bytes, (size_t)n);
		}
	}
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

static bool
probes_done(const struct exchange *exchange, int64_t now_ms)
{
	if (exchange->probes_sent < exchange->probe_count)
		return false;
	for (int i = 0; i < exchange->probe_count; i++)
		if (!exchange->probes[i].answered)
			return exchange->probe_ms <= now_ms;
	return true;
}

/* When the next thing is due, if nothing comes before. */
static int64_t
next_due(const struct exchange *exchange, int64_t now_ms)
{
	int64_t due = exchange->deadline_ms;

	if (!exchange->answered && exchange->retry_ms < due)
		due = exchange->retry_ms;
	if (!probes_done(exchange, now_ms) && exchange->probe_ms < due)
		due = exchange->probe_ms;
	return due > now_ms ? due : now_ms;
}

/* exercise: send the question, await the answer, ask again, give up */
int
exchange_run(struct exchange *exchange)
{
	int64_t now_ms = sys_now_ms();

	exchange->retry_ms = exchange->probe_ms = now_ms;
	while (!exchange->answered || !probes_done(exchange, now_ms)) {
		struct pollfd wait = { .fd = exchange->fd, .events = POLLIN };

		if (now_ms >= exchange->deadline_ms) {
			errno = ETIMEDOUT;
			return exchange->answered ? 0 : -1;
		}
		if (send_due(exchange, now_ms) == -1)
			return -1;
		if (poll(&wait, 1, (int)(next_due(exchange, now_ms) - now_ms)) == -1 &&
		    errno != EINTR)
			return -1;
		if (wait.revents && receive(exchange) == -1)
			return -1;
		now_ms = sys_now_ms();
	}
	return 0;
}
