/*
 * keeper: a process beside a server's sessions, which does for them what they may not.
 *
 *	session				keeper				its child
 *	question, a socket  ---------->	fork  ----------------------->	answer()
 *	answer, a descriptor  <-------------------------------------------- _exit
 *					  ^
 *	server --- guard -----------------+	starts another when it is killed
 *
 * That is privilege separation: who talks to strangers asks, in a few bytes; who knows
 * secrets, or may open what a session may not, decides, and talks to no stranger. The
 * keeper begins before the server gives up root and keeps what rights it has.
 *
 * Each question is answered by a process of its own: one that takes its time, or dies of
 * a question, keeps nobody else waiting. The keeper ends when nobody is left to ask: the
 * server and all its sessions have gone. It never logs, and holds none of the standard
 * files.
 *
 * If the keeper itself is killed, its guard starts another, once a second at most; what
 * was asked meanwhile waits for it. The guard is what the server knows: it ends when it
 * cannot help any more, or is killed, and takes the keeper with it. Then the server had
 * better end, too: it may have no right any more to start either.
 *
 * What it deliberately does not do: know what is asked, or by whom. Whoever holds the
 * socket may ask; a session that has its answer should close it.
 */
#ifndef COMMON_KEEPER_H
#define COMMON_KEEPER_H

#include <sys/types.h>

#include <stddef.h>

enum {
	KEEPER_QUESTION_MAX = 4096, /* bytes */
	KEEPER_ANSWER_MAX = 4096,
	KEEPER_REST_MS = 1000, /* from one start to the next, at least */
};

struct keeper {
	int fd;	     /* to ask; -1: nobody */
	pid_t guard; /* a child of the process that called keeper_start */
};

struct keeper_work {
	/* In the guard, once: what all answers share. 0, or -1: it ends. */
	int (*begin)(void *arg);
	/*
	 * Answer a question into `answer`, and perhaps with a descriptor in *fd (-1). How
	 * many bytes; 0: there is no answer.
	 */
	size_t (*answer)(void *arg, const void *question, size_t len,
	    unsigned char answer[KEEPER_ANSWER_MAX], int *fd);
};

/* Start it. 0, or -1 with errno. */
int keeper_start(struct keeper *keeper, const struct keeper_work *work, void *arg);

/*
 * Ask, and wait for the answer, `timeout_ms` at most. Its length, and in *fd the
 * descriptor that came with it, or -1. -1 with errno: ETIMEDOUT, EPIPE if nobody answers.
 */
ssize_t keeper_ask(const struct keeper *keeper, const void *question, size_t len, void *answer,
    size_t capacity, int *fd, int timeout_ms);

/* No more questions from this process. */
void keeper_leave(struct keeper *keeper);

#endif
