/*
 * post: texts and answers on their way, and what becomes of them.
 *
 * A text for a room waits in many queues, but it is there once: each queue holds a place
 * of it. When the last place is given up, it is known how many have taken it, and its
 * writer is told.
 */
#include <stdlib.h>

#include "common/log.h"
#include "common/sys.h"
#include "servers/udpchatd/chatd.h"

struct post *
post_new(const struct chat_record *record)
{
	struct post *post = calloc(1, sizeof *post);
	ssize_t len = -1;

	if (post)
		len = chat_encode_record(record, post->record, sizeof post->record);
	if (len == -1) {
		log_error("a record cannot be made:");
		free(post);
		return NULL;
	}
	post->len = (size_t)len;
	post->places = 1;
	return post;
}

bool
post_give(struct chatd *chatd, struct post *post, struct member *member)
{
	size_t spare = post->is_answer ? 0 : ANSWERS_RESERVE;
	uint32_t number;

	if (deliver_room(&member->out) <= spare || !deliver_put(&member->out, post, &number)) {
		post->missed++;
		return false;
	}
	post->places++;
	member_pump(chatd, member, sys_now_ms());
	return true;
}

/* Its last place is given up: tell who wants to know. */
static void
tell_asker(struct chatd *chatd, const struct post *post)
{
	struct member *asker = post->asker ? member_of(chatd, post->asker, NULL) : NULL;

	if (post->of_operator)
		operator_report(post);
	if (asker)
		post_report(chatd, asker, post->number,
		    post->missed ? CHAT_NOT_TAKEN : CHAT_DELIVERED, post->taken);
}

void
post_close(struct chatd *chatd, struct post *post)
{
	if (--post->places > 0)
		return;
	tell_asker(chatd, post);
	free(post);
}

void
post_leave(struct chatd *chatd, struct post *post, bool taken)
{
	if (taken)
		post->taken++;
	else
		post->missed++;
	post_close(chatd, post);
}

void
post_answer(struct chatd *chatd, struct member *member, const struct chat_record *record)
{
	struct post *post = post_new(record);

	if (post == NULL)
		return;
	post->is_answer = true;
	(void)post_give(chatd, post, member); /* there is room: ANSWERS_RESERVE */
	post_close(chatd, post);
}

void
post_report(struct chatd *chatd, struct member *member, uint32_t number,
    enum chat_outcome outcome, uint16_t count)
{
	const struct chat_record report = {
		.kind = CHAT_REPORT,
		.number = number,
		.outcome = (uint8_t)outcome,
		.count = count,
	};

	post_answer(chatd, member, &report);
}
