/*
 * explain: why a bind or a connect failed, and what to do about it.
 *
 * Linux tells in /proc which socket has a port: /proc/net/tcp has a line for each
 * (proc(5)), with the socket's inode; /proc/PID/fd/N is a link "socket:[inode]" in
 * the process that holds it. A socket in TIME_WAIT belongs to no process any more
 * (inode 0) and its timer tells when it goes. Without /proc nothing is found and
 * the advice stays general.
 */
#include "common/explain.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	STATE_FIN_WAIT2 = 5, /* the numbers of the column "st" */
	STATE_TIME_WAIT = 6,
	STATE_LISTEN = 10,
	TICKS_PER_SECOND = 100, /* USER_HZ, the unit of "tm->when" */
	COMMAND_MAX = 16,	/* TASK_COMM_LEN */
};

/* What /proc/net says of the sockets that have a port. */
struct port_users {
	unsigned long inode;	  /* of a live socket; 0: none */
	unsigned long wait_ticks; /* the longest TIME_WAIT left */
	unsigned uid;
};

/* Whether two addresses claim the same one: equal, or either is the wildcard. */
static bool
addresses_clash(const unsigned char *a, const unsigned char *b, size_t len)
{
	static const unsigned char any[16];

	return memcmp(a, b, len) == 0 || memcmp(a, any, len) == 0 || memcmp(b, any, len) == 0;
}

/* "0100007F" or four such words: each is 32 bits of the address as the host stores them. */
static bool
parse_hex_address(const char *text, unsigned char out[16], size_t len)
{
	for (size_t i = 0; i < len; i += 4, text += 8) {
		uint32_t word;

		if (sscanf(text, "%8x", &word) != 1)
			return false;
		memcpy(out + i, &word, 4);
	}
	return true;
}

/* Take note of one line of /proc/net/tcp if it has our port. */
static void
note_line(struct port_users *users, const char *line, const unsigned char *want, size_t len,
    unsigned want_port)
{
	char local[40];
	unsigned char have[16];
	unsigned port, state, uid;
	unsigned long inode, ticks;

	if (sscanf(line,
		" %*d: %39[0-9A-F]:%4x %*[0-9A-F]:%*x %2x %*x:%*x %*x:%8lx %*x %u %*d %lu",
		local, &port, &state, &ticks, &uid, &inode) != 6)
		return;
	if (port != want_port || strlen(local) != 2 * len ||
	    !parse_hex_address(local, have, len) || !addresses_clash(have, want, len))
		return;
	if (state == STATE_TIME_WAIT || (state == STATE_FIN_WAIT2 && inode == 0)) {
		if (ticks > users->wait_ticks)
			users->wait_ticks = ticks;
	} else if (users->inode == 0 || state == STATE_LISTEN) {
		users->inode = inode;
		users->uid = uid;
	}
}

static void
find_port_users(struct port_users *users, const struct net_address *address, int type)
{
	bool six = address->sa.any.sa_family == AF_INET6;
	const void *bytes = six ? (const void *)&address->sa.in6.sin6_addr :
				  (const void *)&address->sa.in.sin_addr;
	const char *path = type == SOCK_STREAM ? (six ? "/proc/net/tcp6" : "/proc/net/tcp") :
						 (six ? "/proc/net/udp6" : "/proc/net/udp");
	unsigned char want[16] = { 0 };
	FILE *table = fopen(path, "re");
	char line[512];

	if (table == NULL)
		return;
	memcpy(want, bytes, six ? 16 : 4);
	while (fgets(line, sizeof line, table))
		note_line(users, line, want, six ? 16 : 4, ntohs(net_port(address)));
	fclose(table);
}

/* The inode of a socket bound to a path, from /proc/net/unix; 0 if there is none. */
static unsigned long
find_unix_inode(const char *path)
{
	FILE *table = fopen("/proc/net/unix", "re");
	unsigned long inode, found = 0;
	char line[512], name[256];

	if (table == NULL)
		return 0;
	while (found == 0 && fgets(line, sizeof line, table))
		if (sscanf(line, "%*s %*s %*s %*s %*s %*s %lu %255[^\n]", &inode, name) == 2 &&
		    strcmp(name, path) == 0)
			found = inode;
	fclose(table);
	return found;
}

