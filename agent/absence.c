/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/absence.h"

void absence_init(struct absence *absence)
{
	*absence = (struct absence){ .since = US_TIME_NONE };
}

bool absence_goes_on(struct absence *absence, us_time now, bool was_followed,
		     us_span *ret_away)
{
	if (absence->since == US_TIME_NONE)
		absence->since = now;
	if (absence->was_told || !was_followed || now - absence->since < ABSENCE_MAX)
		return false;
	absence->was_told = true;
	*ret_away = now - absence->since;
	return true;
}

bool absence_end(struct absence *absence)
{
	bool was_told = absence->was_told;

	absence_init(absence);
	return was_told;
}

bool absence_is_settled(const struct absence *absence, bool was_followed)
{
	return absence->since != US_TIME_NONE && (absence->was_told || !was_followed);
}
