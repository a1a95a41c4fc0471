/*
 * talk: a line, a datagram, an answer.
 *
 * A datagram may be lost, and so may its answer: from here the two look the same. What
 * has no answer is sent again, each time after twice the wait, and then given up.
 *
 * Now an answer can come twice, and the second must not be taken for that to the next
 * line. Nothing in it tells: it is the user's own text. So, after a line that was sent
 * more than once, the next one goes from another socket, with another port, and what
 * still comes to the old one finds nobody.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/udpecho/udpecho.h"
#include "common/conn.h"
#include "common/log.h"
#include "common/sys.h"

enum {
	FIRST_WAIT_MS = 1000, /* where -t sets no limit */
};

struct talk {
	struct echo_post post;
	bool stale;	 /* an answer to an old line may still come to this socket */
	uint64_t number; /* of the line */
	bool lost;	 /* a line has had no answer */
	char line[ECHO_BUFFER], answer[ECHO_BUFFER];
};

enum outcome {
	ANSWERED,
	LOST,	/* this one; the next may do better */
	FAILED, /* and so will the next */
};

/* How long to wait after the turn-th sending: twice as long each time, -t in all. */
static int64_t
wait_of(const struct echo_options *options, int turn)
{
	int64_t shares = (INT64_C(2) << options->retries) - 1;

	if (options->client.timeout_ms)
		return ((int64_t)options->client.timeout_ms << turn) / shares;
	return turn < options->retries ? (int64_t)FIRST_WAIT_MS << turn : INT64_MAX / 2;
}

/* Another socket, if an answer to an old line could come to this one. 0, or -1. */
static int
renew(struct talk *talk)
{
	const struct echo_options *options = talk->post.options;

	if (!talk->stale)
		return 0;
	post_close(&talk->post);
	talk->stale = false;
	return post_open(&talk->post, options);
}

static enum outcome
fail(struct talk *talk)
{
	if (errno == ETIMEDOUT) {
		log_error("line %" PRIu64 ": no answer for %g s, tries: %d: lost, or no one"
			  " is there",
		    talk->number, talk->post.options->client.timeout_ms / 1000.0,
		    talk->post.options->retries + 1);
		return LOST;
	}
	post_log_failure(&talk->post);
	return FAILED;
}

/* Send a line until it is answered; the answer's length in *answer_len. */
/* exercise: send a datagram, await its answer, send again in time, give up in time */
static enum outcome
ask(struct talk *talk, size_t len, size_t *answer_len)
{
	const struct echo_options *options = talk->post.options;
	ssize_t n = -1;

	talk->number++;
	if (renew(talk) == -1)
		return FAILED;
	for (int turn = 0; turn <= options->retries; turn++) {
		if (post_send(&talk->post, talk->line, len) == -1)
			return errno == EMSGSIZE ? LOST : FAILED;
		talk->stale = turn > 0;
		n = post_receive(&talk->post, talk->answer, sizeof talk->answer,
		    sys_now_ms() + wait_of(options, turn), NULL, NULL);
		if (n != -1 || errno != ETIMEDOUT)
			break;
		log_step("no answer to line %" PRIu64 " yet", talk->number);
	}
	if (n == -1) {
		talk->stale = true;
		return fail(talk);
	}
	*answer_len = (size_t)n;
	return ANSWERED;
}

/* Ask, and print what comes, as a line. */
static enum outcome
converse(struct talk *talk, size_t len)
{
	size_t answer_len = 0;
	enum outcome outcome = ask(talk, len, &answer_len);

	if (outcome != ANSWERED) {
		talk->lost = true;
		return outcome;
	}
	fwrite(talk->answer, 1, answer_len, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF) {
		log_error("standard output:");
		return FAILED;
	}
	return ANSWERED;
}

/* ---- a person at a terminal ---- */

static bool
is_farewell(const char *line, size_t len)
{
	return (len == 1 && *line == 'q') || (len == 4 && memcmp(line, "quit", 4) == 0);
}

/* A server that is not there now may be there for the next line: the user decides. */
static int
echo_interactive(struct talk *talk)
{
	ssize_t n;
	size_t len;

	for (;;) {
		fputs("> ", stdout);
		fflush(stdout);
		n = read(STDIN_FILENO, talk->line, sizeof talk->line);
		if (n <= 0) {
			putchar('\n');
			break;
		}
		len = (size_t)n - (talk->line[n - 1] == '\n');
		if (is_farewell(talk->line, len))
			break;
		if (converse(talk, len) == FAILED && talk->post.fd == -1)
			break;
	}
	return talk->lost ? STATUS_FAILED : STATUS_DONE;
}

/* ---- a filter ---- */

static int
echo_filter(struct talk *talk)
{
	struct conn input;
	char buffer[ECHO_BUFFER];
	enum outcome outcome = ANSWERED;
	const char *line;
	ssize_t n = 0;

	conn_open(&input, STDIN_FILENO, STDIN_FILENO, NULL, 0, NULL);
	conn_set_buffer(&input, buffer, sizeof buffer);
	while (outcome != FAILED && (n = conn_read_line(&input, &line)) > 0) {
		size_t len = (size_t)n - (line[n - 1] == '\n');

		memcpy(talk->line, line, len);
		outcome = converse(talk, len);
	}
	if (n == -1 && errno == EMSGSIZE)
		log_error("line %" PRIu64 ": longer than a datagram can be; %d bytes fit",
		    talk->number + 1, UDP_PAYLOAD_MAX);
	else if (n == -1)
		log_error("standard input:");
	return n == -1 || talk->lost || outcome == FAILED ? STATUS_FAILED : STATUS_DONE;
}

int
echo_talk(const struct echo_options *options)
{
	struct talk talk = { 0 };
	int status;

	if (post_open(&talk.post, options) == -1)
		return STATUS_FAILED;
	status = isatty(STDIN_FILENO) ? echo_interactive(&talk) : echo_filter(&talk);
	if (talk.post.fd != -1)
		post_close(&talk.post);
	return status;
}