/* Whether process `pid` holds the socket that `link` ("socket:[N]") names. */
static bool
process_holds(const char *pid, const char *link)
{
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);

		target[n > 0 ? n : 0] = '\0';
		found = strcmp(target, link) == 0;
	}
	closedir(dir);
	return found;
}

/* The name of a process; the empty string if it is gone. */
static void
read_command(const char *pid, char command[COMMAND_MAX + 1])
{
	char path[300];
	FILE *file;

	*command = '\0';
	snprintf(path, sizeof path, "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(command, COMMAND_MAX + 1, file))
		command[strcspn(command, "\n")] = '\0';
	fclose(file);
}

/* Say which process has a socket; its user when the process may not be looked into. */
static void
describe_holder(char *text, size_t cap, unsigned long inode, unsigned uid)
{
	char link[64], command[COMMAND_MAX + 1];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	snprintf(text, cap, "held by a process of user %u", uid);
	if (dir == NULL)
		return;
	snprintf(link, sizeof link, "socket:[%lu]", inode);
	while ((entry = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)*entry->d_name) ||
		    !process_holds(entry->d_name, link))
			continue;
		read_command(entry->d_name, command);
		snprintf(text, cap, "held by pid %.10s (%s)", entry->d_name, command);
		break;
	}
	closedir(dir);
}

static void
explain_in_use(char *text, size_t cap, const struct net_address *address, int type)
{
	struct port_users users = { 0 };
	char holder[128];
	unsigned long inode;

	if (address->sa.any.sa_family == AF_UNIX) {
		inode = find_unix_inode(address->sa.un.sun_path);
		if (inode == 0) {
			snprintf(text, cap,
			    "the file exists and is no socket of a server; "
			    "choose another path");
			return;
		}
		describe_holder(holder, sizeof holder, inode, (unsigned)getuid());
		snprintf(text, cap,
		    "a server answers there: %s; stop it, or choose another path", holder);
		return;
	}
	find_port_users(&users, address, type);
	if (users.inode) {
		describe_holder(holder, sizeof holder, users.inode, users.uid);
		snprintf(text, cap, "%s; stop it, or choose another port with -p", holder);
	} else if (users.wait_ticks) {
		snprintf(text, cap,
		    "in TIME_WAIT for %lu s more; to restart at once, set SO_REUSEADDR in each "
		    "run, the last one too (no -R)",
		    (users.wait_ticks + TICKS_PER_SECOND - 1) / TICKS_PER_SECOND);
	} else {
		snprintf(text, cap, "another socket has this port; choose another with -p");
	}
}

void
explain_bind(char *text, size_t cap, const struct net_address *address, int type, int error)
{
	const char *advice = "";

	switch (error) {
	case EADDRINUSE:
		explain_in_use(text, cap, address, type);
		return;
	case EACCES:
		advice = address->sa.any.sa_family == AF_UNIX ?
			     "you may not write to that directory; choose another path" :
			     "ports below 1024 are for root; choose one from 1024 on with -p";
		break;
	case EADDRNOTAVAIL:
		advice = "no interface of this machine has that address; `ip addr` lists them";
		break;
	case EAFNOSUPPORT:
		advice = "this machine does not speak that family of addresses";
		break;
	case EMFILE:
		advice = "raise the limit of open files (ulimit -n)";
		break;
	}
	snprintf(text, cap, "%s", advice);
}

void
explain_connect(char *text, size_t cap, const struct net_address *address, int error)
{
	const char *advice = "";

	switch (error) {
	case ECONNREFUSED:
		advice = "no one listens there; start the server first";
		break;
	case ENOENT:
		advice =
		    "no one listens there: the socket does not exist; start the server first";
		break;
	case EACCES:
		advice = address->sa.any.sa_family == AF_UNIX ?
			     "you may not write to that socket" :
			     "a broadcast address, or a firewall, forbids it";
		break;
	case ETIMEDOUT:
		advice =
		    "no answer: the machine is off, a firewall drops the call, or the server's "
		    "backlog is full";
		break;
	case EHOSTUNREACH:
	case ENETUNREACH:
		advice = "no route leads there; `ip route` shows those there are";
		break;
	case EADDRNOTAVAIL:
		advice = "no free port is left here, or the address is none to call";
		break;
	case ECANCELED:
		advice = "interrupted";
		break;
	}
	snprintf(text, cap, "%s", advice);
}
