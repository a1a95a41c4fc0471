/*
 * file_talk: a client of filed that says its frames by hand. See file_lab.h.
 */
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"

enum {
	SERVICE = 2, /* AUTH_FILE */
};

void
talk_say(int fd, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	const struct frame frame = { .type = type, .value = value, .size = len };
	uint8_t header[FRAME_HEADER];

	EXPECT(frame_pack(&frame, header), "no such frame");
	client_send(fd, header, sizeof header);
	client_send(fd, payload, len);
}

struct heard
talk_hear(int fd)
{
	struct heard heard;
	uint8_t header[FRAME_HEADER];

	client_receive(fd, header, sizeof header);
	EXPECT(frame_unpack(&heard.frame, header, sizeof header) == FRAME_OK, "not a frame");
	EXPECT(heard.frame.size < sizeof heard.payload, "%s has %llu bytes",
	    frame_name(heard.frame.type), (unsigned long long)heard.frame.size);
	client_receive(fd, heard.payload, (size_t)heard.frame.size);
	heard.payload[heard.frame.size] = '\0';
	return heard;
}

struct heard
talk_expect(int fd, uint8_t type)
{
	struct heard heard = talk_hear(fd);

	EXPECT(heard.frame.type == type, "%s came, wanted %s (%s)",
	    frame_name(heard.frame.type), frame_name(type),
	    heard.payload + (heard.frame.type == FRAME_TROUBLE));
	return heard;
}

void
talk_expect_trouble(int fd, uint64_t number, const char *words)
{
	struct heard heard = talk_expect(fd, FRAME_TROUBLE);

	EXPECT(heard.frame.value == number, "trouble is with %llu, wanted %llu",
	    (unsigned long long)heard.frame.value, (unsigned long long)number);
	EXPECT(heard.frame.size > 1 && strstr(heard.payload + 1, words),
	    "the reason is \"%s\", wanted \"%s\"", heard.payload + 1, words);
}

void
talk_greet(int fd)
{
	uint8_t payload[FRAME_NONCE + 1] = { 0 };

	payload[FRAME_NONCE] = '-';
	talk_say(fd, FRAME_HELLO, SERVICE, payload, sizeof payload);
	talk_expect(fd, FRAME_WELCOME);
}

int
talk_open(const struct program *server)
{
	int fd = client_open(server->address[0]);

	talk_greet(fd);
	return fd;
}

void
talk_request(int fd, uint8_t type, uint8_t flags, const char *path, size_t len)
{
	const struct file_request request = {
		.digest = DIGEST_SHA256, .flags = flags, .path = path, .path_len = len
	};
	uint8_t payload[2 + FILE_PATH_MAX];
	int size = file_pack_request(&request, payload, sizeof payload);

	talk_say(fd, type, 0, payload, (size_t)size);
}

void
talk_small_file(int fd, uint64_t number, const char *path, const char *text)
{
	talk_entry(fd, number, FILE_REGULAR, 0, strlen(text), path);
	talk_say(fd, FRAME_DATA, 0, text, strlen(text));
	talk_digest(fd, text, strlen(text));
}

void
talk_begin_put(int fd)
{
	talk_request(fd, FRAME_PUT, 0, "", 0);
	EXPECT(talk_expect(fd, FRAME_READY).frame.value == 1, "the top is no directory");
}

void
talk_entry(int fd, uint64_t number, enum file_kind kind, uint8_t flags, uint64_t size,
    const char *path)
{
	const struct file_entry entry = { .kind = kind,
		.flags = flags,
		.mode = kind == FILE_REGULAR ? 0644 : 0755,
		.mtime = 981173106,
		.size = size,
		.path = path,
		.path_len = strlen(path) };
	uint8_t payload[FILE_ENTRY_MAX];
	int len = file_pack_entry(&entry, payload, sizeof payload);

	talk_say(fd, FRAME_ENTRY, number, payload, (size_t)len);
}

static size_t
sum_of(const void *bytes, size_t size, uint8_t sum[DIGEST_MAX])
{
	struct digest digest;

	digest_begin(&digest, DIGEST_SHA256);
	digest_add(&digest, bytes, size);
	return digest_end(&digest, sum);
}

void
talk_digest(int fd, const void *bytes, size_t size)
{
	uint8_t sum[DIGEST_MAX];

	talk_say(fd, FRAME_DIGEST, size, sum, sum_of(bytes, size, sum));
}

void
script_add(struct script *script, uint8_t type, uint64_t value, const void *payload, size_t len)
{
	const struct frame frame = { .type = type, .value = value, .size = len };

	EXPECT(script->len + FRAME_HEADER + len <= sizeof script->bytes, "script too long");
	EXPECT(frame_pack(&frame, script->bytes + script->len), "no such frame");
	script->len += FRAME_HEADER;
	memcpy(script->bytes + script->len, payload, len);
	script->len += len;
}
