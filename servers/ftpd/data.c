/*
 * data: the second connection, over which files and listings go. RFC 959, RFC 2428.
 *
 *	passive				active
 *	EPSV  ->  229 (|||40123|)	EPRT |1|192.0.2.1|5000|  ->  200
 *	RETR  ->			RETR  ->
 *	client connects to 40123	server connects to 5000
 *	<- 150, data, 226		<- 150, data, 226
 *
 * RFC 2577: data goes to and comes from the host of the control connection and nobody
 * else, so that nobody can have us attack a third (the bounce), or fetch what another has
 * asked for. Nor do we connect to a port below 1024.
 *
 * The listener of one PASV serves the next, too, which saves a small file four system
 * calls. But only if exactly the one call that it was opened for has come: else a late
 * call for the last transfer could be taken for the next, which would be an empty upload.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/net_data.h"
#include "common/sys.h"
#include "servers/ftpd/ftpd.h"

enum {
	PORT_MIN = 1024,
};

void
data_begin(struct data *data)
{
	*data = (struct data){ .listener = -1, .fd = -1 };
}

static void
close_listener(struct data *data)
{
	if (data->listener != -1)
		close(data->listener);
	data->listener = -1;
}

void
data_close(struct session *session)
{
	if (session->data.fd != -1)
		close(session->data.fd);
	session->data.fd = -1;
	session->data.mode = DATA_NONE;
	session->state &= ~(unsigned)(FLOWING | ABORTED);
}

void
data_forget(struct session *session)
{
	data_close(session);
	close_listener(&session->data);
}

/* ---- what the client asks for ---- */

/* The address that the client has called, or NULL if there is none to speak of. */
static const struct net_address *
own_address(struct session *session)
{
	struct net_address *own = &session->data.own;

	if (own->len == 0 && session->conn->peer)
		(void)net_local_address(session->conn->in, own);
	return own->sa.any.sa_family == AF_INET || own->sa.any.sa_family == AF_INET6 ? own :
										       NULL;
}

static bool
is_own_family(struct session *session, sa_family_t family)
{
	const struct net_address *own = own_address(session);

	return own && own->sa.any.sa_family == family;
}

/* Whether the listener that is there may serve again. */
static bool
can_reuse(struct data *data)
{
	struct pollfd wait = { .fd = data->listener, .events = POLLIN };

	return data->listener != -1 && data->taken && poll(&wait, 1, 0) == 0;
}

/* A new listener, and its port in data->port. 0, or -1 with errno. */
static int
listen_anew(struct session *session, const struct net_address *own)
{
	struct data *data = &session->data;
	struct net_address bound;

	close_listener(data);
	data->listener =
	    net_data_listen(own, session->options->first_port, session->options->last_port);
	if (data->listener == -1 || net_local_address(data->listener, &bound) == -1)
		return -1;
	data->port = ntohs(net_port(&bound));
	return 0;
}

/* Listen at data->port. 0; 1: it was answered. */
static int
open_listener(struct session *session)
{
	const struct net_address *own = own_address(session);
	struct data *data = &session->data;

	data->mode = DATA_NONE;
	if (own == NULL) {
		reply(session, 425, "This connection has no address to be called at");
		return 1;
	}
	if (!can_reuse(data) && listen_anew(session, own) == -1) {
		log_notice("%s: passive port:", conn_peer(session->conn));
		reply(session, 425, "There is no port to be had");
		return 1;
	}
	data->taken = false;
	data->mode = DATA_PASSIVE;
	return 0;
}

int
do_pasv(struct session *session)
{
	const struct net_address *own = &session->data.own;
	struct ftp_host host = { .family = FTP_IPV4 };
	char text[FTP_HOST_TEXT_MAX];

	if (is_own_family(session, AF_INET6))
		return reply(session, 425, "PASV is for IPv4: use EPSV");
	if (open_listener(session) != 0)
		return 0;
	memcpy(host.address, &own->sa.in.sin_addr, 4);
	if (session->options->has_outside && !net_is_loopback(own))
		memcpy(host.address, session->options->outside, 4);
	host.port = session->data.port;
	if (ftp_pasv_encode(text, sizeof text, &host) == -1)
		return reply(session, 425, "There is no port to be had");
	return reply(session, 227, "%s", text);
}

int
do_epsv(struct session *session)
{
	enum ftp_epsv wish =
	    ftp_epsv_argument(session->command.argument.at, session->command.argument.len);
	char text[FTP_HOST_TEXT_MAX];
	bool v6;

	if (wish == FTP_EPSV_SYNTAX)
		return reply(session, 501, "EPSV takes 1, 2 or ALL");
	if (wish == FTP_EPSV_ALL) {
		session->data.all = true;
		return reply(session, 200, "EPSV it is, for all");
	}
	v6 = is_own_family(session, AF_INET6);
	if (wish == FTP_EPSV_OTHER || (wish == FTP_EPSV_IPV4 && v6) ||
	    (wish == FTP_EPSV_IPV6 && !v6))
		return reply(session, 522, "Not over this connection, use (%d)", v6 ? 2 : 1);
	if (open_listener(session) != 0)
		return 0;
	if (ftp_epsv_encode(text, sizeof text, session->data.port) == -1)
		return reply(session, 425, "There is no port to be had");
	return reply(session, 229, "%s", text);
}

