/*
 * shell: commands, one a line, from a person, a script, or -c.
 *
 *	ftp> open lab.example
 *	ftp> cd notes; mget *.txt
 *	ftp> quit
 *
 * A person goes on after a failure. A script does not: what follows may have been meant
 * for a directory that was not entered, and the exit status tells.
 */
#include "clients/ftp/shell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/sys.h"

/* Bytes of standard input, not yet lines. */
struct input {
	char bytes[WORDS_LINE_MAX];
	size_t start, end;
	bool over;
};

const struct shell_command *
shell_find(const char *word)
{
	const struct shell_command *found = NULL;

	for (const struct shell_command *c = shell_commands; c->name; c++) {
		if (strcmp(c->name, word) == 0)
			return c;
		if (strncmp(c->name, word, strlen(word)) != 0)
			continue;
		if (found) {
			log_error(
			    "%s: %s or %s? help tells them all", word, found->name, c->name);
			return NULL;
		}
		found = c;
	}
	if (found == NULL)
		log_error("%s: no such command; help tells them", word);
	return found;
}

/* One command, that was split. 0, or -1: said. */
static int
run_command(struct shell *shell)
{
	struct words *words = &shell->words;
	const struct shell_command *command = shell_find(words->text[0]);
	size_t count = words->count - 1;

	if (command == NULL)
		return -1;
	if (count < command->min || count > command->max) {
		log_error("usage: %s %s", command->name, command->usage);
		return -1;
	}
	if (command->server && session_ready(shell->session) == -1)
		return -1;
	return command->run(&(struct call){ .shell = shell,
	    .session = shell->session,
	    .words = words->text + 1,
	    .count = count,
	    .verb = command->verb });
}

/* Up to the line's end it is another shell's: `;' and quotes are not ours. */
static const char *
take_shells_line(struct shell *shell, const char **line)
{
	size_t len = strcspn(shell->rest, "\n");

	if (len > WORDS_LINE_MAX)
		return "the line is too long";
	memcpy(shell->words.room, shell->rest, len);
	shell->words.room[len] = '\0';
	*line = shell->rest + len;
	shell->rest = shell->words.room;
	shell->words.text[0] = shell->words.room + len + 1; /* "!" */
	memcpy(shell->words.text[0], "!", 2);
	shell->words.text[1] = NULL;
	shell->words.count = 1;
	return NULL;
}

/* All commands of a line, or of a text. 0, or -1: one has failed. */
static int
run_line(struct shell *shell, const char *line)
{
	int result = 0;

	while (*line && !shell->over) {
		const char *wrong;

		shell->rest = line + strspn(line, " \t\r");
		wrong = *shell->rest == '!' ? take_shells_line(shell, &line) :
					      words_split(&shell->words, line, &line);
		if (wrong)
			log_error("%s", wrong);
		if (wrong == NULL && shell->words.count == 0)
			continue;
		if (wrong == NULL && run_command(shell) == 0 && !ftp_stop)
			continue;
		session_worsen(shell->session, STATUS_FAILED);
		result = -1;
		if (wrong || !shell->terminal || ftp_stop)
			break;
	}
	return result;
}

/* More bytes. False: there are none, or ^C. */
static bool
read_more(struct input *input)
{
	struct pollfd wait = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;

	memmove(input->bytes, input->bytes + input->start, input->end - input->start);
	input->end -= input->start;
	input->start = 0;
	do {
		if (sys_ppoll(&wait, 1, -1, signals_while_waiting()) == -1 && ftp_stop)
			return false;
		n = read(
		    STDIN_FILENO, input->bytes + input->end, sizeof input->bytes - input->end);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN) && !ftp_stop);
	if (n <= 0) {
		input->over = !ftp_stop;
		return false;
	}
	input->end += (size_t)n;
	return true;
}

/* A line without its end, as a string. False: there is none, input->over or ^C. */
static bool
read_line(struct input *input, char line[WORDS_LINE_MAX + 1])
{
	const char *end;
	size_t len;

	for (;;) {
		end = input->end > input->start ?
			  memchr(input->bytes + input->start, '\n', input->end - input->start) :
			  NULL;
		if (end || (input->over && input->end > input->start))
			break;
		if (input->end - input->start == sizeof input->bytes) {
			log_error("a line that is too long");
			input->over = true;
			return false;
		}
		if (input->over || (!read_more(input) && !input->over))
			return false;
	}
	len = end ? (size_t)(end - (input->bytes + input->start)) : input->end - input->start;
	memcpy(line, input->bytes + input->start, len);
	line[len] = '\0';
	input->start += len + (end != NULL);
	return true;
}

static int
run_input(struct shell *shell)
{
	struct input input = { .start = 0 };
	char line[WORDS_LINE_MAX + 1];

	while (!shell->over) {
		ftp_stop = 0;
		if (shell->terminal) {
			fputs("ftp> ", stdout);
			fflush(stdout);
		}
		if (!read_line(&input, line)) {
			if (shell->terminal)
				putchar('\n'); /* ^C is for the line, not for us */
			if (shell->terminal && ftp_stop == SIGINT)
				continue;
			return ftp_stop ? -1 : 0;
		}
		if (run_line(shell, line) == -1 && (!shell->terminal || ftp_stop > SIGINT))
			return -1;
		fflush(stdout);
	}
	return 0;
}

int
shell_run(struct session *session, const char *commands)
{
	struct shell shell = { .session = session };
	int result;

	if (commands) {
		result = run_line(&shell, commands);
	} else {
		shell.terminal = isatty(STDIN_FILENO);
		result = run_input(&shell);
	}
	session_quit(session);
	if (fflush(stdout) == EOF) {
		log_error("standard output:");
		session_worsen(session, STATUS_FAILED);
	}
	if (result == -1)
		session_worsen(session, STATUS_FAILED);
	return session->status;
}
