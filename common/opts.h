/*
 * opts: the option alphabet that every program shares.
 *
 * A letter means the same in every program of the suite. The shared letters and
 * their texts stand here once; a program adds a table of its own. The getopt
 * string, the usage line and the text of -h are all made from these tables, so
 * they cannot disagree.
 *
 * This module may exit: status 2 with one line on stderr for wrong usage, 0 after
 * -h and -V.
 */
#ifndef COMMON_OPTS_H
#define COMMON_OPTS_H

#include <stdint.h>

#include "common/serve.h"
#include "common/serve_udp.h"

#define SWITCHBOARD_VERSION "0.1"

/*
 * One option: its letter, its argument's name (NULL: a flag), what -h says. The letter
 * '-' makes a long option: { '-', "allow-remote", ... } is --allow-remote, since to
 * getopt(3) that is the option - with an argument. The program compares the argument.
 */
struct opts_entry {
	char letter;
	const char *argument, *text;
};

struct opts_program {
	const char *name;
	const char *purpose;	      /* one sentence for -h */
	const char *operands;	      /* of the usage line: "host"; "" if there are none */
	int operand_min, operand_max; /* how many */
	const struct opts_entry *own; /* ends with letter 0; may reword a shared letter */
	const struct serve_own_model *models; /* a server's own, for -m; ends with name NULL */
};

/* What the shared letters of a client set. */
struct client_options {
	const char *port; /* -p */
	int family;	  /* -4, -6 */
	int timeout_ms;	  /* -t */
};

enum {
	OPTS_STRING_MAX = 128,
	OPTS_PATH_MAX = 4096, /* with its NUL */
};

/* A command line being read. */
struct opts {
	const struct opts_program *program;
	const struct opts_entry *shared;
	struct serve_options *serve;   /* a server's, or NULL */
	struct udp_serve_options *udp; /* a datagram server's, or NULL */
	struct client_options *client; /* a client's, or NULL */
	int argc;
	char **argv;
	char letters[OPTS_STRING_MAX]; /* for getopt(3) */
	int letter;		       /* the option at hand ... */
	const char *argument;	       /* ... and its argument */
};

void opts_server(struct opts *opts, const struct opts_program *program,
    struct serve_options *serve, int argc, char *argv[]);
void opts_udp_server(struct opts *opts, const struct opts_program *program,
    struct udp_serve_options *udp, int argc, char *argv[]);
/* Of a datagram server whose requests begin children: serve_calls.h. */
void opts_calls_server(struct opts *opts, const struct opts_program *program,
    struct udp_serve_options *udp, int argc, char *argv[]);
void opts_client(struct opts *opts, const struct opts_program *program,
    struct client_options *client, int argc, char *argv[]);
/* A program that talks to nobody: -h and -V. */
void opts_tool(struct opts *opts, const struct opts_program *program, int argc, char *argv[]);

/*
 * The next of the program's own letters, with opts->argument; -1 when all are
 * read. Shared letters are dealt with on the way. Ends the program, as said
 * above, for what is wrong. Afterwards the operands are opts_operand(0) onwards.
 */
int opts_next(struct opts *opts);

/* The i-th operand, or NULL. */
const char *opts_operand(const struct opts *opts, int i);

/* The argument at hand as a number or as seconds ("0.5", in ms), or exit 2. */
int opts_number(const struct opts *opts, int min, int max);
int opts_seconds(const struct opts *opts, int max_seconds);

/*
 * The argument at hand as the path of something that is there, whole, so that it stays
 * right when a daemon has gone to the root directory; or exit 2. Returns `whole`.
 */
const char *opts_path(const struct opts *opts, char whole[OPTS_PATH_MAX]);

/* Wrong usage in words: one line on stderr and exit 2. */
_Noreturn void opts_fail(const struct opts *opts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
