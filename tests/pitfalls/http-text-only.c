/*
 * http-text-only: sends files as strings.
 *
 * Mistake:   the file is read into memory and strlen tells how long it is. That is so for
 *            pages; a picture has a zero byte among its first ones.
 * One sees:  pages without pictures; downloads that cannot be unpacked.
 * Cure:      the length is what read returned, or fstat; content is bytes.
 * Suite:     httpd
 * Caught by: gives_a_large_file
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "tests/pitfalls/right.h"
#include "tests/pitfalls/right_http.h"

static bool
send_string(const struct right_http *http, int file)
{
	struct stat st;
	char *text;
	bool on;

	if (fstat(file, &st) == -1 || (text = calloc(1, (size_t)st.st_size + 1)) == NULL)
		return false;
	on = right_read(file, text, (size_t)st.st_size) &&
	     right_begin_answer(http, "200 OK", strlen(text)) &&
	     right_write(http->client, text, strlen(text));
	free(text);
	return on;
}

int
main(int argc, char *argv[])
{
	right_serve_pages(argc, argv, &(struct right_http_steps){ .send = send_string });
}
