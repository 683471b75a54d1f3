/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings as they are stored: open and closed, and those that the policy says are no
 * news, with how often it did.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/pipeline_state.h"
#include "base/memory.h"

/* ---- suppressions --------------------------------------------------------------------
 */

void pipeline_suppress(const struct pipeline *pipeline, struct finding *finding)
{
	const struct policy_tags tags = {
		.tags = pipeline->identity.tags,
		.count = pipeline->identity.tag_count,
		.are_known = pipeline->identity.has_tags,
	};

	if (pipeline->options.policy)
		finding->suppression =
			policy_suppression(pipeline->options.policy, finding, &tags);
}

bool pipeline_is_news(void *ctx, const struct observation *observation)
{
	struct finding finding;

	finding_from_observation(observation, &finding);
	pipeline_suppress(ctx, &finding);
	return !finding.suppression;
}

static void append_value_name(struct buf *buf, const struct suppression *suppression)
{
	buf_append_format(buf, "suppressed:%s", suppression->name);
}

static void load(const struct pipeline *pipeline, struct pipeline_suppression *counted)
{
	AUTO_BUF struct buf name = BUF_LIMIT(1024);
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	uint64_t at = 0;
	struct slice text;

	append_value_name(&name, counted->suppression);
	if (!store_get_value(pipeline->options.store, buf_text(&name), &value))
		return;
	text = buf_slice(&value);
	if (!slice_take_number(&text, UINT64_MAX, &counted->count))
		return;
	(void)slice_take_prefix(&text, SLICE(" "));
	if (slice_number(text, (uint64_t)US_TIME_MAX, &at))
		counted->last_at = (us_time)at;
}

static void save(struct pipeline *pipeline, const struct pipeline_suppression *counted)
{
	AUTO_BUF struct buf name = BUF_LIMIT(1024);
	AUTO_BUF struct buf value = BUF_LIMIT(64);

	append_value_name(&name, counted->suppression);
	buf_append_format(&value, "%" PRIu64 " %" PRId64, counted->count,
			  counted->last_at);
	store_put_value(pipeline->options.store, buf_text(&name), buf_slice(&value));
}

static struct pipeline_suppression *counter_of(struct pipeline *pipeline,
					       const struct suppression *suppression)
{
	for (size_t i = 0; i < pipeline->suppression_count; i++) {
		if (pipeline->suppressions[i].suppression == suppression)
			return &pipeline->suppressions[i];
	}
	return NULL;
}

void pipeline_load_suppressions(struct pipeline *pipeline)
{
	const struct policy *policy = pipeline->options.policy;
	size_t count = 0;

	while (policy && policy_suppression_at(policy, count))
		count++;
	if (count == 0)
		return;
	pipeline->suppressions = memory_new(count, sizeof(*pipeline->suppressions));
	pipeline->suppression_count = count;
	for (size_t i = 0; i < count; i++) {
		pipeline->suppressions[i] =
			(struct pipeline_suppression){ policy_suppression_at(policy, i),
						       0, US_TIME_NONE };
		load(pipeline, &pipeline->suppressions[i]);
	}
}

/* Once: when it is new, or was news until now. */
static void count_suppression(struct pipeline *pipeline, const struct finding *finding)
{
	struct pipeline_suppression *counter = counter_of(pipeline, finding->suppression);

	if (!counter || (store_has_finding(pipeline->options.store, &finding->id) &&
			 !pipeline_is_open(pipeline, &finding->id)))
		return;
	counter->count++;
	counter->last_at = clock_real();
	save(pipeline, counter);
}

bool pipeline_suppression(const struct pipeline *pipeline, size_t index,
			  struct pipeline_suppression *ret_suppression)
{
	if (index >= pipeline->suppression_count)
		return false;
	*ret_suppression = pipeline->suppressions[index];
	return true;
}

/* ---- findings ------------------------------------------------------------------------
 */

