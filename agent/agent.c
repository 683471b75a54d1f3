/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "agent/log.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"

/* Under load one transaction in this time, or when so much is put. */
#define COMMIT_EVERY ((us_span)50 * 1000)
#define COMMIT_BYTES ((size_t)1024 * 1024)
#define RETRY_EVERY US_PER_SECOND
#define CONSIDER_EVERY US_PER_SECOND
/* How often the sources say how far they were read: at least every twin_wait while there
 * is something to judge, seldom when nothing happens. */
#define TICK_IDLE US_PER_MINUTE
#define COVER_IDLE (10 * US_PER_MINUTE)
#define ACTIVE_FOR (3 * US_PER_MINUTE)

/* ---- committing ----------------------------------------------------------------------
 */

/* The time to which the correlator was brought: what falls due later is told by whoever
 * is there then. */
static void note_clock(struct agent *agent)
{
	char text[64];

	pipeline_advance(agent->pipeline);
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64, agent->clock.last,
		 clock_real());
	store_put_value(agent->store, "clock", slice_text(text));
}

static void arm(struct agent *agent, sd_event_source **timer, us_span span,
		sd_event_time_handler_t handler)
{
	uint64_t relative = span > 0 ? (uint64_t)span : 0;

	if (*timer) {
		sd_event_source_set_time_relative(*timer, relative);
		sd_event_source_set_enabled(*timer, SD_EVENT_ONESHOT);
	} else if (sd_event_add_time_relative(agent->event, timer, CLOCK_BOOTTIME,
					      relative, 0, handler, agent) < 0) {
		*timer = NULL;
	}
}

static int on_retry(sd_event_source *timer, uint64_t at, void *ctx)
{
	(void)timer;
	(void)at;
	agent_commit(ctx);
	return 0;
}

static void stall(struct agent *agent, bool is_full, const struct err *err)
{
	if (!agent->is_stalled)
		log_line(LOG_LEVEL_ERROR, "%s: nothing is read until it is stored%s",
			 err->text, is_full ? " (the disk is full)" : "");
	agent->is_stalled = true;
	snprintf(agent->store_problem, sizeof(agent->store_problem), "%.511s", err->text);
	arm(agent, &agent->retry, RETRY_EVERY, on_retry);
}

static void recover(struct agent *agent)
{
	if (!agent->is_stalled)
		return;
	log_line(LOG_LEVEL_NOTICE, "the store can be written again");
	agent->is_stalled = false;
	agent->store_problem[0] = '\0';
	for (size_t i = 0; i < agent->source_count; i++)
		source_wake(agent->sources[i]);
}

static bool commit_once(struct agent *agent)
{
	bool is_full = false;
	struct err err;

	note_clock(agent);
	FAULT_POINT("agent-before-commit");
	if (store_commit(agent->store, &is_full, &err) < 0) {
		stall(agent, is_full, &err);
		return false;
	}
	FAULT_POINT("agent-after-commit");
	pipeline_committed(agent->pipeline);
	agent->committed_at = clock_now(&agent->clock);
	recover(agent);
	return true;
}

static int on_deadline(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct agent *agent = ctx;

	(void)timer;
	(void)at;
	pipeline_advance(agent->pipeline);
	agent_commit(agent);
	return 0;
}

static us_time sooner(us_time a, us_time b)
{
	if (a == US_TIME_NONE || b == US_TIME_NONE)
		return a == US_TIME_NONE ? b : a;
	return a < b ? a : b;
}

static void arm_deadline(struct agent *agent)
{
	us_time at = sooner(pipeline_deadline(agent->pipeline),
			    outbox_deadline(agent->outbox));

	if (agent->is_considering)
		at = sooner(at, agent->considered_at + CONSIDER_EVERY);

	if (at != US_TIME_NONE)
		arm(agent, &agent->deadline, at - clock_now(&agent->clock), on_deadline);
	else if (agent->deadline)
		sd_event_source_set_enabled(agent->deadline, SD_EVENT_OFF);
}

/* What is asked next depends on what waits: all logins are looked at, but not for each
 * of many that come at once. */
