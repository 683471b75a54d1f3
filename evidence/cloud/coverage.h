/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Coverage: over which time, per account, region and log class, the API files together
 * prove that a call was not made. A class is covered from the first to the last record of
 * its log, account and region,
 *   CloudTrail: when its event source is among them, or when there are at least two
 *     sources of which one is no cloud door;
 *   Azure's activity log: when there are two resource providers of which one is no cloud
 *     door (its one class is that of every door, so that a record of one door says
 *     nothing of the others); Bastion's: by any record of it;
 *   Google Cloud: when its service is among them, since services are logged or not each
 *     by itself.
 * An export that somebody filtered has none of these and proves nothing. Files with
 * CloudTrail's own S3 names are complete. What could not be read is a hole.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "evidence/cloud.h"

struct coverage_span {
	us_time from, until; /* both included; from = US_TIME_NONE: nothing yet */
};

struct coverage_hole {
	us_time from, until;
};

struct coverage {
	struct arena *arena; /* borrowed: holds the extents */
	struct hash_key hash_key;
	struct map by_place;		/* of struct coverage_place */
	struct coverage_place **places; /* owned array, in the order first seen */
	size_t place_count, place_size;
	struct coverage_hole *holes; /* owned */
	size_t hole_count, hole_size;
	struct coverage_span
		said; /* --api-covers; stands instead of all that was found */
};

void coverage_init(struct coverage *coverage, struct arena *arena);
void coverage_release(struct coverage *coverage);

/* Adds what one file held of one log, account and region. `is_complete`: its name says
 * that nothing was left out. */
void coverage_add(struct coverage *coverage, const struct api_extent *extent,
		  bool is_complete);

/* Something between these two could not be read, of whatever account and region. */
void coverage_add_hole(struct coverage *coverage, us_time from, us_time until);

/* The first and the last record of all; from is US_TIME_NONE when there was none. */
struct coverage_span coverage_span(const struct coverage *coverage);

/* Gives out the holes, then what is covered until `limit` (US_TIME_MAX: all), as
 * EVENT_API_HOLE and EVENT_PROGRESS, in an order that does not depend on that of the
 * files. */
void coverage_emit(const struct coverage *coverage, us_time limit,
		   const struct emitter *emitter);
