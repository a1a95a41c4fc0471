/*
 * Fuzzes protocol/tftp: every datagram.
 *
 * Whatever comes: spans lie within it, values within their ranges, and a request or an
 * OACK that was read is written and read again as the same. The rest of netascii: text
 * that goes to the line and back in pieces is the same text.
 */
#include "protocol/tftp.h"

#include <string.h>

#include "protocol/netascii.h"
#include "tests/fuzz/fuzz.h"

static void
check_options(const struct tftp_options *options)
{
	if (options->set & TFTP_SET_BLKSIZE)
		FUZZ_MUST(options->blksize >= TFTP_BLKSIZE_MIN &&
			  options->blksize <= TFTP_BLKSIZE_MAX);
	if (options->set & TFTP_SET_TIMEOUT)
		FUZZ_MUST(options->timeout >= TFTP_TIMEOUT_MIN &&
			  options->timeout <= TFTP_TIMEOUT_MAX);
	if (options->set & TFTP_SET_WINDOW)
		FUZZ_MUST(
		    options->window >= TFTP_WINDOW_MIN && options->window <= TFTP_WINDOW_MAX);
}

static void
check_same_options(const struct tftp_options *a, const struct tftp_options *b)
{
	FUZZ_MUST(a->set == b->set);
	FUZZ_MUST(!(a->set & TFTP_SET_BLKSIZE) || a->blksize == b->blksize);
	FUZZ_MUST(!(a->set & TFTP_SET_TIMEOUT) || a->timeout == b->timeout);
	FUZZ_MUST(!(a->set & TFTP_SET_TSIZE) || a->tsize == b->tsize);
	FUZZ_MUST(!(a->set & TFTP_SET_WINDOW) || a->window == b->window);
}

static void
check_request(const struct tftp_request *request, const uint8_t *data, size_t size)
{
	const char *end = (const char *)data + size;
	uint8_t bytes[TFTP_CONTROL_MAX];
	struct tftp_packet again;
	ssize_t len;

	FUZZ_MUST(request->name_len > 0 && request->name + request->name_len < end);
	FUZZ_MUST(memchr(request->name, 0, request->name_len) == NULL);
	check_options(&request->options);
	len = tftp_encode_request(bytes, sizeof bytes, request);
	FUZZ_MUST(len > 0); /* what we write is never longer than what was said */
	FUZZ_MUST(tftp_decode(&again, bytes, (size_t)len) == TFTP_OK);
	FUZZ_MUST(again.opcode == request->opcode && again.request.mode == request->mode);
	FUZZ_MUST(again.request.name_len == request->name_len);
	check_same_options(&again.request.options, &request->options);
}

static void
check_oack(const struct tftp_options *options)
{
	uint8_t bytes[TFTP_CONTROL_MAX];
	struct tftp_packet again;
	ssize_t len = tftp_encode_oack(bytes, sizeof bytes, options);

	check_options(options);
	FUZZ_MUST(len > 0);
	FUZZ_MUST(tftp_decode(&again, bytes, (size_t)len) == TFTP_OK);
	check_same_options(&again.options, options);
}

static void
check_text(const uint8_t *data, size_t size)
{
	struct netascii to = { .owes = false }, back = { .cr = false };
	size_t at = 0, piece = size ? data[0] % 7 + 1 : 1, compared = 0;
	struct netascii_step step;
	uint8_t line[16], here[17];

	do {
		size_t left = size - at, n;

		step = netascii_encode(&to, data + at, left < piece ? left : piece, line,
		    piece + 1 < sizeof line ? piece + 1 : sizeof line);
		at += step.in;
		n = netascii_decode(&back, line, step.out, here);
		FUZZ_MUST(n <= step.out + 1 && compared + n <= size);
		FUZZ_MUST(memcmp(here, data + compared, n) == 0);
		compared += n;
	} while (step.in || step.out);
	FUZZ_MUST(at == size && compared == size && !back.cr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tftp_packet packet;
	uint8_t bytes[TFTP_CONTROL_MAX];
	ssize_t len = tftp_answer_stranger(bytes, sizeof bytes, data, size);
	enum tftp_verdict verdict = tftp_decode(&packet, data, size);

	FUZZ_MUST(len >= 0 && (len == 0 || verdict != TFTP_BAD_OPCODE));
	check_text(data, size);
	FUZZ_MUST(tftp_verdict_words(verdict) != NULL);
	if (verdict != TFTP_OK)
		return 0;
	if (packet.opcode == TFTP_RRQ || packet.opcode == TFTP_WRQ)
		check_request(&packet.request, data, size);
	else if (packet.opcode == TFTP_OACK)
		check_oack(&packet.options);
	else if (packet.opcode == TFTP_DATA)
		FUZZ_MUST(packet.data + packet.data_len == data + size);
	else if (packet.opcode == TFTP_ERROR)
		FUZZ_MUST((const uint8_t *)packet.text + packet.text_len <= data + size);
	return 0;
}
