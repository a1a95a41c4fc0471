#!/usr/bin/env python3
"""A WSGI program behind httpd: application() knows nothing of the server.

    mkdir -p site/cgi-bin && cp samples/wsgi.py site/cgi-bin/time
    httpd -g /cgi-bin site
    curl http://127.0.0.1:7080/cgi-bin/time/

wsgiref, which comes with Python, makes environ of CGI's variables, and what
start_response is given into a head. Another application is another function:
nothing else changes.
"""

import html
import time
from wsgiref.handlers import CGIHandler


def page_of_time(environ):
    return time.strftime("It is %H:%M:%S here.\n")


def page_of_request(environ):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    content = environ["wsgi.input"].read(length).decode("utf-8", "replace")
    method = environ["REQUEST_METHOD"]
    return f"{method} with {length} bytes: {html.escape(content)}\n"


# The framework: a table of paths and what makes their pages; else 404.
PAGES = {"/": page_of_time, "": page_of_time, "/request": page_of_request}


def application(environ, start_response):
    page = PAGES.get(environ.get("PATH_INFO", ""))
    if page is None:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"There is no such page.\n"]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page(environ).encode()]


if __name__ == "__main__":
    CGIHandler().run(application)
