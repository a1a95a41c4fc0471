/*
 * ftp_host: where a data connection goes, as text. RFC 959, RFC 2428.
 *
 *	PORT 192,0,2,1,27,88			address and port by bytes, IPv4 only
 *	227 Entering Passive Mode (192,0,2,1,27,88).
 *	EPRT |2|2001:db8::1|7000|		the first byte is what separates
 *	EPSV, EPSV 1, EPSV ALL
 *	229 Entering Extended Passive Mode (|||7000|)
 *
 * Whether an address may be used is not asked here: a server takes only its client's
 * own and no port below 1024 (RFC 2577), a client takes only the port of a 227.
 */
#ifndef PROTOCOL_FTP_HOST_H
#define PROTOCOL_FTP_HOST_H

#include "protocol/ftp.h"

enum ftp_family {
	FTP_IPV4 = 1, /* the numbers of RFC 2428 */
	FTP_IPV6 = 2,
};

enum {
	FTP_HOST_TEXT_MAX = 96, /* room enough for any of the texts below */
};

struct ftp_host {
	enum ftp_family family;
	uint8_t address[16]; /* as on the wire; 4 bytes of it for IPv4 */
	uint16_t port;	     /* never 0 */
};

enum ftp_host_status {
	FTP_HOST_OK,
	FTP_HOST_SYNTAX, /* 501 */
	FTP_HOST_FAMILY, /* 522: a family of EPRT or EPSV that is neither IPv4 nor IPv6 */
};

/* The arguments of PORT and EPRT. *host is set only with FTP_HOST_OK. */
enum ftp_host_status ftp_port_parse(const char *argument, size_t len, struct ftp_host *host);
enum ftp_host_status ftp_eprt_parse(const char *argument, size_t len, struct ftp_host *host);

/* The arguments, as strings: their length, or -1: no room, or not that family. */
ssize_t ftp_port_encode(char *buffer, size_t capacity, const struct ftp_host *host);
ssize_t ftp_eprt_encode(char *buffer, size_t capacity, const struct ftp_host *host);

/* The texts of 227 and 229, without the number, as strings: their length, or -1. */
ssize_t ftp_pasv_encode(char *buffer, size_t capacity, const struct ftp_host *host);
ssize_t ftp_epsv_encode(char *buffer, size_t capacity, uint16_t port);

/*
 * The same, received. A 227 is searched for six numbers with commas, whatever stands
 * around them (RFC 1123, 4.1.2.6); they begin at the first digit.
 */
bool ftp_pasv_parse(const char *text, size_t len, struct ftp_host *host);
bool ftp_epsv_parse(const char *text, size_t len, uint16_t *port);

/* The argument of EPSV. */
enum ftp_epsv {
	FTP_EPSV_ANY,	 /* none: the family of the control connection */
	FTP_EPSV_IPV4,	 /* "1" */
	FTP_EPSV_IPV6,	 /* "2" */
	FTP_EPSV_ALL,	 /* "ALL": from now on no PORT, PASV or EPRT */
	FTP_EPSV_OTHER,	 /* another number: 522 */
	FTP_EPSV_SYNTAX, /* 501 */
};

enum ftp_epsv ftp_epsv_argument(const char *argument, size_t len);

#endif
