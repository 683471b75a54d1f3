/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/record.h"

#include "evidence/cloud/action.h"
#include "evidence/cloud/cloudtrail.h"

static struct api_record_seen seen_of(struct slice bytes, const struct record_head *head,
				      const struct record_place *place)
{
	return (struct api_record_seen){
		.bytes = bytes,
		.position = place->position,
		.line = place->line,
		.id = head->id,
		.happened_at = head->happened_at,
	};
}

/* Counts a record whose head is known. Fails when it has no time. */
static int count(struct record_sink *sink, const struct record_head *head,
		 const struct api_record_seen *seen, struct err *err)
{
	struct extent_record record = {
		.account = head->account,
		.region = head->region,
		.source = slice_trim(head->source),
		.happened_at = head->happened_at,
	};

	if (sink->ops.record_seen)
		sink->ops.record_seen(sink->ops.ctx, seen);
	if (head->happened_at == US_TIME_NONE)
		return err_set(err, ERR_FORMAT, "a record without a valid eventTime");
	return extents_add(sink->extents, &record, err);
}

static int parse(struct slice bytes, json_t **ret_json, struct err *err)
{
	return json_read(bytes, ret_json, err) < 0 ? err_add(err, "in the record") : 0;
}

/* Makes and hands out the event of a parsed record that matters. */
static int emit(struct record_sink *sink, const json_t *json,
		const struct record_head *head, enum api_action action,
		const struct api_record_seen *seen, struct err *err)
{
	struct event event;

	if (cloudtrail_event(json, head, action, &sink->room, &event, err) < 0)
		return -1;
	if (sink->ops.record_matters)
		event.evidence = sink->ops.record_matters(sink->ops.ctx, seen);
	emitter_emit(&sink->emitter, &event);
	return 0;
}

static bool is_record(const json_t *json)
{
	return json_object_get(json, "eventName") ||
	       json_object_get(json, "eventSource") || json_object_get(json, "eventTime");
}

/* A record of which too little is plain to be seen. */
static int read_in_full(struct record_sink *sink, struct slice bytes,
			const struct fields *fields, const struct record_place *place,
			bool *ret_is_record, struct err *err)
{
	AUTO_JSON json_t *json = NULL;
	struct record_head head;
	struct api_record_seen seen;
	enum api_action action;

	*ret_is_record = fields->seen & FIELDS_OF_A_RECORD;
	if (parse(bytes, &json, err) < 0)
		return -1;
	*ret_is_record = is_record(json);
	if (!*ret_is_record)
		return 0;
	if (cloudtrail_head(json, &head, err) < 0)
		return -1;

	seen = seen_of(bytes, &head, place);
	if (count(sink, &head, &seen, err) < 0)
		return -1;
	action = action_find(head.source, head.name);
	return action == API_OTHER ? 0 : emit(sink, json, &head, action, &seen, err);
}

/* A record that the scan has told apart, and that matters. */
static int read_action(struct record_sink *sink, enum api_action action,
		       const struct api_record_seen *seen, struct err *err)
{
	AUTO_JSON json_t *json = NULL;
	struct record_head head;

	if (parse(seen->bytes, &json, err) < 0 || cloudtrail_head(json, &head, err) < 0)
		return -1;
	return emit(sink, json, &head, action, seen, err);
}

int record_read(struct record_sink *sink, struct slice bytes, const struct fields *fields,
		const struct record_place *place, bool *ret_is_record, struct err *err)
{
	struct record_head head = {
		.name = fields->values[FIELD_NAME],
		.source = fields->values[FIELD_SOURCE],
		.id = fields->values[FIELD_ID],
		.account = fields->values[FIELD_ACCOUNT],
		.region = fields->values[FIELD_REGION],
		.happened_at = US_TIME_NONE,
	};
	struct api_record_seen seen;
	enum api_action action;

	if (!fields->is_plain)
		return read_in_full(sink, bytes, fields, place, ret_is_record, err);

	*ret_is_record = true;
	if (!cloudtrail_time(fields->values[FIELD_TIME], &head.happened_at))
		head.happened_at = US_TIME_NONE;
	seen = seen_of(bytes, &head, place);
	if (count(sink, &head, &seen, err) < 0)
		return -1;
	action = action_find(head.source, head.name);
	return action == API_OTHER ? 0 : read_action(sink, action, &seen, err);
}
