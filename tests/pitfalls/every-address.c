/*
 * every-address: listens to the whole world.
 *
 * Mistake:   INADDR_ANY (in Python, '') because the example had it. That is every
 *            address of the machine, on all the networks that it is part of.
 * One sees:  nothing; neither does one see who else can call.
 * Cure:      INADDR_LOOPBACK, 127.0.0.1, until somebody asks for more.
 * Caught by: others_cannot_call
 */
#include <netinet/in.h>

#include "tests/pitfalls/right.h"

int
main(int argc, char *argv[])
{
	int listener = right_socket();

	right_reuse(listener);
	right_bind(listener, INADDR_ANY, right_port(argc, argv));
	right_switch_on(listener);
	right_fork(listener, right_talk);
}
