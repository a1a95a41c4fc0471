/*
 * harness: awaiting what only /proc tells. A separate file: harness_proc.c looks
 * once, these look until the deadline.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tests/harness.h"

struct expected_children {
	pid_t parent;
	size_t at_least, at_most, found;
};

static bool
has_children(void *arg)
{
	struct expected_children *expected = arg;

	expected->found = process_children(expected->parent, NULL, 0);
	return expected->found >= expected->at_least && expected->found <= expected->at_most;
}

void
process_await_children(pid_t pid, size_t at_least, size_t at_most)
{
	struct expected_children expected = { pid, at_least, at_most, 0 };

	EXPECT(await_condition(has_children, &expected), "%zu children, wanted %zu to %zu",
	    expected.found, at_least, at_most);
}

static bool
is_gone(void *arg)
{
	return !process_alive(*(pid_t *)arg);
}

void
process_await_end(pid_t pid)
{
	EXPECT(await_condition(is_gone, &pid), "process %ld lives on", (long)pid);
}

static bool
has_no_zombies(void *arg)
{
	return process_zombies(*(pid_t *)arg) == 0;
}

void
process_await_no_zombies(pid_t pid)
{
	EXPECT(await_condition(has_no_zombies, &pid), "%zu zombies: nobody waits for them",
	    process_zombies(pid));
}

static bool
is_stopped(void *arg)
{
	return process_state(*(pid_t *)arg) == 'T';
}

/* kill(2) only makes the signal pending: until it stops, the process goes on. */
void
process_stop(pid_t pid)
{
	EXPECT(kill(pid, SIGSTOP) == 0, "process %ld: %s", (long)pid, strerror(errno));
	EXPECT(await_condition(is_stopped, &pid), "process %ld does not stop", (long)pid);
}
