/*
 * serve_start: becoming a daemon, giving up root, sockets passed by others, and the
 * ready line.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/num.h"
#include "common/serve_internal.h"
#include "common/sys.h"

enum {
	PASSED_FIRST = 3, /* SD_LISTEN_FDS_START: sd_listen_fds(3) */
};

bool
serve_is_listener(int fd)
{
	socklen_t len = sizeof(int);
	int listening = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening;
}

/* How many descriptors whoever started us passes, by systemd's convention. 0: none. */
static int
count_passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t pid_number, count;

	if (pid == NULL || fds == NULL || num_parse(pid, 1, INT32_MAX, &pid_number) == -1 ||
	    pid_number != getpid() || num_parse(fds, 1, NET_LISTENERS_MAX, &count) == -1)
		return 0;
	return (int)count;
}

bool
serve_is_remote(const struct serve_options *options)
{
	int passed = count_passed(), first = passed ? PASSED_FIRST : STDIN_FILENO;
	struct net_address own;

	if (!options->inetd)
		return !net_listens_locally(options->address, options->family);
	for (int i = 0; i < (passed ? passed : 1); i++)
		if (net_local_address(first + i, &own) == 0 && !net_is_loopback(&own))
			return true;
	return false;
}

/*
 * Datagram sockets that were passed (-i): into `sockets`, and how many. 0: none.
 */
int
serve_passed_datagrams(struct pollfd sockets[NET_LISTENERS_MAX])
{
	int passed = count_passed(), first = passed ? PASSED_FIRST : STDIN_FILENO, count = 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	for (int i = 0; i < (passed ? passed : 1); i++) {
		socklen_t len = sizeof(int);
		int type = 0;

		if (getsockopt(first + i, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ||
		    type != SOCK_DGRAM)
			continue;
		sockets[count++] = (struct pollfd){ .fd = first + i, .events = POLLIN };
		fcntl(first + i, F_SETFD, FD_CLOEXEC);
	}
	return count;
}

/*
 * Find what was passed. Listeners go into server->listeners. Returns the
 * descriptor to talk on when it is one client instead, else -1.
 */
int
serve_passed_sockets(struct server *server)
{
	int count = count_passed(), first = count ? PASSED_FIRST : STDIN_FILENO;

	unsetenv("LISTEN_PID"); /* meant for us, not for what we may start */
	unsetenv("LISTEN_FDS");
	if (!serve_is_listener(first))
		return first;
	for (int i = 0; i < (count ? count : 1); i++) {
		struct pollfd *listener = &server->listeners[server->listener_count];

		if (!serve_is_listener(first + i))
			continue;
		*listener = (struct pollfd){ .fd = first + i, .events = POLLIN };
		sys_set_nonblocking(listener->fd, true);
		fcntl(listener->fd, F_SETFD, FD_CLOEXEC);
		server->listener_count++;
	}
	server->passed = true;
	return -1;
}

/*
 * Go into the background. The first process stays until the daemon is ready or
 * has failed, and exits with the daemon's status, so that whoever started it
 * knows. Returns, in the daemon only, 0 and a descriptor for serve_daemon_ready.
 */
int
serve_daemonise(int *ready_fd)
{
	int ends[2], status = 0;
	char byte;
	pid_t pid;

	if (pipe(ends) == -1)
		return -1;
	pid = fork();
	if (pid == -1)
		return -1;
	if (pid > 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 1)
			_exit(STATUS_DONE);
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_FAILED);
	}
	close(ends[0]);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	setsid();
	log_as_parent();
	*ready_fd = ends[1];
	return 0;
}

/* The ready line is out: let go of the terminal and of the process that waits. */
void
serve_daemon_ready(int ready_fd)
{
	int null = open("/dev/null", O_RDWR);
	ssize_t n;

	log_to_syslog();
	for (int fd = STDIN_FILENO; null != -1 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	if (chdir("/") == -1)
		log_error("chdir /:");
	n = write(ready_fd, "", 1);
	(void)n; /* nobody waits: nobody to tell */
	close(ready_fd);
}

/* Whose rights a server has that was started as root. */
static const char *
user_name(const struct serve_options *options)
{
	return options->user ? options->user : "nobody";
}

int
serve_check_as_user(
    const struct serve_options *options, int (*check)(const void *arg), const void *arg)
{
	const struct passwd *user = getpwnam(user_name(options));
	int result;

	if (geteuid() != 0 || user == NULL || user->pw_uid == 0)
		return check(arg); /* serve_run tells of users who are none */
	if (seteuid(user->pw_uid) == -1) {
		log_error("become user %s:", user_name(options));
		return -1;
	}
	result = check(arg);
	return seteuid(0) == -1 ? -1 : result;
}

static int
look_into(const void *arg)
{
	const int *folder = arg;
	struct stat st;

	return fstatat(*folder, ".", &st, 0);
}

int
serve_check_folder(const struct serve_options *options, int folder, const char *name)
{
	if (serve_check_as_user(options, look_into, &folder) == 0)
		return 0;
	if (geteuid() == 0)
		log_error("%s: user %s, who is to serve it, may not look into it; let that "
			  "user in (chmod a+rx), or name its owner with -u:",
		    name, user_name(options));
	else
		log_error("%s:", name);
	return -1;
}

/* Sockets are bound: whoever we were, no session runs as root. 0, or -1. */
int
serve_give_up_root(const struct serve_options *options)
{
	int (*become)(uid_t, gid_t) = options->become ? options->become : sys_become;
	const char *name = user_name(options);
	const struct passwd *user;

	if (geteuid() != 0) {
		if (options->user)
			log_notice("not started as root: -u %s is skipped", options->user);
		return 0;
	}
	user = getpwnam(name);
	if (user == NULL) {
		log_error("-u: there is no user %s", name);
		return -1;
	}
	if (user->pw_uid == 0) {
		log_error("-u: %s is root; clients are not served as root", name);
		return -1;
	}
	if (become(user->pw_uid, user->pw_gid) == -1) {
		log_error("become user %s:", name);
		return -1;
	}
	log_notice("root given up: now user %s", name);
	return 0;
}

/* The promise to whoever waits for us: one line, once clients can call. */
void
serve_print_ready(const char *name, const char *kind, const struct pollfd *sockets, int count)
{
	char line[64 + NET_LISTENERS_MAX * NET_TEXT_MAX], text[NET_TEXT_MAX];
	int used = snprintf(line, sizeof line, "%s: listening on", name);

	for (int i = 0; i < count; i++) {
		struct net_address address;

		if (net_local_address(sockets[i].fd, &address) == -1)
			continue;
		used += snprintf(line + used, sizeof line - (size_t)used, "%s%s %s",
		    i == 0 && address.sa.any.sa_family != AF_UNIX ? " " : "",
		    i == 0 && address.sa.any.sa_family != AF_UNIX ? kind : "",
		    net_format(&address, text));
	}
	if (dprintf(STDOUT_FILENO, "%s\n", line) < 0)
		log_error("standard output:");
}

/* inetd gives us the socket as stderr too; our log is not for the client. */
void
serve_keep_log_from(int fd)
{
	struct stat client, log;

	if (fstat(fd, &client) == 0 && S_ISSOCK(client.st_mode) &&
	    (fstat(STDERR_FILENO, &log) == -1 ||
		(log.st_dev == client.st_dev && log.st_ino == client.st_ino)))
		log_to_syslog();
}
