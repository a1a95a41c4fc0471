/*
 * The groups of httpd's checks, each in the file of its name, and a client that says
 * requests byte by byte.
 */
#ifndef TESTS_E2E_HTTPD_H
#define TESTS_E2E_HTTPD_H

#include "tests/e2e/file_lab.h"

enum {
	HEAD_MAX = 16384,
	BODY_MAX = 8 * 1024 * 1024,
};

/* An answer as it came; good for the next seven. */
struct answer {
	int status;
	char head[HEAD_MAX]; /* with the empty line */
	unsigned char *body; /* a string as well */
	size_t len;
};

/* A server of this directory with a file `hello` and a folder `sub`; more arguments first. */
struct program *site_start(int model, const char *top, const char *const *args);
const char *site_new(void);

/* Say a whole request for a path, on a connection that stays; and hear its answer. */
void ask(int fd, const char *path);
struct answer *hear(int fd);
struct answer *hear_head(int fd); /* of an answer that has no content: HEAD, 204, 304 */

/* On a connection of its own: a request's bytes, and one answer, then the end. */
struct answer *visit(const struct program *server, const char *bytes);

/* A request for a path with more fields ("Name: value\r\n"...), on a connection of its own. */
struct answer *get(const struct program *server, const char *path, const char *fields);

/* The value of a field, or NULL; in one of a few buffers. */
const char *field(const struct answer *answer, const char *name);

void expect_status(const struct answer *answer, int status);
void expect_body(const struct answer *answer, const char *text);
void expect_field(const struct answer *answer, const char *name, const char *value);

void httpd_core(Suite *suite);
void httpd_framing(Suite *suite);
void httpd_files(Suite *suite);
void httpd_conditions(Suite *suite);
void httpd_auth(Suite *suite);
void httpd_cgi(Suite *suite);
void httpd_cgi_ends(Suite *suite);
void httpd_hosts(Suite *suite);
void httpd_limits(Suite *suite);
void httpd_routes(Suite *suite);
void httpd_workers(Suite *suite);
void httpd_words(Suite *suite);

#endif
