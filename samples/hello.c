/*
 * hello: the shortest page. make hello.so && bin/httpd -a hello.so DIR, then /hello.
 */
#include "common/app.h"

int
application(char **environ, const struct app *app)
{
	app->start(app, "200 OK", "Content-Type: text/plain; charset=utf-8\r\n");
	return app->print(app, "Hello, %s! You asked for \"%s\".\n",
	    app_get(environ, "REMOTE_ADDR"), app_get(environ, "PATH_INFO"));
}
