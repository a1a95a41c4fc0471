/*
 * run: who calls and who speaks at which moment, and the end. See tcpload.h.
 *
 *	long connections      connect all ----> talk ----> let the last answers come
 *	short connections                       talk ----> let the last answers come
 *
 * Closed loop: a client that has its answer sends its next message. A server that
 * stalls is then asked less, just when it is slow, and the many messages that would
 * have met the stall are missing from the percentiles: coordinated omission.
 *
 * Open loop (-r): message k falls due at start + k / rate, whatever the server does,
 * and belongs to client k modulo clients. It may have to wait until that client has the
 * answer to its message before, and that wait counts.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "clients/tcpload/tcpload.h"
#include "common/log.h"

#define SECOND (1000 * MS)

enum {
	CALL_PAUSE_US = 100,	 /* between calls ahead of the talk: a backlog bears that */
	SWEEP_MS = 100,		 /* at least so often the clients' patience is looked at */
	LAST_ANSWERS_MS = 10000, /* to come in after the end; less if -t says so */
	INTERRUPTED_MS = 500,	 /* ... if a signal was the end */
};

static volatile sig_atomic_t stop;

static void
on_stop(int signal)
{
	(void)signal;
	stop = 1;
}

/* Each ends the run; the second one of a kind kills, as if it had not been caught. */
void
load_catch_signals(void)
{
	const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int64_t
load_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

/* ---- the schedule ---- */

/* When message number `turn` falls due. */
static int64_t
due_of(const struct load *load, int64_t turn)
{
	int64_t rate = load->options->rate;

	return load->start + turn / rate * SECOND + turn % rate * SECOND / rate;
}

/* Whether there is no message of this number: -n were enough. */
static bool
is_beyond(const struct load *load, int64_t number)
{
	return load->options->count && number >= load->options->count;
}

/* Open loop: send what is overdue, else wait until the main loop says that it is time. */
static void
next_by_schedule(struct load *load, struct client *client, int64_t now)
{
	int64_t due = due_of(load, client->turn);

	if (due > now || due >= load->end)
		return;
	client->turn += load->options->clients;
	client_begin(load, client, due);
}

void
load_next(struct load *load, struct client *client, int64_t now)
{
	bool open_loop = load->options->rate != 0;

	if (load->ending || is_beyond(load, open_loop ? client->turn : load->begun))
		client_leave(load, client);
	else if (open_loop)
		next_by_schedule(load, client, now);
	else
		client_begin(load, client, now);
}

/* Let the messages go that fall due, each by its client, if that is not busy. */
static void
follow_schedule(struct load *load, int64_t now)
{
	while (!is_beyond(load, load->next) && due_of(load, load->next) <= now &&
	       due_of(load, load->next) < load->end) {
		struct client *client = &load->clients[load->next % load->options->clients];

		if (!load->ending && client->state == CLIENT_IDLE && client->turn == load->next)
			load_next(load, client, now);
		load->next++;
	}
}

/* ---- one turn of the loop ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Clients that have rested go on. */
static void
wake(struct load *load, int64_t now)
{
	while (load->resting && load->resting->rests_until <= now) {
		struct client *client = load->resting;

		load->resting = client->next;
		if (load->resting == NULL)
			load->last_resting = &load->resting;
		client_wake(load, client);
	}
}

/* Nothing came of these within -t: that is an error. When to look again. */
static int64_t
sweep(struct load *load, int64_t now)
{
	int64_t limit = load->options->client.timeout_ms * MS;
	int64_t pause = earlier(SWEEP_MS * MS, limit / 8 + MS);

	if (limit == 0)
		return now + SWEEP_MS * MS;
	for (int i = 0; i < load->options->clients; i++) {
		struct client *client = &load->clients[i];

		if ((client->state == CLIENT_TALKING || client->state == CLIENT_CALLING) &&
		    now - client->since >= limit)
			client_give_up(load, client);
	}
	return now + pause;
}

/* Wait until something can go on, at most until `until`. 0, or -1 (said). */
static int
turn(struct load *load, int64_t until, int64_t now)
{
	struct ready_event events[READY_BATCH];
	int count;

	if (load->resting)
		until = earlier(until, load->resting->rests_until);
	count = ready_wait(load->ready, until > now ? until - now : 0, events);
	if (count == -1) {
		log_error("waiting for the clients:");
		return -1;
	}
	for (int i = 0; i < count; i++)
		client_event(load, &load->clients[events[i].client], events[i].what);
	return 0;
}

/* ---- before the talk ---- */

/*
 * Connect all clients. They call at a pace, because what is to be measured here is not
 * how long the kernel waits before it knocks again at a backlog that was full.
 */
static int
call_all(struct load *load)
{
	int64_t start = load_now(), now = start, sweep_at = start;
	int called = 1; /* the first connection stands */

	load->connecting = true;
	while ((called < load->options->clients || load->busy > 0) && !stop) {
		int64_t due = start + called * (CALL_PAUSE_US * MS / 1000);

		if (now >= sweep_at)
			sweep_at = sweep(load, now);
		wake(load, now);
		if (called < load->options->clients && now >= due)
			client_call(load, &load->clients[called++]);
		else if (turn(load,
			     called < load->options->clients ? earlier(due, sweep_at) :
							       sweep_at,
			     now) == -1)
			return -1;
		now = load_now();
	}
	load->connecting = false;
	load->connections_before = load->connections;
	return 0;
}

/* ---- the talk and its end ---- */

static void
begin_talk(struct load *load)
{
	const struct load_options *options = load->options;

	load->start = load->last_answer = load_now();
	load->end = options->duration_ms ? load->start + options->duration_ms * MS : INT64_MAX;
	for (int i = 0; i < options->clients && !stop; i++) {
		load->clients[i].turn = i;
		load_next(load, &load->clients[i], load_now());
	}
}

/* The rates are those of the time until here; answers still come in for a while. */
static void
note_end(struct load *load, int64_t now)
{
	load->elapsed = now - load->start;
	load->answered_in_time = load->answered;
	load->connections -= load->connections_before;
}

/*
 * Nothing begins any more. Who talks may finish: until when, is the result.
 */
static int64_t
begin_end(struct load *load, int64_t now)
{
	int64_t limit = stop ? INTERRUPTED_MS * MS : LAST_ANSWERS_MS * MS;

	note_end(load, now);
	load->ending = true;
	load->end = earlier(load->end, now);
	load->resting = NULL;
	load->last_resting = &load->resting;
	for (int i = 0; i < load->options->clients; i++) {
		struct client *client = &load->clients[i];

		if (client->state != CLIENT_TALKING && client->state != CLIENT_GONE)
			client_leave(load, client);
	}
	if (load->options->client.timeout_ms)
		limit = earlier(limit, load->options->client.timeout_ms * MS);
	return now + limit;
}

/* For the whole time of -t not one answer, but errors: that will not mend itself. */
static bool
is_hopeless(const struct load *load, int64_t now)
{
	int timeout_ms = load->options->client.timeout_ms;

	if (timeout_ms == 0 || load->failed_since_answer == 0 ||
	    now - load->last_answer <= timeout_ms * MS)
		return false;
	log_error("nothing but errors for %g s: given up", timeout_ms / 1000.0);
	return true;
}

/* The time for the last answers is over. After a signal that is nobody's fault. */
static void
cut_off(struct load *load)
{
	for (int i = 0; i < load->options->clients && !stop; i++)
		if (load->clients[i].state == CLIENT_TALKING)
			client_give_up(load, &load->clients[i]);
}

static int
talk(struct load *load)
{
	int64_t now, sweep_at = 0, deadline = INT64_MAX;

	begin_talk(load);
	for (;;) {
		int64_t until;

		now = load_now();
		if (now >= sweep_at)
			sweep_at = sweep(load, now);
		if (!load->ending && (now >= load->end || stop || is_hopeless(load, now)))
			deadline = begin_end(load, now);
		if (load->present == 0 || now >= deadline)
			break;
		until = earlier(sweep_at, load->ending ? deadline : load->end);
		if (load->options->rate && !load->ending) {
			follow_schedule(load, now);
			if (!is_beyond(load, load->next))
				until = earlier(until, due_of(load, load->next));
		}
		wake(load, now);
		if (turn(load, until, now) == -1)
			return -1;
	}
	if (!load->ending)
		note_end(load, now);
	cut_off(load);
	return 0;
}

int
load_run(struct load *load)
{
	load->last_resting = &load->resting;
	load->present = load->options->clients;
	if (!load->options->once && call_all(load) == -1)
		return -1;
	if (talk(load) == -1)
		return -1;
	if (load->options->rate)
		follow_schedule(load, earlier(load->end, load_now()));
	load->unfinished = (load->options->rate ? load->next : load->begun) - load->finished;
	return 0;
}
