/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/view.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "alert/advice.h"
#include "base/escape.h"

/* More than this of a name or address is not for a sentence. */
#define MESSAGE_PART_BYTES 256

#define TEST_MARK "[test] "
#define TEST_WORDS "nothing happened, this shows what a record looks like: "

#define WITHDRAWN_WORDS "what was found is withdrawn: "

/* What a record is told under that has no finding. */
struct plain {
	const char *rule, *title;
};
static const struct plain came_in = {
	"login-through-cloud-door",
	"Login through a cloud's own door",
};
static const struct plain was_run = {
	"command-through-cloud-door",
	"Command through a cloud's own door",
};
static const struct plain came_direct = {
	"login-over-network",
	"Login through no cloud door",
};
static const struct plain withdrawn = {
	"finding-withdrawn",
	"What was found about a login is withdrawn",
};
static const struct plain alive = {
	"heartbeat",
	"The agent is alive",
};

/* ---- what it is about ----------------------------------------------------------------
 */

static bool is_command(const struct login *login)
{
	static const bool commands[LOGIN_KIND_COUNT] = {
		[LOGIN_COMMAND] = true,
		[LOGIN_ASSOCIATION] = true,
		[LOGIN_EXTENSION] = true,
		[LOGIN_SCRIPT] = true,
	};

	return commands[login->kind];
}

static bool is_settled(enum verdict_kind verdict)
{
	return verdict == VERDICT_AUTHORIZED || verdict == VERDICT_NOT_JUDGED;
}

/* What stands in for a finding that is none any more. */
static struct finding withdrawn_finding(const struct verdict *verdict)
{
	return (struct finding){
		.id = finding_id(&verdict->login->id, withdrawn.rule),
		.rule = withdrawn.rule,
		.title = withdrawn.title,
		.severity = SEVERITY_INFORMATIONAL,
		.happened_at = verdict->login->happened_at,
		.path = verdict->login->path,
		.login = verdict->login,
		.verdict = verdict,
		.api_call = verdict->api_call ? verdict->api_call : verdict->reason_call,
	};
}

/* A record that closes withdraws what was found, whether or not the login would still
 * be a finding: one that is suppressed would. */
static void view_verdict(struct alert_view *view, const struct verdict *verdict)
{
	view->verdict = verdict;
	view->login = verdict->login;
	view->call = verdict->api_call ? verdict->api_call : verdict->reason_call;
	view->is_vouched = verdict->api_call != NULL;
	view->through = verdict->through_api_call;
	view->uid = verdict->login->id;
	view->happened_at = verdict->login->happened_at;
	view->path = verdict->login->path;
	view->has_finding = view->stream == ALERT_FINDINGS &&
			    view->activity != ALERT_CLOSE &&
			    finding_from_verdict(verdict, &view->finding);
	if (view->stream == ALERT_FINDINGS && !view->has_finding)
		view->finding = withdrawn_finding(verdict);
	view->is_over = is_settled(verdict->verdict);
}

static void view_observation(struct alert_view *view,
			     const struct observation *observation)
{
	finding_from_observation(observation, &view->finding);
	view->observation = observation;
	view->has_finding = true;
	view->login = observation->login;
	view->call = observation->api_call;
	view->uid = observation->id;
	view->happened_at = observation->happened_at;
	view->path = view->finding.path;
	view->is_over = observation->is_over;
}

static const struct plain *plain_of(const struct alert_view *view)
{
	if (view->heartbeat)
		return &alive;
	if (view->stream == ALERT_FINDINGS)
		return &withdrawn;
	if (view->path == PATH_DIRECT_SSH || view->path == PATH_LOCAL)
		return &came_direct;
	return view->is_command ? &was_run : &came_in;
}

static void view_names(struct alert_view *view)
{
	const struct plain *plain = plain_of(view);

	view->rule = view->has_finding ? view->finding.rule : plain->rule;
	snprintf(view->title, sizeof(view->title), "%s%s", view->is_test ? TEST_MARK : "",
		 view->has_finding ? view->finding.title : plain->title);
	view->severity =
		view->has_finding ? view->finding.severity : SEVERITY_INFORMATIONAL;
}

/* ---- where ---------------------------------------------------------------------------
 */

/* The word of a cloud's door begins with the cloud's own and a '-'. */
static enum cloud cloud_of_path(enum path path)
{
	struct slice word = slice_text(path_word(path)), first;

	return slice_take_until(&word, '-', &first) ? cloud_find(first) : CLOUD_UNKNOWN;
}

static struct slice first_known(struct slice first, struct slice second)
{
	return first.len ? first : second;
}

