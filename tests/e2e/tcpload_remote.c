/*
 * tcpload: whose machine it loads.
 *
 * Guards against a slip of the keyboard that puts load on a server of other people.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpload.h"

static void
expect_refusal(struct program *p, const char *host)
{
	char line[200];

	program_expect_status(p, 2);
	snprintf(line, sizeof line, "^tcpload: %s is not this machine: .*--allow-remote", host);
	EXPECT(program_has_line(&p->err, line), "not told of %s", host);
	EXPECT(
	    stream_lines(&p->err) == 1 && p->out.length == 0, "it says more: %s", p->out.text);
}

START_TEST(refuses_other_machines)
{
	static const char *const hosts[] = { "192.0.2.1", "0.0.0.0", "128.0.0.1",
		"126.255.255.255", "2001:db8::1", "::" };

	for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++)
		expect_refusal(program_start(ARGS("-d", "0.1", "-p", "9", hosts[i])), hosts[i]);
}
END_TEST

/* 0.0.0.0 is not loopback, but leads here. */
START_TEST(allows_them_when_told)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);
	struct program *p =
	    program_start(ARGS("-n", "10", "-p", port, "--allow-remote", "0.0.0.0"));

	program_expect_status(p, 0);
	EXPECT(seen->bytes == 640, "%ld bytes", seen->bytes);
}
END_TEST

/* A name is refused if but one of its addresses is another machine's. */
START_TEST(looks_at_every_address_of_a_name)
{
	const char *port;
	struct seen *seen = peer_start(PEER_ECHO, &port);

	expect_refusal(
	    program_launch(&(struct launch){ .args = ARGS("-n", "10", "-p", port, "lab.test"),
		.hosts = "127.0.0.1 lab.test\n192.0.2.1 lab.test\n" }),
	    "lab\\.test");
	EXPECT(seen->connections == 0, "it called all the same");
	program_expect_status(
	    program_launch(&(struct launch){ .args = ARGS("-n", "10", "-p", port, "lab.test"),
		.hosts = "127.0.0.1 lab.test\n" }),
	    0);
}
END_TEST

START_TEST(calls_any_address_of_loopback)
{
	const char *port;
	int number, listener = port_reserve(AF_INET, &number);
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t length = sizeof any;
	struct seen *seen;
	struct program *p;
	char text[16];

	close(listener);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	EXPECT(bind(listener, (struct sockaddr *)&any, sizeof any) == 0 &&
		   listen(listener, 100) == 0 &&
		   getsockname(listener, (struct sockaddr *)&any, &length) == 0,
	    "cannot listen");
	snprintf(text, sizeof text, "%d", ntohs(any.sin_port));
	port = text;
	seen = peer_start_on(listener, PEER_ECHO);
	program_expect_status(program_start(ARGS("-n", "10", "-p", port, "127.3.2.1")), 0);
	p = load_run(port, ARGS("-R", "-S", "-n", "300"));
	program_expect_status(p, 0);
	EXPECT(strncmp(p->out.text, "127.0.0.1 to .200: ", 19) == 0, "%s", p->out.text);
	EXPECT(seen->connections == 16 + 300, "%ld connections", seen->connections);
}
END_TEST

START_TEST(loads_ipv6)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct seen *seen;
	struct program *p;
	char port[16];

	EXPECT(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
		   listen(listener, 100) == 0 &&
		   getsockname(listener, (struct sockaddr *)&address, &length) == 0,
	    "cannot listen");
	snprintf(port, sizeof port, "%d", ntohs(address.sin6_port));
	seen = peer_start_on(listener, PEER_ECHO);
	p = program_start(ARGS("-S", "-n", "100", "-p", port, "::1"));
	program_expect_status(p, 0);
	EXPECT(strncmp(p->out.text, "[::1]:", 6) == 0, "%s", p->out.text);
	EXPECT(seen->connections == 100, "%ld connections", seen->connections);
}
END_TEST

void
tcpload_remote(Suite *suite)
{
	const struct check checks[] = {
		OURS(refuses_other_machines, ONCE),
		OURS(allows_them_when_told, ONCE),
		OURS(calls_any_address_of_loopback, ONCE),
	};
	const struct check ipv6[] = {
		OURS(loads_ipv6, ONCE),
	};
	const struct check names[] = {
		OURS(looks_at_every_address_of_a_name, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_ipv6(), suite, ipv6, ARRAY_LENGTH(ipv6));
	harness_add_unless(missing_hosts(), suite, names, ARRAY_LENGTH(names));
}
