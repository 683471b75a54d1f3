/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/api_calls.h"

#include <inttypes.h>
#include <stdio.h>

static void record_seen(void *ctx, const struct api_record_seen *record)
{
	struct api_calls *calls = ctx;

	if (record->happened_at > calls->newest &&
	    (calls->latest == 0 || record->happened_at <= calls->latest))
		calls->newest = record->happened_at;
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

static void record_hole(void *ctx, uint64_t position, uint64_t line,
			const struct err *why)
{
	struct api_calls *calls = ctx;

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
	calls->newest = US_TIME_NONE;
	calls->has_hole = false;
}

int api_calls_feed(struct api_calls *calls, struct slice bytes, struct err *err)
{
	return bytes.len ? cloud_reader_feed(calls->reader, bytes, err)
			 : cloud_reader_finish(calls->reader, err);
}

void api_calls_end(struct api_calls *calls)
{
	cloud_reader_free(calls->reader);
	calls->reader = NULL;
}
