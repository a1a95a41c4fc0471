/*
 * ftpd: who may come in, and what for.
 *
 * Guards against answers that tell which names exist, against guessing, and against rights
 * that are only written down.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

START_TEST(one_answer_for_all_that_is_wrong)
{
	struct program *server = ftp_server(ARGS(NULL));
	const char *const names[] = { "nobody", "fred", "gwen", "hans",
		"a-name-that-is-longer-than-any-account-could-ever-be" };

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		/* Each from another address: failures of one make it wait longer. */
		int fd =
		    client_open_from(server->address[0], text_of("127.0.0.%d", (int)i + 2));

		ftp_hear_that(fd, "220 ");
		ftp_expect(fd, "331 Password, please\n", "USER %s", names[i]);
		ftp_expect(fd, "530 Login incorrect\n", "PASS %s", i == 0 ? "guess" : "secret");
		close(fd);
	}
	program_await_line(server, &server->err, "\"fred\" refused: the account is locked");
	program_await_line(server, &server->err, "\"gwen\" refused: .*last day");
	program_await_line(server, &server->err, "\"hans\" refused: .*weak");
}
END_TEST

START_TEST(three_tries_each_later)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_open(server);
	int64_t before = now_ms();

	for (int i = 0; i < 3; i++) {
		ftp_expect(fd, "331 ", "USER anna");
		ftp_expect(fd, i < 2 ? "530 " : "421 ", "PASS guess%d", i);
	}
	client_await_gone(fd);
	EXPECT(now_ms() - before >= 1400, "guesses are answered at once");
}
END_TEST

START_TEST(accounts_change_without_restart)
{
	struct program *server = ftp_server(ARGS(NULL));

	ftp_login(server, "anna");
	EXPECT(truncate(users_file(), 0) == 0, "truncate");
	{
		int fd = ftp_open(server);

		ftp_expect(fd, "331 ", "USER anna");
		ftp_expect(fd, "530 ", "PASS secret");
	}
}
END_TEST

START_TEST(rights)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_login(server, "carl"), data;

	lab_write_text(home_of("anna", "old"), "old\n");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR old"), "old\n") == 0, "read");
	ftp_expect(fd, "550 ", "STOR new");
	ftp_expect(fd, "550 ", "APPE old");
	ftp_expect(fd, "550 ", "DELE old");
	ftp_expect(fd, "550 ", "MKD d");
	ftp_expect(fd, "550 ", "RNFR old");
	ftp_expect(fd, "550 ", "MFMT 20200101000000 old");
	ftp_expect(fd, "550 ", "MDTM 20200101000000 old");
	ftp_expect(fd, "550 ", "SITE CHMOD 600 old");
	fd = ftp_login(server, "dora");
	ftp_put(fd, "STOR new", "new\n", 4);
	ftp_expect(fd, "550 ", "RETR new");
	data = ftp_passive(fd);
	ftp_expect(fd, "550 ", "STOR new");
	close(data);
	lab_expect_text(home_of("dora", "new"), "new\n");
	ftp_put(fd, "APPE new", "more\n", 5); /* it takes nothing away */
	lab_expect_text(home_of("dora", "new"), "new\nmore\n");
}
END_TEST

START_TEST(anonymous_only_when_switched_on)
{
	struct program *server = ftp_server(ARGS(NULL));
	int fd = ftp_open(server);

	ftp_expect(fd, "331 ", "USER anonymous");
	ftp_expect(fd, "530 ", "PASS me@example.org");
	program_signal(server, SIGKILL);
	program_await_exit(server);
	program_release(server);
	server =
	    server_start(MODEL_FORK, ARGS("-f", users_file(), "-a", lab_directory("anna")));
	lab_write_text(home_of("anna", "open"), "to all\n");
	fd = ftp_open(server);
	ftp_expect(fd, "331 ", "USER anonymous");
	ftp_expect(fd, "230 ", "PASS me@example.org");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR open"), "to all\r\n") == 0, "read");
	ftp_expect(fd, "550 ", "STOR new");
	ftp_expect(fd, "550 ", "DELE open");
}
END_TEST

/* No accounts at all: whoever has none is told what all who are wrong are. */
START_TEST(anonymous_only)
{
	struct program *server =
	    server_start(MODEL_FORK, ARGS("-a", lab_directory("anna"), "-v"));
	int fd = ftp_open(server);

	lab_write_text(home_of("anna", "open"), "to all\n");
	ftp_expect(fd, "331 ", "USER anna");
	ftp_expect(fd, "530 Login incorrect\n", "PASS secret");
	ftp_expect(fd, "331 ", "USER ftp");
	ftp_expect(fd, "230 ", "PASS me@example.org");
	EXPECT(strcmp(ftp_get(fd, NULL, "RETR open"), "to all\r\n") == 0, "read");
}
END_TEST

