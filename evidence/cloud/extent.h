/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Extents: what one file of API records held of each log for each (account, region): from
 * when to when, of which log classes, and of how many event sources. Records go in one by
 * one, their coverage comes out in the order in which it was first seen.
 */
#include "evidence/cloud.h"

struct extents;

struct extents *extents_new(void);
void extents_free(struct extents *extents);

struct extent_record {
	enum api_log log;
	struct slice account, region; /* as written; empty = not said */
	struct slice source;	      /* whose calls it is of; empty = not said */
	us_time happened_at;
};

/* Adds a record. Fails, and adds nothing, when it is of one (log, account, region) more
 * than LIMIT_API_EXTENTS, or the name of one of them is longer than
 * LIMIT_API_PLACE_BYTES. */
int extents_add(struct extents *extents, const struct extent_record *record,
		struct err *err) __attribute__((warn_unused_result));

/* One entry a (log, account, region); borrowed until the next extents_add(). */
const struct api_extent *extents_list(const struct extents *extents, size_t *ret_count);
