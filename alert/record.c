/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/record.h"

#include <assert.h>

const char *alert_stream_word(enum alert_stream stream)
{
	static const char *const words[ALERT_STREAM_COUNT] = {
		[ALERT_FINDINGS] = "finding",
		[ALERT_LOGINS] = "login",
		[ALERT_HEARTBEATS] = "heartbeat",
	};

	assert(stream < ALERT_STREAM_COUNT);
	return words[stream];
}

const char *alert_activity_word(enum alert_activity activity)
{
	switch (activity) {
	case ALERT_CREATE:
		return "create";
	case ALERT_UPDATE:
		return "update";
	case ALERT_CLOSE:
		return "close";
	}
	return "";
}

static bool is_door(enum path path)
{
	return path != PATH_NONE && path != PATH_DIRECT_SSH && path != PATH_LOCAL;
}

/* There is nothing left to do about such a login. */
static bool is_settled(enum verdict_kind verdict)
{
	return verdict == VERDICT_AUTHORIZED || verdict == VERDICT_NOT_JUDGED;
}

/* A settled login stays told as it is: which of the two it is, and how far proven,
 * changes nothing for the reader. */
static bool is_news(const struct verdict *verdict, const struct alert_told *told)
{
	if (verdict->verdict == VERDICT_PENDING)
		return false;
	if (is_settled(verdict->verdict))
		return !told->is_closed && !is_settled(told->verdict);
	return verdict->verdict != told->verdict || verdict->stage != told->stage;
}

bool alert_activity_of_login(const struct verdict *verdict, const struct alert_told *told,
			     enum alert_activity *ret_activity)
{
	bool is_told_door = told->is_told && !told->is_closed;

	if (!is_door(verdict->login->path)) {
		/* It was told as what it turned out not to be. */
		*ret_activity = ALERT_CLOSE;
		return is_told_door;
	}
	if (!told->is_told) {
		*ret_activity = ALERT_CREATE;
		return true;
	}
	*ret_activity = is_settled(verdict->verdict) ? ALERT_CLOSE : ALERT_UPDATE;
	return is_news(verdict, told);
}

bool alert_activity_of_finding(const struct verdict *verdict, bool has_finding,
			       const struct alert_told *told,
			       enum alert_activity *ret_activity)
{
	if (!has_finding) {
		*ret_activity = ALERT_CLOSE;
		return told->is_told && !told->is_closed;
	}
	*ret_activity = told->is_told ? ALERT_UPDATE : ALERT_CREATE;
	return !told->is_told || told->is_closed || verdict->verdict != told->verdict ||
	       verdict->stage != told->stage;
}
