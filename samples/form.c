/*
 * form: a form, and what was typed into it. What comes from a client goes through
 * print_html: a visitor who types <script> sees <script>, and nothing runs.
 */
#include "common/app.h"

int
application(char **environ, const struct app *app)
{
	char name[100], words[2000];

	app->start(app, "200 OK", "Content-Type: text/html; charset=utf-8\r\n");
	if (app->form(app, "name", name, sizeof name) != -1 &&
	    app->form(app, "words", words, sizeof words) != -1) {
		app->print(app, "<!DOCTYPE html>\n<title>Said</title>\n<p><b>");
		app->print_html(app, name);
		app->print(app, "</b> says:\n<blockquote>");
		app->print_html(app, words);
		app->print(app, "</blockquote>\n");
	}
	app->print(app, "<form method=\"post\" action=\"");
	app->print_html(app, app_get(environ, "SCRIPT_NAME"));
	return app->print(app, "\">\n<p><input name=\"name\"> says\n"
			       "<p><textarea name=\"words\"></textarea>\n"
			       "<p><button>Send</button>\n</form>\n");
}
