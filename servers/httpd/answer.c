/*
 * answer: what a request is answered with. See answer.h; answer_file.c has what a file
 * needs, answer_send.c what goes to the client, reply.c the heads.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/http_response.h"
#include "protocol/http_target.h"
#include "servers/httpd/answer_internal.h"
#include "servers/httpd/guard.h"
#include "servers/httpd/listing.h"
#include "servers/httpd/program.h"
#include "servers/httpd/routing.h"

#define INDEX "index.html"

enum {
	NEAR_MAX = 256,
};

/* ---- hosts ---- */

/*
 * Whose files answer. 0, or a status: they cannot be used. A folder that has come or gone
 * since the request was judged is one that was not judged.
 */
static int
choose_host(struct session *session)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;
	bool was = exchange->hosted;
	int status;

	exchange->host = NULL;
	if (host->hosts == NULL)
		return 0;
	status = hosts_find(host->hosts, http_text(&exchange->request, exchange->request.host),
	    host->now_ms, &exchange->host);
	exchange->hosted = exchange->host != NULL;
	if (status == 0 && exchange->host_chosen && exchange->hosted != was)
		status = 503;
	exchange->host_chosen = true;
	return status;
}

const struct routing *
answer_routing(const struct session *session)
{
	return session->exchange->host ? session->host->hosts_routing : session->host->routing;
}

const char *
answer_root(const struct session *session)
{
	const struct hosts_one *host = session->exchange->host;

	return host ? host->root : routing_root(session->host->routing);
}

/* ---- paths ---- */

/*
 * The canonical path of a request as a string, with room for an index's name behind it. A
 * short one stands in `near`, on the stack, where memory has just been used.
 */
struct path {
	char *text;
	char near[NEAR_MAX];
};

static enum http_fault
path_of(const struct http_request *request, struct session_room *room, struct path *path)
{
	struct http_span span = http_path(request);
	bool near = span.len + sizeof INDEX < NEAR_MAX;
	size_t len;

	path->text = near ? path->near : room->path;
	if (!request->plain_path || span.len >= HTTP_PATH_MAX)
		return http_path_canonical(
		    path->text, near ? NEAR_MAX : HTTP_PATH_MAX, span, &len);
	memcpy(path->text, span.at, span.len);
	path->text[span.len] = '\0';
	return HTTP_FINE;
}

bool
answer_judge(struct session *session, struct session_room *room)
{
	struct exchange *exchange = session->exchange;
	enum guard_verdict verdict = GUARD_OPEN;
	struct path path;

	exchange->status = choose_host(session);
	if (exchange->status || session->host->guard == NULL ||
	    exchange->request.form == HTTP_ASTERISK ||
	    exchange->request.form == HTTP_AUTHORITY ||
	    path_of(&exchange->request, room, &path) != HTTP_FINE) /* which will be said */
		return true;
	verdict = guard_judge(session, path.text);
	if (verdict == GUARD_ASK)
		exchange->status = 401;
	return verdict != GUARD_UNKNOWN;
}

bool
answer_is_run(struct session *session, struct session_room *room)
{
	struct exchange *exchange = session->exchange;
	struct path path;

	if (choose_host(session) != 0 || answer_routing(session) == NULL ||
	    exchange->request.method == HTTP_OTHER || exchange->request.method == HTTP_TRACE ||
	    exchange->request.form == HTTP_ASTERISK || exchange->request.form == HTTP_AUTHORITY)
		return false;
	if (path_of(&exchange->request, room, &path) != HTTP_FINE)
		return false;
	exchange->run.answer = program_answer;
	return routing_runs(answer_routing(session), answer_root(session), path.text);
}

/* ---- what stands under a path ---- */

static enum site_answer
find(struct session *session, const char *path)
{
	struct host *host = session->host;
	struct exchange *exchange = session->exchange;

	return site_open(&host->site, exchange->host, path, host->now_ms, host->now,
	    &exchange->own_file, &exchange->file);
}

static bool
send_folder(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	struct reply reply = { .status = 200, .has_length = true };
	const struct jail *jail;
	const char *name;

	jail = site_jail(&session->host->site, exchange->host, path, &name);
	exchange->made = listing_make(jail, name, path,
	    http_text(&exchange->request, exchange->request.query), &exchange->made_len);
	if (exchange->made == NULL)
		return answer_status(session, room,
		    errno == EACCES			? 403 :
		    errno == ENOENT || errno == ENOTDIR ? 404 :
		    errno == ENOMEM || errno == EMFILE	? 503 :
							  500,
		    NULL, output);
	reply.type = "text/html; charset=utf-8";
	reply.content = (struct http_span){ exchange->made, exchange->made_len };
	reply.length = exchange->made_len;
	reply.lines = HTTP_SPAN("Cache-Control: no-cache\r\n");
	return answer_reply(session, room, &reply, output);
}

