/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sinks are told when what was found of a login or observed changes.
 */
#include "agent/pipeline_state.h"

#include <string.h>

#include "policy/policy.h"
#include "tests/support/check.h"
#include "tests/unit/agent/outbox_lab.h"

#define CALLER "arn:aws:iam::111122223333:user/alice"

struct tell_lab {
	struct outbox_lab *outbox;
	struct clock clock;
	struct policy *policy;
	struct pipeline *pipeline;
};

/* Opens the pipeline anew, with this policy; NULL = none. */
static void open_with(struct tell_lab *lab, const char *policy)
{
	struct pipeline_options options = {
		.store = lab->outbox->store,
		.clock = &lab->clock,
		.outbox = lab->outbox->outbox,
		.config = &lab->outbox->config,
		.host = "till-3",
		.stored_now = US_TIME_NONE,
	};
	struct err err;

	pipeline_free(lab->pipeline);
	lab->pipeline = NULL;
	policy_free(lab->policy);
	lab->policy = NULL;
	if (policy)
		CHECK_OK(policy_read_text(slice_text(policy), "p", &lab->policy, &err),
			 &err);
	options.policy = lab->policy;
	CHECK_OK(pipeline_open(&options, &lab->pipeline, &err), &err);
}

static void lab_init(struct tell_lab *lab)
{
	static char findings[] = "findings", high[] = "high";

	*lab = (struct tell_lab){ .outbox = lab_new() };
	lab_close(lab->outbox);
	for (size_t i = 0; i < LAB_SINKS; i++)
		lab->outbox->config.sinks[i].records = findings;
	lab->outbox->config.sinks[1].min_severity = high;
	lab_open(lab->outbox);
	clock_init(&lab->clock, US_TIME_NONE, US_TIME_NONE);
	open_with(lab, NULL);
}

static void tell_lab_release(struct tell_lab *lab)
{
	pipeline_free(lab->pipeline);
	policy_free(lab->policy);
	lab_release(&lab->outbox);
}
#define AUTO_TELL_LAB __attribute__((cleanup(tell_lab_release)))

static bool take(void *ctx, const struct store_delivery *delivery)
{
	static const char *const words[] = {
		"\"activity\":\"create\"",
		"\"activity\":\"update\"",
		"\"activity\":\"close\"",
	};
	struct buf *said = ctx;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (slice_find(delivery->bytes, slice_text(words[i])) >= 0)
			buf_append_byte(said, "+~-"[i]);
	}
	return true;
}

/* What waits for the sink: + created, ~ updated, - closed. */
static void check_told(struct tell_lab *lab, const char *sink, const char *wanted)
{
	AUTO_BUF struct buf said = BUF_LIMIT(256);
	struct err err;

	lab_commit(lab->outbox);
	pipeline_committed(lab->pipeline);
	CHECK_OK(store_each_delivery(lab->outbox->store, sink, 0, take, &said, &err),
		 &err);
	CHECK_TEXT(buf_text(&said), wanted);
}

static void take_verdict(struct tell_lab *lab, enum reason reason)
{
	struct login login = {
		.id = { .bytes = { 1 } },
		.kind = LOGIN_SESSION,
		.path = PATH_AWS_SSM_SESSION,
		.happened_at = at(0),
		.ended_at = US_TIME_NONE,
		.sudo_at = US_TIME_NONE,
		.os_user = SLICE("ssm-user"),
	};
	const struct verdict verdict = {
		.login = &login,
		.verdict = VERDICT_UNAUTHORIZED,
		.stage = STAGE_FINAL,
		.reasons = { reason },
		.reason_count = 1,
	};

	pipeline_take_verdict(lab->pipeline, &verdict);
}

/* The same verdict for another reason is news where it makes another finding, and reaches
 * who takes that one. */
static void test_another_rule(void)
{
	AUTO_TELL_LAB struct tell_lab lab;

	lab_init(&lab);
	take_verdict(&lab, REASON_NO_MFA);
	check_told(&lab, "a", "+");
	check_told(&lab, "b", "");
	take_verdict(&lab, REASON_OUTSIDE_HOURS);
	check_told(&lab, "a", "+");
	take_verdict(&lab, REASON_API_CALL_REUSED);
	check_told(&lab, "a", "+~");
	check_told(&lab, "b", "+");
	take_verdict(&lab, REASON_API_CALL_REUSED);
	check_told(&lab, "a", "+~");
}

static void observe(struct tell_lab *lab, bool is_over)
{
	const struct event call = {
		.kind = EVENT_API_CALL,
		.happened_at = at(0),
		.api_call = { .action = API_START_SESSION, .principal = SLICE(CALLER) },
	};
	struct observation observation = {
		.kind = OBSERVATION_API_CALL_WITHOUT_LOGIN,
		.happened_at = at(0),
		.api_call = &call,
		.is_over = is_over,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};

	observation.id = observation_id(observation.kind, NULL, 0);
	pipeline_take_observation(lab->pipeline, &observation);
}

#define SILENCE \
	"[suppress s]\nprincipal = " CALLER "\nreason = an exercise\nuntil = never\n"

/* What is no news any more is closed where it was told, and only there. */
static void test_silenced(void)
{
	AUTO_TELL_LAB struct tell_lab lab;

	lab_init(&lab);
	observe(&lab, false);
	check_told(&lab, "a", "+");
	open_with(&lab, SILENCE);
	observe(&lab, true);
	check_told(&lab, "a", "+-");
	observe(&lab, true);
	check_told(&lab, "a", "+-");
}

static void test_always_silent(void)
{
	AUTO_TELL_LAB struct tell_lab lab;

	lab_init(&lab);
	open_with(&lab, SILENCE);
	observe(&lab, false);
	observe(&lab, true);
	check_told(&lab, "a", "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "another rule", test_another_rule },
		{ "silenced", test_silenced },
		{ "always silent", test_always_silent },
		{ NULL, NULL },
	};

	return check_run("agent/pipeline_tell", tests);
}
