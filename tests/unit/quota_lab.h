/*
 * quota: what the tests of quota share: a home, a table, and sessions of anna.
 */
#ifndef TESTS_UNIT_QUOTA_H
#define TESTS_UNIT_QUOTA_H

#include "common/quota.h"
#include "tests/unit/unit.h"

enum {
	QUOTA_SESSIONS = 12,
	QUOTA_CHUNK = 65536,
	MEGABYTE = 1 << 20,
};

/* Made by quota_lab_begin, for each test anew. */
struct quota_lab {
	char directory[64];
	struct jail home;
	struct quota_table *table;
};

extern struct quota_lab quota_lab;

void quota_lab_begin(void);
void quota_lab_end(void);

/* A file of so many bytes, longer than before if it is there. */
void quota_lab_grow(const char *name, size_t len);

void quota_lab_join(struct quota *quota, uint64_t bytes, uint64_t files);
void quota_lab_refused(struct quota *quota, uint64_t bytes, uint64_t files);

#endif