static void consider(struct agent *agent)
{
	us_time now = clock_now(&agent->clock);

	if (!agent->is_considering || now - agent->considered_at < CONSIDER_EVERY)
		return;
	agent->is_considering = false;
	agent->considered_at = now;
	control_plane_consider(agent->plane);
}

void agent_commit(struct agent *agent)
{
	bool is_due = outbox_deadline(agent->outbox) != US_TIME_NONE;

	if (store_batch_bytes(agent->store) == 0 && !is_due) {
		consider(agent);
		arm_deadline(agent);
		return;
	}
	if (store_batch_bytes(agent->store) && !commit_once(agent))
		return;
	while (outbox_flush(agent->outbox, clock_now(&agent->clock))) {
		FAULT_POINT("agent-after-delivery");
		if (!commit_once(agent))
			return;
	}
	consider(agent);
	arm_deadline(agent);
}

/* ---- pumping -------------------------------------------------------------------------
 */

static bool is_commit_due(struct agent *agent)
{
	return store_batch_bytes(agent->store) > COMMIT_BYTES ||
	       clock_now(&agent->clock) - agent->committed_at > COMMIT_EVERY;
}

/* One step of each source that is ready. False when none is any more. */
static bool pump_round(struct agent *agent)
{
	bool more = false;

	for (size_t i = 0; i < agent->source_count; i++) {
		struct source *source = agent->sources[i];

		if (!source->is_ready)
			continue;
		source->is_ready = source->ops->pump(source);
		more |= source->is_ready;
	}
	return more;
}

static void tell_ready(struct agent *agent)
{
	if (agent->is_caught_up)
		return;
	agent->is_caught_up = true;
	sd_notifyf(0, "READY=1\nSTATUS=Watching %zu sources.", agent->source_count);
	log_line(LOG_LEVEL_INFO, "ready: watching %zu sources", agent->source_count);
}

static int on_pump(sd_event_source *pump, void *ctx)
{
	struct agent *agent = ctx;
	bool more = false;

	if (!agent->is_stalled)
		more = pump_round(agent);
	/* Each tick looks at the sources: that alone is no activity. */
	if (store_batch_bytes(agent->store) > 0)
		agent->active_at = clock_now(&agent->clock);
	if (!more || is_commit_due(agent))
		agent_commit(agent);
	if (more && !agent->is_stalled)
		return 0;
	sd_event_source_set_enabled(pump, SD_EVENT_OFF);
	if (!agent->is_stalled)
		tell_ready(agent);
	return 0;
}

static void wake(void *ctx, struct source *source)
{
	struct agent *agent = ctx;

	source->is_ready = true;
	if (!agent->is_stalled && agent->pump)
		sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
}

static int on_fed(sd_event_source *defer, void *ctx)
{
	(void)defer;
	agent_commit(ctx);
	return 0;
}

void agent_fed(struct agent *agent)
{
	agent->active_at = clock_now(&agent->clock);
	/* Several are often fed in one go: the next turn of the loop commits them all. */
	if (sd_event_add_defer(agent->event, NULL, on_fed, agent) < 0)
		agent_commit(agent);
}

/* ---- now and then --------------------------------------------------------------------
 */

static void cover(struct agent *agent)
{
	for (size_t i = 0; i < agent->source_count; i++) {
		struct source *source = agent->sources[i];

		if (source->ops->watch)
			source->ops->watch(source);
		if (source->ops->cover && !source->is_ready)
			source->ops->cover(source);
	}
	agent->covered_at = clock_now(&agent->clock);
}

static void tidy(struct agent *agent)
{
	struct err err;
	bool more = true;

	for (int i = 0; i < 8 && more; i++) {
		if (store_tidy(agent->store, clock_now(&agent->clock), &more, &err) < 0) {
			log_line(LOG_LEVEL_WARNING, "%s", err.text);
			return;
		}
	}
}

