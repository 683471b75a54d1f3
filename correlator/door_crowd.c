/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/door_crowd.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/observe.h"

/* What is counted is told so long after the first of it came. */
#define WAIT US_PER_MINUTE

/* A crowd nobody joined for so long gives its place to another. */
#define IDLE (10 * US_PER_MINUTE)

#define DETAIL_BYTES ((size_t)256 + LIMIT_FIELD_BYTES)

struct crowd {
	enum observation_kind kind;
	int64_t minute; /* since 1970, of the calls' own time */
	struct slice principal;
	bool is_of_any;		  /* of any principal: there was no more room */
	struct text_block *texts; /* of `principal` and `call` */
	us_time fed_at;		  /* its latest call, on `now` */
	uint32_t told;		  /* one by one */
	uint64_t count;		  /* of those past them */
	struct event call;	  /* the first of those */
	us_time first, last;	  /* their own time */
	us_time due;		  /* on `now`; US_TIME_NONE = all is told */
	bool was_told;		  /* what was counted */
};

struct door_crowds {
	struct crowd *crowds[LIMIT_DOOR_CROWDS]; /* owned */
	size_t count;
	/* owned: of any principal; NULL = none */
	struct crowd *others[OBSERVATION_COUNT];
	us_time due; /* the first of all that are; US_TIME_NONE = none is */
};

/* ---- who ---- */

static struct crowd *crowd_new(enum observation_kind kind, int64_t minute,
			       struct slice principal)
{
	struct crowd *crowd = memory_new(1, sizeof(*crowd));

	crowd->kind = kind;
	crowd->minute = minute;
	crowd->principal = text_keep(&crowd->texts, principal);
	crowd->due = US_TIME_NONE;
	return crowd;
}

static void crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	if (crowd->count) {
		free((void *)(uintptr_t)crowd->call.api_call.instances);
		free((void *)(uintptr_t)crowd->call.api_call.association_ids);
	}
	text_free(crowd->texts);
	free(crowd);
}

static bool is_idle(const struct correlator *correlator, const struct crowd *crowd)
{
	return crowd->due == US_TIME_NONE && correlator->now - crowd->fed_at > IDLE;
}

/* A free place, else that of a crowd that is idle; NULL when there is none. */
static struct crowd **place_of_one_more(const struct correlator *correlator,
					struct door_crowds *crowds)
{
	if (crowds->count < LIMIT_DOOR_CROWDS)
		return &crowds->crowds[crowds->count++];
	for (size_t i = 0; i < crowds->count; i++)
		if (is_idle(correlator, crowds->crowds[i]))
			return &crowds->crowds[i];
	return NULL;
}

static struct crowd *crowd_of(struct correlator *correlator, struct door_crowds *crowds,
			      const struct observation *observation)
{
	struct slice principal = observation->api_call->api_call.principal;
	int64_t minute = observation->happened_at / US_PER_MINUTE;
	enum observation_kind kind = observation->kind;
	struct crowd **place;

	for (size_t i = 0; i < crowds->count; i++) {
		struct crowd *crowd = crowds->crowds[i];

		if (crowd->kind == kind && crowd->minute == minute &&
		    slice_equal_ignoring_case(crowd->principal, principal))
			return crowd;
	}
	place = place_of_one_more(correlator, crowds);
	if (!place) {
		place = &crowds->others[kind];
		principal = (struct slice){ "", 0 };
		if (*place && !is_idle(correlator, *place))
			return *place;
	}
	crowd_free(*place);
	*place = crowd_new(kind, minute, principal);
	(*place)->is_of_any = place == &crowds->others[kind];
	return *place;
}

/* ---- telling ---- */

static struct id crowd_id(const struct crowd *crowd)
{
	struct id_maker maker;

	id_start(&maker, observation_word(crowd->kind));
	id_add(&maker, SLICE("more"));
	id_add(&maker, crowd->principal);
	id_add_number(&maker, crowd->minute);
	return id_finish(&maker);
}

