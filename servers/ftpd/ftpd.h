/*
 * ftpd: what the parts of the FTP server share: what it is told, and a session.
 *
 *	ftpd.c		options
 *	session.c	the dialogue: the table of commands, and who may say which
 *	control.c	lines that come, replies that go, also while data flows
 *	login.c		USER, PASS; keep.c: who decides, in a process of its own
 *	settings.c	TYPE, MODE, OPTS, FEAT, HELP, STAT and their like
 *	files.c		directories, names, attributes
 *	data.c		data connections: PASV, EPSV, PORT, EPRT
 *	flow.c		bytes over them
 *	get.c, put.c	RETR; STOR, STOU, APPE, within the quota
 *	list.c		LIST, NLST, MLSD; facts.c: MLST
 *	sums.c		HASH, XMD5, XSHA256
 *	confine.c	what a session gives up before and after the login
 *	board.c		who is there and does what: SITE WHO, USR1; the transfer log
 */
#ifndef SERVERS_FTPD_H
#define SERVERS_FTPD_H

#include "common/digest.h"
#include "common/jail.h"
#include "common/keeper.h"
#include "common/opts.h"
#include "common/quota.h"
#include "common/serve.h"
#include "link/users.h"
#include "protocol/ftp.h"
#include "protocol/ftp_facts.h"
#include "protocol/ftp_host.h"

enum {
	LOGIN_MS = 60000,      /* from the call to the login */
	LOGIN_TRIES = 3,       /* then we hang up */
	CONNECT_MS = 30000,    /* a data connection must stand then */
	BAD_MAX = 50,	       /* unknown commands of one session */
	CONTROL_IN = 8192,     /* bytes of commands that are read ahead */
	CONTROL_OUT = 16384,   /* of replies that are gathered */
	FLOW_SIZE = 64 * 1024, /* of a buffer for data */
	NEW_FILE = 0644,       /* the mode of a file that is put, and ... */
	NEW_DIRECTORY = 0755,  /* ... of a directory that is made */
	DOING_MAX = 64,	       /* bytes of what the board tells of a session */
};

enum sync_when {
	SYNC_NONE,
	SYNC_LARGE, /* files of more than SYNC_LARGE_MIN bytes */
	SYNC_ALL,
	SYNC_LARGE_MIN = 64 * 1024,
};

struct board;

struct ftpd_options {
	const char *users, *anonymous; /* -f, -a; NULL: none */
	char users_path[OPTS_PATH_MAX], anonymous_path[OPTS_PATH_MAX];
	bool weak_hashes;	   /* -w */
	int first_port, last_port; /* -P; 0: the kernel chooses */
	uint8_t outside[4];	   /* -N: the address that PASV tells */
	bool has_outside;
	int per_user;	      /* -U; 0: no limit */
	int rate;	      /* -R: bytes a second; 0: no limit */
	enum sync_when sync;  /* -S */
	const char *log_path; /* -A; NULL: none */
	int log;	      /* the same, open; -1 */
	int nowhere;	      /* as root: `/` of who is not logged in; else -1 */
	const struct serve_options *serve;
	struct keeper keeper;
	struct quota_table *quotas;
	struct board *board;
};

enum state {
	NAMED = 1 << 0,	   /* USER was said */
	IN = 1 << 1,	   /* logged in */
	RENAMING = 1 << 2, /* RNFR was the last command */
	ENDING = 1 << 3,   /* no more commands are heard */
	HELD = 1 << 4,	   /* a command that came while data flowed waits in `line` */
	FLOWING = 1 << 5,  /* data flows, or is waited for */
	ABORTED = 1 << 6,  /* and shall not */
	GONE = 1 << 7,	   /* the client has closed the control connection */
};

/* What is known of the data connection, and itself. */
struct data {
	enum { DATA_NONE, DATA_PASSIVE, DATA_ACTIVE } mode;
	struct net_address
	    own;       /* the control connection's, from the first time it is asked for */
	int listener;  /* -1: none */
	uint16_t port; /* where it listens */
	bool taken;    /* the last call that it was opened for has come */
	bool all;      /* EPSV ALL was said */
	struct net_address target;
	int fd; /* -1: there is none */
	uint64_t moved;
	int64_t since_ms;
};

