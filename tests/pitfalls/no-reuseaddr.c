/*
 * no-reuseaddr: cannot be started again at once.
 *
 * Mistake:   SO_REUSEADDR is not set. A connection that this side closed first stays
 *            in TIME_WAIT for a minute, and keeps the port.
 * One sees:  "bind: Address already in use", though no program uses it.
 * Cure:      setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, ...) before bind, always.
 * Caught by: restart_at_once
 */
#include <netinet/in.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_socket();

	right_bind(listener, INADDR_LOOPBACK, right_port(argc, argv)); /* as it is */
	right_switch_on(listener);
	right_fork(listener, right_talk);
}
