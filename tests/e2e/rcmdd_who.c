/*
 * rcmdd: who may, and what.
 *
 * Guards against the notes' server, with which anybody on the network may run anything:
 * an open address without keys and a list, a secret that others can read, a name that
 * can be told from an unknown one, guesses without a price, arguments that slip into a
 * listed command, and commands as root.
 */
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "tests/e2e/rcmdd.h"

#define KEYS                                                                                   \
	"anna run 0123456789abcdef0123456789abcdef\n"                                          \
	"rita read fedcba9876543210fedcba9876543210\n"
#define WRONG_KEYS "anna run ffffffffffffffffffffffffffffffff\n"
#define LIST                                                                                   \
	"# a list\n"                                                                           \
	"hello  /bin/echo hello \"two words\"\n"                                               \
	"say    /bin/echo said ...\n"                                                          \
	"dots   /bin/echo \"...\"\n"

static void
expect_refusal(const char *const *args, const char *wanted)
{
	struct program *p = rcmdd_launch(args);
	int status = program_await_exit(p);

	EXPECT(status == 1 || status == 2, "exit status %d", status);
	EXPECT(p->out.length == 0, "a ready line: %s", p->out.text);
	EXPECT(stream_lines(&p->err) == 1 && strstr(p->err.text, wanted),
	    "no word of \"%s\": %s", wanted, p->err.text);
}

static int
rcmd_status(struct program *server, const char *const *args, struct program **client)
{
	*client = rcmd_start(server, args);
	program_finish(*client);
	return program_await_exit(*client);
}

START_TEST(open_address_needs_keys_and_list)
{
	char keys[4096], list[4096];

	strcpy(keys, private_file("keys", KEYS, 0600));
	strcpy(list, private_file("list", LIST, 0644));
	expect_refusal(ARGS("-l", "*"), "(-k)");
	expect_refusal(ARGS("-l", "0.0.0.0"), "(-k)");
	expect_refusal(ARGS("-l", "::"), "(-k)");
	expect_refusal(ARGS("-l", "*", "-k", keys), "(-a)");
	expect_refusal(ARGS("-l", "*", "-a", list), "(-k)");
	rcmdd_start(ARGS("-l", "*", "-a", list, "-k", keys));
}
END_TEST

START_TEST(loopback_needs_neither)
{
	rcmdd_start(ARGS("-l", "localhost"));
	rcmdd_start(ARGS("-l", "127.9.9.9"));
}
END_TEST

START_TEST(never_as_root)
{
	struct program *p = program_start(ARGS("-p", "0"));

	if (geteuid() != 0) {
		program_await_ready(p);
		return;
	}
	EXPECT(program_await_exit(p) == 2, "exit status");
	EXPECT(strstr(p->err.text, "-u"), "no word of -u: %s", p->err.text);
	p = program_start(ARGS("-p", "0", "-u", "root"));
	EXPECT(program_await_exit(p) == 1, "-u root");
}
END_TEST

START_TEST(keys_must_be_private)
{
	expect_refusal(ARGS("-k", private_file("keys", KEYS, 0644)), "chmod 600");
	expect_refusal(ARGS("-k", private_file("keys", "# none\n", 0600)), "no key");
	expect_refusal(ARGS("-k", "/no/such/file"), "/no/such/file");
}
END_TEST

START_TEST(list_must_be_safe_and_right)
{
	expect_refusal(ARGS("-a", private_file("list", LIST, 0666)), "chmod go-w");
	expect_refusal(ARGS("-a", private_file("list", "x echo\n", 0644)), "list:1:");
	expect_refusal(ARGS("-a", private_file("list", "\n\nx /a \"b\n", 0644)), "list:3:");
}
END_TEST

START_TEST(the_right_key)
{
	const char *keys = private_file("keys", KEYS, 0600);
	struct program *server = rcmdd_start(ARGS("-k", keys)), *client;

	keys = own_file("mine", KEYS, 0600);
	EXPECT(rcmd_status(
		   server, ARGS("-k", keys, "127.0.0.1", "printenv", "RCMD_KEY"), &client) == 0,
	    "refused");
	EXPECT(strcmp(client->out.text, "anna\n") == 0, "%s", client->out.text);
}
END_TEST

START_TEST(the_wrong_right)
{
	const char *keys = private_file("keys", KEYS, 0600);
	struct program *server = rcmdd_start(ARGS("-k", keys)), *client;

	keys = own_file("mine", KEYS, 0600);
	EXPECT(rcmd_status(
		   server, ARGS("-k", keys, "-K", "rita", "127.0.0.1", "id"), &client) == 125,
	    "not refused");
	EXPECT(client->out.length == 0 && strstr(client->err.text, "no right"), "%s",
	    client->err.text);
}
END_TEST

/* Until the ERROR: CHALLENGE for all names alike, and no sooner than the delay. */
static int64_t
guess(struct program *server, const char *name)
{
	unsigned char hello[64] = { 0 }, proof[32] = { 1 };
	int fd = client_open(server->address[0]);
	int64_t begin;

	memcpy(hello + 32, name, strlen(name));
	frame_send(fd, HELLO, 1, hello, 32 + strlen(name));
	EXPECT(frame_receive(fd)->type == CHALLENGE, "no CHALLENGE for %s", name);
	begin = now_ms();
	frame_send(fd, PROOF, 0, proof, sizeof proof);
	frame_hear_error(fd, E_DENIED);
	close(fd);
	return now_ms() - begin;
}

