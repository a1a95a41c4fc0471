/*
 * ftp: what its parts share. ftp.c tells the story.
 */
#ifndef CLIENTS_FTP_H
#define CLIENTS_FTP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/conn.h"
#include "common/digest.h"
#include "common/jail.h"
#include "common/log.h"
#include "common/opts.h"
#include "common/password.h"
#include "common/progress.h"
#include "protocol/ftp_facts.h"
#include "protocol/ftp_reply.h"
#include "protocol/ftp_url.h"

enum {
	SESSION_INPUT = 4096,
	SESSION_DIR_MAX = 4096,
	PATIENCE_RATE = 8 << 20, /* bytes a second that any server digests */
};

/* What the user wants. */
struct ftp_settings {
	struct client_options client;
	const char *netrc; /* -N; NULL: $HOME/.netrc */
	bool no_netrc;	   /* -n */
	bool active;	   /* -A: we listen, the server calls */
	bool ascii;
	bool verify; /* compare digests if the server has them */
	int retries; /* of a transfer whose connection breaks */
	bool script; /* standard input has commands, or is nobody's: no questions */
};

/* What a server has said that it can do. */
enum session_feature {
	SESSION_SIZE = 1 << 0,
	SESSION_MDTM = 1 << 1,
	SESSION_REST = 1 << 2,
	SESSION_MLSD = 1 << 3,
	SESSION_MFMT = 1 << 4,
	SESSION_HASH = 1 << 5,
	SESSION_XSHA256 = 1 << 6,
	SESSION_XMD5 = 1 << 7,
	SESSION_UTF8 = 1 << 8,
	SESSION_EPSV = 1 << 9, /* not that it is offered, but that it was not refused */
};

/* Whom we talk to, and as whom: enough to call again. */
struct account {
	char host[FTP_URL_HOST_MAX + 1];
	char port[FTP_URL_PORT_MAX + 1];
	char user[FTP_URL_USER_MAX + 1]; /* "": not known yet */
	char password[PASSWORD_MAX + 1];
	bool has_password;
};

/* A control connection. */
struct session {
	struct ftp_settings *settings;
	struct account account;
	bool open;	/* there is a connection, and we are logged in */
	bool connected; /* there is a connection */
	int status;	/* the worst exit status so far */
	int fd;
	struct net_address peer;
	struct conn conn;
	struct ftp_reply reply; /* the last one */
	char input[SESSION_INPUT];
	size_t start, end;	   /* of what has come and is not looked at */
	unsigned owed;		   /* replies to commands that nobody waited for */
	unsigned features;	   /* of enum session_feature */
	enum digest_kind hash;	   /* what HASH gives; DIGEST_NONE: nothing that we know */
	char type;		   /* 'A' or 'I' as the server has it; 0: not said yet */
	char dir[SESSION_DIR_MAX]; /* "": where the login led */
	bool dir_lost;		   /* we are somewhere, and the server does not say where */
};

/* ---- session.c: lines there and back ---- */

/* Connect and hear the greeting. 0, or -1: said. */
int session_connect(struct session *session);
void session_close(struct session *session); /* without a word */
void session_quit(struct session *session);

/*
 * Read what nobody has asked for, and what somebody did not wait for. 0; -1: the
 * connection is gone, said.
 */
int session_catch_up(struct session *session);

/* Send a command; `argument` NULL: none. 0, or -1: the connection is gone, said. */
int session_say(struct session *session, const char *verb, const char *argument);

/*
 * The next reply, in session->reply. Its code; -1: the connection is gone, said, or ^C
 * was pressed. After 421 the connection is closed.
 */
int session_hear(struct session *session);

/* Both. */
int session_ask(struct session *session, const char *verb, const char *argument);

/* The same, with a longer wait for the reply. */
int session_ask_patiently(
    struct session *session, const char *verb, const char *argument, int wait_ms);

/* ask, and 0 if the reply is 2xx; else -1: said, with `what`. */
int
session_do(struct session *session, const char *verb, const char *argument, const char *what);

/* Say that `what` did not go, with the last reply's words. Sets the status. */
void session_refused(struct session *session, const char *what);
void session_worsen(struct session *session, int status);

/* The last reply's text on one line, escaped. */
const char *session_words(const struct session *session, char words[LOG_LINE_MAX]);

/* ---- login.c ---- */

/*
 * Connect, log in as session->account says (what is missing comes from .netrc or is
 * asked for), learn what the server can do, go to session->dir. 0, or -1: said.
 */
int session_open(struct session *session);

/* Connected, again if need be, to whom open has named. 0, or -1: said. */
int session_ready(struct session *session);

/* TYPE, if it is not so already. 0, or -1: said. */
int session_type(struct session *session, char type);

/* CWD, and remember where we are. */
int session_enter(struct session *session, const char *dir);

/* ---- account.c: who to be ---- */

