/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/trail_query.h"

#include <inttypes.h>
#include <stdio.h>

#define SSM LOG_CLASS_BIT(LOG_CLASS_SSM)

/* By source, Systems Manager drowns in UpdateInstanceInformation: by name, then. */
const struct trail_query trail_queries[] = {
	[TRAIL_CANARY] = { "Username", NULL, 0 },
	{ "EventSource", "ec2-instance-connect.amazonaws.com",
	  LOG_CLASS_BIT(LOG_CLASS_INSTANCE_CONNECT) },
	{ "EventName", "StartSession", SSM },
	{ "EventName", "ResumeSession", SSM },
	{ "EventName", "SendCommand", SSM },
	{ "EventName", "StartAutomationExecution", SSM },
	{ "EventName", "CreateAssociation", SSM },
	{ "EventName", "CreateAssociationBatch", SSM },
	{ "EventName", "UpdateAssociation", SSM },
	{ "EventName", "StartAssociationsOnce", SSM },
	{ "EventName", "ExecuteCommand", LOG_CLASS_BIT(LOG_CLASS_ECS) },
};
const size_t trail_query_count = sizeof(trail_queries) / sizeof(trail_queries[0]);
_Static_assert(sizeof(trail_queries) / sizeof(trail_queries[0]) <= TRAIL_QUERIES_MAX,
	       "there is room for what is known of each");

#define NAME_BYTES (TRAIL_PLACE_BYTES + 128)

static void value_name(const char *place, size_t query, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "poll:%s:%s=%s", place, trail_queries[query].attribute,
		 trail_queries[query].value ? trail_queries[query].value : "");
}

void trail_sight_load(struct trail_sight *sight, struct store *store, const char *place,
		      size_t query)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	struct slice text, first;
	uint64_t from, until;
	char name[NAME_BYTES];

	*sight = (struct trail_sight){ .from = US_TIME_NONE,
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

void trail_sight_extend(struct trail_sight *sight, us_time from, us_time until)
{
	if (until < from)
		return;
	if (sight->until == US_TIME_NONE || from > sight->until)
		sight->from = from;
	if (sight->until == US_TIME_NONE || until > sight->until)
		sight->until = until;
}

void trail_sight_save(const struct trail_sight *sight, struct store *store,
		      const char *place, size_t query)
{
	char name[NAME_BYTES], value[64];

	if (sight->until == US_TIME_NONE)
		return;
	value_name(place, query, name);
	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64, sight->from, sight->until);
	store_put_value(store, name, slice_text(value));
}

bool trail_class_proven(const struct trail_sight *sights, enum log_class log_class,
			us_time *ret_from, us_time *ret_until)
{
	us_time from = US_TIME_MIN, until = US_TIME_MAX;

	for (size_t i = TRAIL_CANARY + 1; i < trail_query_count; i++) {
		if (!(trail_queries[i].classes & LOG_CLASS_BIT(log_class)))
			continue;
		if (sights[i].until == US_TIME_NONE)
			return false;
		if (sights[i].from > from)
			from = sights[i].from;
		if (sights[i].until < until)
			until = sights[i].until;
	}
	if (until < from)
		return false;
	*ret_from = from;
	*ret_until = until;
	return true;
}
