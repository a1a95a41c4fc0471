/*
 * httpd_cgi: what the tests of programs share.
 */
#ifndef TESTS_E2E_HTTPD_CGI_H
#define TESTS_E2E_HTTPD_CGI_H

#include "tests/e2e/httpd.h"

#define SAYS "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n"

/* A site with a program of this text, made by a shell; and a server of it. */
const char *cgi_site(const char *name, const char *text);
struct program *cgi_start(int model, const char *name, const char *text);

#endif
