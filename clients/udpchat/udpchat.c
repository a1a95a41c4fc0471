/*
 * udpchat: talk to people by name, over datagrams, through udpchatd(8).
 *
 * One loop waits for the keyboard and for the server at once (full duplex), so that nobody
 * has to wait for an answer before speaking again:
 *
 *	ppoll    a key, a datagram, a signal, or the time to send something again
 *	keys     -> line.c -> talk.c -> records -> link.c -> datagrams
 *	hear.c   <- records <- link.c <- datagrams
 *
 * On a terminal it edits the typed line itself, so that messages do not tear it. Otherwise it
 * is a filter: each line of input is a text, what others say is its output, and it ends with
 * its input, when all that it has sent has been delivered.
 *
 * What it deliberately does not do: remember what was said, encrypt, or know who somebody
 * really is.
 */
#include "clients/udpchat/udpchat.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	MESSAGES_MAX = 1000000000,
	RECEIVE_MAX = 64, /* datagrams before the keyboard gets its turn */
};

struct chat_options {
	struct client_options client;
	const char *host, *name, *to;
	int wanted;
};

/* What came from a pipe and has not been taken line by line yet. */
struct input {
	char bytes[LINE_MAX_BYTES];
	size_t len;
	bool too_long, ended;
};

struct session {
	struct link link;
	struct screen screen;
	struct talk talk;
	struct input input;
	bool greeted;
	sigset_t wait_mask;
};

static volatile sig_atomic_t told_to_stop, told_to_suspend;

static const struct opts_entry chat_entries[] = {
	{ 'n', "count", "leave when so many messages have come, not at the end of input" },
	{ 0, NULL, NULL },
};

static const struct opts_program chat_program = {
	.name = "udpchat",
	.purpose = "Talk to people by name, over UDP. See udpchat(1).",
	.operands = "host name [to]",
	.operand_min = 2,
	.operand_max = 3,
	.own = chat_entries,
};

static void
parse_options(int argc, char *argv[], struct chat_options *options)
{
	struct opts opts;
	const char *to;

	opts_client(&opts, &chat_program, &options->client, argc, argv);
	while (opts_next(&opts) == 'n')
		options->wanted = opts_number(&opts, 1, MESSAGES_MAX);
	options->host = opts_operand(&opts, 0);
	options->name = opts_operand(&opts, 1);
	options->to = to = opts_operand(&opts, 2);
	if (!chat_is_name(chat_span_of(options->name)))
		opts_fail(&opts,
		    "\"%s\" is no name: 1 to %d bytes of letters, digits, - _ and .",
		    options->name, CHAT_NAME_MAX);
	if (to && !chat_is_name(chat_span_of(*to == '#' ? to + 1 : to)))
		opts_fail(&opts, "\"%s\" is no name, nor a room's behind a #", to);
}

/* ---- signals ---- */

static void catch (int signal)
{
	if (signal == SIGTSTP)
		told_to_suspend = 1;
	else
		told_to_stop = signal;
}

/* Delivered only while we wait. */
static void
catch_signals(const struct screen *screen, sigset_t *wait_mask)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
	struct sigaction action = { .sa_handler = catch };
	size_t count = sizeof signals / sizeof *signals;
	sigset_t blocked;

	sigemptyset(&action.sa_mask);
	sigemptyset(&blocked);
	for (size_t i = 0; i < count - !screen->interactive; i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, wait_mask);
	for (size_t i = 0; i < count; i++)
		sigdelset(wait_mask, signals[i]);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- input ---- */

/* May more be typed now? A filter waits for the reports of what it has sent. */
static bool
wants_input(const struct session *session)
{
	return session->link.state == LINK_UP && !session->input.ended &&
	       (session->screen.interactive || session->talk.pending_count < PENDING_COMFORT);
}

static void
take_key(struct session *session, unsigned char key)
{
	struct screen *screen = &session->screen;
	char text[LINE_MAX_BYTES];
	size_t len = screen->line.len;

	switch (line_key(&screen->line, key)) {
	case LINE_READY:
		memcpy(text, screen->line.text, len);
		screen_leave_line(screen);
		line_clear(&screen->line);
		talk_line(&session->talk, text, len);
		screen_redraw(screen);
		break;
	case LINE_CHANGED:
		screen_redraw(screen);
		break;
	case LINE_FULL:
		screen_bell(screen);
		break;
	case LINE_ENDED:
		session->talk.leaving = true;
		break;
	case LINE_NOTHING:
		break;
	}
}

/* A line of a filter's input. */
static void
take_line(struct session *session, size_t len)
{
	struct input *input = &session->input;

	if (input->too_long) {
		screen_note(&session->screen, "longer than %d bytes: not sent", CHAT_TEXT_MAX);
		session->talk.failed++;
	} else {
		talk_line(&session->talk, input->bytes, len);
	}
	input->too_long = false;
}

/* Take lines, as many as may be on their way at once; the rest stays for later. */
static void
take_lines(struct session *session)
{
	struct input *input = &session->input;
	char *end;

	while (wants_input(session) && !session->talk.leaving &&
	       (end = memchr(input->bytes, '\n', input->len)) != NULL) {
		size_t len = (size_t)(end - input->bytes);

		take_line(session, len);
		input->len -= len + 1;
		memmove(input->bytes, end + 1, input->len);
	}
	if (input->len == sizeof input->bytes - 1 &&
	    memchr(input->bytes, '\n', input->len) == NULL) {
		input->too_long = true;
		input->len = 0;
	}
}

