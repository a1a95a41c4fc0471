/*
 * program: a program answers a request, by the rules of CGI/1.1. See program.h.
 */
#include "servers/httpd/program.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/serve.h"
#include "servers/httpd/answer.h"
#include "servers/httpd/environ.h"
#include "servers/httpd/program_internal.h"
#include "servers/httpd/routing.h"

enum {
	UMASK = 027,
	CLIENTS_MAX = 32 * 1024, /* bytes of the table of clients: about 500 of them */
};

/* ---- content in chunks ---- */

/* Some more of it from the client, who has his time for each wait. */
static bool
hear_more(struct session *session, struct conn *conn, struct session_input *input)
{
	size_t len = input->end - input->start;
	ssize_t n;

	memmove(input->bytes, input->bytes + input->start, len);
	session->exchange->request.bytes = input->bytes;
	input->start = 0;
	input->end = len;
	n = conn_read(conn, input->bytes + len, SESSION_INPUT_MAX - len);
	if (n > 0)
		input->end += (size_t)n;
	return n > 0;
}

/*
 * A program is told how much there is before it reads (RFC 3875 4.1.2), so content whose
 * length nobody knows is read first. 0, a status, or -1: the client is lost.
 */
static int
collect(struct run *run, char *content)
{
	struct http_span piece;
	size_t used = 0;

	for (;;) {
		enum http_verdict verdict = session_content(run->session, run->input, &piece);

		if (piece.len > PROGRAM_COLLECT_MAX - used)
			return 413;
		if (piece.len > 0) {
			memcpy(content + used, piece.at, piece.len);
			used += piece.len;
		} else if (verdict == HTTP_REFUSED) {
			return http_fault_status(run->session->exchange->body.fault);
		} else if (verdict == HTTP_DONE) {
			run->piece = (struct http_span){ content, used };
			run->collected = true;
			return 0;
		} else if (!hear_more(run->session, run->conn, run->input)) {
			return -1;
		}
	}
}

/* ---- starting ---- */

static int
status_of_start(const char *name, const char *step)
{
	log_error("%s: %s:", name, step);
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return 404;
	case EACCES:
	case EPERM:
		return 403;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 503;
	}
	return 502;
}

/* It runs in the folder that it stands in. */
static int
start(struct run *run, const struct routing_found *found, const struct environ *environ)
{
	const struct host *host = run->session->host;
	const char *argv[] = { found->file, NULL, NULL }, *step;
	struct spawn_program program = { .argv = argv, .env = environ->list, .umask = UMASK };
	char *folder = strdup(found->file), *slash = folder ? strrchr(folder, '/') : NULL;
	int result;

	if (found->app) {
		argv[0] = host->helper;
		argv[1] = found->file;
	}
	if (slash)
		slash[slash == folder] = '\0';
	program.directory = folder;
	spawn_adopt_orphans();
	result = spawn_start(&program, &run->program, &step) == 0 ?
		     0 :
		     status_of_start(argv[0], step);
	free(folder);
	return result;
}

/* Handlers may tell people who is connected. */
static void
tell_clients(struct environ *environ, const struct conn *conn)
{
	char text[CLIENTS_MAX];
	size_t len = serve_clients(conn->server, text, sizeof text);

	environ_add(environ, "SERVER_CLIENTS", (struct http_span){ text, len });
}

/* What it is told. 0, or a status. */
static int
describe(struct run *run, const struct routing_found *found, const char *path,
    struct environ *environ)
{
	const struct http_request *request = &run->session->exchange->request;
	const struct environ_more more = {
		.path = path,
		.script_len = found->script_len,
		.file = found->file,
		.root = answer_root(run->session),
		.has_content = request->framing != HTTP_NO_BODY,
		.content_len = run->collected ? run->piece.len : request->length,
		.fd = run->conn->in,
	};

	if (!environ_make(environ, run->session, &more))
		return 431;
	if (found->app)
		tell_clients(environ, run->conn);
	return environ->full ? 431 : 0;
}

/* ---- ending ---- */

/* What is said instead of its answer; 0: nothing can be any more. */
static int
status_of_end(const struct run *run)
{
	switch (run->end) {
	case RUN_FAILED:
		return 502;
	case RUN_LATE:
		return 504;
	case RUN_REFUSED:
		return http_fault_status(run->session->exchange->body.fault);
	case RUN_MOVED: /* and it could not be */
		return 502;
	case RUN_ON:
	case RUN_DONE:
	case RUN_LOST:
		break;
	}
	return 0;
}

/* 0: the answer, or one in its place, is whole. */
static int
conclude(struct run *run)
{
	int status = status_of_end(run);

	if (run->end == RUN_LATE)
		log_notice("%s: silent for too long, ended", run->name);
	if (run->end == RUN_DONE || (run->end == RUN_MOVED && program_move(run)))
		return 0;
	if (status == 0 || run->answered)
		return -1;
	session_answer_status(run->session, status);
	return 0;
}

/* 100 Continue: the program is about to take the content. */
static bool
say_continue(struct run *run)
{
	static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!run->session->exchange->request.expect_continue ||
	    run->session->exchange->body.total > 0)
		return true;
	return conn_write(run->conn, words, sizeof words - 1) == 0;
}

static int
run_program(struct run *run, const struct routing_found *found, const char *path)
{
	struct environ environ;
	int status;

	status = describe(run, found, path, &environ);
	if (status == 0)
		status = start(run, found, &environ);
	if (status) {
		session_answer_status(run->session, status);
		return 0;
	}
	heed_begin(&run->heed, run->conn->wait_mask);
	program_pump(run);
	spawn_close(&run->program.out);
	if (run->end != RUN_DONE)
		spawn_signal(&run->program, SIGTERM);
	program_bury(run);
	spawn_close(&run->program.err);
	status = conclude(run);
	heed_end(&run->heed);
	return status;
}

/* Content in chunks is collected first; then it is like any other. */
static int
collect_and_run(struct run *run, const struct routing_found *found, const char *path)
{
	char *content = NULL;
	int status = 0;

	if (!say_continue(run))
		return -1;
	if (run->session->exchange->request.framing == HTTP_CHUNKED) {
		content = malloc(PROGRAM_COLLECT_MAX);
		status = content ? collect(run, content) : 503;
	}
	if (status > 0)
		session_answer_status(run->session, status);
	else if (status == 0)
		status = run_program(run, found, path);
	free(content);
	return status == -1 ? -1 : 0;
}

int
program_answer(struct session *session, struct conn *conn, struct session_input *input,
    struct session_room *room)
{
	struct routing_found found;
	char path[HTTP_PATH_MAX];
	struct run run;
	size_t len;

	/* its large buffers stay as they are */
	memset(&run, 0, offsetof(struct run, head));
	run.session = session;
	run.conn = conn;
	run.input = input;
	run.room = room;
	http_cgi_begin(&run.cgi);
	if (http_path_canonical(
		path, sizeof path, http_path(&session->exchange->request), &len) != HTTP_FINE)
		return -1;
	routing_find(answer_routing(session), answer_root(session), path, &found);
	if (found.verdict != ROUTING_RUN) { /* it was one a moment ago */
		session_answer_status(session, 404);
		return 0;
	}
	run.name = found.file;
	return collect_and_run(&run, &found, path);
}
