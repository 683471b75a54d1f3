/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define SESSION_BYTES 32
#define USER_BYTES 256

static bool take_session(struct slice *text, struct slice *ret_session)
{
	return grammar_take_run(text, BYTE_LETTER | BYTE_DIGIT, SESSION_BYTES,
				ret_session);
}

static bool is_user(struct slice user)
{
	return user.len && user.len <= USER_BYTES && grammar_all(user, BYTE_TEXT);
}

/* New session 5 of user amy. */
static bool parse_opened(struct slice rest, struct logind_session *session)
{
	if (!take_session(&rest, &session->session) ||
	    !slice_take_prefix(&rest, SLICE(" of user ")) ||
	    !slice_take_suffix(&rest, SLICE(".")))
		return false;
	session->user = rest;
	return is_user(rest);
}

/* New session '5' of user 'amy' with class 'user' and type 'tty'. */
static bool parse_opened_quoted(struct slice rest, struct logind_session *session)
{
	struct slice word;

	if (!slice_take_prefix(&rest, SLICE("'")) ||
	    !take_session(&rest, &session->session) ||
	    !slice_take_prefix(&rest, SLICE("' of user '")) ||
	    !slice_take_until_text(&rest, SLICE("' with class '"), &session->user) ||
	    !is_user(session->user))
		return false;
	return grammar_take_run(&rest, BYTE_LETTER | BYTE_NAME_SIGN, SESSION_BYTES,
				&word) &&
	       slice_take_prefix(&rest, SLICE("' and type '")) &&
	       grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
				SESSION_BYTES, &word) &&
	       slice_equal(rest, SLICE("'."));
}

/* Removed session 5. */
static bool parse_closed(struct slice message, struct logind_session *session)
{
	return slice_take_prefix(&message, SLICE("Removed session ")) &&
	       take_session(&message, &session->session) &&
	       slice_equal(message, SLICE("."));
}

/* logind's journal entries say the same in fields (sd-messages(3),
 * SD_MESSAGE_SESSION_START), and the leader besides. */
static void take_fields(const struct journal_fields *fields,
			struct logind_session *session)
{
	struct slice rest = fields->logind_session;
	struct slice id;

	if (take_session(&rest, &id) && rest.len == 0)
		session->session = id;
	if (is_user(fields->logind_user))
		session->user = fields->logind_user;
	session->leader_pid = fields->logind_leader;
}

bool logind_parse(const struct host_line *line, struct event *event)
{
	struct logind_session *session = &event->logind_session;
	struct slice rest = line->message;

	if (slice_take_prefix(&rest, SLICE("New session "))) {
		event->kind = EVENT_LOGIND_OPENED;
		if (!parse_opened(rest, session) && !parse_opened_quoted(rest, session))
			return false;
	} else {
		event->kind = EVENT_LOGIND_CLOSED;
		if (!parse_closed(line->message, session))
			return false;
	}
	if (line->journal)
		take_fields(line->journal, session);
	if (event->kind == EVENT_LOGIND_CLOSED)
		session->user = (struct slice){ NULL, 0 };
	return true;
}
