/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Counting what a journal held, the same way for journal files and for export text. */
#include "input/journal.h"

void journal_stats_init(struct journal_stats *stats);

/* One more entry, of this time; US_TIME_NONE counts it without one. */
static inline void journal_stats_add(struct journal_stats *stats, us_time realtime)
{
	stats->entries++;
	if (realtime == US_TIME_NONE)
		return;
	if (stats->first == US_TIME_NONE || realtime < stats->first)
		stats->first = realtime;
	if (stats->last == US_TIME_NONE || realtime > stats->last)
		stats->last = realtime;
}

/* Keeps the host's name, unless there is one already, or this one is empty or too long.
 */
void journal_stats_set_hostname(struct journal_stats *stats, struct slice hostname);
