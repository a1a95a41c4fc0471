/*
 * users_words: the parts of a line of ftpd-users(5). See users.h.
 */
#include <string.h>

#include "protocol/ftp_put.h"
#include "protocol/ftp_time.h"
#include "protocol/users.h"

enum {
	DAY_S = 86400,
	DES_LENGTH = 13,
	DATE_LENGTH = 10, /* 2027-01-31 */
};

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool
is_made_of(const char *text, size_t len, const char *more)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' ||
		    (strchr(letters, text[i]) == NULL && strchr(more, text[i]) == NULL))
			return false;
	return true;
}

bool
users_is_name(const char *name, size_t len)
{
	return len > 0 && len <= USERS_NAME_MAX && *name != '.' && *name != '-' &&
	       is_made_of(name, len, "._-");
}

bool
users_is_home(const char *home, size_t len)
{
	if (len == 0 || len > USERS_HOME_MAX || *home != '/')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)home[i] < ' ' || home[i] == 0x7f || home[i] == ':')
			return false;
	return true;
}

/* ---- rights ---- */

static const struct {
	const char *word;
	unsigned right;
} rights_table[] = {
	{ "read", USERS_READ },
	{ "write", USERS_WRITE },
	{ "delete", USERS_DELETE },
	{ "list", USERS_LIST },
	{ "all", USERS_ALL },
};

enum {
	RIGHTS = sizeof rights_table / sizeof *rights_table,
};

static unsigned
right_of(const char *word, size_t len)
{
	for (size_t i = 0; i < RIGHTS; i++)
		if (len == strlen(rights_table[i].word) &&
		    memcmp(word, rights_table[i].word, len) == 0)
			return rights_table[i].right;
	return 0;
}

bool
users_rights_parse(const char *words, size_t len, unsigned *rights)
{
	unsigned all = 0;

	for (size_t at = 0; len > 0 && at <= len;) {
		const char *comma = memchr(words + at, ',', len - at);
		size_t n = comma ? (size_t)(comma - words) - at : len - at;
		unsigned one = right_of(words + at, n);

		if (one == 0)
			return false;
		all |= one;
		at += n + 1;
	}
	*rights = all;
	return true;
}

ssize_t
users_rights_encode(char *buffer, size_t capacity, unsigned rights)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (rights & ~(unsigned)USERS_ALL)
		return -1;
	for (size_t i = 0; i < RIGHTS; i++) {
		if (rights_table[i].right == USERS_ALL || !(rights & rights_table[i].right))
			continue;
		if (pack.at > pack.start)
			ftp_put_char(&pack, ',');
		ftp_put_string(&pack, rights_table[i].word);
	}
	return ftp_put_end(&pack);
}

/* ---- dates ---- */

bool
users_date_parse(const char *date, size_t len, int64_t *days)
{
	char text[] = "YYYYMMDD000000";
	struct ftp_time time;

	if (len != DATE_LENGTH || date[4] != '-' || date[7] != '-')
		return false;
	memcpy(text, date, 4);
	memcpy(text + 4, date + 5, 2);
	memcpy(text + 6, date + 8, 2);
	if (!ftp_time_parse(text, sizeof text - 1, &time) || time.seconds < 0)
		return false;
	*days = time.seconds / DAY_S;
	return true;
}

ssize_t
users_date_encode(char *buffer, size_t capacity, int64_t days)
{
	struct pack pack = pack_begin(buffer, capacity);
	struct ftp_date date;

	if (days < 0 || days > INT64_MAX / DAY_S || !ftp_date_of(days * DAY_S, &date))
		return -1;
	ftp_put_padded(&pack, (uint64_t)date.year, 4, '0');
	ftp_put_char(&pack, '-');
	ftp_put_padded(&pack, (uint64_t)date.month, 2, '0');
	ftp_put_char(&pack, '-');
	ftp_put_padded(&pack, (uint64_t)date.day, 2, '0');
	return ftp_put_end(&pack);
}

/* ---- hashes ---- */

/* How the hashes of crypt(5) begin. */
static const struct method {
	const char *prefix, *name;
	enum users_method method;
} methods[] = {
	{ "$y$", "yescrypt", USERS_STRONG },
	{ "$gy$", "gost-yescrypt", USERS_STRONG },
	{ "$7$", "scrypt", USERS_STRONG },
	{ "$2a$", "bcrypt", USERS_STRONG },
	{ "$2b$", "bcrypt", USERS_STRONG },
	{ "$2y$", "bcrypt", USERS_STRONG },
	{ "$6$", "SHA-512", USERS_STRONG },
	{ "$5$", "SHA-256", USERS_STRONG },
	{ "$2x$", "bcrypt of the year 2011", USERS_WEAK }, /* it mistook bytes from 128 on */
	{ "$sha1", "SHA-1", USERS_WEAK },
	{ "$md5", "Sun's MD5", USERS_WEAK },
	{ "$1$", "MD5", USERS_WEAK },
	{ "$apr1$", "Apache's MD5",
	    USERS_WEAK }, /* what htpasswd(1) makes if not told otherwise */
	{ "$3$", "NT", USERS_WEAK },
	{ "_", "BSDi's DES", USERS_WEAK },
};

static const struct method des = { "", "DES", USERS_WEAK };

/* Which of them it is, or NULL. */
static const struct method *
find_method(const char *hash, size_t len)
{
	if (len == 0 || len > USERS_HASH_MAX || !is_made_of(hash, len, "./$_,=-+"))
		return NULL;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		size_t prefix = strlen(methods[i].prefix);

		/* a setting without what came of it is no hash either */
		if (len >= prefix + DES_LENGTH && memcmp(hash, methods[i].prefix, prefix) == 0)
			return &methods[i];
	}
	return len == DES_LENGTH && is_made_of(hash, len, "./") ? &des : NULL;
}

enum users_method
users_method(const char *hash, size_t len, const char **name)
{
	const struct method *method = find_method(hash, len);

	if (name)
		*name = method ? method->name : "";
	return method ? method->method : USERS_UNKNOWN;
}
