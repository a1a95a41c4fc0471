/*
 * bytes-as-string: takes what read(2) returns for a string.
 *
 * Mistake:   strlen(3). What has come may hold a NUL, and need not end in one.
 * One sees:  text comes back, a picture does not.
 * Cure:      use the count that read returned.
 * Caught by: echo_nul_bytes
 */
#include <string.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk(int fd)
{
	char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message - 1)) > 0) {
		message[n] = '\0';
		if (!right_write(fd, message, strlen(message)))
			return;
	}
}

int
main(int argc, char *argv[])
{
	right_fork(right_listen(argc, argv), talk);
}
