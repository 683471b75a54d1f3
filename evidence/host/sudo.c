/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define USER_BYTES 256

/* Takes "KEY=value ; " off the front when it is there. */
static bool take_field(struct slice *text, struct slice key, struct slice *ret_value)
{
	struct slice rest = *text;

	if (!slice_take_prefix(&rest, key) ||
	    !slice_take_until_text(&rest, SLICE(" ; "), ret_value))
		return false;
	*text = rest;
	return true;
}

/* The user that the command runs as. The working directory stands before it and the
 * command after, both chosen by the caller: only the one " ; USER=" that is there can be
 * believed. */
static struct slice target_user(struct slice text)
{
	struct slice before, user;

	if (!slice_take_prefix(&text, SLICE("USER=")) &&
	    !slice_take_until_text(&text, SLICE(" ; USER="), &before))
		return (struct slice){ NULL, 0 };
	if (slice_find(text, SLICE(" ; USER=")) >= 0 ||
	    !slice_take_until_text(&text, SLICE(" ; "), &user) ||
	    !grammar_all(user, BYTE_TEXT))
		return (struct slice){ NULL, 0 };
	return slice_first(user, USER_BYTES);
}

/*
 *      amy : TTY=pts/0 ; PWD=/home/amy ; USER=root ; COMMAND=/usr/bin/id
 *
 * sudo lib/eventlog/eventlog.c new_logline(): user and a reason where it was refused,
 * then HOST, TTY, CHROOT, PWD, USER, GROUP, TSID, ENV, COMMAND, each only where it is
 * known. Refused ones ("amy : command not allowed ; TTY=...") ran nothing and are no
 * evidence.
 */
bool sudo_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = slice_trim(line->message);
	struct sudo_use *sudo = &event->sudo;
	struct slice word;

	if (!slice_take_until_text(&rest, SLICE(" : "), &sudo->user) ||
	    sudo->user.len == 0 || sudo->user.len > USER_BYTES ||
	    !grammar_all(sudo->user, BYTE_TEXT))
		return false;
	take_field(&rest, SLICE("HOST="), &word);
	if (take_field(&rest, SLICE("TTY="), &word) &&
	    !slice_equal(word, SLICE("unknown")) && !grammar_is_tty(word, &sudo->tty))
		return false;
	take_field(&rest, SLICE("CHROOT="), &word);
	if (!slice_starts_with(rest, SLICE("PWD=")) &&
	    !slice_starts_with(rest, SLICE("USER=")))
		return false;
	if (slice_find(rest, SLICE("COMMAND=")) < 0)
		return false;
	sudo->target_user = target_user(rest);
	event->kind = EVENT_SUDO;
	return true;
}
