/*
 * right_http: what the broken servers of web pages do right: files over HTTP, one request
 * after another on a connection, as little as can be; a server without a mistake is httpd.
 *
 *	hear	the bytes of a head, up to its empty line
 *	skip	the content that a request may bring
 *	find	the file of a path
 *	send	its answer
 *
 * usage: NAME -p PORT DIRECTORY. Each has a step of its own, and the others from here.
 */
#ifndef TESTS_PITFALLS_RIGHT_HTTP_H
#define TESTS_PITFALLS_RIGHT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RIGHT_HEAD_MAX = 16 * 1024,
};

struct right_http {
	int client;
	int root;			/* the directory */
	char input[RIGHT_HEAD_MAX + 1]; /* what has come and is not used, a string */
	size_t have;
};

struct right_http_steps {
	/* A head is at the begin of input: its length. 0: the client has gone. */
	size_t (*hear)(struct right_http *http);
	/* So many bytes of content: away with them. False: the client has gone. */
	bool (*skip)(struct right_http *http, size_t content);
	/* Open the file, or -1. The path begins with a slash. */
	int (*find)(const struct right_http *http, const char *path);
	/* 200, and all of the file. False: the client has gone. */
	bool (*send)(const struct right_http *http, int file);
};

/* The server: a child for each client, `steps` for what is not NULL in it. */
_Noreturn void right_serve_pages(int argc, char *argv[], const struct right_http_steps *steps);

/* A status line, the length of the content, and the empty line. */
bool right_begin_answer(const struct right_http *http, const char *status, size_t content);

#endif
