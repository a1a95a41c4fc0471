/*
 * tftp: the datagrams of the Trivial File Transfer Protocol. See tftp.h.
 *
 * What it deliberately does not do: remember anything between two datagrams.
 */
#include "protocol/tftp.h"

#include <string.h>

#include "protocol/pack.h"

enum {
	BLOCK_COST = 768, /* of a datagram in a receive buffer, beside its content */
};

/* A field of a request or OACK: text up to a NUL. */
struct field {
	const char *text;
	size_t len;
};

/* Take the next field and its NUL. False if there is no NUL. */
static bool
take_field(struct unpack *in, struct field *field)
{
	size_t left = unpack_left(in);
	const uint8_t *nul = left ? memchr(in->at, 0, left) : NULL;

	if (nul == NULL)
		return false;
	field->len = (size_t)(nul - in->at);
	field->text = (const char *)unpack_bytes(in, field->len + 1);
	return true;
}

static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Letters count alike in both cases, whatever the locale. */
static bool
is_word(const struct field *field, const char *word)
{
	if (field->len != strlen(word))
		return false;
	for (size_t i = 0; i < field->len; i++)
		if (lower(field->text[i]) != word[i])
			return false;
	return true;
}

/* Digits alone. False also for a number that does not fit. */
static bool
read_number(const struct field *field, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < field->len; i++) {
		unsigned digit = (unsigned char)field->text[i] - (unsigned)'0';

		if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return field->len > 0;
}

/*
 * One bounded option: whether its number is in [min, max]. A larger one may be made max,
 * where the other side may lower it.
 */
static bool
read_bounded(
    const struct field *value, uint32_t min, uint32_t max, bool lower_it, uint32_t *result)
{
	uint64_t number;

	if (!read_number(value, &number) || number < min || (number > max && !lower_it))
		return false;
	*result = number > max ? max : (uint32_t)number;
	return true;
}

/* Its bit, with the value in place; 0: not known, or no such value. */
static unsigned
read_option(const struct field *name, const struct field *value, bool request,
    struct tftp_options *options)
{
	if (is_word(name, "blksize"))
		return read_bounded(value, TFTP_BLKSIZE_MIN, TFTP_BLKSIZE_MAX, request,
			   &options->blksize) ?
			   TFTP_SET_BLKSIZE :
			   0;
	if (is_word(name, "timeout"))
		return read_bounded(value, TFTP_TIMEOUT_MIN, TFTP_TIMEOUT_MAX, false,
			   &options->timeout) ?
			   TFTP_SET_TIMEOUT :
			   0;
	if (is_word(name, "tsize"))
		return read_number(value, &options->tsize) ? TFTP_SET_TSIZE : 0;
	if (is_word(name, "windowsize"))
		return read_bounded(
			   value, TFTP_WINDOW_MIN, TFTP_WINDOW_MAX, request, &options->window) ?
			   TFTP_SET_WINDOW :
			   0;
	return 0;
}

static enum tftp_verdict
read_options(struct unpack *in, bool request, struct tftp_options *options)
{
	struct field name, value;

	options->set = 0;
	while (unpack_left(in) > 0) {
		struct tftp_options one = *options;
		unsigned bit;

		if (!take_field(in, &name))
			return TFTP_CUT;
		if (name.len == 0 && request) /* padding, to the end */
			return TFTP_OK;
		if (!take_field(in, &value))
			return TFTP_CUT;
		bit = read_option(&name, &value, request, &one);
		if (bit == 0 && request)
			continue;
		if (bit == 0 || (options->set & bit))
			return TFTP_BAD_OPTION;
		one.set |= bit;
		*options = one;
	}
	return TFTP_OK;
}

static enum tftp_verdict
read_request(struct unpack *in, struct tftp_request *request)
{
	struct field name, mode;

	if (unpack_left(in) > TFTP_REQUEST_MAX - sizeof(uint16_t))
		return TFTP_TOO_LONG;
	if (!take_field(in, &name) || !take_field(in, &mode))
		return TFTP_CUT;
	if (name.len == 0)
		return TFTP_NO_NAME;
	if (is_word(&mode, "octet"))
		request->mode = TFTP_OCTET;
	else if (is_word(&mode, "netascii"))
		request->mode = TFTP_NETASCII;
	else
		return TFTP_BAD_MODE;
	request->name = name.text;
	request->name_len = name.len;
	return read_options(in, true, &request->options);
}

static enum tftp_verdict
read_error(struct unpack *in, struct tftp_packet *packet)
{
	size_t left;
	const void *nul;

	packet->code = unpack_u16(in);
	if (in->failed)
		return TFTP_CUT;
	left = unpack_left(in);
	nul = left ? memchr(in->at, 0, left) : NULL;
	packet->text = (const char *)in->at;
	packet->text_len = nul ? (size_t)((const uint8_t *)nul - in->at) : left;
	return TFTP_OK;
}

