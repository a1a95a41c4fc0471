/*
 * ftpd: what the files of e2e_ftpd share: a server with accounts, and a client by hand.
 *
 *	anna	may all, without a quota		home "anna"
 *	ben	may all, 100000 bytes and 5 files	home "ben"
 *	carl	may read and list			home "anna", too
 *	dora	may write and list, not delete		home "dora"
 *	fred	is locked; gwen's last day is over; hans has a weak hash
 *
 * All have the password "secret", hashed so that a test need not wait for it.
 */
#ifndef TESTS_E2E_FTPD_H
#define TESTS_E2E_FTPD_H

#include "tests/e2e/file_lab.h"

void ftpd_core(Suite *suite);
void ftpd_logins(Suite *suite);
void ftpd_data(Suite *suite);
void ftpd_puts(Suite *suite);
void ftpd_quota(Suite *suite);
void ftpd_flow(Suite *suite);
void ftpd_lists(Suite *suite);
void ftpd_words(Suite *suite);
void ftpd_faults(Suite *suite);

/* The server, with these options more; and the path of a file in a home (lasting). */
struct program *ftp_server(const char *const *options);
const char *home_of(const char *user, const char *name);
const char *users_file(void);

/* Call it: 220 is heard. And log in. */
int ftp_open(const struct program *server);
int ftp_login(const struct program *server, const char *user);

/* The processes: who guards the keeper of the accounts, and the one session there is. */
pid_t ftp_guard(const struct program *server);
pid_t ftp_session(const struct program *server);

/* A whole reply, with '\n' for each CR LF: good until the next call. */
const char *ftp_hear(int fd);
/* Say a command (a format), and hear the reply. */
const char *ftp_ask(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The reply must begin with this. */
void ftp_expect(int fd, const char *reply, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void ftp_hear_that(int fd, const char *reply);

/* EPSV, and the data connection to it. */
int ftp_passive(int fd);

/* A whole transfer, that must do: what came, as a string good until the next, and its size. */
const char *
ftp_get(int fd, size_t *size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void ftp_put(int fd, const char *command, const void *bytes, size_t size);
/* The bytes come, until the end, and the data connection is closed. */
const char *data_read(int data, size_t *size);

#endif
