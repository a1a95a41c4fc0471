/*
 * ftp_facts: an entry of MLSD and MLST. See ftp_facts.h.
 */
#include "protocol/ftp_facts.h"

#include <string.h>

#include "protocol/ftp_put.h"

static const char perm_letters[] = "acdeflmprw"; /* in the order of enum ftp_perm */

/* ---- to be sent ---- */

static void
put_type(struct pack *pack, const struct ftp_facts *facts)
{
	static const char *const types[] = {
		[FTP_TYPE_OTHER] = "OS.unix=other",
		[FTP_TYPE_FILE] = "file",
		[FTP_TYPE_DIR] = "dir",
		[FTP_TYPE_CDIR] = "cdir",
		[FTP_TYPE_PDIR] = "pdir",
		[FTP_TYPE_SYMLINK] = "OS.unix=symlink",
	};

	ftp_put_string(pack, types[facts->type]);
}

static void
put_size(struct pack *pack, const struct ftp_facts *facts)
{
	ftp_put_number(pack, facts->size);
}

static void
put_modify(struct pack *pack, const struct ftp_facts *facts)
{
	char text[FTP_TIME_TEXT_MAX + 1];

	if (ftp_time_encode(text, sizeof text, &facts->modify) == -1)
		pack->failed = true;
	else
		ftp_put_string(pack, text);
}

static void
put_perm(struct pack *pack, const struct ftp_facts *facts)
{
	for (size_t i = 0; i < sizeof perm_letters - 1; i++)
		if (facts->perm & 1u << i)
			ftp_put_char(pack, perm_letters[i]);
}

static void
put_unique(struct pack *pack, const struct ftp_facts *facts)
{
	ftp_put_hex(pack, facts->device);
	ftp_put_char(pack, 'g');
	ftp_put_hex(pack, facts->inode);
}

static void
put_mode(struct pack *pack, const struct ftp_facts *facts)
{
	ftp_put_octal(pack, facts->mode & 07777, 4);
}

static void
put_owner(struct pack *pack, const struct ftp_facts *facts)
{
	ftp_put_number(pack, facts->owner);
}

static void
put_group(struct pack *pack, const struct ftp_facts *facts)
{
	ftp_put_number(pack, facts->group);
}

/* ---- received: each sets its member, or says that the value makes no sense ---- */

/* The same, whatever the case: RFC 3659 has facts and their values so. */
static bool
same(const char *text, size_t len, const char *word)
{
	if (len != strlen(word))
		return false;
	for (size_t i = 0; i < len; i++) {
		char a = text[i], b = word[i];

		if (a >= 'A' && a <= 'Z')
			a = (char)(a - 'A' + 'a');
		if (b >= 'A' && b <= 'Z')
			b = (char)(b - 'A' + 'a');
		if (a != b)
			return false;
	}
	return true;
}

static bool
take_type(struct ftp_facts *facts, const char *value, size_t len)
{
	static const struct {
		const char *word;
		enum ftp_type type;
	} types[] = {
		{ "file", FTP_TYPE_FILE },
		{ "dir", FTP_TYPE_DIR },
		{ "cdir", FTP_TYPE_CDIR },
		{ "pdir", FTP_TYPE_PDIR },
		{ "os.unix=symlink", FTP_TYPE_SYMLINK },
		{ "os.unix=slink", FTP_TYPE_SYMLINK },
	};
	static const char with_target[] = "os.unix=slink:";
	const size_t before = sizeof with_target - 1;

	facts->type = FTP_TYPE_OTHER;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (same(value, len, types[i].word))
			facts->type = types[i].type;
	if (len > before && same(value, before, with_target)) {
		facts->type = FTP_TYPE_SYMLINK;
		facts->target = (struct ftp_span){ value + before, len - before };
	}
	return len > 0;
}

static bool
take_size(struct ftp_facts *facts, const char *value, size_t len)
{
	return ftp_number_parse(value, len, &facts->size);
}

static bool
take_modify(struct ftp_facts *facts, const char *value, size_t len)
{
	return ftp_time_parse(value, len, &facts->modify);
}

static bool
take_perm(struct ftp_facts *facts, const char *value, size_t len)
{
	facts->perm = 0;
	for (size_t i = 0; i < len; i++)
		for (size_t bit = 0; bit < sizeof perm_letters - 1; bit++)
			if (same(value + i, 1, (char[]){ perm_letters[bit], '\0' }))
				facts->perm |= 1u << bit;
	return true;
}

static bool
take_unique(struct ftp_facts *facts, const char *value, size_t len)
{
	facts->unique = (struct ftp_span){ value, len };
	return len > 0;
}

