/*
 * harness: addresses to connect to, ports and directories of a test's own.
 *
 * Guards against fixed ports and paths, with which two runs at once would meet.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	FIRST_PORT = 10000, /* and PORTS more: below what kernels hand out themselves */
	PORTS = 20000,
	STRIDE = 4099, /* from one to the next: those in TIME_WAIT often stand in a row */
};

static char directory[64];

struct place {
	struct sockaddr_storage address;
	socklen_t length;
};

static struct place
place_unix(const char *path)
{
	struct place place = { .length = sizeof(struct sockaddr_un) };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	EXPECT(strlen(path) < sizeof sun.sun_path, "path too long: %s", path);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s", path);
	memcpy(&place.address, &sun, sizeof sun);
	return place;
}

/* "HOST:PORT", "[IPV6]:PORT" or "unix:PATH"; a server on all addresses is on loopback. */
static struct place
place_of(const char *text)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	struct addrinfo *found;
	struct place place = { 0 };
	char host[ADDRESS_MAX], *port, *name = host;
	int error;

	if (strncmp(text, "unix:", 5) == 0)
		return place_unix(text + 5);
	snprintf(host, sizeof host, "%s", text);
	port = strrchr(host, ':');
	EXPECT(port != NULL, "no HOST:PORT: %s", text);
	*port++ = '\0';
	if (*name == '[' && name[strlen(name) - 1] == ']') {
		name[strlen(name) - 1] = '\0';
		name++;
	}
	error = getaddrinfo(name, port, &hints, &found);
	EXPECT(error == 0, "%s: %s", text, gai_strerror(error));
	memcpy(&place.address, found->ai_addr, found->ai_addrlen);
	place.length = found->ai_addrlen;
	freeaddrinfo(found);
	return place;
}

static int
begin(const char *address, const char *source)
{
	struct place to = place_of(address);
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(to.address.ss_family, type, 0);
	char local[ADDRESS_MAX];

	EXPECT(fd != -1, "socket: %s", strerror(errno));
	if (source != NULL) {
		struct place from;

		snprintf(local, sizeof local, "%s:0", source);
		from = place_of(local);
		EXPECT(bind(fd, (struct sockaddr *)&from.address, from.length) == 0,
		    "bind %s: %s", source, strerror(errno));
	}
	/* EAGAIN: a unix listener's backlog is full, and only asking again can tell */
	while (connect(fd, (struct sockaddr *)&to.address, to.length) == -1 &&
	       errno != EINPROGRESS) {
		EXPECT(errno == EAGAIN, "connect %s: %s", address, strerror(errno));
		poll(NULL, 0, 1);
	}
	return fd;
}

int
client_begin(const char *address)
{
	return begin(address, NULL);
}

/* ---- datagrams ---- */

int
udp_client_open_from(const char *address, const char *source)
{
	struct place to = place_of(address), from;
	int fd = socket(to.address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	EXPECT(fd != -1, "socket: %s", strerror(errno));
	if (source != NULL) {
		from = place_of(source);
		EXPECT(bind(fd, (struct sockaddr *)&from.address, from.length) == 0,
		    "bind %s: %s", source, strerror(errno));
	}
	EXPECT(connect(fd, (struct sockaddr *)&to.address, to.length) == 0, "connect %s: %s",
	    address, strerror(errno));
	return fd;
}

int
udp_client_open(const char *address)
{
	return udp_client_open_from(address, NULL);
}

static int
connect_error(int fd)
{
	int error = 0;
	socklen_t length = sizeof error;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	return error;
}

int
client_open_from(const char *address, const char *source)
{
	int fd = begin(address, source);
	int error;

	EXPECT(
	    await_events(fd, POLLOUT, now_ms() + WAIT_MS) != 0, "no answer from %s", address);
	error = connect_error(fd);
	EXPECT(error == 0, "connect %s: %s", address, strerror(error));
	return fd;
}

int
client_open(const char *address)
{
	return client_open_from(address, NULL);
}

bool
client_is_refused(const char *address)
{
	struct place to = place_of(address);
	int fd = socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused = connect(fd, (struct sockaddr *)&to.address, to.length) == -1 &&
		       (errno == ECONNREFUSED || errno == ENOENT);

	close(fd);
	return refused;
}

void
client_local_address(int fd, char address[ADDRESS_MAX])
{
	struct sockaddr_in local;
	socklen_t length = sizeof local;
	char host[INET_ADDRSTRLEN];

	EXPECT(getsockname(fd, (struct sockaddr *)&local, &length) == 0, "getsockname: %s",
	    strerror(errno));
	inet_ntop(AF_INET, &local.sin_addr, host, sizeof host);
	snprintf(address, ADDRESS_MAX, "%s:%d", host, ntohs(local.sin_port));
}

static int
bind_port(int family, int port)
{
	struct place place = place_of(family == AF_INET6 ? "[::1]:0" : "127.0.0.1:0");
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (family == AF_INET6)
		((struct sockaddr_in6 *)&place.address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)&place.address)->sin_port = htons((uint16_t)port);
	if (bind(fd, (struct sockaddr *)&place.address, place.length) == 0)
		return fd;
	close(fd);
	return -1;
}

int
port_reserve(int family, int *port)
{
	static unsigned turn;
	int fd = -1;

	for (int tries = 0; fd == -1 && tries < 100; tries++) {
		*port = FIRST_PORT + (int)(((unsigned)getpid() * 7919U + turn) % PORTS);
		fd = bind_port(family, *port);
		turn += STRIDE;
	}
	return fd;
}

int
listener_open(int backlog, char address[ADDRESS_MAX])
{
	int port, fd = port_reserve(AF_INET, &port);

	EXPECT(fd != -1 && listen(fd, backlog) == 0, "listen: %s", strerror(errno));
	snprintf(address, ADDRESS_MAX, "127.0.0.1:%d", port);
	return fd;
}

int
listener_take(int listener)
{
	int fd;

	EXPECT(await_events(listener, POLLIN, now_ms() + WAIT_MS) != 0, "nobody has called");
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	EXPECT(fd != -1, "accept: %s", strerror(errno));
	return fd;
}

bool
network_of_its_own(void)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	bool up = false;
	int fd;

	if (unshare(CLONE_NEWNET) == -1)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1) {
		up = ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
		close(fd);
	}
	EXPECT(up, "its own loopback does not come up: %s", strerror(errno));
	return true;
}

const char *
temporary_directory(void)
{
	if (*directory == '\0') {
		snprintf(directory, sizeof directory, "/tmp/e2e.XXXXXX");
		EXPECT(mkdtemp(directory) != NULL, "mkdtemp: %s", strerror(errno));
		EXPECT(chmod(directory, 0755) == 0, "chmod: %s", strerror(errno));
	}
	return directory;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void
harness_remove_directories(void)
{
	if (*directory != '\0')
		nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	*directory = '\0';
}
