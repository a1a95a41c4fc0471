/*
 * sys: the system's extensions beyond POSIX.1-2008, each with a plain fallback.
 *
 * This is the one place of the suite that knows which kernel it runs on. With
 * PORTABLE defined (make PORTABLE=1) only the fallbacks are built, and the same
 * tests must pass.
 */
#ifndef COMMON_SYS_H
#define COMMON_SYS_H

#include <sys/socket.h>
#include <sys/types.h>

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * socket(2), close-on-exec; non-blocking if asked. A descriptor, or -1 with errno.
 */
int sys_socket(int family, int type, int protocol, bool nonblocking);

/*
 * accept(2): the new descriptor is close-on-exec, and non-blocking only if asked, whatever
 * the listener is. Errors as accept(2).
 */
int sys_accept(int listener, struct sockaddr *peer, socklen_t *peer_len, bool nonblocking);

/*
 * Where the client speaks first: let accept(2) give only callers of whom something has
 * come, or who have been silent for a second or so. A wish: where there is no such
 * option, nothing.
 */
void sys_defer_accept(int listener);

/*
 * Let a TCP socket that stays within this machine send as fast as its peer takes. Before
 * connect(2), or on a listener, for all that it accepts. A system that sends by BBR paces
 * every connection with timers. Between machines that keeps queues short; here there is
 * no queue, and the timers interrupt whoever is at work on the other end. A wish.
 */
void sys_send_unpaced(int fd);

/* How many processors this process may use: 1 to `most`. */
int sys_processors(int most);

/* pipe(2), both ends close-on-exec and non-blocking. 0, or -1 with errno. */
int sys_pipe(int ends[2]);

/*
 * Open /dev/null as whichever of descriptors 0, 1 and 2 are closed: else the next
 * socket would become standard output, and be written to.
 */
void sys_fill_standard_files(void);

/* Make a descriptor non-blocking, or blocking. 0, or -1 with errno. */
int sys_set_nonblocking(int fd, bool on);

/*
 * poll(2) with the signal mask `mask` in force only while it waits, so that a
 * signal cannot slip in between a look at its flag and the wait. `timeout_ms` -1
 * waits for ever. The fallback is pselect(2), or for descriptors from FD_SETSIZE
 * on poll(2) in slices.
 */
int sys_ppoll(struct pollfd *fds, nfds_t count, int timeout_ms, const sigset_t *mask);

/*
 * See to it that this process may open `count` files: raises the soft limit, and
 * the hard one for who may do that. 0, or -1 with errno.
 */
int sys_allow_files(uint64_t count);

/*
 * fork(2) without the C library's fork handlers, where there is such a call: this
 * suite's servers have one thread and register none.
 */
pid_t sys_fork(void);

/*
 * A child that is to execute another program at once: it runs child(arg), and exits with
 * what that returns. Where it can, it borrows our memory until it has executed or
 * exited, which spares the copy of our page tables: then it starts with all signals
 * blocked, what it writes is written here, too, and we go on only afterwards. So `child`
 * does little but system calls.
 */
pid_t sys_fork_to_execute(int (*child)(void *arg), void *arg);

/*
 * Take a blocked signal that has come, so that its handler is not called. False
 * when none has, or where a signal cannot be taken like that.
 */
bool sys_take_signal(int signal);

/*
 * Ask the kernel to kill this process with SIGKILL when its parent, `parent`,
 * dies. 0, or -1 with errno: ESRCH when the parent is already gone. Only where
 * sys_can_die_with_parent; elsewhere watch a pipe whose other end only the parent
 * holds.
 */
int sys_die_with(pid_t parent);
bool sys_can_die_with_parent(void);

/*
 * Ask for SIGTERM instead, so that this process can end in good order what it has
 * started. Does nothing where there is no sys_die_with.
 */
void sys_be_told_of_parents_end(void);

/*
 * Become the parent of all orphans among our descendants. 0, or -1 with errno; only
 * where sys_can_adopt_orphans.
 */
int sys_adopt_orphans(void);
bool sys_can_adopt_orphans(void);

/* Our living and unburied children; how many, `capacity` at most. 0 where unknown. */
size_t sys_children(pid_t *children, size_t capacity);

/* No descriptor from `first` on shall outlive execve(2). */
void sys_close_on_exec_from(int first);

/* Let a pipe hold `size` bytes. A wish: where there is no such call, nothing. */
void sys_widen_pipe(int fd, int size);

/*
 * The same pipe or terminal as `fd`, opened again to be written without waiting: to
 * set O_NONBLOCK on `fd` itself would change it for all who share it. -1 with errno
 * where that cannot be done.
 */
int sys_reopen_to_write(int fd);

/*
 * Ask for batch scheduling, which children inherit: a process that wakes up does
 * not push the one that woke it off the processor. For a fork server, whose
 * children each do a little and wait again, that halves the context switches.
 */
void sys_schedule_batch(void);

/*
 * `size` zeroed bytes shared with every child forked later; released by exit.
 * NULL with errno.
 */
void *sys_shared_memory(size_t size);

/*
 * `size` bytes (whole pages) for a stack, with a guard below it: to overflow it
 * faults, and spoils nothing. Pages that are never touched cost nothing. NULL
 * with errno. sys_free_stack gives it back.
 */
void *sys_new_stack(size_t size);
void sys_free_stack(void *stack, size_t size);

/*
 * Give up every group but `gid`, then become gid and uid for good, and verify it.
 * 0, or -1 with errno.
 */
int sys_become(uid_t uid, gid_t gid);

/* The peer's process behind a unix socket; -1 where the kernel does not tell. */
pid_t sys_peer_pid(int fd);

/*
 * Move up to `count` bytes of the file `in`, from *offset on (advanced), into the
 * socket `out` without a copy through user space. Bytes moved, 0 at the end of
 * the file, or -1; errno is EINVAL or ENOSYS where only read and write can do it.
 */
ssize_t sys_sendfile(int out, int in, off_t *offset, size_t count);

/*
 * In a statically linked program of the GNU C library, look names up in files and
 * DNS only. It would else load modules made for the dynamic library, and crash.
 * Call it before the first name is looked up.
 */
void sys_use_plain_names(void);

/* "ECONNREFUSED" for its number; NULL when that has no name here. */
const char *sys_errno_name(int error);

/* Milliseconds of a clock that only runs forward. */
int64_t sys_now_ms(void);

#endif
