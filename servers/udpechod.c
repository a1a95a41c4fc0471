/*
 * udpechod: send back each datagram to whom it came from. RFC 862.
 *
 *	client                        server
 *	                              bind
 *	"hello"  ------------------>  recvmmsg: this one, and all that have come since
 *	                              the guard: is it a client's? (udp_guard.h)
 *	         <------------------  "hello" by sendmmsg, from the address that was asked
 *	""       ------------------>
 *	         <------------------  "": an empty datagram is a datagram
 *
 * There is no connection and no child: one datagram in, one out, in one process. The
 * answer is the very bytes that came, in the buffer into which they came; nothing
 * is copied, and nothing of a client is remembered.
 *
 * With -L and -O it is a bad network in small: it loses answers, and keeps one back
 * until the next has gone (or KEEP_MS have passed), by dice that follow from the seed
 * of -Z. With -n an answer is longer than its question, by ORDINAL_MAX bytes at most.
 *
 * What it deliberately does not do: answer more often than it is asked, answer
 * what only a server would have sent, or serve as anything but a lesson and a test.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/lossy.h"
#include "common/opts.h"
#include "common/serve_udp.h"
#include "common/sys.h"

enum {
	KEEP_MS = 200,	  /* an answer kept back goes then, even if no other comes */
	ORDINAL_MAX = 64, /* "the 18446744073709551615th datagram: " */
};

/* An answer that is kept back for the next one to overtake it. */
struct echo_kept {
	bool full;
	int64_t until_ms;
	struct udp_path path;
	size_t len;
	unsigned char bytes[UDP_PAYLOAD_V6_MAX]; /* the larger one */
};

struct echo {
	bool uppercase;	      /* -U */
	bool counting;	      /* -n */
	bool single;	      /* -B: ignore what was sent to all */
	struct lossy network; /* -L, -O, -Z */
	uint64_t answered, lost, late;
	struct echo_kept kept;
};

static const struct opts_entry echo_entries[] = {
	{ 'B', NULL, "ignore what was sent to a broadcast or multicast address" },
	{ 'L', "percent", "lose so many of 100 answers" },
	{ 'n', NULL, "count: put \"the Nth datagram: \" before each answer" },
	{ 'O', "percent", "let so many of 100 answers be overtaken by the next" },
	{ 'U', NULL, "answer in upper case (ASCII letters only)" },
	{ 'Z', "seed", "repeat the run of -L and -O that has this number (1)" },
	{ 0, NULL, NULL },
};

static const struct opts_program echo_program = {
	.name = "udpechod",
	.purpose = "Send back each UDP datagram (RFC 862). See udpechod(8).",
	.operands = "",
	.own = echo_entries,
};

static void echo_receive(struct udp_server *server, const struct udp_packet *packet, void *arg);
static int64_t echo_due(void *arg);
static void echo_tick(struct udp_server *server, int64_t now_ms, void *arg);
static void echo_report(void *arg);

static void
parse_options(int argc, char *argv[], struct udp_serve_options *serve, struct echo *echo)
{
	struct opts opts;
	int letter;

	opts_udp_server(&opts, &echo_program, serve, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		switch (letter) {
		case 'B':
			echo->single = true;
			break;
		case 'L':
			echo->network.lose = opts_number(&opts, 0, 100);
			break;
		case 'n':
			echo->counting = true;
			break;
		case 'O':
			echo->network.late = opts_number(&opts, 0, 100);
			break;
		case 'U':
			echo->uppercase = true;
			break;
		case 'Z':
			echo->network.state = (uint64_t)opts_number(&opts, 0, INT32_MAX);
			break;
		}
	if (echo->network.lose + echo->network.late > 100)
		opts_fail(&opts, "-L and -O together are more than 100 of 100");
}

int
main(int argc, char *argv[])
{
	struct udp_serve_options serve = UDP_SERVE_DEFAULTS;
	struct echo echo = { .network.state = 1 };
	struct udp_service service = {
		.name = "udpechod",
		.port = "7007",
		.receive = echo_receive,
		.report = echo_report,
	};

	parse_options(argc, argv, &serve, &echo);
	if (echo.network.late) { /* else there is nothing to come back to */
		service.due = echo_due;
		service.tick = echo_tick;
	}
	return udp_serve(&service, &serve, &echo);
}

/* ---- the answer ---- */

/* ASCII only: the bytes of a UTF-8 letter are none of a to z, so they stay whole. */
static void
to_uppercase(unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] >= 'a' && bytes[i] <= 'z')
			bytes[i] = (unsigned char)(bytes[i] - 'a' + 'A');
}

