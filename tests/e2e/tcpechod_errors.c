/*
 * tcpechod: places where it cannot listen.
 *
 * Guards against an error that names a number where a cause is known: who holds the
 * port, how long TIME_WAIT lasts, what lies where the socket should be.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tcpechod.h"

/* It must fail with status 1 and one line that matches. */
static void
expect_failure_of(struct program *p, const char *regex)
{
	int status = program_await_exit(p);

	EXPECT(status == 1, "exit status %d, wanted 1", status);
	EXPECT(p->out.length == 0, "words on stdout: %s", p->out.text);
	EXPECT(stream_lines(&p->err) == 1, "%zu lines, wanted 1", stream_lines(&p->err));
	EXPECT(program_has_line(&p->err, regex), "no line like: %s", regex);
}

static void
expect_failure(const char *const *args, const char *regex)
{
	expect_failure_of(program_start(args), regex);
}

START_TEST(port_is_busy)
{
	struct program *server = server_start(_i, ARGS(NULL));
	const char *port = strchr(server->address[0], ':') + 1;
	char regex[300];

	snprintf(regex, sizeof regex,
	    "^tcpechod: bind 127\\.0\\.0\\.1:%s: EADDRINUSE \\(Address already in use\\): "
	    "held by pid %ld \\(tcpechod\\); stop it, or choose another port with -p$",
	    port, (long)server->pid);
	expect_failure(ARGS("-p", port), regex);
	client_visit(server->address[0]);
}
END_TEST

static bool
is_in_time_wait(const char *port)
{
	FILE *file = fopen("/proc/net/tcp", "re");
	unsigned local, state;
	bool found = false;
	char line[512];

	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
		found = sscanf(line, "%*s %*x:%x %*s %x", &local, &state) == 2 &&
			(int)local == atoi(port) && state == TCP_STATE_TIME_WAIT;
	if (file != NULL)
		fclose(file);
	return found;
}

/* Hang up on a client, so that the port is in TIME_WAIT; the table of those may be full. */
static bool
leave_time_wait(char address[ADDRESS_MAX])
{
	struct program *server = program_start(ARGS("-p", "0"));
	int fd;

	program_await_ready(server);
	snprintf(address, ADDRESS_MAX, "%s", server->address[0]);
	fd = client_open(address);
	client_echo(fd, "hello\n");
	program_signal(server, SIGTERM);
	client_hear_end(fd);
	close(fd);
	EXPECT(program_await_exit(server) == 0, "TERM: not exit status 0");
	return is_in_time_wait(strchr(address, ':') + 1);
}

START_TEST(port_is_in_time_wait)
{
	char regex[300], address[ADDRESS_MAX];
	const char *port;
	struct program *second;

	network_of_its_own(); /* or else it is the one of all: mostly good as well */
	for (int i = 0; !leave_time_wait(address); i++)
		EXPECT(i < 10, "the kernel keeps no TIME_WAIT: is its table full?");
	port = strchr(address, ':') + 1;
	snprintf(regex, sizeof regex,
	    "^tcpechod: bind 127\\.0\\.0\\.1:%s: EADDRINUSE \\(Address already in use\\): "
	    "in TIME_WAIT for [1-6]?[0-9] s more; .*SO_REUSEADDR",
	    port);
	expect_failure(ARGS("-R", "-p", port), regex);
	second = program_start(ARGS("-p", port));
	program_await_ready(second);
	client_visit(address);
}
END_TEST

START_TEST(port_is_for_root)
{
	struct program *p =
	    program_launch(&(struct launch){ .args = ARGS("-p", "1"), .no_low_ports = true });

	expect_failure_of(p,
	    "^tcpechod: bind 127\\.0\\.0\\.1:1: EACCES \\(Permission denied\\): "
	    "ports below 1024 are for root; ");
}
END_TEST

START_TEST(address_is_not_ours)
{
	expect_failure(ARGS("-p", "0", "-l", "192.0.2.77"),
	    "^tcpechod: bind 192\\.0\\.2\\.77:0: EADDRNOTAVAIL \\(");
}
END_TEST

