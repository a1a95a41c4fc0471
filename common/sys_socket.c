/*
 * sys_socket: the part of sys that is about what sockets can do here and not elsewhere.
 */
#define _GNU_SOURCE /* TCP_DEFER_ACCEPT in musl's header */

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "common/sys.h"

#if defined(__linux__) && !defined(PORTABLE)
#define HAVE_LINUX 1
#endif

void
sys_defer_accept(int listener)
{
#ifdef HAVE_LINUX
	int seconds = 1;

	(void)setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
#else
	(void)listener;
#endif
}

void
sys_send_unpaced(int fd)
{
#ifdef HAVE_LINUX
	static const char plain[] = "reno"; /* always there, and everybody may choose it */

	(void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, plain, sizeof plain - 1);
#else
	(void)fd;
#endif
}
