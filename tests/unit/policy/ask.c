/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/policy/ask.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"

#define USUAL_TIME "2026-06-03T10:00:00Z"

struct scene {
	struct login login;
	struct event call;
	struct slice tags[4];
	uint32_t tag_count;
};

static us_time time_of(const struct asked *asked)
{
	us_time time = US_TIME_NONE;

	if (!time_from_rfc3339(slice_text(asked->time ? asked->time : USUAL_TIME), &time))
		abort();
	return time;
}

static void make(const struct asked *asked, struct scene *scene)
{
	*scene = (struct scene){
		.login = {
			.kind = asked->kind,
			.path = asked->path,
			.through = asked->through,
			.happened_at = time_of(asked),
			.ended_at = US_TIME_NONE,
			.os_user = slice_text(asked->os_user),
			.source_ip = slice_text(asked->login_source_ip),
			.command_id = slice_text(asked->command_id),
			.sudo_at = asked->has_sudo ? time_of(asked) : US_TIME_NONE,
		},
		.call = {
			.kind = EVENT_API_CALL,
			.happened_at = time_of(asked),
			.api_call = {
				.name = slice_text(asked->name),
				.principal = slice_text(asked->principal),
				.session_issuer = slice_text(asked->session_issuer),
				.source_ip = slice_text(asked->source_ip),
				.user_agent = slice_text(asked->user_agent),
				.invoked_by = slice_text(asked->invoked_by),
				.mfa = asked->mfa,
				.document = slice_text(asked->document),
				.account = slice_text(asked->account),
				.region = slice_text(asked->region),
				.handler = slice_text(asked->handler),
			},
		},
	};
	while (scene->tag_count < 4 && asked->tags[scene->tag_count]) {
		scene->tags[scene->tag_count] = slice_text(asked->tags[scene->tag_count]);
		scene->tag_count++;
	}
}

struct policy *ask_policy(const char *text)
{
	struct policy *policy = NULL;
	struct err err;

	CHECK_OK(policy_read_text(slice_text(text), "p", &policy, &err), &err);
	return policy;
}

const char *ask_ruling(const struct policy *policy, const struct asked *asked)
{
	static char text[256];
	static const char *const words[] = {
		[POLICY_ALLOWED] = "allowed",
		[POLICY_REFUSED] = "refused",
		[POLICY_UNDECIDED] = "undecided",
	};
	struct correlator_policy asker = policy_for_correlator(policy);
	struct policy_question question = { .path = asked->path };
	struct policy_answer answer = { .ruling = POLICY_ALLOWED };
	struct scene scene;

	make(asked, &scene);
	question.login = &scene.login;
	question.call = asked->principal ? &scene.call : NULL;
	question.is_unvouched = asked->is_unvouched;
	question.tags = scene.tags;
	question.tag_count = scene.tag_count;
	question.has_tags = asked->has_tags;
	asker.decide(asker.ctx, &question, &answer);
	if (answer.ruling == POLICY_ALLOWED)
		return words[answer.ruling];
	snprintf(text, sizeof(text), "%s %s%s%s", words[answer.ruling],
		 reason_word(answer.reason), answer.rule ? " by " : "",
		 answer.rule ? answer.rule : "");
	return text;
}

const char *ask_suppression(const struct policy *policy, const struct asked *asked)
{
	struct verdict verdict = { .verdict = VERDICT_UNAUTHORIZED };
	struct observation observation = { .is_of_many = asked->is_of_many,
					   .path = asked->about };
	struct finding finding = { .rule = asked->rule, .path = asked->path };
	struct policy_tags tags = { .are_known = asked->has_tags };
	struct event tunnel;
	const struct suppression *suppression;
	struct scene scene;

	make(asked, &scene);
	tags.tags = scene.tags;
	tags.count = scene.tag_count;
	finding.happened_at = scene.login.happened_at;
	finding.login = asked->has_no_login ? NULL : &scene.login;
	finding.api_call = asked->principal ? &scene.call : NULL;
	if (asked->is_observation) {
		finding.observation = &observation;
	} else {
		verdict.login = &scene.login;
		verdict.api_call = asked->call_does_not_fit ? NULL : finding.api_call;
		verdict.reason_call = asked->call_does_not_fit ? finding.api_call : NULL;
		tunnel = scene.call;
		tunnel.api_call.principal = slice_text(asked->tunnel_caller);
		verdict.through_api_call = asked->tunnel_caller ? &tunnel : NULL;
		finding.verdict = &verdict;
	}
	suppression = policy_suppression(policy, &finding, &tags);
	return suppression ? suppression->name : NULL;
}
