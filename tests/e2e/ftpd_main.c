/*
 * e2e_ftpd: ftpd, seen from outside: accounts, and a client by hand.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/ftpd.h"

enum {
	REPLY_MAX = 1 << 16,
	DATA_MAX = 64 << 20,
	OPTIONS_MAX = 16,
};

#define HASH LAB_SECRET
#define WEAK "$1$switchbo$pAQdCUsVSqmKDm1q08Tco/"

const char *
home_of(const char *user, const char *name)
{
	return lasting(text_of("%s/%s/%s", temporary_directory(), user, name));
}

const char *
users_file(void)
{
	return lasting(text_of("%s/users", temporary_directory()));
}

static void
write_accounts(void)
{
	const char *anna = lab_directory("anna"), *ben = lab_directory("ben"),
		   *dora = lab_directory("dora");
	const char *text =
	    text_of("anna:" HASH ":%s:::all:\nben:" HASH ":%s:100000:5:all:\n"
		    "carl:" HASH ":%s:::read,list:\ndora:" HASH ":%s:::write,list:\n"
		    "fred:!" HASH ":%s:::all:\ngwen:" HASH ":%s:::all:2001-01-01\n"
		    "hans:" WEAK ":%s:::all:\n",
		anna, ben, anna, dora, anna, anna, anna);
	int fd = open(users_file(), O_WRONLY | O_CREAT | O_EXCL, 0600);

	EXPECT(fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
	    "cannot write %s", users_file());
	close(fd);
	/* Whoever the server becomes must get to the homes. */
	chmod(temporary_directory(), 0755);
}

struct program *
ftp_server(const char *const *options)
{
	const char *all[OPTIONS_MAX] = { "-f", users_file() };
	size_t count = 2;

	write_accounts();
	while (*options && count < OPTIONS_MAX - 1)
		all[count++] = *options++;
	return server_start(MODEL_FORK, all);
}

/* ---- the control connection ---- */

/* A line, behind what is in `reply` already. Where it begins. */
static const char *
hear_line(int fd, char reply[REPLY_MAX], size_t *len)
{
	const char *line = reply + *len;

	do {
		EXPECT(*len < REPLY_MAX - 1, "a reply without an end");
		client_receive(fd, reply + *len, 1);
		++*len;
	} while (reply[*len - 1] != '\n');
	EXPECT(reply + *len - line >= 2 && reply[*len - 2] == '\r', "a line without CR LF");
	reply[*len - 2] = '\n';
	reply[--*len] = '\0';
	return line;
}

const char *
ftp_hear(int fd)
{
	static char reply[REPLY_MAX];
	size_t len = 0;
	const char *line = hear_line(fd, reply, &len);

	while (strncmp(line, reply, 3) != 0 || line[3] != ' ')
		line = hear_line(fd, reply, &len);
	return reply;
}

static void
say(int fd, const char *format, va_list args)
{
	char line[8192];
	int len = vsnprintf(line, sizeof line - 2, format, args);

	memcpy(line + len, "\r\n", 2);
	client_send(fd, line, (size_t)len + 2);
}

const char *
ftp_ask(int fd, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(fd, format, args);
	va_end(args);
	return ftp_hear(fd);
}

void
ftp_hear_that(int fd, const char *reply)
{
	const char *heard = ftp_hear(fd);

	EXPECT(strncmp(heard, reply, strlen(reply)) == 0, "wanted %s, heard %s", reply, heard);
}

void
ftp_expect(int fd, const char *reply, const char *format, ...)
{
	va_list args;
	const char *heard;

	va_start(args, format);
	say(fd, format, args);
	va_end(args);
	heard = ftp_hear(fd);
	EXPECT(strncmp(heard, reply, strlen(reply)) == 0, "%s: wanted %s, heard %s", format,
	    reply, heard);
}

int
ftp_open(const struct program *server)
{
	int fd = client_open(server->address[0]);

	ftp_hear_that(fd, "220 ");
	return fd;
}

int
ftp_login(const struct program *server, const char *user)
{
	int fd = ftp_open(server);

	ftp_expect(fd, "331 ", "USER %s", user);
	ftp_expect(fd, "230 ", "PASS secret");
	ftp_expect(fd, "200 ", "TYPE I");
	return fd;
}

/* ---- processes ---- */

struct family {
	pid_t parent, guard, session; /* 0: not seen */
};

/* The guard is the child that has a child itself: the keeper, who may yet have to come. */
static bool
has_guard(void *arg)
{
	struct family *family = arg;
	pid_t children[4];
	size_t count = process_children(family->parent, children, ARRAY_LENGTH(children));

	family->guard = family->session = 0;
	for (size_t i = 0; i < count && i < ARRAY_LENGTH(children); i++)
		if (process_children(children[i], NULL, 0) > 0)
			family->guard = children[i];
		else
			family->session = children[i];
	return family->guard != 0;
}

pid_t
ftp_guard(const struct program *server)
{
	struct family family = { .parent = server->pid };

	EXPECT(await_condition(has_guard, &family), "there is no keeper");
	return family.guard;
}

pid_t
ftp_session(const struct program *server)
{
	struct family family = { .parent = server->pid };

	EXPECT(await_condition(has_guard, &family), "there is no keeper");
	EXPECT(family.session != 0, "there is no session");
	return family.session;
}

/* ---- data connections ---- */

int
ftp_passive(int fd)
{
	const char *reply = ftp_ask(fd, "EPSV"), *port = strstr(reply, "(|||");

	EXPECT(strncmp(reply, "229 ", 4) == 0 && port != NULL, "EPSV: %s", reply);
	return client_open(text_of("127.0.0.1:%d", atoi(port + 4)));
}

const char *
data_read(int data, size_t *size)
{
	int64_t deadline = now_ms() + WAIT_MS;
	static char *bytes;
	size_t len = 0;
	ssize_t n;

	bytes = bytes ? bytes : malloc(DATA_MAX + 1);
	EXPECT(bytes != NULL, "no memory");
	while (len < DATA_MAX) {
		n = read(data, bytes + len, DATA_MAX - len);
		if (n == 0)
			break;
		if (n > 0) {
			len += (size_t)n;
			continue;
		}
		EXPECT(errno == EAGAIN || errno == EINTR, "data: %s", strerror(errno));
		EXPECT(await_events(data, POLLIN, deadline) != 0, "nothing comes any more");
	}
	close(data);
	bytes[len] = '\0';
	if (size)
		*size = len;
	return bytes;
}

const char *
ftp_get(int fd, size_t *size, const char *format, ...)
{
	int data = ftp_passive(fd);
	const char *bytes;
	va_list args;

	va_start(args, format);
	say(fd, format, args);
	va_end(args);
	ftp_hear_that(fd, "150 ");
	bytes = data_read(data, size);
	ftp_hear_that(fd, "226 ");
	return bytes;
}

void
ftp_put(int fd, const char *command, const void *bytes, size_t size)
{
	int data = ftp_passive(fd);

	ftp_expect(fd, "150 ", "%s", command);
	client_send(data, bytes, size);
	close(data);
	ftp_hear_that(fd, "226 ");
}

int
main(void)
{
	Suite *suite = harness_suite("ftpd");

	ftpd_core(suite);
	ftpd_logins(suite);
	ftpd_data(suite);
	ftpd_puts(suite);
	ftpd_quota(suite);
	ftpd_flow(suite);
	ftpd_lists(suite);
	ftpd_words(suite);
	ftpd_faults(suite);
	return harness_run(suite);
}
