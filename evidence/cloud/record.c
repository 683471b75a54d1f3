/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/record.h"

static struct api_record_seen seen_of(struct slice bytes, const struct record_head *head,
				      const struct record_place *place)
{
	return (struct api_record_seen){
		.bytes = bytes,
		.position = place->position,
		.line = place->line,
		.id = head->id,
		.happened_at = head->happened_at,
		.delivered_at = head->delivered_at,
	};
}

/* Counts a record whose head is known. Fails when it has no time. */
static int count(struct record_sink *sink, const struct record_kind *kind,
		 const struct record_head *head, const struct api_record_seen *seen,
		 struct err *err)
{
	struct extent_record record = {
		.log = head->log,
		.account = head->account,
		.region = head->region,
		.source = head->source,
		.happened_at = head->happened_at,
	};

	if (sink->ops.record_seen)
		sink->ops.record_seen(sink->ops.ctx, seen);
	if (head->happened_at == US_TIME_NONE)
		return err_set(err, ERR_FORMAT, "a record without a valid %s",
			       kind->time_name);
	return extents_add(sink->extents, &record, err);
}

static int parse(struct slice bytes, json_t **ret_json, struct err *err)
{
	return json_read(bytes, ret_json, err) < 0 ? err_add(err, "in the record") : 0;
}

/* Makes and hands out the event of a parsed record that matters. */
static int emit(struct record_sink *sink, const struct record_kind *kind,
		const json_t *json, const struct record_head *head,
		const struct api_record_seen *seen, struct err *err)
{
	struct event event = {
		.kind = EVENT_API_CALL,
		.happened_at = head->happened_at,
		.trust = TRUST_ATTESTED,
		.api_call = {
			.id = head->id,
			.action = head->action,
			.name = head->name,
			.account = head->account,
			.region = head->region,
			.serial_port = -1,
		},
	};

	if (kind->fill(json, &sink->room, &event, err) < 0)
		return -1;
	if (event.api_call.action == API_OTHER)
		return 0;
	if (sink->ops.record_matters)
		event.evidence = sink->ops.record_matters(sink->ops.ctx, seen);
	emitter_emit(&sink->emitter, &event);
	return 0;
}

/* A record of which too little is plain to be seen. */
static int read_in_full(struct record_sink *sink, struct slice bytes,
			const struct record_place *place, bool *ret_is_record,
			struct err *err)
{
	AUTO_JSON json_t *json = NULL;
	const struct record_kind *kind;
	struct record_head head;
	struct api_record_seen seen;

	if (parse(bytes, &json, err) < 0)
		return -1;
	kind = kind_of_json(json);
	*ret_is_record = kind;
	if (!kind)
		return 0;
	if (kind->head(json, &sink->room, &head, err) < 0)
		return -1;

	seen = seen_of(bytes, &head, place);
	if (count(sink, kind, &head, &seen, err) < 0)
		return -1;
	return head.action == API_OTHER ? 0 : emit(sink, kind, json, &head, &seen, err);
}

/* A record that the scan has told apart, and that matters. */
static int read_action(struct record_sink *sink, const struct record_kind *kind,
		       const struct api_record_seen *seen, struct err *err)
{
	AUTO_JSON json_t *json = NULL;
	struct record_head head;

	if (parse(seen->bytes, &json, err) < 0 ||
	    kind->head(json, &sink->room, &head, err) < 0)
		return -1;
	return head.action == API_OTHER ? 0 : emit(sink, kind, json, &head, seen, err);
}

int record_read(struct record_sink *sink, struct slice bytes, const struct fields *fields,
		const struct record_place *place, bool *ret_is_record, struct err *err)
{
	const struct record_kind *kind = kind_of_fields(fields);
	struct api_record_seen seen;
	struct record_head head;

	*ret_is_record = kind;
	if (!kind || !kind->glance(fields, bytes, &sink->room, &head))
		return read_in_full(sink, bytes, place, ret_is_record, err);

	seen = seen_of(bytes, &head, place);
	if (count(sink, kind, &head, &seen, err) < 0)
		return -1;
	return head.action == API_OTHER ? 0 : read_action(sink, kind, &seen, err);
}
