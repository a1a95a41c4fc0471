/*
 * access_log: one line for each answer. See access_log.h.
 */
#include "servers/httpd/access_log.h"

#include <sys/stat.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/net.h"
#include "servers/httpd/session.h"

enum {
	LINE_MAX_BYTES = 2048,
	REQUEST_MAX = 1024, /* bytes of the request line, as escaped */
	FIELD_MAX = 256,    /* of Referer and User-Agent */
	LOOK_MS = 1000,	    /* how often to see whether the file was moved */
	LOG_MODE = 0640,    /* who asked for what is nobody else's business */
};

struct access_log {
	char *path; /* NULL: standard error */
	int fd;
	int64_t looked_ms;
	bool complained;
};

static int
open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, LOG_MODE);
}

struct access_log *
access_log_open(const char *path)
{
	struct access_log *log = calloc(1, sizeof *log);

	if (log == NULL) {
		log_error("access log:");
		return NULL;
	}
	if (strcmp(path, "-") == 0) {
		log->fd = STDERR_FILENO;
		return log;
	}
	log->path = realpath(path, NULL); /* -D changes the directory */
	log->fd = open_log(path);
	if (log->fd != -1 && log->path == NULL)
		log->path = realpath(path, NULL);
	if (log->fd != -1 && log->path)
		return log;
	log_error("access log %s:", path);
	free(log);
	return NULL;
}

void
access_log_close(struct access_log *log)
{
	if (log == NULL)
		return;
	if (log->path)
		close(log->fd);
	free(log->path);
	free(log);
}

/* If the name leads elsewhere by now, or nowhere: open it anew. */
static void
follow_name(struct access_log *log)
{
	struct stat named, open;
	int fd;

	if (fstat(log->fd, &open) == -1 ||
	    (stat(log->path, &named) == 0 && named.st_ino == open.st_ino &&
		named.st_dev == open.st_dev))
		return;
	fd = open_log(log->path);
	if (fd != -1) {
		close(log->fd);
		log->fd = fd;
	} else if (!log->complained) {
		log->complained = true;
		log_error("access log %s, writing on to the old one:", log->path);
	}
}

/* Text within quotes: what could end them, or the line, as \xNN. A string; its length. */
static size_t
escape(char *out, size_t cap, struct http_span text)
{
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		bool plain = byte >= ' ' && byte < 127 && byte != '"' && byte != '\\';

		if (used + 5 > cap)
			break;
		if (plain)
			out[used++] = (char)byte;
		else
			used += (size_t)snprintf(out + used, cap - used, "\\x%02x", byte);
	}
	if (used == 0 && cap > 1)
		out[used++] = '-';
	out[used] = '\0';
	return used;
}

static const char *
host_of(const struct net_address *peer, char text[INET6_ADDRSTRLEN])
{
	if (peer && peer->sa.any.sa_family == AF_INET)
		return inet_ntop(AF_INET, &peer->sa.in.sin_addr, text, INET6_ADDRSTRLEN);
	if (peer && peer->sa.any.sa_family == AF_INET6)
		return inet_ntop(AF_INET6, &peer->sa.in6.sin6_addr, text, INET6_ADDRSTRLEN);
	return "-";
}

/* The request's first line, as far as it came. */
static struct http_span
request_line(const struct session *session)
{
	const struct http_request *request = &session->exchange->request;
	struct http_span head = { request->bytes, session->head_len };
	const char *end;

	while (head.len > 0 && (*head.at == '\r' || *head.at == '\n')) {
		head.at++;
		head.len--;
	}
	end = head.len ? memchr(head.at, '\n', head.len) : NULL;
	if (end)
		head.len = (size_t)(end - head.at);
	if (head.len > 0 && head.at[head.len - 1] == '\r')
		head.len--;
	return head;
}

/* "20/Nov/2026:16:20:00 +0000", without the locale's months. */
static void
write_time(char out[40], int64_t now)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)now;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, 40, "%02d/%s/%04d:%02d:%02d:%02d +0000", tm.tm_mday % 100,
	    months[tm.tm_mon % 12], (tm.tm_year + 1900) % 10000, tm.tm_hour % 100,
	    tm.tm_min % 100, tm.tm_sec % 100);
}

void
access_log_write(struct access_log *log, const struct session *session)
{
	const struct exchange *exchange = session->exchange;
	const struct http_request *request = &exchange->request;
	bool whole = request->head_len > 0;
	struct http_span none = { NULL, 0 };
	char line[LINE_MAX_BYTES], host[INET6_ADDRSTRLEN], when[40];
	char asked[REQUEST_MAX], referer[FIELD_MAX], agent[FIELD_MAX];
	char folder[HTTP_HOSTNAME_MAX + 1] = "-";
	ssize_t n;
	int len;

	write_time(when, session->host->now);
	escape(asked, sizeof asked, request_line(session));
	escape(referer, sizeof referer, whole ? http_value(request, HTTP_F_REFERER) : none);
	escape(agent, sizeof agent, whole ? http_value(request, HTTP_F_USER_AGENT) : none);
	if (exchange->hosted)
		http_hostname(folder, http_text(request, request->host));
	len = snprintf(line, sizeof line, "%s %s %s [%s] \"%s\" %d %" PRIu64 " \"%s\" \"%s\"\n",
	    host_of(session->peer, host), folder, exchange->user[0] ? exchange->user : "-",
	    when, asked, exchange->status, exchange->sent, referer, agent);
	if (log->path && session->host->now_ms - log->looked_ms >= LOOK_MS) {
		log->looked_ms = session->host->now_ms;
		follow_name(log);
	}
	n = write(log->fd, line, (size_t)len);
	(void)n; /* a full disk must not stop the server; the log is what is lost */
}
