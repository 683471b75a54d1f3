/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "config/file.h"
#include "policy/finding_rules.h"
#include "policy/read.h"

/* Conditions before this one say which logins an [allow] is about, the others what it
 * asks of them. */
#define FIRST_REQUIREMENT CONDITION_PRINCIPAL

/* Rulings that no section makes. */
#define RULE_DIRECT_SSH "direct_ssh"
#define RULE_OTHERWISE "otherwise"

/* ---- life
 * -------------------------------------------------------------------------------- */

struct policy *policy_new(const char *file)
{
	struct policy *policy = memory_new(1, sizeof(*policy));

	policy->file = memory_copy_text(slice_text(file));
	policy->is_there = true;
	policy->baseline = baseline_options_default();
	return policy;
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->rule_count; i++)
		rule_release(&policy->rules[i]);
	free(policy->rules);
	zones_release(&policy->zones);
	free(policy->file);
	free(policy);
}

/* The rules stay where they are from now on. */
static void settle(struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++) {
		struct rule *rule = &policy->rules[i];

		rule->suppression.name = rule->name;
		rule->suppression.reason = rule->reason;
	}
}

static int take_text(const struct policy_request *request, struct slice text,
		     struct policy **ret_policy, struct err *err)
{
	struct policy *policy = policy_new(request->path);
	struct policy_reading reading = { .request = request, .policy = policy };

	if (policy_reading_take(&reading, text, err) < 0) {
		/* The text as a whole was refused: nobody has heard of it. */
		if (reading.problem_count == 0 && request->tell)
			request->tell(request->ctx, err);
		policy_free(policy);
		return -1;
	}
	settle(policy);
	*ret_policy = policy;
	return 0;
}

int policy_read_text(struct slice text, const char *name, struct policy **ret_policy,
		     struct err *err)
{
	const struct policy_request request = { .path = name };

	return take_text(&request, text, ret_policy, err);
}

static int read_file(const struct policy_request *request, struct buf *text,
		     bool *ret_found, struct err *err)
{
	AUTO_CLOSE int folder = -1;
	const char *name = request->path;
	bool found = false;

	if (config_folder_open(request->path, &folder, &name, err) < 0)
		return err_add(err, "%s", request->path);
	if (folder >= 0 && config_file_read(folder, name, text, &found, err) < 0)
		return err_add(err, "%s", request->path);
	if (!found && !request->may_be_missing)
		return err_set(err, ERR_MISSING, "%s: there is no such file",
			       request->path);
	*ret_found = found;
	return 0;
}

int policy_read(const struct policy_request *request, struct policy **ret_policy,
		struct err *err)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	bool found = false;

	if (read_file(request, &text, &found, err) < 0) {
		if (request->tell)
			request->tell(request->ctx, err);
		return -1;
	}
	if (take_text(request, buf_slice(&text), ret_policy, err) < 0)
		return -1;
	(*ret_policy)->is_there = found;
	return 0;
}

bool policy_is_there(const struct policy *policy)
{
	return policy->is_there;
}

const struct baseline_options *policy_baseline(const struct policy *policy)
{
	return &policy->baseline;
}

/* ---- whether a login is allowed
 * ---------------------------------------------------------- */

/* What is known when rules have been asked one after the other. */
struct inquiry {
	const struct facts *facts;
	bool is_direct;
	const struct rule *allowing; /* surely is about it, and holds */
	/* Where none does: how the nearest that surely is about it fails. */
	const struct rule *nearest;
	enum condition_key failing; /* of `nearest` */
	unsigned nearest_held;
	bool may_be_allowed; /* by one of which something is not known */
	bool may_be_refused; /* by one that may be about it and may not hold */
	enum fit unknown;    /* the first thing that is not known; FIT_NO = all is */
};

static const struct policy_answer allowed = { .ruling = POLICY_ALLOWED };

static struct policy_answer refused(enum reason reason, const char *rule)
{
	return (struct policy_answer){ POLICY_REFUSED, reason, rule };
}

static struct policy_answer undecided(enum fit unknown)
{
	return (struct policy_answer){ POLICY_UNDECIDED,
				       unknown == FIT_TAGS_UNKNOWN
					       ? REASON_TAGS_UNKNOWN
					       : REASON_POLICY_UNDECIDED,
				       NULL };
}

static void note_unknown(struct inquiry *inquiry, enum fit fit)
{
	if (fit != FIT_YES && fit != FIT_NO && inquiry->unknown == FIT_NO)
		inquiry->unknown = fit;
}

/* The part of a [forbid] that tells most why. */
static enum reason reason_of_forbid(const struct rule *rule)
{
	static const enum condition_key order[] = {
		CONDITION_MFA,	     CONDITION_CLOUD_ROOT, CONDITION_ROOT,
		CONDITION_PRINCIPAL, CONDITION_SOURCE,	   CONDITION_HOURS,
		CONDITION_OS_USER,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (rule->conditions[order[i]].line)
			return condition_info(order[i])->reason;
	}
	return REASON_DOOR_NOT_ALLOWED;
}

