/*
 * session: one client of rcmdd: who it is, its frames, and the one place that waits.
 *
 *	client                       server
 *	HELLO ...  <-------------->  who is there? link/auth.h
 *	EXEC       --------------->  command.c
 *	STDIN, SIGNAL ------------>
 *	           <---------------  STDOUT, STDERR, WINDOW, EXIT
 *	EXEC       --------------->  the next one
 *	closes     --------------->  whatever still runs is ended, all of it
 *
 * A client that is gone is noticed at once, because its side is always read: a window
 * bounds the input that may be under way (command.h). Signals come in only while we
 * wait, so that the end of a command is not missed.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/heed.h"
#include "common/log.h"
#include "common/serve.h"
#include "common/sys.h"
#include "servers/rcmdd/rcmdd.h"

enum {
	WATCHED = 6,
	LISTEN_MS = 20, /* for signals, however busy we are */
	REST_MS = 20,	/* to look again whether all of a command is gone */
};

/* ---- waiting ---- */

static bool
is_sending(const struct rcmd_session *session)
{
	return session->out_start < session->out_end;
}

/* Until the next limit; -1: there is none. */
static int
wait_ms(const struct rcmd_session *session, int64_t now)
{
	const struct rcmd_command *command = &session->command;
	bool waits_for_client = !command->active || is_sending(session);
	const int64_t due[] = {
		command->active && !command->kill_at_ms ? command->due_ms : 0,
		command->active ? command->kill_at_ms : 0,
		waits_for_client && session->conn->idle_ms && !session->gone ?
		    session->active_ms + session->conn->idle_ms :
		    0,
	};
	int64_t first = INT64_MAX;

	if (command->active && command->program.state == SPAWN_GONE && !is_sending(session))
		return 0; /* only what its pipes still hold is to come */
	if (command->active && command->program.state == SPAWN_REST)
		first = now + REST_MS; /* who is not our child ends unheard */
	for (size_t i = 0; i < sizeof due / sizeof *due; i++)
		if (due[i] && due[i] < first)
			first = due[i];
	return first == INT64_MAX ? -1 : first > now ? (int)(first - now) : 0;
}

static void
heed_idle(struct rcmd_session *session, int64_t now)
{
	int idle_ms = session->conn->idle_ms;
	bool waits_for_client = !session->command.active || is_sending(session);

	if (session->gone || !waits_for_client || idle_ms == 0 ||
	    now < session->active_ms + idle_ms)
		return;
	errno = ETIMEDOUT;
	conn_log_failure(conn_peer(session->conn), idle_ms);
	session->status = STATUS_FAILED;
	rcmd_lose(session);
}

static int
watch(const struct rcmd_session *session, struct pollfd watched[WATCHED])
{
	const struct rcmd_command *command = &session->command;
	bool active = command->active, sending = is_sending(session);
	bool feeding = active && command->start < command->end;

	watched[0] = (struct pollfd){ session->gone ? -1 : session->conn->in, POLLIN, 0 };
	watched[1] = (struct pollfd){ sending ? session->conn->out : -1, POLLOUT, 0 };
	watched[2] = (struct pollfd){ feeding ? command->program.in : -1, POLLOUT, 0 };
	watched[3] =
	    (struct pollfd){ active && !sending ? command->program.out : -1, POLLIN, 0 };
	watched[4] =
	    (struct pollfd){ active && !sending ? command->program.err : -1, POLLIN, 0 };
	watched[5] = (struct pollfd){ session->conn->lifeline, POLLIN, 0 };
	return WATCHED;
}

static bool
is_told_to_stop(const struct conn *conn, const struct heed *heed)
{
	return heed_is_told(heed) || (conn->stop && *conn->stop);
}

