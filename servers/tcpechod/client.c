/*
 * client: one client of a model that must never wait for it. See client.h.
 */
#include "servers/tcpechod/client.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/serve.h"

void
client_leave(struct server *server, struct client *client, int status)
{
	free(client->kept);
	crowd_leave(server, &client->crowd, status);
}

void
client_evict(struct server *server, struct crowd_client *client)
{
	client_leave(server, (struct client *)client, STATUS_FAILED);
}

short
client_events(const struct client *client)
{
	return client->kept_len ? POLLOUT : POLLIN;
}

/* recv or send failed: it would wait, or the client is lost. */
static enum client_turn
heed_error(struct server *server, struct client *client, enum client_turn wait)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return wait;
	if (errno == EINTR)
		return CLIENT_MORE;
	conn_log_failure(crowd_peer(&client->crowd), 0);
	client_leave(server, client, STATUS_FAILED);
	return CLIENT_LEFT;
}

/* Send on what was kept. */
static enum client_turn
send_kept(struct server *server, struct client *client)
{
	ssize_t n = send(client->crowd.fd, client->kept + client->kept_at, client->kept_len,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1)
		return heed_error(server, client, CLIENT_WAIT_OUT);
	crowd_touch(&client->crowd, 0, (size_t)n);
	client->kept_at += (size_t)n;
	client->kept_len -= (size_t)n;
	if (client->kept_len > 0)
		return CLIENT_WAIT_OUT;
	free(client->kept);
	client->kept = NULL;
	client->kept_at = 0;
	return CLIENT_MORE;
}

/* The client took only a part of the answer: keep the rest for later. */
static enum client_turn
keep(struct server *server, struct client *client, const char *rest, size_t len)
{
	client->kept = malloc(len);
	if (client->kept == NULL) {
		log_error("%s:", crowd_peer(&client->crowd));
		client_leave(server, client, STATUS_FAILED);
		return CLIENT_LEFT;
	}
	memcpy(client->kept, rest, len);
	client->kept_len = len;
	return CLIENT_WAIT_OUT;
}

static enum client_turn
send_answer(struct server *server, struct client *client, const char *answer, size_t len)
{
	ssize_t n = send(client->crowd.fd, answer, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		return heed_error(server, client, CLIENT_WAIT_OUT);
	if (n == -1)
		n = 0;
	crowd_touch(&client->crowd, 0, (size_t)n);
	if ((size_t)n == len)
		return CLIENT_MORE;
	return keep(server, client, answer + n, len - (size_t)n);
}

enum client_turn
client_turn(struct server *server, struct client *client, const struct echo_options *echo)
{
	char message[CONN_BUFSIZE];
	const char *answer;
	size_t answer_len;
	ssize_t len;

	if (client->kept_len > 0)
		return send_kept(server, client);
	len = recv(client->crowd.fd, message, sizeof message, MSG_DONTWAIT);
	if (len == -1)
		return heed_error(server, client, CLIENT_WAIT_IN);
	if (len == 0) {
		client_leave(server, client, STATUS_DONE);
		return CLIENT_LEFT;
	}
	crowd_touch(&client->crowd, (size_t)len, 0);
	answer = echo_answer(echo, message, (size_t)len, &answer_len);
	return send_answer(server, client, answer, answer_len);
}
