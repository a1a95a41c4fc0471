/*
 * status: who is connected, since when, and how much was said, as JSON.
 *
 * httpd tells handlers its table of clients in SERVER_CLIENTS, a line for each:
 *
 *	4242 talking 17 421 20480 127.0.0.1:53412
 *	process, state, seconds, bytes in, bytes out, address
 */
#include <stdio.h>
#include <string.h>

#include "common/app.h"

int
application(char **environ, const struct app *app)
{
	const char *line = app_get(environ, "SERVER_CLIENTS");
	const char *comma = "";

	app->start(
	    app, "200 OK", "Content-Type: application/json\r\nCache-Control: no-store\r\n");
	app->print(app, "{\"clients\": [");
	while (*line) {
		char state[16], peer[128];
		long pid, seconds;
		unsigned long long in, out;

		if (sscanf(line, "%ld %15s %ld %llu %llu %127[^\n]", &pid, state, &seconds, &in,
			&out, peer) == 6) {
			app->print(app,
			    "%s\n  {\"pid\": %ld, \"state\": \"%s\", \"seconds\": %ld, "
			    "\"in\": %llu, \"out\": %llu, \"peer\": \"",
			    comma, pid, state, seconds, in, out);
			for (const char *p = peer; *p; p++)
				app->print(app,
				    *p == '"' || *p == '\\' || (unsigned char)*p < ' ' ?
					"\\u%04x" :
					"%c",
				    (unsigned char)*p);
			app->print(app, "\"}");
			comma = ",";
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return app->print(app, "\n]}\n");
}
