/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The service says its time in whole seconds, and the answer takes a moment. */
#define CLOCK_SLACK (3 * US_PER_SECOND)

/* ---- the place -----------------------------------------------------------------------
 */

#define NAME_BYTES (PLANE_PLACE_BYTES + 64)

static void on_name(const struct plane_proof *proof, enum log_class log_class,
		    char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "on:%s:%s", proof->place, log_class_word(log_class));
}

static us_time load_on_since(const struct plane_proof *proof, enum log_class log_class)
{
	AUTO_BUF struct buf value = BUF_LIMIT(32);
	char name[NAME_BYTES];
	uint64_t since;

	on_name(proof, log_class, name);
	if (!store_get_value(proof->world->store, name, &value) ||
	    !slice_number(buf_slice(&value), (uint64_t)US_TIME_MAX, &since))
		return US_TIME_NONE;
	return (us_time)since;
}

void plane_proof_init(struct plane_proof *proof,
		      const struct control_plane_options *world)
{
	*proof = (struct plane_proof){ .world = world };
}

void plane_proof_look(struct plane_proof *proof, const struct plane_kind *kind)
{
	const struct identity *own = pipeline_identity(proof->world->pipeline);
	char place[PLANE_PLACE_BYTES];

	plane_place_of(kind, own, place);
	if (kind == proof->kind && strcmp(place, proof->place) == 0)
		return;
	proof->kind = kind;
	proof->moves++;
	memcpy(proof->place, place, sizeof(place));
	for (size_t i = 0; i < LOG_CLASS_COUNT; i++) {
		proof->said[i].from = proof->said[i].until = US_TIME_NONE;
		proof->on_since[i] = load_on_since(proof, (enum log_class)i);
	}
	for (size_t i = 0; i < kind->query_count; i++)
		plane_sight_load(&proof->sights[i], proof->world->store, place,
				 &kind->queries[i]);
}

struct slice plane_proof_region(const struct plane_proof *proof)
{
	return proof->kind->is_regional
		       ? pipeline_identity(proof->world->pipeline)->region
		       : (struct slice){ NULL, 0 };
}

/* ---- clocks --------------------------------------------------------------------------
 */

us_time plane_proof_now(const struct plane_proof *proof)
{
	return clock_real() + proof->ahead;
}

void plane_proof_learn_clock(struct plane_proof *proof, us_time answered_at)
{
	if (answered_at == US_TIME_NONE || answered_at < 0 || answered_at > US_TIME_MAX)
		return;
	proof->ahead = answered_at - clock_real();
	if (proof->ahead > -CLOCK_SLACK && proof->ahead < CLOCK_SLACK)
		proof->ahead = 0;
}

/* ---- progress ------------------------------------------------------------------------
 */

bool plane_proof_proven(const struct plane_proof *proof, enum log_class log_class,
			us_time *ret_from, us_time *ret_until)
{
	us_time since = proof->on_since[log_class], from, until;

	if (!plane_class_proven(proof->kind, proof->sights, log_class, &from, &until))
		return false;
	if (proof->kind->optional & LOG_CLASS_BIT(log_class)) {
		if (since == US_TIME_NONE || since > until)
			return false;
		from = since > from ? since : from;
	}
	*ret_from = from;
	*ret_until = until;
	return true;
}

static void say_progress(struct plane_proof *proof, enum log_class log_class)
{
	const struct identity *own = pipeline_identity(proof->world->pipeline);
	struct event event = {
		.kind = EVENT_PROGRESS,
		.progress = { .account = own->account,
			      .region = plane_proof_region(proof),
			      .log_class = log_class },
	};

	if (!plane_proof_proven(proof, log_class, &event.progress.from,
				&event.progress.until))
		return;
	/* Logins are dated by this machine's clock. */
	if (proof->ahead > 0)
		event.progress.until -= proof->ahead;
	if (event.progress.until < event.progress.from ||
	    (event.progress.from == proof->said[log_class].from &&
	     event.progress.until == proof->said[log_class].until))
		return;
	proof->said[log_class].from = event.progress.from;
	proof->said[log_class].until = event.progress.until;
	event.happened_at = event.progress.until;
	pipeline_feed(proof->world->pipeline, &event);
}

static void extend(struct plane_proof *proof, size_t query, us_time from, us_time until)
{
	const struct plane_query *asked = &proof->kind->queries[query];
	struct plane_sight *sight = &proof->sights[query];

	plane_sight_extend(sight, from, until);
	plane_sight_save(sight, proof->world->store, proof->place, asked);
	for (int i = 0; i < LOG_CLASS_COUNT; i++) {
		if (asked->classes & LOG_CLASS_BIT(i))
			say_progress(proof, (enum log_class)i);
	}
	proof->world->fed(proof->world->ctx);
}

void plane_proof_extend(struct plane_proof *proof, size_t query,
			const struct window *window)
{
	const struct plane_sight *sight = &proof->sights[query];

	/* A later slice proves nothing where those before proved less than their time. */
	if (window->from > window->begin &&
	    (sight->until == US_TIME_NONE || window->from > sight->until))
		return;
	extend(proof, query, window->from, window_proven(window));
}

void plane_proof_witness(struct plane_proof *proof, size_t query, us_time from,
			 us_time until)
{
	extend(proof, query, from, until);
}

void plane_proof_note_on(struct plane_proof *proof, uint32_t classes, us_time at)
{
	char name[NAME_BYTES], value[32];

	for (int i = 0; i < LOG_CLASS_COUNT && at != US_TIME_NONE; i++) {
		if (!(classes & proof->kind->optional & LOG_CLASS_BIT(i)) ||
		    proof->on_since[i] != US_TIME_NONE)
			continue;
		proof->on_since[i] = at;
		on_name(proof, (enum log_class)i, name);
		snprintf(value, sizeof(value), "%" PRId64, at);
		store_put_value(proof->world->store, name, slice_text(value));
	}
}