/* "st" as in 1st and 21st, but 11th. */
static const char *
ordinal_ending(uint64_t number)
{
	static const char *const endings[] = { "th", "st", "nd", "rd" };

	return number % 10 > 3 || number % 100 / 10 == 1 ? "th" : endings[number % 10];
}

/* Put the number before the text, if a datagram has room for both. The length then. */
static size_t
prepend_number(unsigned char *bytes, size_t len, uint64_t number)
{
	char text[ORDINAL_MAX];
	int used = snprintf(
	    text, sizeof text, "the %" PRIu64 "%s datagram: ", number, ordinal_ending(number));

	if (len + (size_t)used > UDP_PAYLOAD_MAX)
		return len;
	memmove(bytes + used, bytes, len);
	memcpy(bytes, text, (size_t)used);
	return len + (size_t)used;
}

/* ---- a network that is bad on purpose ---- */

/* Keep a copy: the packet's own bytes are gone with its batch. */
static void
keep(struct echo *echo, const struct udp_path *path, const unsigned char *bytes, size_t len)
{
	struct echo_kept *kept = &echo->kept;

	kept->full = true;
	kept->until_ms = sys_now_ms() + KEEP_MS;
	kept->path = *path;
	kept->len = len;
	memcpy(kept->bytes, bytes, len);
	echo->late++;
}

/* What was kept goes now, behind all that was answered before. */
static void
let_go(struct udp_server *server, struct echo *echo)
{
	echo->kept.full = false;
	udp_reply(server, &echo->kept.path, echo->kept.bytes, echo->kept.len);
	udp_push(server); /* the place may be needed for another one of this batch */
}

/* exercise: send back what came, to whom it came from, in upper case or numbered if asked */
static void
answer(
    struct udp_server *server, struct echo *echo, const struct udp_packet *packet, size_t len)
{
	enum lossy_fate fate = lossy_next(&echo->network);

	if (fate == LOSSY_LOSE) {
		echo->lost++;
	} else if (fate == LOSSY_LATE && !echo->kept.full && len <= sizeof echo->kept.bytes) {
		keep(echo, &packet->path, packet->bytes, len);
	} else {
		udp_reply(server, &packet->path, packet->bytes, len);
		if (echo->kept.full)
			let_go(server, echo);
	}
}

/* The kept answer waits for the next one, but not for ever: there may be none. */
static int64_t
echo_due(void *arg)
{
	const struct echo *echo = arg;

	return echo->kept.full ? echo->kept.until_ms : INT64_MAX;
}

static void
echo_tick(struct udp_server *server, int64_t now_ms, void *arg)
{
	(void)now_ms;
	let_go(server, arg);
}

/* ---- called by the loop ---- */

static void
echo_receive(struct udp_server *server, const struct udp_packet *packet, void *arg)
{
	struct echo *echo = arg;
	size_t len = packet->len;

	if (echo->single && packet->path.to_many) {
		udp_ignore(server);
		return;
	}
	echo->answered++;
	if (echo->uppercase)
		to_uppercase(packet->bytes, len);
	if (echo->counting)
		len = prepend_number(packet->bytes, len, echo->answered);
	if (echo->network.lose || echo->network.late)
		answer(server, echo, packet, len);
	else
		udp_reply(server, &packet->path, packet->bytes, len);
}

static void
echo_report(void *arg)
{
	const struct echo *echo = arg;

	if (echo->network.lose || echo->network.late)
		log_error("  %" PRIu64 " answers lost on purpose, %" PRIu64 " kept back",
		    echo->lost, echo->late);
}
