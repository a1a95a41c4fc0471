/*
 * users: one line of a ftpd-users(5) file. See users.h; users_words.c has the parts.
 */
#include "protocol/users.h"

#include <string.h>

#include "protocol/ftp.h"
#include "protocol/ftp_put.h"

enum field {
	NAME,
	HASH,
	HOME,
	BYTES,
	FILES,
	RIGHTS,
	UNTIL,
	FIELDS,
};

static bool
is_blank_line(const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r'))
		at++;
	return at == len || line[at] == '#';
}

/* Exactly FIELDS of them. */
static bool
split(const char *line, size_t len, struct ftp_span field[FIELDS])
{
	size_t at = 0;

	for (int i = 0; i < FIELDS; i++) {
		const char *colon = memchr(line + at, ':', len - at);
		size_t n = colon ? (size_t)(colon - line) - at : len - at;

		if ((colon == NULL) != (i == FIELDS - 1))
			return false;
		field[i] = (struct ftp_span){ line + at, n };
		at += n + (colon != NULL);
	}
	return true;
}

/* To a string of `capacity` bytes. */
static bool
copy(char *to, size_t capacity, struct ftp_span field)
{
	if (field.len >= capacity)
		return false;
	memcpy(to, field.at, field.len);
	to[field.len] = '\0';
	return true;
}

/* A hash of any method that is known; none at all only behind a '!'. */
static bool
take_hash(struct users_entry *entry, struct ftp_span field)
{
	entry->locked = field.len > 0 && *field.at == '!';
	if (entry->locked) {
		field.at++;
		field.len--;
	}
	if (!copy(entry->hash, sizeof entry->hash, field))
		return false;
	return (entry->locked && field.len == 0) ||
	       users_method(field.at, field.len, NULL) != USERS_UNKNOWN;
}

static bool
take_limit(uint64_t *limit, struct ftp_span field)
{
	*limit = USERS_NO_LIMIT;
	if (field.len == 0)
		return true;
	return ftp_number_parse(field.at, field.len, limit) && *limit <= INT64_MAX;
}

static bool
take_until(int64_t *until, struct ftp_span field)
{
	*until = USERS_FOR_EVER;
	return field.len == 0 || users_date_parse(field.at, field.len, until);
}

static enum users_status
take_fields(struct users_entry *entry, const struct ftp_span field[FIELDS])
{
	if (!users_is_name(field[NAME].at, field[NAME].len) ||
	    !copy(entry->name, sizeof entry->name, field[NAME]))
		return USERS_BAD_NAME;
	if (!take_hash(entry, field[HASH]))
		return USERS_BAD_HASH;
	if (!users_is_home(field[HOME].at, field[HOME].len) ||
	    !copy(entry->home, sizeof entry->home, field[HOME]))
		return USERS_BAD_HOME;
	if (!take_limit(&entry->bytes, field[BYTES]) ||
	    !take_limit(&entry->files, field[FILES]))
		return USERS_BAD_QUOTA;
	if (!users_rights_parse(field[RIGHTS].at, field[RIGHTS].len, &entry->rights))
		return USERS_BAD_RIGHTS;
	if (!take_until(&entry->until, field[UNTIL]))
		return USERS_BAD_DATE;
	return USERS_ENTRY;
}

/* A line without its newline, before anything is known of its fields. */
static enum users_status
judge_line(const char *line, size_t len)
{
	if (is_blank_line(line, len))
		return USERS_BLANK;
	if (len >= USERS_LINE_MAX)
		return USERS_TOO_LONG;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return USERS_BAD_BYTE;
	return USERS_ENTRY;
}

