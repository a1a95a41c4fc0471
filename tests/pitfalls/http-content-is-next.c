/*
 * http-content-is-next: leaves a request's content for the next request.
 *
 * Mistake:   no page here wants content, so nobody reads it. It is still on its way in,
 *            behind the head: whoever reads next takes it for a request.
 * One sees:  an answer too many. Behind a proxy that sends many people's requests over one
 *            connection, it is one person's answer for another: request smuggling.
 * Cure:      read what Content-Length says, or close.
 * Suite:     httpd
 * Caught by: reads_content_by_length
 */
#include "tests/pitfalls/right_http.h"

static bool
leave_it(struct right_http *http, size_t content)
{
	(void)http;
	(void)content;
	return true;
}

int
main(int argc, char *argv[])
{
	right_serve_pages(argc, argv, &(struct right_http_steps){ .skip = leave_it });
}
