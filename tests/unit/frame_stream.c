/*
 * Guards: a frame that depends on how the stream was cut.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/frame_header.h"

enum {
	STREAM_MAX = 2048,
	SEEDS = 200,
};

static const struct {
	uint8_t type;
	size_t size;
} sent[] = {
	{ FRAME_HELLO, 37 },
	{ FRAME_STDIN, 0 },
	{ FRAME_STDOUT, 300 },
	{ FRAME_SIGNAL, 0 },
	{ FRAME_DONE, 0 },
	{ FRAME_DATA, 1 },
	{ FRAME_ERROR, 24 },
};

enum {
	SENT = sizeof sent / sizeof *sent,
};

static size_t
make_stream(uint8_t stream[STREAM_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < SENT; i++) {
		struct frame frame = { .type = sent[i].type, .value = i, .size = sent[i].size };

		ck_assert(frame_pack(&frame, stream + len));
		len += FRAME_HEADER;
		for (size_t k = 0; k < sent[i].size; k++)
			stream[len++] = (uint8_t)(k * 7 + i);
	}
	return len;
}

/* What a reader is told, checked against what was sent. */
struct listener {
	struct frame_reader reader;
	size_t frames;	/* that have ended */
	bool within;	/* one has begun */
	size_t payload; /* bytes of it */
};

static void
hear(struct listener *listener, const struct frame_event *event)
{
	size_t i = listener->frames;

	ck_assert_int_eq(event->status, FRAME_OK);
	ck_assert_uint_lt(i, SENT);
	if (event->begins) {
		ck_assert(!listener->within);
		listener->within = true;
		listener->payload = 0;
	}
	if (!listener->within) { /* a part of a header */
		ck_assert(!event->ends && event->piece_len == 0);
		return;
	}
	ck_assert_int_eq(event->frame.type, sent[i].type);
	ck_assert_uint_eq(event->frame.value, i);
	ck_assert_uint_eq(event->frame.size, sent[i].size);
	for (size_t k = 0; k < event->piece_len; k++)
		ck_assert_int_eq(event->piece[k], (uint8_t)((listener->payload + k) * 7 + i));
	listener->payload += event->piece_len;
	ck_assert_int_eq(event->ends, listener->payload == sent[i].size);
	if (event->ends) {
		listener->within = false;
		listener->frames++;
	}
}

/* A piece in memory of its own, so that a sanitizer sees who reads beyond it. */
static void
feed(struct listener *listener, const uint8_t *bytes, size_t len)
{
	uint8_t *piece = malloc(len ? len : 1), *at = piece;
	struct frame_event event;
	size_t n;

	ck_assert_ptr_nonnull(piece);
	memcpy(piece, bytes, len);
	while (len > 0) {
		n = frame_feed(&listener->reader, at, len, &event);
		ck_assert(n > 0 && n <= len);
		ck_assert(event.piece_len == 0 || event.piece == at);
		hear(listener, &event);
		at += n;
		len -= n;
	}
	free(piece);
}

static void
expect_all(const struct listener *listener)
{
	ck_assert_uint_eq(listener->frames, SENT);
	ck_assert(!listener->within);
	ck_assert_uint_eq(listener->reader.have, 0);
}

START_TEST(cut_once)
{
	uint8_t stream[STREAM_MAX];
	size_t len = make_stream(stream);

	for (size_t cut = 0; cut <= len; cut++) {
		struct listener listener = { .frames = 0 };

		feed(&listener, stream, cut);
		feed(&listener, stream + cut, len - cut);
		expect_all(&listener);
	}
}
END_TEST

START_TEST(cut_everywhere)
{
	uint8_t stream[STREAM_MAX];
	size_t len = make_stream(stream);

	for (size_t piece = 1; piece <= 2 * FRAME_HEADER; piece++) {
		struct listener listener = { .frames = 0 };

		for (size_t at = 0; at < len; at += piece)
			feed(&listener, stream + at, len - at < piece ? len - at : piece);
		expect_all(&listener);
	}
}
END_TEST

START_TEST(cut_by_chance)
{
	uint8_t stream[STREAM_MAX];
	size_t len = make_stream(stream);

	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct listener listener = { .frames = 0 };

		srand(seed);
		for (size_t at = 0, n; at < len; at += n) {
			n = (size_t)rand() % 60;
			n = n < len - at ? n : len - at;
			feed(&listener, stream + at, n);
		}
		expect_all(&listener);
	}
}
END_TEST

/* Whatever comes behind a wrong header, and however it was cut: no frame, same reason. */
START_TEST(broken_stays_broken)
{
	uint8_t stream[STREAM_MAX];
	size_t len;

	for (size_t cut = 0; cut < FRAME_HEADER; cut++) {
		struct frame_reader reader = { .have = 0 };
		struct frame_event event;
		size_t n = 0;

		len = make_stream(stream);
		stream[bad[_i].at] = bad[_i].byte;
		memcpy(stream + FRAME_HEADER, stdout_header, FRAME_HEADER);
		if (bad[_i].status == FRAME_TOO_LARGE)
			stream[5] = FRAME_STDOUT;
		n = frame_feed(&reader, stream, cut, &event);
		for (int again = 0; again < 3; again++) {
			n = frame_feed(&reader, stream + n, len - n, &event);
			ck_assert_uint_eq(n, 0);
			ck_assert_int_eq(event.status, bad[_i].status);
			ck_assert(!event.begins && !event.ends && event.piece_len == 0);
			n = FRAME_HEADER; /* a right header, but nobody knows that */
		}
	}
}
END_TEST

START_TEST(nothing_is_no_failure)
{
	struct frame_reader reader = { .have = 0 };
	struct frame_event event;

	ck_assert_uint_eq(frame_feed(&reader, NULL, 0, &event), 0);
	ck_assert_int_eq(event.status, FRAME_OK);
	ck_assert_uint_eq(frame_feed(&reader, "GET", 3, &event), 0);
	ck_assert_int_eq(event.status, FRAME_BAD_MAGIC);
	ck_assert_uint_eq(frame_feed(&reader, NULL, 0, &event), 0);
	ck_assert_int_eq(event.status, FRAME_BAD_MAGIC);
}
END_TEST

void
frame_add_stream_tests(TCase *tcase)
{
	tcase_add_test(tcase, cut_once);
	tcase_add_test(tcase, cut_everywhere);
	tcase_add_test(tcase, cut_by_chance);
	tcase_add_loop_test(tcase, broken_stays_broken, 0, BADS);
	tcase_add_test(tcase, nothing_is_no_failure);
}
