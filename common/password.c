/*
 * password: what is kept of a password. See password.h; password_read.c asks for one.
 */
#include "common/password.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/random.h"
#include "common/wipe.h"

#ifndef PORTABLE

/* crypt(3) of libxcrypt, that knows when it has failed, in memory of our own. */
static int
hash_with(const char *password, const char *setting, char hash[PASSWORD_HASH_MAX + 1])
{
	struct crypt_data data = { .initialized = 0 };
	const char *made = crypt_rn(password, setting, &data, sizeof data);

	if (made)
		snprintf(hash, PASSWORD_HASH_MAX + 1, "%s", made);
	wipe(&data, sizeof data);
	return made ? 0 : -1;
}

/* A method that is there, the best first, with a salt. */
static int
make_setting(char setting[PASSWORD_HASH_MAX + 1])
{
	static const char *const methods[] = { "$y$", "$2b$", "$6$" };

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (crypt_gensalt_rn(methods[i], 0, NULL, 0, setting, PASSWORD_HASH_MAX + 1))
			return 0;
	return -1;
}

const char *
password_nobodys(void)
{
	return "$y$j9T$F5Jx5fExrKuPp53xLKQ..1";
}

#else

static int
hash_with(const char *password, const char *setting, char hash[PASSWORD_HASH_MAX + 1])
{
	const char *made = crypt(password, setting);

	/* what begins with a star is a failure's */
	if (made == NULL || *made == '*' || strlen(made) > PASSWORD_HASH_MAX) {
		errno = EINVAL;
		return -1;
	}
	snprintf(hash, PASSWORD_HASH_MAX + 1, "%s", made);
	return 0;
}

static int
make_setting(char setting[PASSWORD_HASH_MAX + 1])
{
	static const char letters[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	unsigned char salt[16];
	char text[sizeof salt + 1] = "";

	if (random_bytes(salt, sizeof salt) == -1)
		return -1;
	for (size_t i = 0; i < sizeof salt; i++)
		text[i] = letters[salt[i] % 64];
	snprintf(setting, PASSWORD_HASH_MAX + 1, "$6$rounds=100000$%s", text);
	return 0;
}

const char *
password_nobodys(void)
{
	return "$6$rounds=100000$F5Jx5fExrKuPp53x";
}

#endif

int
password_hash(const char *password, char hash[PASSWORD_HASH_MAX + 1])
{
	char setting[PASSWORD_HASH_MAX + 1];

	if (strlen(password) > PASSWORD_MAX) {
		errno = ERANGE;
		return -1;
	}
	return make_setting(setting) == -1 ? -1 : hash_with(password, setting, hash);
}

/* In a time that does not tell where they differ; how long they are is no secret. */
static bool
same(const char *a, const char *b)
{
	size_t len = strlen(a);
	unsigned char differ = 0;

	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

int
password_try(const char *password, const char *hash)
{
	char cut[PASSWORD_MAX + 1], made[PASSWORD_HASH_MAX + 1];
	int status;

	/* one that is too long takes as long as any, and is nobody's */
	snprintf(cut, sizeof cut, "%s", password);
	status = hash_with(cut, hash, made);
	wipe(cut, sizeof cut);
	if (status == -1)
		return -1;
	return same(made, hash) && strlen(password) <= PASSWORD_MAX;
}
