/*
 * ftp_url: an address of a file on an FTP server. RFC 1738 (3.2), RFC 3986.
 *
 *	ftp://user:password@host:port/path;type=a
 *
 *	/notes/a	"notes/a", from where the login leads
 *	//etc/motd	"/etc/motd", from the top; and so is /%2Fetc/motd
 *
 * %XX is the byte XX in hexadecimal, in the user, the password and the path. One that is
 * NUL, CR or LF could make a command of its own, and no file is called so: refused.
 */
#ifndef PROTOCOL_FTP_URL_H
#define PROTOCOL_FTP_URL_H

#include <stdbool.h>
#include <stddef.h>

enum {
	FTP_URL_HOST_MAX = 127,
	FTP_URL_PORT_MAX = 31,
	FTP_URL_USER_MAX = 511,
	FTP_URL_PATH_MAX = 4095,
};

struct ftp_url {
	char host[FTP_URL_HOST_MAX + 1]; /* without brackets */
	char port[FTP_URL_PORT_MAX + 1]; /* "": none is given */
	char user[FTP_URL_USER_MAX + 1];
	char password[FTP_URL_USER_MAX + 1];
	char path[FTP_URL_PATH_MAX + 1];
	bool has_user, has_password;
	char type; /* 'a', 'i', 'd' or '\0' */
};

enum ftp_url_status {
	FTP_URL_OK,
	FTP_URL_OTHER, /* it does not begin with ftp:// */
	FTP_URL_BAD,
};

enum ftp_url_status ftp_url_parse(const char *text, struct ftp_url *url);

#endif
