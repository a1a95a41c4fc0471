/*
 * udpecho: talk to a UDP echo server. RFC 862.
 *
 *	client                        server
 *	socket                        (is bound)
 *	(connect)                     nothing is sent: it only names the peer
 *	"hello"  ------------------>
 *	         <------------------  "hello"
 *	"hello"  -------->  lost
 *	   (waits)
 *	"hello"  ------------------>  again, after twice the time
 *	         <------------------  "hello"
 *
 * On a terminal it is a conversation, line by line; otherwise a filter: a datagram for
 * each line of standard input, the answers to standard output in the order of the lines.
 * -c counts and measures, like ping(8). -b asks everybody who is there.
 *
 * What it deliberately does not do: send a line before the one before it is
 * answered (that would be a protocol of its own), or compare an answer with its line.
 */
#include "clients/udpecho/udpecho.h"

#include <signal.h>
#include <unistd.h>

#include "protocol/probe.h"

enum {
	COUNT_MAX = 1000000,
	RETRIES_MAX = 16,
	INTERVAL_MAX_S = 3600,
	TIMEOUT_UNSET = -1,
	TIMEOUT_MS = 10000,
};

static const struct opts_entry echo_entries[] = {
	{ 'b', NULL, "broadcast: ask everybody at host, until ^C or the time of -t" },
	{ 'c', "count", "send so many numbered datagrams, and measure" },
	{ 'i', "interval", "seconds between those of -c (1)" },
	{ 'N', NULL, "do not connect the socket: errors of the network stay unheard" },
	{ 'R', "retries", "send a line again so often, if there is no answer (3)" },
	{ 's', "size", "bytes of a datagram of -c (64)" },
	{ 0, NULL, NULL },
};

static const struct opts_program echo_program = {
	.name = "udpecho",
	.purpose = "Talk to a UDP echo server, by lines, by count or to all. See udpecho(1).",
	.operands = "host",
	.operand_min = 1,
	.operand_max = 1,
	.own = echo_entries,
};

static bool
take_option(const struct opts *opts, struct echo_options *options)
{
	switch (opts->letter) {
	case 'b':
		options->broadcast = true;
		return true;
	case 'c':
		options->count = opts_number(opts, 1, COUNT_MAX);
		return true;
	case 'i':
		options->interval_ms = opts_seconds(opts, INTERVAL_MAX_S);
		return true;
	case 'N':
		options->open = true;
		return true;
	case 'R':
		options->retries = opts_number(opts, 0, RETRIES_MAX);
		return true;
	case 's':
		options->size = opts_number(opts, PROBE_SIZE, UDP_PAYLOAD_V6_MAX);
		return true;
	}
	return false;
}

static void
parse_options(int argc, char *argv[], struct echo_options *options)
{
	struct opts opts;

	opts_client(&opts, &echo_program, &options->client, argc, argv);
	while (opts_next(&opts) != -1)
		take_option(&opts, options);
	options->host = opts_operand(&opts, 0);
	if (options->broadcast && options->count)
		opts_fail(&opts, "-b and -c exclude each other");
	if (options->client.timeout_ms == TIMEOUT_UNSET)
		options->client.timeout_ms = options->broadcast ? 0 : TIMEOUT_MS;
}

int
main(int argc, char *argv[])
{
	struct echo_options options = {
		.client = { .port = "7007", .timeout_ms = TIMEOUT_UNSET },
		.interval_ms = 1000,
		.retries = 3,
		.size = 64,
	};

	parse_options(argc, argv, &options);
	signal(SIGPIPE, SIG_IGN); /* the reader of our output may go: an error like others */
	if (options.broadcast)
		return echo_find(&options);
	return options.count ? echo_count(&options) : echo_talk(&options);
}