static void view_place(struct alert_view *view)
{
	const struct native_context *context = view->record->context;
	const struct slice none = { "", 0 };

	view->instance = context->instance;
	view->host = first_known(view->login ? view->login->host : none, context->host);
	view->account = first_known(context->account,
				    view->call ? view->call->api_call.account : none);
	view->region = first_known(context->region,
				   view->call ? view->call->api_call.region : none);
	view->cloud = context->provider.len ? cloud_find(context->provider)
					    : cloud_of_path(view->path);
}

struct alert_view alert_view_of(const struct alert_record *record)
{
	struct alert_view view = {
		.record = record,
		.stream = record->stream,
		.activity = record->activity,
		.is_test = record->is_test,
		.heartbeat = record->heartbeat,
		.happened_at = record->told_at,
		.path = PATH_NONE,
	};

	assert(!!record->verdict + !!record->observation + !!record->heartbeat == 1);
	if (record->verdict)
		view_verdict(&view, record->verdict);
	else if (record->observation)
		view_observation(&view, record->observation);
	if (record->activity == ALERT_CLOSE)
		view.is_over = true;
	view.is_command = view.login && is_command(view.login);
	view_names(&view);
	view_place(&view);
	return view;
}

/* ---- in words ------------------------------------------------------------------------
 */

static void append_part(struct buf *buf, const char *before, struct slice part)
{
	if (part.len == 0)
		return;
	buf_append_text(buf, before);
	escape_append(buf, slice_first(part, MESSAGE_PART_BYTES));
}

static void append_reasons(const struct verdict *verdict, struct buf *buf)
{
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		buf_append_text(buf, i ? "; " : ": ");
		buf_append_text(buf, reason_text(verdict->reasons[i]));
	}
}

static void append_verdict(const struct alert_view *view, struct buf *buf)
{
	const struct verdict *verdict = view->verdict;

	buf_append_text(buf, path_text(view->path));
	append_part(buf, view->is_command ? ": run as " : ": login of ",
		    view->login->os_user);
	append_part(buf, " from ", view->login->source_ip);
	buf_append_text(buf, ": ");
	buf_append_text(buf, verdict_word(verdict->verdict));
	if (verdict->stage != STAGE_NONE && verdict->verdict == VERDICT_UNAUTHORIZED)
		buf_append_format(buf, " (%s)", stage_word(verdict->stage));
	append_reasons(verdict, buf);
	append_part(buf, ", by rule ", slice_text(verdict->policy_rule));
	if (verdict->api_call)
		append_part(buf, ", vouched for by ",
			    verdict->api_call->api_call.principal);
}

static void append_observation(const struct alert_view *view, struct buf *buf)
{
	const struct observation *observation = view->observation;

	buf_append_text(buf, view->finding.title);
	if (observation->is_over)
		buf_append_text(buf, ": it is over");
	else if (observation->kind == OBSERVATION_CONTROL_PLANE_BLIND)
		buf_append_format(buf, ": %s", reason_text(observation->reason));
	append_part(buf, ": ", observation->detail);
	if (view->call)
		append_part(buf, ", call by ", view->call->api_call.principal);
}

static void append_heartbeat(const struct alert_view *view, struct buf *buf)
{
	const struct alert_heartbeat *heartbeat = view->heartbeat;

	buf_append_text(buf, alive.title);
	append_part(buf, " on ", first_known(view->host, view->instance));
	buf_append_format(buf,
			  ": since its last heartbeat logins %" PRIu64
			  ", findings %" PRIu64 "; records that wait %" PRIu64
			  "; sight of the control plane: %s",
			  heartbeat->logins, heartbeat->findings, heartbeat->waiting,
			  heartbeat->sight);
}

static bool says_test(const struct alert_view *view)
{
	return view->observation && view->observation->kind == OBSERVATION_TEST_ALERT;
}

void alert_view_message(const struct alert_view *view, struct buf *buf)
{
	if (view->is_test)
		buf_append_text(buf, TEST_MARK);
	if (view->is_test && !says_test(view))
		buf_append_text(buf, TEST_WORDS);
	if (view->verdict && view->stream == ALERT_FINDINGS && !view->has_finding)
		buf_append_text(buf, WITHDRAWN_WORDS);
	if (view->verdict)
		append_verdict(view, buf);
	else if (view->observation)
		append_observation(view, buf);
	else
		append_heartbeat(view, buf);
}

const char *alert_view_advice(const struct alert_view *view)
{
	if (!view->has_finding || view->is_over)
		return "";
	return view->observation ? advice_for_observation(view->observation)
				 : advice_for_verdict(view->verdict);
}

void alert_view_record_id(const struct alert_view *view, struct buf *buf)
{
	char uid[ID_TEXT_BYTES];

	if (view->heartbeat)
		escape_append(buf, first_known(view->instance, view->host));
	else
		buf_append_text(buf, id_to_text(&view->uid, uid));
	buf_append_format(buf, ":%" PRIu64, view->record->number);
}
