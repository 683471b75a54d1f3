/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Source: something the agent follows. One file of agent/ each, made by agent/sources.c;
 * pulled in bounded steps, so that no source keeps the others waiting. A source feeds the
 * pipeline and puts its cursor beside what it fed, nothing else.
 */
#include <systemd/sd-event.h>

#include "agent/pipeline.h"
#include "agent/poison.h"
#include "base/zone.h"
#include "config/config.h"

struct source;

enum source_condition {
	SOURCE_FOLLOWING,
	SOURCE_ABSENT, /* it is not there */
	SOURCE_DENIED, /* it is there and may not be read */
	SOURCE_CONDITION_COUNT
};
const char *source_condition_word(enum source_condition condition);

struct source_state {
	const char *kind; /* "journal", "syslog", "ssm", "ssm-folders", "api-logs" */
	enum source_condition condition;
	uint64_t lag_bytes;
	us_time last_at; /* of what it said last; US_TIME_NONE = nothing yet */
	uint64_t events, gaps;
	const char *problem; /* "" = none; borrowed */
};

struct source_ops {
	/* A bounded step; true while there is more to do at once. */
	bool (*pump)(struct source *source);
	/* Says how far it was read, when it was: feeds coverage, puts the cursor. May be
	 * NULL. */
	void (*cover)(struct source *source);
	/* Looks anew at what is to be watched: paths come and go. May be NULL. */
	void (*watch)(struct source *source);
	void (*state)(const struct source *source, struct source_state *ret_state);
	void (*free)(struct source *source);
};

/* What a source may use. */
struct source_world {
	sd_event *event;
	struct pipeline *pipeline;
	struct store *store;
	struct poison *poison;
	const struct config *config;
	const struct zone *zone;
	const char *host;
	bool is_anew; /* what was known is lost: all is read again that is there */
	/* There is something to pump. */
	void (*wake)(void *ctx, struct source *source);
	void *ctx;
};

struct source {
	const struct source_ops *ops;
	const struct source_world *world; /* borrowed */
	char *name;			  /* owned; a path, or "journal" */
	bool is_ready;			  /* there may be something to pump */
};

static inline void source_wake(struct source *source)
{
	source->world->wake(source->world->ctx, source);
}

/* A text log; `is_ssm` for amazon-ssm-agent.log. */
struct source *source_file_new(const struct source_world *world, const char *path,
			       bool is_ssm);
/* The journal; `path` NULL = this machine's. */
struct source *source_journal_new(const struct source_world *world, const char *path);
/* The SSM agent's folders of sessions and commands. */
struct source *source_folders_new(const struct source_world *world, const char *path);
/* A folder that API logs are synced to. */
struct source *source_api_new(const struct source_world *world, const char *path);

/* ---- for the sources themselves -----------------------------------------------------
 */

/* Wakes a source when something happens to a path: in its folder, or to itself. */
struct watch;
struct watch *watch_new(struct source *source, const char *path);
void watch_free(struct watch *watch);
/* Watches again what was not there before, and the file that is at the path now. */
void watch_refresh(struct watch *watch);

/* Waits until a descriptor is readable, or a time has passed, and wakes the source. */
struct source_wait {
	sd_event_source *readable, *timer; /* owned; NULL = not waiting so far */
};
/* Waits once: the pump reads what made it readable and waits again. `fd` -1 = only for
 * the time; `every` 0 = only for the descriptor. The descriptor is always the same. */
void source_wait_for(struct source *source, struct source_wait *wait, int fd,
		     us_span every);
void source_wait_release(struct source_wait *wait);

/* From when on a source was read without a hole: stored, so that a restart goes on. */
struct covered {
	us_time from; /* US_TIME_NONE = not yet */
};
void covered_load(struct covered *covered, const struct source *source);
void covered_begin(struct covered *covered, const struct source *source, us_time from);

/* The stored cursor of the source, appended; nothing at a first start. */
void cursor_load(const struct source *source, struct buf *buf);
void cursor_put(const struct source *source, struct slice cursor);
