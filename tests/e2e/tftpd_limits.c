/*
 * tftpd: limits, signals and what is left: the promises of serve.h, kept for datagrams.
 *
 * Guards against children without number, one address that takes them all, zombies,
 * descriptors that a child should not have, half a file after the server was stopped.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/tftpd.h"

/* Its table, asked again and again, has so many. */
static void
await_clients(struct program *server, int count)
{
	int64_t deadline = now_ms() + WAIT_MS;

	do {
		EXPECT(now_ms() < deadline, "never %d clients", count);
		program_forget(server);
		program_signal(server, SIGUSR1);
		program_await_line(server, &server->err, "clients of at most");
	} while (!program_has_line(&server->err, text_of("^tftpd: %d clients", count)));
}

START_TEST(too_many_of_one_address_are_told)
{
	struct program *server = udp_server_start(ARGS("-C", "2", tftp_top(600)));
	struct call *one = call_begin(server), *two = call_begin(server),
		    *three = call_with(server);

	ASK(three, 1, "f\0octet");
	call_hear_error(three, 0);
	program_await_line(server, &server->err, "refused: it has 2 children already$");
	call_finish(one);
	await_clients(server, 1);
	ASK(three, 1, "f\0octet");
	call_hear_data(three, 1, 512);
	call_end(three);
	call_finish(two);
}
END_TEST

/* They wait in the socket, and get their turn. */
START_TEST(too_many_in_all_wait)
{
	struct program *server = udp_server_start(ARGS("-q", "-c", "2", tftp_top(600)));
	struct call *one = call_begin(server), *two = call_begin(server),
		    *three = call_with(server), *four = call_with(server);

	ASK(three, 1, "f\0octet");
	ASK(four, 1, "f\0octet");
	call_hear_nothing(three);
	call_finish(one);
	call_finish(two);
	call_hear_data(three, 1, 512);
	call_hear_data(four, 1, 512);
	call_end(three);
	call_end(four);
}
END_TEST

START_TEST(a_total_time_is_enforced)
{
	struct program *server = udp_server_start(ARGS("-q", "-T", "1", tftp_top(600)));
	struct call *talk = call_begin(server);

	call_hear_error(talk, 0);
	process_await_children(server->pid, 0, 0);
	call_end(talk);
}
END_TEST

START_TEST(idle_ends)
{
	struct program *server = udp_server_start(ARGS("-t", "1", tftp_top(600)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "f\0octet");
	call_hear_data(talk, 1, 512);
	call_ack(talk, 1);
	call_hear_data(talk, 2, 88);
	program_await_line(server, &server->err,
	    "failed after 512 bytes: all was sent, but .* never confirmed");
	process_await_children(server->pid, 0, 0);
	call_end(talk);
}
END_TEST

START_TEST(term_ends_it_and_leaves_nothing)
{
	const char *top = tftp_top(600);
	struct program *server = udp_server_start(ARGS("-q", "-W", top));
	struct call *talk = call_begin(server), *writer = call_with(server);
	char block[512] = { 'x' };

	ASK(writer, 2, "new\0octet");
	call_hear_ack(writer, 0);
	call_data(writer, 1, block, sizeof block);
	call_hear_ack(writer, 1);
	program_signal(server, SIGTERM);
	call_hear_error(talk, 0);
	call_hear_error(writer, 0);
	program_expect_status(server, 0);
	EXPECT(lab_temporaries(top) == 0, "a temporary is left");
	lab_expect_missing(text_of("%s/new", top));
	call_end(talk);
	call_end(writer);
}
END_TEST

START_TEST(hup_lets_them_finish)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);

	program_signal(server, SIGHUP);
	call_finish(talk);
	program_expect_status(server, 0);
}
END_TEST

START_TEST(children_die_with_it)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);
	pid_t child;

	EXPECT(process_children(server->pid, &child, 1) == 1, "no child");
	program_signal(server, SIGKILL);
	process_await_end(child);
	call_end(talk);
}
END_TEST