/* A folder without its slash: relative links in its page would lead elsewhere. */
static bool
send_slash(struct session *session, struct session_room *room, const char *path,
    struct session_output *output)
{
	struct http_span query =
	    http_text(&session->exchange->request, session->exchange->request.query);
	char *location = room->location;
	ssize_t len = http_escape_path(
	    location, sizeof room->location, (struct http_span){ path, strlen(path) });

	if (len == -1)
		return answer_status(session, room, 414, NULL, output);
	snprintf(location + len, sizeof room->location - (size_t)len, "/%s%.*s",
	    query.at ? "?" : "", (int)query.len, query.at ? query.at : "");
	return answer_status(session, room, 301, location, output);
}

static int
status_of(enum site_answer answer)
{
	static const int statuses[] = {
		[SITE_NOTHING] = 404,
		[SITE_DENIED] = 403,
		[SITE_BUSY] = 503,
		[SITE_BROKEN] = 500,
	};

	return statuses[answer];
}

/* What stands under a path that ends with a slash. */
static bool
send_index(struct session *session, struct session_room *room, char *path,
    struct session_output *output)
{
	size_t len = strlen(path);
	enum site_answer answer;

	if (len + sizeof INDEX > HTTP_PATH_MAX)
		return answer_status(session, room, 404, NULL, output);
	memcpy(path + len, INDEX, sizeof INDEX);
	answer = find(session, path);
	if (answer == SITE_FILE)
		return answer_file(session, room, path, output);
	path[len] = '\0';
	if (answer != SITE_NOTHING && answer != SITE_FOLDER)
		return answer_status(session, room, status_of(answer), NULL, output);
	if (session->host->listing)
		return send_folder(session, room, path, output);
	return answer_status(session, room, 404, NULL, output);
}

static bool
send_path(struct session *session, struct session_room *room, char *path,
    struct session_output *output)
{
	enum site_answer answer;

	if (http_path_is_hidden((struct http_span){ path, strlen(path) }))
		return answer_status(session, room, 404, NULL, output);
	if (path[strlen(path) - 1] == '/')
		return send_index(session, room, path, output);
	answer = find(session, path);
	if (answer == SITE_FILE)
		return answer_file(session, room, path, output);
	if (answer == SITE_FOLDER)
		return send_slash(session, room, path, output);
	return answer_status(session, room, status_of(answer), NULL, output);
}

/* ---- deciding ---- */

static bool
send_options(struct session *session, struct session_room *room, struct session_output *output)
{
	const struct reply reply = { .status = 204, .allow = true };

	return answer_reply(session, room, &reply, output);
}

/* exercise: choose the answer to a request: a file, a listing, a redirect, a fault */
bool
answer_begin(struct session *session, struct session_room *room, struct session_output *output)
{
	struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;
	struct path path;
	int status;

	exchange->host = NULL;
	if (request->fault != HTTP_FINE)
		return answer_status(
		    session, room, http_fault_status(request->fault), NULL, output);
	status = choose_host(session);
	if (exchange->status) /* what a program should have answered */
		status = exchange->status;
	if (status)
		return answer_status(session, room, status, NULL, output);
	if (request->method == HTTP_OTHER)
		return answer_status(session, room, 501, NULL, output);
	if (request->form == HTTP_ASTERISK)
		return send_options(session, room, output);
	if (request->form == HTTP_AUTHORITY) /* CONNECT: there is nothing to tunnel to */
		return answer_status(session, room, 405, NULL, output);
	exchange->request.fault = path_of(request, room, &path);
	if (request->fault != HTTP_FINE)
		return answer_status(
		    session, room, http_fault_status(request->fault), NULL, output);
	if (answer_routing(session))
		status = routing_status(answer_routing(session), answer_root(session),
		    path.text, http_text(request, request->query), &exchange->made);
	if (status)
		return answer_status(session, room, status, exchange->made, output);
	if (request->method == HTTP_OPTIONS)
		return send_options(session, room, output);
	if (request->method != HTTP_GET && request->method != HTTP_HEAD)
		return answer_status(session, room, 405, NULL, output);
	return send_path(session, room, path.text, output);
}
