/*
 * harness: what a graded program earns.
 *
 *	lost 2 points: echo_after_half_close: a client ... still reads. sockets(7)
 *	points: 17 of 20
 *
 * and for an instructor's table, in the file that GRADES names, a line of fields with
 * tabs between them for each check: program, check, passed or failed, points earned,
 * points possible, the hint, what was seen.
 *
 * Guards against points that were not earned: a check that runs in several models
 * gives its points only when it passed in each. And against a program that does
 * nothing: where each check waits in vain, all of them together take GRADE_SECONDS at
 * most, and what was not reached by then is lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

enum {
	SECONDS = 300, /* unless GRADE_SECONDS says otherwise */
	SEEN_MAX = 200,
};

static int64_t grade_end; /* in now_ms() time; set before the first check runs */

struct grade {
	const struct check *check;
	int ran, passed;
	const char *seen; /* what the first failure says */
};

bool
harness_is_graded(void)
{
	return harness_sut() != NULL || harness_server() != NULL;
}

void
harness_grade_begin(void)
{
	const char *seconds = getenv("GRADE_SECONDS");
	int limit = seconds != NULL ? atoi(seconds) : 0;

	grade_end = now_ms() + 1000 * (int64_t)(limit > 0 ? limit : SECONDS);
}

void
harness_grade_await_turn(void)
{
	EXPECT(!harness_is_graded() || now_ms() < grade_end,
	    "the time for all checks is over (GRADE_SECONDS)");
}

/* How many results there are for a check, how many are good, and what a bad one says. */
static struct grade
grade_check(const struct check *check, TestResult **results, int result_count)
{
	struct grade grade = { .check = check, .seen = "" };

	for (int i = 0; i < result_count; i++) {
		if (strcmp(tr_tcname(results[i]), check->test->name) != 0)
			continue;
		grade.ran++;
		if (tr_rtype(results[i]) == CK_PASS)
			grade.passed++;
		else if (*grade.seen == '\0')
			grade.seen = tr_msg(results[i]);
	}
	return grade;
}

static int
grade_earned(const struct grade *grade)
{
	return grade->ran == grade->passed ? grade->check->points : 0;
}

static void
print_loss(const struct grade *grade)
{
	printf("lost %d point%s: %s: %s\n", grade->check->points,
	    grade->check->points == 1 ? "" : "s", grade->check->test->name, grade->check->hint);
}

/* One line, however many there were, and nothing in it that a terminal obeys. */
static void
print_field(FILE *table, const char *text)
{
	fputc('\t', table);
	for (size_t i = 0; i < SEEN_MAX && text[i] != '\0'; i++)
		fputc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i], table);
}

static void
print_row(FILE *table, const struct grade *grade)
{
	fprintf(table, "%s\t%s\t%s\t%d\t%d", harness_program(), grade->check->test->name,
	    grade->ran == grade->passed ? "passed" : "failed", grade_earned(grade),
	    grade->check->points);
	print_field(table, grade->check->hint);
	print_field(table, grade->seen);
	fputc('\n', table);
}

/* The table, if one is wanted, with a head for who reads it. */
static FILE *
table_open(void)
{
	const char *path = getenv("GRADES");
	FILE *table = path != NULL && *path != '\0' ? fopen(path, "we") : NULL;

	if (path != NULL && *path != '\0' && table == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	if (table != NULL)
		fputs("program\tcheck\tresult\tearned\tpossible\thint\tseen\n", table);
	return table;
}

void
harness_grade_report(
    const struct check *checks, size_t count, TestResult **results, int result_count)
{
	FILE *table = table_open();
	int earned = 0, possible = 0;

	for (size_t i = 0; i < count; i++) {
		struct grade grade = grade_check(&checks[i], results, result_count);

		if (grade.ran == 0) /* left out by CK_RUN_CASE */
			continue;
		possible += checks[i].points;
		earned += grade_earned(&grade);
		if (grade.ran != grade.passed)
			print_loss(&grade);
		if (table != NULL)
			print_row(table, &grade);
	}
	printf("points: %d of %d\n", earned, possible);
	if (table != NULL && fclose(table) != 0)
		perror("GRADES");
}
