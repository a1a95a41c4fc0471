/*
 * ftp_put: text put together within bounds, for the encoders of FTP. As pack.h, whose
 * cursor it uses: what does not fit sets `failed`, and one look at the end is enough.
 */
#ifndef PROTOCOL_FTP_PUT_H
#define PROTOCOL_FTP_PUT_H

#include "protocol/pack.h"

void ftp_put_string(struct pack *pack, const char *string);
void ftp_put_char(struct pack *pack, char c);
void ftp_put_number(struct pack *pack, uint64_t number);
/* With leading zeroes (fill '0') or blanks, `width` characters at least. */
void ftp_put_padded(struct pack *pack, uint64_t number, unsigned width, char fill);
void ftp_put_octal(struct pack *pack, unsigned number, unsigned width);
void ftp_put_hex(struct pack *pack, uint64_t number);

/* Bytes for the control connection: IAC doubled, CR with NUL behind it, NUL and LF '?'. */
void ftp_put_telnet(struct pack *pack, const char *text, size_t len);

/* A NUL behind it, that does not count: the length, or -1 if not all fits. */
ssize_t ftp_put_end(struct pack *pack);

#endif
