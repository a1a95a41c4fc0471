/*
 * framed: messages over TCP, without a mistake.
 *
 * Before each message goes a header of fixed length that says how long it is; whoever
 * receives takes exactly that, in as many reads as it needs, and no more. See
 * protocol/frame.h and frame(5).
 */
#include <stdlib.h>
#include <unistd.h>

#include "protocol/frame.h"
#include "tests/pitfalls/right.h"

static void
say(int fd, const char *message, size_t length)
{
	const struct frame frame = { .type = FRAME_STDOUT, .size = length };
	uint8_t header[FRAME_HEADER];

	if (!frame_pack(&frame, header))
		right_refuse("the message is too long");
	right_write(fd, (const char *)header, sizeof header);
	right_write(fd, message, length);
}

/* Whatever one read returns: a part of a frame, or several. */
static void
take(struct frame_reader *reader, char *message, const char *bytes, size_t count)
{
	struct frame_event event;

	for (size_t n; count > 0; bytes += n, count -= n) {
		n = frame_feed(reader, bytes, count, &event);
		if (n == 0)
			right_refuse(frame_status_words(event.status));
		for (size_t i = 0; i < event.piece_len; i++)
			message[event.frame.size - reader->left - event.piece_len + i] =
			    (char)event.piece[i];
		if (event.ends)
			right_print(message, event.frame.size);
	}
}

static void
hear(int fd)
{
	struct frame_reader reader = { .have = 0 };
	char *message = malloc(FRAME_CHUNK_MAX), bytes[4096];
	ssize_t n;

	if (message == NULL)
		right_fail("malloc");
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		take(&reader, message, bytes, (size_t)n);
	free(message);
}

int
main(int argc, char *argv[])
{
	return right_messages(argc, argv, say, hear);
}
