/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/sight.h"

#include <inttypes.h>
#include <stdio.h>

#define NAME_BYTES (PLANE_PLACE_BYTES + 128)

void plane_place_of(const struct plane_kind *kind, const struct identity *own,
		    char place[PLANE_PLACE_BYTES])
{
	snprintf(place, PLANE_PLACE_BYTES, "%.*s/%.*s",
		 SLICE_ARG(slice_first(own->account, 96)),
		 SLICE_ARG(slice_first(kind->part(own), 94)));
}

static void value_name(const char *place, const struct plane_query *query,
		       char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "poll:%s:%s=%s", place, query->attribute,
		 query->value ? query->value : "");
}

void plane_sight_load(struct plane_sight *sight, struct store *store, const char *place,
		      const struct plane_query *query)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	struct slice text, first;
	uint64_t from, until;
	char name[NAME_BYTES];

	*sight = (struct plane_sight){ .from = US_TIME_NONE,
				       .until = US_TIME_NONE,
				       .asked_at = US_TIME_NONE };
	value_name(place, query, name);
	if (!store_get_value(store, name, &value))
		return;
	text = buf_slice(&value);
	if (!slice_take_until(&text, ' ', &first) ||
	    !slice_number(first, (uint64_t)US_TIME_MAX, &from) ||
	    !slice_number(text, (uint64_t)US_TIME_MAX, &until))
		return;
	sight->from = (us_time)from;
	sight->until = (us_time)until;
}

void plane_sight_extend(struct plane_sight *sight, us_time from, us_time until)
{
	bool is_apart = sight->until == US_TIME_NONE || from > sight->until;

	if (until < from || (!is_apart && until < sight->from))
		return;
	if (is_apart || from < sight->from)
		sight->from = from;
	if (is_apart || until > sight->until)
		sight->until = until;
}

void plane_sight_save(const struct plane_sight *sight, struct store *store,
		      const char *place, const struct plane_query *query)
{
	char name[NAME_BYTES], value[64];

	if (sight->until == US_TIME_NONE)
		return;
	value_name(place, query, name);
	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64, sight->from, sight->until);
	store_put_value(store, name, slice_text(value));
}

bool plane_class_proven(const struct plane_kind *kind, const struct plane_sight *sights,
			enum log_class log_class, us_time *ret_from, us_time *ret_until)
{
	us_time from = US_TIME_MIN, until = US_TIME_MAX;
	bool is_asked = false;

	for (size_t i = 0; i < kind->query_count; i++) {
		if (!(kind->queries[i].classes & LOG_CLASS_BIT(log_class)))
			continue;
		if (sights[i].until == US_TIME_NONE)
			return false;
		if (sights[i].from > from)
			from = sights[i].from;
		if (sights[i].until < until)
			until = sights[i].until;
		is_asked = true;
	}
	if (!is_asked || until < from)
		return false;
	*ret_from = from;
	*ret_until = until;
	return true;
}
