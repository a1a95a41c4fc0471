/*
 * upper-case-of-bytes: -U changes bytes that are no letters.
 *
 * Mistake:   every byte from `a' on is taken for a small letter. Those from 0x80 on are
 *            parts of other letters: in UTF-8 the two characters of "ni hao" are six
 *            of them. toupper(3) does the like in the locales where they are letters.
 * One sees:  HELLO LSJ, and rubbish where the name in Chinese stood.
 * Cure:      a to z, and no other byte.
 * Caught by: upper_case
 */
#include <unistd.h>

#include "tests/pitfalls/right.h"

static void
talk_in_upper_case(int fd)
{
	unsigned char message[4096];
	ssize_t n;

	while ((n = read(fd, message, sizeof message)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (message[i] >= 'a') /* up to where? */
				message[i] = (unsigned char)(message[i] - 'a' + 'A');
		if (!right_write(fd, (const char *)message, (size_t)n))
			return;
	}
}

int
main(int argc, char *argv[])
{
	bool upper_case = right_has_option(argc, argv, "-U");

	right_fork(right_listen(argc, argv), upper_case ? talk_in_upper_case : right_talk);
}
