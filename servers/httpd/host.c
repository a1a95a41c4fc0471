/*
 * host: what all sessions of one process share. See host.h.
 */
#include "servers/httpd/host.h"

#include <time.h>

#include "common/sys.h"

void
host_clock(struct host *host)
{
	struct timespec wall = { 0, 0 };
	int64_t now;

	host->now_ms = sys_now_ms();
	clock_gettime(CLOCK_REALTIME, &wall);
	now = (int64_t)wall.tv_sec;
	if (now != host->now || !host->told_time)
		http_date_write(host->date, now);
	host->now = now;
	host->told_time = true;
}
