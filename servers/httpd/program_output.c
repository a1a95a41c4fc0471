/*
 * program_output: what a program says, as an answer of HTTP. See program.h.
 *
 *	Content-Type: text/plain LF	-->	HTTP/1.1 200 OK CR LF
 *	LF					Content-Type: text/plain CR LF
 *	hello LF				Transfer-Encoding: chunked CR LF CR LF
 *						6 CR LF hello LF CR LF
 */
#include <sys/wait.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "protocol/http_response.h"
#include "servers/httpd/program_internal.h"

static void
fail(struct run *run, const char *words)
{
	log_notice("%s: %s", run->name, words);
	run->end = RUN_FAILED;
}

/* ---- content ---- */

static void
put(struct run *run, const char *bytes, size_t len)
{
	memcpy(run->out + run->out_end, bytes, len);
	run->out_end += len;
}

/* Into the buffer, which is empty but for a head: it has room for a piece and its frame. */
static void
put_content(struct run *run, const char *bytes, size_t len)
{
	struct exchange *exchange = run->session->exchange;
	char line[HTTP_CHUNK_HEAD_MAX];
	bool excess = len > run->left;

	if (excess)
		len = (size_t)run->left;
	if (run->left != UINT64_MAX)
		run->left -= len;
	if (len > 0 && !exchange->bare) {
		if (exchange->chunked) {
			size_t line_len = http_chunk_head(line, len);

			put(run, line, line_len);
		}
		put(run, bytes, len);
		if (exchange->chunked)
			put(run, "\r\n", 2);
		exchange->sent += len;
	}
	if (excess) {
		log_notice("%s: says more than its Content-Length", run->name);
		run->over = true;
	}
}

/* ---- the head ---- */

static size_t
put_span(char *at, struct http_span span)
{
	memcpy(at, span.at, span.len);
	return span.len;
}

/* A field line; there is room, because they are fewer bytes than the program's own. */
static size_t
put_line(char *at, struct http_span name, struct http_span value)
{
	size_t len = put_span(at, name);

	len += put_span(at + len, HTTP_SPAN(": "));
	len += put_span(at + len, value);
	return len + put_span(at + len, HTTP_SPAN("\r\n"));
}

static struct http_span
text_at(const struct run *run, struct http_at at)
{
	return (struct http_span){ run->head + at.at, at.len };
}

static size_t
write_lines(const struct run *run, char *lines)
{
	const struct http_cgi *cgi = &run->cgi;
	size_t used = 0;

	if (cgi->type.len > 0)
		used += put_line(lines, HTTP_SPAN("Content-Type"), text_at(run, cgi->type));
	if (cgi->kind == HTTP_CGI_REDIRECT)
		used +=
		    put_line(lines + used, HTTP_SPAN("Location"), text_at(run, cgi->location));
	for (size_t i = 0; i < cgi->count; i++) {
		const struct http_line *line = &cgi->lines[i];

		used += put_line(lines + used,
		    (struct http_span){ run->head + line->name, line->name_len },
		    (struct http_span){ run->head + line->value, line->value_len });
	}
	return used;
}

/* The program's head is whole and right: ours, and what came behind it. */
static void
begin_answer(struct run *run)
{
	char lines[HTTP_CGI_HEAD_MAX + 4 * (HTTP_CGI_LINES_MAX + 2)];
	const struct http_cgi *cgi = &run->cgi;
	ssize_t len;

	if (cgi->kind == HTTP_CGI_LOCAL) {
		run->end = RUN_MOVED;
		return;
	}
	len = session_answer_head(run->session, run->room, cgi->status,
	    (struct http_span){ lines, write_lines(run, lines) },
	    cgi->has_length ? cgi->length : UINT64_MAX);
	if (len == -1) {
		fail(run, "its head is too long");
		return;
	}
	run->answered = true;
	run->left = cgi->has_length ? cgi->length : UINT64_MAX;
	put(run, run->room->bytes, (size_t)len);
	put_content(run, run->head + cgi->head_len, run->head_len - cgi->head_len);
}

