/*
 * opts_argument: the argument of an option as a number, a time or a path; and how wrong
 * usage is told. See opts.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/num.h"
#include "common/opts.h"

void
opts_fail(const struct opts *opts, const char *format, ...)
{
	char words[LOG_LINE_MAX / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	log_error("%s (%s -h tells the options)", words, opts->program->name);
	exit(STATUS_USAGE);
}

int
opts_number(const struct opts *opts, int min, int max)
{
	int64_t number;

	if (num_parse(opts->argument, min, max, &number) == -1)
		opts_fail(opts, "-%c: \"%s\" is not a number from %d to %d", opts->letter,
		    opts->argument, min, max);
	return (int)number;
}

const char *
opts_path(const struct opts *opts, char whole[OPTS_PATH_MAX])
{
	char *path = realpath(opts->argument, NULL);

	if (path == NULL)
		opts_fail(opts, "-%c: \"%s\": %s (%s)", opts->letter, opts->argument,
		    log_errno_name(errno), strerror(errno));
	if (snprintf(whole, OPTS_PATH_MAX, "%s", path) >= OPTS_PATH_MAX)
		opts_fail(opts, "-%c: the path is too long", opts->letter);
	free(path);
	return whole;
}

int
opts_seconds(const struct opts *opts, int max_seconds)
{
	int64_t ms;

	if (num_parse_ms(opts->argument, max_seconds, &ms) == -1)
		opts_fail(opts, "-%c: \"%s\" is not a number of seconds from 0 to %d",
		    opts->letter, opts->argument, max_seconds);
	return (int)ms;
}
