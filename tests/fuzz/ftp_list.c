/*
 * Fuzzes protocol/ftp_list and protocol/ftp_facts: a line of LIST and an entry of MLSD,
 * as a server that nobody knows sends them.
 *
 * Names and targets lie within the line and are not empty; what is taken and sent again
 * is taken for the same, and no encoder ever writes the end of a line.
 */
#include "protocol/ftp_list.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static const int64_t nows[] = { 0, 1795184580, 1709208000, -62135596800, 253402300799,
	INT64_MIN, INT64_MAX };

static void
within(struct ftp_span span, const char *text, size_t size)
{
	FUZZ_MUST(span.len == 0 || (span.at >= text && span.at + span.len <= text + size));
}

static void
one_line(const char *out, ssize_t len)
{
	FUZZ_MUST(len > 0 && strlen(out) == (size_t)len);
	FUZZ_MUST(strpbrk(out, "\r\n") == NULL);
}

static void
fuzz_entry(const char *text, size_t size, int64_t now)
{
	static char out[1 << 16];
	struct ftp_entry entry, again;
	ssize_t len;

	if (ftp_entry_parse(text, size, now, &entry) != FTP_ENTRY_OK)
		return;
	FUZZ_MUST(entry.name.len > 0 && entry.mode <= 07777);
	within(entry.name, text, size);
	within(entry.target, text, size);
	len = ftp_entry_encode(out, sizeof out, &entry, now);
	one_line(out, len);
	if (entry.type == FTP_TYPE_OTHER) /* its '?' is nobody's letter */
		return;
	FUZZ_MUST(ftp_entry_parse(out, (size_t)len, now, &again) != FTP_ENTRY_BAD);
	FUZZ_MUST(again.type == entry.type && again.mode == entry.mode);
}

static void
fuzz_facts(const char *text, size_t size)
{
	static char out[1 << 16], second[1 << 16];
	struct ftp_facts facts, again;
	ssize_t len;

	if (!ftp_facts_parse(text, size, &facts))
		return;
	within(facts.name, text, size);
	within(facts.target, text, size);
	within(facts.unique, text, size);
	FUZZ_MUST(facts.name.len > 0 && (facts.have & ~(unsigned)FTP_FACTS_ALL) == 0);
	if (facts.modify.seconds == 253402300800)
		return; /* the last leap second of the year 9999 cannot be said again */
	len = ftp_facts_encode(out, sizeof out, &facts, FTP_FACTS_ALL);
	one_line(out, len);
	FUZZ_MUST(ftp_facts_parse(out, (size_t)len, &again));
	FUZZ_MUST(again.have == facts.have && again.name.len == facts.name.len);
	FUZZ_MUST(ftp_facts_encode(second, sizeof second, &again,
		      FTP_FACTS_ALL & ~(unsigned)FTP_FACT_UNIQUE) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char out[FTP_FACTS_NAMES_MAX];
	unsigned names = ftp_facts_names_parse(text, size);
	ssize_t len = ftp_facts_names_encode(out, sizeof out, names, false);

	FUZZ_MUST(len >= 0 && ftp_facts_names_parse(out, (size_t)len) == names);
	for (size_t i = 0; i < sizeof nows / sizeof *nows; i++)
		fuzz_entry(text, size, nows[i]);
	fuzz_facts(text, size);
	return 0;
}
