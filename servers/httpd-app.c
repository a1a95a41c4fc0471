/*
 * httpd-app: load a C handler and let it answer one request: the helper of httpd.
 *
 *	httpd					httpd-app FILE.so
 *	environment, standard input	--->	dlopen, application(environ, app)
 *			<---			standard output: a head and content, as CGI
 *
 * httpd is linked statically, because that makes its forks cheap, and so cannot load
 * anything. This program can: it is to C handlers what wsgiref's CGIHandler is to those
 * in Python, and by hand it runs them without a server:
 *
 *	$ PATH_INFO=/ httpd-app ./hello.so
 *
 * What is said is gathered and written in large pieces, or when the handler ends.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/app.h"
#include "common/log.h"
#include "common/serve.h"
#include "protocol/http_form.h"
#include "protocol/http_response.h"

enum {
	GATHER = 64 * 1024,
	PRINT_MAX = 4096, /* bytes of one print that need no memory of their own */
};

extern char **environ;

struct answer {
	bool started, broken;
	uint64_t unread; /* of the content */
	char *form;	 /* the content, read for form(); NULL: not yet */
	size_t form_len, used;
	char out[GATHER];
};

static struct answer *
answer_of(const struct app *app)
{
	return app->own;
}

/* ---- what it says ---- */

static int
write_all(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n == -1 && errno != EINTR)
			return -1;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int
flush(struct answer *answer)
{
	if (!answer->broken && write_all(answer->out, answer->used) == -1)
		answer->broken = true;
	answer->used = 0;
	return answer->broken ? -1 : 0;
}

static int
gather(struct answer *answer, const void *bytes, size_t len)
{
	if (len > sizeof answer->out - answer->used && flush(answer) == -1)
		return -1;
	if (len > sizeof answer->out)
		return write_all(bytes, len);
	if (len > 0)
		memcpy(answer->out + answer->used, bytes, len);
	answer->used += len;
	return 0;
}

static int
app_start(const struct app *app, const char *status, const char *fields)
{
	struct answer *answer = answer_of(app);

	if (answer->started)
		return -1;
	answer->started = true;
	if (gather(answer, "Status: ", 8) == -1 ||
	    gather(answer, status, strlen(status)) == -1 || gather(answer, "\r\n", 2) == -1 ||
	    gather(answer, fields, fields ? strlen(fields) : 0) == -1)
		return -1;
	return gather(answer, "\r\n", 2);
}

static int
app_write(const struct app *app, const void *bytes, size_t len)
{
	struct answer *answer = answer_of(app);

	return answer->started ? gather(answer, bytes, len) : -1;
}

static int
app_print(const struct app *app, const char *format, ...)
{
	char room[PRINT_MAX], *text = room;
	va_list list;
	int len, result = -1;

	va_start(list, format);
	len = vsnprintf(room, sizeof room, format, list);
	va_end(list);
	if (len >= (int)sizeof room && (text = malloc((size_t)len + 1)) != NULL) {
		va_start(list, format);
		len = vsnprintf(text, (size_t)len + 1, format, list);
		va_end(list);
	}
	if (text && len >= 0)
		result = app_write(app, text, (size_t)len);
	if (text != room)
		free(text);
	return result;
}

static int
write_html(const struct app *app, struct http_span text)
{
	size_t room = text.len * HTTP_ESCAPE_HTML + 1;
	char *html = malloc(room);
	ssize_t used = html ? http_escape_html(html, room, text) : -1;
	int result = used >= 0 ? app_write(app, html, (size_t)used) : -1;

	free(html);
	return result;
}

/* The lines of a text stay lines; what other control bytes it has is not for HTML. */
static int
app_print_html(const struct app *app, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\t\r\n"), blank = strspn(text + len, "\t\r\n");

		if (write_html(app, (struct http_span){ text, len }) == -1 ||
		    app_write(app, text + len, blank) == -1)
			return -1;
		text += len + blank;
	}
	return 0;
}

/* ---- what it is told ---- */

static ssize_t
app_read(const struct app *app, void *into, size_t len)
{
	struct answer *answer = answer_of(app);
	ssize_t n;

	if (len > answer->unread)
		len = (size_t)answer->unread;
	if (len == 0)
		return 0;
	do
		n = read(STDIN_FILENO, into, len);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		answer->unread -= (uint64_t)n;
	return n;
}

/* All of the content, once, if it is a form that is not too large. */
static struct http_span
content_form(const struct app *app)
{
	struct answer *answer = answer_of(app);
	const char *type = app_get(environ, "CONTENT_TYPE");
	ssize_t n;

	if (answer->form == NULL && answer->unread > 0 && answer->unread <= APP_FORM_MAX &&
	    http_form_is((struct http_span){ type, strlen(type) }))
		answer->form = malloc((size_t)answer->unread);
	if (answer->form == NULL)
		return (struct http_span){ "", 0 };
	while ((n = app_read(app, answer->form + answer->form_len, (size_t)answer->unread)) > 0)
		answer->form_len += (size_t)n;
	return (struct http_span){ answer->form, answer->form_len };
}

static ssize_t
app_form(const struct app *app, const char *name, char *value, size_t room)
{
	const char *query = app_get(environ, "QUERY_STRING");
	ssize_t len =
	    http_form_find(value, room, (struct http_span){ query, strlen(query) }, name);

	return len != -1 ? len : http_form_find(value, room, content_form(app), name);
}

/* ---- the handler ---- */

typedef int handler(char **environ, const struct app *app);

/* dlsym gives a pointer to an object, which ISO C does not turn into one to a function. */
static handler *
load(const char *file)
{
	union {
		void *object;
		handler *function;
	} found = { .object = NULL };
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (library)
		found.object = dlsym(library, "application");
	if (found.object == NULL)
		log_error("%s", dlerror());
	return found.function;
}

static uint64_t
content_length(void)
{
	const char *text = app_get(environ, "CONTENT_LENGTH");
	uint64_t length = 0;

	if (!http_number((struct http_span){ text, strlen(text) }, &length))
		return 0;
	return length;
}

static int
run(handler *handle)
{
	struct answer *answer = calloc(1, sizeof *answer);
	struct app app = {
		.version = APP_VERSION,
		.start = app_start,
		.write = app_write,
		.print = app_print,
		.print_html = app_print_html,
		.read = app_read,
		.form = app_form,
		.own = answer,
	};
	int result;

	if (answer == NULL) {
		log_error("memory:");
		return STATUS_FAILED;
	}
	answer->unread = content_length();
	result = handle(environ, &app);
	if (flush(answer) == -1 || !answer->started)
		result = -1;
	free(answer->form);
	free(answer);
	return result == 0 ? STATUS_DONE : STATUS_FAILED;
}

int
main(int argc, char *argv[])
{
	handler *handle;

	log_open("httpd-app", LOG_LEVEL_NOTICE);
	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: httpd-app FILE.so\n"
				"Let a C handler answer a request of CGI; see app(7).\n");
		return STATUS_USAGE;
	}
	handle = load(argv[1]);
	return handle ? run(handle) : STATUS_FAILED;
}
