/*
 * form: a form, and what was typed into it. What comes from a client goes through
 * print_html: a visitor who types <script> sees <script>, and nothing runs.
 */
#include "common/app.h"

static const char begin[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Form</title>\n"
    "<style>:root{color-scheme:light dark} body{font-family:sans-serif;margin:1em auto;"
    "max-width:30em;padding:0 1em} blockquote{white-space:pre-wrap}"
    " input,textarea{display:block;font:inherit;width:100%;box-sizing:border-box}</style>\n";

static const char fields[] =
    "<p><label>Name <input name=\"name\"></label>\n"
    "<p><label>Words <textarea name=\"words\" rows=\"4\"></textarea></label>\n"
    "<p><button>Send</button>\n</form>\n</html>\n";

int
application(char **environ, const struct app *app)
{
	char name[100], words[2000];

	app->start(app, "200 OK", "Content-Type: text/html; charset=utf-8\r\n");
	app->write(app, begin, sizeof begin - 1);
	if (app->form(app, "name", name, sizeof name) != -1 &&
	    app->form(app, "words", words, sizeof words) != -1) {
		app->print(app, "<p><b>");
		app->print_html(app, name);
		app->print(app, "</b> says:\n<blockquote>");
		app->print_html(app, words);
		app->print(app, "</blockquote>\n");
	}
	app->print(app, "<form method=\"post\" action=\"");
	app->print_html(app, app_get(environ, "SCRIPT_NAME"));
	app->print(app, "\">\n");
	return app->write(app, fields, sizeof fields - 1);
}
