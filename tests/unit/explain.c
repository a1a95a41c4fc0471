/*
 * Guards: "Address already in use" and nothing more.
 */
#include "common/explain.h"

#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char text[NET_ERROR_MAX];

static struct net_address
loopback(int family)
{
	struct net_address address = { 0 };

	address.sa.any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		address.len = sizeof address.sa.in;
		address.sa.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		address.len = sizeof address.sa.in6;
		address.sa.in6.sin6_addr = in6addr_loopback;
	}
	return address;
}

/* Bound by this very process, whatever the family, the kind, and the wildcard. */
START_TEST(names_the_holder)
{
	int family = _i & 1 ? AF_INET6 : AF_INET, type = _i & 2 ? SOCK_DGRAM : SOCK_STREAM;
	struct net_address address = loopback(family), mine;
	char pid[32];
	int fd = socket(family, type, 0);

	mine = address;
	if (_i & 4) /* held on every address */
		memset(
		    family == AF_INET ? (void *)&mine.sa.in.sin_addr : &mine.sa.in6.sin6_addr,
		    0, family == AF_INET ? 4 : 16);
	ck_assert_int_eq(bind(fd, &mine.sa.any, mine.len), 0);
	if (type == SOCK_STREAM)
		listen(fd, 1);
	ck_assert_int_eq(net_local_address(fd, &mine), 0);
	net_set_port(&address, net_port(&mine));
	explain_bind(text, sizeof text, &address, type, EADDRINUSE);
	snprintf(pid, sizeof pid, "held by pid %ld (", (long)getpid());
	ck_assert_msg(strncmp(text, pid, strlen(pid)) == 0, "%s", text);
}
END_TEST

/* The kernel keeps only so many connections in TIME_WAIT; then it keeps no more. */
static bool
time_wait_is_full(void)
{
	FILE *sockstat = fopen("/proc/net/sockstat", "r");
	FILE *limit = fopen("/proc/sys/net/ipv4/tcp_max_tw_buckets", "r");
	long waiting = 0, most = 0;
	char line[256];

	while (sockstat && fgets(line, sizeof line, sockstat))
		sscanf(line, "TCP: inuse %*d orphan %*d tw %ld", &waiting);
	if (limit && fgets(line, sizeof line, limit))
		sscanf(line, "%ld", &most);
	if (sockstat)
		fclose(sockstat);
	if (limit)
		fclose(limit);
	return waiting >= most - most / 10;
}

/* The side that closes first keeps the port for a while, with no process to hold it. */
START_TEST(tells_how_long_time_wait_lasts)
{
	struct net_address address = loopback(AF_INET), peer = { .len = sizeof peer.sa };
	int listener = socket(AF_INET, SOCK_STREAM, 0),
	    client = socket(AF_INET, SOCK_STREAM, 0);
	int served, seconds = 0;
	char byte;

	ck_assert_int_eq(bind(listener, &address.sa.any, address.len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(net_local_address(listener, &address), 0);
	ck_assert_int_eq(connect(client, &address.sa.any, address.len), 0);
	served = accept(listener, &peer.sa.any, &peer.len);
	close(listener);
	close(served);
	ck_assert_int_eq(read(client, &byte, 1), 0);
	close(client);
	if (time_wait_is_full()) {
		printf("skip explain: the kernel keeps no more connections in TIME_WAIT now\n");
		return;
	}
	explain_bind(text, sizeof text, &address, SOCK_STREAM, EADDRINUSE);
	ck_assert_msg(sscanf(text, "in TIME_WAIT for %d s more", &seconds) == 1, "%s", text);
	ck_assert_int_ge(seconds, 1);
	ck_assert_int_le(seconds, 60);
}
END_TEST

START_TEST(advises)
{
	struct net_address address = loopback(AF_INET);

	net_set_port(&address, htons(1));
	explain_bind(text, sizeof text, &address, SOCK_STREAM, EACCES);
	ck_assert_ptr_nonnull(strstr(text, "below 1024"));
	explain_connect(text, sizeof text, &address, ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(text, "start the server first"));
	explain_connect(text, sizeof text, &address, ENETUNREACH);
	ck_assert_ptr_nonnull(strstr(text, "route"));
	explain_connect(text, sizeof text, &address, EPIPE); /* nothing to add */
	ck_assert_str_eq(text, "");
}
END_TEST

Suite *
explain_suite(void)
{
	Suite *suite = suite_create("explain");
	TCase *tcase = tcase_create("explain");

	if (access("/proc/net/tcp", R_OK) == 0 && access("/proc/net/tcp6", R_OK) == 0) {
		tcase_add_loop_test(tcase, names_the_holder, 0, 8);
		tcase_add_test(tcase, tells_how_long_time_wait_lasts);
	} else {
		printf("skip explain: no /proc/net/tcp and tcp6 here\n");
	}
	tcase_add_test(tcase, advises);
	suite_add_tcase(suite, tcase);
	return suite;
}
