/*
 * ftp_list: a line of LIST, to be sent. See ftp_list.h; ftp_list_parse.c reads one.
 */
#include "protocol/ftp_list.h"

#include <stdbool.h>
#include <string.h>

#include "protocol/ftp_put.h"

enum {
	OWNER_WIDTH = 8,
	SIZE_WIDTH = 12,
	LINKS_WIDTH = 3,
	HALF_YEAR_S = 31556952 / 2, /* as ls has it: then the year says more than the hour */
};

/* "-rw-r--r--", with the letters that ls has for set-ID and sticky bits. */
static void
put_mode(struct pack *pack, const struct ftp_entry *entry)
{
	static const char kinds[] = {
		[FTP_TYPE_OTHER] = '?',
		[FTP_TYPE_FILE] = '-',
		[FTP_TYPE_DIR] = 'd',
		[FTP_TYPE_CDIR] = 'd',
		[FTP_TYPE_PDIR] = 'd',
		[FTP_TYPE_SYMLINK] = 'l',
	};
	static const char bits[] = "rwxrwxrwx", special[] = "SsSsTt";
	char text[] = "?---------";

	text[0] = kinds[entry->type];
	for (unsigned i = 0; i < 9; i++)
		if (entry->mode & 0400u >> i)
			text[1 + i] = bits[i];
	for (unsigned i = 0; i < 3; i++)
		if (entry->mode & 04000u >> i)
			text[3 + 3 * i] = special[2 * i + (text[3 + 3 * i] == 'x')];
	pack_bytes(pack, text, sizeof text - 1);
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* What ends a line, or drives a terminal, is a question mark. The rest goes in one piece. */
static void
put_name(struct pack *pack, struct ftp_span name)
{
	size_t from = 0;

	for (size_t i = 0; i < name.len; i++)
		if (is_control(name.at[i])) {
			pack_bytes(pack, name.at + from, i - from);
			ftp_put_char(pack, '?');
			from = i + 1;
		}
	pack_bytes(pack, name.at + from, name.len - from);
}

/* A column: a name without blanks, which are what columns are told by. */
static void
put_owner(struct pack *pack, struct ftp_span owner)
{
	size_t n = owner.len < FTP_LIST_OWNER_MAX ? owner.len : FTP_LIST_OWNER_MAX;
	char text[FTP_LIST_OWNER_MAX + OWNER_WIDTH];

	memset(text, ' ', sizeof text);
	text[0] = '-';
	for (size_t i = 0; i < n; i++)
		text[i] = owner.at[i];
	for (size_t i = 0; i < n; i++)
		if (is_control(text[i]) || text[i] == ' ')
			text[i] = '_';
	pack_bytes(pack, text, (n < OWNER_WIDTH ? OWNER_WIDTH : n) + 1);
}

/* "Nov 20 14:23", or "Nov 20  2024" when that is long ago or to come. */
static void
put_time(struct pack *pack, int64_t time, int64_t now)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct ftp_date date;

	if (!ftp_date_of(time, &date) && !ftp_date_of(0, &date))
		return;
	pack_bytes(pack, months + 3 * (size_t)(date.month - 1), 3);
	ftp_put_char(pack, ' ');
	ftp_put_padded(pack, (uint64_t)date.day, 2, ' ');
	ftp_put_char(pack, ' ');
	if (time > now || time <= now - HALF_YEAR_S) {
		ftp_put_char(pack, ' ');
		ftp_put_padded(pack, (uint64_t)date.year, 4, '0');
	} else {
		ftp_put_padded(pack, (uint64_t)date.hour, 2, '0');
		ftp_put_char(pack, ':');
		ftp_put_padded(pack, (uint64_t)date.minute, 2, '0');
	}
	ftp_put_char(pack, ' ');
}

ssize_t
ftp_entry_encode(char *buffer, size_t capacity, const struct ftp_entry *entry, int64_t now)
{
	struct pack pack = pack_begin(buffer, capacity);

	if (entry->name.len == 0)
		return -1;
	put_mode(&pack, entry);
	ftp_put_char(&pack, ' ');
	ftp_put_padded(&pack, entry->links, LINKS_WIDTH, ' ');
	ftp_put_char(&pack, ' ');
	put_owner(&pack, entry->owner);
	put_owner(&pack, entry->group);
	ftp_put_padded(&pack, entry->size, SIZE_WIDTH, ' ');
	ftp_put_char(&pack, ' ');
	put_time(&pack, entry->time, now);
	put_name(&pack, entry->name);
	if (entry->type == FTP_TYPE_SYMLINK && entry->target.len > 0) {
		ftp_put_string(&pack, " -> ");
		put_name(&pack, entry->target);
	}
	return ftp_put_end(&pack);
}
