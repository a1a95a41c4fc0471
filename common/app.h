/*
 * app: a page in C, for httpd: the shape of WSGI's application(environ, start_response).
 *
 *	#include "common/app.h"
 *
 *	int
 *	application(char **environ, const struct app *app)
 *	{
 *		app->start(app, "200 OK", "Content-Type: text/plain\r\n");
 *		app->print(app, "You asked for %s\n", app_get(environ, "PATH_INFO"));
 *		return 0;
 *	}
 *
 *	$ make hello.so && bin/httpd -a hello.so site
 *
 * A handler knows nothing of sockets, processes or HTTP's framing: it is asked, and it
 * says. httpd runs it in a process of its own (httpd-app), so that one that crashes, leaks
 * or loops spoils only its own answer. See app(7).
 *
 * All a handler needs is in this file: it is linked with nothing but the C library.
 */
#ifndef COMMON_APP_H
#define COMMON_APP_H

#include <sys/types.h>

#include <stddef.h>
#include <string.h>

enum {
	APP_VERSION = 1,
	APP_FORM_MAX = 1 << 20, /* bytes of a form that are looked at */
};

struct app {
	int version; /* APP_VERSION; what is appended later makes it larger */

	/*
	 * Begin the answer: "200 OK", and field lines, each with CR LF; NULL: none. Once,
	 * before anything is written. 0; -1: it was begun already, or the client is gone.
	 */
	int (*start)(const struct app *app, const char *status, const char *fields);

	/* More of its content. 0, or -1: the client is gone. */
	int (*write)(const struct app *app, const void *bytes, size_t len);
	int (*print)(const struct app *app, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

	/* The same as text within HTML, where < & " and what a client has sent do no harm. */
	int (*print_html)(const struct app *app, const char *text);

	/* The content that came with the request: some bytes; 0 at its end; -1. */
	ssize_t (*read)(const struct app *app, void *into, size_t len);

	/*
	 * The value of a form's field, decoded, with a NUL behind it: of the query, or of
	 * the content if that is a form, which is then read. Its length; -1: there is no
	 * such field, or no room.
	 */
	ssize_t (*form)(const struct app *app, const char *name, char *value, size_t room);

	void *own; /* the server's */
};

/* What a handler's file defines. 0, or it failed: then without start() it is a 502. */
int application(char **environ, const struct app *app);

/* A variable of the request: "" when it is not there. app(7) lists them. */
static inline const char *
app_get(char **environ, const char *name)
{
	size_t len = strlen(name);

	for (; *environ; environ++)
		if (strncmp(*environ, name, len) == 0 && (*environ)[len] == '=')
			return *environ + len + 1;
	return "";
}

/* ---- several pages in one file ---- */

/* A table of paths and what makes their pages, ended by { NULL, NULL }. */
struct app_page {
	const char *path; /* as in PATH_INFO */
	int (*page)(char **environ, const struct app *app);
};

/* The page of this request's path; else 404. */
static inline int
app_pages(const struct app_page *pages, char **environ, const struct app *app)
{
	const char *path = app_get(environ, "PATH_INFO");

	for (; pages->path; pages++)
		if (strcmp(pages->path, path) == 0)
			return pages->page(environ, app);
	if (app->start(app, "404 Not Found", "Content-Type: text/plain\r\n") == -1)
		return -1;
	return app->print(app, "There is no such page here.\n");
}

#endif
