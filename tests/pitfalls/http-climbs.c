/*
 * http-climbs: opens whatever path it is asked for.
 *
 * Mistake:   "./html" and the path of the request, put together, are thought to lie in
 *            ./html. A browser takes `..' out of what people type; a stranger types
 *            without one.
 * One sees:  GET /../../etc/passwd, and its content.
 * Cure:      resolve `.' and `..' in the path first and refuse what leads out; and open
 *            beneath the directory, so that no link leads out either.
 * Suite:     httpd
 * Caught by: stays_beneath_the_root
 */
#include <fcntl.h>
#include <stdio.h>

#include "tests/pitfalls/right_http.h"

static int
find_anything(const struct right_http *http, const char *path)
{
	char name[5000];

	snprintf(name, sizeof name, "./%s", path);
	return openat(http->root, name, O_RDONLY);
}

int
main(int argc, char *argv[])
{
	right_serve_pages(argc, argv, &(struct right_http_steps){ .find = find_anything });
}
