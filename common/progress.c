/*
 * progress: how far a long work is. See progress.h.
 */
#include "common/progress.h"

#include <sys/ioctl.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/sys.h"

enum {
	COLUMNS = 80, /* of a terminal that does not say */
	COLUMNS_MIN = 20,
	HOURS_MAX = 99,
};

/* For `rest` bytes, if `moved` took so long: "0:12", "1:02:03"; "-:--": nobody knows. */
static void
format_time(char text[16], uint64_t moved, uint64_t rest, int64_t ms)
{
	double left = moved > 0 ? (double)rest / (double)moved * (double)ms / 1000 : -1;
	int64_t s = (int64_t)(left + 0.5);

	if (left < 0 || left / 3600 > HOURS_MAX)
		snprintf(text, 16, "-:--");
	else if (s >= 3600)
		snprintf(text, 16, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60),
		    (int)(s % 60));
	else
		snprintf(text, 16, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

static int
percent_of(uint64_t done, uint64_t total)
{
	int percent;

	if (total == 0 || done > total)
		return -1;
	percent = (int)((double)done / (double)total * 100);
	return percent >= 100 && done < total ? 99 : percent;
}

size_t
progress_format(char line[PROGRESS_LINE_MAX], size_t columns, uint64_t done, uint64_t kept,
    uint64_t total, int64_t ms, const char *name)
{
	char percent[16] = "    ", so_far[NUM_BYTES_MAX], rate[NUM_BYTES_MAX],
	     left[16] = "-:--";
	uint64_t moved = done - kept;
	size_t len, room;
	int known = percent_of(done, total);

	if (known >= 0) {
		snprintf(percent, sizeof percent, "%3d%%", known);
		format_time(left, moved, total - done, ms);
	}
	num_bytes(so_far, (double)done);
	num_bytes(rate, ms > 0 ? (double)moved * 1000 / (double)ms : 0);
	snprintf(line, PROGRESS_LINE_MAX, "%s %10s %10s/s %8s  ", percent, so_far, rate, left);
	if (columns >= PROGRESS_LINE_MAX)
		columns = PROGRESS_LINE_MAX - 1;
	len = strlen(line);
	if (len > columns)
		line[len = columns] = '\0';
	room = columns - len;
	if (strlen(name) > room) /* its end says more */
		name += strlen(name) - room;
	memcpy(line + len, name, strlen(name) + 1);
	return len + strlen(name);
}

bool
progress_is_wanted(void)
{
	return log_enabled(LOG_LEVEL_NOTICE) && isatty(STDERR_FILENO);
}

void
progress_begin(struct progress *progress, uint64_t total)
{
	*progress = (struct progress){
		.on = progress_is_wanted(),
		.total = total,
		.begin_ms = sys_now_ms(),
	};
	progress->drawn_ms = progress->begin_ms;
}

void
progress_set_total(struct progress *progress, uint64_t total)
{
	progress->total = total;
}

void
progress_keep(struct progress *progress, uint64_t bytes)
{
	progress->kept += bytes;
	progress->done += bytes;
}

static size_t
columns_of_terminal(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return COLUMNS;
	return size.ws_col > COLUMNS_MIN ? size.ws_col - 1U : COLUMNS_MIN;
}

static void
put(const char *bytes, size_t len)
{
	ssize_t n = write(STDERR_FILENO, bytes, len);

	(void)n; /* a terminal that is gone is told by other means */
}

/* \r: from the begin of the line; \033[K: what is left of it goes. */
static void
draw(struct progress *progress, const char *name)
{
	char line[PROGRESS_LINE_MAX], escaped[PROGRESS_LINE_MAX], out[PROGRESS_LINE_MAX + 8];
	int len;

	log_escape(escaped, sizeof escaped, name, strlen(name));
	progress_format(line, columns_of_terminal(), progress->done, progress->kept,
	    progress->total, sys_now_ms() - progress->begin_ms, escaped);
	len = snprintf(out, sizeof out, "\r%s\033[K", line);
	put(out, (size_t)len);
	progress->drawn = true;
}

void
progress_add(struct progress *progress, const char *name, uint64_t bytes)
{
	int64_t now;

	progress->done += bytes;
	if (!progress->on)
		return;
	now = sys_now_ms();
	if (now - progress->drawn_ms < PROGRESS_EVERY_MS)
		return;
	progress->drawn_ms = now;
	draw(progress, name);
}

void
progress_clear(struct progress *progress)
{
	if (progress->drawn)
		put("\r\033[K", 4);
	progress->drawn = false;
}

void
progress_end(struct progress *progress)
{
	if (!progress->on || progress->done == 0)
		return;
	draw(progress, "");
	put("\n", 1);
	progress->drawn = false;
}
