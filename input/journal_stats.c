/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_stats.h"

void journal_stats_init(struct journal_stats *stats)
{
	*stats = (struct journal_stats){ .first = US_TIME_NONE, .last = US_TIME_NONE };
}

void journal_stats_set_hostname(struct journal_stats *stats, struct slice hostname)
{
	if (stats->has_hostname || hostname.len == 0 ||
	    hostname.len >= sizeof(stats->hostname) ||
	    memchr(hostname.ptr, '\0', hostname.len))
		return;
	memcpy(stats->hostname, hostname.ptr, hostname.len);
	stats->hostname[hostname.len] = '\0';
	stats->has_hostname = true;
}
