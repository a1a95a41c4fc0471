/*
 * log: what a program tells the person who runs it. See log.h.
 */
#include "common/log.h"

#include <sys/types.h>

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/sys.h"

static void write_stderr(enum log_level level, const char *line, size_t len);

static struct {
	const char *program;
	enum log_level level;
	pid_t parent; /* who need not say its pid */
	void (*write)(enum log_level, const char *line, size_t len);
} logger = {
	.program = "switchboard",
	.level = LOG_LEVEL_NOTICE,
	.write = write_stderr,
};

void
log_open(const char *program, enum log_level level)
{
	logger.program = program;
	logger.level = level;
	log_as_parent();
}

void
log_as_parent(void)
{
	logger.parent = getpid();
}

bool
log_enabled(enum log_level level)
{
	return level <= logger.level;
}

static void
write_stderr(enum log_level level, const char *line, size_t len)
{
	ssize_t n;

	(void)level;
	/* When stderr is gone there is nobody left to tell. */
	n = write(STDERR_FILENO, line, len);
	(void)n;
}

static void
write_syslog(enum log_level level, const char *line, size_t len)
{
	static const int priority[] = { LOG_ERR, LOG_NOTICE, LOG_INFO };

	syslog(priority[level], "%.*s", (int)(len - 1), line);
}

void
log_to_syslog(void)
{
	openlog(
	    logger.program, LOG_PID | LOG_NDELAY, LOG_DAEMON); /* while its socket is seen */
	logger.write = write_syslog;
}

/* The bytes of the well-formed UTF-8 sequence at p that is fit to print, else 0. RFC 3629. */
static size_t
printable_utf8(const unsigned char *p, size_t len)
{
	size_t need = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (p[0] < 0xc2 || p[0] > 0xf4 || len < need)
		return 0;
	for (size_t i = 1; i < need; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (p[0] == 0xc2 && p[1] < 0xa0) /* C1 controls: a terminal obeys them */
		return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90)) /* overlong */
		return 0;
	if ((p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf4 && p[1] >= 0x90)) /* no character */
		return 0;
	return need;
}

size_t
log_escape(char *out, size_t cap, const void *in, size_t len)
{
	const unsigned char *p = in;
	size_t used = 0;

	for (size_t i = 0, n; i < len; i += n) {
		n = p[i] < 0x80 ? p[i] >= 0x20 && p[i] != 0x7f : printable_utf8(p + i, len - i);
		if (used + (n ? n : 4) >= cap)
			break;
		if (n) {
			memcpy(out + used, p + i, n);
			used += n;
		} else {
			used += (size_t)snprintf(out + used, cap - used, "\\x%02x", p[i]);
			n = 1;
		}
	}
	out[used] = '\0';
	return used;
}

/* printf at the end of a string in a buffer of `cap`; what does not fit is cut. */
static void
append(char *buf, size_t cap, size_t *used, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf + *used, cap - *used, format, args);
	va_end(args);
	if (n > 0)
		*used += (size_t)n < cap - *used ? (size_t)n : cap - *used - 1;
}

static void
emit(enum log_level level, const char *format, va_list args)
{
	char text[LOG_LINE_MAX], line[LOG_LINE_MAX];
	int saved = errno;
	size_t len, used = 0;
	int n;

	if (!log_enabled(level))
		return;
	n = vsnprintf(text, sizeof text, format, args);
	len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
	if (len > 0 && format[strlen(format) - 1] == ':' && text[len - 1] == ':')
		append(text, sizeof text, &len, " %s (%s)", log_errno_name(saved),
		    strerror(saved));
	if (logger.write == write_stderr) {
		append(line, sizeof line, &used, "%s", logger.program);
		if (getpid() != logger.parent)
			append(line, sizeof line, &used, "[%ld]", (long)getpid());
		append(line, sizeof line, &used, ": ");
	}
	used += log_escape(line + used, sizeof line - used - 4, text, len);
	if (len >= sizeof text - 1 || used >= sizeof line - 8)
		append(line, sizeof line, &used, "...");
	line[used++] = '\n';
	logger.write(level, line, used);
	errno = saved;
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	emit(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void
log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	emit(LOG_LEVEL_NOTICE, format, args);
	va_end(args);
}

void
log_step(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	emit(LOG_LEVEL_STEPS, format, args);
	va_end(args);
}

const char *
log_errno_name(int error)
{
	static char other[16];
	const char *name = sys_errno_name(error);

	if (name)
		return name;
	snprintf(other, sizeof other, "E%d", error);
	return other;
}
