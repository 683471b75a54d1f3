/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/view.h"

#include <assert.h>

#include "base/escape.h"

/* What a login is told under while nothing is found to be wrong with it. */
#define OBSERVED_RULE "login-through-cloud-door"
#define OBSERVED_TITLE "Login through a cloud's own door"

/* More than this of a name or address is not for a sentence. */
#define MESSAGE_PART_BYTES 256

static bool is_settled(enum verdict_kind verdict)
{
	return verdict == VERDICT_AUTHORIZED || verdict == VERDICT_NOT_JUDGED;
}

static void view_login(struct alert_view *view, const struct verdict *verdict)
{
	view->login = verdict->login;
	view->call = verdict->api_call ? verdict->api_call : verdict->reason_call;
	view->through = verdict->through_api_call;
	view->uid = verdict->login->id;
	view->happened_at = verdict->login->happened_at;
	view->path = verdict->login->path;
	view->has_finding = finding_from_verdict(verdict, &view->finding);
	view->is_over = is_settled(verdict->verdict);
}

static void view_observation(struct alert_view *view,
			     const struct observation *observation)
{
	finding_from_observation(observation, &view->finding);
	view->has_finding = true;
	view->login = observation->login;
	view->call = observation->api_call;
	view->uid = observation->id;
	view->happened_at = observation->happened_at;
	view->path = view->finding.path;
	view->is_over = observation->is_over;
}

struct alert_view alert_view_of(const struct alert_record *record)
{
	struct alert_view view = { .record = record };

	assert(!record->verdict != !record->observation);
	if (record->verdict)
		view_login(&view, record->verdict);
	else
		view_observation(&view, record->observation);
	view.rule = view.has_finding ? view.finding.rule : OBSERVED_RULE;
	view.title = view.has_finding ? view.finding.title : OBSERVED_TITLE;
	if (record->activity == ALERT_CLOSE)
		view.is_over = true;
	return view;
}

static void append_part(struct buf *buf, const char *before, struct slice part)
{
	if (part.len == 0)
		return;
	buf_append_text(buf, before);
	escape_append(buf, slice_first(part, MESSAGE_PART_BYTES));
}

static void append_login(const struct verdict *verdict, struct buf *buf)
{
	const struct login *login = verdict->login;

	buf_append_text(buf, path_text(login->path));
	append_part(buf, ": login of ", login->os_user);
	append_part(buf, " from ", login->source_ip);
	buf_append_text(buf, ": ");
	buf_append_text(buf, verdict_word(verdict->verdict));
	if (verdict->stage != STAGE_NONE && verdict->verdict == VERDICT_UNAUTHORIZED)
		buf_append_format(buf, " (%s)", stage_word(verdict->stage));
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		buf_append_text(buf, i ? "; " : ": ");
		buf_append_text(buf, reason_text(verdict->reasons[i]));
	}
	if (verdict->api_call)
		append_part(buf, ", vouched for by ",
			    verdict->api_call->api_call.principal);
}

void alert_view_message(const struct alert_view *view, struct buf *buf)
{
	const struct observation *observation = view->record->observation;

	if (!observation) {
		append_login(view->record->verdict, buf);
		return;
	}
	buf_append_text(buf, view->title);
	if (observation->is_over)
		buf_append_text(buf, ": it is over");
	else if (observation->kind == OBSERVATION_CONTROL_PLANE_BLIND)
		buf_append_format(buf, ": %s", reason_text(observation->reason));
	append_part(buf, ": ", observation->detail);
	if (view->call)
		append_part(buf, ", call by ", view->call->api_call.principal);
}
