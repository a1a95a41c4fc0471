/*
 * ftpadm: passwords, from a pipe and from a terminal.
 *
 * Guards: a password that is shown while it is typed, a terminal that stays without echo
 * after ^C, one that was mistyped, and one that is cut at a NUL or at its length.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/e2e/ftpadm.h"

START_TEST(takes_the_first_line)
{
	char first[512];
	static char too_long[600];

	adm("sesame\nother\n", ARGS("add", "anna", "-d", path_in("anna")));
	snprintf(first, sizeof first, "%s", users_field("anna", 1));
	adm_fails("", ARGS("passwd", "anna"), 1, "the password: it is empty");
	adm_fails("\nx\n", ARGS("passwd", "anna"), 1, "the password: it is empty");
	memset(too_long, 'x', sizeof too_long - 1);
	adm_fails(too_long, ARGS("passwd", "anna"), 1, "the password: it is too long");
	EXPECT(strcmp(users_field("anna", 1), first) == 0, "it was changed");
}
END_TEST

START_TEST(refuses_a_nul)
{
	struct program *p =
	    program_start(ARGS("-f", users_path(), "add", "anna", "-d", path_in("anna")));

	EXPECT(write(p->in, "a\0b\n", 4) == 4, "cannot write");
	EXPECT(program_await_exit(p) == 1, "it takes it");
	EXPECT(program_has_line(&p->err, "the password: it has a NUL byte"), "it says: %s",
	    p->err.text);
}
END_TEST

static bool
echoes(int theirs)
{
	struct termios termios;

	EXPECT(tcgetattr(theirs, &termios) == 0, "tcgetattr");
	return (termios.c_lflag & ECHO) != 0;
}

static bool
is_silent(void *theirs)
{
	return !echoes(*(int *)theirs);
}

/* It has asked with this prompt, and now shows nothing, which comes a moment later. */
static void
await_prompt(struct program *p, const char *prompt, int theirs)
{
	program_await_text(&p->err, prompt);
	EXPECT(await_condition(is_silent, &theirs), "the terminal shows what is typed");
}

/* A terminal as people have it: it shows what is typed, and ^C is a signal. */
static int
terminal(int *theirs)
{
	int ours = terminal_open(theirs);
	struct termios termios;

	EXPECT(tcgetattr(*theirs, &termios) == 0, "tcgetattr");
	termios.c_lflag |= ECHO | ICANON | ISIG;
	termios.c_cc[VINTR] = 3;
	EXPECT(tcsetattr(*theirs, TCSANOW, &termios) == 0, "tcsetattr");
	return ours;
}

static struct program *
start(int theirs)
{
	return program_launch(&(struct launch){
	    .args = ARGS("-f", users_path(), "add", "anna", "-d", path_in("anna")),
	    .in = theirs,
	    .controlling = true });
}

START_TEST(is_not_shown)
{
	int theirs, ours = terminal(&theirs);
	struct program *p = start(theirs);

	await_prompt(p, "Password for anna: ", theirs);
	client_say(ours, "sesame\n");
	await_prompt(p, "Once more: ", theirs);
	client_say(ours, "sesame\n");
	EXPECT(program_await_exit(p) == 0, "it fails: %s", p->err.text);
	EXPECT(echoes(theirs), "the terminal shows nothing afterwards");
	client_hear_nothing(ours, 50);
	EXPECT(*users_field("anna", 1) == '$', "no hash");
}
END_TEST

START_TEST(is_asked_twice)
{
	int theirs, ours = terminal(&theirs);
	struct program *p = start(theirs);

	await_prompt(p, "Password for anna: ", theirs);
	client_say(ours, "sesame\n");
	await_prompt(p, "Once more: ", theirs);
	client_say(ours, "sesamf\n");
	EXPECT(program_await_exit(p) == 1, "it takes both");
	EXPECT(
	    program_has_line(&p->err, "it was typed differently"), "it says: %s", p->err.text);
	EXPECT(access(users_path(), F_OK) == -1, "it made the file");
}
END_TEST

START_TEST(is_given_up_with_interrupt)
{
	int theirs, ours = terminal(&theirs);
	struct program *p = start(theirs);
	int status;

	await_prompt(p, "Password for anna: ", theirs);
	client_say(ours, "ses\003");
	status = program_await_exit(p);
	EXPECT(status == 128 + SIGINT, "exit status %d", status);
	EXPECT(echoes(theirs), "the terminal shows nothing afterwards");
}
END_TEST

void
ftpadm_passwords(Suite *suite)
{
	const struct check checks[] = {
		{ takes_the_first_line, ONCE, NEEDS_START, 1,
		    "a password from a pipe is its first line. ftpadm(8)" },
		{ refuses_a_nul, ONCE, NEEDS_START, 1, "crypt(3) would stop at it. ftpadm(8)" },
		{ is_not_shown, ONCE, NEEDS_START, 2,
		    "switch ECHO off while it is typed. ftpadm(8)" },
		{ is_asked_twice, ONCE, NEEDS_START, 1,
		    "who cannot see what is typed types it twice. ftpadm(8)" },
		{ is_given_up_with_interrupt, ONCE, NEEDS_START, 1,
		    "^C must leave the terminal as it was. ftpadm(8)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
