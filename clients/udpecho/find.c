/*
 * find: one datagram to all, and everybody's answer.
 *
 *	"Hi"  ----> 255.255.255.255 (all on this network), 192.0.2.255 (all on that one),
 *	            a multicast group (all who have joined it; IPv6 has nothing else)
 *	      <---- each answers from its own address
 *
 * Such a datagram is for everybody's attention, so it must be meant: without
 * SO_BROADCAST (-b) the kernel refuses to send it, with EACCES. The socket is not
 * connected: it would then hear nobody, for no answer comes from a broadcast address.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clients/udpecho/udpecho.h"
#include "common/log.h"
#include "common/sys.h"

enum {
	KNOWN_MAX = 1024, /* servers that are known again when they answer again */
	TEXT_MAX = 256,	  /* of an answer, as it is shown */
};

static const char question[] = "Hi";

struct find {
	struct echo_post post;
	struct net_address known[KNOWN_MAX];
	size_t known_count;
	uint64_t answers;
	uint64_t asked_ns;
};

/* Whether this one has answered before. */
static bool
is_known(struct find *find, const struct net_address *from)
{
	for (size_t i = 0; i < find->known_count; i++)
		if (net_same_host(&find->known[i], from) &&
		    net_port(&find->known[i]) == net_port(from))
			return true;
	if (find->known_count < KNOWN_MAX)
		find->known[find->known_count++] = *from;
	return false;
}

/* One line of an answer: whose, after what time, what. 0, or -1 (it is logged). */
static int
print_answer(struct find *find, const struct net_address *from, const char *bytes, size_t len)
{
	uint64_t us = (post_now_ns() - find->asked_ns) / 1000;
	char who[NET_TEXT_MAX], text[TEXT_MAX];

	find->answers++;
	log_escape(text, sizeof text, bytes, len);
	printf("%s  %" PRIu64 ".%03d ms  \"%s\"%s\n", net_format(from, who), us / 1000,
	    (int)(us % 1000), text, is_known(find, from) ? "  (again)" : "");
	if (fflush(stdout) == EOF) {
		log_error("standard output:");
		return -1;
	}
	return 0;
}

/* Hear until the time is over or ^C. 0, or -1 (it is logged). */
static int
hear_all(struct find *find, const sigset_t *mask)
{
	int timeout_ms = find->post.options->client.timeout_ms;
	int64_t deadline = timeout_ms ? sys_now_ms() + timeout_ms : INT64_MAX;
	char bytes[ECHO_BUFFER];
	struct net_address from;
	ssize_t len;

	while (!post_interrupted()) {
		len = post_receive(&find->post, bytes, sizeof bytes, deadline, mask, &from);
		if (len == -1 && (errno == ETIMEDOUT || errno == EINTR))
			break;
		if (len == -1) {
			post_log_failure(&find->post);
			return -1;
		}
		if (print_answer(find, &from, bytes, (size_t)len) == -1)
			return -1;
	}
	return 0;
}

int
echo_find(const struct echo_options *options)
{
	struct find find = { 0 };
	sigset_t mask;
	int status;

	if (post_open(&find.post, options) == -1)
		return STATUS_FAILED;
	post_catch_interrupt(&mask);
	find.asked_ns = post_now_ns();
	status = post_send(&find.post, question, strlen(question));
	if (status == 0)
		status = hear_all(&find, &mask);
	if (status == 0)
		log_notice("%" PRIu64 " answer%s of %zu server%s", find.answers,
		    find.answers == 1 ? "" : "s", find.known_count,
		    find.known_count == 1 ? "" : "s");
	post_close(&find.post);
	return status == 0 && find.answers > 0 ? STATUS_DONE : STATUS_FAILED;
}
