/*
 * udptime: ask a server for the time, and how far its clock is from ours.
 *
 *	client                          server
 *	(nothing), or a format  ----->
 *	           <------------------  the time in words
 *	probe, T1  ------------------>  (with --offset)
 *	T4         <------------------  T2, T3
 *
 * The socket is connected: only the server's datagrams come in, and an error of the
 * network, as that nobody receives on the port, is told rather than waited for.
 *
 * What it deliberately does not do: set a clock. It only tells what it found; to follow
 * a server's clock, day and night, without jumps, is the trade of an NTP client.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clients/udptime/exchange.h"
#include "clients/udptime/offset.h"
#include "common/log.h"
#include "common/net.h"
#include "common/opts.h"
#include "common/sys.h"
#include "common/trace.h"
#include "common/udp.h"
#include "common/wall.h"
#include "protocol/clock.h"

enum {
	PROBES = 8, /* if -c says no other number */
};

struct time_options {
	struct client_options client;
	const char *host, *format, *zone;
	bool offset; /* --offset */
	int probes;  /* -c; 0: not given */
};

static const struct opts_entry time_entries[] = {
	{ '-', "offset", "measure how far the server's clock is from ours, and tell it" },
	{ 'c', "count", "with --offset: how many probes to send (8)" },
	{ 'z', "zone", "ask for the time of this zone, as Europe/Berlin or UTC" },
	{ 0, NULL, NULL },
};

static const struct opts_program time_program = {
	.name = "udptime",
	.purpose = "Ask a server for the time over UDP. See udptime(1).",
	.operands = "host [format]",
	.operand_min = 1,
	.operand_max = 2,
	.own = time_entries,
};

static void
parse_options(int argc, char *argv[], struct time_options *options)
{
	struct opts opts;
	int letter;

	opts_client(&opts, &time_program, &options->client, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		switch (letter) {
		case '-':
			if (strcmp(opts.argument, "offset") != 0)
				opts_fail(&opts, "unknown option --%s", opts.argument);
			options->offset = true;
			break;
		case 'c':
			options->probes = opts_number(&opts, 1, EXCHANGE_PROBES_MAX);
			break;
		case 'z':
			options->zone = opts.argument;
			if (!clock_is_zone(options->zone, strlen(options->zone)))
				opts_fail(&opts, "-z: \"%s\" is not the name of a zone",
				    options->zone);
			break;
		}
	if (options->probes && !options->offset)
		opts_fail(&opts, "-c goes with --offset only");
	options->host = opts_operand(&opts, 0);
	options->format = opts_operand(&opts, 1);
	if (options->format && *options->format == '\0')
		options->format = NULL; /* nothing is nothing: the default */
}

/* What went wrong on the socket, in words. */
static void
complain(const struct time_options *options, const struct exchange *exchange,
    const struct net_address *peer)
{
	char whom[NET_TEXT_MAX];
	const int error = errno;

	net_format(peer, whom);
	if (error == ETIMEDOUT)
		log_error("%s: no answer for %g s, asked %d times", whom,
		    options->client.timeout_ms / 1000.0, exchange->attempts);
	else if (error == ECONNREFUSED)
		log_error("%s: %s (%s): no one receives there; start the server first", whom,
		    log_errno_name(error), strerror(error));
	else {
		errno = error;
		log_error("%s:", whom);
	}
}

/* The answer, made fit for a terminal, as a line on standard output. 0, or -1: it is said. */
static int
print_answer(const struct exchange *exchange, const char *host)
{
	char text[4 * EXCHANGE_ANSWER_MAX + 1];
	size_t len = exchange->answer_len;

	if (len > EXCHANGE_ANSWER_MAX) {
		log_error("%s: more than %d bytes are no time", host, EXCHANGE_ANSWER_MAX);
		return -1;
	}
	if (len > 0 && exchange->answer[len - 1] == '\n')
		len--;
	if (len == 0) {
		log_error("%s: an empty answer", host);
		return -1;
	}
	if (clock_is_error(exchange->answer, len)) {
		log_error("%s answers: %.*s", host, (int)len, exchange->answer);
		return -1;
	}
	log_escape(text, sizeof text, exchange->answer, len);
	puts(text);
	return 0;
}

static int
ask(const struct time_options *options, struct exchange *exchange,
    const struct net_address *peer)
{
	int status = STATUS_DONE;

	if (exchange_run(exchange) == -1) {
		complain(options, exchange, peer);
		return STATUS_FAILED;
	}
	if (print_answer(exchange, options->host) == -1)
		status = STATUS_FAILED;
	if (options->offset && offset_print(exchange) == -1) {
		log_error("%s: none of %d probes was answered as it must be", options->host,
		    exchange->probes_sent);
		status = STATUS_FAILED;
	}
	return status;
}

/* Fill in what to ask. The length of the request, or -1: it is said. */
static int
prepare(const struct time_options *options, struct exchange *exchange, char *request)
{
	ssize_t len =
	    clock_write_request(request, UDP_PAYLOAD_MAX, options->zone, options->format);

	if (len == -1) {
		log_error("the format does not fit in a datagram of %d bytes", UDP_PAYLOAD_MAX);
		return -1;
	}
	exchange->request = request;
	exchange->request_len = (size_t)len;
	exchange->deadline_ms =
	    options->client.timeout_ms ? sys_now_ms() + options->client.timeout_ms : INT64_MAX;
	if (options->offset) {
		exchange->probe_count = options->probes ? options->probes : PROBES;
		exchange->precision = clock_precision(wall_precision_ns());
		if (offset_prepare(exchange) == -1) {
			log_error("/dev/urandom:");
			return -1;
		}
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	struct time_options options = { .client = { .port = "7037", .timeout_ms = 10000 } };
	struct exchange exchange = { .fd = -1 };
	char request[UDP_PAYLOAD_MAX];
	struct net_address peer;
	struct net_error error;
	int status;

	parse_options(argc, argv, &options);
	if (prepare(&options, &exchange, request) == -1)
		return STATUS_FAILED;
	exchange.fd = udp_open(
	    options.host, options.client.port, options.client.family, true, &peer, &error);
	if (exchange.fd == -1) {
		log_error("%s", error.text);
		return STATUS_FAILED;
	}
	status = ask(&options, &exchange, &peer);
	if (fflush(stdout) != 0) {
		log_error("standard output:");
		status = STATUS_FAILED;
	} else if (options.offset && status == STATUS_DONE) {
		log_notice("this was measured, not set: no clock was changed");
	}
	return status;
}
