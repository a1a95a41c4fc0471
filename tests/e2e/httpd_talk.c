/*
 * A client of httpd that says requests byte by byte, and looks at answers so too.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tests/e2e/httpd.h"

const char *
site_new(void)
{
	const char *top = lab_directory("top");

	lab_write_text(text_of("%s/hello", top), "hello, world\n");
	EXPECT(mkdir(text_of("%s/sub", top), 0755) == 0, "mkdir");
	return top;
}

struct program *
site_start(int model, const char *top, const char *const *args)
{
	const char *all[32];
	size_t n = 0;

	while (args && args[n] && n < ARRAY_LENGTH(all) - 2) {
		all[n] = args[n];
		n++;
	}
	all[n++] = top;
	all[n] = NULL;
	return server_start(model, all);
}

void
ask(int fd, const char *path)
{
	client_say(fd, text_of("GET %s HTTP/1.1\r\nHost: lab\r\n\r\n", path));
}

const char *
field(const struct answer *answer, const char *name)
{
	size_t len = strlen(name);
	const char *line = answer->head;

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return text_of(
			    "%.*s", (int)strcspn(line + len + 2, "\r"), line + len + 2);
	}
	return NULL;
}

static void
hear_chunks(int fd, struct answer *answer)
{
	char line[64];
	size_t size;

	do {
		size_t at = 0;

		do
			client_receive(fd, &line[at++], 1);
		while (line[at - 1] != '\n' && at < sizeof line - 1);
		line[at] = '\0';
		size = strtoul(line, NULL, 16);
		EXPECT(answer->len + size < BODY_MAX, "too large an answer");
		client_receive(fd, answer->body + answer->len, size);
		answer->len += size;
		client_receive(fd, line, 2);
	} while (size > 0);
}

/* One of a few: good for the next seven answers. */
static struct answer *
new_answer(void)
{
	static struct answer answers[8];
	static size_t at;
	struct answer *answer = &answers[at++ % ARRAY_LENGTH(answers)];

	free(answer->body);
	memset(answer, 0, sizeof *answer);
	return answer;
}

struct answer *
hear_head(int fd)
{
	struct answer *answer = new_answer();
	size_t at = 0;

	do {
		EXPECT(at < HEAD_MAX - 1, "an endless head");
		client_receive(fd, &answer->head[at++], 1);
	} while (at < 4 || memcmp(answer->head + at - 4, "\r\n\r\n", 4) != 0);
	EXPECT(sscanf(answer->head, "HTTP/1.%*d %d", &answer->status) == 1,
	    "no status line: %s", answer->head);
	answer->body = calloc(1, 1);
	return answer;
}

struct answer *
hear(int fd)
{
	struct answer *answer = hear_head(fd);
	const char *length = field(answer, "Content-Length");

	if (length || field(answer, "Transfer-Encoding")) {
		free(answer->body);
		answer->body = calloc(1, BODY_MAX + 1);
	}
	if (length) {
		answer->len = strtoul(length, NULL, 10);
		EXPECT(answer->len <= BODY_MAX, "too large an answer: %s", length);
		client_receive(fd, answer->body, answer->len);
	} else if (field(answer, "Transfer-Encoding")) {
		hear_chunks(fd, answer);
	}
	return answer;
}

struct answer *
visit(const struct program *server, const char *bytes)
{
	int fd = client_open(server->address[0]);
	struct answer *answer;

	client_say(fd, bytes);
	answer = strncmp(bytes, "HEAD", 4) == 0 ? hear_head(fd) : hear(fd);
	close(fd);
	return answer;
}

struct answer *
get(const struct program *server, const char *path, const char *fields)
{
	return visit(server,
	    text_of("GET %s HTTP/1.1\r\nHost: lab\r\n%s\r\n", path, fields ? fields : ""));
}

void
expect_status(const struct answer *answer, int status)
{
	EXPECT(answer->status == status, "status %d, wanted %d:\n%s%s", answer->status, status,
	    answer->head, (const char *)answer->body);
}

void
expect_body(const struct answer *answer, const char *text)
{
	EXPECT(answer->len == strlen(text) && memcmp(answer->body, text, answer->len) == 0,
	    "its content is: %s", (const char *)answer->body);
}

void
expect_field(const struct answer *answer, const char *name, const char *value)
{
	const char *found = field(answer, name);

	EXPECT(
	    (found == NULL) == (value == NULL) && (value == NULL || strcmp(found, value) == 0),
	    "%s: %s, wanted %s", name, found ? found : "(none)", value ? value : "(none)");
}
