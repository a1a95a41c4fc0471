/*
 * right_http: what the broken servers of web pages do right; see right_http.h.
 */
#include "tests/pitfalls/right_http.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static struct right_http_steps step;
static const char *directory;

/* More input; false when there is no more, or no room. */
static bool
read_some(struct right_http *http)
{
	ssize_t n = read(http->client, http->input + http->have, RIGHT_HEAD_MAX - http->have);

	if (n <= 0)
		return false;
	http->have += (size_t)n;
	http->input[http->have] = '\0';
	return true;
}

static void
use_up(struct right_http *http, size_t count)
{
	http->have -= count;
	memmove(http->input, http->input + count, http->have + 1);
}

/* However many reads it takes: the head is there when its empty line is. */
static size_t
hear(struct right_http *http)
{
	const char *end;

	while ((end = strstr(http->input, "\r\n\r\n")) == NULL)
		if (!read_some(http))
			return 0;
	return (size_t)(end + 4 - http->input);
}

static bool
skip(struct right_http *http, size_t content)
{
	while (content > 0) {
		size_t some = content < http->have ? content : http->have;

		use_up(http, some);
		content -= some;
		if (content > 0 && !read_some(http))
			return false;
	}
	return true;
}

/* Beneath the directory: no name of the path begins with a dot. */
static int
find(const struct right_http *http, const char *path)
{
	return strstr(path, "/.") ? -1 : openat(http->root, path + 1, O_RDONLY);
}

bool
right_begin_answer(const struct right_http *http, const char *status, size_t content)
{
	char head[128];
	int length = snprintf(
	    head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", status, content);

	return right_write(http->client, head, (size_t)length);
}

static bool
send_file(const struct right_http *http, int file)
{
	char bytes[65536];
	struct stat st;
	ssize_t n;

	if (fstat(file, &st) == -1 || !right_begin_answer(http, "200 OK", (size_t)st.st_size))
		return false;
	while ((n = read(file, bytes, sizeof bytes)) > 0)
		if (!right_write(http->client, bytes, (size_t)n))
			return false;
	return n == 0;
}

/* What the request line asks for; and no file is no reason to hang up. */
static bool
answer(const struct right_http *http, const char *method, char *path)
{
	bool on;
	int file;

	if (strcmp(method, "GET") != 0)
		return right_begin_answer(http, "405 Method Not Allowed", 0);
	path[strcspn(path, "?")] = '\0';
	file = step.find(http, path);
	if (file == -1)
		return right_begin_answer(http, "404 Not Found", 0);
	on = step.send(http, file);
	close(file);
	return on;
}

static size_t
content_length(const char *head)
{
	const char *field = strcasestr(head, "\r\nContent-Length:");

	return field ? strtoul(field + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

static void
talk(int client)
{
	struct right_http http = { .client = client, .root = open(directory, O_RDONLY) };
	char method[16], path[4096];
	size_t head;

	while ((head = step.hear(&http)) > 0) {
		char end = http.input[head];
		size_t content;

		http.input[head] = '\0';
		if (sscanf(http.input, "%15s %4095s", method, path) != 2 || path[0] != '/') {
			right_begin_answer(&http, "400 Bad Request", 0);
			return;
		}
		content = content_length(http.input);
		http.input[head] = end;
		use_up(&http, head);
		if (!step.skip(&http, content) || !answer(&http, method, path))
			return;
	}
}

_Noreturn void
right_serve_pages(int argc, char *argv[], const struct right_http_steps *steps)
{
	if (argc < 2)
		right_refuse("usage: NAME -p PORT DIRECTORY");
	directory = argv[argc - 1];
	step = (struct right_http_steps){
		.hear = steps->hear ? steps->hear : hear,
		.skip = steps->skip ? steps->skip : skip,
		.find = steps->find ? steps->find : find,
		.send = steps->send ? steps->send : send_file,
	};
	signal(SIGPIPE, SIG_IGN);
	right_fork(right_listen(argc, argv), talk);
}
