/*
 * chat_words: what is wrong with a datagram, and why one is no member, for people.
 */
#include "protocol/chat.h"

const char *
chat_error_words(enum chat_error error)
{
	static const char *const words[CHAT_ERRORS] = {
		[CHAT_OK] = "well-formed",
		[CHAT_FOREIGN] = "not a datagram of the chat protocol",
		[CHAT_OTHER] = "of another version of the protocol",
		[CHAT_BAD_TYPE] = "of an unknown type",
		[CHAT_BAD_LENGTH] = "of a wrong length",
		[CHAT_BAD_NAME] = "with something that is no name",
		[CHAT_BAD_TEXT] = "with a text that is empty, too long or not UTF-8",
		[CHAT_BAD_VALUE] = "with a value that means nothing",
	};

	return words[error];
}

const char *
chat_reason_words(uint8_t reason)
{
	static const char *const words[CHAT_REASONS] = {
		[CHAT_LEFT] = "left",
		[CHAT_NAME_TAKEN] = "somebody else has that name",
		[CHAT_NAME_BAD] = "that is no name: 1 to 32 bytes of letters, digits, - _ .",
		[CHAT_FULL] = "no more members are taken",
		[CHAT_KICKED] = "sent away by the operator",
		[CHAT_SILENT] = "not heard of for too long",
		[CHAT_UNKNOWN] = "not, or no longer, a member",
		[CHAT_DEAF] = "did not acknowledge what was sent",
		[CHAT_TOO_MANY] = "no more members of one address are taken",
	};

	return reason < CHAT_REASONS ? words[reason] : "for a reason unknown";
}
