/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/log.h"
#include "agent/metrics_text.h"
#include "base/cleanup.h"
#include "base/limits.h"

#define COUNTED_FOR US_PER_DAY

/* ---- what is said ----------------------------------------------------------------- */

static void put_agent(struct metrics_text *text, struct agent *agent)
{
	metrics_gauge(text, "countersign_build_info",
		      "Always 1; its label is the version.");
	metrics_label(text, "version", SLICE(PACKAGE_VERSION));
	metrics_number(text, 1);
	metrics_gauge(text, "countersign_start_timestamp_seconds",
		      "When the agent started.");
	metrics_time(text, agent->started_at);
	metrics_gauge(text, "countersign_written_timestamp_seconds",
		      "When this was written: old means that the agent does not run.");
	metrics_time(text, clock_real());
	metrics_gauge(text, "countersign_watching",
		      "1 when all that was there has been read and it follows.");
	metrics_number(text, agent->is_caught_up && !agent->is_stalled);
	metrics_gauge(text, "countersign_stalled",
		      "1 when what is seen cannot be stored, and nothing is read.");
	metrics_number(text, agent->is_stalled);
}

static void put_counts(struct metrics_text *text, struct agent *agent)
{
	struct store_summary summary = { .oldest_at = US_TIME_NONE };
	struct err err;

	if (store_summarize(agent->store, clock_real() - COUNTED_FOR, &summary, &err) < 0)
		return;
	metrics_gauge(text, "countersign_logins_last_day",
		      "Logins of the last 24 hours by verdict.");
	for (int i = 0; i < VERDICT_COUNT; i++) {
		metrics_label(text, "verdict",
			      slice_text(verdict_word((enum verdict_kind)i)));
		metrics_number(text, (int64_t)summary.logins[i]);
	}
	metrics_gauge(text, "countersign_open_findings_last_day",
		      "Open findings of the last 24 hours by severity.");
	for (int i = 0; i < SEVERITY_COUNT; i++) {
		metrics_label(text, "severity",
			      slice_text(severity_word((enum severity)i)));
		metrics_number(text, (int64_t)summary.findings[i]);
	}
	metrics_gauge(text, "countersign_store_bytes", "Size of the database.");
	metrics_number(text, (int64_t)summary.database_bytes);
	metrics_gauge(text, "countersign_store_limit_bytes",
		      "Size that the database may grow to.");
	metrics_number(text, (int64_t)agent->config.agent.max_state_bytes);
	metrics_total(text, "countersign_unreadable_events_total",
		      "Stored events that could not be read again.");
	metrics_number(text, (int64_t)pipeline_unreadable(agent->pipeline));
}

/* Calls `put` for each source that is shown, with its labels set. */
static void each_source(struct metrics_text *text, const struct agent *agent,
			void (*put)(struct metrics_text *text,
				    const struct source_state *state))
{
	for (size_t i = 0; i < agent->source_count; i++) {
		const struct source *source = agent->sources[i];
		struct source_state state;

		if (!source_is_shown(source))
			continue;
		source->ops->state(source, &state);
		metrics_label(text, "source", slice_text(source->name));
		metrics_label(text, "kind", slice_text(state.kind));
		put(text, &state);
	}
}

static void put_following(struct metrics_text *text, const struct source_state *state)
{
	metrics_number(text, state->condition == SOURCE_FOLLOWING);
}

static void put_lag(struct metrics_text *text, const struct source_state *state)
{
	metrics_number(text, (int64_t)state->lag_bytes);
}

static void put_gaps(struct metrics_text *text, const struct source_state *state)
{
	metrics_number(text, (int64_t)state->gaps);
}

static void put_last(struct metrics_text *text, const struct source_state *state)
{
	metrics_time(text, state->last_at);
}

static void put_sources(struct metrics_text *text, const struct agent *agent)
{
	metrics_gauge(text, "countersign_source_following",
		      "1 when the source is there and can be read.");
	each_source(text, agent, put_following);
	metrics_gauge(text, "countersign_source_lag_bytes",
		      "Bytes that are there and not yet read.");
	each_source(text, agent, put_lag);
	metrics_total(text, "countersign_source_gaps_total",
		      "Stretches of the source that were lost.");
	each_source(text, agent, put_gaps);
	metrics_gauge(text, "countersign_source_last_timestamp_seconds",
		      "Time of the last line.");
	each_source(text, agent, put_last);
}

static void each_query(struct metrics_text *text, const struct agent *agent,
		       void (*put)(struct metrics_text *text,
				   const struct query_state *state))
{
	struct query_state state;

	for (size_t i = 0; control_plane_state(agent->plane, i, &state); i++) {
		metrics_label(text, "query", slice_text(state.query));
		put(text, &state);
	}
}

static void put_sight(struct metrics_text *text, const struct query_state *state)
{
	metrics_number(text, strcmp(state->sight, "seeing") == 0);
}

static void put_proven(struct metrics_text *text, const struct query_state *state)
{
	metrics_time(text, state->proven_until);
}

static void put_plane(struct metrics_text *text, const struct agent *agent)
{
	metrics_gauge(text, "countersign_control_plane_sight",
		      "1 when this part of the cloud's API log can be seen.");
	each_query(text, agent, put_sight);
	metrics_gauge(text, "countersign_control_plane_proven_timestamp_seconds",
		      "Until when every API call is known.");
	each_query(text, agent, put_proven);
}