void pipeline_put_finding(struct pipeline *pipeline, const struct finding *finding,
			  bool is_open)
{
	struct store_finding row = {
		.id = finding->id,
		.happened_at = finding->happened_at,
		.changed_at = clock_now(pipeline->options.clock),
		.severity = (uint8_t)finding->severity,
		.is_open = is_open && !finding->suppression,
		.rule = slice_text(finding->rule),
	};

	if (finding->suppression)
		count_suppression(pipeline, finding);
	if (finding->login)
		row.login_id = finding->login->id;
	buf_clear(&pipeline->json);
	native_append_finding(&pipeline->json, finding, &pipeline->context);
	row.json = buf_slice(&pipeline->json);
	store_put_finding(pipeline->options.store, &row);
	if (pipeline->options.finding_changed)
		pipeline->options.finding_changed(pipeline->options.ctx, &row);
}

static bool take_is_open(void *ctx, const struct store_finding *finding)
{
	*(bool *)ctx = finding->is_open;
	return false;
}

bool pipeline_is_open(const struct pipeline *pipeline, const struct id *id)
{
	char text[ID_TEXT_BYTES];
	bool is_open = false;
	struct err err;

	/* A database that cannot be read fails loudly at the next commit. */
	return store_find_finding(pipeline->options.store,
				  slice_text(id_to_text(id, text)), take_is_open,
				  &is_open, &err) == 0 &&
	       is_open;
}

static bool take_severity(void *ctx, const struct store_finding *finding)
{
	*(enum severity *)ctx = (enum severity)finding->severity;
	return false;
}

enum severity pipeline_severity_before(const struct pipeline *pipeline,
				       const struct finding *finding)
{
	char text[ID_TEXT_BYTES];
	enum severity severity = finding->severity;
	struct err err;

	/* A database that cannot be read fails loudly at the next commit. */
	if (store_find_finding(pipeline->options.store,
			       slice_text(id_to_text(&finding->id, text)), take_severity,
			       &severity, &err) < 0)
		return finding->severity;
	return severity;
}

/* More open findings than one login can have rules. */
#define OPEN_MAX 16

struct open_findings {
	struct arena arena;
	const struct id *keep; /* NULL = none */
	struct store_finding rows[OPEN_MAX];
	size_t count;
};

/* What was observed stays true whatever becomes of the login's verdict. */
static bool is_observed(struct slice rule)
{
	for (int i = 0; i < OBSERVATION_COUNT; i++) {
		if (slice_equal(rule,
				slice_text(observation_word((enum observation_kind)i))))
			return true;
	}
	return false;
}

static bool collect_open(void *ctx, const struct store_finding *finding)
{
	struct open_findings *open = ctx;
	struct store_finding *row = &open->rows[open->count];

	if (!finding->is_open || is_observed(finding->rule) ||
	    (open->keep && memcmp(open->keep->bytes, finding->id.bytes, ID_BYTES) == 0))
		return true;
	*row = *finding;
	row->rule = arena_copy(&open->arena, finding->rule);
	row->json = arena_copy(&open->arena, finding->json);
	return ++open->count < OPEN_MAX;
}

static void note_closed(struct closed_finding *closed, const struct store_finding *row)
{
	if (closed->rule[0] && (int)row->severity <= (int)closed->severity)
		return;
	closed->severity = (enum severity)row->severity;
	snprintf(closed->rule, sizeof(closed->rule), "%.*s", SLICE_ARG(row->rule));
}

struct closed_finding pipeline_close_findings(struct pipeline *pipeline,
					      const struct id *login_id,
					      const struct id *keep)
{
	struct open_findings open = { .keep = keep };
	struct closed_finding closed = { SEVERITY_INFORMATIONAL, "" };
	struct err err;

	arena_init(&open.arena);
	/* A database that cannot be read fails loudly at the next commit. */
	if (store_findings_of(pipeline->options.store, login_id, collect_open, &open,
			      &err) < 0)
		open.count = 0;
	for (size_t i = 0; i < open.count; i++) {
		open.rows[i].is_open = false;
		open.rows[i].changed_at = clock_now(pipeline->options.clock);
		store_put_finding(pipeline->options.store, &open.rows[i]);
		note_closed(&closed, &open.rows[i]);
	}
	arena_release(&open.arena);
	return closed;
}
