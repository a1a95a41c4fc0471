/*
 * Model thread: one process, a thread for each client.
 *
 *	main thread                         a client's thread
 *	accept
 *	pthread_create -------------------> session, the very one of model fork
 *	accept ...                          "I am done", a byte into the pipe
 *	poll <----------------------------- (ends)
 *	pthread_join, close
 *
 * It reads like fork and costs less: no copied tables, no new process. The price
 * is that nothing is private any more. A thread that crashes takes all clients
 * with it, a descriptor belongs to everybody (so only the main thread closes one,
 * when nobody uses it any more), and a thread cannot be killed: to end one, its
 * connection is shut down under its hands.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"
#include "servers/tcpechod/echo.h"

enum {
	STACK_SIZE =
	    2 * 1024 * 1024, /* the session has a large buffer; untouched pages are free */
};

/* A client and its thread. `done` is the thread's last word; then it is to be joined. */
struct thread_client {
	struct crowd_client crowd;
	pthread_t thread;
	struct server *server;
	int done_pipe;
	int status;
	atomic_bool done;
};

static void *
talk(void *arg)
{
	struct thread_client *client = arg;
	ssize_t n;

	client->status = crowd_session(client->server, &client->crowd);
	client->done = true;
	n = write(client->done_pipe, "", 1);
	(void)n; /* a full pipe is as good */
	return NULL;
}

static void
start(struct server *server, struct thread_client *client, int done_pipe)
{
	pthread_attr_t attr;
	int error;

	client->server = server;
	client->done_pipe = done_pipe;
	client->crowd.active_ms = INT64_MAX; /* its session keeps the idle time */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	error = pthread_create(&client->thread, &attr, talk, client);
	pthread_attr_destroy(&attr);
	if (error) {
		errno = error;
		log_error("%s turned away: pthread_create:", crowd_peer(&client->crowd));
		crowd_leave(server, &client->crowd, STATUS_FAILED);
	}
}

/* Let go of the threads that are done. From the last to the first, as crowd.h says. */
static void
join_done(struct server *server, int done_pipe)
{
	char bytes[64];
	size_t count;
	struct crowd_client **clients = crowd_clients(server, &count);

	while (read(done_pipe, bytes, sizeof bytes) > 0)
		continue;
	for (size_t i = count; i-- > 0;) {
		struct thread_client *client = (struct thread_client *)clients[i];

		if (!client->done)
			continue;
		pthread_join(client->thread, NULL);
		crowd_leave(server, clients[i], client->status);
	}
}

static void
evict(struct server *server, struct crowd_client *client)
{
	(void)server;
	shutdown(client->fd, SHUT_RDWR); /* its thread reads the end, or fails to write */
}

/* Wait for callers and for threads that are done. */
static void
wait_and_accept(struct server *server, const int done_pipe[2])
{
	struct pollfd wait[NET_LISTENERS_MAX + 1] = { { .fd = done_pipe[0],
	    .events = POLLIN } };
	struct thread_client *client;
	size_t count;
	const struct pollfd *listeners = crowd_listeners(server, &count);

	if (!crowd_accepts(server))
		count = 0;
	for (size_t i = 0; i < count; i++)
		wait[i + 1] = listeners[i];
	if (sys_ppoll(
		wait, (nfds_t)count + 1, crowd_wait_ms(server), crowd_wait_mask(server)) <= 0)
		return;
	for (size_t i = 1; i <= count; i++)
		while (wait[i].revents &&
		       (client = crowd_accept(server, wait[i].fd, sizeof *client)) != NULL)
			start(server, client, done_pipe[1]);
}

int
echo_thread(struct server *server, void *arg)
{
	int64_t end;
	int done_pipe[2];
	size_t count;

	(void)arg; /* the sessions get it from the server */
	if (sys_pipe(done_pipe) == -1) {
		log_error("pipe:");
		return STATUS_FAILED;
	}
	crowd_begin(server, evict);
	while (crowd_goes_on(server)) {
		wait_and_accept(server, done_pipe);
		join_done(server, done_pipe[0]);
	}
	end = sys_now_ms() + SERVE_GRACE_MS;
	for (crowd_clients(server, &count); count > 0 && sys_now_ms() < end;
	     crowd_clients(server, &count)) {
		struct pollfd wait = { .fd = done_pipe[0], .events = POLLIN };

		poll(&wait, 1, SERVE_GRACE_MS / 10);
		join_done(server, done_pipe[0]);
	}
	return STATUS_DONE; /* exit takes the threads that are left along */
}