/* "9995 more calls in this minute, the first of them CreateInstanceConnectEndpoint" */
static void tell_crowd(struct correlator *correlator, struct crowd *crowd)
{
	AUTO_BUF struct buf detail = BUF_LIMIT(DETAIL_BYTES);
	struct observation observation =
		observation_of(crowd->kind, crowd->minute * US_PER_MINUTE);

	buf_append_format(&detail, "%" PRIu64 " more call%s in this minute%s, the first ",
			  crowd->count, crowd->count == 1 ? "" : "s",
			  crowd->is_of_any ? " by many principals" : "");
	buf_append(&detail, crowd->call.api_call.name);
	observation.id = crowd_id(crowd);
	observation.is_again = crowd->was_told;
	observation.is_of_many = true;
	observation.api_call = &crowd->call;
	observation.evidence = crowd->call.evidence;
	observation.detail = buf_slice(&detail);
	observation.from = crowd->first;
	observation.until = crowd->last;
	crowd->was_told = true;
	crowd->due = US_TIME_NONE;
	if (correlator->sink.observation)
		correlator->sink.observation(correlator->sink.ctx, &observation);
}

static void tell_if_due(struct correlator *correlator, struct crowd *crowd, us_time then)
{
	if (crowd && crowd->due != US_TIME_NONE && crowd->due <= then)
		tell_crowd(correlator, crowd);
}

static void note_due(const struct crowd *crowd, us_time *due)
{
	if (crowd && crowd->due != US_TIME_NONE &&
	    (*due == US_TIME_NONE || crowd->due < *due))
		*due = crowd->due;
}

void door_crowds_tell(struct correlator *correlator, struct door_crowds *crowds,
		      us_time then)
{
	us_time due = US_TIME_NONE;

	if (crowds->due == US_TIME_NONE || crowds->due > then)
		return;
	for (size_t i = 0; i < crowds->count; i++) {
		tell_if_due(correlator, crowds->crowds[i], then);
		note_due(crowds->crowds[i], &due);
	}
	for (size_t i = 0; i < OBSERVATION_COUNT; i++) {
		tell_if_due(correlator, crowds->others[i], then);
		note_due(crowds->others[i], &due);
	}
	crowds->due = due;
}

/* ---- counting ---- */

static void count_call(struct crowd *crowd, const struct event *call)
{
	us_time time = call->happened_at;

	if (crowd->count == 0) {
		event_take(&crowd->call, &crowd->texts, call);
		crowd->first = crowd->last = time;
	}
	crowd->first = time < crowd->first ? time : crowd->first;
	crowd->last = time > crowd->last ? time : crowd->last;
	crowd->count++;
}

void door_crowds_take(struct correlator *correlator, struct door_crowds *crowds,
		      const struct observation *observation)
{
	struct crowd *crowd;

	if (observe_was_told(correlator, &observation->id))
		return;
	crowd = crowd_of(correlator, crowds, observation);
	crowd->fed_at = correlator->now;
	if (crowd->told < LIMIT_DOORS_TOLD) {
		crowd->told++;
		observe_tell(correlator, observation);
		return;
	}
	observe_note_told(correlator, &observation->id);
	count_call(crowd, observation->api_call);
	if (crowd->due == US_TIME_NONE)
		crowd->due = correlator->now + WAIT;
	note_due(crowd, &crowds->due);
}

/* ---- life ---- */

us_time door_crowds_deadline(const struct door_crowds *crowds)
{
	return crowds->due;
}

struct door_crowds *door_crowds_new(void)
{
	struct door_crowds *crowds = memory_new(1, sizeof(*crowds));

	crowds->due = US_TIME_NONE;
	return crowds;
}

void door_crowds_free(struct door_crowds *crowds)
{
	if (!crowds)
		return;
	for (size_t i = 0; i < crowds->count; i++)
		crowd_free(crowds->crowds[i]);
	for (size_t i = 0; i < OBSERVATION_COUNT; i++)
		crowd_free(crowds->others[i]);
	free(crowds);
}
