/*
 * sys: the names of errors. See sys.h.
 *
 * GNU's C library knows them all. The fallback has those of POSIX.1-2008, each number
 * once: EWOULDBLOCK and ENOTSUP have the numbers of others on most systems.
 */
#define _GNU_SOURCE /* strerrorname_np */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/sys.h"

#if defined(__GLIBC__) && !defined(PORTABLE)
#if __GLIBC_PREREQ(2, 32)
#define HAVE_STRERRORNAME 1
#endif
#endif

#ifdef HAVE_STRERRORNAME
const char *
sys_errno_name(int error)
{
	return error > 0 ? strerrorname_np(error) : NULL;
}
#else
static const struct {
	int error;
	const char *name;
} names[] = {
#define NAME(e)                                                                                \
	{                                                                                      \
		e, #e                                                                          \
	}
	NAME(E2BIG),
	NAME(EACCES),
	NAME(EADDRINUSE),
	NAME(EADDRNOTAVAIL),
	NAME(EAFNOSUPPORT),
	NAME(EAGAIN),
	NAME(EALREADY),
	NAME(EBADF),
	NAME(EBADMSG),
	NAME(EBUSY),
	NAME(ECANCELED),
	NAME(ECHILD),
	NAME(ECONNABORTED),
	NAME(ECONNREFUSED),
	NAME(ECONNRESET),
	NAME(EDEADLK),
	NAME(EDESTADDRREQ),
	NAME(EDOM),
	NAME(EDQUOT),
	NAME(EEXIST),
	NAME(EFAULT),
	NAME(EFBIG),
	NAME(EHOSTUNREACH),
	NAME(EIDRM),
	NAME(EILSEQ),
	NAME(EINPROGRESS),
	NAME(EINTR),
	NAME(EINVAL),
	NAME(EIO),
	NAME(EISCONN),
	NAME(EISDIR),
	NAME(ELOOP),
	NAME(EMFILE),
	NAME(EMLINK),
	NAME(EMSGSIZE),
	NAME(EMULTIHOP),
	NAME(ENAMETOOLONG),
	NAME(ENETDOWN),
	NAME(ENETRESET),
	NAME(ENETUNREACH),
	NAME(ENFILE),
	NAME(ENOBUFS),
	NAME(ENODEV),
	NAME(ENOENT),
	NAME(ENOEXEC),
	NAME(ENOLCK),
	NAME(ENOLINK),
	NAME(ENOMEM),
	NAME(ENOMSG),
	NAME(ENOPROTOOPT),
	NAME(ENOSPC),
	NAME(ENOSYS),
	NAME(ENOTCONN),
	NAME(ENOTDIR),
	NAME(ENOTEMPTY),
	NAME(ENOTRECOVERABLE),
	NAME(ENOTSOCK),
	NAME(ENOTTY),
	NAME(ENXIO),
	NAME(EOPNOTSUPP),
	NAME(EOVERFLOW),
	NAME(EOWNERDEAD),
	NAME(EPERM),
	NAME(EPIPE),
	NAME(EPROTO),
	NAME(EPROTONOSUPPORT),
	NAME(EPROTOTYPE),
	NAME(ERANGE),
	NAME(EROFS),
	NAME(ESPIPE),
	NAME(ESRCH),
	NAME(ESTALE),
	NAME(ETIMEDOUT),
	NAME(ETXTBSY),
	NAME(EXDEV),
#undef NAME
};

const char *
sys_errno_name(int error)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].error == error)
			return names[i].name;
	return NULL;
}
#endif
