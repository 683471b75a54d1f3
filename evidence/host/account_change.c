/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

/* Of a password: the group stays empty. */
static bool parse_password(struct slice text, struct slice before, struct slice after,
			   struct event *event)
{
	event->kind = EVENT_ACCOUNT_CHANGED;
	return grammar_is_name_between(text, before, after, &event->account_changed.user);
}

/* Splits at the first `between` and reads "<before>user" and "group<after>". */
static bool parse_member(struct slice text, struct slice before, struct slice between,
			 struct slice after, struct event *event)
{
	struct account_changed *changed = &event->account_changed;
	const struct slice nothing = SLICE("");
	struct slice front;

	event->kind = EVENT_ACCOUNT_CHANGED;
	return slice_take_until_text(&text, between, &front) &&
	       grammar_is_name_between(front, before, nothing, &changed->user) &&
	       grammar_is_name_between(text, nothing, after, &changed->group);
}

/*
 * add 'amy' to group 'google-sudoers'
 * change user 'amy' password
 * unlock user 'amy' password
 *
 * shadow src/usermod.c. The same is said once more of the "shadow group".
 */
bool usermod_parse(const struct host_line *line, struct event *event)
{
	return parse_member(line->message, SLICE("add '"), SLICE("' to group '"),
			    SLICE("'"), event) ||
	       parse_password(line->message, SLICE("change user '"), SLICE("' password"),
			      event) ||
	       parse_password(line->message, SLICE("unlock user '"), SLICE("' password"),
			      event);
}

/* user amy added by root to group google-sudoers
 *
 * shadow src/gpasswd.c. Who added is whoever called it, root or a group's administrator.
 */
bool gpasswd_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;
	struct slice front, by;

	if (!slice_take_until_text(&rest, SLICE(" added by "), &front) ||
	    !slice_take_until_text(&rest, SLICE(" to group "), &by))
		return false;
	slice_take_suffix(&rest, SLICE(" in /etc/group"));
	slice_take_suffix(&rest, SLICE(" in /etc/gshadow"));
	event->kind = EVENT_ACCOUNT_CHANGED;
	return grammar_all(by, BYTE_GRAPHIC) &&
	       grammar_is_name_between(front, SLICE("user "), SLICE(""),
				       &event->account_changed.user) &&
	       grammar_is_name_between(rest, SLICE(""), SLICE(""),
				       &event->account_changed.group);
}

/* pam_unix(passwd:chauthtok): password changed for amy
 * pam_unix(chpasswd:chauthtok): password changed for amy
 *
 * linux-pam modules/pam_unix/pam_unix_passwd.c. */
bool passwd_parse(const struct host_line *line, struct event *event)
{
	return parse_password(line->message,
			      SLICE("pam_unix(passwd:chauthtok): password changed for "),
			      SLICE(""), event) ||
	       parse_password(
		       line->message,
		       SLICE("pam_unix(chpasswd:chauthtok): password changed for "),
		       SLICE(""), event);
}
