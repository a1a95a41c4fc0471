/*
 * keys: who may, and what: the keys(5) file. See keys.h.
 */
#include "common/keys.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

static const struct {
	const char *word;
	unsigned right;
} rights[] = {
	{ "run", KEYS_RUN },
	{ "read", KEYS_READ },
	{ "write", KEYS_WRITE },
	{ "all", KEYS_ALL },
};

void
keys_forget(struct key *key)
{
	volatile char *secret = key->secret; /* or the compiler would see no use in it */

	for (size_t i = 0; i < sizeof key->secret; i++)
		secret[i] = 0;
	key->secret_len = 0;
}

/* "run,read" to bits. 0 when a word is unknown. */
static unsigned
parse_rights(char *words)
{
	unsigned all = 0;
	char *save = NULL;

	for (char *word = strtok_r(words, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		unsigned one = 0;

		for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
			if (strcmp(word, rights[i].word) == 0)
				one = rights[i].right;
		if (one == 0)
			return 0;
		all |= one;
	}
	return all;
}

/* One line, not a comment. NULL, or what is wrong with it. */
static const char *
parse_line(char *line, struct key *key)
{
	char *save = NULL;
	char *name = strtok_r(line, " \t\r\n", &save);
	char *words = strtok_r(NULL, " \t\r\n", &save);
	char *secret = strtok_r(NULL, " \t\r\n", &save);

	if (secret == NULL || strtok_r(NULL, " \t\r\n", &save) != NULL)
		return "a line is: name rights secret";
	if (strlen(name) > KEYS_NAME_MAX)
		return "the name is too long";
	key->rights = parse_rights(words);
	if (key->rights == 0)
		return "rights are a list of run,read,write,all";
	key->secret_len = strlen(secret);
	if (key->secret_len < KEYS_SECRET_MIN || key->secret_len > KEYS_SECRET_MAX)
		return "a secret has 16 to 256 characters";
	snprintf(key->name, sizeof key->name, "%s", name);
	snprintf(key->secret, sizeof key->secret, "%s", secret);
	return NULL;
}

/* A file of ours, that nobody else can read. NULL, or why not. */
static const char *
check_file(int fd)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "it is no regular file";
	if (status.st_uid != geteuid() && status.st_uid != 0)
		return "it belongs to another user";
	if (status.st_mode & (S_IRWXG | S_IRWXO))
		return "others may read it: chmod 600 it first";
	return NULL;
}

static bool
is_blank(const char *line)
{
	const char *p = line + strspn(line, " \t\r\n");

	return *p == '\0' || *p == '#';
}

static int
search(FILE *file, const char *path, const char *name, struct key *key, char *error, size_t cap)
{
	char line[KEYS_LINE_MAX];

	for (int number = 1; fgets(line, sizeof line, file); number++) {
		const char *wrong = NULL;

		if (strchr(line, '\n') == NULL && !feof(file))
			wrong = "the line is too long";
		else if (number > KEYS_MAX)
			wrong = "too many lines";
		else if (is_blank(line))
			continue;
		else
			wrong = parse_line(line, key);
		if (wrong) {
			keys_forget(key);
			snprintf(error, cap, "%s:%d: %s", path, number, wrong);
			return -1;
		}
		if (name == NULL || strcmp(name, key->name) == 0)
			return 1;
	}
	keys_forget(key);
	return 0;
}

int
keys_find(const char *path, const char *name, struct key *key, char *error, size_t error_cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), found;
	const char *wrong = fd == -1 ? strerror(errno) : check_file(fd);
	FILE *file;

	if (wrong || (file = fdopen(fd, "r")) == NULL) {
		snprintf(error, error_cap, "%s: %s", path, wrong ? wrong : strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	found = search(file, path, name, key, error, error_cap);
	fclose(file);
	return found;
}
