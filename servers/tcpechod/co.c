/*
 * co: coroutines with ucontext(3). See co.h.
 */
#include "servers/tcpechod/co.h"

#include <stdint.h>

#include "common/sys.h"

/* A spare stack is warm: its pages are there, and the kernel need not be asked. */
static void *
take_stack(struct co_scheduler *scheduler)
{
	if (scheduler->spares > 0)
		return scheduler->spare[--scheduler->spares];
	return sys_new_stack(CO_STACK_SIZE);
}

/* makecontext(3) passes int only: the pointer comes in two halves. */
static void
begin(unsigned high, unsigned low)
{
	struct co *co = (struct co *)((uintptr_t)high << 16 << 16 | low);

	co->run(co);
	co->ended = true;
	co_wait(co); /* and is never resumed */
}

int
co_start(struct co *co, struct co_scheduler *scheduler, void (*run)(struct co *co))
{
	uintptr_t self = (uintptr_t)co;

	co->scheduler = scheduler;
	co->run = run;
	co->ended = false;
	co->stack = take_stack(scheduler);
	if (co->stack == NULL || getcontext(&co->context) == -1)
		return -1;
	co->context.uc_stack.ss_sp = co->stack;
	co->context.uc_stack.ss_size = CO_STACK_SIZE;
	makecontext(&co->context, (void (*)(void))begin, 2, (unsigned)(self >> 16 >> 16),
	    (unsigned)self);
	return 0;
}

bool
co_resume(struct co *co)
{
	swapcontext(&co->scheduler->context, &co->context);
	return !co->ended;
}

void
co_wait(struct co *co)
{
	swapcontext(&co->context, &co->scheduler->context);
}

void
co_end(struct co *co)
{
	struct co_scheduler *scheduler = co->scheduler;

	if (co->stack == NULL)
		return;
	if (scheduler->spares < CO_SPARE_MAX)
		scheduler->spare[scheduler->spares++] = co->stack;
	else
		sys_free_stack(co->stack, CO_STACK_SIZE);
	co->stack = NULL;
}

void
co_scheduler_end(struct co_scheduler *scheduler)
{
	while (scheduler->spares > 0)
		sys_free_stack(scheduler->spare[--scheduler->spares], CO_STACK_SIZE);
}
