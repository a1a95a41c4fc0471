/*
 * ftpd: what happens to it, and not what is said to it: processes that are killed, a disk
 * that is full, clients that stall.
 *
 * Guards against logins that never work again, against sessions and a port that nobody
 * owns any more, and against half of a file that passes for one.
 */
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

enum {
	BIG = 2 << 20,
	LIMIT = 1 << 20, /* of a file, or of the disk */
};

static unsigned char big[BIG];

/* ---- processes ---- */

static pid_t
keeper_of(pid_t guard)
{
	pid_t keeper;

	process_await_children(guard, 1, 1);
	EXPECT(process_children(guard, &keeper, 1) == 1, "no keeper");
	return keeper;
}

/* Whoever asks while there is no keeper is answered by the next. */
START_TEST(another_keeper_for_one_that_is_killed)
{
	struct program *server = ftp_server(ARGS(NULL));
	pid_t guard = ftp_guard(server);

	for (int i = 0; i < 2; i++) {
		int fd = ftp_open(server);
		pid_t keeper = keeper_of(guard);

		EXPECT(kill(keeper, SIGKILL) == 0, "kill: %s", strerror(errno));
		process_await_end(keeper);
		ftp_expect(fd, "331 ", "USER anna");
		ftp_expect(fd, "230 ", "PASS secret");
		ftp_expect(fd, "221 ", "QUIT");
		client_await_gone(fd);
	}
}
END_TEST

static bool
refuses(void *address)
{
	return client_is_refused(address);
}

START_TEST(no_server_without_a_keeper)
{
	struct program *server = ftp_server(ARGS(NULL));
	pid_t guard = ftp_guard(server), keeper = keeper_of(guard);
	int fd = ftp_login(server, "anna");

	EXPECT(kill(guard, SIGKILL) == 0, "kill: %s", strerror(errno));
	program_await_line(server, &server->err, "^ftpd: the keeper of the accounts has died");
	ftp_put(fd, "STOR x", "x\n", 2); /* who is in may finish */
	EXPECT(await_condition(refuses, server->address[0]), "it still listens");
	ftp_expect(fd, "221 ", "QUIT");
	EXPECT(program_await_exit(server) == 1, "it ends as if all were well");
	process_await_end(keeper);
}
END_TEST

START_TEST(nobody_outlives_the_server)
{
	int port, held = port_reserve(AF_INET, &port), fd, data;
	const char *number = lasting(text_of("%d", port));
	struct program *server;
	pid_t processes[4], guard, keeper;
	size_t count;

	close(held);
	server = ftp_server(ARGS("-p", number));
	guard = ftp_guard(server);
	keeper = keeper_of(guard);
	fd = ftp_login(server, "ben");
	count = process_children(server->pid, processes, ARRAY_LENGTH(processes));
	data = ftp_passive(fd);
	ftp_expect(fd, "150 ", "STOR x");
	client_say(data, "half");
	program_signal(server, SIGKILL);
	program_await_exit(server);
	client_await_gone(fd);
	for (size_t i = 0; i < count; i++)
		process_await_end(processes[i]);
	process_await_end(keeper);
	program_release(server);
	server = server_start(MODEL_FORK, ARGS("-p", number, "-f", users_file()));
	fd = ftp_login(server, "ben");
	ftp_put(fd, "STOR y", "y\n", 2);
}
END_TEST

#if defined(__linux__) && !defined(PORTABLE)
struct sweeping {
	int fd; /* of the user who lists */
	const char *home;
};

static bool
is_swept(void *arg)
{
	const struct sweeping *sweeping = arg;

	ftp_get(sweeping->fd, NULL, "NLST");
	return lab_temporaries(sweeping->home) < 2;
}

/*
 * A killed session leaves its temporary; whoever lists the directory removes it a second
 * later, and never one that somebody writes to. A quota has the room again, also if it is
 * asked for at once.
 */
