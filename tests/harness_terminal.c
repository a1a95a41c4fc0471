/*
 * harness: a terminal, of which the program has one end and the test the other.
 *
 * Guards against a test that takes the terminal's work for the program's: what is
 * typed is not echoed and what is printed is not changed on the way.
 */
#include <sys/ioctl.h>

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "tests/harness.h"

int
terminal_open(int *theirs)
{
	int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	struct termios settings;

	EXPECT(ours != -1 && grantpt(ours) == 0 && unlockpt(ours) == 0, "posix_openpt");
	*theirs = open(ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	EXPECT(*theirs != -1 && tcgetattr(*theirs, &settings) == 0, "terminal");
	settings.c_lflag &= ~(tcflag_t)ECHO;
	settings.c_oflag &= ~(tcflag_t)OPOST;
	EXPECT(tcsetattr(*theirs, TCSANOW, &settings) == 0, "tcsetattr");
	return ours;
}

struct program *
program_on_terminal(int *ours, const char *const *args)
{
	int theirs;
	struct program *p;

	*ours = terminal_open(&theirs);
	p = program_launch(
	    &(struct launch){ .args = args, .in = theirs, .out = theirs, .controlling = true });
	close(theirs);
	return p;
}

struct program *
program_that_draws(int *ours, const char *const *args)
{
	int theirs;
	struct program *p;

	*ours = terminal_open(&theirs);
	p = program_launch(&(struct launch){ .args = args, .err = theirs });
	close(theirs);
	return p;
}

const char *
terminal_shows(int ours)
{
	static char shown[4096];
	ssize_t n = read(ours, shown, sizeof shown - 1);

	shown[n > 0 ? n : 0] = '\0';
	return shown;
}

void
terminal_resize(int ours, int rows, int columns)
{
	const struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns };

	EXPECT(ioctl(ours, TIOCSWINSZ, &size) == 0, "TIOCSWINSZ");
}
