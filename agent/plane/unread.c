/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/unread.h"

#include <inttypes.h>
#include <stdio.h>

#include "agent/own_observation.h"

/* So many an hour are told one by one. */
#define TOLD_MAX 20

struct stretch {
	us_time from, until;
	struct slice id; /* of the record; empty = unknown */
	const char *why;
};

/* Whether the hole was not known. */
static bool feed(const struct plane_proof *proof, const struct stretch *stretch,
		 enum log_class log_class)
{
	const struct identity *own = pipeline_identity(proof->world->pipeline);
	struct event event = {
		.kind = EVENT_API_HOLE,
		.happened_at = stretch->from,
		.progress = { .account = own->account,
			      .region = plane_proof_region(proof),
			      .log_class = log_class,
			      .from = stretch->from,
			      .until = stretch->until },
	};
	char key[512];

	snprintf(key, sizeof(key), "unread:%s:%d:%" PRId64 ":%" PRId64 ":%.*s",
		 proof->place, (int)log_class, stretch->from, stretch->until,
		 SLICE_ARG(slice_first(stretch->id, API_HOLE_ID_BYTES)));
	return pipeline_feed_once(proof->world->pipeline, &event, slice_text(key));
}

static void tell(const struct plane_proof *proof, const struct stretch *stretch,
		 bool is_last)
{
	char detail[512];
	struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = stretch->from,
		.from = stretch->from,
		.until = stretch->until,
	};

	snprintf(detail, sizeof(detail),
		 "a record of %s cannot be read (%.*s): %.200s; that a call is missing "
		 "there proves nothing%s",
		 proof->kind->source,
		 SLICE_ARG(stretch->id.len ? slice_first(stretch->id, API_HOLE_ID_BYTES)
					   : SLICE("without an id")),
		 stretch->why,
		 is_last ? "; more of this hour are not told one by one" : "");
	observation.detail = slice_text(detail);
	observation.id = own_observation_id(&observation);
	pipeline_tell(proof->world->pipeline, &observation);
}

static void take(struct plane_unread *unread, const struct plane_proof *proof,
		 size_t query, const struct stretch *stretch)
{
	us_time now = clock_now(proof->world->clock);
	bool is_new = false;

	for (int i = 0; i < LOG_CLASS_COUNT; i++) {
		if (proof->kind->queries[query].classes & LOG_CLASS_BIT(i))
			is_new |= feed(proof, stretch, (enum log_class)i);
	}
	if (!is_new)
		return;
	if (unread->told == 0 || now - unread->hour_at >= US_PER_HOUR)
		*unread = (struct plane_unread){ .hour_at = now };
	if (++unread->told <= TOLD_MAX)
		tell(proof, stretch, unread->told == TOLD_MAX);
}

void plane_unread_take(struct plane_unread *unread, const struct plane_proof *proof,
		       size_t query, const struct api_hole *hole)
{
	/* Records say whole seconds, cut. */
	const struct stretch stretch = {
		.from = hole->happened_at,
		.until = hole->happened_at + US_PER_SECOND - 1,
		.id = hole->id,
		.why = hole->why->text,
	};

	take(unread, proof, query, &stretch);
}

void plane_unread_take_window(struct plane_unread *unread,
			      const struct plane_proof *proof, size_t query,
			      const struct window *window, const struct err *why)
{
	const struct stretch stretch = {
		.from = window->from,
		.until = window->until,
		.why = why->text,
	};

	take(unread, proof, query, &stretch);
}