/* One round: wait for anything, then let everything move. */
static void
turn(struct rcmd_session *session, const struct heed *heed)
{
	struct pollfd watched[WATCHED];
	int64_t now = sys_now_ms();
	int count = watch(session, watched);
	int ready = sys_ppoll(watched, (nfds_t)count, wait_ms(session, now), heed_mask(heed));
	bool signalled = ready == -1;

	now = sys_now_ms();
	if (ready > 0 && now - session->listened_ms >= LISTEN_MS) {
		/* where something is always ready, ppoll lets no signal in */
		signalled = sys_ppoll(NULL, 0, 0, heed_mask(heed)) == -1;
		session->listened_ms = now;
	}
	if (ready == -1 && errno != EINTR)
		rcmd_lose(session);
	if (!session->gone &&
	    (is_told_to_stop(session->conn, heed) || (ready > 0 && watched[5].revents)))
		rcmd_refuse(session, FRAME_E_FAILED, "the server ends this session");
	if (ready > 0 && watched[0].revents)
		rcmd_read(session);
	if (ready > 0 && watched[2].revents)
		rcmd_feed(&session->command);
	(void)rcmd_flush(session);
	if (ready > 0 && watched[3].revents)
		session->command.out.ready = true;
	if (ready > 0 && watched[4].revents)
		session->command.err.ready = true;
	if (session->command.active)
		rcmd_tend(session, now, signalled);
	heed_idle(session, now);
}

/* ---- the session ---- */

/* The environment of all commands: made here, nothing of it is inherited. */
static void
make_environment(struct rcmd_session *session)
{
	const struct passwd *user = getpwuid(geteuid());
	const char *name = user ? user->pw_name : "nobody";
	const struct {
		const char *name, *value;
	} all[] = {
		{ "PATH", RCMD_PATH },
		{ "HOME", user ? user->pw_dir : "/" },
		{ "USER", name },
		{ "LOGNAME", name },
		{ "SHELL", "/bin/sh" },
		{ "LANG", "C.UTF-8" },
		{ "PWD", session->options->directory },
		{ "RCMD_PEER", conn_peer(session->conn) },
		{ "RCMD_KEY", session->who },
	};
	size_t count = 0;

	for (; count < sizeof all / sizeof *all; count++) {
		snprintf(session->env_text[count], RCMD_ENV_TEXT_MAX, "%s=%s", all[count].name,
		    all[count].value);
		session->env[count] = session->env_text[count];
	}
	session->env[count] = NULL;
}

/* Who it is, and whether it may. 0, or -1: it has been told. */
static int
greet(struct rcmd_session *session)
{
	struct conn *conn = session->conn;
	int idle_ms = conn->idle_ms;
	unsigned rights;

	if (idle_ms == 0 || idle_ms > RCMD_GREET_MS)
		conn_set_idle(conn, RCMD_GREET_MS);
	if (auth_serve(&session->link, AUTH_RCMD, session->options->keys,
		session->options->failures, &rights, session->who) == -1)
		return -1;
	conn_set_idle(conn, idle_ms);
	if (rights & KEYS_RUN)
		return 0;
	log_notice("%s: key \"%s\" has no right to run", conn_peer(conn), session->who);
	(void)link_refuse(
	    &session->link, FRAME_E_DENIED, "this key has no right to run commands");
	return -1;
}

/* exercise: start the command, carry its streams and its end, heed the client and the limits */
static int
serve(struct rcmd_session *session)
{
	struct heed heed;
	const int on = 1;

	if (greet(session) == -1) {
		/* who had more to say than HELLO is to hear why, not a reset */
		if (!session->link.over)
			link_hang_up(&session->link);
		return STATUS_FAILED;
	}
	make_environment(session);
	if (session->conn->in_is_socket) /* a client that is cut off is noticed some day */
		(void)setsockopt(session->conn->in, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	spawn_adopt_orphans();
	heed_begin(&heed, session->conn->wait_mask);
	session->active_ms = sys_now_ms();
	while (!session->gone || session->command.active)
		turn(session, &heed);
	heed_end(&heed);
	if (session->refused)
		link_hang_up(&session->link);
	return session->status;
}

int
rcmd_session(struct conn *conn, void *arg)
{
	struct rcmd_session *session = calloc(1, sizeof *session);
	int status = STATUS_FAILED;

	if (session == NULL || link_open(&session->link, conn) == -1) {
		log_error("%s: no memory:", conn_peer(conn));
		free(session);
		return STATUS_FAILED;
	}
	session->conn = conn;
	session->options = arg;
	session->out = malloc(FRAME_HEADER + RCMD_PIECE);
	session->command.input = malloc(COMMAND_WINDOW);
	if (session->out && session->command.input)
		status = serve(session);
	else
		log_error("%s: no memory:", conn_peer(conn));
	free(session->out);
	free(session->command.input);
	link_close(&session->link);
	free(session);
	return status;
}
