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
#include "evidence/evidence.h"

struct source;

enum source_condition {
	SOURCE_FOLLOWING,
	SOURCE_ABSENT, /* it is not there */
	SOURCE_DENIED, /* it is there and may not be read */
	SOURCE_CONDITION_COUNT
};
const char *source_condition_word(enum source_condition condition);

struct source_state {
	const char *kind; /* "journal", "syslog", "ssm", "api-logs" ...: docs/status.md */
	enum source_condition condition;
	uint64_t lag_bytes;
	us_time last_at; /* of what it said last; US_TIME_NONE = nothing yet */
	uint64_t events, gaps;
	const char *problem; /* "" = none; borrowed */
	bool is_quiet;	     /* it need not be there, and is not: no news */
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

struct source_file_options {
	const char *path;
	enum host_log_kind kind; /* HOST_LOG_UNKNOWN = syslog, unless its lines have
				    another form */
	bool is_optional;	 /* where it is not there nobody misses it */
	bool is_part;		 /* of another source, which says how far all was read */
	bool is_new; /* it came while its folder was watched: read from its start */
};
/* A text log. */
struct source *source_file_new(const struct source_world *world,
			       const struct source_file_options *options);
/* Since when it was read without a hole; US_TIME_NONE = it cannot be read now. */
us_time source_file_covered_from(const struct source *source);
/* Whether it is away, and that was told if it was ever there: nothing more is to be had
 * of it. */
bool source_file_is_gone(const struct source *source);
/* The journal; `path` NULL = this machine's. */
struct source *source_journal_new(const struct source_world *world, const char *path);
/* The SSM agent's folders of sessions and commands. */
struct source *source_folders_new(const struct source_world *world, const char *path);
/* The logs of Azure's extensions, in the folders of this one; they come and go. */
struct source *source_azure_new(const struct source_world *world, const char *path,
				bool is_optional);
/* The authorized_keys files of this host's users, which Google's agent writes: paths, in
 * which one part may be "*", borrowed for the source's life. `is_optional`: they are
 * looked at only where this may be Google's. */
struct source *source_keys_new(const struct source_world *world, const char *const *paths,
			       size_t count, bool is_optional);
/* A folder that API logs are synced to. */
struct source *source_api_new(const struct source_world *world, const char *path);

/* Whether anybody is to be told of the source. */
bool source_is_shown(const struct source *source);

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

/* Nothing is stored of the source any more, as if it had never been. */
void source_forget(const struct source *source);
