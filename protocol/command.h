/*
 * command: what the frames of rcmd carry: a command, and how it ended.
 *
 *	EXEC    value: an enum command_form
 *	        payload: each word with a NUL behind it: "ls\0-l\0"
 *	WINDOW  value: so many more bytes of STDIN may be sent
 *	EXIT    value: an enum command_end
 *	        payload, 84 bytes and words:
 *
 *	 0        4                12               20           52           84
 *	+--------+----------------+----------------+------------+------------+-----
 *	| number | bytes of stdout| bytes of stderr| SHA-256 of | SHA-256 of | words
 *	|        |                |                | stdout     | stderr     |
 *	+--------+----------------+----------------+------------+------------+-----
 *
 * How a command ended is said apart from what it wrote: a command that writes nothing
 * and succeeds (true) is not one that does not exist.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_COMMAND_H
#define PROTOCOL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	COMMAND_BYTES_MAX = 1 << 17, /* of all words, with their NULs */
	COMMAND_ARGS_MAX = 1024,     /* words */
	COMMAND_SUM = 32,	     /* SHA-256 */
	COMMAND_WORDS_MAX = 160,     /* for people, in EXIT */
	COMMAND_EXIT_MIN = 84,
	COMMAND_EXIT_MAX = COMMAND_EXIT_MIN + COMMAND_WORDS_MAX,

	/*
	 * So many bytes of STDIN may be under way before the first WINDOW. Without a
	 * window, input that a command does not read would fill the connection, and a
	 * SIGNAL, or the client's end, would stand in the queue behind it.
	 */
	COMMAND_WINDOW = 1 << 18,
};

/* In EXEC. */
enum command_form {
	COMMAND_WORDS, /* run as it stands, without a shell */
	COMMAND_LINE,  /* one word: a line for the shell */
};

/* In EXIT, and what its number is. */
enum command_end {
	COMMAND_EXITED = 1,   /* the exit status */
	COMMAND_SIGNALLED,    /* the signal */
	COMMAND_TIMED_OUT,    /* the signal that ended it, or 0 */
	COMMAND_OUTPUT_LIMIT, /* likewise */
	COMMAND_NOT_STARTED,  /* 126 or 127, as env(1) has them; the words say why */
};

struct command_exit {
	enum command_end end;
	uint32_t number;
	uint64_t out_bytes, err_bytes;
	uint8_t out_sum[COMMAND_SUM], err_sum[COMMAND_SUM];
	char words[COMMAND_WORDS_MAX + 1];
};

/* The payload's length, or -1: too long, or no word at all. `words` ends with NULL. */
int command_pack_exec(const char *const *words, uint8_t *payload, size_t capacity);

/*
 * The words, where they lie in the payload; words[count] is set to NULL. How many, or
 * -1: none, too many (of COMMAND_ARGS_MAX), or the last one has no end.
 */
int
command_unpack_exec(const void *payload, size_t len, const char *words[COMMAND_ARGS_MAX + 1]);

/* EXIT's payload; words that are too long are cut. Its length, or -1. */
int command_pack_exit(const struct command_exit *end, uint8_t *payload, size_t capacity);

/* Whether `value` and the payload are right; *end is set if so. */
bool
command_unpack_exit(struct command_exit *end, uint64_t value, const void *payload, size_t len);

/* Whether a line asks for a shell: it has more in it than the letters of a plain word. */
bool command_wants_shell(const char *word);

#endif
