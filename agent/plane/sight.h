/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Sight: what is known of each question that is put to a control plane: over which time
 * it has been answered completely, and how the last one came out. A log class is proven
 * as far as the least of its queries. What is proven outlives a restart as values of the
 * store.
 */
#include "agent/plane/kind.h"
#include "agent/store/store.h"

/* What is known of one query. */
struct plane_sight {
	us_time from, until;	      /* answered completely; US_TIME_NONE = not yet */
	us_time asked_at;	      /* on the real clock; US_TIME_NONE = not yet */
	enum message_outcome outcome; /* of the last question */
	unsigned failures;	      /* in a row */
	char detail[256];
};

/* Where a query was asked, "ACCOUNT/REGION" (or what else is asked about): what is proven
 * there is not proven of any other place that a host is moved to, or was thought to be
 * in.
 */
#define PLANE_PLACE_BYTES 192
void plane_place_of(const struct plane_kind *kind, const struct identity *own,
		    char place[PLANE_PLACE_BYTES]);

/* Reads what was stored of a query. */
void plane_sight_load(struct plane_sight *sight, struct store *store, const char *place,
		      const struct plane_query *query);

/* The query was answered from `from` to `until`, all pages of it: joined to what was
 * proven, or in its place where a gap is between them. Nothing when `until` is before
 * `from`: where nothing new was delivered, nothing is proven. */
void plane_sight_extend(struct plane_sight *sight, us_time from, us_time until);

/* Stores over which time the query has been answered. */
void plane_sight_save(const struct plane_sight *sight, struct store *store,
		      const char *place, const struct plane_query *query);

/* Over which time the class is proven, by all its queries. False when by none. */
bool plane_class_proven(const struct plane_kind *kind, const struct plane_sight *sights,
			enum log_class log_class, us_time *ret_from, us_time *ret_until);
