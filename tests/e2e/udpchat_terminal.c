/*
 * udpchat on a terminal: two people, each at a pty.
 *
 * Guards against a typed line that is torn by what comes, half a character left by
 * backspace, a terminal that stays without echo, colour where nobody wants it, and ways out
 * that do not lead out.
 */
#include <sys/ioctl.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/e2e/udpchat.h"

enum {
	SEATS = 8, /* in one test */
};

/* A person's terminal, and what has been written to it. */
struct seat {
	int ours, theirs;
	struct program *program;
	char seen[65536];
	size_t length, mark;
};

static struct seat *
take_seat(const char *port, const char *name, const char *no_colour)
{
	static struct seat seats[SEATS];
	static size_t taken;
	struct seat *seat = &seats[taken++];
	const struct winsize size = { .ws_row = 24, .ws_col = 60 };

	seat->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	EXPECT(seat->ours != -1 && grantpt(seat->ours) == 0 && unlockpt(seat->ours) == 0,
	    "posix_openpt");
	seat->theirs = open(ptsname(seat->ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	EXPECT(seat->theirs != -1 && ioctl(seat->ours, TIOCSWINSZ, &size) == 0, "terminal");
	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", no_colour, 1);
	seat->program =
	    program_launch(&(struct launch){ .args = ARGS("-p", port, "127.0.0.1", name),
		.in = seat->theirs,
		.out = seat->theirs,
		.controlling = true });
	return seat;
}

/* Read on until `text` has been written behind what was awaited before. */
static void
see(struct seat *seat, const char *text)
{
	int64_t deadline = now_ms() + 2 * WAIT_MS;
	const char *found;

	while ((found = strstr(seat->seen + seat->mark, text)) == NULL) {
		ssize_t n;

		EXPECT(
		    now_ms() < deadline, "no \"%s\" in \"%s\"", text, seat->seen + seat->mark);
		await_events(seat->ours, 1, now_ms() + 100);
		n = read(seat->ours, seat->seen + seat->length,
		    sizeof seat->seen - 1 - seat->length);
		if (n > 0)
			seat->length += (size_t)n;
	}
	seat->mark = (size_t)(found - seat->seen) + strlen(text);
}

static void
type(struct seat *seat, const char *keys)
{
	client_send(seat->ours, keys, strlen(keys));
}

/* The settings that a shell wants to find again. */
static void
expect_restored(struct seat *seat)
{
	struct termios now;

	EXPECT(tcgetattr(seat->theirs, &now) == 0, "tcgetattr");
	EXPECT((now.c_lflag & (tcflag_t)(ICANON | ECHO)) == (tcflag_t)(ICANON | ECHO),
	    "the terminal is not as it was");
}

static void
expect_end(struct seat *seat, int wanted)
{
	int status = program_await_exit(seat->program);

	EXPECT(status == wanted, "exit status %d, wanted %d", status, wanted);
	expect_restored(seat);
}

START_TEST(two_people_through_a_bad_network)
{
	struct program *s = chat_server(),
		       *r = relay_start(
			   s->address[0], ARGS("-L", "10", "-O", "10", "-D", "5", "-Z", "6"));
	const char *port = port_of(r->address[0]);
	struct seat *anna = take_seat(port, "anna", "1"), *ben;

	see(anna, "  1 anna (you)");
	ben = take_seat(port, "ben", "1");
	see(ben, "  2 ben (you)");
	type(ben, "@anna\r");
	see(ben, "anna> ");
	type(ben, "hello anna\r");
	see(anna, "ben: hello anna\r\n");
	see(ben, "delivered to anna");
	type(anna, "/who\r");
	see(anna, "  2 ben\r\n");
	type(anna, "2\r");
	see(anna, "ben> ");
	type(anna, "hello ben \xe5\x93\x88\r");
	see(ben, "anna: hello ben \xe5\x93\x88\r\n");
	type(anna, "quit\r");
	see(anna, "  1 anna (you)");
	type(anna, "quit\r");
	expect_end(anna, 0);
	type(ben, "\4"); /* ^D */
	expect_end(ben, 0);
}
END_TEST

/* The line is erased, the message printed, and the line is there again. */
START_TEST(the_typed_line_is_not_torn)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");

	see(anna, "  2 anna (you)");
	type(anna, "@ben\rI am ty");
	see(anna, "\r\033[Kben> I am ty");
	(void)peer_send(ben, CHAT_SAY, "anna", NULL, "sorry to disturb");
	see(anna, "\r\033[Kben: sorry to disturb\r\n\r\033[Kben> I am ty");
	type(anna, "ping\r");
	peer_expect_text(ben, "anna", NULL, "I am typing");
	type(anna, "\3"); /* ^C */
	expect_end(anna, 0);
}
END_TEST

START_TEST(backspace_knows_characters)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");

	see(anna, "(you)");
	type(anna, "@ben\r");
	see(anna, "ben> ");
	type(anna, "caf\xc3\xa9 \xe5\x93\x88\xe5\x93\x88\x7f\x7f\x7f\x7f"
		   "e\33[D!\r");
	peer_expect_text(ben, "anna", NULL, "cafe!");
	type(anna, "one two\27three\25four\r");
	peer_expect_text(ben, "anna", NULL, "four");
	type(anna, "\xff\r");
	see(anna, "not UTF-8: not sent");
}
END_TEST

