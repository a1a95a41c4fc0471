/*
 * reuse-after-bind: sets SO_REUSEADDR when it is too late.
 *
 * Mistake:   the option is set, but after bind(2), which is the call that asks whether
 *            the port may be had.
 * One sees:  "bind: Address already in use" after a restart, in spite of the option.
 * Cure:      setsockopt first, then bind.
 * Caught by: restart_at_once
 */
#include <netinet/in.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_socket();

	right_bind(listener, INADDR_LOOPBACK, right_port(argc, argv));
	right_reuse(listener); /* of what has been decided already */
	right_switch_on(listener);
	right_fork(listener, right_talk);
}
