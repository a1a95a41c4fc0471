/*
 * file_lab: what the suites of filed and filecp share: directories with files in them,
 * a client that says frames by hand, and a wire that breaks where it is told to.
 */
#ifndef TESTS_E2E_FILE_LAB_H
#define TESTS_E2E_FILE_LAB_H

#include <sys/stat.h>

#include "common/digest.h"
#include "protocol/file.h"
#include "tests/harness.h"

enum {
	LARGE = 300 * 1024, /* bytes: more than FILE_SMALL_MAX, so it is asked for */
};

/* The password "secret" for ftpd, in the fewest rounds of SHA-256 that there are. */
#define LAB_SECRET "$5$rounds=1000$switchboard$GEQ/ksuVA5EwwzBWdQsrQ0CZQNigAk9vIqJUpF7k/k."

/* ---- files ---- */

/* printf into one of a few buffers: good for the next fifteen calls. */
const char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A copy that lasts as long as the test. */
const char *lasting(const char *text);

/* A directory beneath the test's own, which any user may write. Its name lasts. */
const char *lab_directory(const char *name);

/* The same, and a disk of its own, as small as `size` says ("64k"); and it is taken away. */
const char *lab_disk(const char *name, const char *size);
void lab_disk_end(const char *path);
const char *missing_disks(void); /* for harness_add_unless */

/* Bytes that follow from the seed. */
void lab_fill(unsigned char *bytes, size_t size, unsigned seed);
void lab_write(const char *path, size_t size, unsigned seed);
void lab_write_text(const char *path, const char *text);

/* It has just these bytes; it has this text; it is not there. */
void lab_expect(const char *path, size_t size, unsigned seed);
void lab_expect_text(const char *path, const char *text);
void lab_expect_missing(const char *path);
void lab_expect_same(const char *a, const char *b);
bool lab_is_same(const char *a, const char *b);

/* Names in a directory that begin with ".unfinished-". */
size_t lab_temporaries(const char *directory);

/* ---- a server ---- */

/* filed of $BIN for `directory`, with -W; its port is port_of(it). */
struct program *lab_server(const char *directory);
const char *port_of(const struct program *server);

/* Started by root, with a directory that only root may look into: it says so, and ends. */
void lab_expect_shut_out(void);

/* ---- frames by hand ---- */

/* Greet as filecp does. */
int talk_open(const struct program *server);
void talk_greet(int fd);

void talk_say(int fd, uint8_t type, uint64_t value, const void *payload, size_t len);

/* The next frame, with its payload as a string; and one of this type, or it fails. */
struct heard {
	struct frame frame;
	char payload[8193];
};
struct heard talk_hear(int fd);
struct heard talk_expect(int fd, uint8_t type);

/* A TROUBLE whose words have this in them, for the entry `number`. */
void talk_expect_trouble(int fd, uint64_t number, const char *words);

void talk_request(int fd, uint8_t type, uint8_t flags, const char *path, size_t len);
void talk_entry(int fd, uint64_t number, enum file_kind kind, uint8_t flags, uint64_t size,
    const char *path);
void talk_digest(int fd, const void *bytes, size_t size);
/* ENTRY, DATA and DIGEST of a small file, whole. */
void talk_small_file(int fd, uint64_t number, const char *path, const char *text);
/* PUT beneath the top: READY is heard. */
void talk_begin_put(int fd);

/* Frames into a buffer instead, to be cut. */
struct script {
	unsigned char bytes[LARGE + 4096];
	size_t len;
};
void script_add(
    struct script *script, uint8_t type, uint64_t value, const void *payload, size_t len);

/* ---- a wire ---- */

/*
 * Between a client and `server`: after so many bytes of the client (or the server)
 * both ends are cut off; 0: never. One connection, then the wire is gone; its port is
 * the result.
 */
const char *wire_open(const struct program *server, uint64_t from_client, uint64_t from_server);

#endif
