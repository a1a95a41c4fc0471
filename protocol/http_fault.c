/*
 * http_fault: what is wrong, as a status and in words. See http.h.
 */
#include "protocol/http.h"

static const struct {
	int status;
	const char *words;
} faults[HTTP_FAULTS] = {
	[HTTP_FINE] = { 200, "nothing" },
	[HTTP_BAD_LINE_END] = { 400, "a line must end in CR LF, and have neither within" },
	[HTTP_BAD_METHOD] = { 400, "no method: this is not HTTP" },
	[HTTP_LONG_METHOD] = { 501, "a method longer than any that is known" },
	[HTTP_BAD_TARGET] = { 400, "the request-target is none" },
	[HTTP_LONG_TARGET] = { 414, "the request-target is too long" },
	[HTTP_BAD_VERSION] = { 400, "the request-line must end in a blank and HTTP/1.1" },
	[HTTP_OTHER_VERSION] = { 505, "only HTTP/1.1 and HTTP/1.0 are spoken here" },
	[HTTP_EMPTY_LINES_ONLY] = { 400, "empty lines instead of a request" },
	[HTTP_FOLDED_LINE] = { 400, "a field line begins with a blank" },
	[HTTP_BLANK_BEFORE_COLON] = { 400, "a blank between a field's name and its colon" },
	[HTTP_BAD_NAME] = { 400, "a field line without a name and a colon" },
	[HTTP_BAD_VALUE] = { 400, "a control byte in a field's value" },
	[HTTP_MANY_FIELDS] = { 431, "too many field lines" },
	[HTTP_LONG_NAME] = { 431, "a field's name is too long" },
	[HTTP_LONG_HEAD] = { 431, "the head is too long" },
	[HTTP_NO_HOST] = { 400, "no Host field" },
	[HTTP_MANY_HOSTS] = { 400, "several Host fields" },
	[HTTP_BAD_HOST] = { 400, "Host is not a host, or a host and a port" },
	[HTTP_BAD_LENGTH] = { 400, "Content-Length is no number that can be" },
	[HTTP_MANY_LENGTHS] = { 400, "several Content-Length fields" },
	[HTTP_LENGTH_AND_CODING] = { 400, "Content-Length and Transfer-Encoding together" },
	[HTTP_CODING_IN_1_0] = { 400, "Transfer-Encoding in HTTP/1.0" },
	[HTTP_BAD_CODING] = { 400, "Transfer-Encoding must end in chunked, once" },
	[HTTP_UNKNOWN_CODING] = { 501, "a transfer coding that is not known here" },
	[HTTP_EXPECTATION] = { 417, "an expectation that is not known here" },
	[HTTP_BAD_CHUNK] = { 400, "no size of a chunk" },
	[HTTP_LONG_CHUNK_LINE] = { 400, "too much beside the size of a chunk" },
	[HTTP_BAD_CHUNK_END] = { 400, "a chunk does not end where it said" },
	[HTTP_BAD_TRAILER] = { 400, "what follows the last chunk are no fields" },
	[HTTP_LONG_TRAILER] = { 431, "the fields behind the last chunk are too long" },
	[HTTP_BAD_ESCAPE] = { 400, "% without two hex digits" },
	[HTTP_NUL_IN_PATH] = { 400, "a NUL in the path" },
	[HTTP_SLASH_IN_NAME] = { 400, "an encoded / in the path" },
	[HTTP_ABOVE_ROOT] = { 400, "a path that leads above the root" },
	[HTTP_TOO_LATE] = { 408, "the request did not come in time" },
	[HTTP_LARGE_BODY] = { 413, "the content is too large" },
};

int
http_fault_status(enum http_fault fault)
{
	return faults[fault].status;
}

const char *
http_fault_words(enum http_fault fault)
{
	return faults[fault].words;
}