/* What is missing of the account, from .netrc, from the user, or anonymous. 0, or -1. */
int account_complete(struct account *account, const struct ftp_settings *settings);
void account_forget(struct account *account);

/* ---- data.c: a data connection ---- */

struct data {
	int fd, listener; /* -1: none */
	struct net_address peer;
};

/*
 * Prepare, send `verb`, and have a connection. REST `from` before it, if not 0. 0, or -1:
 * nothing is left open, session->reply tells (code 0: no data connection, said).
 */
int data_begin(struct session *session, struct data *data, const char *verb,
    const char *argument, uint64_t from);

/* Close it and hear the last reply: its code, or -1. */
int data_end(struct session *session, struct data *data);

/* ^C: ABOR, and have the control connection in step again, or closed. */
void data_abort(struct session *session, struct data *data);

/* ---- move.c: the bytes ---- */

enum move_result {
	MOVE_DONE,    /* the end has come; or all was sent */
	MOVE_STOPPED, /* ^C */
	MOVE_BROKEN,  /* the data connection: errno */
	MOVE_FILE,    /* the file here: errno */
	MOVE_SPOKE,   /* the server has answered before all was sent */
};

struct move {
	struct session *session;
	int data, file;
	off_t at;	/* in the file */
	uint64_t moved; /* bytes, on the wire */
	bool ascii;
	uint64_t total; /* of the file, for the bar; 0: nobody knows */
	const char *name;
	struct progress progress;
};

/* Both with a bar. */
enum move_result move_in(struct move *move);
/* From move->at to the end of the file, which may be no regular one. */
enum move_result move_out(struct move *move);

/* Everything into memory, `most` bytes at most: EFBIG. Allocated; *len bytes and a NUL. */
enum move_result move_text(struct move *move, size_t most, char **text, size_t *len);

/* ---- facts.c: what is known of a file there ---- */

struct facts {
	bool has_size, has_time;
	uint64_t size;
	int64_t time; /* seconds */
};

/* SIZE and MDTM, in TYPE I. 0; -1 if the connection is gone. */
int facts_ask(struct session *session, const char *name, struct facts *facts);
bool facts_same(const struct facts *a, const struct facts *b);

/* ---- verify.c ---- */

enum verify_result {
	VERIFY_SAME,	/* the digests agree */
	VERIFY_UNKNOWN, /* nothing to compare with */
	VERIFY_DIFFERENT,
	VERIFY_LOST, /* the connection, or the file here (said) */
};

/*
 * Compare bytes 0 to `size` of the file `fd` and of the server's `name` by a digest.
 * *how is its name. With `part` the server's file may go on behind them.
 */
enum verify_result verify_digest(struct session *session, const char *name, int fd,
    uint64_t size, bool part, const char **how);

/* ---- get.c, put.c ---- */

enum file_flags {
	FILE_RESUME = 1 << 0, /* go on with what an earlier attempt has left */
};

/* Each 0, or -1: said. `local` "-": standard output or input. */
int get_file(struct session *session, const char *remote, const char *local, unsigned flags);
int put_file(struct session *session, const char *local, const char *remote, unsigned flags);

/* Of a file in a jail, as mirror has it; *time of the server's listing or -1. */
int get_into(struct session *session, const char *remote, const struct jail *jail,
    const char *name, unsigned flags);
int put_from(
    struct session *session, int fd, const char *shown, const char *remote, unsigned flags);

/* Whether to try once more after a broken connection; waits, and opens it again. */
bool session_again(struct session *session, int *tries, const char *what);

/* ---- listing.c: what is in a directory there ---- */

struct entry {
	enum ftp_type type;
	bool has_size, has_time;
	uint64_t size;
	int64_t time;
	const char *name; /* a string: no slash, neither `.' nor `..' */
};

struct listing {
	struct entry *entries;
	size_t count, capacity;
	char *text; /* what the names lie in */
};

/* Sorted by name. `dir` NULL: the current one. 0, or -1: said. */
int listing_fetch(struct session *session, const char *dir, struct listing *listing);
void listing_free(struct listing *listing);

/* Show `verb` (LIST, NLST, MLSD) as the server says it, escaped. 0, or -1: said. */
int listing_show(struct session *session, const char *verb, const char *argument);

/* ---- mirror.c: trees ---- */

int mirror_get(struct session *session, const char *remote, const char *local);
int mirror_put(struct session *session, const char *local, const char *remote);

/* ---- shell.c ---- */

/* Commands of a text (-c), or of standard input (NULL). The exit status. */
int shell_run(struct session *session, const char *commands);

/* ---- signals.c ---- */

/* ^C: caught, and let in only while something waits. */
extern volatile sig_atomic_t ftp_stop;
void signals_catch(void);
const sigset_t *signals_while_waiting(void);
const struct net_stop *signals_stop(void); /* the same, for net_connect_unless */
/* As they were when the program began, for a while: for a child, or a question. */
void signals_release(void);
void signals_hold(void);

#endif
