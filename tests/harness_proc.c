/*
 * harness: processes, their descriptors and their limits, as /proc shows them.
 *
 * Guards against what no client can see: zombies, descriptors that pile up, a
 * child that holds the listener, a parent that holds its clients.
 */
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

enum {
	PROCESSES_MAX = 4096,
	SOCKETS_MAX = 65536,
};

struct process {
	pid_t pid, parent;
	char state;
};

static bool
read_process(long pid, struct process *process)
{
	char path[64], text[512];
	const char *end;
	int fd, parent;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	end = strrchr(text, ')'); /* the name before it may hold anything */
	process->pid = (pid_t)pid;
	if (end == NULL || sscanf(end, ") %c %d", &process->state, &parent) != 2)
		return false;
	process->parent = parent;
	return true;
}

static bool
is_dead(const struct process *process)
{
	return process->state == 'Z' || process->state == 'X';
}

/* The children of a process, dead or alive. */
static size_t
list_children(pid_t parent, struct process *list, size_t capacity)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	EXPECT(proc != NULL, "/proc: %s", strerror(errno));
	while ((entry = readdir(proc)) != NULL && count < capacity)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    read_process(strtol(entry->d_name, NULL, 10), &list[count]) &&
		    list[count].parent == parent)
			count++;
	closedir(proc);
	return count;
}

bool
process_alive(pid_t pid)
{
	struct process process;

	return read_process(pid, &process) && !is_dead(&process);
}

char
process_state(pid_t pid)
{
	struct process process;

	return read_process(pid, &process) ? process.state : '\0';
}

size_t
process_children(pid_t pid, pid_t *children, size_t capacity)
{
	static struct process list[PROCESSES_MAX];
	size_t found = list_children(pid, list, PROCESSES_MAX);
	size_t count = 0;

	for (size_t i = 0; i < found; i++) {
		if (is_dead(&list[i]))
			continue;
		if (count < capacity)
			children[count] = list[i].pid;
		count++;
	}
	return count;
}

size_t
process_zombies(pid_t pid)
{
	static struct process list[PROCESSES_MAX];
	size_t found = list_children(pid, list, PROCESSES_MAX);
	size_t count = 0;

	for (size_t i = 0; i < found; i++)
		count += is_dead(&list[i]) ? 1 : 0;
	return count;
}

/*
 * Kill all children of `ancestor` but `spare`, and again until there are none:
 * orphans come to it. Only our own children are ours to reap.
 */
void
process_kill_descendants(pid_t ancestor, pid_t spare)
{
	struct process list[64];
	size_t count, killed;

	do {
		killed = 0;
		count = list_children(ancestor, list, ARRAY_LENGTH(list));
		for (size_t i = 0; i < count; i++) {
			if (list[i].pid == spare || (ancestor != getpid() && is_dead(&list[i])))
				continue;
			kill(list[i].pid, SIGKILL);
			if (ancestor == getpid())
				waitpid(list[i].pid, NULL, 0);
			killed++;
		}
	} while (killed > 0);
}

/* Call `look` on each descriptor's number and target; the sum of what it returns. */
static size_t
each_descriptor(pid_t pid, size_t (*look)(int, const char *, void *), void *arg)
{
	char path[64], target[256];
	struct dirent *entry;
	size_t sum = 0;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	EXPECT(dir != NULL, "%s: %s", path, strerror(errno));
	while ((entry = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
		if (n == -1)
			continue;
		target[n] = '\0';
		sum += look((int)strtol(entry->d_name, NULL, 10), target, arg);
	}
	closedir(dir);
	return sum;
}

static size_t
look_count(int fd, const char *target, void *arg)
{
	(void)fd;
	(void)target;
	(void)arg;
	return 1;
}

size_t
process_descriptors(pid_t pid)
{
	return each_descriptor(pid, look_count, NULL);
}

static size_t
look_mark(int fd, const char *target, void *arg)
{
	bool *used = arg;

	(void)target;
	if (fd < 1024)
		used[fd] = true;
	return 1;
}

int
process_free_descriptor(pid_t pid)
{
	bool used[1024] = { false };
	int fd = 0;

	each_descriptor(pid, look_mark, used);
	while (fd < 1023 && used[fd])
		fd++;
	return fd;
}

struct inodes {
	size_t count;
	unsigned long list[SOCKETS_MAX];
};

/* The inodes of all TCP sockets in a state. */
static void
read_inodes(const char *path, int wanted, struct inodes *inodes)
{
	FILE *file = fopen(path, "re");
	unsigned long inode;
	unsigned state;
	char line[512];

	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "%*s %*s %*s %x %*s %*s %*s %*s %*s %lu", &state, &inode) ==
			2 &&
		    (int)state == wanted && inodes->count < SOCKETS_MAX)
			inodes->list[inodes->count++] = inode;
	if (file != NULL)
		fclose(file);
}

