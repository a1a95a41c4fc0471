/*
 * opts_help: what opts.c makes of the tables of options. Nobody else includes this.
 */
#ifndef COMMON_OPTS_HELP_H
#define COMMON_OPTS_HELP_H

#include "common/opts.h"

/* Fill opts->letters, for getopt(3). */
void opts_make_letters(struct opts *opts);

/* Answer -h and -V, and exit. */
_Noreturn void opts_print_help(const struct opts *opts);
_Noreturn void opts_print_version(const struct opts *opts);

#endif