/* Anybody may be anonymous: it does not make up for guesses. */
START_TEST(anonymous_forgives_no_guess)
{
	struct program *server = server_start(MODEL_FORK, ARGS("-a", lab_directory("anna")));
	int64_t before = 0;

	for (int i = 0; i < 3; i++) {
		int fd = ftp_open(server);

		before = now_ms();
		ftp_expect(fd, "331 ", "USER anna");
		ftp_expect(fd, "530 ", "PASS guess");
		if (i < 2) {
			ftp_expect(fd, "331 ", "USER ftp");
			ftp_expect(fd, "230 ", "PASS me@example.org");
		}
		close(fd);
	}
	EXPECT(now_ms() - before >= 700, "the third guess is answered as fast as the first");
}
END_TEST

START_TEST(sessions_of_one_user)
{
	struct program *server = ftp_server(ARGS("-U", "2"));
	int first = ftp_login(server, "anna"), fd;

	ftp_login(server, "anna");
	ftp_login(server, "ben");
	fd = ftp_open(server);
	ftp_expect(fd, "331 ", "USER anna");
	ftp_expect(fd, "421 ", "PASS secret");
	client_await_gone(fd);
	ftp_expect(first, "221 ", "QUIT");
	client_await_gone(first);
	ftp_login(server, "anna");
}
END_TEST

/* The line of /proc/PID/status that begins so, or "". */
static const char *
status_line(pid_t pid, const char *name)
{
	FILE *file = fopen(text_of("/proc/%ld/status", (long)pid), "r");
	static char line[256];

	EXPECT(file != NULL, "/proc: %s", strerror(errno));
	while (fgets(line, sizeof line, file))
		if (strncmp(line, name, strlen(name)) == 0)
			break;
	if (feof(file))
		line[0] = '\0';
	fclose(file);
	return line;
}

static void
expect_root(pid_t pid, const char *wanted)
{
	char root[4096] = "";
	ssize_t n = readlink(text_of("/proc/%ld/root", (long)pid), root, sizeof root - 1);

	EXPECT(n > 0 && strstr(root, wanted), "%s is / for it, not %s", root, wanted);
}

/*
 * The session that talks to a stranger has neither the accounts nor a way to them, and who
 * has logged in has his home. What the kernel does not have is not looked at: -v tells.
 */
START_TEST(a_session_holds_its_home_only)
{
	struct program *server = ftp_server(ARGS("-v"));
	int fd = ftp_open(server);
	pid_t session = ftp_session(server);
	bool filter, root;

	program_await_line(server, &server->err, ": held by: ");
	filter = program_has_line(&server->err, ": held by: .*seccomp");
	root = program_has_line(&server->err, ": held by: .*chroot");
	if (filter) {
		EXPECT(strcmp(status_line(session, "Seccomp:"), "Seccomp:\t2\n") == 0, "%s",
		    status_line(session, "Seccomp:"));
		EXPECT(strstr(status_line(session, "NoNewPrivs:"), "\t1\n"), "new rights");
	}
	if (root)
		expect_root(session, " (deleted)");
	ftp_expect(fd, "331 ", "USER anna");
	ftp_expect(fd, "230 ", "PASS secret");
	EXPECT(process_user(session) != 0, "it is root");
	EXPECT(strspn(status_line(session, "CapPrm:") + 7, "0\t\n") ==
		   strlen(status_line(session, "CapPrm:") + 7),
	    "it has rights of root's: %s", status_line(session, "CapPrm:"));
	if (root)
		expect_root(session, text_of("%s/anna", temporary_directory()));
	/* Client and home, where the server has a listener and the way to the keeper. */
	EXPECT(process_descriptors(session) <= process_descriptors(server->pid),
	    "a session has %zu descriptors", process_descriptors(session));
	ftp_expect(fd, "200 ", "NOOP");
}
END_TEST

void
ftpd_logins(Suite *suite)
{
	const struct check checks[] = {
		OURS(one_answer_for_all_that_is_wrong, ONCE),
		OURS(three_tries_each_later, ONCE),
		OURS(accounts_change_without_restart, ONCE),
		OURS(rights, ONCE),
		OURS(anonymous_only_when_switched_on, ONCE),
		OURS(anonymous_only, ONCE),
		OURS(anonymous_forgives_no_guess, ONCE),
		OURS(sessions_of_one_user, ONCE),
		OURS(a_session_holds_its_home_only, ONCE),
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
