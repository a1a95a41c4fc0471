/*
 * time: several pages in one file, by a table of paths: the skeleton of a framework. The
 * table and its functions are the user's; all else is done.
 */
#include <time.h>

#include "common/app.h"

static int
page_of_time(char **environ, const struct app *app)
{
	char text[64];
	time_t now = time(NULL);
	struct tm parts;

	(void)environ;
	if (localtime_r(&now, &parts) == NULL ||
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) == 0)
		return -1;
	app->start(app, "200 OK", "Content-Type: text/html; charset=utf-8\r\n");
	return app->print(app,
	    "<!DOCTYPE html>\n<title>Time</title>\n<p>It is %s here.\n"
	    "<p><a href=\"utc\">And in Greenwich?</a>\n",
	    text);
}

static int
page_of_utc(char **environ, const struct app *app)
{
	(void)environ;
	app->start(app, "200 OK", "Content-Type: text/plain\r\n");
	return app->print(app, "%lld seconds since 1970\n", (long long)time(NULL));
}

int
application(char **environ, const struct app *app)
{
	static const struct app_page pages[] = {
		{ "", page_of_time },
		{ "/", page_of_time },
		{ "/utc", page_of_utc },
		{ NULL, NULL },
	};

	return app_pages(pages, environ, app);
}