/* The first [forbid] that surely fits, or NULL. */
static const struct rule *ask_forbids(const struct policy *policy,
				      struct inquiry *inquiry)
{
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct rule *rule = &policy->rules[i];
		enum fit fit;

		if (rule->kind != RULE_FORBID)
			continue;
		fit = rule_fit(rule, 0, CONDITION_COUNT, inquiry->facts);
		if (fit == FIT_YES)
			return rule;
		note_unknown(inquiry, fit);
	}
	return NULL;
}

/* How many requirements of the rule hold, and which is the first that does not. */
static unsigned count_held(const struct rule *rule, const struct facts *facts,
			   enum condition_key *ret_failing)
{
	unsigned held = 0;

	*ret_failing = CONDITION_COUNT;
	for (enum condition_key key = FIRST_REQUIREMENT; key < CONDITION_COUNT; key++) {
		if (!rule->conditions[key].line)
			continue;
		if (condition_fit(rule, key, facts) != FIT_NO)
			held++;
		else if (*ret_failing == CONDITION_COUNT)
			*ret_failing = key;
	}
	return held;
}

static void note_nearest(struct inquiry *inquiry, const struct rule *rule)
{
	enum condition_key failing;
	unsigned held = count_held(rule, inquiry->facts, &failing);

	if (inquiry->nearest && held <= inquiry->nearest_held)
		return;
	inquiry->nearest = rule;
	inquiry->nearest_held = held;
	inquiry->failing = failing;
}

static void ask_allow(const struct rule *rule, struct inquiry *inquiry)
{
	enum fit about, holds;

	/* No call vouches for SSH over the network: an [allow] has to name it. */
	if (inquiry->is_direct && !rule->conditions[CONDITION_PATH].line)
		return;
	about = rule_fit(rule, 0, FIRST_REQUIREMENT, inquiry->facts);
	if (about == FIT_NO)
		return;
	holds = rule_fit(rule, FIRST_REQUIREMENT, CONDITION_COUNT, inquiry->facts);
	if (about == FIT_YES && holds == FIT_YES) {
		inquiry->allowing = rule;
		return;
	}
	note_unknown(inquiry, about);
	note_unknown(inquiry, holds);
	inquiry->may_be_allowed = inquiry->may_be_allowed || holds != FIT_NO;
	inquiry->may_be_refused = inquiry->may_be_refused || holds != FIT_YES;
	if (about == FIT_YES && holds == FIT_NO)
		note_nearest(inquiry, rule);
}

/* What becomes of a login that no [allow] surely allows. */
static struct policy_answer answer_of_others(const struct policy *policy,
					     const struct inquiry *inquiry)
{
	bool others_are_refused = policy->refuses_others || inquiry->is_direct;
	bool may_be_allowed =
		inquiry->may_be_allowed || (!inquiry->nearest && !others_are_refused);
	/* What one that fails refuses is in it already. */
	bool may_be_refused = inquiry->may_be_refused || others_are_refused;

	if (may_be_allowed && may_be_refused)
		return undecided(inquiry->unknown);
	if (may_be_allowed)
		return allowed;
	if (inquiry->is_direct)
		return refused(REASON_DIRECT_SSH_NOT_ALLOWED, RULE_DIRECT_SSH);
	if (!inquiry->nearest)
		return refused(REASON_DOOR_NOT_ALLOWED, RULE_OTHERWISE);
	return refused(condition_info(inquiry->failing)->reason, inquiry->nearest->name);
}

static struct policy_answer ask_allows(const struct policy *policy,
				       struct inquiry *inquiry)
{
	for (size_t i = 0; i < policy->rule_count && !inquiry->allowing; i++) {
		if (policy->rules[i].kind == RULE_ALLOW)
			ask_allow(&policy->rules[i], inquiry);
	}
	return inquiry->allowing ? allowed : answer_of_others(policy, inquiry);
}

static struct policy_answer answer(const struct policy *policy, const struct facts *facts,
				   bool is_direct)
{
	struct inquiry forbids = { .facts = facts }, allows = { .facts = facts };
	const struct rule *forbid = ask_forbids(policy, &forbids);
	struct policy_answer result;

	if (forbid)
		return refused(reason_of_forbid(forbid), forbid->name);
	allows.is_direct = is_direct;
	result = ask_allows(policy, &allows);
	if (forbids.unknown != FIT_NO && result.ruling != POLICY_REFUSED)
		return undecided(forbids.unknown);
	return result;
}

/* Whether a [forbid] refuses it that asks nothing of a call. */
static struct policy_answer answer_unvouched(const struct policy *policy,
					     const struct facts *facts)
{
	struct inquiry inquiry = { .facts = facts };
	const struct rule *forbid = ask_forbids(policy, &inquiry);

	return forbid ? refused(reason_of_forbid(forbid), forbid->name) : allowed;
}

