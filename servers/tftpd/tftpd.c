/*
 * tftpd: give and take files by the Trivial File Transfer Protocol (RFC 1350), with the
 * options blksize, timeout, tsize and windowsize. UDP.
 *
 *	client                           server
 *	RRQ name, options  ----------->  (the well-known port)
 *	                   <-----------  OACK        (from a port of its own, as all below)
 *	ACK 0              ----------->
 *	                   <-----------  DATA 1 .. w
 *	ACK w              ----------->
 *	                   ...           the last DATA is shorter than blksize
 *
 *	WRQ name, options  ----------->
 *	                   <-----------  OACK
 *	DATA 1 .. w        ----------->
 *	                   <-----------  ACK w
 *
 * The parent looks at a request and forks (common/serve_calls.h); session.c has the
 * transfer, protocol/tftp_engine.h its rules.
 *
 * What it deliberately does not do: know users (TFTP has none: whoever can send a datagram
 * may read), the mode mail, multicast (RFC 2090, experimental).
 */
#include "servers/tftpd/tftpd.h"

#include <signal.h>
#include <string.h>

#include "common/log.h"
#include "common/opts.h"

enum {
	WINDOW = 64,	 /* -w */
	IDLE_MS = 30000, /* -t */
};

static const struct opts_entry tftpd_entries[] = {
	{ 'B', "blksize", "grant blocks of so many bytes at most (65464)" },
	{ 'O', NULL, "what is written may replace a file (with -W)" },
	{ 's', NULL, "strict: only files that everybody may read, or replace" },
	{ 'W', NULL, "writing is allowed, too: new files" },
	{ 'w', "window", "grant windows of so many blocks at most (64)" },
	{ 0, NULL, NULL },
};

static const struct opts_program tftpd_program = {
	.name = "tftpd",
	.purpose = "Serve the files beneath a directory by TFTP. See tftpd(8).",
	.operands = "directory",
	.operand_min = 1,
	.operand_max = 1,
	.own = tftpd_entries,
};

/*
 * Requests alone, and of these the malformed ones get their ERROR from here. Everything
 * else is ignored: two servers might else answer each other's answers for ever.
 */
static enum call_verdict
screen(const struct net_address *peer, const unsigned char *request, size_t len,
    unsigned char answer[CALL_ANSWER_MAX], size_t *answer_len, void *arg)
{
	struct tftp_packet packet;
	enum tftp_verdict verdict = tftp_decode(&packet, request, len);
	char who[NET_TEXT_MAX];
	ssize_t n;

	(void)arg;
	if (verdict == TFTP_BAD_OPCODE ||
	    (packet.opcode != TFTP_RRQ && packet.opcode != TFTP_WRQ))
		return CALL_IGNORE;
	if (verdict == TFTP_OK)
		return CALL_BEGIN;
	n = tftp_encode_error(
	    answer, CALL_ANSWER_MAX, tftp_verdict_code(verdict), tftp_verdict_words(verdict));
	*answer_len = n > 0 ? (size_t)n : 0;
	log_notice("%s: %s refused: %s", net_format(peer, who), tftp_opcode_name(packet.opcode),
	    tftp_verdict_words(verdict));
	return CALL_ANSWER;
}

static const struct call_service tftpd_service = {
	.name = "tftpd",
	.port = "7069",
	.screen = screen,
	.refusal = "\0\5\0\0too many transfers",
	.refusal_len = sizeof "\0\5\0\0too many transfers",
	.session = tftpd_session,
};

static void
parse_options(
    int argc, char *argv[], struct udp_serve_options *serve, struct tftpd_options *options)
{
	struct opts opts;
	int letter;

	opts_calls_server(&opts, &tftpd_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1) {
		if (letter == 'B')
			options->blksize =
			    (uint32_t)opts_number(&opts, TFTP_BLKSIZE_MIN, TFTP_BLKSIZE_MAX);
		else if (letter == 'w')
			options->window =
			    (uint32_t)opts_number(&opts, TFTP_WINDOW_MIN, TFTP_WINDOW_MAX);
		else if (letter == 'O')
			options->overwrite = true;
		else if (letter == 's')
			options->strict = true;
		else
			options->writable = true;
	}
	options->dir = opts_operand(&opts, 0);
	if (options->overwrite && !options->writable)
		opts_fail(&opts, "-O: nothing is written without -W");
	if (options->writable && serve_is_remote(&serve->serve))
		log_notice("-W: whoever can reach %s may write: TFTP asks for no password",
		    serve->serve.address);
}

int
main(int argc, char *argv[])
{
	struct udp_serve_options serve = UDP_SERVE_DEFAULTS;
	struct tftpd_options options = { .blksize = TFTP_BLKSIZE_MAX, .window = WINDOW };

	serve.serve.idle_ms = IDLE_MS;
	parse_options(argc, argv, &serve, &options);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error like others: EFBIG */
	if (jail_begin(&options.jail, options.dir) == -1) {
		log_error("%s:", options.dir);
		return STATUS_FAILED;
	}
	if (serve_check_folder(&serve.serve, options.jail.top, options.dir) == -1)
		return STATUS_FAILED;
	options.jail.hide = true;
	options.jail.lazy = true;
	return serve_calls(&tftpd_service, &serve, &options);
}
