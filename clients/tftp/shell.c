/*
 * shell: commands, one a line, from a person at a terminal or from a script.
 *
 *	tftp> connect 127.0.0.1 7069
 *	tftp> get motd
 *	tftp> put notes "my notes"
 *	tftp> quit
 *
 * There is no connection: connect only says whom later commands mean. A command that fails
 * is said to have failed and the next is read; that there was one is told at the end, by
 * the exit status.
 */
#include "clients/tftp/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"

enum {
	LINE_BYTES = 4096,
	WORDS_MAX = 4, /* of a command that is right; one more tells of too many */
};

static const struct shell_command *
find_command(const char *word)
{
	for (const struct shell_command *c = shell_commands; c->name; c++)
		if (strcmp(c->name, word) == 0)
			return c;
	return NULL;
}

/*
 * The words of a line, in place: apart by blanks, or in quotes of either kind. How many,
 * WORDS_MAX at most; -1: a quote is not closed.
 */
static int
split(char *line, char *words[WORDS_MAX])
{
	int count = 0;

	for (;;) {
		char end, *to;

		line += strspn(line, " \t\r\n");
		if (*line == '\0' || count == WORDS_MAX)
			return count;
		end = (char)(*line == '"' || *line == '\'' ? *line++ : '\0');
		words[count++] = line;
		to = end ? strchr(line, end) : line + strcspn(line, " \t\r\n");
		if (to == NULL)
			return -1;
		if (*to == '\0')
			return count;
		*to = '\0';
		line = to + 1;
	}
}

static void
run_line(struct shell *shell, char *line)
{
	char *words[WORDS_MAX] = { NULL };
	const struct shell_command *command;
	int count = split(line, words);

	if (count == 0)
		return;
	command = count > 0 ? find_command(words[0]) : NULL;
	if (count == -1)
		log_error("a quote is not closed");
	else if (command == NULL)
		log_error("%s: no such command; help tells them", words[0]);
	else if (count - 1 < command->min || count - 1 > command->max)
		log_error("%s: usage: %s %s", command->name, command->name, command->usage);
	else if (command->run(shell, words + 1))
		return;
	shell->status = STATUS_FAILED;
}

/* A line without its end. False: there is no more. */
static bool
read_line(struct shell *shell, char line[LINE_BYTES])
{
	size_t len;

	for (;;) {
		if (shell->terminal) {
			fputs("tftp> ", stdout);
			fflush(stdout);
		}
		errno = 0;
		if (fgets(line, LINE_BYTES, stdin) == NULL) {
			if (!shell->terminal || errno != EINTR)
				return false;
			clearerr(stdin); /* ^C is for the line, not for us */
			putchar('\n');
			continue;
		}
		len = strlen(line);
		if (len + 1 < LINE_BYTES || line[len - 1] == '\n')
			return true;
		log_error("a line that is too long");
		shell->status = STATUS_FAILED;
		while (fgets(line, LINE_BYTES, stdin) && line[strlen(line) - 1] != '\n')
			continue;
	}
}

static void
ignore(int signal)
{
	(void)signal; /* that it came is enough: the call it came in ends */
}

int
tftp_shell(struct tftp_settings *settings, const char *host)
{
	const struct sigaction interrupt = { .sa_handler = ignore };
	struct shell shell = { .settings = settings, .terminal = isatty(STDIN_FILENO) };
	char line[LINE_BYTES];

	if (host)
		snprintf(shell.host, sizeof shell.host, "%s", host);
	snprintf(shell.port, sizeof shell.port, "%s", settings->client.port);
	settings->client.port = shell.port;
	signal(SIGCHLD, SIG_IGN); /* who lingers is buried by the system */
	do {
		if (shell.terminal)
			sigaction(SIGINT, &interrupt, NULL);
		if (!read_line(&shell, line)) {
			if (shell.terminal)
				putchar('\n');
			break;
		}
		run_line(&shell, line);
	} while (!shell.over);
	if (fflush(stdout) == EOF) {
		log_error("standard output:");
		return STATUS_FAILED;
	}
	return shell.status;
}
