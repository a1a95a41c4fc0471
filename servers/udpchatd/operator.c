/*
 * operator: the person at the server's own terminal, who sees who is here, answers by hand
 * and keeps order. Lines on standard input; answers and the words of members on standard
 * output. The end of input means that nobody is there, and not the end of the server.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/trace.h"
#include "servers/udpchatd/chatd.h"

enum {
	/* A pipe that poll calls writable takes as many without waiting: PIPE_BUF. */
	PRINT_MAX = 4096,
};

/*
 * One line to standard output, what could harm a terminal escaped. False when nobody reads
 * there: a server must not wait for a reader.
 */
static bool
print_line(const char *text, size_t len)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	char line[PRINT_MAX];
	size_t used = log_escape(line, sizeof line - 1, text, len);

	line[used++] = '\n';
	return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) &&
	       write(STDOUT_FILENO, line, used) == (ssize_t)used;
}

bool
operator_tell(const struct chatd *chatd, struct chat_span from, struct chat_span text)
{
	char line[CHAT_NAME_MAX + 2 + CHAT_TEXT_MAX + 1];
	int len = snprintf(line, sizeof line, "%.*s: %.*s", (int)from.len,
	    (const char *)from.bytes, (int)text.len, (const char *)text.bytes);

	return chatd->operator.present && print_line(line, (size_t)len);
}

void
operator_report(const struct post *post)
{
	if (post->missed == 0)
		log_notice("delivered to %u", post->taken);
	else
		log_notice("delivered to %u, not taken by %u", post->taken, post->missed);
}

/* ---- commands ---- */

static void
list_members(const struct chatd *chatd)
{
	char line[2 * CHAT_NAME_MAX + NET_TEXT_MAX + 16], where[NET_TEXT_MAX];

	for (int i = 0; i < chatd->options.serve.max; i++) {
		const struct member *m = chatd->members[i];

		if (m == NULL)
			continue;
		snprintf(line, sizeof line, "  %.*s%s%.*s %s", (int)m->name.len,
		    (const char *)m->name.bytes, m->room.len ? " #" : "", (int)m->room.len,
		    (const char *)m->room.bytes, net_format(&m->path.peer, where));
		(void)print_line(line, strlen(line));
	}
	snprintf(line, sizeof line, "%d here", chatd->count);
	(void)print_line(line, strlen(line));
}

/* The operator's words to one member, or (NULL) to all. */
static void
speak(struct chatd *chatd, struct member *receiver, const char *words)
{
	const struct chat_record text = {
		.kind = CHAT_TEXT,
		.name = chat_span_of(CHAT_OPERATOR),
		.text = chat_span_of(words),
	};
	struct post *post;

	if (!chat_is_text(text.text)) {
		log_notice(
		    "a text has 1 to %d bytes of UTF-8: nothing was sent", CHAT_TEXT_MAX);
		return;
	}
	post = post_new(&text);
	if (post == NULL)
		return;
	post->of_operator = true;
	for (int i = 0; i < chatd->options.serve.max; i++)
		if (chatd->members[i] && (receiver == NULL || chatd->members[i] == receiver))
			(void)post_give(chatd, post, chatd->members[i]);
	post_close(chatd, post);
}

/* The first word, ended by a NUL, and the rest behind it without blanks. */
static char *
cut_word(char *line)
{
	char *rest = line + strcspn(line, " ");

	if (*rest != '\0')
		*rest++ = '\0';
	return rest + strspn(rest, " ");
}

static struct member *
find_member(const struct chatd *chatd, const char *name)
{
	struct member *member = member_named(chatd, chat_span_of(name));

	if (member == NULL)
		log_notice("nobody here is called \"%s\"", name);
	return member;
}

static void
obey(struct chatd *chatd, struct udp_server *server, char *line)
{
	char *rest = cut_word(line), *words;
	struct member *member;

	if (strcmp(line, "who") == 0) {
		list_members(chatd);
	} else if (strcmp(line, "say") == 0) {
		words = cut_word(rest);
		if ((member = find_member(chatd, rest)) != NULL)
			speak(chatd, member, words);
	} else if (strcmp(line, "all") == 0) {
		speak(chatd, NULL, rest);
	} else if (strcmp(line, "kick") == 0) {
		if ((member = find_member(chatd, rest)) != NULL)
			member_drop(chatd, member, CHAT_KICKED);
	} else if (strcmp(line, "quit") == 0) {
		udp_stop(server, STATUS_DONE);
	} else if (*line != '\0') {
		log_notice("commands: who, say NAME TEXT, all TEXT, kick NAME, quit");
	}
}

/* ---- input ---- */

/* One more byte of the line; at its end it is obeyed. */
static void
take_byte(struct chatd *chatd, struct udp_server *server, char c)
{
	struct operator_line *line = &chatd->operator;

	if (c != '\n') {
		if (line->len + 1 < sizeof line->text)
			line->text[line->len++] = c;
		else
			line->too_long = true;
		return;
	}
	line->text[line->len] = '\0';
	if (line->too_long || memchr(line->text, '\0', line->len))
		log_notice("a line that is too long, or not text: nothing was done");
	else
		obey(chatd, server, line->text);
	line->len = 0;
	line->too_long = false;
}

bool
operator_input(struct udp_server *server, void *arg)
{
	struct chatd *chatd = arg;
	char bytes[512];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return true;
	for (ssize_t i = 0; i < n; i++)
		take_byte(chatd, server, bytes[i]);
	chatd->operator.present = n> 0;
	return n > 0;
}