static int on_tick(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct agent *agent = ctx;
	us_time now = clock_now(&agent->clock);
	us_span half = agent->config.correlation.twin_wait / 2;
	bool is_active = now - agent->active_at < ACTIVE_FOR;

	(void)timer;
	(void)at;
	if (!agent->is_stalled) {
		if (is_active || now - agent->covered_at >= COVER_IDLE)
			cover(agent);
		for (size_t i = 0; i < agent->source_count; i++)
			source_wake(agent->sources[i]);
		if (agent->down_told_at != US_TIME_NONE && now >= agent->down_told_at)
			agent_tell_down_calls(agent);
		pipeline_advance(agent->pipeline);
		agent_commit(agent);
		tidy(agent);
		if (!is_active)
			memory_give_back();
	}
	poison_alive(agent->poison);
	arm(agent, &agent->tick, is_active && half < TICK_IDLE ? half : TICK_IDLE,
	    on_tick);
	return 0;
}

/* ---- signals -------------------------------------------------------------------------
 */

static int on_stop(sd_event_source *events, const struct signalfd_siginfo *info,
		   void *ctx)
{
	struct agent *agent = ctx;

	(void)events;
	(void)info;
	sd_notify(0, "STOPPING=1");
	agent->is_stopping = true;
	return sd_event_exit(agent->event, 0);
}

static void reload(struct agent *agent)
{
	AUTO_CONFIG struct config config = { 0 };
	struct config old;
	struct err err;

	if (config_read(agent->config_path, CONFIG_FOR_AGENT, &config, &err) < 0) {
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", err.text);
		return;
	}
	cover(agent);
	agent_commit(agent);
	if (agent->is_stalled) {
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s",
			 agent->store_problem);
		return;
	}
	agent_close_parts(agent);
	agent->restored_until = agent->clock.last;
	old = agent->config;
	agent->config = config;
	config = old;
	if (agent_open_parts(agent, &err) < 0) {
		/* What ran before runs again. */
		log_line(LOG_LEVEL_ERROR, "the old configuration stays: %s", err.text);
		agent_close_parts(agent);
		old = agent->config;
		agent->config = config;
		config = old;
		if (agent_open_parts(agent, &err) < 0) {
			log_line(LOG_LEVEL_ERROR, "%s", err.text);
			sd_event_exit(agent->event, 1);
			return;
		}
	} else {
		log_line(LOG_LEVEL_NOTICE, "the configuration was read anew");
	}
	agent_commit(agent);
}

static int on_reload(sd_event_source *events, const struct signalfd_siginfo *info,
		     void *ctx)
{
	struct agent *agent = ctx;

	(void)events;
	(void)info;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)clock_boot()); /* systemd 253 wants CLOCK_MONOTONIC's */
	outbox_reopen(agent->outbox);
	reload(agent);
	sd_notify(0, "READY=1");
	return 0;
}

static int watch_signals(struct agent *agent, struct err *err)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (sd_event_add_signal(agent->event, NULL, SIGTERM, on_stop, agent) < 0 ||
	    sd_event_add_signal(agent->event, NULL, SIGINT, on_stop, agent) < 0 ||
	    sd_event_add_signal(agent->event, NULL, SIGHUP, on_reload, agent) < 0)
		return err_set(err, ERR_SYSTEM, "cannot watch signals");
	return 0;
}

/* ---- life ----------------------------------------------------------------------------
 */

static int make_folder(const char *path, mode_t mode, struct err *err)
{
	struct stat status;

	if (mkdir(path, mode) < 0 &&
	    (stat(path, &status) < 0 || !S_ISDIR(status.st_mode)))
		return err_set(err, ERR_SYSTEM,
			       "there is no folder '%s', nor can it be made", path);
	return 0;
}

static int open_store(struct agent *agent, struct err *err)
{
	const struct store_options options = {
		.folder = agent->config.agent.state_dir,
		.max_bytes = agent->config.agent.max_state_bytes,
		.keep = agent->config.agent.keep,
		/* All that the correlator itself keeps, and a day more. */
		.keep_events = correlator_options_default().keep_us + US_PER_DAY,
	};

	if (make_folder(options.folder, 0700, err) < 0 ||
	    make_folder(agent->config.agent.log_dir, 0750, err) < 0 ||
	    make_folder(agent->config.agent.runtime_dir, 0755, err) < 0)
		return -1;
	if (store_open(&options, &agent->store, &agent->opening, err) < 0)
		return -1;
	agent->poison = poison_open(options.folder);
	if (agent->opening.was_damaged)
		log_line(LOG_LEVEL_ERROR, "the store was damaged (%s): it lies in '%s'",
			 agent->opening.damage, agent->opening.moved_to);
	return 0;
}