static void decide(const void *ctx, const struct policy_question *question,
		   struct policy_answer *ret_answer)
{
	const struct policy *policy = ctx;
	const struct facts facts = {
		.login = question->login,
		.call = question->call ? &question->call->api_call : NULL,
		.path = question->path,
		.happened_at = question->login->happened_at,
		.tags = question->tags,
		.tag_count = question->tag_count,
		.has_tags = question->has_tags,
		.is_unvouched = question->is_unvouched,
	};
	bool is_direct = !question->call;

	if (question->is_unvouched) {
		*ret_answer = answer_unvouched(policy, &facts);
		return;
	}
	*ret_answer = is_direct && policy->direct_ssh != DIRECT_SSH_FLAG
			      ? allowed
			      : answer(policy, &facts, is_direct);
}

struct correlator_policy policy_for_correlator(const struct policy *policy)
{
	if (!policy)
		return (struct correlator_policy){ .decide = NULL };
	return (struct correlator_policy){
		.decide = decide,
		.ctx = policy,
		.direct_ssh = policy->direct_ssh,
	};
}

/* ---- whether a finding is no news
 * -------------------------------------------------------- */

/* Whether `rule` names the finding's own as plainly as that one asks for. */
static bool rule_is_meant(const struct rule *rule, const char *word)
{
	const struct condition *condition = &rule->conditions[CONDITION_RULE];
	enum finding_standing standing = finding_rule_standing(slice_text(word));

	if (!condition->line)
		return standing == FINDING_BY_DEFAULT;
	if (standing != FINDING_LITERALLY)
		return true;
	for (size_t i = 0; i < condition->pattern_count; i++) {
		const struct pattern *pattern = &condition->patterns[i];

		if (!pattern->excludes && pattern_is_literal(pattern) &&
		    strcmp(pattern->text, word) == 0)
			return true;
	}
	return false;
}

static bool suppresses(const struct rule *rule, const struct facts *facts)
{
	us_time until = rule->suppression.until;

	return rule->kind == RULE_SUPPRESS &&
	       (until == US_TIME_NONE || facts->happened_at < until) &&
	       rule_is_meant(rule, facts->rule) &&
	       rule_fit(rule, 0, CONDITION_COUNT, facts) == FIT_YES;
}

/* The call that a finding is about: of a verdict the one that vouches, or did until the
 * policy refused it. One that does not fit is somebody else's, and says nothing of whose
 * login this is. */
static const struct event *call_of(const struct finding *finding)
{
	return finding->verdict ? finding->verdict->api_call : finding->api_call;
}

/* The same finding, by the tunnel that its login came through and by who opened it. */
static struct facts facts_of_tunnel(const struct facts *door, const struct event *call)
{
	struct facts facts = *door;

	facts.path = door->login->through;
	facts.call = call ? &call->api_call : NULL;
	return facts;
}

/* A verdict is of both doors, each with its own call: who came through the one is not
 * known by the other's. */
static bool suppresses_all(const struct rule *rule, const struct facts *facts,
			   const struct verdict *verdict)
{
	struct facts tunnel;

	if (!suppresses(rule, facts))
		return false;
	if (!verdict || verdict->login->through == PATH_NONE)
		return true;
	tunnel = facts_of_tunnel(facts, verdict->through_api_call);
	return suppresses(rule, &tunnel);
}

/* What is said of one door of a login is suppressed by that one. */
static enum path path_of(const struct finding *finding)
{
	const struct observation *observation = finding->observation;

	return observation && observation->path != PATH_NONE ? observation->path
							     : finding->path;
}

const struct suppression *policy_suppression(const struct policy *policy,
					     const struct finding *finding,
					     const struct policy_tags *tags)
{
	const struct event *call = call_of(finding);
	const struct facts facts = {
		.login = finding->login,
		.call = call ? &call->api_call : NULL,
		.path = path_of(finding),
		.rule = finding->rule,
		.happened_at = finding->happened_at,
		.tags = tags ? tags->tags : NULL,
		.tag_count = tags ? tags->count : 0,
		.has_tags = tags && tags->are_known,
	};

	/* What it stands for may fit, or not. */
	if (finding->observation && finding->observation->is_of_many)
		return NULL;
	for (size_t i = 0; policy && i < policy->rule_count; i++) {
		if (suppresses_all(&policy->rules[i], &facts, finding->verdict))
			return &policy->rules[i].suppression;
	}
	return NULL;
}

const struct suppression *policy_suppression_at(const struct policy *policy, size_t index)
{
	for (size_t i = 0; policy && i < policy->rule_count; i++) {
		if (policy->rules[i].kind == RULE_SUPPRESS && index-- == 0)
			return &policy->rules[i].suppression;
	}
	return NULL;
}
