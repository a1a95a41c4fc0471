/*
 * rcmd: servers that lie, break off or speak something else.
 *
 * Guards against output that was changed or lost on the way and passes for right; a
 * round trip that nobody needs; and a command told to whoever answers.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmd.h"

/* SHA-256 of nothing, and of "abc" (FIPS 180-2). */
static const unsigned char sum_of_nothing[] =
    "\xe3\xb0\xc4\x42\x98\xfc\x1c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24"
    "\x27\xae\x41\xe4\x64\x9b\x93\x4c\xa4\x95\x99\x1b\x78\x52\xb8\x55";
static const unsigned char sum_of_abc[] =
    "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
    "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";

/* rcmd with this key file (NULL: none), which calls us and has said hello. */
static struct program *
be_called(int *fd, const char *keys)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address);
	const char *port = strrchr(address, ':') + 1;
	struct program *p =
	    program_start(keys ? ARGS("-n", "-p", port, "-k", keys, "127.0.0.1", "echo", "x") :
				 ARGS("-n", "-p", port, "127.0.0.1", "echo", "x"));

	EXPECT(await_events(listener, POLLIN, now_ms() + WAIT_MS) != 0, "no call");
	*fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	close(listener);
	EXPECT(*fd != -1, "accept");
	EXPECT(frame_receive(*fd)->type == HELLO, "no HELLO");
	return p;
}

/* ... and it has sent its EXEC, too. */
static struct program *
begin(int *fd)
{
	struct program *p = be_called(fd, NULL);

	frame_send(*fd, WELCOME, 7, NULL, 0);
	EXPECT(frame_receive(*fd)->type == EXEC, "no EXEC");
	return p;
}

static void
send_exit(int fd, uint64_t out_bytes, const unsigned char *out_sum)
{
	unsigned char payload[84] = { 0 };

	payload[11] = (unsigned char)out_bytes;
	memcpy(payload + 20, out_sum, 32);
	memcpy(payload + 52, sum_of_nothing, 32);
	frame_send(fd, EXIT, EXITED, payload, sizeof payload);
}

START_TEST(right_digest)
{
	int fd;
	struct program *p = begin(&fd);

	frame_send(fd, STDOUT, 0, "ab", 2);
	frame_send(fd, STDOUT, 0, "c", 1);
	send_exit(fd, 3, sum_of_abc);
	EXPECT(
	    program_await_exit(p) == 0 && strcmp(p->out.text, "abc") == 0, "%s", p->err.text);
}
END_TEST

/*
 * Where nobody has to prove anything a command costs one round trip: all of it is here
 * before we have said a word.
 */
START_TEST(all_in_one_flight_without_a_key)
{
	const struct frame_got *got;
	int fd;
	struct program *p = be_called(&fd, NULL);

	got = frame_receive(fd);
	EXPECT(got->type == EXEC && got->size == 7 && memcmp(got->payload, "echo\0x", 7) == 0,
	    "no EXEC with HELLO, but type %u", got->type);
	got = frame_receive(fd);
	EXPECT(got->type == STDIN && got->size == 0, "no end of input, but type %u", got->type);
	frame_send(fd, WELCOME, 7, NULL, 0);
	frame_send(fd, STDOUT, 0, "abc", 3);
	send_exit(fd, 3, sum_of_abc);
	EXPECT(
	    program_await_exit(p) == 0 && strcmp(p->out.text, "abc") == 0, "%s", p->err.text);
}
END_TEST

/* With a key nothing but proofs goes to a server that has not proved that it knows it. */
START_TEST(no_command_for_an_impostor)
{
	static const unsigned char anything[32] = { 1 };
	const char *keys =
	    own_file("client", "anna run 0123456789abcdef0123456789abcdef\n", 0600);
	int fd;
	struct program *p = be_called(&fd, keys);

	frame_send(fd, CHALLENGE, 0, anything, sizeof anything);
	EXPECT(frame_receive(fd)->type == PROOF, "no PROOF");
	frame_send(fd, WELCOME, 7, anything, sizeof anything);
	client_hear_end(fd);
	EXPECT(program_await_exit(p) == 125, "status");
	EXPECT(strstr(p->err.text, "does not prove"), "%s", p->err.text);
}
END_TEST

