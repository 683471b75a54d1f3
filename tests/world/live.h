/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Live: a world while it is being fed as it happens, and the checks that hold its answers
 * against the judge and the truth. For run_live.c and check.c only.
 */
#include "tests/world/cloud.h"
#include "tests/world/count.h"
#include "tests/world/told.h"

#define LOG_MAX 262144

/* One thing the correlator was given; kept, so that a restart can give it again. */
struct log_entry {
	const struct event *event; /* NULL: only time passed */
	us_time now;
};

struct live {
	struct world *world;
	struct counts *counts;
	struct world_cloud cloud;
	struct seen seen;
	struct told told;
	struct correlator *correlator;
	us_time now_base; /* `now` at the world's beginning */
	us_time at;	  /* true time */
	us_time covered_until[HOST_SOURCE_COUNT];
	uint32_t open[WORLD_LOGINS_MAX]; /* logins that are not settled */
	bool is_open[WORLD_LOGINS_MAX];
	uint32_t open_count;
	uint32_t log_count;
	struct log_entry log[LOG_MAX];
};

/* Every login that is not settled is as the judge wants it. */
void check_open(struct live *live);

/* Every login is, and what the correlator keeps is what it told. */
void check_all(struct live *live);

/* At the end: no false alarm that the cloud did not force, every observation that is due
 * and no other, one finding for each expired key. */
void check_end(struct live *live);
