/*
 * The door: nobody is a member without proof of the address.
 *
 * Guards against a server that believes a source address, answers a small question with a
 * large answer, keeps something for each stranger, or forwards for, or to, who is none.
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/udpchatd.h"

START_TEST(cookie_then_welcome)
{
	struct program *p = udp_server_start(ARGS("-t", "42"));
	int fd = udp_client_open(p->address[0]);
	uint64_t cookie = chat_get_cookie(fd, 77);
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet, join = {
		.type = CHAT_JOIN, .random = 77, .cookie = cookie, .name = chat_span_of("anna")
	};
	uint64_t token;

	chat_put(fd, &join);
	EXPECT(chat_get(fd, bytes, &packet) == CHAT_WELCOME, "type %d", packet.type);
	EXPECT(packet.random == 77 && packet.idle_s == 42, "idle %d", packet.idle_s);
	token = packet.token;
	chat_put(fd, &join); /* the same again: the WELCOME was lost */
	EXPECT(chat_get(fd, bytes, &packet) == CHAT_WELCOME && packet.token == token,
	    "another token for the same JOIN");
	chat_put(fd, &(struct chat_packet){ .type = CHAT_PING, .token = token, .number = 5 });
	EXPECT(chat_get(fd, bytes, &packet) == CHAT_PONG && packet.number == 5, "no PONG");
}
END_TEST

/* No cookie, a wrong one, one for another number, and one for another address. */
START_TEST(forged_registrations_get_nothing)
{
	struct program *p = udp_server_start(ARGS(NULL));
	int thief = udp_client_open(p->address[0]), other = udp_client_open(p->address[0]);
	uint64_t own = chat_get_cookie(thief, 1), of_other = chat_get_cookie(other, 1);
	const struct {
		uint64_t random, cookie;
	} forged[] = { { 1, 0 }, { 1, own ^ 1 }, { 2, own }, { 1, of_other } };
	struct peer *ben = peer_join(p->address[0], "ben");
	uint32_t number;

	for (size_t i = 0; i < ARRAY_LENGTH(forged); i++)
		chat_put(thief, &(struct chat_packet){ .type = CHAT_JOIN,
				    .random = forged[i].random,
				    .cookie = forged[i].cookie,
				    .name = chat_span_of("eve") });
	udp_client_hear_nothing(thief, QUIET_MS);
	number = peer_send(ben, CHAT_SAY, "eve", NULL, "are you there?");
	peer_expect_report(ben, number, CHAT_NOBODY, 0);
	udp_client_hear_nothing(thief, QUIET_MS);
}
END_TEST

/* A token is of no use from another address, and an address without the token neither. */
START_TEST(a_stolen_token_is_of_no_use)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna"),
		    *ben = peer_join(p->address[0], "ben");
	int thief = udp_client_open(p->address[0]);
	static const uint8_t say[] = "\1\3ben\0\0\3boo";
	struct chat_packet packet, data = {
		.type = CHAT_DATA, .token = anna->token, .record = { say, sizeof say - 1 }
	};
	uint8_t bytes[CHAT_DATAGRAM_MAX];

	chat_put(thief, &data);
	EXPECT(chat_get(thief, bytes, &packet) == CHAT_BYE && packet.reason == CHAT_UNKNOWN,
	    "type %d", packet.type);
	data.token = ben->token;
	chat_put(anna->fd, &data);
	peer_await(anna, &anna->gone, "BYE");
	peer_expect_nothing(ben, QUIET_MS);
	chat_put(thief, &(struct chat_packet){ .type = CHAT_BYE, .token = anna->token });
	udp_client_hear_nothing(thief, QUIET_MS); /* no BYE is answered with BYE */
	(void)peer_send(ben, CHAT_SAY, "anna", NULL, "still there?");
	peer_expect_text(anna, "ben", NULL, "still there?");
}
END_TEST

static void
count_answer(int fd, size_t asked, const char *what)
{
	uint8_t answer[65536];
	size_t len = udp_client_receive(fd, answer, sizeof answer);

	EXPECT(len <= asked, "%s: %zu bytes answered with %zu", what, asked, len);
}

START_TEST(answers_to_strangers_are_no_larger)
{
	struct program *p = udp_server_start(ARGS("-c", "1"));
	int fd = udp_client_open(p->address[0]);
	uint64_t cookie = chat_get_cookie(fd, 9);
	struct peer *first;

	chat_put(fd, &(struct chat_packet){ .type = CHAT_HELLO, .random = 1 });
	count_answer(fd, CHAT_HELLO_SIZE, "HELLO");
	chat_put(fd, &(struct chat_packet){ .type = CHAT_PING, .token = 1 });
	count_answer(fd, 16, "PING");
	first = peer_join(p->address[0], "a");
	(void)first;
	chat_put(fd,
	    &(struct chat_packet){
		.type = CHAT_JOIN, .random = 9, .cookie = cookie, .name = chat_span_of("b") });
	count_answer(fd, 22, "JOIN");
}
END_TEST

static const struct {
	const char *name;
	size_t len;
} bad_names[] = {
	{ "", 0 },
	{ "two words", 9 },
	{ "a\nb", 3 },
	{ "\033[31mred", 8 },
	{ "\xc0\xaf", 2 },
	{ "\xe2\x80\xae"
	  "evil",
	    7 },
	{ "a\0b", 3 },
	{ "abcdefghijklmnopqrstuvwxyz0123456", 33 },
};

