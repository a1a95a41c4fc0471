/*
 * Fuzzes protocol/ftp_host: the arguments of PORT, EPRT and EPSV, and the texts of 227
 * and 229.
 *
 * A host that is taken has a port, and encoded it is taken for the same.
 */
#include "protocol/ftp_host.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void
same(const struct ftp_host *a, const struct ftp_host *b)
{
	FUZZ_MUST(a->family == b->family && a->port == b->port && a->port != 0);
	FUZZ_MUST(memcmp(a->address, b->address, a->family == FTP_IPV4 ? 4 : 16) == 0);
}

static void
again(const struct ftp_host *host)
{
	char out[FTP_HOST_TEXT_MAX];
	struct ftp_host back;
	ssize_t len = ftp_eprt_encode(out, sizeof out, host);

	FUZZ_MUST(len > 0 && ftp_eprt_parse(out, (size_t)len, &back) == FTP_HOST_OK);
	same(host, &back);
	len = ftp_port_encode(out, sizeof out, host);
	FUZZ_MUST((len > 0) == (host->family == FTP_IPV4));
	if (len == -1)
		return;
	FUZZ_MUST(ftp_port_parse(out, (size_t)len, &back) == FTP_HOST_OK);
	same(host, &back);
	len = ftp_pasv_encode(out, sizeof out, host);
	FUZZ_MUST(len > 0 && ftp_pasv_parse(out, (size_t)len, &back));
	same(host, &back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char out[FTP_HOST_TEXT_MAX];
	struct ftp_host host;
	uint16_t port, back;
	ssize_t len;

	if (ftp_port_parse(text, size, &host) == FTP_HOST_OK)
		again(&host);
	if (ftp_eprt_parse(text, size, &host) == FTP_HOST_OK)
		again(&host);
	if (ftp_pasv_parse(text, size, &host))
		again(&host);
	if (ftp_epsv_parse(text, size, &port)) {
		len = ftp_epsv_encode(out, sizeof out, port);
		FUZZ_MUST(port != 0 && len > 0 && ftp_epsv_parse(out, (size_t)len, &back));
		FUZZ_MUST(port == back);
	}
	(void)ftp_epsv_argument(text, size);
	return 0;
}
