/*
 * tcpload: put load on a TCP echo server and measure it. RFC 862.
 *
 *	long connections (-L)             short connections (-S)
 *	connect  ------------------>      connect  ------------------>
 *	message  ------------------>      message  ------------------>
 *	         <------------------               <------------------
 *	message  ------------------>      close    ------------------>
 *	         <------------------      connect  ------------------>
 *	...                               ...
 *
 * Many clients in one process that never waits for one of them: every socket is
 * non-blocking, and one epoll(7) tells which can go on. Each answer is compared with
 * what was sent. tcpload.h says which file does what.
 *
 * What it deliberately does not do: send a second message before the first is
 * answered, start several processes, or load other people's machines without being
 * told to.
 */
#include "clients/tcpload/tcpload.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"
#include "common/trace.h"

enum {
	DURATION_MS = 5000,	    /* -d */
	DURATION_MAX = 1000 * 1000, /* seconds */
	OTHER_DESCRIPTORS = 32,	    /* besides the clients' */
};

static const struct opts_entry load_entries[] = {
	{ '-', "allow-remote", "load a server that is not on this machine" },
	{ 'c', "clients", "how many at once (16)" },
	{ 'd', "seconds", "how long (5; no limit with -n; 0: no limit)" },
	{ 'L', NULL, "long connections: each client keeps its own (the default)" },
	{ 'n', "count", "how many messages in all" },
	{ 'o', "file", "write the figures there, as tab-separated values" },
	{ 'R', NULL,
	    "rotate over 127.0.0.1 to .200, for a server that listens on any address" },
	{ 'r', "rate", "messages a second of all clients, due at fixed times (0: no rate)" },
	{ 'S', NULL, "short connections: one for each message" },
	{ 's', "size", "bytes of a message (64)" },
	{ 0, NULL, NULL },
};

static const struct opts_program load_program = {
	.name = "tcpload",
	.purpose = "Put load on a TCP echo server and measure it. See tcpload(1).",
	.operands = "host",
	.operand_min = 1,
	.operand_max = 1,
	.own = load_entries,
};

static void
take_option(struct opts *opts, struct load_options *options)
{
	switch (opts->letter) {
	case '-':
		if (strcmp(opts->argument, "allow-remote") != 0)
			opts_fail(opts, "unknown option --%s", opts->argument);
		options->allow_remote = true;
		break;
	case 'c':
		options->clients = opts_number(opts, 1, CLIENTS_MAX);
		break;
	case 'd':
		options->duration_ms = opts_seconds(opts, DURATION_MAX);
		break;
	case 'L':
		options->keep_open = true;
		break;
	case 'n':
		options->count = opts_number(opts, 1, INT32_MAX);
		break;
	case 'o':
		options->output = opts->argument;
		break;
	case 'R':
		options->rotate = true;
		break;
	case 'r':
		options->rate = opts_number(opts, 0, RATE_MAX);
		break;
	case 'S':
		options->once = true;
		break;
	case 's':
		options->size = opts_number(opts, 1, MESSAGE_MAX);
		break;
	}
}

/* ---- whose machine? ---- */

static bool
is_this_machine(const struct net_address *address)
{
	switch (address->sa.any.sa_family) {
	case AF_INET:
		return ntohl(address->sa.in.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&address->sa.in6.sin6_addr);
	default:
		return address->sa.any.sa_family == AF_UNIX;
	}
}

/* Whether one of the addresses of the host, which may be a name, is another machine's. */
static bool
leads_away(const struct load_options *options)
{
	const struct addrinfo hints = { .ai_family = options->client.family,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	bool away = false;

	if (strncmp(options->host, NET_UNIX_PREFIX, strlen(NET_UNIX_PREFIX)) == 0 ||
	    getaddrinfo(options->host, NULL, &hints, &list) != 0)
		return false; /* what does not resolve, net_connect tells better */
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		struct net_address address = { .len = ai->ai_addrlen };

		memcpy(&address.sa, ai->ai_addr, ai->ai_addrlen);
		away = away || !is_this_machine(&address);
	}
	freeaddrinfo(list);
	return away;
}

