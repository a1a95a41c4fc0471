/*
 * linger: stay for a while, so that a lost last ACK can be said again (RFC 1350, 6).
 *
 * The file is whole and has its name: nobody should have to wait. So a child stays, and
 * the program ends; most ends are over before anybody could look. Without it a server
 * whose last block is not confirmed must call the transfer a failure.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "clients/tftp/tftp.h"
#include "common/log.h"
#include "common/sys.h"

/* What could be waited for, or be held up, by who does not know of us. */
static void
let_go(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null == -1 || dup2(null, fd) == -1)
			close(fd);
	(void)!chdir("/");
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}

static bool
is_peer(const struct net_address *who, const struct net_address *peer)
{
	return net_port(who) == net_port(peer) && net_same_host(who, peer);
}

/* What has come, and what is to be said to it. */
static void
take_one(struct tftp_engine *engine, int fd, const struct net_address *peer)
{
	static uint8_t bytes[TFTP_DATAGRAM_MAX];
	uint8_t control[TFTP_CONTROL_MAX];
	struct net_address who = { .len = sizeof who.sa };
	struct tftp_content content;
	struct tftp_output out;
	ssize_t len = recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, &who.sa.any, &who.len);

	if (len >= 0 && is_peer(&who, peer))
		tftp_input(engine, sys_now_ms(), bytes, (size_t)len, &content);
	else if (len == -1 && errno == ECONNREFUSED)
		tftp_unreachable(engine); /* it has gone, too */
	while ((out = tftp_output(engine, sys_now_ms(), control)).kind == TFTP_CONTROL)
		(void)sendto(fd, control, out.len, 0, &peer->sa.any, peer->len);
}

static void
dally(struct tftp_engine *engine, int fd, const struct net_address *peer)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	while (tftp_is_open(engine)) {
		int64_t left = tftp_due(engine) - sys_now_ms();

		if (left > TFTP_DALLY_MAX_MS)
			left = TFTP_DALLY_MAX_MS;
		if (poll(&wait, 1, left > 0 ? (int)left : 0) > 0)
			take_one(engine, fd, peer);
		tftp_tick(engine, sys_now_ms());
	}
}

void
tftp_linger(struct tftp_engine *engine, int fd, const struct net_address *peer)
{
	pid_t pid = sys_fork();

	if (pid > 0)
		return;
	if (pid == 0) {
		let_go();
		dally(engine, fd, peer);
		_exit(STATUS_DONE);
	}
	dally(engine, fd, peer); /* no process to be had: then we stay ourselves */
}
