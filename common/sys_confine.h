/*
 * sys_confine: a process gives up, for good, what its work does not need, so that who takes
 * it over by a mistake in it gets little. A sibling of sys.h: with PORTABLE defined, and on
 * kernels that lack it, there is only the answer that it cannot (ENOSYS).
 *
 *	server	sys_become_but_chroot	root is given up, but for the right to chroot(2)
 *	  |
 *	session	sys_confine_calls	no other programs, processes, kinds of sockets ...
 *		sys_confine_root	`/` is an empty directory while it talks to strangers,
 *		sys_confine_root	and then a home
 *		sys_confine_beneath	no file but those beneath the home; no signals
 *		sys_give_up_chroot
 *
 * Each is one more wall behind a program's own care, and none is there on every machine:
 * so a program tries them, says what holds, and goes on.
 *
 * What it deliberately does not do: list the system calls that are allowed. What a C
 * library needs changes with it and with the kernel, and a session that is cut off in the
 * middle by a filter that forgot one call is no safer (vsftpd's users know). It lists what
 * a server's session never needs, and refuses that with EPERM.
 */
#ifndef COMMON_SYS_CONFINE_H
#define COMMON_SYS_CONFINE_H

#include <sys/types.h>

#include <stdbool.h>

/* All: 0, or -1 with errno. */

/*
 * As sys_become, but the right to chroot(2) is kept: EPERM where such rights are not told
 * apart, and then nothing has changed. Only together with sys_confine_calls: who may
 * chroot could fool a set-user-ID program.
 */
int sys_become_but_chroot(uid_t uid, gid_t gid);
void sys_give_up_chroot(void);

/*
 * `dir`, which may be open for looking up alone, is `/` and the working directory. Then
 * close what is open of directories outside: `..` leads from there to the old root.
 */
int sys_confine_root(int dir);

/* An open directory which is empty, in which none can make anything, and has no name. */
int sys_open_nowhere(void);

/*
 * No rights by executing programs. And, with EPERM: no program is executed, no process or
 * thread made, looked into or signalled, no memory made executable; no socket but for TCP;
 * no link, device or FIFO made; none of the kernel's larger machines (bpf, io_uring, keys,
 * namespaces, performance counters).
 */
int sys_confine_calls(void);

/*
 * From here on files are opened, made, changed in name or removed beneath the directory
 * `dir` only, or with `write` false only read there; whatever is open stays so. No signal
 * goes to others, and no other process can be looked into (both where the kernel can). Only
 * behind sys_confine_calls.
 */
int sys_confine_beneath(int dir, bool write);

#endif
