/*
 * users_file: a ftpd-users(5) file in memory, line by line. What users.c and users_edit.c
 * share; nobody else includes this.
 */
#ifndef LINK_USERS_FILE_H
#define LINK_USERS_FILE_H

#include "link/users.h"

struct users_file {
	const char *path;
	unsigned options; /* USERS_SHORT_LINES; may be set once it is read */
	char *bytes;	  /* all of it; has hashes in it, so it is wiped */
	size_t len;
	size_t at; /* the line after the one at hand */
	int number;
	const char *line; /* the one at hand, `line_len` bytes without its newline */
	size_t line_len;
};

/* Read it from `fd`, which stays open: 0, or -1 with `error`. */
int users_file_read(
    struct users_file *file, const char *path, int fd, char *error, size_t error_cap);
void users_file_forget(struct users_file *file);

/* The next account: 1; 0 at the end; -1 with `error`: a line is wrong, or too many. */
int users_file_next(
    struct users_file *file, struct users_entry *entry, char *error, size_t error_cap);

#endif
