/*
 * spawn: run a program with pipes in a group of its own, and end all of it.
 *
 *	parent                             child
 *	pipe x 4, fork  ---------------->  setsid: leads its own session and group
 *	                                   signals, descriptors, limits, directory
 *	read the report <----------------  execve fails: errno, and which step
 *	                <----------------  execve succeeds: the report's pipe closes
 *	write in, read out and err
 *	spawn_check ...                    ... exits
 *
 * The program gets three pipes as its descriptors 0, 1 and 2 and no other descriptor,
 * no signal handled, blocked or ignored, no controlling terminal, and just the
 * environment it is given. That it could not be executed is told by errno, not by a
 * status that the program itself could have returned.
 *
 * What a program starts ends with it: when its first process has ended, or spawn_signal
 * is used, the rest of its group is signalled too, and where the kernel lets us adopt
 * orphans (Linux) even those that left the group.
 *
 * One program at a time in a process, which must have no other children: whoever is
 * adopted is known only by being a child. Nobody else may wait(2) meanwhile.
 */
#ifndef COMMON_SPAWN_H
#define COMMON_SPAWN_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct spawn_limits { /* 0: none */
	uint64_t cpu_s;
	uint64_t memory;    /* bytes of address space */
	uint64_t processes; /* of this user in all, not of this program */
};

struct spawn_program {
	const char *const *argv; /* argv[0] without a slash is sought in `path`; NULL ends it */
	const char *const *env;	 /* all of it; NULL ends it */
	const char *path;	 /* folders, separated by colons */
	const char *directory;	 /* to run in; NULL: here */
	mode_t umask;
	struct spawn_limits limits;
};

enum spawn_state {
	SPAWN_RUNS,
	SPAWN_REST, /* its first process has ended; others are being ended */
	SPAWN_GONE, /* nobody is left */
};

struct spawned {
	pid_t pid;	  /* of its first process and its group */
	int in, out, err; /* our ends of its pipes: non-blocking; -1: closed */
	enum spawn_state state;
	int status; /* of its first process, as from waitpid; from SPAWN_REST on */
};

/* Become the one who inherits orphans, where there is such a thing. Once, before all. */
void spawn_adopt_orphans(void);

/*
 * Start it. 0, or -1 with errno and *step, what has failed: "pipe", "fork", "chdir",
 * "setrlimit" or "execve". The pipes are the caller's to close, with spawn_close.
 */
int
spawn_start(const struct spawn_program *program, struct spawned *spawned, const char **step);

/* How far it is; never waits. Call it after SIGCHLD and when a pipe has ended. */
enum spawn_state spawn_check(struct spawned *spawned);

/* A signal to all of it that is still there. */
void spawn_signal(const struct spawned *spawned, int signal);

/* Close a pipe if it is open, and mark it so. */
void spawn_close(int *fd);

/* Let a pipe hold more, for a program that writes much. Where there is no way, nothing. */
void spawn_widen(int fd);

#endif
