/*
 * rcmdd.h: what the files of rcmdd share.
 *
 *   rcmdd.c    options, who may, the start
 *   session.c  one client: who it is, and the one place that waits
 *   client.c   its frames, both ways
 *   command.c  one command: its start, its input, its limits, its end
 *   output.c   what it writes
 *   list.c     the allow-list: commands(5)
 */
#ifndef SERVERS_RCMDD_H
#define SERVERS_RCMDD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conn.h"
#include "common/digest.h"
#include "common/keys.h"
#include "common/opts.h"
#include "common/spawn.h"
#include "link/auth.h"
#include "link/frames.h"
#include "protocol/allow.h"
#include "protocol/command.h"

enum {
	RCMD_GREET_MS = 5000,	 /* for each frame until a client has said who it is */
	RCMD_GRACE_MS = 2000,	 /* between TERM and KILL for a command */
	RCMD_WALL_S = 3600,	 /* -W */
	RCMD_COMMANDS = 10000,	 /* -n */
	RCMD_PIECE = 256 * 1024, /* of output in one frame */
	RCMD_ENV_MAX = 10,
	RCMD_ENV_TEXT_MAX = 4352, /* a home may be as long as a path */
};

#define RCMD_PATH "/usr/local/bin:/usr/bin:/bin"

struct rcmd_options {
	const char *keys;	       /* -k; NULL: nobody is asked */
	const char *list;	       /* -a; NULL: any command */
	char directory[OPTS_PATH_MAX]; /* -d */
	char keys_path[OPTS_PATH_MAX], list_path[OPTS_PATH_MAX];
	int wall_ms;		    /* -W; 0: none */
	uint64_t output;	    /* -O: bytes; 0: none */
	int commands;		    /* -n: in one session; 0: any number */
	struct spawn_limits limits; /* -P, -M, -N */
	struct auth_failures *failures;
};

/* One of a command's two outputs. */
struct rcmd_stream {
	int *fd; /* its pipe */
	uint8_t type;
	struct digest digest;
	uint64_t bytes;
	bool ready; /* there is something to read, or its end */
	bool widened;
};

/* The command that runs. Bytes [start, end) of `input` wait for its standard input. */
struct rcmd_command {
	bool active;
	struct spawned program;
	struct rcmd_stream out, err;
	bool err_first; /* whose turn it is when both have something */
	uint8_t *input; /* COMMAND_WINDOW bytes */
	size_t start, end;
	bool input_ended;
	uint64_t window;   /* bytes of STDIN that the client may still send */
	uint64_t credit;   /* ... and that it has not been told of */
	int64_t looked_ms; /* when we last looked whether it has ended */
	int64_t flowed_us; /* when output last went out */
	int64_t since_ms, due_ms, kill_at_ms; /* due, kill: 0: not */
	enum command_end cause;		      /* a limit that ended it, else 0 */
	bool killed;			      /* KILL was sent */
	bool discard;			      /* nobody is to get its output any more */
	char text[256];			      /* for the log */
};

struct rcmd_session {
	const struct rcmd_options *options;
	struct conn *conn;
	struct link link; /* its payload holds EXEC's while that comes in */
	struct frame_reader reader;
	size_t exec_len;
	char who[KEYS_NAME_MAX + 1];
	int commands;
	bool gone;    /* the client is, or was sent away: no more frames */
	bool refused; /* it was sent away */
	int status;
	int64_t listened_ms; /* when signals were last let in for sure */
	int64_t active_ms;   /* when a byte last moved to or from the client */

	uint8_t *out; /* a frame on its way out: bytes [out_start, out_end) */
	size_t out_start, out_end;
	struct rcmd_command command;

	char env_text[RCMD_ENV_MAX][RCMD_ENV_TEXT_MAX];
	const char *env[RCMD_ENV_MAX + 1];
};

/* ---- session.c ---- */

/* Serve one client. */
int rcmd_session(struct conn *conn, void *arg);

/* ---- client.c ---- */

/* Put a frame into session->out, which must be empty. */
void rcmd_put(struct rcmd_session *session, uint8_t type, uint64_t value, const void *payload,
    size_t len);

/* Send what waits, without waiting. Whether nothing waits any more. */
bool rcmd_flush(struct rcmd_session *session);

/* Take what has come. */
void rcmd_read(struct rcmd_session *session);

/* The client is gone. Its command ends, all of it. */
void rcmd_lose(struct rcmd_session *session);

/* Send the client away with words. Its command ends, too. */
void rcmd_refuse(struct rcmd_session *session, enum frame_error error, const char *words);

/* ---- command.c ---- */

/* Start the command of an EXEC frame; or tell in an EXIT that it cannot be. */
void rcmd_start(struct rcmd_session *session, uint64_t form, const char **words);

/* A piece of STDIN; an empty one is the end. */
void rcmd_take_input(struct rcmd_session *session, const uint8_t *bytes, size_t len);
void rcmd_end_input(struct rcmd_command *command);

/* Give the command what waits for it. */
void rcmd_feed(struct rcmd_command *command);

/* Let all of it end: TERM now, KILL after the grace. */
void rcmd_end(struct rcmd_command *command, enum command_end cause);

/* Move on: output to the client, limits, and its end; a child may have ended if `child`. */
void rcmd_tend(struct rcmd_session *session, int64_t now, bool child);

/* ---- output.c ---- */

/* Pass output on until there is none, or the client takes none. */
void rcmd_forward(struct rcmd_session *session);

/* ---- list.c ---- */

/* A command as the allow-list has it; words and argv live as long as this. */
struct rcmd_listed {
	char line[ALLOW_LINE_MAX + 2];
	char text[ALLOW_LINE_MAX + 2 + COMMAND_BYTES_MAX];
	const char *argv[ALLOW_WORDS_MAX + COMMAND_ARGS_MAX + 1];
};

/*
 * What the list makes of a client's words. 1: listed->argv; 0: not on the list, or
 * arguments where there may be none; -1: the list cannot be used. `why` says it.
 */
int rcmd_list_find(const char *path, uint64_t form, const char **words,
    struct rcmd_listed *listed, char *why, size_t why_cap);

/* Whether the whole list is right; what is wrong in `why`. */
bool rcmd_list_check(const char *path, char *why, size_t why_cap);

#endif
