/*
 * co: coroutines: functions that give the processor back in the middle.
 *
 * A coroutine has a stack of its own, so all it knows stays where it is while it
 * waits. Only one runs at a time, and it runs until it waits or ends. A switch saves
 * and loads the registers and, with ucontext(3), the signal mask: a system call.
 *
 *	co_start(co, scheduler, run)    ready to run; nothing has run yet
 *	co_resume(co) ----------------> run(co) { ... co_wait(co); ... }
 *	true: it waits, resume it again; false: it has ended, then co_end(co)
 */
#ifndef SERVERS_TCPECHOD_CO_H
#define SERVERS_TCPECHOD_CO_H

#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

enum {
	CO_STACK_SIZE = 64 * 1024,
	CO_SPARE_MAX = 64, /* stacks kept for the next coroutines */
};

/* Who resumes; zero it to begin. */
struct co_scheduler {
	ucontext_t context;
	void *spare[CO_SPARE_MAX];
	size_t spares;
};

struct co {
	struct co_scheduler *scheduler;
	void (*run)(struct co *co);
	ucontext_t context;
	void *stack;
	bool ended;
};

/* Prepare `co` to begin at `run` when first resumed. 0, or -1 with errno. */
int co_start(struct co *co, struct co_scheduler *scheduler, void (*run)(struct co *co));

/* Let it run until it waits: true; or until `run` returns: false. */
bool co_resume(struct co *co);

/* Within the coroutine: give the processor back until resumed. */
void co_wait(struct co *co);

/* Give up its stack, whether it has ended or only waits. Once, after co_start. */
void co_end(struct co *co);

/* Free the spare stacks, when all coroutines are ended. */
void co_scheduler_end(struct co_scheduler *scheduler);

#endif
