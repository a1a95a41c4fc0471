/*
 * echo: what tcpechod says, whatever the model by which it says it. See echo.h.
 */
#include "servers/tcpechod/echo.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "common/serve.h"
#include "common/trace.h"

/* ASCII only: the bytes of a UTF-8 letter are none of a to z, so they stay whole. */
static void
to_uppercase(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
}

/* Milliseconds of processor time that this thread has used. */
static long long
processor_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * 1000LL + used.tv_nsec / 1000000;
}

/* A computation that keeps the processor busy and is of no use. */
static void
burn(int ms)
{
	volatile unsigned sum = 0;

	for (long long end = processor_ms() + ms; processor_ms() < end;)
		for (unsigned i = 0; i < 1000; i++)
			sum = sum * 31 + i;
}

/* A wait for something slow that needs no processor: a disk, another server. */
static void
doze(int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		continue;
}

const char *
echo_answer(const struct echo_options *echo, char *message, size_t len, size_t *answer_len)
{
	const char *answer = echo->reply_len ? echo->reply : message;

	*answer_len = echo->reply_len ? echo->reply_len : len;
	trace_bytes(TRACE_IN, message, len);
	if (echo->work_ms)
		burn(echo->work_ms);
	if (echo->sleep_ms)
		doze(echo->sleep_ms);
	if (echo->uppercase)
		to_uppercase(message, len);
	trace_bytes(TRACE_OUT, answer, *answer_len);
	trace_step(TRACE_TALK, "%zu bytes in, %zu bytes out", len, *answer_len);
	return answer;
}

/* exercise: read what the client sends, send the answer to it, until it ends */
int
echo_session(struct conn *conn, void *arg)
{
	const struct echo_options *echo = arg;
	char message[CONN_BUFSIZE];
	const char *answer;
	size_t answer_len;
	ssize_t len;

	while ((len = conn_read(conn, message, sizeof message)) > 0) {
		answer = echo_answer(echo, message, (size_t)len, &answer_len);
		if (conn_write(conn, answer, answer_len) == -1)
			break;
	}
	if (len == 0)
		return STATUS_DONE;
	conn_log_failure(conn_peer(conn), conn->idle_ms);
	return STATUS_FAILED;
}