struct session {
	const struct ftpd_options *options;
	struct conn *conn;
	unsigned state; /* of enum state */
	int64_t begin_ms;
	int tries, bad;
	struct keeper keeper; /* our own copy */

	/* The control connection. */
	char in[CONTROL_IN];
	size_t in_at, in_len;
	struct ftp_line line;
	struct ftp_command command;
	char out[CONTROL_OUT];
	size_t out_len;

	/* Who. */
	char user[USERS_NAME_MAX + 1];
	unsigned rights; /* of enum users_right */
	uint64_t bytes_limit, files_limit;
	struct jail home;
	bool counted; /* `quota` is joined */
	struct quota quota;
	int place; /* on the board */

	/* What was said. */
	char cwd[JAIL_PATH_MAX];
	char from[JAIL_PATH_MAX]; /* RNFR */
	bool ascii;
	uint64_t restart;  /* REST */
	uint64_t expected; /* ALLO */
	unsigned puts;	   /* of whole files, so far */
	unsigned facts;	   /* of MLST */
	enum digest_kind hash;
	struct data data;
};

/* ---- session.c: the table ---- */

struct command {
	const char *name;
	int (*handler)(struct session *session);
	unsigned needs;	     /* of enum needs */
	const char *syntax;  /* of its argument, for HELP and 501 */
	const char *feature; /* what FEAT says of it, or NULL */
};

enum needs {
	NEED_LOGIN = 1 << 0,	/* else 530 */
	NEED_ARGUMENT = 1 << 1, /* else 501 */
	NEED_NAMED = 1 << 2,	/* else 503: USER first */
	NEED_RENAMING = 1 << 3, /* else 503: RNFR first */
	NEED_OUTSIDE = 1 << 4,	/* not logged in, else 503 */
	NEED_READ = 1 << 5,	/* rights, else 550 */
	NEED_WRITE = 1 << 6,
	NEED_DELETE = 1 << 7,
	NEED_LIST = 1 << 8,
	KEEPS_RESTART = 1 << 9, /* REST counts for what comes after this, too */
	NEED_STREAM = 1 << 10,	/* no EPSV ALL was said, else 503 */
	OLDER = 1 << 11,	/* another name of something: not in HELP */
};

/* Of the whole table, which ends with name NULL. */
extern const struct command ftpd_commands[];

int ftpd_session(struct conn *conn, void *arg);

/* ---- control.c ---- */

/*
 * Every handler returns what these return: 0, or -1 when the session cannot go on. Replies
 * are gathered, and go when the session waits for a command; control_flush sends them.
 */