static enum tftp_verdict
read_block(struct unpack *in, struct tftp_packet *packet)
{
	packet->block = unpack_u16(in);
	packet->data = in->at;
	packet->data_len = unpack_left(in);
	return in->failed ? TFTP_CUT : TFTP_OK;
}

enum tftp_verdict
tftp_decode(struct tftp_packet *packet, const void *bytes, size_t len)
{
	struct unpack in = unpack_begin(bytes, len);
	unsigned opcode = unpack_u16(&in);

	if (in.failed || opcode < TFTP_RRQ || opcode > TFTP_OACK)
		return TFTP_BAD_OPCODE;
	packet->opcode = (enum tftp_opcode)opcode;
	switch (packet->opcode) {
	case TFTP_RRQ:
	case TFTP_WRQ:
		packet->request.opcode = packet->opcode;
		return read_request(&in, &packet->request);
	case TFTP_DATA:
	case TFTP_ACK:
		return read_block(&in, packet);
	case TFTP_ERROR:
		return read_error(&in, packet);
	case TFTP_OACK:
		return read_options(&in, false, &packet->options);
	}
	return TFTP_BAD_OPCODE;
}

/* ---- encode ---- */

static void
put_field(struct pack *out, const char *text, size_t len)
{
	pack_bytes(out, text, len);
	pack_u8(out, 0);
}

static void
put_option(struct pack *out, const char *name, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	put_field(out, name, strlen(name));
	put_field(out, digits + at, sizeof digits - at);
}

static void
put_options(struct pack *out, const struct tftp_options *options)
{
	if (options->set & TFTP_SET_BLKSIZE)
		put_option(out, "blksize", options->blksize);
	if (options->set & TFTP_SET_TIMEOUT)
		put_option(out, "timeout", options->timeout);
	if (options->set & TFTP_SET_TSIZE)
		put_option(out, "tsize", options->tsize);
	if (options->set & TFTP_SET_WINDOW)
		put_option(out, "windowsize", options->window);
}

ssize_t
tftp_encode_request(void *buffer, size_t capacity, const struct tftp_request *request)
{
	struct pack out =
	    pack_begin(buffer, capacity < TFTP_REQUEST_MAX ? capacity : TFTP_REQUEST_MAX);
	const char *mode = tftp_mode_name(request->mode);

	if (request->name_len == 0 || memchr(request->name, 0, request->name_len) != NULL)
		return -1;
	pack_u16(&out, (uint16_t)request->opcode);
	put_field(&out, request->name, request->name_len);
	put_field(&out, mode, strlen(mode));
	put_options(&out, &request->options);
	return pack_end(&out);
}

ssize_t
tftp_encode_oack(void *buffer, size_t capacity, const struct tftp_options *options)
{
	struct pack out = pack_begin(buffer, capacity);

	pack_u16(&out, TFTP_OACK);
	put_options(&out, options);
	return pack_end(&out);
}

ssize_t
tftp_encode_ack(void *buffer, size_t capacity, uint16_t block)
{
	struct pack out = pack_begin(buffer, capacity);

	pack_u16(&out, TFTP_ACK);
	pack_u16(&out, block);
	return pack_end(&out);
}

ssize_t
tftp_encode_error(void *buffer, size_t capacity, enum tftp_code code, const char *text)
{
	struct pack out = pack_begin(buffer, capacity);

	pack_u16(&out, TFTP_ERROR);
	pack_u16(&out, (uint16_t)code);
	put_field(&out, text, strnlen(text, TFTP_TEXT_MAX));
	return pack_end(&out);
}

void
tftp_put_data_header(uint8_t header[TFTP_HEADER], uint16_t block)
{
	struct pack out = pack_begin(header, TFTP_HEADER);

	pack_u16(&out, TFTP_DATA);
	pack_u16(&out, block);
}

ssize_t
tftp_answer_stranger(void *buffer, size_t capacity, const void *bytes, size_t len)
{
	struct unpack in = unpack_begin(bytes, len);
	unsigned opcode = unpack_u16(&in);

	if (in.failed || opcode < TFTP_RRQ || opcode > TFTP_OACK || opcode == TFTP_ERROR)
		return 0;
	return tftp_encode_error(
	    buffer, capacity, TFTP_UNKNOWN_TID, tftp_code_words(TFTP_UNKNOWN_TID));
}

uint32_t
tftp_window_for(uint32_t wanted, uint32_t blksize, size_t room)
{
	size_t fits = room / (blksize + BLOCK_COST);

	if (fits > wanted)
		return wanted;
	return fits > 1 ? (uint32_t)fits : 1;
}
