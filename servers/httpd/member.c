/*
 * member: one of many clients of a process, and what goes to it. See member.h.
 */
#include "servers/httpd/member.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sys.h"

#ifndef MSG_MORE
#define MSG_MORE 0
#endif

enum {
	SPAN_MAX = 1 << 20, /* of a file in one turn: then the others get theirs */
	COPY_MAX = 64 * 1024,
};

/* ---- what is lent and kept ---- */

bool
member_lend(struct many *many, struct member *member)
{
	struct exchange *exchange;

	if (!session_needs_exchange(&member->session))
		return true;
	exchange = many->spares > 0 ? many->spare[--many->spares] : malloc(sizeof *exchange);
	if (exchange)
		session_lend(&member->session, exchange);
	return exchange != NULL;
}

void
many_give_back(struct many *many, struct exchange *exchange)
{
	if (many->spares < MANY_SPARE)
		many->spare[many->spares++] = exchange;
	else
		free(exchange);
}

void
member_fetch_kept(struct many *many, struct member *member, struct session_input *input)
{
	*input = (struct session_input){ .bytes = many->bytes, .end = member->kept_len };
	if (member->kept_len > 0)
		memcpy(many->bytes, member->kept, member->kept_len);
}

bool
member_keep(struct member *member, const struct session_input *input)
{
	size_t len = input->end - input->start;

	if (len != member->kept_len) {
		free(member->kept);
		member->kept = len > 0 ? malloc(len) : NULL;
		member->kept_len = member->kept ? len : 0;
	}
	if (len > 0 && member->kept)
		memcpy(member->kept, input->bytes + input->start, len);
	return len == member->kept_len;
}

void
member_free(struct member *member)
{
	free(member->kept);
	free(member->pending);
	member->kept = NULL;
	member->pending = NULL;
}

/* ---- sending ---- */

/* After a failed call: it would wait, or the client is lost. */
static enum push
heed_error(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? PUSH_BLOCKED :
									   PUSH_LOST;
}

static void
note(struct member *member, size_t n)
{
	crowd_touch(&member->crowd, 0, n);
	session_moved(&member->session, n);
}

static size_t
advance(struct http_span *span, size_t n)
{
	size_t used = n < span->len ? n : span->len;

	span->at += used;
	span->len -= used;
	return n - used;
}

static enum push
push_bytes(struct member *member, struct session_output *left)
{
	struct iovec pieces[] = {
		{ (char *)left->head.at, left->head.len },
		{ (char *)left->content.at, left->content.len },
	};
	struct msghdr message = { .msg_iov = pieces };
	bool more = left->length > 0 || left->more;
	ssize_t n;

	if (left->head.len + left->content.len == 0)
		return PUSH_DONE;
	message.msg_iovlen = left->content.len > 0 ? 2 : 1;
	n = sendmsg(
	    member->crowd.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	if (n == -1)
		return heed_error();
	note(member, (size_t)n);
	advance(&left->content, advance(&left->head, (size_t)n));
	return left->head.len + left->content.len == 0 ? PUSH_DONE : PUSH_BLOCKED;
}

/* The plain way to send a file. */
static ssize_t
copy_span(struct member *member, const struct session_output *left)
{
	char bytes[COPY_MAX];
	size_t want = left->length < sizeof bytes ? (size_t)left->length : sizeof bytes;
	ssize_t n = pread(left->fd, bytes, want, (off_t)left->offset);

	return n <= 0 ? n :
			send(member->crowd.fd, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static enum push
push_span(struct member *member, struct session_output *left)
{
	off_t offset = (off_t)left->offset;
	size_t want = left->length < SPAN_MAX ? (size_t)left->length : SPAN_MAX;
	ssize_t n;

	if (left->length == 0)
		return PUSH_DONE;
	if (!member->unblocked) {
		if (sys_set_nonblocking(member->crowd.fd, true) == -1)
			return PUSH_LOST;
		member->unblocked = true;
	}
	n = sys_sendfile(member->crowd.fd, left->fd, &offset, want);
	if (n == -1 && (errno == EINVAL || errno == ENOSYS))
		n = copy_span(member, left);
	if (n == -1)
		return heed_error();
	if (n == 0) { /* the file is shorter by now: nothing true can follow */
		errno = EIO;
		return PUSH_LOST;
	}
	note(member, (size_t)n);
	left->offset += (uint64_t)n;
	left->length -= (uint64_t)n;
	return left->length == 0 ? PUSH_DONE : PUSH_BLOCKED;
}

static enum push
push(struct member *member, struct session_output *left)
{
	enum push result = push_bytes(member, left);

	return result == PUSH_DONE ? push_span(member, left) : result;
}

/* All has gone. Answers that follow at once shall not wait for an acknowledgement. */
static enum push
tell(struct member *member, const struct session_output *whole)
{
	int on = 1;

	session_sent(&member->session, whole);
	if (member->session.keep && !member->hurried) {
		(void)setsockopt(member->crowd.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		member->hurried = true;
	}
	return PUSH_DONE;
}

/* Copy what lies in shared room; the rest stays where it is until the answer is over. */
static bool
make_pending(struct many *many, struct member *member, const struct session_output *whole,
    const struct session_output *left)
{
	bool shared = left->content.at >= many->room.bytes &&
		      left->content.at < many->room.bytes + sizeof many->room.bytes;
	size_t head = left->head.len, content = shared ? left->content.len : 0;
	struct pending *pending = malloc(sizeof *pending + head + content);

	if (pending == NULL)
		return false;
	pending->whole = *whole;
	pending->left = *left;
	if (head > 0)
		memcpy(pending->bytes, left->head.at, head);
	pending->left.head.at = pending->bytes;
	if (content > 0) {
		memcpy(pending->bytes + head, left->content.at, content);
		pending->left.content.at = pending->bytes + head;
	}
	member->pending = pending;
	return true;
}

enum push
member_push(struct many *many, struct member *member, const struct session_output *output)
{
	struct session_output left = *output;
	enum push result = push(member, &left);

	if (result == PUSH_DONE)
		return tell(member, output);
	if (result == PUSH_BLOCKED && !make_pending(many, member, output, &left))
		return PUSH_LOST;
	return result;
}

enum push
member_push_pending(struct member *member)
{
	struct pending *pending = member->pending;
	enum push result = push(member, &pending->left);

	if (result != PUSH_DONE)
		return result;
	tell(member, &pending->whole);
	member->pending = NULL;
	free(pending);
	return PUSH_DONE;
}
