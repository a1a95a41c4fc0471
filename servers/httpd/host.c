/*
 * host: what all sessions of one process share. See host.h.
 */
#include "servers/httpd/host.h"

#include <time.h>

#include "common/sys.h"

void
host_clock(struct host *host)
{
	int64_t now = (int64_t)time(NULL);

	host->now_ms = sys_now_ms();
	if (now != host->now || !host->told_time)
		http_date_write(host->date, now);
	host->now = now;
	host->told_time = true;
}
