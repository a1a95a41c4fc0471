/*
 * descriptor-leak: opens something for each client and closes it for none.
 *
 * Mistake:   a descriptor that only a part of the ways out closes: here the diary, at
 *            each client; elsewhere a file when the transfer breaks off.
 * One sees:  all is well until the thousandth client; then every open, accept and pipe
 *            fails with EMFILE.
 * Cure:      one way out, which closes all that was opened on the way in.
 * Caught by: no_descriptors_left_open
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_listen(argc, argv);

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = right_accept(listener);
		int diary = open("/dev/null", O_WRONLY | O_APPEND);

		(void)!write(diary, "a client\n", 9);
		right_talk(fd);
		close(fd); /* and the diary? */
	}
}
