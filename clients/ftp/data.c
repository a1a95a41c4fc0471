/*
 * data: a connection of its own for each file and list. RFC 959, RFC 2428, RFC 2577.
 *
 *	-> EPSV			passive: the server listens, and says where
 *	<- 229 (|||50123|)
 *	   connect to the server's address, port 50123
 *	-> RETR notes
 *	<- 150			the file, over the other connection, up to its end
 *	<- 226
 *
 *	-> EPRT |1|192.0.2.7|50321|	active: we listen, and the server calls
 *
 * Where EPSV is refused PASV is tried, whose answer names an address, too. It is never
 * used: behind NAT it is wrong, and a hostile server could make us call somebody else.
 * An active connection counts only if the server's own address calls.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/ftp/ftp.h"
#include "common/log.h"
#include "common/net_data.h"
#include "common/sys.h"
#include "protocol/ftp_host.h"

enum {
	ABORT_MS = 10000, /* so long a server has to stop and say so */
};

static void
close_data(struct data *data)
{
	if (data->fd != -1)
		close(data->fd);
	if (data->listener != -1)
		close(data->listener);
	data->fd = data->listener = -1;
}

/* There will be no data connection: said. */
static int
give_up(struct session *session, struct data *data, const char *words)
{
	close_data(data);
	log_error("%s: no data connection: %s", session->account.host, words);
	session_worsen(session, STATUS_FAILED);
	session->reply.code = 0;
	return -1;
}

/* ---- passive ---- */

/* The address of a 227 is only looked at to say that it is not taken. */
static void
tell_other_address(const struct session *session, const struct ftp_host *host)
{
	const uint8_t *a = host->address;
	char text[NET_TEXT_MAX], said[NET_TEXT_MAX];

	if (!log_enabled(LOG_LEVEL_STEPS))
		return;
	net_format(&session->peer, text);
	snprintf(said, sizeof said, "%d.%d.%d.%d:", a[0], a[1], a[2], a[3]);
	if (strncmp(text, said, strlen(said)) != 0)
		log_step("227 names the address %s not called: only its port counts", said);
}

/* The port where the server listens, or 0: refused, session->reply tells; -1. */
static int
ask_port(struct session *session)
{
	const struct ftp_reply *reply = &session->reply;
	struct ftp_host host;
	uint16_t port;
	int code;

	if (session->features & SESSION_EPSV) {
		code = session_ask(session, "EPSV", NULL);
		if (code == 229 && ftp_epsv_parse(reply->text, reply->len, &port))
			return port;
		if (code < 500)
			return code == -1 ? -1 : 0;
		session->features &= ~(unsigned)SESSION_EPSV;
	}
	code = session_ask(session, "PASV", NULL);
	if (code == 227 && ftp_pasv_parse(reply->text, reply->len, &host)) {
		tell_other_address(session, &host);
		return host.port;
	}
	return code == -1 ? -1 : 0;
}

/* The address is the control connection's: a name may have several. */
static int
call_server(struct session *session, struct data *data)
{
	char words[LOG_LINE_MAX], why[NET_ERROR_MAX + 64];
	struct net_error error;
	int port = ask_port(session);

	if (port == -1)
		return -1;
	if (port == 0)
		return give_up(session, data, session_words(session, words));
	data->peer = session->peer;
	net_set_port(&data->peer, htons((uint16_t)port));
	data->fd = net_connect_to(
	    &data->peer, session->settings->client.timeout_ms, signals_stop(), &error);
	if (data->fd != -1)
		return 0;
	snprintf(why, sizeof why, "%s%s", error.text,
	    ftp_stop ? "" : " (active mode, -A, has the server call us)");
	return give_up(session, data, why);
}

/* ---- active ---- */

static bool
host_of(const struct net_address *address, struct ftp_host *host)
{
	*host = (struct ftp_host){ .port = ntohs(net_port(address)) };
	if (address->sa.any.sa_family == AF_INET) {
		host->family = FTP_IPV4;
		memcpy(host->address, &address->sa.in.sin_addr, 4);
	} else if (address->sa.any.sa_family == AF_INET6) {
		host->family = FTP_IPV6;
		memcpy(host->address, &address->sa.in6.sin6_addr, 16);
	} else {
		return false;
	}
	return true;
}

