/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Trail queries: which questions LookupEvents is asked, and over which time each has been
 * answered completely. A log class is proven as far as the least of its queries. What is
 * known outlives a restart as values of the store.
 */
#include "agent/store/store.h"
#include "correlator/event.h"
#include "courier/message.h"

#define LOG_CLASS_BIT(log_class) (1U << (log_class))
#define TRAIL_QUERIES_MAX 16

/* The first query is the canary: what this host itself makes CloudTrail log, because the
 * role's session is named after the instance. */
#define TRAIL_CANARY 0

struct trail_query {
	const char *attribute; /* LookupEvents takes one */
	const char *value;     /* NULL: the instance's id */
	uint32_t classes;      /* LOG_CLASS_BITs whose progress it is part of */
};

extern const struct trail_query trail_queries[];
extern const size_t trail_query_count;

/* What is known of one query. */
struct trail_sight {
	us_time from, until;	      /* answered completely; US_TIME_NONE = not yet */
	us_time asked_at;	      /* on the real clock; US_TIME_NONE = not yet */
	enum message_outcome outcome; /* of the last question */
	char detail[256];
};

/* Where a query was asked, "ACCOUNT/REGION": what is proven there is not proven of any
 * other place that a host is moved to, or was thought to be in. */
#define TRAIL_PLACE_BYTES 192

/* Reads what was stored of a query. */
void trail_sight_load(struct trail_sight *sight, struct store *store, const char *place,
		      size_t query);

/* The query was answered from `from` to `until`, all pages of it. Nothing when `until` is
 * before `from`: where nothing new was delivered, nothing is proven. */
void trail_sight_extend(struct trail_sight *sight, us_time from, us_time until);

/* Stores over which time the query has been answered. */
void trail_sight_save(const struct trail_sight *sight, struct store *store,
		      const char *place, size_t query);

/* Over which time the class is proven, by all its queries. False when by none. */
bool trail_class_proven(const struct trail_sight *sights, enum log_class log_class,
			us_time *ret_from, us_time *ret_until);
