/*
 * http_bytes: what each byte may be part of, in one look. See http_internal.h.
 *
 * A target may hold more than RFC 3986 allows: browsers leave | ^ { } " and others as
 * they are in a query, and tools send the bytes of UTF-8 in a path. All of these are
 * taken as themselves. Blanks, control bytes and `#' are not: they end a target, or
 * have no place on the wire.
 */
#include "protocol/http_internal.h"

#define RUN2(c, is)  [c] = (is), [(c) + 1] = (is)
#define RUN4(c, is)  RUN2(c, is), RUN2((c) + 2, is)
#define RUN8(c, is)  RUN4(c, is), RUN4((c) + 4, is)
#define RUN16(c, is) RUN8(c, is), RUN8((c) + 8, is)
#define RUN32(c, is) RUN16(c, is), RUN16((c) + 16, is)

enum {
	TARGET = HTTP_B_TARGET,
	TOKEN = HTTP_B_TOKEN | TARGET,
	PATH = HTTP_B_PATH | TARGET,
	NAME = HTTP_B_HOST | PATH,
	WORD = HTTP_B_TOKEN | NAME,
	HEX = HTTP_B_HEX | WORD,
};

const uint8_t http_bytes[256] = {
	/* digits and letters */
	RUN8('0', HEX),
	RUN2('8', HEX), /* 0-9 */
	RUN4('A', HEX),
	RUN2('E', HEX), /* A-F */
	RUN16('G', WORD),
	RUN4('W', WORD), /* G-Z */
	RUN4('a', HEX),
	RUN2('e', HEX), /* a-f */
	RUN16('g', WORD),
	RUN4('w', WORD), /* g-z */
	/* unreserved, and sub-delims that are of a token, too */
	['-'] = WORD,
	['_'] = WORD,
	['~'] = WORD,
	['!'] = WORD,
	['$'] = WORD,
	['&'] = WORD,
	['\''] = WORD,
	['*'] = WORD,
	['+'] = WORD,
	['.'] = WORD | HTTP_B_STEP,
	/* sub-delims that are not */
	['('] = NAME,
	[')'] = NAME,
	[','] = NAME,
	[';'] = NAME,
	['='] = NAME,
	/* the rest of a path */
	[':'] = PATH,
	['@'] = PATH,
	['/'] = PATH | HTTP_B_STEP | HTTP_B_SLASH,
	['%'] = TOKEN | HTTP_B_PERCENT,
	/* of a token, and in no URI */
	['#'] = HTTP_B_TOKEN,
	['^'] = TOKEN,
	['`'] = TOKEN,
	['|'] = TOKEN,
	/* in no URI, and sent all the same */
	['"'] = TARGET,
	['<'] = TARGET,
	['>'] = TARGET,
	['['] = TARGET,
	['\\'] = TARGET,
	[']'] = TARGET,
	['{'] = TARGET,
	['}'] = TARGET,
	RUN32(0x80, TARGET),
	RUN32(0xa0, TARGET),
	RUN32(0xc0, TARGET),
	RUN32(0xe0, TARGET),
};
