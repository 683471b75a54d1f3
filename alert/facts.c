/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/facts.h"

#include <inttypes.h>

#include "alert/advice.h"
#include "alert/text.h"

/* A part of a value: an ARN or a resource id fits. */
#define PART_BYTES 256

static void append_part(struct buf *value, const char *before, struct slice part)
{
	if (part.len == 0)
		return;
	buf_append_text(value, before);
	text_append(value, part, PART_BYTES, NULL);
}

/* As append_part(), but nothing goes before the first. */
static void append_next(struct buf *value, const char *before, struct slice part)
{
	append_part(value, value->len ? before : "", part);
}

static void append_time(struct buf *value, const char *before, us_time time)
{
	char text[TIME_TEXT_BYTES];

	if (time == US_TIME_NONE)
		return;
	buf_append_text(value, before);
	buf_append_text(value, time_to_rfc3339(time, text));
}

/* ---- the values ----------------------------------------------------------------------
 */

static void write_who(const struct alert_view *view, struct buf *value)
{
	struct slice hint = view->login ? view->login->principal_hint : SLICE("");

	if (view->call && view->call->api_call.principal.len) {
		append_part(value, "", view->call->api_call.principal);
		if (view->verdict && !view->is_vouched)
			buf_append_text(value, ", whose call does not vouch for it");
	} else if (hint.len) {
		append_part(value, "", hint);
		buf_append_text(value, ", as the host's own lines say");
	} else if (view->login) {
		buf_append_text(value, "not known");
	}
}

static void write_os_user(const struct alert_view *view, struct buf *value)
{
	if (!view->login)
		return;
	append_part(value, "", view->login->os_user);
	if (value->len)
		append_time(value, ", root by sudo at ", view->login->sudo_at);
}

static void write_door(const struct alert_view *view, struct buf *value)
{
	if (view->path == PATH_NONE)
		return;
	buf_append_format(value, "%s (%s)", path_text(view->path), path_word(view->path));
	if (view->login && view->login->through != PATH_NONE)
		buf_append_format(value, ", in a tunnel: %s (%s)",
				  path_text(view->login->through),
				  path_word(view->login->through));
}

static void write_source(const struct alert_view *view, struct buf *value)
{
	if (!view->login)
		return;
	append_part(value, "", view->login->source_ip);
	if (value->len && view->login->source_port)
		buf_append_format(value, " port %u", (unsigned)view->login->source_port);
}

static void append_call(struct buf *value, const struct event *event)
{
	const struct api_call *call = &event->api_call;

	append_part(value, "", call->name);
	append_time(value, " at ", event->happened_at);
	append_part(value, " by ", call->principal);
	append_part(value, " from ", call->source_ip);
	append_part(value, ", refused: ", call->error_code);
	append_part(value, ", id ", call->id);
}

static void write_call(const struct alert_view *view, struct buf *value)
{
	if (view->call)
		append_call(value, view->call);
	else if (view->verdict)
		buf_append_text(value, "none");
}

static void write_through_call(const struct alert_view *view, struct buf *value)
{
	if (view->through)
		append_call(value, view->through);
}

static void write_verdict(const struct alert_view *view, struct buf *value)
{
	const struct verdict *verdict = view->verdict;

	if (!verdict)
		return;
	buf_append_text(value, verdict_word(verdict->verdict));
	if (verdict->stage != STAGE_NONE && verdict->verdict == VERDICT_UNAUTHORIZED)
		buf_append_format(value, " (%s)", stage_word(verdict->stage));
	buf_append_format(value, ": %s", finding_verdict_text(verdict));
}

static void write_reasons(const struct alert_view *view, struct buf *value)
{
	const struct verdict *verdict = view->verdict;

	for (uint32_t i = 0; verdict && i < verdict->reason_count; i++) {
		buf_append_text(value, i ? "; " : "");
		buf_append_text(value, reason_text(verdict->reasons[i]));
	}
	if (verdict)
		append_next(value, ", by rule ", slice_text(verdict->policy_rule));
}

static void write_detail(const struct alert_view *view, struct buf *value)
{
	if (!view->observation)
		return;
	text_append(value, view->observation->detail, FACT_BYTES, NULL);
}

static void write_host(const struct alert_view *view, struct buf *value)
{
	append_part(value, "", view->host);
	append_next(value, ", ", view->instance);
}

static void write_place(const struct alert_view *view, struct buf *value)
{
	append_part(value, "", slice_text(cloud_word(view->cloud)));
	append_next(value, ", account ", view->account);
	append_next(value, ", ", view->region);
}