START_TEST(a_temporary_that_is_left)
{
	struct program *server = ftp_server(ARGS(NULL));
	struct sweeping sweeping = { .home = home_of("ben", "") };
	int killed = ftp_login(server, "ben"), data, other, slow;
	pid_t session = ftp_session(server);

	other = ftp_login(server, "ben");
	slow = ftp_passive(other);
	ftp_expect(other, "150 ", "STOR y");
	client_say(slow, "slow");
	data = ftp_passive(killed);
	ftp_expect(killed, "150 ", "STOR x");
	client_send(data, big, 30000);
	while (strstr(ftp_ask(killed, "STAT"), " 30000 bytes") == NULL)
		continue;
	EXPECT(kill(session, SIGKILL) == 0, "kill: %s", strerror(errno));
	client_await_gone(killed);
	process_await_children(server->pid, 2, 2);
	EXPECT(lab_temporaries(sweeping.home) == 2, "no temporary is left");
	sweeping.fd = ftp_login(server, "ben");
	EXPECT(await_condition(is_swept, &sweeping), "it is still there");
	EXPECT(lab_temporaries(sweeping.home) == 1, "one was in use");
	client_say(slow, "ly\n");
	close(slow);
	ftp_hear_that(other, "226 ");
	lab_expect_text(home_of("ben", "y"), "slowly\n");
	ftp_put(other, "STOR z", big, 99993);
}
END_TEST
#endif

/* ---- disks and clients ---- */

/* What does not fit leaves nothing, and what was there stays. */
static void
put_does_not_fit(int fd, const char *name, const char *code)
{
	int data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "STOR %s", name);
	(void)!write(data, big, sizeof big); /* it hangs up in the midst of it */
	ftp_hear_that(fd, code);
	close(data);
	lab_expect_text(home_of("anna", "disk/old"), "old\n");
	EXPECT(lab_temporaries(home_of("anna", "disk")) == 0, "a temporary is left");
	ftp_put(fd, "STOR disk/small", "s\n", 2);
}

START_TEST(a_file_over_the_limit)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd;

	process_limit(server->pid, RLIMIT_FSIZE, LIMIT);
	fd = ftp_login(server, "anna");
	ftp_expect(fd, "257 ", "MKD disk");
	ftp_put(fd, "STOR disk/old", "old\n", 4);
	put_does_not_fit(fd, "disk/old", "552 ");
}
END_TEST

START_TEST(a_full_disk)
{
	struct program *server = ftp_server(ARGS(NULL));
	const char *disk = lab_disk("anna/disk", "1m");
	int fd = ftp_login(server, "anna");

	ftp_put(fd, "STOR disk/old", "old\n", 4);
	put_does_not_fit(fd, "disk/old", "452 ");
	put_does_not_fit(fd, "disk/new", "452 ");
	lab_expect_missing(home_of("anna", "disk/new"));
	ftp_expect(fd, "221 ", "QUIT");
	client_await_gone(fd);
	process_await_children(server->pid, 1, 1);
	lab_disk_end(disk);
}
END_TEST

/* The part of a new file is kept, also of one who says nothing any more. */
START_TEST(a_writer_who_does_not_write)
{
	int fd = ftp_login(ftp_server(ARGS("-t", "0.3")), "anna"), data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "STOR x");
	client_say(data, "half");
	ftp_hear_that(fd, "426 ");
	client_await_gone(data);
	lab_expect_text(home_of("anna", "x"), "half");
	EXPECT(lab_temporaries(home_of("anna", "")) == 0, "a temporary is left");
}
END_TEST

void
ftpd_faults(Suite *suite)
{
	const struct check checks[] = {
		OURS(another_keeper_for_one_that_is_killed, ONCE),
		OURS(no_server_without_a_keeper, ONCE),
		OURS(nobody_outlives_the_server, ONCE),
#if defined(__linux__) && !defined(PORTABLE)
		OURS(a_temporary_that_is_left, ONCE),
#endif
		OURS(a_file_over_the_limit, ONCE),
		OURS(a_writer_who_does_not_write, ONCE),
	};
	const struct check mounting[] = {
		OURS(a_full_disk, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
	harness_add_unless(missing_disks(), suite, mounting, ARRAY_LENGTH(mounting));
}
