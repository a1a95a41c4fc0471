/*
 * fixed-record: waits for a full record of 64 bytes.
 *
 * Mistake:   to believe that what the client sends has the size of the server's
 *            buffer. TCP knows no sizes but those that the bytes themselves tell.
 * One sees:  the client says hello and waits for the answer; the server waits for the
 *            other 59 bytes; so both wait for ever.
 * Cure:      read(2) returns what there is, as soon as there is anything: use that.
 *            Where there are messages, something in them tells how long they are.
 * Caught by: echo_one_byte_at_a_time
 * But for that: echo_after_half_close
 */
#include <sys/socket.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	char record[64];
	ssize_t n;

	while ((n = recv(fd, record, sizeof record, MSG_WAITALL)) > 0) /* all 64, or the end */
		if (!right_write(fd, record, (size_t)n))
			return;
}

int
main(int argc, char *argv[])
{
	right_fork(right_listen(argc, argv), talk);
}
