/*
 * http_hostname: the host of a request as one name. See http_hostname.h.
 */
#include "protocol/http_hostname.h"

/* A byte of a label, in lower case; 0: none. */
static char
lower(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (char)(byte | 0x20);
	if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
	    byte == '_')
		return byte;
	return '\0';
}

bool
http_hostname(char out[HTTP_HOSTNAME_MAX + 1], struct http_span host)
{
	size_t label = 0; /* bytes of the one at hand */

	if (host.len > 0 && host.at[host.len - 1] == '.')
		host.len--;
	if (host.len == 0 || host.len > HTTP_HOSTNAME_MAX)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (host.at[i] == '.') {
			if (label == 0)
				return false;
			out[i] = '.';
			label = 0;
			continue;
		}
		out[i] = lower(host.at[i]);
		if (out[i] == '\0' || (out[i] == '-' && label == 0) || ++label > HTTP_LABEL_MAX)
			return false;
	}
	out[host.len] = '\0';
	return label > 0;
}
