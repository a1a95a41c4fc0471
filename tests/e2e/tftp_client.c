/*
 * The client under test, beside a TFTP server by hand: how it starts and ends. See tftp.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/file_lab.h"
#include "tests/e2e/tftp.h"

enum {
	ARGS_MAX = 24,
};

struct program *
tftp_start(const struct peer *peer, const char *const *args)
{
	const char *all[ARGS_MAX] = { "-p", peer->port };
	size_t count = 2;

	while (*args && count < ARGS_MAX - 1)
		all[count++] = *args++;
	return program_start(all);
}

struct program *
patient_start(const struct peer *peer, const char *const *args)
{
	const char *all[ARGS_MAX] = { "-R", TFTP_PATIENCE };
	size_t count = harness_sut() ? 0 : 2;

	while (*args && count < ARGS_MAX - 3)
		all[count++] = *args++;
	all[count] = NULL;
	return tftp_start(peer, all);
}

struct program *
get_begun(struct peer *peer, const char *file)
{
	struct program *p = get_start(peer, "f", file);

	peer_hear_request(peer, "RRQ");
	peer_block(peer, 1, 0, BLOCK, 1);
	peer_hear_ack(peer, 1);
	return p;
}

struct program *
put_begun(struct peer *peer, const char *file)
{
	struct program *p;

	lab_write_text(file, "abc");
	p = patient_start(peer, ARGS("put", file, "127.0.0.1:f"));
	peer_hear_request(peer, "WRQ");
	peer_accept(peer);
	peer_hear_data(peer, 1, "abc", 3);
	return p;
}

struct program *
get_start(const struct peer *peer, const char *name, const char *local)
{
	return tftp_start(peer, ARGS("get", text_of("127.0.0.1:%s", name), local));
}

struct program *
put_start(const struct peer *peer, const char *local, const char *name)
{
	return tftp_start(peer, ARGS("put", local, text_of("127.0.0.1:%s", name)));
}

void
tftp_enter(const char *directory)
{
	char *bin = realpath(harness_bin(), NULL);

	EXPECT(bin != NULL && setenv("BIN", bin, 1) == 0, "%s", strerror(errno));
	free(bin);
	EXPECT(chdir(directory) == 0, "%s: %s", directory, strerror(errno));
}

void
tftp_ends_with(struct program *p, int status, const char *regex)
{
	int got = program_await_exit(p);

	EXPECT(got == status, "exit status %d, wanted %d: %s", got, status, p->err.text);
	EXPECT(stream_lines(&p->err) == (regex != NULL), "%zu lines: %s", stream_lines(&p->err),
	    p->err.text);
	EXPECT(regex == NULL || program_has_line(&p->err, regex), "no line like %s: %s", regex,
	    p->err.text);
	program_release(p);
}
