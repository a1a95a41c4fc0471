/*
 * talk: what the user types.
 *
 *	(the address book)                 (a conversation)
 *	2, @ben, /join kitchen  ------>    every line goes to ben, or to the room
 *	                        <------    quit
 *	quit: leaves
 *
 * Lines that begin with / are commands, "//" is a text that begins with "/". With a
 * receiver on the command line, and no terminal, every line is a text.
 */
#include <stdio.h>
#include <string.h>

#include "clients/udpchat/udpchat.h"
#include "common/log.h"
#include "common/num.h"

void
talk_show_prompt(struct talk *talk)
{
	char prompt[CHAT_NAME_MAX + 8];

	snprintf(prompt, sizeof prompt, "%s%s> ", talk->to_room ? "#" : "", talk->to.text);
	screen_prompt(talk->screen, prompt);
}

/* Remember that a report is due. False: there is no place, nothing may be sent now. */
static bool
send_record(struct talk *talk, const struct chat_record *record)
{
	const struct chat_span to = record->room.len ? record->room : record->name;
	struct pending *pending = &talk->pending[talk->link->out.end % DELIVER_QUEUE];
	uint32_t number;

	if (pending->used || !link_put(talk->link, record, &number)) {
		screen_note(talk->screen, "too much waits already: not sent, try again soon");
		talk->failed++;
		return false;
	}
	*pending = (struct pending){ .used = true,
		.to_room = record->room.len > 0,
		.number = number,
		.kind = record->kind };
	snprintf(pending->to.text, sizeof pending->to.text, "%.*s", (int)to.len,
	    (const char *)to.bytes);
	talk->pending_count++;
	return true;
}

void
talk_ask_who(struct talk *talk)
{
	const struct chat_record who = { .kind = CHAT_WHO, .number = talk->listed };

	(void)send_record(talk, &who);
}

static void
enter_room(struct talk *talk, const char *room)
{
	const struct chat_record enter = { .kind = CHAT_ENTER, .room = chat_span_of(room) };

	if (send_record(talk, &enter))
		snprintf(talk->room.text, sizeof talk->room.text, "%s", room);
}

static void
leave_room(struct talk *talk)
{
	const struct chat_record leave = { .kind = CHAT_LEAVE };

	(void)send_record(talk, &leave);
	talk->room.text[0] = '\0';
	if (talk->to_room)
		talk->to.text[0] = '\0';
	talk->to_room = talk->to_room && talk->to.text[0] != '\0';
	talk_show_prompt(talk);
}

bool
talk_choose(struct talk *talk, const char *to)
{
	bool room = *to == '#';

	if (room)
		to++;
	if (!chat_is_name(chat_span_of(to)))
		return false;
	snprintf(talk->to.text, sizeof talk->to.text, "%s", to);
	talk->to_room = room;
	if (room && strcmp(talk->room.text, to) != 0)
		enter_room(talk, to);
	return true;
}

static void
send_text(struct talk *talk, const char *text, size_t len)
{
	const struct chat_span nobody = { 0 }, to = chat_span_of(talk->to.text);
	const struct chat_record say = {
		.kind = CHAT_SAY,
		.name = talk->to_room ? nobody : to,
		.room = talk->to_room ? to : nobody,
		.text = { (const uint8_t *)text, len },
	};

	if (to.len == 0) {
		screen_note(talk->screen, "choose whom to talk to first: @NAME (/help)");
		talk->failed++;
	} else if (!chat_is_text(say.text)) {
		screen_note(talk->screen,
		    len > CHAT_TEXT_MAX ? "longer than %d bytes: not sent" :
					  "not UTF-8: not sent",
		    CHAT_TEXT_MAX);
		talk->failed++;
	} else {
		(void)send_record(talk, &say);
	}
}

static void
help(const struct talk *talk)
{
	static const char *const lines[] = {
		"@NAME         talk to NAME; @operator is at the server's own terminal",
		"@NAME TEXT    and say this at once",
		"2             talk to the second of the list",
		"/who          list who is here",
		"/join ROOM    enter a room and talk there",
		"/leave        leave the room",
		"//TEXT        a text that begins with /",
		"quit          back to the list; there: leave",
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		(void)screen_print(talk->screen, "%s", lines[i]);
}

/* "@ben" or "@ben good morning". */
static void
address(struct talk *talk, char *words)
{
	char *text = strchr(words, ' ');

	if (text)
		*text++ = '\0';
	if (!talk_choose(talk, words)) {
		screen_note(talk->screen, "\"%s\" is no name", words);
		talk->failed++;
		return;
	}
	talk_show_prompt(talk);
	if (text && *text)
		send_text(talk, text, strlen(text));
}

/* The user is done with this person, or with all of it. */
static void
quit(struct talk *talk)
{
	if (talk->to.text[0] == '\0' || !talk->screen->interactive) {
		talk->leaving = true;
		return;
	}
	talk->to.text[0] = '\0';
	talk->to_room = false;
	talk_show_prompt(talk);
	talk->listed = 0;
	talk_ask_who(talk);
}

static void
obey(struct talk *talk, char *command)
{
	char *argument = strchr(command, ' ');

	if (argument)
		*argument++ = '\0';
	if (strcmp(command, "who") == 0) {
		talk->listed = 0;
		talk_ask_who(talk);
	} else if (strcmp(command, "join") == 0 && argument &&
		   chat_is_name(chat_span_of(argument))) {
		argument[-1] = '#';
		address(talk, argument - 1);
	} else if (strcmp(command, "leave") == 0) {
		leave_room(talk);
	} else if (strcmp(command, "help") == 0) {
		help(talk);
	} else if (strcmp(command, "quit") == 0) {
		quit(talk);
	} else {
		screen_note(
		    talk->screen, "/%s: no such command, or no room's name (/help)", command);
		talk->failed++;
	}
}

/* In the address book a number chooses. False: it is none of the list. */
static bool
choose_by_number(struct talk *talk, const char *line)
{
	int64_t number;

	if (talk->to.text[0] != '\0' ||
	    num_parse(line, 1, (int64_t)talk->book_count, &number) == -1)
		return false;
	(void)talk_choose(talk, talk->book[number - 1].text);
	talk_show_prompt(talk);
	return true;
}

/* exercise: obey a command, or send the line to the room */
void
talk_line(struct talk *talk, char *line, size_t len)
{
	bool text = talk->plain || memchr(line, '\0', len);

	line[len] = '\0';
	if (len == 0 || (!text && choose_by_number(talk, line)))
		return;
	if (!text && strcmp(line, "quit") == 0)
		quit(talk);
	else if (!text && strncmp(line, "//", 2) == 0)
		send_text(talk, line + 1, len - 1);
	else if (!text && *line == '/')
		obey(talk, line + 1);
	else if (!text && *line == '@')
		address(talk, line + 1);
	else
		send_text(talk, line, len);
}
