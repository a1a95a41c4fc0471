/*
 * random: numbers that nobody outside can foresee. See random.h.
 */
#include "common/random.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

uint64_t
random_number(void)
{
	struct timespec now = { 0 };
	uint64_t number = 0;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd == -1 || read(fd, &number, sizeof number) != sizeof number) {
		clock_gettime(CLOCK_REALTIME, &now);
		number ^=
		    (uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid();
	}
	if (fd != -1)
		close(fd);
	return number;
}
