/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_sources.h"

#include <stdlib.h>

#include "base/memory.h"

void journal_sources_add(struct journal_sources *sources, struct journal_source *source)
{
	sources->items = memory_resize(sources->items, sources->count + 1,
				       sizeof(struct journal_source *));
	sources->items[sources->count++] = source;
}

struct journal_source *journal_sources_find(const struct journal_sources *sources,
					    sd_id128_t file_id)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sd_id128_equal(sources->items[i]->head.file_id, file_id))
			return sources->items[i];
	return NULL;
}

/* Files of one chain are read one after the other. */
static bool is_behind(const struct journal_sources *sources,
		      const struct journal_source *source)
{
	for (size_t i = 0; i < sources->count; i++) {
		const struct journal_source *other = sources->items[i];

		if (other != source && other->chain == source->chain &&
		    other->head.first_seqnum < source->head.first_seqnum &&
		    journal_source_has_more(other))
			return true;
	}
	return false;
}

struct journal_source *journal_sources_next(const struct journal_sources *sources,
					    us_time *ret_until)
{
	struct journal_source *first = NULL;

	*ret_until = US_TIME_MAX;
	for (size_t i = 0; i < sources->count; i++) {
		struct journal_source *source = sources->items[i];
		us_time at;

		if (!journal_source_has_more(source) || is_behind(sources, source))
			continue;
		at = journal_source_next_at(source);
		if (first && at >= journal_source_next_at(first)) {
			*ret_until = at < *ret_until ? at : *ret_until;
			continue;
		}
		if (first)
			*ret_until = journal_source_next_at(first);
		first = source;
	}
	return first;
}

void journal_sources_release(struct journal_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		journal_source_free(sources->items[i]);
	free(sources->items);
	*sources = (struct journal_sources){ 0 };
}
