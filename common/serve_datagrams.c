/*
 * serve_datagrams: the sockets of a datagram server, its own or those that inetd passes.
 */
#include "common/log.h"
#include "common/serve_internal.h"
#include "common/udp.h"

int
serve_open_datagrams(const struct serve_options *options, const char *port,
    struct pollfd sockets[NET_LISTENERS_MAX])
{
	const struct net_listen_options where = {
		.address = options->address,
		.port = options->port ? options->port : port,
		.family = options->family,
	};
	struct net_error error;
	int fds[NET_LISTENERS_MAX], count;

	if (options->inetd) {
		count = serve_passed_datagrams(sockets);
		if (count == 0)
			log_error("-i: no datagram socket was passed to us");
		else
			serve_keep_log_from(sockets[0].fd);
	} else {
		count = net_bind_udp(&where, fds, &error);
		if (count == -1)
			log_error("%s", error.text);
		for (int i = 0; i < count; i++)
			sockets[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	}
	for (int i = 0; i < count; i++)
		if (udp_prepare(sockets[i].fd) == -1) {
			log_error("socket options:");
			return -1;
		}
	return count > 0 ? count : -1;
}
