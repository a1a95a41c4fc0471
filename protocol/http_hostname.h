/*
 * http_hostname: the host of a request as one name, however it was written.
 *
 *	Host: WWW.Lab.example.:7080	www.lab.example
 *
 * A server that keeps a folder for each host looks for a folder of this name, so it must
 * be one: letters, digits, `-' and `_' in labels between single dots. There is no `..' in
 * it, no slash, and no dot in front. RFC 1123 2.1 and RFC 1035 2.3.1; `_', which is in no
 * host's name by these, is in the names of some.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_HOSTNAME_H
#define PROTOCOL_HTTP_HOSTNAME_H

#include "protocol/http.h"

enum {
	HTTP_HOSTNAME_MAX = 253, /* RFC 1035 2.3.4, as text without the last dot */
	HTTP_LABEL_MAX = 63,
};

/*
 * `host` is without its port, as request->host is. In lower case, without the dot at its
 * end, as a string. False: it is no name, but [::1], %41 or something too long.
 */
bool http_hostname(char out[HTTP_HOSTNAME_MAX + 1], struct http_span host);

#endif
