/*
 * event: what is ready comes, what is late falls due, in order, and once.
 *
 * Guards against a timer that is forgotten when it was put off or brought forward, one
 * that fires twice, and a descriptor that goes on being reported after it was let go.
 */
#include "common/event.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum {
	TIMERS = 200,
};

START_TEST(reports_what_is_ready)
{
	struct event_loop *loop = event_new(4);
	struct event_ready ready[4];
	int a[2], b[2];
	struct event_watch in, out;

	ck_assert_int_eq(pipe(a), 0);
	ck_assert_int_eq(pipe(b), 0);
	in = (struct event_watch){ .fd = a[0], .who = a };
	out = (struct event_watch){ .fd = b[1], .who = b };
	ck_assert_int_eq(event_watch(loop, &in, EVENT_IN), 0);
	ck_assert_int_eq(event_wait(loop, 0, NULL, ready, 4), 0);
	ck_assert_int_eq(write(a[1], "x", 1), 1);
	ck_assert_int_eq(event_wait(loop, -1, NULL, ready, 4), 1);
	ck_assert_ptr_eq(ready[0].watch->who, a);
	ck_assert_int_eq(ready[0].events, EVENT_IN);
	ck_assert_int_eq(event_watch(loop, &out, EVENT_OUT), 0);
	ck_assert_int_eq(event_wait(loop, -1, NULL, ready, 4), 2);
	ck_assert_int_eq(event_watch(loop, &in, 0), 0);
	ck_assert_int_eq(event_wait(loop, -1, NULL, ready, 4), 1);
	ck_assert_ptr_eq(ready[0].watch->who, b);
	ck_assert_int_eq(ready[0].events, EVENT_OUT);
	event_closing(loop, &out);
	close(b[1]);
	ck_assert_int_eq(event_wait(loop, 0, NULL, ready, 4), 0);
	event_free(loop);
	close(a[0]), close(a[1]), close(b[0]);
}
END_TEST

/* The other end is gone: that is something to read, and a writer must hear of it too. */
START_TEST(reports_an_end)
{
	struct event_loop *loop = event_new(2);
	struct event_ready ready[2];
	struct event_watch in;
	int a[2];

	ck_assert_int_eq(pipe(a), 0);
	in = (struct event_watch){ .fd = a[0], .who = a };
	ck_assert_int_eq(event_watch(loop, &in, EVENT_IN), 0);
	close(a[1]);
	ck_assert_int_eq(event_wait(loop, -1, NULL, ready, 2), 1);
	ck_assert_int_ne(ready[0].events & EVENT_IN, 0);
	event_closing(loop, &in);
	close(a[0]);
	event_free(loop);
}
END_TEST

START_TEST(timers_come_in_order)
{
	struct event_loop *loop = event_new(TIMERS);
	struct event_timer timers[TIMERS], *timer;
	int64_t due[TIMERS], last = 0;
	size_t count = 0, wanted = 0;

	srand(7);
	for (size_t i = 0; i < TIMERS; i++) {
		timers[i] = (struct event_timer){ .who = &due[i] };
		due[i] = 1 + rand() % 1000;
		event_timer_set(loop, &timers[i], due[i]);
	}
	for (size_t i = 0; i < TIMERS; i++) { /* put off, brought forward, stopped */
		if (i % 4 == 3)
			continue;
		due[i] = i % 4 == 2 ? 0 : i % 4 == 1 ? due[i] / 2 + 1 : due[i] + 500;
		event_timer_set(loop, &timers[i], due[i]);
	}
	for (size_t i = 0; i < TIMERS; i++)
		wanted += due[i] != 0;
	for (int64_t now = 0; now < 2000; now++)
		while ((timer = event_timer_due(loop, now)) != NULL) {
			ck_assert_int_eq(*(int64_t *)timer->who, now);
			ck_assert_int_ge(now, last);
			last = now;
			count++;
		}
	ck_assert_uint_eq(count, wanted);
	event_free(loop);
}
END_TEST

START_TEST(waits_for_the_first_timer)
{
	struct event_loop *loop = event_new(2);
	struct event_timer timer = { .who = loop };

	ck_assert_int_eq(event_wait_ms(loop, 100, -1), -1);
	ck_assert_int_eq(event_wait_ms(loop, 100, 7), 7);
	event_timer_set(loop, &timer, 150);
	ck_assert_int_eq(event_wait_ms(loop, 100, -1), 50);
	ck_assert_int_eq(event_wait_ms(loop, 100, 7), 7);
	ck_assert_int_eq(event_wait_ms(loop, 200, -1), 0);
	ck_assert_ptr_null(event_timer_due(loop, 149));
	ck_assert_ptr_eq(event_timer_due(loop, 150), &timer);
	ck_assert_ptr_null(event_timer_due(loop, 1000));
	event_free(loop);
}
END_TEST

Suite *
event_suite(void)
{
	Suite *suite = suite_create("event");
	TCase *tcase = tcase_create("event");

	tcase_add_test(tcase, reports_what_is_ready);
	tcase_add_test(tcase, reports_an_end);
	tcase_add_test(tcase, timers_come_in_order);
	tcase_add_test(tcase, waits_for_the_first_timer);
	suite_add_tcase(suite, tcase);
	return suite;
}
