/*
 * look: the commands of ftpadm that only read: list and check.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "servers/ftpadm/ftpadm.h"

/* Go through all of them, and see that what was printed has gone out. */
static int
each(const struct ftpadm *adm, int (*visit)(void *arg, const struct users_entry *entry),
    void *arg)
{
	char error[USERS_ERROR_MAX];

	if (users_each(adm->path, visit, arg, error, sizeof error) == -1) {
		log_error("%s", error);
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static int
flush(int status)
{
	if (fflush(stdout) == 0)
		return status;
	log_error("standard output:");
	return STATUS_FAILED;
}

/* ---- list ---- */

static const char *
limit_text(uint64_t limit, char text[24])
{
	if (limit == USERS_NO_LIMIT)
		return "-";
	snprintf(text, 24, "%llu", (unsigned long long)limit);
	return text;
}

static const char *
state_of(const struct users_entry *entry)
{
	if (entry->locked)
		return "locked";
	if (entry->until < ftpadm_today())
		return "over";
	return users_method(entry->hash, strlen(entry->hash), NULL) == USERS_WEAK ? "weak" :
										    "open";
}

static int
list_one(void *arg, const struct users_entry *entry)
{
	char bytes[24], files[24], rights[32], until[16] = "-";

	(void)arg;
	if (users_rights_encode(rights, sizeof rights, entry->rights) <= 0)
		snprintf(rights, sizeof rights, "-");
	if (entry->until != USERS_FOR_EVER)
		users_date_encode(until, sizeof until, entry->until);
	printf("%-16s %-6s %14s %9s %-22s %-10s %s\n", entry->name, state_of(entry),
	    limit_text(entry->bytes, bytes), limit_text(entry->files, files), rights, until,
	    entry->home);
	return 0;
}

int
ftpadm_list(const struct ftpadm *adm)
{
	return flush(each(adm, list_one, NULL));
}

/* ---- check ---- */

struct tally {
	size_t accounts, problems;
};

static void
complain(struct tally *tally, const struct users_entry *entry, const char *what)
{
	tally->problems++;
	log_error("%s: %s", entry->name, what);
}

static void
check_home(struct tally *tally, const struct users_entry *entry)
{
	struct stat status;

	if (stat(entry->home, &status) == -1) {
		tally->problems++;
		log_error("%s: its home %s:", entry->name, entry->home);
	} else if (!S_ISDIR(status.st_mode)) {
		complain(tally, entry, "its home is no directory");
	} else if (geteuid() == 0 && status.st_uid == 0) {
		complain(tally, entry, "its home belongs to root, as whom ftpd serves nobody");
	} else if ((status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX)) {
		complain(tally, entry, "everybody on this machine may write in its home");
	}
}

static int
check_one(void *arg, const struct users_entry *entry)
{
	struct tally *tally = arg;
	const char *method;
	char words[64];

	tally->accounts++;
	check_home(tally, entry);
	if (users_method(entry->hash, strlen(entry->hash), &method) == USERS_WEAK) {
		snprintf(words, sizeof words, "its password's hash is %s: set it anew", method);
		complain(tally, entry, words);
	}
	if (entry->until < ftpadm_today())
		log_notice("%s: its last day is over", entry->name);
	return 0;
}

int
ftpadm_check(const struct ftpadm *adm)
{
	struct tally tally = { 0 };
	int status = each(adm, check_one, &tally);

	if (status == STATUS_DONE)
		printf("%zu accounts, %zu problems\n", tally.accounts, tally.problems);
	return flush(tally.problems ? STATUS_FAILED : status);
}