/* Into the head, as far as it has room; what is behind it comes along. How many. */
static size_t
take_head(struct run *run, const char *bytes, size_t len)
{
	size_t room = sizeof run->head - run->head_len, n = len < room ? len : room;

	memcpy(run->head + run->head_len, bytes, n);
	run->head_len += n;
	switch (http_cgi_read(&run->cgi, run->head, run->head_len)) {
	case HTTP_MORE:
		break;
	case HTTP_DONE:
		begin_answer(run);
		break;
	case HTTP_REFUSED:
		fail(run, http_cgi_fault_words(run->cgi.fault));
		break;
	}
	return n;
}

void
program_take_output(struct run *run, const char *bytes, size_t len)
{
	uint64_t most = run->session->host->limits.program_output;
	size_t used = run->answered ? 0 : take_head(run, bytes, len);

	run->total += len;
	if (most && run->total > most) {
		fail(run, "says more than it may");
		return;
	}
	if (run->answered && used < len)
		put_content(run, bytes + used, len - used);
}

/* It says no more. Whether that was all is known when we know how it ended. */
void
program_take_end(struct run *run)
{
	int status = run->program.status;

	if (!run->answered) {
		if (WIFSIGNALED(status))
			log_notice("%s: killed by signal %d", run->name, WTERMSIG(status));
		fail(run, http_cgi_fault_words(http_cgi_end(&run->cgi)));
	} else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE && !run->over) {
		log_notice("%s: killed by signal %d", run->name, WTERMSIG(status));
		run->end = RUN_FAILED;
	} else if (run->left != UINT64_MAX && run->left > 0 && !run->session->exchange->bare) {
		fail(run, "ended before its Content-Length");
	} else if (run->session->exchange->chunked) {
		put(run, HTTP_LAST_CHUNK, sizeof HTTP_LAST_CHUNK - 1);
	}
	run->over = true;
}

/* ---- standard error ---- */

void
program_flush_error(struct run *run)
{
	if (run->error_len > 0)
		log_notice("%s: %.*s", run->name, (int)run->error_len, run->error);
	run->error_len = 0;
}

void
program_take_error(struct run *run, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n' || run->error_len == sizeof run->error)
			program_flush_error(run);
		if (bytes[i] == '\0')
			run->error[run->error_len++] = ' ';
		else if (bytes[i] != '\n')
			run->error[run->error_len++] = bytes[i];
	}
}

/* ---- local redirects ---- */

/* Whether a field still means something when another path is asked for. */
static bool
stays(enum http_field field, bool whole)
{
	switch (field) {
	case HTTP_F_CONTENT_LENGTH:
	case HTTP_F_CONTENT_TYPE:
	case HTTP_F_CONTENT_ENCODING:
	case HTTP_F_TRANSFER_ENCODING:
	case HTTP_F_TRAILER:
	case HTTP_F_EXPECT:
		return false;
	case HTTP_F_CONNECTION:
		return whole;
	default:
		return true;
	}
}

/*
 * As RFC 3875 6.2.2 has it: as if the client had asked for that path, with GET. Content
 * that nobody has read ends the connection behind the answer.
 */
bool
program_move(struct run *run)
{
	struct session *session = run->session;
	const struct http_request *request = &session->exchange->request;
	struct http_span to = text_at(run, run->cgi.location);
	bool whole = session->exchange->body.verdict == HTTP_DONE;
	char *head = run->out;
	size_t used;

	if (++session->moves > PROGRAM_MOVES_MAX || to.len > HTTP_TARGET_MAX)
		return false;
	used = (size_t)snprintf(head, sizeof run->out, "%s %.*s HTTP/1.%d\r\n%s",
	    request->method == HTTP_HEAD ? "HEAD" : "GET", (int)to.len, to.at, request->minor,
	    whole ? "" : "Connection: close\r\n");
	for (size_t i = 0; i < request->count; i++) {
		struct http_span name = http_line_name(request, i);
		struct http_span value = http_line_value(request, i);

		if (!stays((enum http_field)request->lines[i].field, whole))
			continue;
		if (used + name.len + value.len + 8 > sizeof run->out)
			return false;
		used += put_line(head + used, name, value);
	}
	used += put_span(head + used, HTTP_SPAN("\r\n"));
	return session_ask_anew(session, run->input, head, used);
}
