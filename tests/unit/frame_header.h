/*
 * frame: headers that are right and wrong, for the tests of protocol/frame.
 */
#ifndef TESTS_UNIT_FRAME_HEADER_H
#define TESTS_UNIT_FRAME_HEADER_H

#include "protocol/frame.h"
#include "tests/unit/unit.h"

static const uint8_t stdout_header[] = { 'S', 'W', 'B', 'D', 1, 19, 0, 0, 1, 2, 3, 4, 5, 6, 7,
	8, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff };

/* A right header with one byte changed: which, to what, and what is said of it. */
static const struct {
	size_t at;
	uint8_t byte;
	enum frame_status status;
} bad[] = {
	{ 0, 's', FRAME_BAD_MAGIC },
	{ 3, 0, FRAME_BAD_MAGIC },
	{ 4, 0, FRAME_BAD_VERSION },
	{ 4, 2, FRAME_BAD_VERSION },
	{ 5, 0, FRAME_BAD_TYPE },
	{ 5, FRAME_ERROR + 1, FRAME_BAD_TYPE },
	{ 5, 200, FRAME_BAD_TYPE },
	{ 5, 255, FRAME_BAD_TYPE },
	{ 6, 1, FRAME_BAD_FLAGS },
	{ 7, 0x80, FRAME_BAD_FLAGS },
	{ 21, 0x10, FRAME_TOO_LARGE }, /* 0x10ffff */
	{ 20, 1, FRAME_TOO_LARGE },
	{ 16, 0x80, FRAME_TOO_LARGE }, /* negative, for whoever reads it with a sign */
	{ 16, 0xff, FRAME_TOO_LARGE },
};

enum {
	BADS = sizeof bad / sizeof *bad,
};

void frame_add_stream_tests(TCase *tcase);

#endif
