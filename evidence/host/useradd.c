/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/grammar.h"
#include "evidence/host/writer.h"

#define USER_BYTES 256

/* new user: name=ssm-user, UID=1001, GID=1001, home=/home/ssm-user, shell=/bin/bash,
 * from=none
 *
 * shadow src/useradd.c; older ones end after the shell. Only name and number are read. */
bool useradd_parse(const struct host_line *line, struct event *event)
{
	struct slice rest = line->message;
	struct slice user;
	uint64_t uid;

	if (!slice_take_prefix(&rest, SLICE("new user: name=")) ||
	    !slice_take_until_text(&rest, SLICE(", UID="), &user) ||
	    !slice_take_number(&rest, UINT32_MAX, &uid) ||
	    !slice_take_prefix(&rest, SLICE(", GID=")))
		return false;
	if (user.len == 0 || user.len > USER_BYTES || !grammar_all(user, BYTE_TEXT))
		return false;
	event->kind = EVENT_ACCOUNT_CREATED;
	event->account_created.user = user;
	event->account_created.uid = (uint32_t)uid;
	return true;
}