enum users_status
users_parse_short(struct users_entry *entry, const char *line, size_t len)
{
	size_t name_len, hash_len, whole = len > 0 && line[len - 1] == '\n' ? len - 1 : len;
	const char *colon = memchr(line, ':', whole);
	struct users_entry one = { .bytes = USERS_NO_LIMIT,
		.files = USERS_NO_LIMIT,
		.rights = USERS_READ,
		.until = USERS_FOR_EVER };
	enum users_status status = judge_line(line, whole);

	if (status != USERS_ENTRY)
		return status;
	name_len = colon ? (size_t)(colon - line) : whole;
	hash_len = colon ? whole - name_len - 1 : 0;
	if (colon && memchr(colon + 1, ':', hash_len)) {
		status = users_parse(entry, line, len);
		return status == USERS_BAD_FIELDS ? USERS_BAD_SHORT : status;
	}
	if (colon == NULL)
		return USERS_BAD_SHORT;
	if (!users_is_name(line, name_len) ||
	    !copy(one.name, sizeof one.name, (struct ftp_span){ line, name_len }))
		return USERS_BAD_NAME;
	if (!take_hash(&one, (struct ftp_span){ colon + 1, hash_len }))
		return USERS_BAD_HASH;
	*entry = one;
	return USERS_ENTRY;
}

enum users_status
users_parse(struct users_entry *entry, const char *line, size_t len)
{
	struct ftp_span field[FIELDS];
	struct users_entry one = { .locked = false };
	enum users_status status;

	if (len > 0 && line[len - 1] == '\n')
		len--;
	status = judge_line(line, len);
	if (status != USERS_ENTRY)
		return status;
	if (!split(line, len, field))
		return USERS_BAD_FIELDS;
	status = take_fields(&one, field);
	if (status == USERS_ENTRY)
		*entry = one;
	return status;
}

static void
put_limit(struct pack *pack, uint64_t limit)
{
	ftp_put_char(pack, ':');
	if (limit != USERS_NO_LIMIT)
		ftp_put_number(pack, limit);
}

ssize_t
users_encode(char *buffer, size_t capacity, const struct users_entry *entry)
{
	struct pack pack = pack_begin(buffer, capacity);
	char words[32];
	struct users_entry again;
	ssize_t len;

	ftp_put_string(&pack, entry->name);
	ftp_put_string(&pack, entry->locked ? ":!" : ":");
	ftp_put_string(&pack, entry->hash);
	ftp_put_char(&pack, ':');
	ftp_put_string(&pack, entry->home);
	put_limit(&pack, entry->bytes);
	put_limit(&pack, entry->files);
	ftp_put_char(&pack, ':');
	if (users_rights_encode(words, sizeof words, entry->rights) == -1)
		return -1;
	ftp_put_string(&pack, words);
	ftp_put_char(&pack, ':');
	if (entry->until != USERS_FOR_EVER) {
		if (users_date_encode(words, sizeof words, entry->until) == -1)
			return -1;
		ftp_put_string(&pack, words);
	}
	ftp_put_char(&pack, '\n');
	len = ftp_put_end(&pack);
	/* what would not be read again must not be written */
	return len > 0 && users_parse(&again, buffer, (size_t)len) == USERS_ENTRY ? len : -1;
}

const char *
users_status_words(enum users_status status)
{
	static const char *const words[] = {
		[USERS_ENTRY] = "right",
		[USERS_BLANK] = "nothing",
		[USERS_BAD_BYTE] = "a control character",
		[USERS_BAD_FIELDS] =
		    "a line is name:hash:home:bytes:files:rights:until, with six colons",
		[USERS_BAD_SHORT] = "a line is name:hash, or one of ftpd-users(5)",
		[USERS_BAD_NAME] = "a name has 1 to 32 of A-Z a-z 0-9 . _ -, and begins with "
				   "neither . nor -",
		[USERS_BAD_HASH] = "no hash of crypt(5): set a password with ftpadm(8)",
		[USERS_BAD_HOME] = "a home is a path from / on, without a colon, at most 1023 "
				   "bytes",
		[USERS_BAD_QUOTA] = "bytes and files are whole numbers, or empty",
		[USERS_BAD_RIGHTS] = "rights are a list of read,write,delete,list, or all, or "
				     "empty",
		[USERS_BAD_DATE] = "the last day is written 2027-01-31, or empty",
		[USERS_TOO_LONG] = "the line is too long",
	};

	return words[status];
}
