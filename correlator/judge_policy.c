/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/judge_policy.h"

#include <stdio.h>

/* For what the trace says: the rule's name and why. */
#define WHY_BYTES 256

static struct policy_answer ask(const struct correlator *correlator,
				const struct policy_question *question)
{
	const struct correlator_policy *policy = &correlator->options.policy;
	struct policy_answer answer = { .ruling = POLICY_ALLOWED };

	policy->decide(policy->ctx, question, &answer);
	return answer;
}

static struct policy_question question_of(const struct correlator *correlator,
					  const struct tracked_login *login,
					  enum path path, const struct call *call)
{
	const struct own_identity *identity = &correlator->identity;

	return (struct policy_question){
		.login = &login->view,
		.path = path,
		.call = call ? &call->event : NULL,
		.tags = identity->tags,
		.tag_count = identity->tag_count,
		.has_tags = identity->has_tags,
	};
}

static void trace_answer(const struct policy_answer *answer, const struct call *call,
			 const struct tracer *tracer)
{
	static const char *const rulings[] = {
		[POLICY_ALLOWED] = "the policy allows it",
		[POLICY_REFUSED] = "the policy refuses it",
		[POLICY_UNDECIDED] = "the policy cannot be decided",
	};
	bool is_allowed = answer->ruling == POLICY_ALLOWED;
	char why[WHY_BYTES];

	if (!tracer)
		return;
	snprintf(why, sizeof(why), "%s%s%s%s%s", rulings[answer->ruling],
		 answer->rule ? " by its rule " : "", answer->rule ? answer->rule : "",
		 is_allowed ? "" : ": ", is_allowed ? "" : reason_text(answer->reason));
	trace(tracer, "policy", call, is_allowed, why);
}

/* The policy's reason comes first: the finding's rule follows it. */
static void put_reason_first(struct judgement *judgement, enum reason reason)
{
	uint8_t kept[VERDICT_REASONS_MAX] = { 0 };
	uint32_t count = 0;

	for (uint32_t i = 0;
	     i < judgement->reason_count && count < VERDICT_REASONS_MAX - 1; i++)
		if (judgement->reasons[i] != reason)
			kept[count++] = judgement->reasons[i];
	judgement->reasons[0] = (uint8_t)reason;
	memcpy(judgement->reasons + 1, kept, count);
	judgement->reason_count = (uint8_t)(count + 1);
}

/* What a later call or the absence of one may still change. */
static bool is_open(const struct judgement *judgement)
{
	return judgement->verdict == VERDICT_PENDING ||
	       judgement->verdict == VERDICT_UNVERIFIABLE ||
	       (judgement->verdict == VERDICT_UNAUTHORIZED &&
		judgement->stage == STAGE_PROVISIONAL);
}

/* Refused, whichever call vouches for it in the end. It goes on waiting for that. */
static void refuse_unvouched(const struct correlator *correlator,
			     const struct tracked_login *login, enum path path,
			     struct judgement *judgement, const struct tracer *tracer)
{
	struct policy_question question = question_of(correlator, login, path, NULL);
	struct policy_answer answer;

	question.is_unvouched = true;
	answer = ask(correlator, &question);
	if (answer.ruling != POLICY_REFUSED)
		return;
	trace_answer(&answer, NULL, tracer);
	judgement->verdict = VERDICT_UNAUTHORIZED;
	judgement->stage = STAGE_FINAL;
	judgement->policy_rule = answer.rule;
	put_reason_first(judgement, answer.reason);
}

void judge_by_policy(const struct correlator *correlator,
		     const struct tracked_login *login, enum path path,
		     struct judgement *judgement, const struct tracer *tracer)
{
	struct policy_question question;
	struct policy_answer answer;

	if (!correlator->options.policy.decide)
		return;
	if (is_open(judgement))
		refuse_unvouched(correlator, login, path, judgement, tracer);
	if (judgement->verdict != VERDICT_AUTHORIZED || !judgement->call)
		return;
	question = question_of(correlator, login, path, judgement->call);
	answer = ask(correlator, &question);
	trace_answer(&answer, judgement->call, tracer);
	if (answer.ruling == POLICY_ALLOWED)
		return;
	judgement->verdict = answer.ruling == POLICY_REFUSED ? VERDICT_UNAUTHORIZED
							     : VERDICT_UNVERIFIABLE;
	judgement->stage = answer.ruling == POLICY_REFUSED ? STAGE_FINAL : STAGE_NONE;
	judgement->reason_call = judgement->call;
	judgement->policy_rule = answer.rule;
	put_reason_first(judgement, answer.reason);
}

struct policy_answer judge_direct_ssh(const struct correlator *correlator,
				      const struct tracked_login *login,
				      const struct tracer *tracer)
{
	const struct correlator_policy *policy = &correlator->options.policy;
	struct policy_question question;
	struct policy_answer answer = { .ruling = POLICY_ALLOWED };

	if (!policy->decide || policy->direct_ssh != DIRECT_SSH_FLAG)
		return answer;
	question = question_of(correlator, login, login->view.path, NULL);
	answer = ask(correlator, &question);
	trace_answer(&answer, NULL, tracer);
	return answer;
}

uint32_t direct_ssh_classes(const struct correlator *correlator)
{
	static const uint32_t classes[CLOUD_COUNT] = {
		[CLOUD_AWS] = 1u << LOG_CLASS_INSTANCE_CONNECT,
		[CLOUD_AZURE] = 1u << LOG_CLASS_AZURE_ACTIVITY,
		[CLOUD_GCP] = 1u << LOG_CLASS_GCP_COMPUTE,
	};

	return classes[correlator->identity.cloud];
}
