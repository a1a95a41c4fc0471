/*
 * file_lab: directories, and files in them. See file_lab.h.
 */
#include "tests/e2e/file_lab.h"

#include <sys/mount.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/jail.h"

enum {
	KEPT_MAX = 32,
};

const char *
text_of(const char *format, ...)
{
	static char texts[16][4096];
	static size_t at;
	char *text = texts[at++ % ARRAY_LENGTH(texts)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof texts[0], format, args);
	va_end(args);
	return text;
}

const char *
lasting(const char *text)
{
	static char *kept[KEPT_MAX];
	static size_t count;

	EXPECT(count < KEPT_MAX, "too many lasting texts in one test");
	kept[count] = strdup(text);
	return kept[count++];
}

const char *
lab_directory(const char *name)
{
	const char *path = lasting(text_of("%s/%s", temporary_directory(), name));

	EXPECT(
	    mkdir(path, 0777) == 0 || errno == EEXIST, "mkdir %s: %s", path, strerror(errno));
	EXPECT(chmod(path, 0777) == 0, "chmod %s: %s", path, strerror(errno));
	return path;
}

void
lab_expect_shut_out(void)
{
	const char *path = lab_directory("shut");

	EXPECT(chmod(path, 0700) == 0, "chmod %s: %s", path, strerror(errno));
	program_expect_line(
	    program_start(ARGS("-p", "0", path)), 1, "nobody, who is to serve it, may not");
}

const char *
missing_disks(void)
{
	return geteuid() == 0 ? NULL : "only root may mount a small disk";
}

const char *
lab_disk(const char *name, const char *size)
{
	const char *path = lab_directory(name);

	EXPECT(mount("tmpfs", path, "tmpfs", 0, text_of("size=%s,mode=777", size)) == 0,
	    "mount: %s", strerror(errno));
	return path;
}

void
lab_disk_end(const char *path)
{
	EXPECT(umount(path) == 0, "umount: %s", strerror(errno));
}

void
lab_fill(unsigned char *bytes, size_t size, unsigned seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;

	for (size_t i = 0; i < size; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (unsigned char)(state >> 56);
	}
}

static void
write_file(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	EXPECT(file != NULL, "%s: %s", path, strerror(errno));
	EXPECT(fwrite(bytes, 1, size, file) == size, "%s: %s", path, strerror(errno));
	EXPECT(fclose(file) == 0, "%s: %s", path, strerror(errno));
}

void
lab_write(const char *path, size_t size, unsigned seed)
{
	unsigned char *bytes = malloc(size + 1);

	lab_fill(bytes, size, seed);
	write_file(path, bytes, size);
	free(bytes);
}

void
lab_write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

/* All of a file, NULL if it is not there. */
static unsigned char *
read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	unsigned char *bytes = NULL;
	struct stat st;

	*size = 0;
	if (file == NULL)
		return NULL;
	if (fstat(fileno(file), &st) == 0)
		bytes = calloc(1, (size_t)st.st_size + 1);
	if (bytes)
		*size = fread(bytes, 1, (size_t)st.st_size, file);
	fclose(file);
	return bytes;
}

static void
expect_bytes(const char *path, const void *wanted, size_t wanted_size)
{
	size_t size;
	unsigned char *bytes = read_file(path, &size);

	EXPECT(bytes != NULL, "%s is not there", path);
	EXPECT(size == wanted_size, "%s has %zu bytes, wanted %zu", path, size, wanted_size);
	EXPECT(memcmp(bytes, wanted, size) == 0, "%s has other bytes", path);
	free(bytes);
}

void
lab_expect(const char *path, size_t size, unsigned seed)
{
	unsigned char *wanted = malloc(size + 1);

	lab_fill(wanted, size, seed);
	expect_bytes(path, wanted, size);
	free(wanted);
}

void
lab_expect_text(const char *path, const char *text)
{
	expect_bytes(path, text, strlen(text));
}

void
lab_expect_missing(const char *path)
{
	EXPECT(access(path, F_OK) == -1 && errno == ENOENT, "%s is there", path);
}

bool
lab_is_same(const char *a, const char *b)
{
	size_t size_a, size_b;
	unsigned char *in_a = read_file(a, &size_a), *in_b = read_file(b, &size_b);
	bool same = in_a && in_b && size_a == size_b && memcmp(in_a, in_b, size_a) == 0;

	free(in_a);
	free(in_b);
	return same;
}

void
lab_expect_same(const char *a, const char *b)
{
	EXPECT(lab_is_same(a, b), "%s and %s differ", a, b);
}

size_t
lab_temporaries(const char *directory)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	size_t count = 0;

	EXPECT(dir != NULL, "%s: %s", directory, strerror(errno));
	while ((entry = readdir(dir)) != NULL)
		count +=
		    strncmp(entry->d_name, JAIL_TEMP_PREFIX, strlen(JAIL_TEMP_PREFIX)) == 0;
	closedir(dir);
	return count;
}

struct program *
lab_server(const char *directory)
{
	struct program *server = program_launch(
	    &(struct launch){ .other = "filed", .args = ARGS("-p", "0", "-W", directory) });

	program_await_ready(server);
	return server;
}

const char *
port_of(const struct program *server)
{
	return strrchr(server->address[0], ':') + 1;
}
