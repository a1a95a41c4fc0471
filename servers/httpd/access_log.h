/*
 * access_log: one line for each answer, in the combined format.
 *
 *	127.0.0.1 - - [20/Nov/2026:16:20:00 +0000] "GET / HTTP/1.1" 200 1270 "-" "curl/8"
 *	client      user time, UTC                 request   status, bytes  referer, agent
 *
 * The field between client and user, which is for a name that nobody tells any more, is
 * that of the host whose folder answered (hosts.h), if one did.
 *
 * Each line is one write(2) to a file opened for appending, so that those of many
 * processes never tear each other. What the client has sent is escaped: a control byte, a
 * quote or a backslash becomes \xNN, and no line can be forged.
 *
 * The file may be moved away at any time (logrotate): each process looks once a second
 * whether the name still leads to the file it has open, and opens it anew if not. So no
 * signal is needed.
 */
#ifndef SERVERS_HTTPD_ACCESS_LOG_H
#define SERVERS_HTTPD_ACCESS_LOG_H

struct access_log;
struct session;

/* Open, or make (mode 0640); "-" is standard error. NULL: it is logged why. */
struct access_log *access_log_open(const char *path);
void access_log_close(struct access_log *log);

/* The answer that a session has just ended, or broken off. */
void access_log_write(struct access_log *log, const struct session *session);

#endif
