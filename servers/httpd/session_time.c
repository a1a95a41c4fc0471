/*
 * session_time: until when a session waits for its client. See session.h.
 */
#include "servers/httpd/session.h"

/* Of who sends content, or takes an answer: its pace, and its pauses. */
static int64_t
pace_deadline(const struct session *session)
{
	const struct host_limits *limits = &session->host->limits;
	int64_t idle = limits->idle_ms ? session->moved_ms + limits->idle_ms : 0, pace;

	if (limits->rate == 0)
		return idle;
	pace = session->began_ms + limits->patience_ms +
	       (int64_t)(session->moved / (uint64_t)limits->rate * 1000);
	return idle && idle < pace ? idle : pace;
}

int64_t
session_deadline(const struct session *session)
{
	const struct host_limits *limits = &session->host->limits;
	const struct exchange *exchange = session->exchange;

	switch (session->state) {
	case SESSION_IN_HEAD:
		if (session->answers > 0 &&
		    (exchange == NULL || !http_request_begun(&exchange->request)))
			return session->began_ms + limits->keep_ms;
		return session->began_ms + limits->patience_ms;
	case SESSION_IN_CONTENT:
	case SESSION_IN_ANSWER:
	case SESSION_IN_PARTS:
		return pace_deadline(session);
	case SESSION_AT_GATE:
	case SESSION_IN_RUN:
	case SESSION_AT_END:
	case SESSION_OVER:
		break;
	}
	return 0;
}