static size_t
look_inode(int fd, const char *target, void *arg)
{
	const struct inodes *inodes = arg;
	unsigned long inode;

	(void)fd;
	if (sscanf(target, "socket:[%lu]", &inode) != 1)
		return 0;
	for (size_t i = 0; i < inodes->count; i++)
		if (inodes->list[i] == inode)
			return 1;
	return 0;
}

size_t
process_sockets(pid_t pid, int tcp_state)
{
	static struct inodes inodes;

	inodes.count = 0;
	read_inodes("/proc/net/tcp", tcp_state, &inodes);
	read_inodes("/proc/net/tcp6", tcp_state, &inodes);
	return each_descriptor(pid, look_inode, &inodes);
}

/* The effective id in a line of /proc/PID/status: "Uid:" or "Gid:". */
static unsigned
read_id(pid_t pid, const char *name)
{
	char path[64], line[256];
	unsigned id = UINT_MAX;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	file = fopen(path, "re");
	EXPECT(file != NULL, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			sscanf(line + strlen(name), "%*u %u", &id);
	fclose(file);
	EXPECT(id != UINT_MAX, "%s: no %s", path, name);
	return id;
}

uid_t
process_user(pid_t pid)
{
	return read_id(pid, "Uid:");
}

long
process_ticks(pid_t pid)
{
	char path[64], text[1024];
	long user, system;
	const char *end;
	FILE *file;
	size_t n;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	file = fopen(path, "re");
	EXPECT(file != NULL, "%s: %s", path, strerror(errno));
	n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	end = strrchr(text, ')');
	EXPECT(
	    end != NULL && sscanf(end, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
			       &user, &system) == 2,
	    "%s: unexpected", path);
	return user + system;
}

/* What /proc tells of one thread: how long it ran, and how long it waited for its turn. */
static int64_t
thread_busy_ns(const char *path)
{
	long long ran = 0, waited = 0;
	FILE *file = fopen(path, "re");

	if (file == NULL) /* it has just ended */
		return 0;
	if (fscanf(file, "%lld %lld", &ran, &waited) != 2)
		ran = waited = 0;
	fclose(file);
	return ran + waited;
}

int64_t
process_busy_ms(pid_t pid)
{
	char path[64], thread[400];
	const struct dirent *entry;
	int64_t sum = 0;
	DIR *tasks;

	snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
	tasks = opendir(path);
	EXPECT(tasks != NULL, "%s: %s", path, strerror(errno));
	while ((entry = readdir(tasks)) != NULL) {
		snprintf(thread, sizeof thread, "%s/%s/schedstat", path, entry->d_name);
		if (entry->d_name[0] != '.')
			sum += thread_busy_ns(thread);
	}
	closedir(tasks);
	return sum / 1000000;
}

/*
 * Set a soft limit of a running process. prlimit(2) asks for the same user, or for
 * a capability that root may lack, so a helper becomes that user first.
 */
void
process_limit(pid_t pid, int resource, rlim_t soft)
{
	uid_t uid = read_id(pid, "Uid:");
	gid_t gid = read_id(pid, "Gid:");
	int status;
	pid_t helper = fork();

	if (helper == 0) {
		struct rlimit limit;

		if (uid != geteuid() &&
		    (setgroups(0, NULL) == -1 || setresgid(gid, gid, gid) == -1 ||
			setresuid(uid, uid, uid) == -1))
			_exit(1);
		if (prlimit(pid, (__rlimit_resource_t)resource, NULL, &limit) == -1)
			_exit(2);
		limit.rlim_cur = soft > limit.rlim_max ? limit.rlim_max : soft;
		_exit(prlimit(pid, (__rlimit_resource_t)resource, &limit, NULL) == -1 ? 3 : 0);
	}
	EXPECT(helper != -1 && waitpid(helper, &status, 0) == helper && status == 0,
	    "cannot limit pid %ld", (long)pid);
}
