/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Cloud: how the control plane's log is asked, class by class, and what it answers when.
 * Polls fail in outages, or succeed while the cloud holds everything back. What a poll
 * gives is handed on as events: calls, then progress, sight lost and back.
 */
#include "tests/world/judge.h"

#define CLOUD_OUTAGES_MAX 6
#define CLOUD_CANARIES_MAX 32

enum outage_kind {
	OUTAGE_POLLS_FAIL,
	OUTAGE_HELD_BACK, /* polls succeed, and nothing is delivered */
};

struct outage {
	enum outage_kind kind;
	uint32_t class_bits;
	us_time from, until;
	bool is_told; /* sight is said to be lost */
	enum reason reason;
};

/* An earlier poll's own record: once delivered it proves progress. */
struct canary {
	us_time made_at, available_at;
};

struct cloud_class {
	us_time next_poll_at;
	us_time newest;	   /* newest event time delivered */
	us_time announced; /* how far progress was told; US_TIME_NONE = not yet */
	bool is_failing;
	struct canary canaries[CLOUD_CANARIES_MAX];
	uint32_t canary_count; /* ever; the latest CLOUD_CANARIES_MAX are kept */
};

struct world_cloud {
	struct world *world;
	struct random random;
	us_span poll_interval;
	bool names_scope; /* progress says which account and region it is about */
	struct outage outages[CLOUD_OUTAGES_MAX];
	uint32_t outage_count;
	struct cloud_class classes[WORLD_CLASS_COUNT];
	us_time fed_at[WORLD_CALLS_MAX]; /* true time, WORLD_NEVER = not yet */
	us_time fed_again[WORLD_CALLS_MAX];
	uint32_t polls_failed, polls_empty, repeated, holes;
};

/* Outages and pace are decided by the world's seed. */
void cloud_init(struct world_cloud *cloud, struct world *world);

/* When the next poll of any class is due, and of which. */
us_time cloud_next(const struct world_cloud *cloud, enum log_class *ret_class);

/* Polls the class at true time `at`; gives what came of it. */
void cloud_poll(struct world_cloud *cloud, enum log_class log_class, us_time at,
		const struct emitter *emitter);

/* When the call can be had by a poll: its own lateness, and what is held back on top. */
us_time cloud_available_at(const struct world_cloud *cloud, uint32_t call);