START_TEST(guesses_have_a_price)
{
	struct program *server = rcmdd_start(ARGS("-k", private_file("keys", KEYS, 0600)));

	EXPECT(guess(server, "anna") >= 490, "no delay");
	EXPECT(guess(server, "nobody-knows") >= 980, "the second costs no more");
	EXPECT(guess(server, "anna") >= 1470, "the third costs no more");
}
END_TEST

START_TEST(no_key_and_another_key)
{
	struct program *server, *client;
	char keys[4096];

	strcpy(keys, private_file("keys", KEYS, 0600));
	server = rcmdd_start(ARGS("-k", keys));
	EXPECT(rcmd_status(server, ARGS("127.0.0.1", "id"), &client) == 125, "without a key");
	EXPECT(strstr(client->err.text, "-k"), "%s", client->err.text);
	EXPECT(rcmd_status(server,
		   ARGS("-k", own_file("wrong", WRONG_KEYS, 0600), "127.0.0.1", "id"),
		   &client) == 125,
	    "with another key");
}
END_TEST

START_TEST(no_command_before_the_proof)
{
	int fd =
	    client_open(rcmdd_start(ARGS("-k", private_file("keys", KEYS, 0600)))->address[0]);

	exec_words(fd, ARGS("id"));
	frame_hear_error(fd, E_PROTOCOL);
	close(fd);
}
END_TEST

struct listed {
	const char *line; /* or words */
	const char *const words[5];
	unsigned number;
	const char *out;
};

START_TEST(only_what_is_listed)
{
	static const struct listed all[] = {
		{ NULL, { "hello" }, 0, "hello two words\n" },
		{ NULL, { "hello", "you" }, 127, "" },
		{ NULL, { "say" }, 0, "said\n" },
		{ NULL, { "say", "$HOME; id", "|" }, 0, "said $HOME; id |\n" },
		{ NULL, { "dots" }, 0, "...\n" },
		{ NULL, { "dots", "x" }, 127, "" },
		{ NULL, { "id" }, 127, "" },
		{ NULL, { "/bin/echo", "x" }, 127, "" },
		{ NULL, { "" }, 127, "" },
		{ "say a \"b  c\"", { NULL }, 0, "said a b  c\n" },
		{ "say a; id", { NULL }, 0, "said a; id\n" },
		{ "id", { NULL }, 127, "" },
		{ "hello | id", { NULL }, 127, "" },
		{ "say \"", { NULL }, 127, "" },
		{ " ", { NULL }, 127, "" },
	};
	struct program *server = rcmdd_start(ARGS("-a", private_file("list", LIST, 0644)));
	int fd = rcmdd_hello(server);

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		const struct answer *answer;

		if (all[i].line)
			exec_line(fd, all[i].line);
		else
			exec_words(fd, all[i].words);
		answer = answer_await(fd);
		EXPECT(answer->number == all[i].number && strcmp(answer->out, all[i].out) == 0,
		    "case %zu: number %u, %s", i, answer->number, answer->out);
		EXPECT((answer->end == EXITED) == (all[i].number == 0), "case %zu: end", i);
	}
	close(fd);
}
END_TEST

START_TEST(list_changes_without_a_restart)
{
	const char *list = private_file("list", "one /bin/echo 1\n", 0644);
	struct program *server = rcmdd_start(ARGS("-a", list));

	EXPECT(strcmp(run_words(server, ARGS("one"))->out, "1\n") == 0, "one");
	private_file("list", "two /bin/echo 2\n", 0644);
	EXPECT(run_words(server, ARGS("one"))->number == 127, "one is still there");
	EXPECT(strcmp(run_words(server, ARGS("two"))->out, "2\n") == 0, "two");
}
END_TEST

void
rcmdd_who(Suite *suite)
{
	const struct check checks[] = {
		OURS(open_address_needs_keys_and_list, ONCE),
		OURS(loopback_needs_neither, ONCE),
		OURS(never_as_root, ONCE),
		OURS(keys_must_be_private, ONCE),
		OURS(list_must_be_safe_and_right, ONCE),
		{ the_right_key, ONCE, NEEDS_OPTIONS, 1, "-k: HMAC over both nonces. keys(5)" },
		{ the_wrong_right, ONCE, NEEDS_OPTIONS, 1, "a key has rights. keys(5)" },
		{ guesses_have_a_price, ONCE, NEEDS_OPTIONS, 1,
		    "the same way for unknown names; a delay that grows. keys(5)" },
		{ no_key_and_another_key, ONCE, NEEDS_OPTIONS, 1, "refuse. keys(5)" },
		{ no_command_before_the_proof, ONCE, NEEDS_OPTIONS, 1, "HELLO comes first" },
		{ only_what_is_listed, ONCE, NEEDS_OPTIONS, 2, "-a: commands(5)" },
		{ list_changes_without_a_restart, ONCE, NEEDS_OPTIONS, 1, "read it each time" },
	};

	harness_add(suite, checks, ARRAY_LENGTH(checks));
}