START_TEST(usr1_prints_the_table)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);

	program_signal(server, SIGUSR1);
	program_await_line(
	    server, &server->err, "^tftpd: 1 clients of at most 512, 1 served, 0 refused$");
	program_await_line(
	    server, &server->err, "^tftpd:   pid [0-9]+ 127.0.0.1:[0-9]+ talking");
	call_finish(talk);
}
END_TEST

/* A child has its socket and its file, and not the well-known socket. */
START_TEST(nothing_is_left_of_transfers)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(600)));
	struct call *talk = call_begin(server);
	size_t before = process_descriptors(server->pid);
	pid_t child;

	EXPECT(process_children(server->pid, &child, 1) == 1, "no child");
	EXPECT(process_descriptors(child) <= before + 1,
	    "%zu descriptors in the child, %zu here", process_descriptors(child), before);
	call_finish(talk);
	for (int i = 0; i < 20; i++)
		call_finish(call_begin(server));
	process_await_children(server->pid, 0, 0);
	process_await_no_zombies(server->pid);
	EXPECT(process_descriptors(server->pid) == before, "descriptors are left");
}
END_TEST

/* Kilobytes of `Private_Dirty' and such that are a process's alone. */
static long
private_kib(pid_t pid)
{
	char path[64], line[256];
	long total = 0, value;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
	file = fopen(path, "r");
	EXPECT(file != NULL, "%s", path);
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "Private_Dirty: %ld", &value) == 1)
			total += value;
	fclose(file);
	return total;
}

static const char *
missing_rollup(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return "has a sanitizer in each process, which needs more";
#else
	return access("/proc/self/smaps_rollup", R_OK) == 0 ? NULL : "has no smaps_rollup";
#endif
}

START_TEST(a_child_is_small)
{
	struct program *server = udp_server_start(ARGS("-q", tftp_top(4000000)));
	struct call *talk = call_with(server);
	pid_t child;

	ASK(talk, 1, "f\0octet\0blksize\0001428\0timeout\0009\0windowsize\00016");
	HEAR_OACK(talk, "blksize\0001428\0timeout\0009\0windowsize\00016");
	call_ack(talk, 0);
	for (unsigned block = 1; block <= 320; block++) {
		call_hear_data(talk, block, 1428);
		if (block % 16 == 0)
			call_ack(talk, block);
	}
	EXPECT(process_children(server->pid, &child, 1) == 1, "no child");
	EXPECT(private_kib(child) < 200, "%ld KiB", private_kib(child));
	call_end(talk);
}
END_TEST

START_TEST(one_client_and_out)
{
	struct program *server = udp_server_start(ARGS("-q", "-1", tftp_top(600)));

	call_finish(call_begin(server));
	program_expect_status(server, 0);
	server = udp_server_start(ARGS("-q", "-1", tftp_top(600)));
	struct call *talk = call_with(server);

	ASK(talk, 1, "missing\0octet");
	call_hear_error(talk, 1);
	program_expect_status(server, 3);
	call_end(talk);
}
END_TEST

void
tftpd_limits(Suite *suite)
{
	const struct check checks[] = {
		OURS(too_many_of_one_address_are_told, ONCE),
		OURS(too_many_in_all_wait, ONCE),
		OURS(a_total_time_is_enforced, ONCE),
		OURS(idle_ends, ONCE),
		OURS(term_ends_it_and_leaves_nothing, ONCE),
		OURS(hup_lets_them_finish, ONCE),
		OURS(children_die_with_it, ONCE),
		OURS(usr1_prints_the_table, ONCE),
		OURS(nothing_is_left_of_transfers, ONCE),
		OURS(one_client_and_out, ONCE),
	};
	const struct check linux[] = {
		OURS(a_child_is_small, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_rollup(), suite, linux, ARRAY_LENGTH(linux));
}
