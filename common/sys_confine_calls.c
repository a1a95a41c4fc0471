/*
 * sys_confine_calls: a filter of system calls, by seccomp(2). See sys_confine.h.
 *
 * The kernel runs it before each call, as a program of jumps over what it is told of it:
 *
 *	another machine's numbers, or newer than this file	-> ENOSYS
 *	socket, kill, mmap ...: an argument decides		-> EPERM, or allowed
 *	execve, fork, ptrace, bpf ...				-> EPERM
 *	all others						-> allowed
 *
 * Of what is allowed by its number alone the kernel keeps a table, so it costs nothing.
 */
#define _GNU_SOURCE /* syscall */

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "common/sys_confine.h"

#if defined(__linux__) && !defined(PORTABLE)
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#endif
#endif

#ifdef MACHINE
enum {
	NEWEST = 470,	 /* the last number that this file knows of */
	CODE_MAX = 160,	 /* instructions */
	TYPE_BITS = 0xf, /* of socket's second argument */
};

/* What a session never does. */
static const int never[] = {
	/* programs and processes */
	SYS_execve,
	SYS_execveat,
	SYS_clone,
	SYS_unshare,
	SYS_setns,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
#ifdef SYS_clone3
	SYS_clone3,
#endif
	/* other processes */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
#ifdef SYS_pidfd_open
	SYS_pidfd_open,
	SYS_pidfd_send_signal,
#endif
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
/* files that are none */
#ifdef SYS_mknod
	SYS_mknod,
	SYS_symlink,
#endif
	SYS_mknodat,
	SYS_symlinkat,
	SYS_ioctl, /* a terminal can be typed to */
	/* the kernel's larger machines */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_personality,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
#endif
};

_Static_assert(2 * sizeof never / sizeof *never + 60 < CODE_MAX, "there is room for all");

struct filter {
	struct sock_filter code[CODE_MAX];
	unsigned short len;
};

static void
add(struct filter *filter, struct sock_filter step)
{
	if (filter->len < CODE_MAX)
		filter->code[filter->len++] = step;
}

static void
load(struct filter *filter, size_t offset)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void
answer(struct filter *filter, unsigned what)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what));
}

/* If what was loaded is not so, skip so many steps. */
static void
unless(struct filter *filter, unsigned short test, unsigned value, unsigned char skip)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, skip));
}

static void
refuse_if_equal(struct filter *filter, int number)
{
	unless(filter, BPF_JEQ, (unsigned)number, 1);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
}

/* The lower half of an argument: all that these calls look at. */
static size_t
argument(int number)
{
	size_t half = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;

	return offsetof(struct seccomp_data, args) + 8 * (size_t)number + half;
}

static void
look_at_machine(struct filter *filter)
{
	load(filter, offsetof(struct seccomp_data, arch));
	unless(filter, BPF_JEQ, MACHINE, 2);
	load(filter, offsetof(struct seccomp_data, nr));
	unless(filter, BPF_JGT, NEWEST, 1); /* and the numbers of x32 */
	answer(filter, SECCOMP_RET_ERRNO | ENOSYS);
}

/* A call that is refused if an argument has any of these bits. */
static void
refuse_bits(struct filter *filter, int number, int which, unsigned bits)
{
	unless(filter, BPF_JEQ, (unsigned)number, 4);
	load(filter, argument(which));
	unless(filter, BPF_JSET, bits, 1);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
	answer(filter, SECCOMP_RET_ALLOW);
}

/* The same if it is anything but this. */
static void
refuse_unless_equal(struct filter *filter, int number, int which, unsigned value)
{
	unless(filter, BPF_JEQ, (unsigned)number, 4);
	load(filter, argument(which));
	unless(filter, BPF_JEQ, value, 1);
	answer(filter, SECCOMP_RET_ALLOW);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
}

/* TCP, over IPv4 or IPv6. */
static void
look_at_socket(struct filter *filter)
{
	unless(filter, BPF_JEQ, SYS_socket, 8);
	load(filter, argument(1));
	add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TYPE_BITS));
	unless(filter, BPF_JEQ, SOCK_STREAM, 4);
	load(filter, argument(0));
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0));
	unless(filter, BPF_JEQ, AF_INET6, 1);
	answer(filter, SECCOMP_RET_ALLOW);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
}

static int
install(const struct filter *filter)
{
	struct sock_fprog program = { filter->len, (struct sock_filter *)filter->code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == -1)
		return -1;
#if defined(SYS_seccomp) && defined(SECCOMP_FILTER_FLAG_SPEC_ALLOW)
	/* Else some kernels make all that follows slower, for fear of Spectre. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		&program) == 0)
		return 0;
#endif
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0UL, 0UL);
}

int
sys_confine_calls(void)
{
	struct filter filter = { .len = 0 };

	look_at_machine(&filter);
	look_at_socket(&filter);
	refuse_unless_equal(&filter, SYS_kill, 1, 0); /* is it there? */
	refuse_unless_equal(&filter, SYS_tgkill, 0, (unsigned)getpid());
	refuse_unless_equal(&filter, SYS_prlimit64, 0, 0); /* of ourselves */
	refuse_bits(&filter, SYS_mmap, 2, PROT_EXEC);
	refuse_bits(&filter, SYS_mprotect, 2, PROT_EXEC);
#ifdef SYS_pkey_mprotect
	refuse_bits(&filter, SYS_pkey_mprotect, 2, PROT_EXEC);
#endif
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		refuse_if_equal(&filter, never[i]);
	answer(&filter, SECCOMP_RET_ALLOW);
	return install(&filter);
}
#else

int
sys_confine_calls(void)
{
	errno = ENOSYS;
	return -1;
}
#endif