/* What is said of each sink: a row a metric. */
static const struct sink_metric {
	const char *name, *help;
	bool is_total;
	size_t offset; /* of a uint64_t in struct outbox_state */
} sink_metrics[] = {
	{ "countersign_sink_waiting_records", "Records that wait to be delivered.", false,
	  offsetof(struct outbox_state, waiting) },
	{ "countersign_sink_waiting_bytes", "Their size on the disk.", false,
	  offsetof(struct outbox_state, waiting_bytes) },
	{ "countersign_sink_limit_bytes", "Size that they may have.", false,
	  offsetof(struct outbox_state, max_bytes) },
	{ "countersign_sink_delivered_records_total",
	  "Records that the receiver said it has.", true,
	  offsetof(struct outbox_state, delivered) },
	{ "countersign_sink_refused_records_total",
	  "Records that the receiver will never take.", true,
	  offsetof(struct outbox_state, refused) },
	{ "countersign_sink_dropped_records_total",
	  "Records that were dropped for lack of room.", true,
	  offsetof(struct outbox_state, dropped) },
};

static void label_sink(struct metrics_text *text, const struct outbox_state *state)
{
	metrics_label(text, "sink", slice_text(state->name));
	metrics_label(text, "type", slice_text(state->type));
}

static void put_sink_metric(struct metrics_text *text, const struct agent *agent,
			    const struct sink_metric *metric)
{
	struct outbox_state state;

	if (metric->is_total)
		metrics_total(text, metric->name, metric->help);
	else
		metrics_gauge(text, metric->name, metric->help);
	for (size_t i = 0; outbox_state(agent->outbox, i, &state); i++) {
		uint64_t value;

		memcpy(&value, (const char *)&state + metric->offset, sizeof(value));
		label_sink(text, &state);
		metrics_number(text, (int64_t)value);
	}
}

static void put_sinks(struct metrics_text *text, const struct agent *agent)
{
	struct outbox_state state;

	for (size_t i = 0; i < sizeof(sink_metrics) / sizeof(sink_metrics[0]); i++)
		put_sink_metric(text, agent, &sink_metrics[i]);
	metrics_gauge(text, "countersign_sink_failing",
		      "1 when the last delivery failed.");
	for (size_t i = 0; outbox_state(agent->outbox, i, &state); i++) {
		label_sink(text, &state);
		metrics_number(text, state.last_error[0] != '\0');
	}
	metrics_gauge(text, "countersign_sink_oldest_timestamp_seconds",
		      "When the oldest record that waits was told.");
	for (size_t i = 0; outbox_state(agent->outbox, i, &state); i++) {
		label_sink(text, &state);
		metrics_time(text, state.oldest_at);
	}
}

static void put_suppressed(struct metrics_text *text, const struct agent *agent)
{
	struct pipeline_suppression counted;

	metrics_total(text, "countersign_suppressed_findings_total",
		      "Findings that the policy says are no news, by which part of it.");
	for (size_t i = 0; pipeline_suppression(agent->pipeline, i, &counted); i++) {
		metrics_label(text, "suppression", slice_text(counted.suppression->name));
		metrics_number(text, (int64_t)counted.count);
	}
}

void metrics_append(struct agent *agent, struct buf *buf)
{
	struct metrics_text text;

	metrics_begin(&text, buf);
	put_agent(&text, agent);
	put_counts(&text, agent);
	put_sources(&text, agent);
	put_plane(&text, agent);
	put_sinks(&text, agent);
	put_suppressed(&text, agent);
	metrics_end(&text);
}

/* ---- the file --------------------------------------------------------------------- */

/* The new file goes beside its place, for rename(2) leads to no other file system. */
static int write_beside(const char *beside, struct slice bytes, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	/* What a run before left there is no use to anybody. */
	if (unlink(beside) < 0 && errno != ENOENT)
		return err_system(err, errno, "cannot remove '%s'", beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || fchmod(fd, 0644) < 0)
		return err_system(err, errno, "cannot make '%s'", beside);
	while (bytes.len) {
		ssize_t count = write(fd, bytes.ptr, bytes.len);

		if (count < 0 && errno != EINTR)
			return err_system(err, errno, "cannot write '%s'", beside);
		if (count > 0)
			bytes = slice_skip(bytes, (size_t)count);
	}
	return 0;
}

int metrics_write(const char *path, struct slice bytes, struct err *err)
{
	AUTO_BUF struct buf beside = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);

	if (!buf_append_format(&beside, "%s.new", path))
		return err_set(err, ERR_LIMIT, "the path '%.64s...' is too long", path);
	if (write_beside(buf_text(&beside), bytes, err) < 0 ||
	    (rename(buf_text(&beside), path) < 0 &&
	     err_system(err, errno, "cannot put '%s' in its place", path) < 0)) {
		unlink(buf_text(&beside));
		return -1;
	}
	return 0;
}

static int on_interval(sd_event_source *timer, uint64_t at, void *ctx)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_METRICS_BYTES);
	struct agent *agent = ctx;
	struct err err = { 0 };

	(void)timer;
	(void)at;
	metrics_append(agent, &text);
	if (buf_overflowed(&text))
		(void)!err_set(&err, ERR_LIMIT, "the metrics are too many");
	else
		(void)!metrics_write(agent->config.metrics.file, buf_slice(&text), &err);
	/* once for as long as it lasts */
	if (err.text[0] && !agent->metrics_failed)
		log_line(LOG_LEVEL_WARNING, "metrics: %s", err.text);
	agent->metrics_failed = err.text[0] != '\0';
	agent_arm(agent, &agent->metrics_timer, agent->config.metrics.interval,
		  on_interval);
	return 0;
}

void metrics_start(struct agent *agent)
{
	if (agent->config.metrics.file[0])
		agent_arm(agent, &agent->metrics_timer, 0, on_interval);
	else
		metrics_stop(agent);
}

void metrics_stop(struct agent *agent)
{
	agent->metrics_timer = sd_event_source_disable_unref(agent->metrics_timer);
}
