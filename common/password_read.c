/*
 * password_read: a password from a terminal or from standard input. See password.h.
 *
 * While it is typed the terminal's echo is off. Signals that would end or stop us then
 * only set a flag, so that nobody is left with a terminal that shows nothing; echo is
 * on again before anything else happens. They are let in only while ppoll(2) waits: one
 * that came just before a read(2) would not end it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/log.h"
#include "common/password.h"
#include "common/sys.h"
#include "common/wipe.h"

static volatile sig_atomic_t signalled;

static void
note_signal(int signal)
{
	signalled = signal;
}

enum {
	SIGNALS = 5,
};

static const int signals[SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

/* What is to be put back. */
struct caught {
	struct sigaction actions[SIGNALS];
	sigset_t mask;
};

static void
catch_signals(struct caught *old)
{
	struct sigaction catch = { .sa_handler = note_signal };
	sigset_t blocked;

	sigemptyset(&catch.sa_mask);
	sigemptyset(&blocked);
	signalled = 0;
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], &catch, &old->actions[i]);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &old->mask);
}

static void
release_signals(const struct caught *old)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &old->mask, NULL);
}

/* As read(2) of one byte; on a terminal (let_in not NULL) signals with this mask end it. */
static ssize_t
read_byte(char *byte, const sigset_t *let_in)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (let_in && sys_ppoll(&input, 1, -1, let_in) == -1)
		return -1;
	return read(STDIN_FILENO, byte, 1);
}

/*
 * A line, byte by byte: what is behind it is not ours. One that is too long is read to
 * its end, so that its rest is nobody's password.
 */
static int
read_line(char password[PASSWORD_MAX + 1], const sigset_t *let_in, const char **wrong)
{
	size_t len = 0;
	bool nul = false;

	for (;;) {
		char c;
		ssize_t n = read_byte(&c, let_in);

		if (n == -1) {
			*wrong = errno == EINTR ? "given up" : log_errno_name(errno);
			return -1;
		}
		if (n == 0 || c == '\n')
			break;
		nul |= c == '\0';
		if (len < PASSWORD_MAX)
			password[len] = c;
		len++;
	}
	password[len <= PASSWORD_MAX ? len : PASSWORD_MAX] = '\0';
	if (len > 0 && len <= PASSWORD_MAX && !nul)
		return (int)len;
	*wrong = len == 0 ? "it is empty" : nul ? "it has a NUL byte" : "it is too long";
	return -1;
}

static void
say(const char *words)
{
	(void)!write(STDERR_FILENO, words, strlen(words));
}

/* One line, unseen. */
static int
ask(const char *prompt, char password[PASSWORD_MAX + 1], const char **wrong)
{
	struct caught old;
	struct termios shown, hidden;
	int len;

	if (tcgetattr(STDIN_FILENO, &shown) == -1) {
		*wrong = log_errno_name(errno);
		return -1;
	}
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	catch_signals(&old);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	say(prompt); /* what is typed from now on is neither shown nor flushed */
	len = read_line(password, &old.mask, wrong);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	say("\n");
	release_signals(&old);
	if (signalled)
		raise(signalled);
	return len;
}

static int
ask_again(const char *password, const char **wrong)
{
	char again[PASSWORD_MAX + 1];
	int len = ask("Once more: ", again, wrong);

	if (len != -1 && strcmp(again, password) != 0) {
		*wrong = "it was typed differently";
		len = -1;
	}
	wipe(again, sizeof again);
	return len;
}

int
password_read(const char *prompt, bool twice, char password[PASSWORD_MAX + 1], char *error,
    size_t error_cap)
{
	const char *wrong = "";
	int len;

	if (isatty(STDIN_FILENO)) {
		len = ask(prompt, password, &wrong);
		if (len != -1 && twice)
			len = ask_again(password, &wrong);
	} else {
		len = read_line(password, NULL, &wrong);
	}
	if (len == -1) {
		wipe(password, PASSWORD_MAX + 1);
		snprintf(error, error_cap, "the password: %s", wrong);
	}
	return len;
}
