/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/view.h"

#include <string.h>

#include "tests/support/check.h"

#define TIME (1769594400 * US_PER_SECOND)

static const struct login login = {
	.id = { { 0xab } },
	.kind = LOGIN_SESSION,
	.happened_at = TIME,
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_SSM_SESSION,
	.host = SLICE("web-1"),
	.os_user = SLICE("ssm-user"),
	.source_ip = SLICE("192.0.2.7\x1b[2J"),
};
static const struct login command = {
	.kind = LOGIN_COMMAND,
	.happened_at = TIME,
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AZURE_RUN_COMMAND,
	.os_user = SLICE("root"),
};
static const struct login direct = {
	.kind = LOGIN_SSH,
	.happened_at = TIME,
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_DIRECT_SSH,
};
static const struct event call = {
	.kind = EVENT_API_CALL,
	.happened_at = TIME,
	.api_call = { .principal = SLICE("alice"),
		      .account = SLICE("111122223333"),
		      .region = SLICE("eu-west-1") },
};
static const struct verdict found = {
	.login = &login,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_FINAL,
	.reasons = { REASON_NO_API_CALL },
	.reason_count = 1,
	.reason_call = &call,
};
static const struct verdict authorized = {
	.login = &login,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &call,
};
static const struct verdict ran = { .login = &command, .verdict = VERDICT_PENDING };
static const struct verdict listed = { .login = &direct, .verdict = VERDICT_NOT_JUDGED };
static const struct observation blind = {
	.kind = OBSERVATION_CONTROL_PLANE_BLIND,
	.id = { { 0xcd } },
	.happened_at = TIME,
	.reason = REASON_API_DENIED,
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.detail = SLICE("ssm\n"),
};
static const struct observation seeing = {
	.kind = OBSERVATION_CONTROL_PLANE_BLIND,
	.happened_at = TIME,
	.is_over = true,
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
};
static const struct observation tried = {
	.kind = OBSERVATION_TEST_ALERT,
	.happened_at = TIME,
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
};
static const struct alert_heartbeat beat = {
	.started_at = TIME,
	.interval_us = US_PER_MINUTE,
	.logins = 3,
	.sight = "lost",
};
static const struct native_context aws = {
	.instance = SLICE("i-0123456789abcdef0"),
	.host = SLICE("host-of-the-agent"),
	.provider = SLICE("aws"),
};
static const struct native_context nothing_known;

struct row {
	const char *name;
	struct alert_record record;
	/* expected */
	const char *rule, *title, *message, *record_id;
	enum severity severity;
	bool has_finding, is_over, is_command, is_vouched, has_advice;
	enum cloud cloud;
	const char *host;
};

