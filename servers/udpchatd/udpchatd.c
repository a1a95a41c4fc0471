/*
 * udpchatd: people talk to each other by name, over datagrams.
 *
 *	anna                      udpchatd                      ben
 *	HELLO, JOIN "anna" -----> proves addresses <----- JOIN "ben", HELLO
 *	SAY "ben": "hello" -----> keeps it
 *	                   <----- ACK
 *	                          TEXT "anna": "hello" -------> once, and in order
 *	                                               <------- ACK
 *	                   <----- REPORT: delivered
 *
 * One process, one loop: common/serve_udp. Between members everything goes through here:
 * they do not learn each other's addresses. The datagrams are described in chat(5); how
 * they are delivered although datagrams get lost, in protocol/deliver.h.
 *
 * What it deliberately does not do: passwords, encryption (see SECURITY CONSIDERATIONS of
 * udpchatd(8)), and keeping what was said: it is forgotten when it is delivered.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/opts.h"
#include "common/random.h"
#include "common/sys.h"
#include "common/trace.h"
#include "servers/udpchatd/chatd.h"

static const struct opts_entry chat_entries[] = {
	/* As TCP servers do: datagrams have no clients, but a chat has. */
	{ 'C', "per_address", "serve at most so many clients of one address (0: no limit)" },
	{ 'c', "max", "serve at most so many clients at once (512)" },
	{ 0, NULL, NULL },
};

static const struct opts_program chat_program = {
	.name = "udpchatd",
	.purpose = "Let people talk to each other by name, over UDP. See udpchatd(8).",
	.operands = "",
	.own = chat_entries,
};

void
chatd_send(const struct udp_path *path, const struct chat_packet *packet)
{
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	ssize_t len = chat_encode(packet, bytes, sizeof bytes);

	if (len == -1)
		return;
	trace_bytes(TRACE_OUT, bytes, (size_t)len);
	(void)udp_send(path, bytes, (size_t)len); /* lost here or on the way: all the same */
}

void
chatd_note_due(struct chatd *chatd, int64_t due_ms)
{
	if (due_ms < chatd->due_ms)
		chatd->due_ms = due_ms;
}

static void
chat_receive(struct udp_server *server, const struct udp_packet *packet, void *arg)
{
	struct chatd *chatd = arg;
	struct chat_packet decoded;
	enum chat_error error = chat_decode(packet->bytes, packet->len, &decoded);

	if (error != CHAT_OK || packet->path.to_many) {
		trace_step(TRACE_TALK, "ignored: %s", chat_error_words(error));
		chatd->malformed++;
		udp_ignore(server);
		return;
	}
	switch (decoded.type) {
	case CHAT_HELLO:
		door_hello(chatd, &packet->path, &decoded);
		break;
	case CHAT_JOIN:
		if (!door_join(chatd, &packet->path, &decoded)) {
			chatd->strangers++;
			udp_ignore(server);
		}
		break;
	case CHAT_DATA:
	case CHAT_ACK:
	case CHAT_PING:
	case CHAT_BYE:
		talk_receive(chatd, server, &packet->path, &decoded);
		break;
	default: /* what only a server says */
		udp_ignore(server);
	}
}

static int64_t
chat_due(void *arg)
{
	const struct chatd *chatd = arg;

	return chatd->due_ms;
}

static void
chat_tick(struct udp_server *server, int64_t now_ms, void *arg)
{
	(void)server;
	members_tick(arg, now_ms);
}

static void
chat_report(void *arg)
{
	const struct chatd *chatd = arg;

	log_error("  %d members of at most %d, %" PRIu64 " welcomed, %" PRIu64 " texts",
	    chatd->count, chatd->options.serve.max, chatd->welcomed, chatd->forwarded);
	log_error("  %" PRIu64 " malformed, %" PRIu64 " of no member", chatd->malformed,
	    chatd->strangers);
}

static const struct udp_service chat_service = {
	.name = "udpchatd",
	.port = "7018",
	.receive = chat_receive,
	.due = chat_due,
	.tick = chat_tick,
	.input = operator_input,
	.report = chat_report,
};

/* The end of the server: each member is told. */
static void
dismiss(struct chatd *chatd)
{
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i])
			member_drop(chatd, chatd->members[i], CHAT_LEFT);
	free(chatd->members);
}

int
main(int argc, char *argv[])
{
	struct chatd chatd = { .options = UDP_SERVE_DEFAULTS, .due_ms = INT64_MAX };
	struct opts opts;
	int status;

	opts_udp_server(&opts, &chat_program, &chatd.options, argc, argv);
	while (opts_next(&opts) != -1)
		continue; /* -c and -C are known to all servers */
	chatd.operator.present = !chatd.options.serve.inetd;
	chatd.members = calloc((size_t)chatd.options.serve.max, sizeof *chatd.members);
	if (chatd.members == NULL || random_bytes(chatd.key, sizeof chatd.key) == -1) {
		log_error("prepare to serve:");
		return STATUS_FAILED;
	}
	status = udp_serve(&chat_service, &chatd.options, &chatd);
	dismiss(&chatd);
	return status;
}
