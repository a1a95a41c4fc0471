/*
 * rcmd: run a command on a server, here and now: its output is ours, its status too.
 *
 *	rcmd                        rcmdd
 *	connect ----------------->
 *	HELLO ... <------------->   who is there? keys(5)
 *	EXEC "false" ------------>  (without a key, both at once)
 *	         <---------------   EXIT: exited with 1
 *	exit 1
 *
 * With a command it runs that one; without one it asks for commands at a prompt, or
 * takes them from a script on standard input. An argument that has blanks or signs in it
 * goes to the server's shell, others are run as they are: no shell, no surprises.
 *
 * What it deliberately does not do: hide what is said (ssh -L does), or give the
 * command a terminal.
 */
#include "clients/rcmd/rcmd.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/keys.h"
#include "common/log.h"
#include "common/trace.h"
#include "link/auth.h"

static const struct opts_entry rcmd_entries[] = {
	{ 'K', "name", "use the key of this name (the first in the file)" },
	{ 'k', "file", "prove who we are with a key of this file, keys(5)" },
	{ 'n', NULL, "no input: the command reads an empty standard input" },
	{ 's', NULL, "shell: join the words to a line for the server's shell" },
	{ 0, NULL, NULL },
};

static const struct opts_program rcmd_program = {
	.name = "rcmd",
	.purpose = "Run a command on a server, or many at a prompt. See rcmd(1).",
	.operands = "host [command ...]",
	.operand_min = 1,
	.operand_max = INT_MAX,
	.own = rcmd_entries,
};

static void
parse_options(int argc, char *argv[], struct rcmd_options *options, const char ***words)
{
	static const char *operands[COMMAND_ARGS_MAX + 1];
	struct opts opts;
	int letter, count = 0;

	opts_client(&opts, &rcmd_program, &options->client, argc, argv);
	while ((letter = opts_next(&opts)) != -1)
		switch (letter) {
		case 'K':
			options->key_name = opts.argument;
			break;
		case 'k':
			options->keys = opts.argument;
			break;
		case 'n':
			options->no_input = true;
			break;
		case 's':
			options->shell = true;
			break;
		}
	options->host = opts_operand(&opts, 0);
	while (count < COMMAND_ARGS_MAX && opts_operand(&opts, count + 1)) {
		operands[count] = opts_operand(&opts, count + 1);
		count++;
	}
	if (opts_operand(&opts, count + 1))
		opts_fail(&opts, "a command has at most %d words", COMMAND_ARGS_MAX);
	options->command = count > 0;
	if (options->key_name && options->keys == NULL)
		opts_fail(&opts, "-K chooses from a file: name it with -k");
	if (options->shell && !options->command)
		opts_fail(&opts, "-s needs a command");
	*words = operands;
}

/* Words with blanks between them; false: too long. */
static bool
join(const char *const *words, char *line, size_t capacity)
{
	size_t used = 0;

	for (; *words; words++) {
		int n = snprintf(line + used, capacity - used, "%s%s", used ? " " : "", *words);

		if (n < 0 || (size_t)n >= capacity - used)
			return false;
		used += (size_t)n;
	}
	return true;
}

/* The command that was given: its own words, or a line for the shell. False: said. */
static bool
begin_command(struct rcmd_talk *talk, const struct rcmd_options *options, const char **words)
{
	static char line[COMMAND_BYTES_MAX];
	const char *const joined[] = { line, NULL };
	bool one = words[1] == NULL && command_wants_shell(words[0]);

	if (!options->shell && !one)
		return rcmd_begin(talk, COMMAND_WORDS, words, !options->no_input);
	if (!join(words, line, sizeof line)) {
		log_error("the command is too long");
		return false;
	}
	return rcmd_begin(talk, COMMAND_LINE, joined, !options->no_input);
}

/*
 * Say who we are, and give the command, if there is one. A server that is to know our
 * key proves that first; else the command goes out with HELLO. 0, or -1: said.
 */
static int
greet(struct rcmd_talk *talk, const struct rcmd_options *options, const struct key *key,
    const char **words)
{
	unsigned rights;
	int status;

	if (key && auth_greet(&talk->link, AUTH_RCMD, key, &rights, &status) == -1)
		return -1;
	if (key == NULL && auth_hello(&talk->link, AUTH_RCMD, &status) == -1)
		return -1;
	if (options->command && !begin_command(talk, options, words))
		return -1;
	/* Who refuses us may have hung up by now: why, is what we hear. */
	(void)rcmd_send(talk);
	return key ? 0 : auth_welcome(&talk->link, &rights, &status);
}

/* Connect, say who we are and what we want. 0, or -1: said. */
static int
call(struct rcmd_talk *talk, const struct rcmd_options *options, const char **words,
    struct net_address *peer)
{
	struct net_error error;
	struct key key;
	int fd, result;

	if (options->keys && keys_fetch(options->keys, options->key_name, &key) == -1)
		return -1;
	fd = net_connect(options->host, options->client.port, options->client.family,
	    options->client.timeout_ms, peer, &error);
	if (fd == -1) {
		log_error("%s", error.text);
		return -1;
	}
	conn_open(&talk->conn, fd, fd, peer, options->client.timeout_ms, NULL);
	if (link_open(&talk->link, &talk->conn) == -1) {
		log_error("memory:");
		return -1;
	}
	result = greet(talk, options, options->keys ? &key : NULL, words);
	if (options->keys)
		keys_forget(&key);
	return result;
}

static int
open_talk(struct rcmd_talk *talk, const struct rcmd_options *options)
{
	talk->host = options->host;
	talk->from = malloc(RCMD_FROM_SERVER);
	talk->up = malloc(FRAME_HEADER + COMMAND_BYTES_MAX + FRAME_HEADER);
	if (talk->from == NULL || talk->up == NULL) {
		log_error("memory:");
		return -1;
	}
	rcmd_output_open(&talk->out, STDOUT_FILENO, "standard output");
	rcmd_output_open(&talk->err, STDERR_FILENO, "standard error");
	return 0;
}

int
main(int argc, char *argv[])
{
	struct rcmd_options options = { .client = { .port = "7514", .timeout_ms = 10000 } };
	static struct rcmd_talk talk;
	struct net_address peer;
	const char **words;
	int status;

	parse_options(argc, argv, &options, &words);
	if (open_talk(&talk, &options) == -1 || call(&talk, &options, words, &peer) == -1)
		return RCMD_FAILED;
	rcmd_catch_signals(&talk);
	status = options.command ? rcmd_attend(&talk) : rcmd_lines(&talk, isatty(STDIN_FILENO));
	trace_step(TRACE_CLOSE, "%s", conn_peer(&talk.conn));
	return status;
}
