/*
 * environ: what a program is told of its request. See environ.h.
 */
#include "servers/httpd/environ.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/net.h"
#include "protocol/http_cgi.h"

#define PROGRAMS_PATH "/usr/local/bin:/usr/bin:/bin"

static struct http_span
span(const char *text)
{
	return (struct http_span){ text, strlen(text) };
}

/* ---- one variable ---- */

static void
put(struct environ *environ, struct http_span text)
{
	if (text.len >= sizeof environ->bytes - environ->used) {
		environ->full = true;
		return;
	}
	if (text.len > 0)
		memcpy(environ->bytes + environ->used, text.at, text.len);
	environ->used += text.len;
}

static void
begin_variable(struct environ *environ, struct http_span name)
{
	if (environ->count == ENVIRON_VARIABLES) {
		environ->full = true;
		return;
	}
	environ->list[environ->count++] = environ->bytes + environ->used;
	put(environ, name);
	put(environ, HTTP_SPAN("="));
}

static void
end_variable(struct environ *environ)
{
	put(environ, (struct http_span){ "", 1 });
	environ->list[environ->count] = NULL;
}

void
environ_add(struct environ *environ, const char *name, struct http_span value)
{
	begin_variable(environ, span(name));
	put(environ, value);
	end_variable(environ);
}

/* ---- fields: HTTP_... ---- */

/* Whether an earlier line has this field's name, so that it was said there. */
static bool
was_said(const struct http_request *request, size_t line)
{
	struct http_span name = http_line_name(request, line);

	for (size_t i = 0; i < line; i++) {
		struct http_span other = http_line_name(request, i);

		if (request->lines[i].field == request->lines[line].field &&
		    other.len == name.len) {
			size_t at = 0;

			while (at < name.len && (other.at[at] | 32) == (name.at[at] | 32))
				at++;
			if (at == name.len)
				return true;
		}
	}
	return false;
}

/* A field that has several lines is one variable, 4.1.18: cookies are joined their own way. */
static void
add_field(struct environ *environ, const struct http_request *request, size_t line)
{
	struct http_span name = http_line_name(request, line);
	struct http_span between =
	    request->lines[line].field == HTTP_F_COOKIE ? HTTP_SPAN("; ") : HTTP_SPAN(", ");
	char variable[HTTP_CGI_NAME_MAX], other[HTTP_CGI_NAME_MAX];

	if (http_cgi_variable(variable, sizeof variable, name) <= 0 || was_said(request, line))
		return;
	begin_variable(environ, span(variable));
	put(environ, http_line_value(request, line));
	for (size_t i = line + 1; i < request->count; i++) {
		if (request->lines[i].name_len != name.len ||
		    http_cgi_variable(other, sizeof other, http_line_name(request, i)) <= 0 ||
		    strcmp(variable, other) != 0)
			continue;
		put(environ, between);
		put(environ, http_line_value(request, i));
	}
	end_variable(environ);
}

/* ---- addresses ---- */

static void
add_address(struct environ *environ, const char *name, const struct net_address *address)
{
	char text[INET6_ADDRSTRLEN] = "127.0.0.1"; /* of a socket in the file system */

	if (address && address->sa.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->sa.in.sin_addr, text, sizeof text);
	else if (address && address->sa.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &address->sa.in6.sin6_addr, text, sizeof text);
	environ_add(environ, name, span(text));
}

static void
add_port(struct environ *environ, const char *name, const struct net_address *address)
{
	char text[8] = "80";

	if (address &&
	    (address->sa.any.sa_family == AF_INET || address->sa.any.sa_family == AF_INET6))
		snprintf(text, sizeof text, "%u", (unsigned)ntohs(net_port(address)));
	environ_add(environ, name, span(text));
}

static void
add_server(struct environ *environ, const struct exchange *exchange, int fd)
{
	struct http_span name = exchange->host ?
				    span(exchange->host->name) :
				    http_text(&exchange->request, exchange->request.host);
	struct net_address own = { .len = 0 };
	bool known = net_local_address(fd, &own) == 0;

	if (name.len > 0)
		environ_add(environ, "SERVER_NAME", name);
	else
		add_address(environ, "SERVER_NAME", known ? &own : NULL);
	add_port(environ, "SERVER_PORT", known ? &own : NULL);
}

/* ---- all of it ---- */

static void
add_path(struct environ *environ, const struct environ_more *more)
{
	struct http_span info = span(more->path + more->script_len);

	environ_add(environ, "SCRIPT_NAME", (struct http_span){ more->path, more->script_len });
	environ_add(environ, "SCRIPT_FILENAME", span(more->file));
	environ_add(environ, "PATH_INFO", info);
	if (info.len == 0)
		return;
	begin_variable(environ, HTTP_SPAN("PATH_TRANSLATED"));
	put(environ, span(more->root));
	put(environ, info);
	end_variable(environ);
}

static void
add_content(struct environ *environ, const struct http_request *request,
    const struct environ_more *more)
{
	struct http_span type = http_value(request, HTTP_F_CONTENT_TYPE);
	char text[24];

	if (!more->has_content)
		return;
	snprintf(text, sizeof text, "%" PRIu64, more->content_len);
	environ_add(environ, "CONTENT_LENGTH", span(text));
	if (type.at)
		environ_add(environ, "CONTENT_TYPE", type);
}

bool
environ_make(
    struct environ *environ, const struct session *session, const struct environ_more *more)
{
	const struct http_request *request = &session->exchange->request;

	environ->count = environ->used = 0;
	environ->full = false;
	environ_add(environ, "GATEWAY_INTERFACE", HTTP_SPAN("CGI/1.1"));
	environ_add(environ, "SERVER_SOFTWARE", HTTP_SPAN("Switchboard"));
	environ_add(environ, "SERVER_PROTOCOL",
	    request->minor > 0 ? HTTP_SPAN("HTTP/1.1") : HTTP_SPAN("HTTP/1.0"));
	environ_add(environ, "REQUEST_METHOD", http_text(request, request->method_name));
	environ_add(environ, "REQUEST_URI", http_text(request, request->target));
	environ_add(environ, "QUERY_STRING", http_text(request, request->query));
	environ_add(environ, "PATH", HTTP_SPAN(PROGRAMS_PATH));
	environ_add(environ, "DOCUMENT_ROOT", span(more->root));
	if (session->exchange->user[0]) {
		environ_add(environ, "AUTH_TYPE", HTTP_SPAN("Basic"));
		environ_add(environ, "REMOTE_USER", span(session->exchange->user));
	}
	add_path(environ, more);
	add_content(environ, request, more);
	add_server(environ, session->exchange, more->fd);
	add_address(environ, "REMOTE_ADDR", session->peer);
	add_port(environ, "REMOTE_PORT", session->peer);
	for (size_t i = 0; i < request->count; i++)
		add_field(environ, request, i);
	return !environ->full;
}
