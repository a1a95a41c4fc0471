/*
 * odd: a handler that does what none should, one way for each path, for tests of httpd.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/app.h"

static int
silent(char **environ, const struct app *app)
{
	(void)environ;
	(void)app;
	return 0;
}

static int
crash(char **environ, const struct app *app)
{
	(void)environ;
	(void)app;
	return raise(SIGKILL);
}

static int
leave(char **environ, const struct app *app)
{
	(void)environ;
	app->start(app, "200 OK", "Content-Type: text/plain\r\n");
	exit(3); /* and all that it has said is lost */
}

static int
twice(char **environ, const struct app *app)
{
	(void)environ;
	if (app->write(app, "early", 5) != -1)
		return 1;
	app->start(app, "200 OK", "Content-Type: text/plain\r\n");
	return app->print(app, "%d\n", app->start(app, "500 No", NULL));
}

static int
inject(char **environ, const struct app *app)
{
	(void)environ;
	app->start(app, "200 OK", "Content-Type: text/plain\r\nX-A: a\rInjected: 1\r\n");
	return app->print(app, "x");
}

/* What was sent, and something large. */
static int
echo(char **environ, const struct app *app)
{
	char bytes[1000];
	ssize_t n;

	(void)environ;
	app->start(app, "201 Made", "Content-Type: text/plain\r\nX-B: b\r\n");
	while ((n = app->read(app, bytes, sizeof bytes)) > 0)
		if (app->write(app, bytes, (size_t)n) == -1)
			return 1;
	return 0;
}

int
application(char **environ, const struct app *app)
{
	static const struct app_page pages[] = {
		{ "/silent", silent },
		{ "/crash", crash },
		{ "/leave", leave },
		{ "/twice", twice },
		{ "/inject", inject },
		{ "/echo", echo },
		{ NULL, NULL },
	};

	return app_pages(pages, environ, app);
}
