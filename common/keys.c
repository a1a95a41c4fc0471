/*
 * keys: who may, and what: the keys(5) file. See keys.h.
 */
#include "common/keys.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/private.h"
#include "common/wipe.h"

static const char name_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789._-";

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
	wipe(key->secret, sizeof key->secret);
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
		return "a name has 64 characters at most";
	if (name[strspn(name, name_bytes)] != '\0' || *name == '-')
		return "a name has letters, digits, '.', '_' and '-', which is not the first";
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

static bool
is_blank(const char *line)
{
	const char *p = line + strspn(line, " \t\r\n");

	return *p == '\0' || *p == '#';
}

/* A line into *key, if it is the one that is looked for. NULL, or what is wrong. */
static const char *
take_line(char *line, const char *name, struct key *key, bool *found)
{
	struct key one;
	const char *wrong = parse_line(line, &one);

	if (!wrong && (name ? strcmp(name, one.name) == 0 : !*found)) {
		if (*found)
			wrong = "this name stands here a second time";
		*key = one;
		*found = true;
	}
	keys_forget(&one);
	return wrong;
}

/*
 * Every line is read and looked at, found or not: so a mistake is told at once, and the
 * time tells nobody which names there are.
 */
static int
search(FILE *file, const char *path, const char *name, struct key *key, char *error, size_t cap)
{
	char line[KEYS_LINE_MAX];
	const char *wrong = NULL;
	bool found = false;
	int number = 0;

	while (!wrong && fgets(line, sizeof line, file)) {
		if (++number > KEYS_MAX)
			wrong = "too many lines";
		else if (strchr(line, '\n') == NULL && !feof(file))
			wrong = "the line is too long, or no text";
		else if (!is_blank(line))
			wrong = take_line(line, name, key, &found);
	}
	if (!wrong && ferror(file))
		wrong = log_errno_name(errno);
	wipe(line, sizeof line);
	if (wrong)
		snprintf(error, cap, "%s:%d: %s", path, number, wrong);
	if (wrong || !found)
		keys_forget(key);
	return wrong ? -1 : found;
}

int
keys_find(const char *path, const char *name, struct key *key, char *error, size_t error_cap)
{
	char buffer[4096]; /* stdio's own would be freed with the secrets in it */
	int fd = private_open(path, error, error_cap), found;
	FILE *file;

	*key = (struct key){ .rights = 0 };
	if (fd == -1)
		return -1;
	file = fdopen(fd, "r");
	if (file == NULL) {
		snprintf(error, error_cap, "%s: %s", path, log_errno_name(errno));
		close(fd);
		return -1;
	}
	setvbuf(file, buffer, _IOFBF, sizeof buffer);
	found = search(file, path, name, key, error, error_cap);
	fclose(file);
	wipe(buffer, sizeof buffer);
	return found;
}

int
keys_fetch(const char *path, const char *name, struct key *key)
{
	char error[KEYS_LINE_MAX + PATH_MAX];
	int found = keys_find(path, name, key, error, sizeof error);

	if (found == 1)
		return 0;
	if (found == -1)
		log_error("%s", error);
	else if (name)
		log_error("%s: there is no key %s in it", path, name);
	else
		log_error("%s: there is no key in it", path);
	return -1;
}
