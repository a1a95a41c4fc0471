/*
 * http_body: the content of a request. See http_body.h.
 *
 *	SIZE ---> SIZE_MORE ---> SIZE_LF ---> DATA ---> DATA_CR ---> DATA_LF ---> SIZE
 *	            |      \       ^  \ 0
 *	          SIZE_GAP  \      |   `--> LINE ---> LINE_NAME ---> LINE_VALUE
 *	            `--------> SIZE_EXT      |  ^------ LINE_LF <------'
 *	                                     `--> END_LF ---> HTTP_DONE
 *
 * What is not data is taken a byte at a time: it is little, and simple to be sure of.
 */
#include "protocol/http_body.h"

#include "protocol/http_internal.h"

enum state {
	DATA,
	DATA_CR,
	DATA_LF,
	SIZE,
	SIZE_MORE,
	SIZE_GAP, /* blanks before a `;' */
	SIZE_EXT,
	SIZE_LF,
	LINE, /* of the trailer section */
	LINE_NAME,
	LINE_VALUE,
	LINE_LF,
	END_LF,
};

void
http_body_begin(struct http_body *body, const struct http_request *request)
{
	*body = (struct http_body){ .verdict = HTTP_MORE, .framing = request->framing };
	if (body->framing == HTTP_NO_BODY)
		body->verdict = HTTP_DONE;
	else if (body->framing == HTTP_CHUNKED)
		body->state = SIZE;
	else
		body->left = request->length;
}

static void
refuse(struct http_body *body, enum http_fault fault)
{
	body->verdict = HTTP_REFUSED;
	body->fault = fault;
}

static void
go(struct http_body *body, enum state state)
{
	body->state = (uint8_t)state;
}

/* This byte and no other. */
static void
want(struct http_body *body, char byte, char wanted, enum state next, enum http_fault fault)
{
	if (byte == wanted)
		go(body, next);
	else
		refuse(body, fault);
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
is_value_byte(char byte)
{
	return http_is_value((struct http_span){ &byte, 1 });
}

static void
take_digit(struct http_body *body, char byte)
{
	if (body->left > HTTP_CHUNK_MAX >> 4) {
		refuse(body, HTTP_BAD_CHUNK);
		return;
	}
	body->left = body->left << 4 | http_hex(byte);
	go(body, SIZE_MORE);
}

static void
take_extension(struct http_body *body, char byte)
{
	if (!is_value_byte(byte))
		refuse(body, HTTP_BAD_CHUNK);
	else if (++body->overhead > HTTP_CHUNK_OVERHEAD)
		refuse(body, HTTP_LONG_CHUNK_LINE);
}

/* Of a line with a size, before its LF. */
static void
take_size(struct http_body *body, char byte)
{
	bool begun = body->state != SIZE; /* it has a digit */
	bool in_size = !begun || body->state == SIZE_MORE;

	if (++body->line > HTTP_CHUNK_LINE_MAX)
		refuse(body, HTTP_LONG_CHUNK_LINE);
	else if (in_size && http_byte(byte) & HTTP_B_HEX)
		take_digit(body, byte);
	else if (body->state == SIZE_EXT && byte != '\r')
		take_extension(body, byte);
	else if (begun && byte == '\r' && body->state != SIZE_GAP)
		go(body, SIZE_LF);
	else if (begun && byte == ';')
		go(body, SIZE_EXT);
	else if (begun && is_blank(byte))
		go(body, SIZE_GAP);
	else
		refuse(body, HTTP_BAD_CHUNK);
}

static void
end_size(struct http_body *body, char byte)
{
	body->line = 0;
	if (body->left > 0) {
		want(body, byte, '\n', DATA, HTTP_BAD_CHUNK);
	} else {
		body->overhead = 0;
		want(body, byte, '\n', LINE, HTTP_BAD_CHUNK);
	}
}

/* Of a trailer line: as strict as a field line, and forgotten. */
static void
take_trailer(struct http_body *body, char byte)
{
	if (++body->overhead > HTTP_TRAILER_MAX)
		refuse(body, HTTP_LONG_TRAILER);
	else if (body->state == LINE && byte == '\r')
		go(body, END_LF);
	else if (body->state != LINE_VALUE && http_is_token_byte(byte))
		go(body, LINE_NAME);
	else if (body->state == LINE_NAME && byte == ':')
		go(body, LINE_VALUE);
	else if (body->state == LINE_VALUE && byte == '\r')
		go(body, LINE_LF);
	else if (body->state != LINE_VALUE || !is_value_byte(byte))
		refuse(body, HTTP_BAD_TRAILER);
}

static void
take_byte(struct http_body *body, char byte)
{
	switch ((enum state)body->state) {
	case DATA_CR:
		want(body, byte, '\r', DATA_LF, HTTP_BAD_CHUNK_END);
		break;
	case DATA_LF:
		want(body, byte, '\n', SIZE, HTTP_BAD_CHUNK_END);
		break;
	case SIZE_LF:
		end_size(body, byte);
		break;
	case LINE:
	case LINE_NAME:
	case LINE_VALUE:
		take_trailer(body, byte);
		break;
	case LINE_LF:
		want(body, byte, '\n', LINE, HTTP_BAD_TRAILER);
		break;
	case END_LF:
		want(body, byte, '\n', END_LF, HTTP_BAD_TRAILER);
		if (body->verdict == HTTP_MORE)
			body->verdict = HTTP_DONE;
		break;
	default:
		take_size(body, byte);
		break;
	}
}

static void
take_data(struct http_body *body, size_t len)
{
	body->left -= len;
	body->total += len;
	if (body->left > 0)
		return;
	if (body->framing == HTTP_CHUNKED)
		go(body, DATA_CR);
	else
		body->verdict = HTTP_DONE;
}

size_t
http_body_feed(struct http_body *body, const char *bytes, size_t len, struct http_span *piece)
{
	size_t at = 0;

	*piece = (struct http_span){ NULL, 0 };
	while (at < len && body->verdict == HTTP_MORE) {
		if (body->state == DATA) {
			size_t n = body->left < len - at ? (size_t)body->left : len - at;

			*piece = (struct http_span){ bytes + at, n };
			take_data(body, n);
			return at + n;
		}
		take_byte(body, bytes[at++]);
	}
	return at;
}

size_t
http_chunk_head(char line[HTTP_CHUNK_HEAD_MAX], uint64_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;
	int shift = 60;

	if (len == 0)
		return 0;
	while (len >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		line[n++] = hex[len >> shift & 15];
	line[n++] = '\r';
	line[n++] = '\n';
	return n;
}
