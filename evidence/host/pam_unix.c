/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define SERVICE_BYTES 64
#define USER_BYTES 256

static bool is_user(struct slice user)
{
	return user.len && user.len <= USER_BYTES && grammar_all(user, BYTE_TEXT);
}

/* Takes "(uid=1000)" off the end; also "(uid=getpwnam error)", which is pam_unix's own
 * word. */
static bool take_uid_suffix(struct slice *text)
{
	struct slice inner = *text;
	ptrdiff_t bracket;
	uint64_t uid;

	if (!slice_take_suffix(&inner, SLICE(")")))
		return false;
	bracket = slice_find_last(inner, '(');
	if (bracket < 0)
		return false;
	inner = slice_skip(inner, (size_t)bracket);
	if (!slice_take_prefix(&inner, SLICE("(uid=")) ||
	    (!slice_number(inner, UINT32_MAX, &uid) &&
	     !slice_equal(inner, SLICE("getpwnam error"))))
		return false;
	*text = slice_first(*text, (size_t)bracket);
	return true;
}

/*
 * The words after "for user ". Names are written as they are, blanks and all, so every "
 * by " may be the border: exactly one of them must leave "name(uid=N)" behind it.
 */
static bool parse_opened(struct slice text, struct pam_session *session)
{
	size_t candidates = 0;
	size_t at = 0;
	ptrdiff_t step;

	if (!take_uid_suffix(&text))
		return false;
	while ((step = slice_find(slice_skip(text, at), SLICE(" by "))) >= 0) {
		at += (size_t)step;
		session->user = slice_first(text, at);
		session->by = slice_skip(text, at + 4);
		candidates++;
		at++;
	}
	take_uid_suffix(&session->user);
	return candidates == 1 && is_user(session->user) &&
	       grammar_all(session->by, BYTE_TEXT);
}

/*
 * linux-pam modules/pam_unix/pam_unix_sess.c; the first since 1.4.0, the second before:
 *
 * pam_unix(sshd:session): session opened for user amy(uid=1000) by amy(uid=0)
 * pam_unix(login:session): session opened for user amy by LOGIN(uid=0)
 * pam_unix(sshd:session): session closed for user amy
 */
static bool parse_session(struct slice message, struct event *event)
{
	struct pam_session *session = &event->pam_session;
	struct slice rest = message;

	if (!slice_take_prefix(&rest, SLICE("pam_unix(")) ||
	    !grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN,
			      SERVICE_BYTES, &session->service) ||
	    !slice_take_prefix(&rest, SLICE(":session): session ")))
		return false;
	if (slice_take_prefix(&rest, SLICE("opened for user "))) {
		event->kind = EVENT_SESSION_OPENED;
		return parse_opened(rest, session);
	}
	if (!slice_take_prefix(&rest, SLICE("closed for user ")) || !is_user(rest))
		return false;
	event->kind = EVENT_SESSION_CLOSED;
	session->user = rest;
	return true;
}

static bool service_is(const struct event *event, struct slice name)
{
	return slice_equal(event->pam_session.service, name);
}

bool pam_sshd_parse(const struct host_line *line, struct event *event)
{
	return parse_session(line->message, event) && service_is(event, SLICE("sshd"));
}

/* login(1) is in its getty's unit until pam_systemd moves it to the session's scope: of a
 * user who is not root, shadow's login says the tty nowhere else. */
static void take_tty(const struct journal_fields *fields, struct pam_session *session)
{
	struct slice unit = fields->unit;

	if (!slice_take_suffix(&unit, SLICE(".service")) ||
	    (!slice_take_prefix(&unit, SLICE("serial-getty@")) &&
	     !slice_take_prefix(&unit, SLICE("getty@"))))
		return;
	grammar_is_tty(unit, &session->tty);
}

bool pam_login_parse(const struct host_line *line, struct event *event)
{
	if (!parse_session(line->message, event) || !service_is(event, SLICE("login")))
		return false;
	if (line->journal)
		take_tty(line->journal, &event->pam_session);
	return true;
}

bool pam_other_parse(const struct host_line *line, struct event *event)
{
	return parse_session(line->message, event) && !service_is(event, SLICE("sshd")) &&
	       !service_is(event, SLICE("login"));
}