static const struct row rows[] = {
	{ "a finding",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CREATE,
	    .number = 7,
	    .verdict = &found,
	    .context = &aws },
	  "login-without-api-call",
	  "a login through a cloud door that no API call vouches for",
	  "Session Manager session: login of ssm-user from 192.0.2.7\\x1b[2J: "
	  "unauthorized (final): no API call explains it",
	  "ab000000000000000000000000000000:7",
	  SEVERITY_HIGH,
	  true,
	  false,
	  false,
	  false,
	  true,
	  CLOUD_AWS,
	  "web-1" },
	{ "the same as a login",
	  { .stream = ALERT_LOGINS,
	    .activity = ALERT_UPDATE,
	    .number = 8,
	    .verdict = &found,
	    .context = &nothing_known },
	  "login-through-cloud-door",
	  "Login through a cloud's own door",
	  "Session Manager session: login of ssm-user from 192.0.2.7\\x1b[2J: "
	  "unauthorized (final): no API call explains it",
	  "ab000000000000000000000000000000:8",
	  SEVERITY_INFORMATIONAL,
	  false,
	  false,
	  false,
	  false,
	  false,
	  CLOUD_AWS,
	  "web-1" },
	{ "withdrawn",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CLOSE,
	    .number = 9,
	    .verdict = &authorized,
	    .context = &aws },
	  "finding-withdrawn",
	  "What was found about a login is withdrawn",
	  "what was found is withdrawn: Session Manager session: login of ssm-user from "
	  "192.0.2.7\\x1b[2J: authorized, vouched for by alice",
	  "ab000000000000000000000000000000:9",
	  SEVERITY_INFORMATIONAL,
	  false,
	  true,
	  false,
	  true,
	  false,
	  CLOUD_AWS,
	  "web-1" },
	{ "suppressed after it was told",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CLOSE,
	    .number = 9,
	    .verdict = &found,
	    .context = &aws },
	  "finding-withdrawn",
	  "What was found about a login is withdrawn",
	  NULL,
	  "ab000000000000000000000000000000:9",
	  SEVERITY_INFORMATIONAL,
	  false,
	  true,
	  false,
	  false,
	  false,
	  CLOUD_AWS,
	  "web-1" },
	{ "a command",
	  { .stream = ALERT_LOGINS,
	    .activity = ALERT_CREATE,
	    .number = 1,
	    .verdict = &ran,
	    .context = &nothing_known },
	  "command-through-cloud-door",
	  "Command through a cloud's own door",
	  "Azure Run Command: run as root: pending",
	  "00000000000000000000000000000000:1",
	  SEVERITY_INFORMATIONAL,
	  false,
	  false,
	  true,
	  false,
	  false,
	  CLOUD_AZURE,
	  "" },
	{ "SSH over the network",
	  { .stream = ALERT_LOGINS,
	    .activity = ALERT_CREATE,
	    .number = 1,
	    .verdict = &listed,
	    .context = &nothing_known },
	  "login-over-network",
	  "Login through no cloud door",
	  NULL,
	  "00000000000000000000000000000000:1",
	  SEVERITY_INFORMATIONAL,
	  false,
	  true,
	  false,
	  false,
	  false,
	  CLOUD_UNKNOWN,
	  "" },
	{ "an observation",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CREATE,
	    .number = 2,
	    .observation = &blind,
	    .context = &aws },
	  "control-plane-blind",
	  "sight of the control plane was lost or is back",
	  "sight of the control plane was lost or is back: the API refuses to answer: "
	  "ssm\\x0a",
	  "cd000000000000000000000000000000:2",
	  SEVERITY_LOW,
	  true,
	  false,
	  false,
	  false,
	  true,
	  CLOUD_AWS,
	  "host-of-the-agent" },
	{ "it is over",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CREATE,
	    .number = 3,
	    .observation = &seeing,
	    .context = &aws },
	  "control-plane-blind",
	  "sight of the control plane was lost or is back",
	  "sight of the control plane was lost or is back: it is over",
	  "00000000000000000000000000000000:3",
	  SEVERITY_LOW,
	  true,
	  true,
	  false,
	  false,
	  false,
	  CLOUD_AWS,
	  "host-of-the-agent" },
	{ "a test",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CREATE,
	    .number = 4,
	    .observation = &tried,
	    .is_test = true,
	    .context = &aws },
	  "test-alert",
	  "[test] a test of the way to this place: nothing happened",
	  "[test] a test of the way to this place: nothing happened",
	  "00000000000000000000000000000000:4",
	  SEVERITY_LOW,
	  true,
	  false,
	  false,
	  false,
	  true,
	  CLOUD_AWS,
	  "host-of-the-agent" },
	{ "a test that looks like a finding",
	  { .stream = ALERT_FINDINGS,
	    .activity = ALERT_CREATE,
	    .number = 5,
	    .verdict = &found,
	    .is_test = true,
	    .context = &aws },
	  "login-without-api-call",
	  "[test] a login through a cloud door that no API call vouches for",
	  "[test] nothing happened, this shows what a record looks like: Session Manager "
	  "session: login of ssm-user from 192.0.2.7\\x1b[2J: unauthorized (final): no "
	  "API call explains it",
	  "ab000000000000000000000000000000:5",
	  SEVERITY_HIGH,
	  true,
	  false,
	  false,
	  false,
	  true,
	  CLOUD_AWS,
	  "web-1" },
	{ "a heartbeat",
	  { .stream = ALERT_HEARTBEATS,
	    .activity = ALERT_CREATE,
	    .number = 6,
	    .heartbeat = &beat,
	    .context = &aws },
	  "heartbeat",
	  "The agent is alive",
	  "The agent is alive on host-of-the-agent: since its last heartbeat logins 3, "
	  "findings 0; records that wait 0; sight of the control plane: lost",
	  "i-0123456789abcdef0:6",
	  SEVERITY_INFORMATIONAL,
	  false,
	  false,
	  false,
	  false,
	  false,
	  CLOUD_AWS,
	  "host-of-the-agent" },
};

