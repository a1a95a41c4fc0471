/*
 * board: who is there and does what, for SITE WHO, for USR1, and for the limit of
 * sessions of one user; and the log of transfers.
 *
 * A place on the board lies in memory that all sessions share. Only its own session
 * writes to it, so another may read half of a line while it is written: it is for people
 * to look at, and always a string. A session that was killed leaves its place as it is,
 * until somebody finds that there is no such process any more.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "servers/ftpd/ftpd.h"

struct place {
	_Atomic long pid; /* 0: free */
	char user[USERS_NAME_MAX + 1];
	char peer[NET_TEXT_MAX];
	char doing[DOING_MAX + 1];
	_Atomic uint64_t moved; /* of the transfer at hand */
	_Atomic int64_t since_ms;
};

struct board {
	int count;
	struct place places[];
};

struct board *
board_new(int places)
{
	struct board *board =
	    sys_shared_memory(sizeof *board + (size_t)places * sizeof board->places[0]);

	if (board)
		board->count = places;
	return board;
}

static bool
is_there(const struct place *place)
{
	long pid = atomic_load(&place->pid);

	return pid != 0 && (kill((pid_t)pid, 0) == 0 || errno != ESRCH);
}

/* Take a free one, or a dead one's. -1: there is none. */
static int
claim(struct board *board)
{
	for (int i = 0; i < board->count; i++) {
		struct place *place = &board->places[i];
		long was = atomic_load(&place->pid);

		if (was != 0 && is_there(place))
			continue;
		if (atomic_compare_exchange_strong(&place->pid, &was, (long)getpid()))
			return i;
	}
	return -1;
}

static int
count_of(const struct board *board, const char *user)
{
	int n = 0;

	for (int i = 0; i < board->count; i++)
		n += is_there(&board->places[i]) && strcmp(board->places[i].user, user) == 0;
	return n;
}

int
board_enter(struct session *session)
{
	struct board *board = session->options->board;
	struct place *place;

	session->place = claim(board);
	if (session->place == -1)
		return -1;
	place = &board->places[session->place];
	atomic_store(&place->since_ms, 0);
	place->doing[0] = '\0';
	snprintf(place->peer, sizeof place->peer, "%s", conn_peer(session->conn));
	snprintf(place->user, sizeof place->user, "%s", session->user);
	if (session->options->per_user == 0 ||
	    count_of(board, session->user) <= session->options->per_user)
		return 0;
	board_leave(session);
	return -1;
}

void
board_leave(struct session *session)
{
	if (session->place == -1)
		return;
	session->options->board->places[session->place].user[0] = '\0';
	atomic_store(&session->options->board->places[session->place].pid, 0);
	session->place = -1;
}

/* What there is room for. Where it ends. */
static size_t
append(char doing[DOING_MAX + 1], size_t at, const char *words)
{
	while (*words && at < DOING_MAX)
		doing[at++] = *words++;
	doing[at] = '\0';
	return at;
}

/* Said of every command, twice: so without the work of snprintf. */
void
board_doing(struct session *session, const char *verb, const char *name)
{
	struct place *place;
	size_t end;

	if (session->place == -1)
		return;
	place = &session->options->board->places[session->place];
	end = append(place->doing, 0, verb);
	if (name)
		append(place->doing, append(place->doing, end, " "), name);
}

/* "anna 127.0.0.1:4711 RETR /notes.txt" */
static void
describe(const struct place *place, char *text, size_t cap)
{
	char doing[4 * DOING_MAX + 1];

	log_escape(doing, sizeof doing, place->doing, strnlen(place->doing, DOING_MAX));
	snprintf(text, cap, "%.*s %.*s %s", USERS_NAME_MAX, place->user, NET_TEXT_MAX - 1,
	    place->peer, *doing ? doing : "idle");
}

/* To a user only the own sessions: what others do is theirs. */
int
board_tell(struct session *session)
{
	const struct board *board = session->options->board;
	char text[512];

	reply_first(session, 200, "Your sessions:");
	for (int i = 0; i < board->count; i++) {
		const struct place *place = &board->places[i];

		if (!is_there(place) || strcmp(place->user, session->user) != 0)
			continue;
		describe(place, text, sizeof text);
		reply_more(session, "%s", text);
	}
	return reply(session, 200, "End");
}

const char *
board_about(pid_t pid, void *arg)
{
	static char text[512]; /* one line at a time is printed */
	const struct ftpd_options *options = arg;

	for (int i = 0; i < options->board->count; i++) {
		const struct place *place = &options->board->places[i];

		if (atomic_load(&place->pid) != pid)
			continue;
		text[0] = ':';
		text[1] = ' ';
		describe(place, text + 2, sizeof text - 2);
		return text;
	}
	return ": not logged in";
}

/* ---- the log ---- */

/* A blank in a name would make two fields of it. */
static void
underline(char *text)
{
	for (; *text; text++)
		if (*text == ' ')
			*text = '_';
}

/* A line in the form of xferlog(5), written by one call so that no two are mixed. */
void
log_transfer(struct session *session, const char *path, char direction, bool complete)
{
	char host[NET_TEXT_MAX], name[2 * JAIL_PATH_MAX], when[32], line[3 * JAIL_PATH_MAX];
	int64_t seconds = (sys_now_ms() - session->data.since_ms + 500) / 1000;
	time_t now = time(NULL);
	struct tm tm;
	int len;

	if (session->options->log == -1 || localtime_r(&now, &tm) == NULL)
		return;
	strftime(when, sizeof when, "%a %b %d %H:%M:%S %Y", &tm);
	snprintf(host, sizeof host, "%s", conn_peer(session->conn));
	if (strrchr(host, ':'))
		*strrchr(host, ':') = '\0';
	log_escape(name, sizeof name, path, strlen(path));
	underline(name);
	len = snprintf(line, sizeof line,
	    "%s %" PRId64 " %s %" PRIu64 " %s %c _ %c %c %s ftp 0 * %c\n", when,
	    seconds > 0 ? seconds : 1, host, session->data.moved, name,
	    session->ascii ? 'a' : 'b', direction,
	    session->rights & USERS_WRITE || direction == 'i' ? 'r' : 'a', session->user,
	    complete ? 'c' : 'i');
	if (len > 0 && len < (int)sizeof line &&
	    write(session->options->log, line, (size_t)len) == -1)
		log_error("log of transfers:");
}
