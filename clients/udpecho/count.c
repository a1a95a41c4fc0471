/*
 * count: numbered datagrams, and how many came back after what time. Like ping(8).
 *
 * UDP promises nothing: what is sent may be lost, come late, twice, or in another order,
 * and anybody may send us something. The number, the cookie and the time in each datagram
 * (probe.h) tell these apart:
 *
 *	wrong cookie, wrong bytes   not an answer to us: foreign
 *	number answered before      twice
 *	longer ago than -t          late: it was given up, and stays counted as lost
 *	below one answered before   out of order, but an answer
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/udpecho/udpecho.h"
#include "common/histogram.h"
#include "common/log.h"
#include "common/random.h"
#include "common/sys.h"
#include "protocol/probe.h"

enum {
	NS_PER_MS = 1000000,
};

struct count {
	struct echo_post post;
	sigset_t mask;
	uint64_t cookie;
	bool *answered;	   /* by number, from 1 */
	uint32_t sent;	   /* so many, the last one's number */
	uint32_t highest;  /* number answered so far */
	uint64_t received; /* in time, each once */
	uint64_t late, twice, disordered;
	bool refused;	 /* the last we heard: no one listens there */
	int64_t next_ms; /* when the next is to be sent */
	int64_t last_ms; /* when the last one was */
	uint64_t sum_ns;
	struct histogram times; /* in ns */
	unsigned char bytes[ECHO_BUFFER];
};

/* ---- out ---- */

/* The times are those of the plan, so that a late one does not delay all others. */
static int
send_next(struct count *count)
{
	const struct echo_options *options = count->post.options;
	const struct probe probe = {
		.number = ++count->sent,
		.cookie = count->cookie,
		.sent_ns = post_now_ns(),
	};

	probe_encode(&probe, count->bytes, (size_t)options->size);
	count->last_ms = sys_now_ms();
	count->next_ms += options->interval_ms;
	count->refused = false;
	return post_send(&count->post, count->bytes, (size_t)options->size);
}

/* ---- in ---- */

static void
print_line(
    const struct count *count, size_t len, uint32_t number, uint64_t ns, const char *remark)
{
	char who[NET_TEXT_MAX];

	if (log_enabled(LOG_LEVEL_NOTICE))
		printf("%zu bytes from %s: number %" PRIu32 ", %.3f ms%s\n", len,
		    net_format(&count->post.peer, who), number, (double)ns / NS_PER_MS, remark);
	fflush(stdout);
}

/* An answer to one of ours: in time, late, again? */
static void
note_answer(struct count *count, const struct probe *probe, size_t len)
{
	uint64_t ns = post_now_ns() - probe->sent_ns;
	int timeout_ms = count->post.options->client.timeout_ms;
	const char *remark = "";

	if (count->answered[probe->number]) {
		count->twice++;
		remark = ", again";
	} else if (timeout_ms && ns / NS_PER_MS > (uint64_t)timeout_ms) {
		count->late++;
		remark = ", too late";
	} else {
		count->received++;
		count->sum_ns += ns;
		histogram_add(&count->times, ns);
		if (probe->number < count->highest) {
			count->disordered++;
			remark = ", out of order";
		}
	}
	count->answered[probe->number] = true;
	if (probe->number > count->highest)
		count->highest = probe->number;
	print_line(count, len, probe->number, ns, remark);
}

static void
take(struct count *count, size_t len)
{
	struct probe probe;

	if (!probe_decode(&probe, count->bytes, len, (size_t)count->post.options->size) ||
	    probe.cookie != count->cookie || probe.number == 0 || probe.number > count->sent) {
		count->post.foreign++;
		log_notice("%zu bytes that are no answer to us: dropped", len);
		return;
	}
	note_answer(count, &probe, len);
}

/* ---- the run ---- */

static bool
is_all_sent(const struct count *count)
{
	return count->sent == (uint32_t)count->post.options->count;
}

/*
 * Until when to wait now: for the next to be sent, or for the last to come. With an
 * interval of 0 the next is sent when there is nothing left to come, or -t is over.
 */
static int64_t
deadline_of(const struct count *count)
{
	const struct echo_options *options = count->post.options;

	if (!is_all_sent(count) &&
	    (options->interval_ms || count->refused || count->answered[count->sent]))
		return count->next_ms;
	return options->client.timeout_ms ? count->last_ms + options->client.timeout_ms :
					    INT64_MAX;
}

static bool
is_over(const struct count *count)
{
	if (post_interrupted())
		return true;
	if (!is_all_sent(count))
		return false;
	return count->refused || count->received + count->late == count->sent ||
	       sys_now_ms() >= deadline_of(count);
}

/* Take one answer, or news, if there is any before it is time for something else. 0, or -1. */
static int
hear(struct count *count)
{
	ssize_t len = post_receive(&count->post, count->bytes, sizeof count->bytes,
	    deadline_of(count), &count->mask, NULL);

	if (len >= 0) {
		take(count, (size_t)len);
		return 0;
	}
	if (errno == ETIMEDOUT || errno == EINTR)
		return 0;
	post_log_failure(&count->post);
	count->refused = true;
	return errno == ECONNREFUSED ? 0 : -1;
}

/* Send what is due, hear what comes. 0, or -1: it is logged. */
static int
run(struct count *count)
{
	count->next_ms = sys_now_ms();
	while (!is_over(count)) {
		if (!is_all_sent(count) && sys_now_ms() >= deadline_of(count) &&
		    send_next(count) == -1)
			return -1;
		if (hear(count) == -1)
			return -1;
	}
	return 0;
}

static void
print_summary(const struct count *count)
{
	uint64_t lost = count->sent - count->received;
	const struct histogram *times = &count->times;

	printf("%" PRIu32 " sent, %" PRIu64 " received, %" PRIu64 " lost (%.1f %%)",
	    count->sent, count->received, lost,
	    count->sent ? 100.0 * (double)lost / count->sent : 0.0);
	if (count->late)
		printf(", %" PRIu64 " too late", count->late);
	if (count->twice)
		printf(", %" PRIu64 " twice", count->twice);
	if (count->disordered)
		printf(", %" PRIu64 " out of order", count->disordered);
	if (count->post.foreign)
		printf(", %" PRIu64 " foreign", count->post.foreign);
	putchar('\n');
	if (count->received)
		printf("min/avg/p99/max %.3f/%.3f/%.3f/%.3f ms\n",
		    (double)times->min / NS_PER_MS,
		    (double)count->sum_ns / (double)count->received / NS_PER_MS,
		    (double)histogram_percentile(times, 99) / NS_PER_MS,
		    (double)times->max / NS_PER_MS);
}

int
echo_count(const struct echo_options *options)
{
	struct count count = { .cookie = random_number() };
	int status;

	count.answered = calloc((size_t)options->count + 1, sizeof *count.answered);
	if (count.answered == NULL) {
		log_error("memory:");
		return STATUS_FAILED;
	}
	count.answered[0] = true; /* nothing is awaited before the first */
	status = post_open(&count.post, options);
	if (status == 0) {
		post_catch_interrupt(&count.mask);
		status = run(&count);
		print_summary(&count);
		post_close(&count.post);
	}
	free(count.answered);
	return status == 0 && count.received > 0 ? STATUS_DONE : STATUS_FAILED;
}
