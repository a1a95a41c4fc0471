/*
 * room: what a put may still write. See room.h.
 */
#include "servers/ftpd/room.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

enum {
	FIRST_STEP = 64 * 1024,
	STEP = 4 << 20, /* reserved at once, if there is so much */
	TRIES = 8,	/* others take what was free between a look and a try */
};

int
room_begin(struct room *room, struct session *session, uint64_t files, uint64_t expected)
{
	*room = (struct room){ .quota = session->counted ? &session->quota : NULL };
	if (room->quota == NULL)
		return 0;
	if (quota_reserve(room->quota, expected, files) == -1) {
		if (errno == EDQUOT && quota_look(room->quota, &room->figures) == 0)
			errno = EDQUOT;
		return -1;
	}
	room->bytes = expected;
	room->files = files;
	return 0;
}

/* Reserve up to `step` bytes more: what is free if that is less. 0, or -1 with errno. */
static int
widen(struct room *room, uint64_t step)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t left;

		if (quota_reserve(room->quota, step, 0) == 0) {
			room->bytes += step;
			return 0;
		}
		if (errno != EDQUOT || quota_look(room->quota, &room->figures) == -1)
			return -1;
		left = room->figures.bytes < room->figures.bytes_limit ?
			   room->figures.bytes_limit - room->figures.bytes :
			   0;
		if (left == 0)
			break;
		step = left < step ? left : step / 2 + 1;
	}
	errno = EDQUOT;
	return -1;
}

size_t
room_for(struct room *room, uint64_t used, size_t wanted)
{
	if (room->quota == NULL)
		return wanted;
	if (room->bytes <= used && widen(room, used == 0 ? FIRST_STEP : STEP) == -1)
		return 0;
	return room->bytes - used < wanted ? (size_t)(room->bytes - used) : wanted;
}

/* That fails only if a lock cannot be had; then the end of the session settles it, and
 * the next count finds what is there. */
void
room_spend(struct room *room, uint64_t used)
{
	if (room->quota == NULL)
		return;
	(void)quota_spend(room->quota, used, room->files);
	(void)quota_return(room->quota, room->bytes - used, 0);
	room->quota = NULL;
}

void
room_return(struct room *room)
{
	if (room->quota)
		(void)quota_return(room->quota, room->bytes, room->files);
	room->quota = NULL;
}

int
room_hold(struct session *session)
{
	return session->counted ? quota_hold(&session->quota) : 0;
}

void
room_release(struct session *session, uint64_t bytes_freed, uint64_t files_freed)
{
	int saved = errno;

	if (session->counted)
		quota_release(&session->quota, bytes_freed, files_freed);
	errno = saved;
}

static const char *
figure(char text[64], uint64_t used, uint64_t limit)
{
	if (limit == QUOTA_NO_LIMIT)
		snprintf(text, 64, "%" PRIu64, used);
	else
		snprintf(text, 64, "%" PRIu64 " of %" PRIu64, used, limit);
	return text;
}

const char *
room_words(const struct quota_figures *figures, char words[ROOM_WORDS_MAX])
{
	char bytes[64], files[64];

	snprintf(words, ROOM_WORDS_MAX, "%s bytes, %s files",
	    figure(bytes, figures->bytes, figures->bytes_limit),
	    figure(files, figures->files, figures->files_limit));
	return words;
}

int
room_tell_full(const struct room *room, struct session *session)
{
	char words[ROOM_WORDS_MAX];

	return reply(
	    session, 552, "Your quota is used up: %s", room_words(&room->figures, words));
}