static void write_time(const struct alert_view *view, struct buf *value)
{
	append_time(value, "", view->happened_at);
	if (view->login)
		append_time(value, " until ", view->login->ended_at);
}

static void write_session(const struct alert_view *view, struct buf *value)
{
	const struct login *login = view->login;

	if (!login)
		return;
	append_next(value, ", ", login->session_id);
	append_next(value, ", ", login->command_id);
	append_next(value, ", ", login->tty);
	append_part(value, value->len ? ", key " : "key ", login->key_fingerprint);
	if (login->pid)
		buf_append_format(value, "%spid %u", value->len ? ", " : "",
				  (unsigned)login->pid);
}

static void write_trust(const struct alert_view *view, struct buf *value)
{
	if (view->login)
		buf_append_format(value, "%s: %s", trust_word(view->login->trust),
				  trust_text(view->login->trust));
}

static void write_technique(const struct alert_view *view, struct buf *value)
{
	if (view->has_finding && view->finding.technique)
		buf_append_text(value, view->finding.technique);
}

static void write_next(const struct alert_view *view, struct buf *value)
{
	buf_append(value, slice_text(alert_view_advice(view)));
}

static void write_contain(const struct alert_view *view, struct buf *value)
{
	if (view->has_finding && !view->is_over && !view->is_test)
		advice_contain(view->login, view->call, value);
}

static void write_reference(const struct alert_view *view, struct buf *value)
{
	char uid[ID_TEXT_BYTES];

	buf_append_format(value, "%s %s, record %" PRIu64, view->rule,
			  id_to_text(&view->uid, uid), view->record->number);
}

/* ---- all of them ---------------------------------------------------------------------
 */

static const struct {
	const char *key, *label;
	void (*write)(const struct alert_view *view, struct buf *value);
} rows[] = {
	{ "who", "Who", write_who },
	{ "os_user", "As", write_os_user },
	{ "door", "Door", write_door },
	{ "source", "From", write_source },
	{ "host", "Host", write_host },
	{ "place", "Where", write_place },
	{ "time", "When", write_time },
	{ "verdict", "Verdict", write_verdict },
	{ "reasons", "Why", write_reasons },
	{ "api_call", "API call", write_call },
	{ "through_api_call", "Tunnel's call", write_through_call },
	{ "detail", "Detail", write_detail },
	{ "session", "Session", write_session },
	{ "trust", "Evidence is", write_trust },
	{ "technique", "ATT&CK", write_technique },
	{ "next", "Next", write_next },
	{ "contain", "Contain", write_contain },
	{ "reference", "Reference", write_reference },
};

void facts_each(const struct alert_view *view, fact_take_fn *take, void *ctx)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !view->heartbeat; i++) {
		/* made of parts that each have a ceiling */
		AUTO_BUF struct buf whole = BUF_LIMIT(8 * FACT_BYTES);
		AUTO_BUF struct buf value = BUF_LIMIT(FACT_BYTES);
		struct fact fact = { .key = rows[i].key, .label = rows[i].label };

		rows[i].write(view, &whole);
		text_append(&value, buf_slice(&whole), FACT_BYTES, NULL);
		fact.value = buf_slice(&value);
		if (fact.value.len)
			take(ctx, &fact);
	}
}

/* ---- evidence ------------------------------------------------------------------------
 */

struct lines {
	const struct native_context *context;
	uint32_t left, more;
	fact_line_fn *take;
	void *ctx;
};

static void take_line(struct lines *lines, uint64_t reference)
{
	struct evidence_text text;

	if (!lines->context->evidence || reference == 0 ||
	    !lines->context->evidence(lines->context->ctx, reference, &text) ||
	    (text.line.len == 0 && text.source.len == 0))
		return;
	if (lines->left == 0) {
		lines->more++;
		return;
	}
	lines->left--;
	lines->take(lines->ctx, &text);
}

uint32_t facts_each_line(const struct alert_view *view, uint32_t limit,
			 fact_line_fn *take, void *ctx)
{
	struct lines lines = {
		.context = view->record->context,
		.left = limit,
		.take = take,
		.ctx = ctx,
	};

	if (view->observation) {
		take_line(&lines, view->observation->evidence);
		for (uint32_t i = 0; i < view->observation->sample_count; i++)
			take_line(&lines, view->observation->samples[i]);
	}
	for (uint32_t i = 0; view->login && i < view->login->evidence_count; i++)
		take_line(&lines, view->login->evidence[i]);
	return lines.more;
}