START_TEST(name_is_unknown)
{
	expect_failure(
	    ARGS("-p", "0", "-l", "nosuch.invalid"), "^tcpechod: nosuch\\.invalid: [A-Z]");
}
END_TEST

START_TEST(family_does_not_fit)
{
	expect_failure(
	    ARGS("-p", "0", "-6", "-l", "127.0.0.1"), "^tcpechod: 127\\.0\\.0\\.1: .*-6");
	expect_failure(ARGS("-p", "0", "-4", "-l", "::1"), "^tcpechod: ::1: .*-4");
}
END_TEST

START_TEST(user_is_unknown)
{
	expect_failure(ARGS("-p", "0", "-u", "nosuchuser"), "^tcpechod: .*nosuchuser");
}
END_TEST

START_TEST(unix_path_is_live)
{
	char where[ADDRESS_MAX];
	struct program *server;

	snprintf(where, sizeof where, "unix:%s/echo", temporary_directory());
	server = server_start(_i, ARGS("-l", where));
	expect_failure(
	    ARGS("-l", where), "^tcpechod: .*EADDRINUSE \\(.*a server answers there");
	client_visit(server->address[0]);
}
END_TEST

START_TEST(unix_path_is_dead)
{
	char where[ADDRESS_MAX];
	struct program *server;
	struct stat st;

	snprintf(where, sizeof where, "unix:%s/echo", temporary_directory());
	server = server_start(_i, ARGS("-l", where));
	program_signal(server, SIGKILL);
	program_await_exit(server);
	EXPECT(stat(where + 5, &st) == 0, "the killed server left no socket behind");
	server = server_start(_i, ARGS("-l", where));
	program_await_line(server, &server->err, "^tcpechod: .*/echo");
	client_visit(where);
}
END_TEST

START_TEST(unix_path_is_no_socket)
{
	char where[ADDRESS_MAX], text[16] = "";
	int fd;

	snprintf(where, sizeof where, "unix:%s/diary", temporary_directory());
	fd = open(where + 5, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(fd != -1 && write(fd, "dear diary", 10) == 10, "cannot write %s", where + 5);
	expect_failure(ARGS("-l", where), "^tcpechod: .*/diary");
	close(fd);
	fd = open(where + 5, O_RDONLY | O_CLOEXEC);
	EXPECT(fd != -1 && read(fd, text, sizeof text) == 10 && strcmp(text, "dear diary") == 0,
	    "the file was touched");
	close(fd);
}
END_TEST

START_TEST(unix_path_is_nowhere)
{
	char where[ADDRESS_MAX];
	char long_path[200];

	snprintf(where, sizeof where, "unix:%s/no/such/place", temporary_directory());
	expect_failure(ARGS("-l", where), "^tcpechod: .*/no/such/place: ENOENT \\(");
	memset(long_path, 'x', sizeof long_path);
	memcpy(long_path, "unix:/tmp/", 10);
	long_path[sizeof long_path - 1] = '\0';
	expect_failure(ARGS("-l", long_path), "^tcpechod: ");
}
END_TEST

static const char *
missing_low_ports(void)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	int first = 1024;

	if (file != NULL) {
		(void)!fscanf(file, "%d", &first);
		fclose(file);
	}
	return first <= 1 ? "anybody may have port 1 here" : NULL;
}

void
tcpechod_errors(Suite *suite)
{
	const struct check checks[] = {
		OURS(port_is_busy, ALL_MODELS),
		OURS(port_is_in_time_wait, FORK),
		OURS(address_is_not_ours, FORK),
		OURS(name_is_unknown, FORK),
		OURS(family_does_not_fit, FORK),
		OURS(unix_path_is_live, FORK),
		OURS(unix_path_is_dead, FORK),
		OURS(unix_path_is_no_socket, FORK),
		OURS(unix_path_is_nowhere, FORK),
	};
	const struct check low_ports[] = { OURS(port_is_for_root, FORK) };
	const struct check as_root[] = { OURS(user_is_unknown, FORK) };

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_low_ports(), suite, low_ports, ARRAY_LENGTH(low_ports));
	harness_add_unless(missing_root(), suite, as_root, ARRAY_LENGTH(as_root));
}
