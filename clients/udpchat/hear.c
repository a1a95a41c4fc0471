/*
 * hear: what comes from the server: texts, lists, and what became of one's own texts.
 */
#include <stdio.h>
#include <string.h>

#include "clients/udpchat/udpchat.h"
#include "common/log.h"

static void
hear_text(struct talk *talk, const struct chat_record *record)
{
	if (screen_message(talk->screen, record->room, record->name, record->text) == -1) {
		log_error("standard output:");
		talk->broken = true; /* nobody has read it: it is not acknowledged */
		return;
	}
	talk->heard++;
	if (talk->wanted && talk->heard == talk->wanted)
		talk->leaving = true;
}

static void
show_entry(struct talk *talk, struct chat_span name, struct chat_span room)
{
	bool own = chat_same(name, chat_span_of(talk->name));
	char where[CHAT_NAME_MAX + 4] = "";

	if (talk->book_count < BOOK_MAX)
		snprintf(talk->book[talk->book_count++].text, sizeof talk->book->text, "%.*s",
		    (int)name.len, (const char *)name.bytes);
	if (room.len)
		snprintf(
		    where, sizeof where, " #%.*s", (int)room.len, (const char *)room.bytes);
	(void)screen_print(talk->screen, "%3zu %.*s%s%s", talk->book_count, (int)name.len,
	    (const char *)name.bytes, where, own ? " (you)" : "");
}

static void
hear_list(struct talk *talk, const struct chat_record *record)
{
	struct chat_span list = record->text, name, room;

	if (talk->listed == 0)
		talk->book_count = 0;
	while (chat_next_entry(&list, &name, &room))
		show_entry(talk, name, room);
	/* It goes on from a later place, or it has ended: never backwards. */
	if (record->number > talk->listed) {
		talk->listed = record->number;
		talk_ask_who(talk);
	} else {
		talk->listed = 0;
	}
}

/* A text of ours: who has it? */
static void
report_text(struct talk *talk, const struct pending *pending, const struct chat_record *report)
{
	const char *sign = pending->to_room ? "#" : "", *to = pending->to.text;
	const struct screen *screen = talk->screen;

	switch (report->outcome) {
	case CHAT_DELIVERED:
		if (!screen->interactive || screen->quiet)
			break;
		if (pending->to_room)
			screen_note(screen, "delivered to %u in #%s", report->count, to);
		else
			screen_note(screen, "delivered to %s", to);
		break;
	case CHAT_NOBODY:
		screen_note(screen,
		    pending->to_room ? "nobody else is in #%s" : "nobody here is called \"%s\"",
		    to);
		break;
	case CHAT_CROWDED:
		screen_note(screen, "too much waits for %s already: not delivered", to);
		break;
	case CHAT_NOT_INSIDE:
		screen_note(screen, "you are not in #%s: not delivered", to);
		break;
	default:
		if (pending->to_room)
			screen_note(
			    screen, "not all in #%s took it: %u have it", to, report->count);
		else
			screen_note(screen, "%s%s did not take it", sign, to);
	}
	if (report->outcome != CHAT_DELIVERED)
		talk->failed++;
}

static void
hear_report(struct talk *talk, struct pending *pending, const struct chat_record *report)
{
	const struct screen *screen = talk->screen;

	if (pending->kind == CHAT_SAY)
		report_text(talk, pending, report);
	else if (pending->kind == CHAT_ENTER && !screen->quiet && screen->interactive)
		screen_note(screen, "you are in #%s", pending->to.text);
	else if (pending->kind == CHAT_LEAVE && report->outcome != CHAT_DELIVERED)
		screen_note(screen, "you are in no room");
	else if (pending->kind == CHAT_LEAVE && !screen->quiet && screen->interactive)
		screen_note(screen, "you have left the room");
}

/* The oldest request for a list: lists come in the order of the requests. */
static struct pending *
oldest_request(struct talk *talk)
{
	struct pending *oldest = NULL;

	for (size_t i = 0; i < DELIVER_QUEUE; i++) {
		struct pending *p = &talk->pending[i];

		if (p->used && p->kind == CHAT_WHO &&
		    (oldest == NULL || (int32_t)(p->number - oldest->number) < 0))
			oldest = p;
	}
	return oldest;
}

static void
settle(struct talk *talk, struct pending *pending)
{
	pending->used = false;
	talk->pending_count--;
}

void
hear_record(struct talk *talk, const struct chat_record *record)
{
	struct pending *pending = &talk->pending[record->number % DELIVER_QUEUE];

	if (record->kind == CHAT_TEXT) {
		hear_text(talk, record);
	} else if (record->kind == CHAT_LIST) {
		pending = oldest_request(talk);
		if (pending == NULL)
			return; /* nobody asked */
		settle(talk, pending);
		hear_list(talk, record);
	} else if (pending->used && pending->number == record->number) {
		hear_report(talk, pending, record);
		settle(talk, pending);
	}
}
