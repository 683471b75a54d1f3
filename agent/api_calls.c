/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/api_calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void note_times(struct api_calls *calls, const struct api_record_seen *record)
{
	us_time at = record->happened_at;
	us_time shown = calls->shows ? calls->shows(record) : at;

	if (shown > calls->shown && (calls->latest == 0 || shown <= calls->latest))
		calls->shown = shown;
	if (at == US_TIME_NONE)
		return;
	if (calls->oldest == US_TIME_NONE || at < calls->oldest)
		calls->oldest = at;
	if (at > calls->newest)
		calls->newest = at;
}

/* Told before the record is parsed: a hole at the same place is its own. */
static void record_seen(void *ctx, const struct api_record_seen *record)
{
	struct api_calls *calls = ctx;
	struct slice id = slice_first(record->id, sizeof(calls->last_id) - 1);

	note_times(calls, record);
	calls->last_position = record->position;
	calls->last_at = record->happened_at;
	if (id.len)
		memcpy(calls->last_id, id.ptr, id.len);
	calls->last_id[id.len] = '\0';
}

static uint64_t record_matters(void *ctx, const struct api_record_seen *record)
{
	struct api_calls *calls = ctx;
	struct store_text text = { .at = record->happened_at,
				   .source = slice_text(calls->source) };
	char cursor[32];

	if (record->id.len && store_has_key(calls->store, record->id))
		return 0;
	/* What the record says is in the API call; its text may hold anything. */
	snprintf(cursor, sizeof(cursor), "offset=%" PRIu64, record->position);
	text.cursor = slice_text(cursor);
	text.line = record->id;
	return pipeline_keep_text(calls->pipeline, &text);
}

static bool is_dealt_with(struct api_calls *calls, uint64_t position,
			  const struct err *why)
{
	struct api_hole hole = { .happened_at = US_TIME_NONE, .why = why };

	if (!calls->unread)
		return false;
	if (calls->last_at != US_TIME_NONE && calls->last_position >= position) {
		hole.happened_at = calls->last_at;
		hole.id = slice_text(calls->last_id);
	}
	return calls->unread(calls->ctx, &hole);
}

static void record_hole(void *ctx, uint64_t position, uint64_t line,
			const struct err *why)
{
	struct api_calls *calls = ctx;

	if (is_dealt_with(calls, position, why))
		return;
	if (!calls->has_hole)
		err_set(&calls->hole, why->code,
			"line %" PRIu64 ", offset %" PRIu64 ": %s", line, position,
			why->text);
	calls->has_hole = true;
}

static void take_event(void *ctx, const struct event *event)
{
	struct api_calls *calls = ctx;

	calls->calls++;
	pipeline_feed(calls->pipeline, event);
}

void api_calls_begin(struct api_calls *calls)
{
	const struct cloud_reader_ops ops = { record_matters, record_seen, record_hole,
					      calls };
	const struct emitter emitter = { take_event, calls };

	calls->reader = cloud_reader_new(&ops, &emitter);
	calls->calls = 0;
	calls->oldest = calls->newest = calls->shown = US_TIME_NONE;
	calls->last_at = US_TIME_NONE;
	calls->class_bits = 0;
	calls->has_hole = false;
}

int api_calls_feed(struct api_calls *calls, struct slice bytes, struct err *err)
{
	return bytes.len ? cloud_reader_feed(calls->reader, bytes, err)
			 : cloud_reader_finish(calls->reader, err);
}

void api_calls_end(struct api_calls *calls)
{
	size_t count;
	const struct api_extent *extents = cloud_reader_extents(calls->reader, &count);

	for (size_t i = 0; i < count; i++)
		calls->class_bits |= extents[i].class_bits;
	cloud_reader_free(calls->reader);
	calls->reader = NULL;
}