static bool stored_times(struct agent *agent, us_time *ret_now, us_time *ret_real)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	struct slice text, first;
	uint64_t now, real;

	if (!store_get_value(agent->store, "clock", &value))
		return false;
	text = buf_slice(&value);
	if (!slice_take_until(&text, ' ', &first) ||
	    !slice_number(first, (uint64_t)US_TIME_MAX, &now) ||
	    !slice_number(text, (uint64_t)US_TIME_MAX, &real))
		return false;
	*ret_now = (us_time)now;
	*ret_real = (us_time)real;
	return true;
}

static void load_watched_since(struct agent *agent)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	uint64_t since;
	char text[32];

	if (store_get_value(agent->store, "watched-since", &value) &&
	    slice_number(buf_slice(&value), (uint64_t)US_TIME_MAX, &since)) {
		agent->watched_since = (us_time)since;
		return;
	}
	agent->watched_since = clock_real();
	snprintf(text, sizeof(text), "%" PRId64, agent->watched_since);
	store_put_value(agent->store, "watched-since", slice_text(text));
}

static int open_all(struct agent *agent, struct err *err)
{
	us_time stored_now = US_TIME_NONE, stored_real = US_TIME_NONE;

	if (config_read(agent->config_path, CONFIG_FOR_AGENT, &agent->config, err) < 0)
		return -1;
	if (sd_event_default(&agent->event) < 0)
		return err_set(err, ERR_SYSTEM, "cannot make an event loop");
	if (watch_signals(agent, err) < 0 || open_store(agent, err) < 0 ||
	    zone_new("local", &agent->zone, err) < 0)
		return -1;
	stored_times(agent, &stored_now, &stored_real);
	clock_init(&agent->clock, stored_now, stored_real);
	agent->restored_until = stored_now;
	agent->started_at = clock_real();
	load_watched_since(agent);
	if (sd_event_add_defer(agent->event, &agent->pump, on_pump, agent) < 0)
		return err_set(err, ERR_SYSTEM, "cannot make an event source");
	sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
	agent->world.wake = wake;
	agent->world.ctx = agent;
	if (agent_open_parts(agent, err) < 0)
		return -1;
	if (stored_real != US_TIME_NONE && poison_last_alive(agent->poison) > stored_real)
		stored_real = poison_last_alive(agent->poison);
	agent_tell_start(agent, stored_real);
	memory_give_back();
	return 0;
}

int agent_open(const char *config_path, struct agent **ret_agent, struct err *err)
{
	struct agent *agent = memory_new(1, sizeof(*agent));

	if (config_path)
		agent->config_path = memory_copy_text(slice_text(config_path));
	agent->down_told_at = US_TIME_NONE;
	agent->committed_at = agent->covered_at = agent->active_at = 0;
	if (gethostname(agent->host, sizeof(agent->host) - 1) < 0)
		agent->host[0] = '\0';
	if (open_all(agent, err) < 0) {
		agent_close(agent);
		return -1;
	}
	*ret_agent = agent;
	return 0;
}

void agent_close(struct agent *agent)
{
	if (!agent)
		return;
	agent_close_parts(agent);
	sd_event_source_disable_unref(agent->pump);
	sd_event_source_disable_unref(agent->deadline);
	sd_event_source_disable_unref(agent->tick);
	sd_event_source_disable_unref(agent->retry);
	store_close(agent->store);
	poison_close(agent->poison);
	zone_free(agent->zone);
	config_release(&agent->config);
	sd_event_unref(agent->event);
	free(agent->config_path);
	free(agent);
}

int agent_run(struct agent *agent)
{
	int rc;

	sd_event_set_watchdog(agent->event, true);
	arm(agent, &agent->tick, US_PER_SECOND, on_tick);
	agent_commit(agent);
	rc = sd_event_loop(agent->event);
	if (agent->pipeline && !agent->is_stalled) {
		cover(agent);
		agent_tell_stop(agent);
		agent_commit(agent);
	}
	return rc < 0 ? 1 : rc;
}
