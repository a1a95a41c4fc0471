/*
 * Guards: IPv4 only, the first address only, a lost reason, a dead socket file
 * that blocks a restart, a live or foreign one that is removed.
 */
#include "common/net.h"

#include <sys/stat.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "tests/unit/unit.h"

static struct net_error error;
static char directory[] = "/tmp/switchboard-unit-XXXXXX";

static struct net_listen_options
at(const char *address, const char *port)
{
	return (struct net_listen_options){ .address = address, .port = port, .backlog = 5 };
}

static const char *
port_of(int fd, char text[NET_TEXT_MAX])
{
	struct net_address address;

	ck_assert_int_eq(net_local_address(fd, &address), 0);
	net_format(&address, text);
	return strrchr(text, ':') + 1;
}

START_TEST(listens_and_connects)
{
	static const char *const addresses[] = { "127.0.0.1", "::1", "localhost" };
	struct net_listen_options options = at(addresses[_i], "0");
	struct net_address peer;
	char text[NET_TEXT_MAX];
	int fds[NET_LISTENERS_MAX], count = net_listen(&options, fds, &error), fd, on = 0;
	socklen_t len = sizeof on;

	ck_assert_msg(count >= 1, "%s", error.text);
	fd = net_connect(addresses[_i], port_of(fds[0], text), AF_UNSPEC, 5000, &peer, &error);
	ck_assert_msg(fd >= 0, "%s", error.text);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fds[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ck_assert_int_eq(fcntl(fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	ck_assert(on);
}
END_TEST

/* An accepted connection has what the listener was given; serve counts on it. */
START_TEST(accepted_connections_inherit_nodelay)
{
	struct net_listen_options options = at("127.0.0.1", "0");
	struct net_address peer = { .len = sizeof peer.sa };
	char text[NET_TEXT_MAX];
	int fds[NET_LISTENERS_MAX], on = 0, fd;
	socklen_t len = sizeof on;

	ck_assert_int_eq(net_listen(&options, fds, &error), 1);
	ck_assert_int_ge(
	    net_connect("127.0.0.1", port_of(fds[0], text), AF_INET, 5000, &peer, &error), 0);
	sys_set_nonblocking(fds[0], false);
	fd = sys_accept(fds[0], &peer.sa.any, &peer.len, false);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	ck_assert(on);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}
END_TEST

START_TEST(any_address_is_both_families_on_one_port)
{
	struct net_listen_options options = at(_i ? "*" : "", "0");
	char first[NET_TEXT_MAX], other[NET_TEXT_MAX];
	int fds[NET_LISTENERS_MAX], count = net_listen(&options, fds, &error);

	ck_assert_msg(count >= 1, "%s", error.text);
	for (int i = 1; i < count; i++)
		ck_assert_str_eq(port_of(fds[0], first), port_of(fds[i], other));
}
END_TEST

START_TEST(formats_addresses)
{
	struct net_address address = { .len = sizeof address.sa.in };
	char text[NET_TEXT_MAX];

	address.sa.in.sin_family = AF_INET;
	address.sa.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	net_set_port(&address, htons(7007));
	ck_assert_str_eq(net_format(&address, text), "127.0.0.1:7007");
	address = (struct net_address){ .len = sizeof address.sa.in6 };
	address.sa.in6.sin6_family = AF_INET6;
	address.sa.in6.sin6_addr = in6addr_loopback;
	net_set_port(&address, htons(80));
	ck_assert_str_eq(net_format(&address, text), "[::1]:80");
	ck_assert_int_eq(net_port(&address), htons(80));
	address = (struct net_address){ .len = sizeof(sa_family_t) }; /* an unnamed client */
	address.sa.un.sun_family = AF_UNIX;
	ck_assert_str_eq(net_format(&address, text), "unix:");
}
END_TEST

START_TEST(same_host_ignores_ports)
{
	struct net_address a = { .len = sizeof a.sa.in }, b, u = { .len = sizeof(sa_family_t) };

	a.sa.in.sin_family = AF_INET;
	a.sa.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b = a;
	net_set_port(&b, htons(9));
	ck_assert(net_same_host(&a, &b));
	b.sa.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	ck_assert(!net_same_host(&a, &b));
	u.sa.un.sun_family = AF_UNIX;
	ck_assert(!net_same_host(&u, &u));
	ck_assert(!net_same_host(&a, &u));
}
END_TEST

/* Guards against one customer counted as many, or all who come over IPv4 as one. */
static const struct {
	int family;
	const char *address, *network;
	size_t len;
} networks[] = {
	{ AF_INET, "192.0.2.7", "\xc0\0\2\7", 4 },
	{ AF_INET6, "::ffff:192.0.2.7", "\xc0\0\2\7", 4 },
	{ AF_INET6, "2001:db8:1:2:3:4:5:6", "\x20\1\xd\xb8\0\1\0\2", 8 },
	{ AF_INET6, "2001:db8:1:2::1", "\x20\1\xd\xb8\0\1\0\2", 8 },
	{ AF_UNIX, NULL, "", 0 },
};

START_TEST(a_network_is_who_counts_as_one)
{
	struct net_address address = { .len = sizeof address.sa };
	uint8_t bytes[NET_NETWORK_MAX];
	void *at = networks[_i].family == AF_INET ? (void *)&address.sa.in.sin_addr :
						    (void *)&address.sa.in6.sin6_addr;

	address.sa.any.sa_family = (sa_family_t)networks[_i].family;
	if (networks[_i].address)
		ck_assert_int_eq(inet_pton(networks[_i].family, networks[_i].address, at), 1);
	ck_assert_uint_eq(net_network(&address, bytes), networks[_i].len);
	ck_assert_mem_eq(bytes, networks[_i].network, networks[_i].len);
}
END_TEST

static const struct {
	const char *address, *port;
	int family;
	int code; /* 0: the name does not resolve */
	const char *says;
} failures[] = {
	{ "nosuch.invalid", "0", AF_UNSPEC, 0, "nosuch.invalid: " },
	{ "127.0.0.1", "0", AF_INET6, 0, "-6 asks for IPv6 only" },
	{ "::1", "0", AF_INET, 0, "-4 asks for IPv4 only" },
	{ "192.0.2.77", "0", AF_UNSPEC, EADDRNOTAVAIL, "no interface of this machine" },
	{ "unix:", "0", AF_UNSPEC, EINVAL, "a path must follow" },
	{ "unix:/nosuchdir/s", "0", AF_UNSPEC, ENOENT, "bind unix:/nosuchdir/s: ENOENT" },
};

START_TEST(listen_failures_say_why)
{
	struct net_listen_options options = at(failures[_i].address, failures[_i].port);
	int fds[NET_LISTENERS_MAX];

	options.family = failures[_i].family;
	ck_assert_int_eq(net_listen(&options, fds, &error), -1);
	ck_assert_int_eq(error.code, failures[_i].code);
	ck_assert_msg(strstr(error.text, failures[_i].says) != NULL, "%s", error.text);
}
END_TEST

START_TEST(a_path_too_long_is_refused)
{
	char path[300] = "unix:/tmp/";
	struct net_listen_options options = at(path, "0");
	int fds[NET_LISTENERS_MAX];
	struct net_address peer;

	memset(path + strlen(path), 'x', sizeof path - strlen(path) - 1);
	ck_assert_int_eq(net_listen(&options, fds, &error), -1);
	ck_assert_int_eq(error.code, ENAMETOOLONG);
	ck_assert_int_eq(net_connect(path, "0", AF_UNSPEC, 1000, &peer, &error), -1);
	ck_assert_int_eq(error.code, ENAMETOOLONG);
}
END_TEST

START_TEST(nobody_there_is_said)
{
	struct net_listen_options options = at("127.0.0.1", "0");
	char text[NET_TEXT_MAX];
	int fds[NET_LISTENERS_MAX];
	struct net_address peer;

	ck_assert_int_eq(net_listen(&options, fds, &error), 1);
	port_of(fds[0], text);
	close(fds[0]);
	ck_assert_int_eq(
	    net_connect("127.0.0.1", strrchr(text, ':') + 1, AF_UNSPEC, 5000, &peer, &error),
	    -1);
	ck_assert_int_eq(error.code, ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(error.text, "start the server first"));
}
END_TEST

/* A listener whose backlog is full does not answer: the time limit must hold. */
START_TEST(connect_gives_up_in_time)
{
	struct net_listen_options options = at("127.0.0.1", "0");
	char text[NET_TEXT_MAX];
	int fds[NET_LISTENERS_MAX], fd = 0, made = 0;
	struct net_address peer;
	int64_t start;

	options.backlog = 0;
	ck_assert_int_eq(net_listen(&options, fds, &error), 1);
	port_of(fds[0], text);
	for (start = sys_now_ms(); fd >= 0 && made < 100; made++) {
		start = sys_now_ms();
		fd = net_connect(
		    "127.0.0.1", strrchr(text, ':') + 1, AF_UNSPEC, 200, &peer, &error);
	}
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(error.code, ETIMEDOUT);
	ck_assert_int_ge(sys_now_ms() - start, 200);
	ck_assert_int_lt(sys_now_ms() - start, 10000);
}
END_TEST

static const char *
unix_path(const char *name)
{
	static char path[NET_TEXT_MAX];

	snprintf(path, sizeof path, "unix:%s/%s", directory, name);
	return path;
}

START_TEST(unix_socket_live_dead_and_foreign)
{
	struct net_listen_options options = at(unix_path("s"), "0");
	const char *file = options.address + strlen("unix:");
	int fds[NET_LISTENERS_MAX], more[NET_LISTENERS_MAX];
	struct net_address peer;
	struct stat status;

	ck_assert_int_eq(net_listen(&options, fds, &error), 1);
	ck_assert_int_ge(net_connect(options.address, "0", AF_UNSPEC, 5000, &peer, &error), 0);
	ck_assert_int_eq(net_listen(&options, more, &error), -1); /* live */
	ck_assert_int_eq(error.code, EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(error.text, "a server answers there"));
	close(fds[0]);
	log_open("unit", LOG_LEVEL_ERROR);
	ck_assert_int_eq(net_connect(options.address, "0", AF_UNSPEC, 5000, &peer, &error), -1);
	ck_assert_int_eq(error.code, ECONNREFUSED);
	ck_assert_int_eq(net_listen(&options, fds, &error), 1); /* dead: made anew */
	close(fds[0]);
	unlink(file);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(net_listen(&options, fds, &error), -1); /* a plain file stays */
	ck_assert_ptr_nonnull(strstr(error.text, "no socket"));
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert(S_ISREG(status.st_mode));
	unlink(file);
}
END_TEST

START_TEST(a_full_unix_backlog_gives_up_in_time)
{
	struct net_listen_options options = at(unix_path("full"), "0");
	int fds[NET_LISTENERS_MAX], fd = 0;
	struct net_address peer;

	options.backlog = 0;
	ck_assert_int_eq(net_listen(&options, fds, &error), 1);
	for (int i = 0; fd >= 0 && i < 100; i++)
		fd = net_connect(options.address, "0", AF_UNSPEC, 100, &peer, &error);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(error.code, ETIMEDOUT);
	unlink(options.address + strlen("unix:"));
}
END_TEST

START_TEST(binds_datagram_sockets)
{
	struct net_listen_options options = at("127.0.0.1", "0");
	int fds[NET_LISTENERS_MAX], type = 0;
	socklen_t len = sizeof type;

	ck_assert_int_eq(net_bind_udp(&options, fds, &error), 1);
	ck_assert_int_eq(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &type, &len), 0);
	ck_assert_int_eq(type, SOCK_DGRAM);
}
END_TEST

static void
make_directory(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void
remove_directory(void)
{
	rmdir(directory);
}

Suite *
net_suite(void)
{
	Suite *suite = suite_create("net");
	TCase *tcase = tcase_create("net");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, make_directory, remove_directory);
	tcase_add_loop_test(tcase, listens_and_connects, 0, 3);
	tcase_add_test(tcase, accepted_connections_inherit_nodelay);
	tcase_add_loop_test(tcase, any_address_is_both_families_on_one_port, 0, 2);
	tcase_add_test(tcase, formats_addresses);
	tcase_add_test(tcase, same_host_ignores_ports);
	tcase_add_loop_test(
	    tcase, a_network_is_who_counts_as_one, 0, sizeof networks / sizeof *networks);
	tcase_add_loop_test(
	    tcase, listen_failures_say_why, 0, sizeof failures / sizeof *failures);
	tcase_add_test(tcase, a_path_too_long_is_refused);
	tcase_add_test(tcase, nobody_there_is_said);
	tcase_add_test(tcase, connect_gives_up_in_time);
	tcase_add_test(tcase, unix_socket_live_dead_and_foreign);
	tcase_add_test(tcase, a_full_unix_backlog_gives_up_in_time);
	tcase_add_test(tcase, binds_datagram_sockets);
	suite_add_tcase(suite, tcase);
	return suite;
}
