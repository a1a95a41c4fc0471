/*
 * tftp: what its parts share. tftp.c tells the story.
 */
#ifndef CLIENTS_TFTP_H
#define CLIENTS_TFTP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/jail.h"
#include "common/opts.h"
#include "common/progress.h"
#include "link/tftp_run.h"

enum {
	TFTP_WINDOW_WANTED = 64, /* if the user says nothing */
};

/* What the user wants of every transfer. */
struct tftp_settings {
	struct client_options client; /* -t: seconds without progress */
	enum tftp_mode mode;
	uint32_t blksize; /* 0: the largest that the way carries whole */
	uint32_t window;  /* 0: TFTP_WINDOW_WANTED */
	uint32_t repeat;  /* seconds after which both sides repeat; 0: as measured, 1 at most */
	int total_ms;	  /* for a whole transfer; 0: no limit */
	bool plain;	  /* ask for no options at all */
};

/* One file, there and here. Filled by get.c and put.c. */
struct tftp_transfer {
	const struct tftp_settings *settings;
	const char *host, *port, *name; /* of the server */
	const char *local;		/* the file here, for messages */
	enum tftp_opcode opcode;	/* TFTP_RRQ or TFTP_WRQ */
	int file;
	bool size_known;
	uint64_t size;		  /* of what is sent */
	int (*finish)(void *arg); /* as in struct tftp_run; or NULL */
	void *arg;

	/* transfer.c's own. */
	struct tftp_engine engine;
	struct progress progress;
	uint64_t shown; /* bytes that progress knows of */
};

/* Each an exit status; what went wrong is said. `local` NULL: called as there. */
int tftp_get(const struct tftp_settings *settings, const char *host, const char *name,
    const char *local);
int tftp_put(const struct tftp_settings *settings, const char *host, const char *local,
    const char *name);
int tftp_transfer(struct tftp_transfer *transfer);

/* Commands from standard input. `host` NULL: none yet. An exit status. */
int tftp_shell(struct tftp_settings *settings, const char *host);

/*
 * The file is here, but the server may not have heard it: a child of ours stays for a while
 * to say so again, and this process goes on. The engine is DALLYING.
 */
void tftp_linger(struct tftp_engine *engine, int socket, const struct net_address *peer);

/* ^C and such end the transfer: catch them, and note it here. */
extern volatile sig_atomic_t tftp_stop;
void tftp_catch_signals(void);
void tftp_forget_signals(void);

/* -x: a packet in words. As struct tftp_run's trace and stranger. */
void tftp_show_packet(void *arg, bool out, const void *head, size_t head_len, size_t len);
void tftp_show_stranger(void *arg, const struct net_address *who);

#endif
