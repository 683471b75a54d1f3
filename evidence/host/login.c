/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define USER_BYTES 256

static bool is_user(struct slice user)
{
	return user.len && user.len <= USER_BYTES && grammar_all(user, BYTE_TEXT);
}

/* "ttyS0", and what follows the blank after it if anything does. */
static bool take_tty(struct slice *text, struct slice *ret_tty)
{
	struct slice word;

	if (!slice_take_until(text, ' ', &word)) {
		word = *text;
		*text = slice_skip(*text, text->len);
	}
	return grammar_is_tty(word, ret_tty);
}

/* "FROM host": said of logins over the network; the host is the client's own word. */
static bool is_from_host(struct slice text)
{
	return slice_take_prefix(&text, SLICE("FROM ")) && text.len &&
	       grammar_all(text, BYTE_GRAPHIC);
}

/*
 * util-linux login-utils/login.c log_syslog(). A login on a serial line writes the first
 * two:
 *
 * DIALUP AT ttyS0 BY amy
 * LOGIN ON ttyS0 BY amy
 * LOGIN ON pts/3 BY amy FROM host.example
 */
static bool parse_util_linux(struct slice message, struct console_login *login)
{
	struct slice rest = message;
	struct slice user, host;

	if (!slice_take_prefix(&rest, SLICE("DIALUP AT ")) &&
	    !slice_take_prefix(&rest, SLICE("LOGIN ON ")))
		return false;
	if (!take_tty(&rest, &login->tty) || !slice_take_prefix(&rest, SLICE("BY ")))
		return false;
	host = rest;
	if (slice_take_until_text(&host, SLICE(" FROM "), &user)) {
		if (host.len == 0 || !grammar_all(host, BYTE_GRAPHIC))
			return false;
		rest = user;
	}
	login->user = rest;
	return is_user(rest);
}

/* ROOT LOGIN ON ttyS0
 * ROOT LOGIN ON tty1 FROM host.example */
static bool parse_util_linux_root(struct slice message, struct console_login *login)
{
	struct slice rest = message;

	if (!slice_take_prefix(&rest, SLICE("ROOT LOGIN ON ")) ||
	    !take_tty(&rest, &login->tty) || (rest.len && !is_from_host(rest)))
		return false;
	login->user = SLICE("root");
	return true;
}

/* What shadow's login writes after its verb: "'/dev/ttyS0'" or "'/dev/pts/3' from
 * 'host'". */
static bool parse_shadow_place(struct slice text, struct console_login *login)
{
	struct slice tty;

	if (!slice_take_prefix(&text, SLICE("'")) ||
	    !slice_take_until(&text, '\'', &tty) || !grammar_is_tty(tty, &login->tty))
		return false;
	if (text.len == 0)
		return true;
	return slice_take_prefix(&text, SLICE(" from '")) &&
	       slice_take_suffix(&text, SLICE("'")) && text.len &&
	       grammar_all(text, BYTE_GRAPHIC);
}

/*
 * shadow src/login.c; the two blanks are its own. The second only with LOG_OK_LOGINS:
 *
 * ROOT LOGIN  on '/dev/ttyS0'
 * 'amy' logged in  on '/dev/ttyS0'
 */
static bool parse_shadow(struct slice message, struct console_login *login)
{
	struct slice rest = message;
	struct slice place;

	if (slice_take_prefix(&rest, SLICE("ROOT LOGIN  on "))) {
		login->user = SLICE("root");
		return parse_shadow_place(rest, login);
	}
	if (!slice_take_prefix(&rest, SLICE("'")) ||
	    !slice_take_until_text(&rest, SLICE("' logged in  on "), &login->user))
		return false;
	place = rest;
	return slice_find(rest, SLICE("' logged in  on ")) < 0 && is_user(login->user) &&
	       parse_shadow_place(place, login);
}

bool login_parse(const struct host_line *line, struct event *event)
{
	struct console_login *login = &event->console_login;

	event->kind = EVENT_CONSOLE_LOGIN;
	return parse_util_linux(line->message, login) ||
	       parse_util_linux_root(line->message, login);
}

bool login_child_parse(const struct host_line *line, struct event *event)
{
	event->kind = EVENT_CONSOLE_LOGIN;
	return parse_shadow(line->message, &event->console_login);
}