START_TEST(wrong_digest_or_size)
{
	static const struct {
		const char *text;
		unsigned size;
	} all[] = { { "abd", 3 }, { "abc", 4 }, { "ab", 3 }, { "", 3 }, { "abcd", 3 } };

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		int fd;
		struct program *p = begin(&fd);

		frame_send(fd, STDOUT, 0, all[i].text, strlen(all[i].text));
		send_exit(fd, all[i].size, sum_of_abc);
		EXPECT(program_await_exit(p) == 125, "case %zu: taken for right", i);
		EXPECT(strstr(p->err.text, "differ"), "case %zu: %s", i, p->err.text);
		close(fd);
	}
}
END_TEST

START_TEST(broken_off)
{
	unsigned char header[HEADER];

	frame_header(header, STDOUT, 0, 100);
	for (size_t i = 0; i <= HEADER; i += 4) {
		int fd;
		struct program *p = begin(&fd);

		client_send(fd, header, i);
		close(fd);
		EXPECT(program_await_exit(p) == 125, "case %zu", i);
		EXPECT(stream_lines(&p->err) == 1, "case %zu: %s", i, p->err.text);
	}
}
END_TEST

START_TEST(other_frames)
{
	static const struct {
		unsigned type;
		size_t size;
	} all[] = { { HELLO, 33 }, { EXEC, 5 }, { SIGNAL, 0 }, { 99, 0 }, { STDOUT, 1 << 21 },
		{ EXIT, 83 }, { EXIT, 0 } };

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		unsigned char header[HEADER], payload[128] = { 0 };
		int fd;
		struct program *p = begin(&fd);

		frame_header(header, all[i].type, 1, all[i].size);
		client_send(fd, header, HEADER);
		client_send(fd, payload, all[i].size < 128 ? all[i].size : 128);
		EXPECT(program_await_exit(p) == 125, "case %zu", i);
		close(fd);
	}
}
END_TEST

START_TEST(words_of_an_error_are_escaped)
{
	int fd;
	struct program *p = begin(&fd);

	frame_send(fd, ERROR, 2, "go\033[2J\naway", 11);
	EXPECT(program_await_exit(p) == 125, "status");
	EXPECT(strstr(p->err.text, "go\\x1b[2J\\x0aaway"), "%s", p->err.text);
}
END_TEST

START_TEST(a_server_that_speaks_http)
{
	char address[ADDRESS_MAX];
	int listener = listener_open(1, address), fd;
	struct program *p =
	    program_start(ARGS("-n", "-p", strrchr(address, ':') + 1, "127.0.0.1", "true"));

	EXPECT(await_events(listener, POLLIN, now_ms() + WAIT_MS) != 0, "no call");
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	client_say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
	EXPECT(program_await_exit(p) == 125, "status");
}
END_TEST

START_TEST(a_silent_server)
{
	char address[ADDRESS_MAX];
	struct program *p;

	listener_open(1, address);
	p = program_start(
	    ARGS("-n", "-t", "0.3", "-p", strrchr(address, ':') + 1, "127.0.0.1", "true"));
	EXPECT(program_await_exit(p) == 125, "status");
}
END_TEST

void
rcmd_peer(Suite *suite)
{
	const struct check checks[] = {
		{ right_digest, ONCE, NEEDS_START, 1, "add each piece as it comes. rcmd(1)" },
		{ wrong_digest_or_size, ONCE, NEEDS_START, 2,
		    "compare what came with EXIT. rcmd(1)" },
		{ broken_off, ONCE, NEEDS_START, 1,
		    "an end without EXIT is a failure. rcmd(1)" },
		{ other_frames, ONCE, NEEDS_START, 1, "refuse what may not come. frame(5)" },
		{ words_of_an_error_are_escaped, ONCE, NEEDS_START, 1,
		    "a peer's words may drive a terminal: escape them. rcmd(1)" },
		{ a_server_that_speaks_http, ONCE, NEEDS_START, 1,
		    "check the magic. frame(5)" },
		OURS(a_silent_server, ONCE),
		OURS(all_in_one_flight_without_a_key, ONCE),
		{ no_command_for_an_impostor, ONCE, NEEDS_OPTIONS, 2,
		    "check the server's proof before EXEC goes out. rcmd(1)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