int reply(struct session *session, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int reply_first(struct session *session, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int reply_more(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "550 name: reason", or another code that suits errno. */
int reply_errno(struct session *session, const char *name);
int control_flush(struct session *session);

/* The next command into session->command. 1; 0: the client has gone; -1 with errno. */
int control_next(struct session *session);

/*
 * While data flows: hear what the client says, without waiting. ABOR sets ABORTED; STAT
 * and NOOP are answered; any other command is HELD, and nothing more is heard.
 */
int control_overhear(struct session *session);

/* The argument as a name, from the working directory. 0, or -1: it was answered. */
int argument_path(struct session *session, struct ftp_span argument, char path[JAIL_PATH_MAX]);

/* ---- login.c, keep.c ---- */

int do_user(struct session *session);
int do_pass(struct session *session);
int do_rein(struct session *session);
void login_end(struct session *session);

/* What the keeper is asked, and answers. */
struct login_question {
	char user[USERS_NAME_MAX + 1];
	char password[512];
	uint8_t network[NET_NETWORK_MAX];
	uint32_t network_len;
};

struct login_answer {
	int32_t verdict; /* of enum users_verdict */
	uint32_t rights;
	uint64_t bytes, files;
	char error[256]; /* for the log */
};

extern const struct keeper_work login_keeper;

/* ---- confine.c ---- */

/* Whether a session has its process to itself, which others need not have after it. */
bool confine_is_for(const struct serve_options *serve);
void confine_stranger(const struct session *session);
void confine_user(const struct session *session);

/* ---- settings.c ---- */

int do_type(struct session *session);
int do_mode(struct session *session);
int do_stru(struct session *session);
int do_rest(struct session *session);
int do_allo(struct session *session);
int do_acct(struct session *session);
int do_noop(struct session *session);
int do_syst(struct session *session);
int do_help(struct session *session);
int do_feat(struct session *session);
int do_opts(struct session *session);
int do_stat(struct session *session);
int do_lang(struct session *session);
int do_host(struct session *session);
int do_quit(struct session *session);
int do_abor(struct session *session);
int tell_status(struct session *session);

/* ---- files.c, site.c ---- */

/* A name that is made: no control characters, which would spoil everybody's listings. */
bool is_fit_name(const char *path);

int do_pwd(struct session *session);
int do_cwd(struct session *session);
int do_cdup(struct session *session);
int do_mkd(struct session *session);
int do_rmd(struct session *session);
int do_dele(struct session *session);
int do_rnfr(struct session *session);
int do_rnto(struct session *session);
int do_size(struct session *session);
int do_mdtm(struct session *session);
int do_mfmt(struct session *session);
int do_site(struct session *session);
int do_avbl(struct session *session);

/* ---- data.c ---- */

int do_pasv(struct session *session);
int do_epsv(struct session *session);
int do_port(struct session *session);
int do_eprt(struct session *session);
void data_begin(struct data *data);

/*
 * Open the data connection and say 150, which goes when something is waited for. 0 with
 * session->data.fd; 1: it does not stand, and that was answered; -1.
 */
int data_open(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Wait until `fd` is ready, hearing commands meanwhile. 0, or -1 with errno. */
int data_wait(struct session *session, int fd, short events, int64_t end_ms);
void data_close(struct session *session);
void data_forget(struct session *session);

/* ---- flow.c: over session->data.fd; 0, or -1 with errno: ECANCELED if ABOR came ---- */

int flow_out(struct session *session, const void *bytes, size_t len);
/* What comes, up to `len` bytes: how many, 0 at the end. */
ssize_t flow_in(struct session *session, void *bytes, size_t len);
int flow_file(struct session *session, int fd, off_t offset, uint64_t len);
/* The same without passing through this process, into `pipe`. */
ssize_t flow_splice(struct session *session, int pipe, size_t len);
/* So many bytes have passed: count them, and be no faster than allowed. */
int flow_moved(struct session *session, ssize_t n, bool out);
/* The transfer is over: 226, or what errno says if `result` is -1. */
int flow_end(struct session *session, int result, const char *what);

/* ---- get.c, put.c, list.c, sums.c ---- */

int do_retr(struct session *session);
int do_stor(struct session *session);
int do_stou(struct session *session);
int do_appe(struct session *session);
int do_list(struct session *session);
int do_nlst(struct session *session);
int do_mlsd(struct session *session);
int do_mlst(struct session *session);
int list_status(struct session *session); /* STAT of a name */
enum ftp_type facts_type(const struct stat *st);
/* Facts and name, no CR LF. Its length, or -1: it cannot be said. */
ssize_t facts_line(const struct session *session, const struct stat *st, const char *name,
    char *line, size_t cap);
int do_hash(struct session *session);
int do_xmd5(struct session *session);
int do_xsha256(struct session *session);

/* ---- board.c ---- */

struct board *board_new(int places);
/* A place for this session: 0; -1: the user has too many already. */
int board_enter(struct session *session);
void board_leave(struct session *session);
void board_doing(struct session *session, const char *verb, const char *name);
int board_tell(struct session *session); /* SITE WHO */
const char *board_about(pid_t pid, void *arg);
void log_transfer(struct session *session, const char *path, char direction, bool complete);

#endif
