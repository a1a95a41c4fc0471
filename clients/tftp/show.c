/*
 * show: packets in words (-x).
 */
#include <string.h>

#include "clients/tftp/tftp.h"
#include "common/log.h"
#include "common/trace.h"

enum {
	SHOWN_MAX = 32, /* bytes of content */
	FIELD_MAX = 8,	/* bytes of a text that are shown as bytes, too */
	HEADER = TFTP_HEADER,
};

/* Texts with their NULs, from `at` on: name and mode, or options. */
static void
show_texts(enum trace_direction direction, const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		const uint8_t *nul = memchr(at, 0, (size_t)(end - at));
		size_t len = nul ? (size_t)(nul - at) : (size_t)(end - at);

		trace_field(direction, at,
		    len + (nul != NULL) < FIELD_MAX ? len + (nul != NULL) : FIELD_MAX,
		    "\"%.*s\"", (int)len, (const char *)at);
		at += len + 1;
	}
}

void
tftp_show_packet(void *arg, bool out, const void *head, size_t head_len, size_t len)
{
	const enum trace_direction direction = out ? TRACE_OUT : TRACE_IN;
	const uint8_t *at = head, *end = at + head_len;
	struct tftp_packet packet;
	enum tftp_verdict verdict = tftp_decode(&packet, head, head_len);

	(void)arg;
	if (verdict == TFTP_BAD_OPCODE || len < HEADER) {
		trace_field(direction, head, head_len < FIELD_MAX ? head_len : FIELD_MAX, "%s",
		    tftp_verdict_words(TFTP_BAD_OPCODE));
		return;
	}
	trace_field(direction, at, 2, "%s%s%s", tftp_opcode_name(packet.opcode),
	    verdict == TFTP_OK ? "" : ": ",
	    verdict == TFTP_OK ? "" : tftp_verdict_words(verdict));
	switch (packet.opcode) {
	case TFTP_RRQ:
	case TFTP_WRQ:
	case TFTP_OACK:
		show_texts(direction, at + 2, end);
		break;
	case TFTP_DATA:
		trace_field(
		    direction, at + 2, 2, "block %u, %zu bytes", packet.block, len - HEADER);
		trace_bytes(direction, packet.data,
		    packet.data_len < SHOWN_MAX ? packet.data_len : SHOWN_MAX);
		break;
	case TFTP_ACK:
		trace_field(direction, at + 2, 2, "block %u", packet.block);
		break;
	case TFTP_ERROR:
		trace_field(
		    direction, at + 2, 2, "%u: %s", packet.code, tftp_code_words(packet.code));
		show_texts(direction, at + HEADER, end);
		break;
	}
}

void
tftp_show_stranger(void *arg, const struct net_address *who)
{
	char text[NET_TEXT_MAX];

	(void)arg;
	log_step("%s has no part in this: told so (ERROR 5)", net_format(who, text));
}