static void check_words(const struct row *row, const struct alert_view *view)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(4096);

	CHECK_TEXT(view->rule, row->rule);
	CHECK_TEXT(view->title, row->title);
	alert_view_message(view, &buf);
	if (row->message)
		CHECK_TEXT(buf_text(&buf), row->message);
	buf_clear(&buf);
	alert_view_record_id(view, &buf);
	CHECK_TEXT(buf_text(&buf), row->record_id);
	CHECK(!!*alert_view_advice(view) == row->has_advice);
	CHECK_SLICE(view->host, slice_text(row->host));
}

static void test_views(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct alert_view view = alert_view_of(&row->record);

		check_row(row->name);
		check_words(row, &view);
		CHECK_INT(view.severity, row->severity);
		CHECK_INT(view.has_finding, row->has_finding);
		CHECK_INT(view.is_over, row->is_over);
		CHECK_INT(view.is_command, row->is_command);
		CHECK_INT(view.is_vouched, row->is_vouched);
		CHECK_INT(view.cloud, row->cloud);
		if (view.stream == ALERT_FINDINGS)
			CHECK_TEXT(view.finding.rule, row->rule);
	}
}

/* What the agent knows goes before what the call says; where it knows nothing, the call
 * is believed. */
static void test_place(void)
{
	struct native_context known = aws;
	struct alert_record record = { .stream = ALERT_LOGINS,
				       .activity = ALERT_CREATE,
				       .verdict = &authorized,
				       .context = &nothing_known };
	struct alert_view view = alert_view_of(&record);

	CHECK_SLICE(view.account, SLICE("111122223333"));
	CHECK_SLICE(view.region, SLICE("eu-west-1"));
	CHECK_SLICE(view.instance, SLICE(""));

	known.account = SLICE("444455556666");
	known.region = SLICE("us-east-1");
	known.provider = SLICE("gcp");
	record.context = &known;
	view = alert_view_of(&record);
	CHECK_SLICE(view.account, SLICE("444455556666"));
	CHECK_SLICE(view.region, SLICE("us-east-1"));
	CHECK_INT(view.cloud, CLOUD_GCP);
}

/* Every finding that can be made has a title that fits, marked as a test, too. */
static void test_titles(void)
{
	for (int kind = 0; kind < OBSERVATION_COUNT; kind++) {
		struct observation observation = blind;
		const struct alert_record record = { .stream = ALERT_FINDINGS,
						     .activity = ALERT_CREATE,
						     .observation = &observation,
						     .is_test = true,
						     .context = &aws };
		struct alert_view view;

		observation.kind = (enum observation_kind)kind;
		view = alert_view_of(&record);
		check_row(observation_word(observation.kind));
		CHECK_UINT(strlen(view.title),
			   strlen("[test] ") + strlen(view.finding.title));
		CHECK(*alert_view_advice(&view) != '\0');
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "views", test_views },
		{ "place", test_place },
		{ "titles", test_titles },
		{ NULL, NULL },
	};

	return check_run("alert/view", tests);
}
