/*
 * filecp: what its parts share. filecp.c tells the story.
 */
#ifndef CLIENTS_FILECP_H
#define CLIENTS_FILECP_H

#include "common/jail.h"
#include "common/keys.h"
#include "common/opts.h"
#include "common/progress.h"
#include "link/transfer.h"

struct filecp_options {
	struct client_options client;
	const char *keys; /* -k: its first key is ours */
	bool list, recursive;
	enum digest_kind kind;
	enum transfer_sync sync;
	char **operands;
	int count;
};

/* An operand: HOST:PATH, or a file of this machine. */
struct place {
	const char *text;	  /* as it was typed, in messages */
	char host[NET_TEXT_MAX];  /* "": this machine */
	char path[JAIL_PATH_MAX]; /* a remote one without needless slashes and dots */
	bool slash;		  /* said with a slash at its end: a directory */
};

/* False, and said: it is too long. */
bool place_parse(struct place *place, const char *text);

/* The last component, "" if that is no name (`.`, `..`, `/`). Within `path`, cut. */
const char *place_name(const char *path, char name[JAIL_NAME_MAX + 1]);

/* A connection to a server, greeted. */
struct call {
	const struct filecp_options *options;
	const struct place *at; /* whose host it is */
	int fd;
	struct net_address peer;
	struct conn conn;
	struct link link;
	struct transfer transfer;
	struct progress progress;
	int status; /* what has happened so far: the worst counts */
};

/* 0, or -1: said, call->status is set. call_end in any case of 0. */
int call_begin(struct call *call, const struct filecp_options *options, const struct place *at);
void call_end(struct call *call);

/* A request. 0, or -1: said. */
int call_request(struct call *call, uint8_t type, uint8_t flags, const char *path);

/* Say that the conversation is over, and why. -1. */
int call_failed(struct call *call);

/* Something of this machine fails; errno, or words. */
void call_trouble(struct call *call, const char *name, const char *words);

/* Each an exit status. */
int filecp_put(const struct filecp_options *options);
int filecp_get(const struct filecp_options *options);
int filecp_list(const struct filecp_options *options);

#endif
