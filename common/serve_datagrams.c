/*
 * serve_datagrams: how datagram servers begin and end. See serve_datagrams.h.
 */
#include "common/serve_datagrams.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"

int64_t
serve_datagrams_leave_at(const struct serve_datagrams *in)
{
	const struct serve_options *serve = &in->options->serve;

	return serve->inetd && serve->idle_ms ? in->active_ms + serve->idle_ms : INT64_MAX;
}

/* ---- the sockets ---- */

/* How many; or -1, and it is logged. */
static int
take_passed(struct serve_datagrams *in)
{
	int count = serve_passed_datagrams(in->sockets);

	if (count > 0) {
		serve_keep_log_from(in->sockets[0].fd);
		return count;
	}
	log_error("-i: no datagram socket was passed to us");
	return -1;
}

static int
open_own(struct serve_datagrams *in)
{
	const struct serve_options *serve = &in->options->serve;
	const struct net_listen_options where = {
		.address = serve->address,
		.port = serve->port ? serve->port : in->port,
		.family = serve->family,
	};
	struct net_error error;
	int fds[NET_LISTENERS_MAX], count = net_bind_udp(&where, fds, &error);

	if (count == -1)
		log_error("%s", error.text);
	for (int i = 0; i < count; i++)
		in->sockets[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	return count;
}

/* 0, or -1: it is logged. */
static int
join_groups(const struct serve_datagrams *in, int fd)
{
	struct net_error error;

	for (const char *const *group = in->options->groups; *group; group++)
		if (udp_join(fd, *group, &error) == -1) {
			log_error("%s", error.text);
			return -1;
		}
	return 0;
}

static int
open_sockets(struct serve_datagrams *in)
{
	in->count = in->options->serve.inetd ? take_passed(in) : open_own(in);
	for (int i = 0; i < in->count; i++) {
		if (udp_prepare(in->sockets[i].fd) == -1) {
			log_error("socket options:");
			return -1;
		}
		if (join_groups(in, in->sockets[i].fd) == -1)
			return -1;
	}
	return in->count > 0 ? 0 : -1;
}

/* ---- the whole ---- */

/* 0, or -1 with errno. */
static int
prepare(struct serve_datagrams *in, void *server)
{
	const struct udp_serve_options *options = in->options;
	struct net_address own = { .sa.any.sa_family = AF_INET };

	(void)net_local_address(in->sockets[0].fd, &own);
	in->guard = udp_guard_new(net_port(&own), options->rate, options->rate_given);
	in->inbox = udp_inbox_new();
	if (in->guard == NULL || in->inbox == NULL || in->prepare(server) == -1)
		return -1;
	in->active_ms = sys_now_ms();
	return 0;
}

static int
run(struct serve_datagrams *in, void *server, int ready_fd)
{
	const struct serve_options *serve = &in->options->serve;

	if (serve_give_up_root(serve) == -1)
		return STATUS_FAILED;
	if (prepare(in, server) == -1) {
		log_error("prepare to serve:");
		return STATUS_FAILED;
	}
	if (!serve->inetd)
		serve_print_ready(in->name, "udp", in->sockets, in->count);
	if (ready_fd != -1)
		serve_daemon_ready(ready_fd);
	return in->loop(server);
}

int
serve_datagrams(struct serve_datagrams *in, void *server)
{
	int ready_fd = -1, status = STATUS_FAILED;

	if (in->options->serve.daemon && serve_daemonise(&ready_fd) == -1) {
		log_error("daemon:");
		return STATUS_FAILED;
	}
	if (open_sockets(in) == 0)
		status = run(in, server, ready_fd);
	free(in->guard);
	free(in->inbox);
	return status;
}
