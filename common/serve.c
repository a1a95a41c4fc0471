/*
 * serve: from a service and its options to a running server. See serve.h.
 */
#include "common/serve.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve_internal.h"
#include "common/sys.h"

enum {
	OTHER_FILES = 64, /* descriptors beside those of the clients */
};

static int
listen_on_options(struct server *server)
{
	const struct serve_options *options = server->options;
	const struct net_listen_options listen = {
		.address = options->address,
		.port = options->port ? options->port : server->service->port,
		.family = options->family,
		.backlog = options->backlog,
		.no_reuse = options->no_reuse,
	};
	struct net_error error;
	int fds[NET_LISTENERS_MAX];
	int count = net_listen(&listen, fds, &error);

	if (count == -1) {
		log_error("%s", error.text);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		server->listeners[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
		if (server->service->hears_first)
			sys_defer_accept(fds[i]);
	}
	server->listener_count = count;
	if (net_local_address(fds[0], &server->own_path) == -1 ||
	    server->own_path.sa.any.sa_family != AF_UNIX ||
	    lstat(server->own_path.sa.un.sun_path, &server->own_file) == -1)
		server->own_path.len = 0;
	return 0;
}

/* -i with a client instead of a listener: this process is its child already. */
static int
serve_one(struct server *server, int fd)
{
	struct net_address peer = { .len = sizeof peer.sa };
	bool known = getpeername(fd, &peer.sa.any, &peer.len) == 0;

	if (serve_give_up_root(server->options) == -1)
		return STATUS_FAILED;
	server->model = SERVE_ITERATIVE;
	serve_catch_signals(&server->wait_mask);
	return serve_session(
	    server, NULL, fd, fd == STDIN_FILENO ? STDOUT_FILENO : fd, known ? &peer : NULL);
}

/* What must exist before the first client: table, signals, lifeline. 0, or -1. */
static int
prepare(struct server *server)
{
	bool forks = server->model == SERVE_FORK || server->model == SERVE_PREFORK;
	bool one = server->model == SERVE_ITERATIVE;

	server->pid = getpid();
	if (!one && !sys_can_die_with_parent() && sys_pipe(server->lifeline) == -1)
		return -1;
	server->table = serve_table_new(one ? 1 : server->options->max);
	if (server->table == NULL)
		return -1;
	serve_catch_signals(&server->wait_mask);
	if (forks) /* one process for all wants to be woken at once */
		sys_schedule_batch();
	return 0;
}

/* A server that serves all in one process needs a descriptor for each client. */
static void
allow_clients(const struct server *server)
{
	int files = server->options->max + OTHER_FILES;

	if (server->model == SERVE_OWN && sys_allow_files((uint64_t)files) == -1)
		log_notice(
		    "%d open files for %d clients (ulimit -n):", files, server->options->max);
}

static int
run(struct server *server, int ready_fd)
{
	int status;

	allow_clients(server);
	if (serve_give_up_root(server->options) == -1)
		return STATUS_FAILED;
	if (prepare(server) == -1) {
		log_error("prepare to serve:");
		return STATUS_FAILED;
	}
	if (!server->passed) /* or whoever passed them knows, and stdout may be the client's */
		serve_print_ready(
		    server->service->name, "tcp", server->listeners, server->listener_count);
	if (ready_fd != -1)
		serve_daemon_ready(ready_fd);
	status = serve_loop(server);
	free(server->partings);
	return status;
}

int
serve_run(const struct service *service, const struct serve_options *options, void *arg)
{
	struct server server = {
		.service = service,
		.options = options,
		.arg = arg,
		.model = options->once ? SERVE_ITERATIVE : options->model,
		.pid = getpid(),
		.lifeline = { -1, -1 },
		.poke = { -1, -1 },
	};
	int client, ready_fd = -1;

	if (options->daemon && !options->inetd && serve_daemonise(&ready_fd) == -1) {
		log_error("daemon:");
		return STATUS_FAILED;
	}
	if (service->prepare && service->prepare(arg) == -1)
		return STATUS_FAILED;
	if (options->inetd) {
		client = serve_passed_sockets(&server);
		serve_keep_log_from(client == -1 ? STDIN_FILENO : client);
		if (client != -1)
			return serve_one(&server, client);
		return run(&server, -1);
	}
	if (listen_on_options(&server) == -1)
		return STATUS_FAILED;
	return run(&server, ready_fd);
}