static void
end_input(struct session *session)
{
	struct input *input = &session->input;

	if (input->len > 0 || input->too_long)
		take_line(session, input->len); /* the last one, without its newline */
	input->len = 0;
	input->ended = true;
}

static int
read_input(struct session *session)
{
	struct input *input = &session->input;
	char keys[256];
	bool keyboard = session->screen.interactive;
	ssize_t n = keyboard ? read(STDIN_FILENO, keys, sizeof keys) :
			       read(STDIN_FILENO, input->bytes + input->len,
				   sizeof input->bytes - 1 - input->len);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n == -1) {
		log_error("standard input:");
		return -1;
	}
	if (keyboard) {
		for (ssize_t i = 0; i < n && !session->talk.leaving; i++)
			take_key(session, (unsigned char)keys[i]);
		session->talk.leaving |= n == 0;
		return 0;
	}
	input->len += (size_t)n;
	take_lines(session);
	if (n == 0)
		end_input(session);
	return 0;
}

/* ---- the loop ---- */

/* We are in: choose whom to talk to, or show who is there. */
static void
greet(struct session *session, const struct chat_options *options)
{
	session->greeted = true;
	if (options->to)
		(void)talk_choose(&session->talk, options->to);
	if (!session->screen.interactive)
		return;
	if (options->to == NULL) {
		(void)screen_print(&session->screen,
		    "Welcome, %s. Choose whom to talk to: a number, @NAME, or /help.",
		    options->name);
		talk_ask_who(&session->talk);
	}
	talk_show_prompt(&session->talk);
}

static void
hear(struct session *session)
{
	uint8_t bytes[DELIVER_BYTES_MAX];
	struct chat_record record;

	for (int i = 0; i < RECEIVE_MAX && link_receive(&session->link, sys_now_ms()); i++) {
		while (link_next(&session->link, bytes, &record))
			hear_record(&session->talk, &record);
		if (!session->talk.broken)
			link_acknowledge(&session->link);
	}
}

static void
await(struct session *session, bool *keys, bool *datagrams)
{
	int64_t wait_ms = link_due(&session->link) - sys_now_ms();
	struct pollfd wait[] = {
		{ .fd = wants_input(session) && session->input.len < LINE_MAX_BYTES - 1 ?
			    STDIN_FILENO :
			    -1,
		    .events = POLLIN },
		{ .fd = session->link.fd, .events = POLLIN },
	};
	int ready = sys_ppoll(wait, 2,
	    wait_ms < 0		? 0 :
	    wait_ms < INT32_MAX ? (int)wait_ms :
				  INT32_MAX,
	    &session->wait_mask);

	*keys = ready > 0 && wait[0].revents;
	*datagrams = ready > 0 && wait[1].revents;
	if (told_to_suspend) {
		told_to_suspend = 0;
		screen_suspend(&session->screen);
	}
}

/* Whether there is nothing left to do. */
static bool
is_done(const struct session *session)
{
	const struct talk *talk = &session->talk;
	bool settled = talk->pending_count == 0;

	if (session->link.state == LINK_DOWN || told_to_stop || talk->broken)
		return true;
	if (session->screen.interactive)
		return talk->leaving;
	return settled && (talk->leaving || (session->input.ended && !talk->wanted));
}

static int
converse(struct session *session, const struct chat_options *options)
{
	bool keys, datagrams;

	while (!is_done(session)) {
		await(session, &keys, &datagrams);
		if (datagrams || session->link.refused)
			hear(session);
		link_tick(&session->link, sys_now_ms());
		if (session->link.state == LINK_UP && !session->greeted)
			greet(session, options);
		if (keys && read_input(session) == -1)
			return STATUS_FAILED;
		if (!session->screen.interactive)
			take_lines(session);
	}
	if (session->link.state == LINK_DOWN)
		return session->link.status;
	if (told_to_stop && told_to_stop != SIGINT)
		return 128 + told_to_stop;
	if (session->talk.broken)
		return STATUS_FAILED;
	return session->talk.failed && !session->screen.interactive ? STATUS_FAILED :
								      STATUS_DONE;
}

int
main(int argc, char *argv[])
{
	struct chat_options options = { .client = { .port = "7018", .timeout_ms = 10000 } };
	static struct session session;
	char whom[NET_TEXT_MAX];
	int status;

	parse_options(argc, argv, &options);
	session.talk = (struct talk){ .link = &session.link,
		.screen = &session.screen,
		.name = options.name,
		.wanted = options.wanted };
	if (link_open(&session.link, options.host, &options.client, options.name) == -1)
		return STATUS_FAILED;
	if (screen_open(&session.screen, !log_enabled(LOG_LEVEL_NOTICE)) == -1) {
		log_error("the terminal:");
		return STATUS_FAILED;
	}
	session.talk.plain = options.to && !session.screen.interactive;
	catch_signals(&session.screen, &session.wait_mask);
	status = converse(&session, &options);
	screen_close(&session.screen);
	if (session.link.state == LINK_DOWN)
		log_error("%s: %s", net_format(&session.link.server, whom), session.link.why);
	link_close(&session.link);
	return status;
}
