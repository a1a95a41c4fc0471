/*
 * tftp_errno: what an errno is to a peer of TFTP. See tftp_run.h.
 */
#include <errno.h>

#include "link/tftp_run.h"

enum tftp_code
tftp_code_of_errno(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return TFTP_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EXDEV:
	case ELOOP:
	case EISDIR:
	case ENXIO:
	case EINVAL:
	case ENAMETOOLONG:
	case EROFS:
		return TFTP_ACCESS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return TFTP_DISK_FULL;
	case EEXIST:
		return TFTP_EXISTS;
	default:
		return TFTP_NOT_DEFINED;
	}
}

const char *
tftp_words_of_errno(int error)
{
	switch (error) {
	case ECANCELED:
		return "stopped";
	case EISDIR:
	case ENXIO:
		return "not a regular file";
	case ENAMETOOLONG:
		return "name is too long";
	case EBUSY:
		return "file is being written";
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return "out of resources";
	}
	if (tftp_code_of_errno(error) == TFTP_NOT_DEFINED)
		return "input/output error";
	return tftp_code_words(tftp_code_of_errno(error));
}
