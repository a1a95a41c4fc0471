/*
 * http-one-read: takes what one read returns for a request.
 *
 * Mistake:   recv(1024) has returned, so here is a request. It may be half of one, with a
 *            cookie of two kilobytes in it, or three that a client has sent in one go.
 * One sees:  nothing wrong, as long as requests are small and come one at a time.
 * Cure:      read until the empty line; what stands behind it belongs to the next one.
 * Suite:     httpd
 * Caught by: answers_in_order
 */
#include <unistd.h>

#include "tests/pitfalls/right_http.h"

static size_t
hear_once(struct right_http *http)
{
	ssize_t n = read(http->client, http->input, 1024);

	http->have = n > 0 ? (size_t)n : 0;
	http->input[http->have] = '\0';
	return http->have;
}

int
main(int argc, char *argv[])
{
	right_serve_pages(argc, argv, &(struct right_http_steps){ .hear = hear_once });
}
