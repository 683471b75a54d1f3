/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/record.h"

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

bool alert_activity_of(const struct verdict *verdict, const struct alert_told *told,
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
