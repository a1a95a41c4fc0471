/*
 * commands: what can be typed at tftp's prompt. The table at the end is what help prints.
 */
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "clients/tftp/shell.h"
#include "common/log.h"
#include "common/num.h"
#include "common/remote.h"
#include "common/trace.h"

enum {
	SECONDS_MAX = 2000000,
};

/* ---- transfers ---- */

/*
 * The host that a word names before its colon, which stays for later commands, or the one
 * that was named last. What is behind the colon is *name. False: said.
 */
static bool
find_host(struct shell *shell, const char *command, const char *word, const char **name)
{
	char host[NET_TEXT_MAX];
	int remote = remote_split(word, host, name);

	if (remote == 1)
		memcpy(shell->host, host, sizeof host);
	if (remote == -1 || shell->host[0] == '\0') {
		log_error("%s: %s", command,
		    remote == -1 ? "the name of the host is too long" :
				   "from whom? connect names a host");
		return false;
	}
	return true;
}

static bool
get(struct shell *shell, char *words[])
{
	const char *name;

	if (!find_host(shell, "get", words[0], &name))
		return false;
	if (*jail_last_name(name) == '\0') {
		log_error("get: \"%s\" has no name of a file", words[0]);
		return false;
	}
	return tftp_get(shell->settings, shell->host, name, words[1]) == STATUS_DONE;
}

static bool
put(struct shell *shell, char *words[])
{
	const char *name;

	if (strcmp(words[0], "-") == 0) {
		log_error("put: standard input has the commands");
		return false;
	}
	if (!find_host(shell, "put", words[1] ? words[1] : jail_last_name(words[0]), &name))
		return false;
	return tftp_put(shell->settings, shell->host, words[0],
		   *name ? name : jail_last_name(words[0])) == STATUS_DONE;
}

/* ---- settings ---- */

static bool
connect_to(struct shell *shell, char *words[])
{
	int64_t number;

	if (words[1] && num_parse(words[1], 1, UINT16_MAX, &number) == -1 &&
	    getservbyname(words[1], NULL) == NULL) {
		log_error("connect: \"%s\" is no port", words[1]);
		return false;
	}
	if (strlen(words[0]) >= sizeof shell->host ||
	    (words[1] && strlen(words[1]) >= sizeof shell->port)) {
		log_error("connect: too long");
		return false;
	}
	snprintf(shell->host, sizeof shell->host, "%s", words[0]);
	if (words[1])
		snprintf(shell->port, sizeof shell->port, "%s", words[1]);
	return true;
}

static bool
binary(struct shell *shell, char *words[])
{
	(void)words;
	shell->settings->mode = TFTP_OCTET;
	return true;
}

static bool
ascii(struct shell *shell, char *words[])
{
	(void)words;
	shell->settings->mode = TFTP_NETASCII;
	return true;
}

static bool
mode(struct shell *shell, char *words[])
{
	if (words[0] == NULL) {
		printf("mode %s\n", tftp_mode_name(shell->settings->mode));
		return true;
	}
	if (strcmp(words[0], "octet") == 0 || strcmp(words[0], "binary") == 0 ||
	    strcmp(words[0], "image") == 0)
		return binary(shell, words);
	if (strcmp(words[0], "netascii") == 0 || strcmp(words[0], "ascii") == 0)
		return ascii(shell, words);
	log_error("mode: \"%s\" is none of octet, netascii", words[0]);
	return false;
}

/* A number from min to max, or 0: the program's own choice. */
static bool
set_number(const char *command, const char *word, uint32_t min, uint32_t max, uint32_t *number)
{
	int64_t value;

	if (num_parse(word, 0, max, &value) == -1 || (value != 0 && value < min)) {
		log_error("%s: \"%s\" is not a number from %" PRIu32 " to %" PRIu32
			  ", nor 0 for our own choice",
		    command, word, min, max);
		return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool
blksize(struct shell *shell, char *words[])
{
	return set_number(
	    "blksize", words[0], TFTP_BLKSIZE_MIN, TFTP_BLKSIZE_MAX, &shell->settings->blksize);
}

static bool
windowsize(struct shell *shell, char *words[])
{
	return set_number(
	    "windowsize", words[0], TFTP_WINDOW_MIN, TFTP_WINDOW_MAX, &shell->settings->window);
}

static bool
rexmt(struct shell *shell, char *words[])
{
	return set_number(
	    "rexmt", words[0], TFTP_TIMEOUT_MIN, TFTP_TIMEOUT_MAX, &shell->settings->repeat);
}

static bool
timeout(struct shell *shell, char *words[])
{
	int64_t ms;

	if (num_parse_ms(words[0], SECONDS_MAX, &ms) == -1) {
		log_error("timeout: \"%s\" is not a number of seconds", words[0]);
		return false;
	}
	shell->settings->client.timeout_ms = (int)ms;
	return true;
}

static bool
trace(struct shell *shell, char *words[])
{
	(void)shell;
	(void)words;
	trace_show_bytes();
	return true;
}

/* ---- words ---- */

static void
print_number(const char *what, uint32_t number, const char *otherwise)
{
	if (number)
		printf("%s %" PRIu32 "\n", what, number);
	else
		printf("%s %s\n", what, otherwise);
}

static bool
status(struct shell *shell, char *words[])
{
	const struct tftp_settings *settings = shell->settings;

	(void)words;
	if (shell->host[0])
		printf("host %s, port %s\n", shell->host, shell->port);
	else
		puts("host none: connect names one");
	printf("mode %s\n", tftp_mode_name(settings->mode));
	print_number("blksize", settings->blksize, "what the way carries whole");
	print_number("windowsize", settings->window, "as many as we can hold, 64 at most");
	print_number("rexmt", settings->repeat, "by measured round trips, 1 s at most");
	printf("timeout %g s\n", settings->client.timeout_ms / 1000.0);
	printf("trace %s\n", trace_shows_bytes() ? "on" : "off");
	return true;
}

static bool
quit(struct shell *shell, char *words[])
{
	(void)words;
	shell->over = true;
	return true;
}

static bool
help(struct shell *shell, char *words[])
{
	char usage[80];

	(void)shell;
	(void)words;
	for (const struct shell_command *c = shell_commands; c->name; c++) {
		snprintf(usage, sizeof usage, "%s %s", c->name, c->usage);
		printf("%-24s%s\n", usage, c->help);
	}
	return true;
}

const struct shell_command shell_commands[] = {
	{ "connect", "host [port]", "whom the other commands mean", 1, 2, connect_to },
	{ "get", "name [local]", "fetch a file", 1, 2, get },
	{ "put", "local [name]", "send a file", 1, 2, put },
	{ "mode", "[octet|netascii]", "bytes as they are, or lines of text", 0, 1, mode },
	{ "binary", "", "mode octet", 0, 0, binary },
	{ "ascii", "", "mode netascii", 0, 0, ascii },
	{ "blksize", "bytes", "ask for blocks of this size", 1, 1, blksize },
	{ "windowsize", "blocks", "ask for so many with one ACK", 1, 1, windowsize },
	{ "rexmt", "seconds", "ask the server to repeat after so long", 1, 1, rexmt },
	{ "timeout", "seconds", "give up after so long without progress", 1, 1, timeout },
	{ "trace", "", "show packets from now on", 0, 0, trace },
	{ "status", "", "show all of this", 0, 0, status },
	{ "quit", "", "leave", 0, 0, quit },
	{ "q", "", "leave", 0, 0, quit },
	{ "help", "", "show this", 0, 0, help },
	{ "?", "", "show this", 0, 0, help },
	{ NULL, NULL, NULL, 0, 0, NULL },
};