/* A line longer than the terminal is wide stays in one row: its end is shown. */
START_TEST(long_line_stays_in_its_row)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");
	char line[201] = "", shown[64];

	for (int i = 0; i < 200; i++)
		line[i] = (char)('a' + i % 26);
	see(anna, "(you)");
	type(anna, "@ben\r");
	see(anna, "ben> ");
	type(anna, line);
	snprintf(shown, sizeof shown, "\r\033[Kben> %s", line + 200 - (60 - 5 - 1));
	see(anna, shown);
	type(anna, "\r");
	peer_expect_text(ben, "anna", NULL, line);
}
END_TEST

START_TEST(the_terminal_is_restored_on_every_way_out)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct program *s = chat_server();
		struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");

		see(anna, "(you)");
		program_signal(anna->program, signals[i]);
		expect_end(anna, signals[i] == SIGINT ? 0 : 128 + signals[i]);
	}
}
END_TEST

START_TEST(lost_server_is_told_below_the_line)
{
	struct program *s = chat_server();
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");

	see(anna, "(you)");
	program_send(s, "quit\n");
	program_await_line(
	    anna->program, &anna->program->err, "the server has hung up: it stops");
	expect_end(anna, 1);
}
END_TEST

START_TEST(colour_only_where_it_is_wanted)
{
	struct program *s = chat_server();
	struct peer *ben = peer_join(s->address[0], "ben");
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", ""),
		    *carl = take_seat(port_of(s->address[0]), "carl", "1");

	see(anna, "(you)");
	see(carl, "(you)");
	(void)peer_send(ben, CHAT_SAY, "anna", NULL, "in colour");
	(void)peer_send(ben, CHAT_SAY, "carl", NULL, "without");
	see(anna, "\033[1;36mben:\033[0m in colour");
	see(carl, "ben: without");
	EXPECT(strstr(carl->seen, "\033[1") == NULL && strstr(carl->seen, "\033[3") == NULL,
	    "colour in spite of NO_COLOR: %s", carl->seen);
}
END_TEST

static bool
is_stopped(void *program)
{
	return process_state(((struct program *)program)->pid) == 'T';
}

/* ^Z gives the terminal back, and fg takes it again. */
START_TEST(suspended_and_back)
{
	struct program *s = chat_server();
	struct seat *anna = take_seat(port_of(s->address[0]), "anna", "1");

	see(anna, "(you)");
	type(anna, "half a li");
	see(anna, "half a li");
	program_signal(anna->program, SIGTSTP);
	EXPECT(await_condition(is_stopped, anna->program), "it does not stop");
	expect_restored(anna);
	program_signal(anna->program, SIGCONT);
	see(anna, "half a li");
	type(anna, "\25quit\r");
	expect_end(anna, 0);
}
END_TEST

void
udpchat_terminal(Suite *suite)
{
	const struct check checks[] = {
		OURS(two_people_through_a_bad_network, ONCE),
		OURS(the_typed_line_is_not_torn, ONCE),
		OURS(backspace_knows_characters, ONCE),
		OURS(long_line_stays_in_its_row, ONCE),
		OURS(the_terminal_is_restored_on_every_way_out, ONCE),
		OURS(lost_server_is_told_below_the_line, ONCE),
		OURS(colour_only_where_it_is_wanted, ONCE),
		OURS(suspended_and_back, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