static int
offer_port(struct session *session, struct data *data)
{
	char argument[FTP_HOST_TEXT_MAX], words[LOG_LINE_MAX];
	struct net_address here;
	struct ftp_host host;
	int code;

	if (net_local_address(session->fd, &here) == -1 ||
	    (data->listener = net_data_listen(&here, 0, 0)) == -1 ||
	    net_local_address(data->listener, &here) == -1)
		return give_up(session, data, strerror(errno));
	if (!host_of(&here, &host) || ftp_eprt_encode(argument, sizeof argument, &host) == -1)
		return give_up(session, data, "neither IPv4 nor IPv6");
	code = session_ask(session, "EPRT", argument);
	if (code >= 500 && host.family == FTP_IPV4 &&
	    ftp_port_encode(argument, sizeof argument, &host) != -1)
		code = session_ask(session, "PORT", argument);
	if (code == -1) {
		close_data(data);
		return -1;
	}
	if (code >= 300)
		return give_up(session, data, session_words(session, words));
	return 0;
}

/* The server calls; who else does is sent away. 0, or -1 with errno. */
static int
take_call(struct session *session, struct data *data)
{
	int timeout_ms = session->settings->client.timeout_ms;
	int64_t end = sys_now_ms() + timeout_ms;

	for (;;) {
		struct pollfd wait = { .fd = data->listener, .events = POLLIN };
		int64_t left = end - sys_now_ms();
		int ready = sys_ppoll(&wait, 1,
		    timeout_ms == 0 ? -1 :
		    left > 0	    ? (int)left :
				      0,
		    signals_while_waiting());
		char text[NET_TEXT_MAX];

		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready == 0 || ftp_stop || (ready == -1 && errno != EINTR))
			return -1;
		data->peer = (struct net_address){ .len = sizeof data->peer.sa };
		data->fd =
		    sys_accept(data->listener, &data->peer.sa.any, &data->peer.len, false);
		if (data->fd == -1)
			continue;
		if (net_same_host(&data->peer, &session->peer))
			return 0;
		log_notice("%s called in the server's place: sent away",
		    net_format(&data->peer, text));
		close(data->fd);
		data->fd = -1;
	}
}

/* ---- both ---- */

static int
say_from(struct session *session, uint64_t from)
{
	char number[FTP_NUMBER_DIGITS_MAX + 1];
	int code;

	snprintf(number, sizeof number, "%llu", (unsigned long long)from);
	code = session_ask(session, "REST", number);
	return code == 350 ? 0 : -1;
}

int
data_begin(struct session *session, struct data *data, const char *verb, const char *argument,
    uint64_t from)
{
	int code;

	*data = (struct data){ .fd = -1, .listener = -1 };
	if ((session->settings->active ? offer_port(session, data) :
					 call_server(session, data)) == -1)
		return -1;
	if ((from > 0 && say_from(session, from) == -1) ||
	    (code = session_ask(session, verb, argument)) == -1) {
		if (ftp_stop)
			data_abort(session, data);
		close_data(data);
		return -1;
	}
	if (code >= 200) { /* refused; 2xx without a transfer is none either */
		close_data(data);
		return -1;
	}
	if (data->listener != -1 && take_call(session, data) == -1) {
		if (ftp_stop) {
			data_abort(session, data);
			return -1;
		}
		session->owed++; /* 425, sooner or later */
		return give_up(session, data, "the server does not call");
	}
	if (sys_set_nonblocking(data->fd, true) == -1)
		return give_up(session, data, strerror(errno));
	return 0;
}

int
data_end(struct session *session, struct data *data)
{
	int code;

	close_data(data);
	do
		code = session_hear(session);
	while (code >= 100 && code < 200);
	return code;
}

/*
 * How many replies ABOR has depends on how far the server was: 226 and 226, 426 and 226,
 * or 225 alone. NOOP behind it has one, 200: all before that belong to ABOR.
 */
void
data_abort(struct session *session, struct data *data)
{
	int usual = session->settings->client.timeout_ms, code;
	const int stopped = ftp_stop;

	ftp_stop = 0; /* once more, and we hang up */
	close_data(data);
	session->owed = 0; /* NOOP's own is the last of them */
	if (!session->connected) {
		ftp_stop = stopped;
		return;
	}
	conn_set_idle(&session->conn, ABORT_MS);
	if (session_say(session, "ABOR", NULL) == 0 &&
	    session_say(session, "NOOP", NULL) == 0) {
		do
			code = session_hear(session);
		while (code != -1 && code != 200);
	}
	if (ftp_stop)
		session_close(session);
	if (stopped)
		ftp_stop = stopped;
	if (session->connected)
		conn_set_idle(&session->conn, usual);
}
