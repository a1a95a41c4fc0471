/*
 * edit: the commands of ftpadm that change an account.
 */
#include <sys/stat.h>

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/password.h"
#include "common/wipe.h"
#include "servers/ftpadm/ftpadm.h"

struct change;

/* What is done to an account that is there. USERS_FAIL: with words in what->error. */
typedef enum users_edit set_function(const struct change *what, struct users_entry *entry);

/* What a change is made from. */
struct change {
	const struct ftpadm *adm;
	const char *hash;  /* the new one */
	set_function *set; /* NULL for a new account */
	char *error;	   /* of `cap` bytes, while it is made */
	size_t cap;
};

typedef enum users_edit
edit_function(void *arg, bool found, struct users_entry *entry, char *error, size_t cap);

/* Make the change: `edit` does. An exit status. */
static int
make(struct change *what, bool create, edit_function *edit)
{
	const struct ftpadm *adm = what->adm;
	char error[USERS_ERROR_MAX] = "";

	if (users_edit(adm->path, adm->name, create, edit, what, error, sizeof error) == 0)
		return STATUS_DONE;
	log_error("%s", error);
	return STATUS_FAILED;
}

static enum users_edit
edit_there(void *arg, bool found, struct users_entry *entry, char *error, size_t cap)
{
	struct change *what = arg;

	what->error = error;
	what->cap = cap;
	if (found)
		return what->set(what, entry);
	snprintf(
	    error, cap, "%s: there is no account \"%s\"", what->adm->path, what->adm->name);
	return USERS_FAIL;
}

/* Change an account that is there. */
static int
change(const struct ftpadm *adm, const char *hash, set_function *set)
{
	struct change what = { .adm = adm, .hash = hash, .set = set };

	return make(&what, false, edit_there);
}

/* A password from standard input, as its hash. 0, or -1 (said). */
static int
ask(const struct ftpadm *adm, char hash[PASSWORD_HASH_MAX + 1])
{
	char prompt[USERS_NAME_MAX + 32], password[PASSWORD_MAX + 1], error[128];
	int status;

	snprintf(prompt, sizeof prompt, "Password for %s: ", adm->name);
	if (password_read(prompt, true, password, error, sizeof error) == -1) {
		log_error("%s", error);
		return -1;
	}
	status = password_hash(password, hash);
	wipe(password, sizeof password);
	if (status == -1)
		log_error("crypt(3):");
	return status;
}

/* ---- add ---- */

static int
home_failed(const char *home, char *error, size_t cap)
{
	snprintf(error, cap, "%s: %s (%s)", home, log_errno_name(errno), strerror(errno));
	return -1;
}

/* A home that root has made is of use to who serves it: ftpd is not root then. 0, or -1. */
static int
give_home(const struct ftpadm *adm, char *error, size_t cap)
{
	const struct passwd *owner = getpwnam(adm->owner);

	if (owner == NULL) {
		snprintf(error, cap, "-o: there is no user %s", adm->owner);
		return -1;
	}
	if (chown(adm->home, owner->pw_uid, owner->pw_gid) == -1)
		return home_failed(adm->home, error, cap);
	return 0;
}

/* See to it that there is such a directory, and write its whole path. 0, or -1. */
static int
make_home(const struct ftpadm *adm, char whole[USERS_HOME_MAX + 1], char *error, size_t cap)
{
	const char *home = adm->home;
	struct stat status;
	bool made = mkdir(home, S_IRWXU) == 0, fits;
	char *path;

	if (!made && errno != EEXIST)
		return home_failed(home, error, cap);
	if (made && geteuid() == 0 && give_home(adm, error, cap) == -1) {
		rmdir(home);
		return -1;
	}
	if (stat(home, &status) == -1)
		return home_failed(home, error, cap);
	if (!S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		return home_failed(home, error, cap);
	}
	path = realpath(home, NULL);
	if (path == NULL)
		return home_failed(home, error, cap);
	fits = users_is_home(path, strlen(path));
	if (fits)
		snprintf(whole, USERS_HOME_MAX + 1, "%s", path);
	else
		snprintf(error, cap, "%s: %s", path, users_status_words(USERS_BAD_HOME));
	free(path);
	return fits ? 0 : -1;
}

