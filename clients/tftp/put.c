/*
 * put: a file of this machine, or standard input, to a server.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clients/tftp/tftp.h"
#include "common/log.h"

/* A descriptor, or -1: said. Never waits for the other end of a FIFO. */
static int
open_source(const char *local, struct stat *st)
{
	int fd = open(local, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, st) == -1)
		log_error("%s:", local);
	else if (S_ISREG(st->st_mode))
		return fd;
	else
		log_error("%s: a %s, not a file", local,
		    S_ISDIR(st->st_mode) ? "directory" : "device, FIFO or socket");
	if (fd != -1)
		close(fd);
	return -1;
}

/* exercise: announce the file, send its blocks, await the last acknowledgement */
int
tftp_put(
    const struct tftp_settings *settings, const char *host, const char *local, const char *name)
{
	bool from_input = strcmp(local, "-") == 0;
	struct stat st = { 0 };
	struct tftp_transfer transfer = {
		.settings = settings,
		.host = host,
		.name = name,
		.local = from_input ? "standard input" : local,
		.opcode = TFTP_WRQ,
		.file = from_input ? STDIN_FILENO : open_source(local, &st),
	};
	int status;

	if (transfer.file == -1)
		return STATUS_FAILED;
	transfer.size_known = !from_input;
	transfer.size = (uint64_t)st.st_size;
	status = tftp_transfer(&transfer);
	if (!from_input)
		close(transfer.file);
	return status;
}
