/*
 * http_accept: what a client would rather have. RFC 9110 12.4, 12.5.
 *
 *	Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1
 *
 * Weights are thousandths: 1000 for q=1, and when nothing is said; 0 means never.
 *
 * Pure: no I/O, nothing is allocated.
 */
#ifndef PROTOCOL_HTTP_ACCEPT_H
#define PROTOCOL_HTTP_ACCEPT_H

#include "protocol/http.h"

enum {
	HTTP_Q_MAX = 1000,
};

enum http_coding {
	HTTP_IDENTITY,
	HTTP_GZIP,
	HTTP_BR,
	HTTP_CODINGS,
};

/* As in Content-Encoding: "gzip"; and behind a file's name: ".gz". Identity: "". */
const char *http_coding_name(enum http_coding coding);
const char *http_coding_suffix(enum http_coding coding);

/*
 * The weight of each coding by Accept-Encoding; *, x-gzip and identity;q=0 count. Without
 * the field only identity is wanted: some who send none cannot decode.
 */
void http_accept_codings(const struct http_request *request, uint16_t q[HTTP_CODINGS]);

/*
 * The coding to send among those that there are (bit 1 << coding; identity always): the
 * highest weight, and of equals the one with the smaller files (br, gzip, identity).
 */
enum http_coding http_coding_choose(const struct http_request *request, unsigned have);

/*
 * Split a list's member into what is meant and its weight: "gzip;q=0.5". False when the
 * weight is none (12.4.2: 0 to 1 with at most three digits): the member is not to count.
 */
bool http_weighted(struct http_span member, struct http_span *what, uint16_t *q);

/*
 * The weight of a media type by Accept: that of the most specific range that has it
 * (12.5.1: the type itself, its kind with a star, a star for all). Parameters of ranges
 * other than q are not looked at.
 */
uint16_t http_accept_type(const struct http_request *request, struct http_span type);

#endif