static bool
take_mode(struct ftp_facts *facts, const char *value, size_t len)
{
	unsigned mode = 0;

	if (len == 0 || len > 5) /* some send a 0 more */
		return false;
	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '7')
			return false;
		mode = mode * 8 + (unsigned)(value[i] - '0');
	}
	if (mode > 07777)
		return false;
	facts->mode = mode;
	return true;
}

static bool
take_id(uint32_t *id, const char *value, size_t len)
{
	uint64_t number;

	if (!ftp_number_parse(value, len, &number) || number > UINT32_MAX)
		return false;
	*id = (uint32_t)number;
	return true;
}

static bool
take_owner(struct ftp_facts *facts, const char *value, size_t len)
{
	return take_id(&facts->owner, value, len);
}

static bool
take_group(struct ftp_facts *facts, const char *value, size_t len)
{
	return take_id(&facts->group, value, len);
}

/* ---- all of them ---- */

static const struct {
	unsigned fact;
	const char *name; /* as we write it */
	void (*put)(struct pack *pack, const struct ftp_facts *facts);
	bool (*take)(struct ftp_facts *facts, const char *value, size_t len);
} table[] = {
	{ FTP_FACT_TYPE, "type", put_type, take_type },
	{ FTP_FACT_SIZE, "size", put_size, take_size },
	{ FTP_FACT_MODIFY, "modify", put_modify, take_modify },
	{ FTP_FACT_PERM, "perm", put_perm, take_perm },
	{ FTP_FACT_UNIQUE, "unique", put_unique, take_unique },
	{ FTP_FACT_MODE, "UNIX.mode", put_mode, take_mode },
	{ FTP_FACT_OWNER, "UNIX.owner", put_owner, take_owner },
	{ FTP_FACT_GROUP, "UNIX.group", put_group, take_group },
};

enum {
	FACTS = sizeof table / sizeof *table,
};

ssize_t
ftp_facts_encode(char *buffer, size_t capacity, const struct ftp_facts *facts, unsigned wanted)
{
	struct pack pack = pack_begin(buffer, capacity);

	for (size_t i = 0; i < FACTS; i++)
		if (table[i].fact & facts->have & wanted) {
			ftp_put_string(&pack, table[i].name);
			ftp_put_char(&pack, '=');
			table[i].put(&pack, facts);
			ftp_put_char(&pack, ';');
		}
	ftp_put_char(&pack, ' ');
	for (size_t i = 0; i < facts->name.len; i++) {
		char c = facts->name.at[i];

		if (c == '\0' || c == '\r' || c == '\n')
			c = '?';
		ftp_put_char(&pack, c);
	}
	return facts->name.len == 0 ? -1 : ftp_put_end(&pack);
}

/* "name=value" */
static void
take_fact(struct ftp_facts *facts, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name = equals ? (size_t)(equals - text) : len;

	for (size_t i = 0; equals && i < FACTS; i++)
		if (same(text, name, table[i].name) &&
		    table[i].take(facts, equals + 1, len - name - 1))
			facts->have |= table[i].fact;
}

bool
ftp_facts_parse(const char *entry, size_t len, struct ftp_facts *facts)
{
	size_t at = 0;

	*facts = (struct ftp_facts){ .have = 0 };
	while (at < len && entry[at] != ' ') {
		const char *end = memchr(entry + at, ';', len - at);

		/* a target may have blanks, but a fact without its ';' is none */
		if (end == NULL)
			return false;
		take_fact(facts, entry + at, (size_t)(end - entry) - at);
		at = (size_t)(end - entry) + 1;
	}
	if (at + 1 >= len)
		return false;
	facts->name = (struct ftp_span){ entry + at + 1, len - at - 1 };
	return true;
}

/* ---- their names ---- */

ssize_t
ftp_facts_names_encode(char *buffer, size_t capacity, unsigned facts, bool starred)
{
	struct pack pack = pack_begin(buffer, capacity);

	for (size_t i = 0; i < FACTS; i++) {
		bool on = (facts & table[i].fact) != 0;

		if (!on && !starred)
			continue;
		ftp_put_string(&pack, table[i].name);
		if (on && starred)
			ftp_put_char(&pack, '*');
		ftp_put_char(&pack, ';');
	}
	return ftp_put_end(&pack);
}

unsigned
ftp_facts_names_parse(const char *names, size_t len)
{
	unsigned facts = 0;

	for (size_t at = 0; at < len;) {
		const char *end = memchr(names + at, ';', len - at);
		size_t n = end ? (size_t)(end - names) - at : len - at;

		for (size_t i = 0; i < FACTS; i++)
			if (same(names + at, n, table[i].name))
				facts |= table[i].fact;
		at += n + 1;
	}
	return facts;
}