/* exercise: fill in the entry of a new user, and make the home */
static enum users_edit
add(void *arg, bool found, struct users_entry *entry, char *error, size_t cap)
{
	const struct change *what = arg;
	const struct ftpadm *adm = what->adm;

	if (found) {
		snprintf(
		    error, cap, "%s: there is an account \"%s\" already", adm->path, adm->name);
		return USERS_FAIL;
	}
	if (make_home(adm, entry->home, error, cap) == -1)
		return USERS_FAIL;
	snprintf(entry->name, sizeof entry->name, "%s", adm->name);
	snprintf(entry->hash, sizeof entry->hash, "%s", what->hash);
	entry->bytes = adm->bytes;
	entry->files = adm->files;
	entry->rights = adm->rights;
	entry->until = adm->until;
	return USERS_PUT;
}

int
ftpadm_add(const struct ftpadm *adm)
{
	char hash[PASSWORD_HASH_MAX + 1];
	struct change what = { .adm = adm, .hash = hash };

	return ask(adm, hash) == -1 ? STATUS_FAILED : make(&what, true, add);
}

/* ---- change what is there ---- */

static enum users_edit
set_password(const struct change *what, struct users_entry *entry)
{
	snprintf(entry->hash, sizeof entry->hash, "%s", what->hash);
	if (entry->locked)
		log_notice("%s stays locked: unlock opens it", what->adm->name);
	return USERS_PUT;
}

int
ftpadm_passwd(const struct ftpadm *adm)
{
	char hash[PASSWORD_HASH_MAX + 1];

	return ask(adm, hash) == -1 ? STATUS_FAILED : change(adm, hash, set_password);
}

static void
print_limit(const char *what, uint64_t limit)
{
	if (limit == USERS_NO_LIMIT)
		printf("%s none\n", what);
	else
		printf("%s %llu\n", what, (unsigned long long)limit);
}

static enum users_edit
set_quota(const struct change *what, struct users_entry *entry)
{
	const struct ftpadm *adm = what->adm;

	if (!adm->set_bytes && !adm->set_files) {
		print_limit("bytes", entry->bytes);
		print_limit("files", entry->files);
		return USERS_KEEP;
	}
	if (adm->set_bytes)
		entry->bytes = adm->bytes;
	if (adm->set_files)
		entry->files = adm->files;
	return USERS_PUT;
}

int
ftpadm_quota(const struct ftpadm *adm)
{
	int status = change(adm, NULL, set_quota);

	return fflush(stdout) == 0 ? status : STATUS_FAILED;
}

static enum users_edit
set_rights(const struct change *what, struct users_entry *entry)
{
	entry->rights = what->adm->rights;
	return USERS_PUT;
}

int
ftpadm_rights(const struct ftpadm *adm)
{
	return change(adm, NULL, set_rights);
}

static enum users_edit
set_until(const struct change *what, struct users_entry *entry)
{
	entry->until = what->adm->until;
	return USERS_PUT;
}

int
ftpadm_until(const struct ftpadm *adm)
{
	return change(adm, NULL, set_until);
}

static enum users_edit
set_locked(const struct change *what, struct users_entry *entry)
{
	(void)what;
	entry->locked = true;
	return USERS_PUT;
}

int
ftpadm_lock(const struct ftpadm *adm)
{
	return change(adm, NULL, set_locked);
}

static enum users_edit
set_unlocked(const struct change *what, struct users_entry *entry)
{
	if (*entry->hash == '\0') {
		snprintf(what->error, what->cap, "%s: \"%s\" has no password: passwd gives one",
		    what->adm->path, what->adm->name);
		return USERS_FAIL;
	}
	entry->locked = false;
	return USERS_PUT;
}

int
ftpadm_unlock(const struct ftpadm *adm)
{
	return change(adm, NULL, set_unlocked);
}

static enum users_edit
take_away(const struct change *what, struct users_entry *entry)
{
	(void)what;
	log_notice("%s is left as it is", entry->home);
	return USERS_DELETE_ENTRY;
}

int
ftpadm_remove(const struct ftpadm *adm)
{
	return change(adm, NULL, take_away);
}