static void
make_address(const struct ftp_host *host, struct net_address *address)
{
	memset(address, 0, sizeof *address);
	if (host->family == FTP_IPV4) {
		address->len = sizeof address->sa.in;
		address->sa.in.sin_family = AF_INET;
		memcpy(&address->sa.in.sin_addr, host->address, 4);
	} else {
		address->len = sizeof address->sa.in6;
		address->sa.in6.sin6_family = AF_INET6;
		memcpy(&address->sa.in6.sin6_addr, host->address, 16);
	}
	net_set_port(address, htons(host->port));
}

static int
go_active(struct session *session, enum ftp_host_status status, const struct ftp_host *host)
{
	struct data *data = &session->data;
	struct net_address target;

	data->mode = DATA_NONE;
	close_listener(data);
	if (status == FTP_HOST_FAMILY)
		return reply(session, 522, "Only IPv4 and IPv6 are known, use (1,2)");
	if (status != FTP_HOST_OK)
		return reply(session, 501, "That is no address");
	make_address(host, &target);
	if (own_address(session) == NULL || !net_same_host(&target, session->conn->peer))
		return reply(session, 500, "Only your own address is connected to");
	if (host->port < PORT_MIN)
		return reply(session, 500, "No port below %d is connected to", PORT_MIN);
	if (target.sa.any.sa_family == AF_INET6) /* a link-local address has a scope, too */
		target.sa.in6.sin6_scope_id = session->conn->peer->sa.in6.sin6_scope_id;
	data->target = target;
	data->mode = DATA_ACTIVE;
	return reply(session, 200, "You will be called");
}

int
do_port(struct session *session)
{
	struct ftp_host host;
	enum ftp_host_status status =
	    ftp_port_parse(session->command.argument.at, session->command.argument.len, &host);

	return go_active(session, status, &host);
}

int
do_eprt(struct session *session)
{
	struct ftp_host host;
	enum ftp_host_status status =
	    ftp_eprt_parse(session->command.argument.at, session->command.argument.len, &host);

	return go_active(session, status, &host);
}

/* ---- the connection ---- */

/* One look at all that may happen. As poll(2), but for a server told to stop. */
static int
look(struct session *session, struct pollfd wait[3], int timeout_ms)
{
	const struct conn *conn = session->conn;
	int ready;

	if (conn->stop && *conn->stop) {
		errno = ECANCELED;
		return -1;
	}
	ready = conn->wait_mask ? sys_ppoll(wait, 3, timeout_ms, conn->wait_mask) :
				  poll(wait, 3, timeout_ms);
	if (ready > 0 && wait[2].revents)
		_exit(STATUS_FAILED); /* the parent died: so do we */
	return ready;
}

int
data_wait(struct session *session, int fd, short events, int64_t end_ms)
{
	const struct conn *conn = session->conn;
	int64_t now;

	if (control_flush(session) == -1) /* the client may be waiting for that */
		return -1;
	for (;;) {
		bool deaf = session->state & (HELD | GONE);
		struct pollfd wait[] = {
			{ .fd = fd, .events = events },
			{ .fd = deaf ? -1 : conn->in, .events = POLLIN },
			{ .fd = conn->lifeline, .events = POLLIN },
		};
		int ready;

		now = sys_now_ms();
		ready = look(session, wait, end_ms > now ? (int)(end_ms - now) : 0);
		if (ready == -1 && errno != EINTR)
			return -1;
		if (ready == 0 && now >= end_ms) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (ready > 0 && wait[1].revents && control_overhear(session) == -1)
			return -1;
		if (session->state & ABORTED) {
			errno = ECANCELED;
			return -1;
		}
		if (ready > 0 && wait[0].revents)
			return 0;
	}
}

/* The call of this client; whoever else calls is turned away. */
static int
take_call(struct session *session, int64_t end_ms)
{
	struct data *data = &session->data;
	char text[NET_TEXT_MAX];

	for (;;) {
		struct net_address peer = { .len = sizeof peer.sa };
		int fd = sys_accept(data->listener, &peer.sa.any, &peer.len, true);

		if (fd != -1 && net_same_host(&peer, session->conn->peer)) {
			data->taken = true;
			return fd;
		}
		if (fd != -1) {
			log_notice("%s: a stranger called at its passive port: %s",
			    conn_peer(session->conn), net_format(&peer, text));
			close(fd);
		} else if ((errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) ||
			   data_wait(session, data->listener, POLLIN, end_ms) == -1) {
			return -1;
		}
	}
}

static int
call(struct session *session, int64_t end_ms)
{
	const struct net_address *own = own_address(session);
	int fd;

	if (own == NULL)
		return -1;
	fd = net_data_connect(own, &session->data.target);
	if (fd != -1 && data_wait(session, fd, POLLOUT, end_ms) == 0 && net_data_error(fd) == 0)
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

static int
connect_data(struct session *session)
{
	struct data *data = &session->data;
	int64_t end = sys_now_ms() + CONNECT_MS;

	if (data->mode == DATA_NONE)
		return -1;
	data->moved = 0;
	data->since_ms = sys_now_ms();
	session->state |= FLOWING;
	data->fd = data->mode == DATA_PASSIVE ? take_call(session, end) : call(session, end);
	return data->fd == -1 ? -1 : 0;
}

int
data_open(struct session *session, const char *format, ...)
{
	bool asked = session->data.mode != DATA_NONE;
	char text[FTP_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (connect_data(session) == -1) {
		bool aborted = session->state & ABORTED;

		data_close(session);
		if (reply(session, 425, "%s",
			!asked	? "Say PASV, EPSV, PORT or EPRT first" :
			aborted ? "Aborted" :
				  "The data connection does not stand") == -1)
			return -1;
		return aborted && reply(session, 226, "Aborted") == -1 ? -1 : 1;
	}
	return reply(session, 150, "%s", text);
}