static void
parse_options(int argc, char *argv[], struct load_options *options)
{
	struct opts opts;

	opts_client(&opts, &load_program, &options->client, argc, argv);
	while (opts_next(&opts) != -1)
		take_option(&opts, options);
	options->host = opts_operand(&opts, 0);
	if (options->keep_open && options->once)
		opts_fail(&opts, "-L and -S exclude each other");
	if (options->rotate && strcmp(options->host, "127.0.0.1") != 0)
		opts_fail(&opts, "-R starts at 127.0.0.1, so the host must be that");
	if (!options->allow_remote && leads_away(options))
		opts_fail(&opts,
		    "%s is not this machine: ask those who run it, then use --allow-remote",
		    options->host);
	if (options->duration_ms == -1)
		options->duration_ms = options->count ? 0 : DURATION_MS;
}

/* ---- what a run needs ---- */

/* A descriptor for each client. 0, or -1 (said). */
static int
allow_descriptors(int clients)
{
	int need = clients + OTHER_DESCRIPTORS;

	if (sys_allow_files((uint64_t)need) == 0)
		return 0;
	log_error("%d clients need %d descriptors; raise the limit of open files (ulimit -Hn):",
	    clients, need);
	return -1;
}

/* PERIOD bytes without order, continued so that a message may begin at each of them. */
static unsigned char *
pattern_new(int size)
{
	size_t len = (size_t)size + PERIOD;
	unsigned char *bytes = malloc(len);
	uint32_t x = 2463534242U;

	for (size_t i = 0; bytes && i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bytes[i] = i < PERIOD ? (unsigned char)x : bytes[i - PERIOD];
	}
	return bytes;
}

/* All memory of the run. 0, or -1 (said). */
static int
prepare(struct load *load)
{
	int clients = load->options->clients;

	load->ready = ready_new(clients);
	load->clients = calloc((size_t)clients, sizeof *load->clients);
	load->pattern = pattern_new(load->options->size);
	load->buffer = malloc(RECEIVE_SIZE);
	if (!load->ready || !load->clients || !load->pattern || !load->buffer) {
		log_error("preparing %d clients:", clients);
		return -1;
	}
	for (int i = 0; i < clients; i++)
		load->clients[i].fd = -1;
	return 0;
}

/* Give it all back; exit closes the connections. */
static void
dispose(struct load *load)
{
	ready_free(load->ready);
	free(load->clients);
	free(load->pattern);
	free(load->buffer);
}

/*
 * The first client's connection, made like tcpecho's: every address of the host in
 * turn, an explanation if none answers. The others then call the one that did.
 */
static int
call_first(struct load *load)
{
	const struct load_options *options = load->options;
	struct net_error error;
	int fd = net_connect(options->host, options->client.port, options->client.family,
	    options->client.timeout_ms, &load->server, &error);

	if (fd == -1) {
		log_error("%s", error.text);
		return -1;
	}
	if (!options->allow_remote && !is_this_machine(&load->server)) {
		log_error("%s has become another machine meanwhile", options->host);
		return -1;
	}
	if (sys_set_nonblocking(fd, true) == -1) {
		log_error("the first connection:");
		return -1;
	}
	client_adopt(load, &load->clients[0], fd);
	return 0;
}

/* Both reports; closes the file. 0, or -1 (said). */
static int
report(const struct load *load, FILE *file)
{
	int status = report_print(load), written;

	if (status == -1)
		log_error("standard output:");
	if (file == NULL)
		return status;
	written = report_tsv(load, file);
	if (fclose(file) == EOF || written == -1) {
		log_error("%s:", load->options->output);
		return -1;
	}
	return status;
}

/* The load itself. The exit status. */
static int
measure(struct load *load)
{
	const char *output = load->options->output;
	FILE *file = NULL;

	if (call_first(load) == -1)
		return STATUS_FAILED;
	if (output && (file = fopen(output, "w")) == NULL) {
		log_error("%s:", output);
		return STATUS_FAILED;
	}
	load_catch_signals();
	if (load_run(load) == -1) {
		if (file)
			fclose(file);
		return STATUS_FAILED;
	}
	trace_step(TRACE_TALK, "%lld messages there and back", (long long)load->answered);
	trace_step(TRACE_CLOSE, "%s", load->options->host);
	return report(load, file) == -1 || load->failed ? STATUS_FAILED : STATUS_DONE;
}

int
main(int argc, char *argv[])
{
	struct load_options options = {
		.client = { .port = "7007", .timeout_ms = 10000 },
		.clients = 16,
		.size = 64,
		.duration_ms = -1,
	};
	struct load load = { .options = &options };
	int status = STATUS_FAILED;

	parse_options(argc, argv, &options);
	if (allow_descriptors(options.clients) == 0 && prepare(&load) == 0)
		status = measure(&load);
	dispose(&load);
	return status;
}
