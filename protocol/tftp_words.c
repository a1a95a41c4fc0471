/*
 * tftp_words: what people call TFTP's numbers. See tftp.h.
 */
#include "protocol/tftp.h"

enum tftp_code
tftp_verdict_code(enum tftp_verdict verdict)
{
	switch (verdict) {
	case TFTP_NO_NAME:
		return TFTP_NOT_FOUND;
	case TFTP_BAD_OPTION:
		return TFTP_BAD_OPTIONS;
	default:
		return TFTP_ILLEGAL;
	}
}

const char *
tftp_verdict_words(enum tftp_verdict verdict)
{
	static const char *const words[TFTP_VERDICTS] = {
		[TFTP_OK] = "well formed",
		[TFTP_BAD_OPCODE] = "no TFTP packet",
		[TFTP_CUT] = "packet is cut off",
		[TFTP_TOO_LONG] = "request is too long",
		[TFTP_NO_NAME] = "no file name",
		[TFTP_BAD_MODE] = "mode is neither octet nor netascii",
		[TFTP_BAD_OPTION] = "an option is given twice",
	};

	return words[verdict];
}

const char *
tftp_opcode_name(unsigned opcode)
{
	static const char *const names[] = {
		[0] = "?",
		[TFTP_RRQ] = "RRQ",
		[TFTP_WRQ] = "WRQ",
		[TFTP_DATA] = "DATA",
		[TFTP_ACK] = "ACK",
		[TFTP_ERROR] = "ERROR",
		[TFTP_OACK] = "OACK",
	};

	return names[opcode < sizeof names / sizeof *names ? opcode : 0];
}

const char *
tftp_mode_name(enum tftp_mode mode)
{
	return mode == TFTP_NETASCII ? "netascii" : "octet";
}

const char *
tftp_code_words(unsigned code)
{
	static const char *const words[] = {
		[TFTP_NOT_DEFINED] = "not defined",
		[TFTP_NOT_FOUND] = "file not found",
		[TFTP_ACCESS] = "access violation",
		[TFTP_DISK_FULL] = "disk full",
		[TFTP_ILLEGAL] = "illegal operation",
		[TFTP_UNKNOWN_TID] = "unknown transfer ID",
		[TFTP_EXISTS] = "file exists",
		[TFTP_NO_USER] = "no such user",
		[TFTP_BAD_OPTIONS] = "option negotiation failed",
	};

	return code < sizeof words / sizeof *words ? words[code] : "unknown error code";
}