START_TEST(bad_names_are_refused)
{
	struct program *p = udp_server_start(ARGS(NULL));
	int fd = udp_client_open(p->address[0]);
	uint8_t bytes[64] = "SC\1\3", answer[CHAT_DATAGRAM_MAX];
	struct chat_packet packet;

	for (size_t i = 0; i < ARRAY_LENGTH(bad_names); i++) {
		uint64_t cookie = chat_get_cookie(fd, i + 1);

		bytes[11] = (uint8_t)(i + 1);
		for (int k = 0; k < 8; k++)
			bytes[12 + k] = (uint8_t)(cookie >> (56 - 8 * k));
		bytes[20] = (uint8_t)bad_names[i].len;
		memcpy(bytes + 21, bad_names[i].name, bad_names[i].len);
		udp_client_send(fd, bytes, 21 + bad_names[i].len);
		EXPECT(chat_get(fd, answer, &packet) == CHAT_REFUSED &&
			   packet.reason == CHAT_NAME_BAD,
		    "name %zu: type %d", i, packet.type);
	}
	EXPECT(strchr(p->err.text, '\033') == NULL, "a terminal was driven by the log");
}
END_TEST

START_TEST(a_name_belongs_to_one)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *first = peer_join(p->address[0], "anna"), *second, *operator;

	second = peer_new(p->address[0], "anna");
	peer_await(second, &second->refused, "refusal");
	EXPECT(second->refused - 1 == CHAT_NAME_TAKEN, "refused: %d", second->refused - 1);
	operator= peer_new(p->address[0], CHAT_OPERATOR);
	peer_await(operator, & operator->refused, "refusal");
	peer_say_bye(first);
	(void)peer_join(p->address[0], "anna"); /* free again */
}
END_TEST

START_TEST(full_is_said)
{
	struct program *p = udp_server_start(ARGS("-c", "2"));
	struct peer *a = peer_join(p->address[0], "a"), *third;

	(void)peer_join(p->address[0], "b");
	third = peer_new(p->address[0], "c");
	peer_await(third, &third->refused, "refusal");
	EXPECT(third->refused - 1 == CHAT_FULL, "refused: %d", third->refused - 1);
	peer_say_bye(a);
	(void)peer_join(p->address[0], "c");
}
END_TEST

/* -C counts addresses, not ports; another address has places of its own. */
START_TEST(one_address_has_so_many)
{
	struct program *p = udp_server_start(ARGS("-C", "2"));
	struct peer *a = peer_join(p->address[0], "a"), *third;
	int elsewhere = udp_client_open_from(p->address[0], "127.0.0.2:0");
	uint8_t bytes[CHAT_DATAGRAM_MAX];
	struct chat_packet packet,
	    join = { .type = CHAT_JOIN, .random = 7, .name = chat_span_of("d") };

	(void)peer_join(p->address[0], "b");
	third = peer_new(p->address[0], "c");
	peer_await(third, &third->refused, "refusal");
	EXPECT(third->refused - 1 == CHAT_TOO_MANY, "refused: %d", third->refused - 1);
	join.cookie = chat_get_cookie(elsewhere, join.random);
	chat_put(elsewhere, &join);
	EXPECT(chat_get(elsewhere, bytes, &packet) == CHAT_WELCOME, "type %d", packet.type);
	peer_say_bye(a);
	(void)peer_join(p->address[0], "c");
}
END_TEST

/* Whatever comes, it goes on serving, and answers none of it. */
START_TEST(malformed_datagrams)
{
	struct program *p = udp_server_start(ARGS(NULL));
	struct peer *anna = peer_join(p->address[0], "anna");
	int fd = udp_client_open(p->address[0]);
	static uint8_t bytes[2000] = "SC\1";
	unsigned random = 12345;

	udp_client_send(fd, "", 0);
	udp_client_send(fd, bytes, sizeof bytes);
	for (int type = 0; type < 256; type++)
		for (size_t len = 4; len < 24; len += 3) {
			bytes[3] = (uint8_t)type;
			/* A PING and its like from a stranger may be told so: not those here.
			 */
			if (type >= CHAT_DATA && type <= CHAT_BYE && (len == 16 || len == 13))
				continue;
			udp_client_send(fd, bytes, len);
		}
	for (int i = 0; i < 2000; i++) {
		size_t len = (random = random * 1103515245 + 12345) >> 16 & 63;

		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)((random = random * 1103515245 + 12345) >> 16);
		udp_client_send(fd, bytes, len);
	}
	(void)peer_send(anna, CHAT_SAY, "anna", NULL, "still alive?");
	peer_expect_text(anna, "anna", NULL, "still alive?");
	EXPECT(!p->exited, "the server has ended");
}
END_TEST

void
udpchatd_door(Suite *suite)
{
	const struct check checks[] = {
		{ cookie_then_welcome, ONCE, NEEDS_OPTIONS, 2,
		    "prove the address before you remember it. chat(5)" },
		{ forged_registrations_get_nothing, ONCE, NEEDS_START, 2,
		    "a wrong cookie is dropped: anybody can write a source address. chat(5)" },
		{ a_stolen_token_is_of_no_use, ONCE, NEEDS_START, 1,
		    "a token is good for one address. chat(5)" },
		{ answers_to_strangers_are_no_larger, ONCE, NEEDS_OPTIONS, 2,
		    "never answer a stranger with more than it sent. datagrams(7)" },
		{ bad_names_are_refused, ONCE, NEEDS_START, 1,
		    "names are bytes from a stranger: look at them. chat(5)" },
		{ a_name_belongs_to_one, ONCE, NEEDS_START, 1,
		    "the second of a name is told that it is taken. chat(5)" },
		OURS(full_is_said, ONCE),
		OURS(one_address_has_so_many, ONCE),
		{ malformed_datagrams, ONCE, NEEDS_START, 1,
		    "check each length before it is used. chat(5)" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
