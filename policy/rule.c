/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

#include <stdlib.h>

#include "base/limits.h"

/* The texts that a list is held against. */
#define VALUES_MAX 3
struct values {
	bool is_there; /* else nothing fits, nor is anything excluded */
	struct slice own[VALUES_MAX];
	const struct slice *items; /* `own`, or others */
	size_t count;
	struct slice role; /* an AWS role's ARN of which the path is not known */
	char room[LIMIT_POLICY_VALUE_BYTES];
};

static const struct condition_info infos[CONDITION_COUNT] = {
#define CONDITION(constant, key, type, kinds, reason) \
	[constant] = { key, type, kinds, reason },
#include "policy/conditions.def"
};

const struct condition_info *condition_info(enum condition_key key)
{
	return &infos[key];
}

const char *rule_kind_word(enum rule_kind kind)
{
	static const char *const words[RULE_KIND_COUNT] = {
		[RULE_ALLOW] = "allow",
		[RULE_FORBID] = "forbid",
		[RULE_SUPPRESS] = "suppress",
	};

	return words[kind];
}

void rule_release(struct rule *rule)
{
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		struct condition *condition = &rule->conditions[i];

		for (size_t k = 0; k < condition->pattern_count; k++)
			pattern_release(&condition->patterns[k]);
		free(condition->patterns);
		free(condition->hours);
	}
	free(rule->name);
	free(rule->reason);
	*rule = (struct rule){ .kind = RULE_ALLOW };
}

/* ---- what a list is held against
 * --------------------------------------------------------- */

static void values_add(struct values *values, struct slice value)
{
	values->is_there = true;
	values->own[values->count++] = value;
}

/* arn:aws:sts::111122223333:assumed-role/Deploy/alice is somebody who has the role
 * arn:aws:iam::111122223333:role/Deploy, whose path only its issuer's ARN has. The last
 * part is the caller's own choice. */
static void values_add_role(struct values *values, struct slice principal)
{
	struct slice rest = principal, partition, account, role;
	struct buf text = BUF_LIMIT(LIMIT_POLICY_VALUE_BYTES);

	if (!slice_take_prefix(&rest, SLICE("arn:")) ||
	    !slice_take_until(&rest, ':', &partition) ||
	    !slice_take_prefix(&rest, SLICE("sts::")) ||
	    !slice_take_until(&rest, ':', &account) ||
	    !slice_take_prefix(&rest, SLICE("assumed-role/")) ||
	    !slice_take_until(&rest, '/', &role))
		return;
	buf_append_text(&text, "arn:");
	buf_append(&text, partition);
	buf_append_text(&text, ":iam::");
	buf_append(&text, account);
	buf_append_text(&text, ":role/");
	buf_append(&text, role);
	if (!buf_overflowed(&text)) {
		memcpy(values->room, text.ptr, text.len);
		values->role = slice_of(values->room, text.len);
		values_add(values, values->role);
	}
	buf_release(&text);
}

static void principals_of(const struct facts *facts, struct values *values)
{
	values_add(values, facts->call->principal);
	values_add_role(values, facts->call->principal);
	if (facts->call->session_issuer.len) {
		values_add(values, facts->call->session_issuer);
		values->role = slice_text(NULL);
	}
}

static void handlers_of(const struct facts *facts, struct values *values)
{
	struct slice handler = slice_text(NULL);
	ptrdiff_t slash;

	if (facts->login && facts->login->kind == LOGIN_EXTENSION) {
		slash = slice_find_last(facts->login->command_id, '/');
		if (slash >= 0)
			handler = slice_first(facts->login->command_id, (size_t)slash);
	} else if (!facts->login && facts->call) {
		handler = facts->call->handler;
	}
	if (handler.len)
		values_add(values, handler);
}

/* Where the call came from: of a login without one, where the login did. */
static void sources_of(const struct facts *facts, struct values *values)
{
	if (facts->call)
		values_add(values, facts->call->source_ip);
	else if (facts->login && !facts->is_unvouched)
		values_add(values, facts->login->source_ip);
}

static void tags_of(const struct facts *facts, struct values *values)
{
	values->is_there = true;
	values->items = facts->tags;
	values->count = facts->tag_count;
}

/* One text of the call. */
static const struct slice *text_of_call(const struct api_call *call,
					enum condition_key key)
{
	switch (key) {
	case CONDITION_DOCUMENT:
		return &call->document;
	case CONDITION_USER_AGENT:
		return &call->user_agent;
	case CONDITION_INVOKED_BY:
		return &call->invoked_by;
	case CONDITION_ACCOUNT:
		return &call->account;
	case CONDITION_REGION:
		return &call->region;
	case CONDITION_API_CALL:
		return &call->name;
	default:
		return NULL;
	}
}

static void values_find(enum condition_key key, const struct facts *facts,
			struct values *values)
{
	const struct slice *text = facts->call ? text_of_call(facts->call, key) : NULL;

	values->items = values->own;
	if (text)
		values_add(values, *text);
	else if (key == CONDITION_PRINCIPAL && facts->call)
		principals_of(facts, values);
	else if (key == CONDITION_HANDLER)
		handlers_of(facts, values);
	else if (key == CONDITION_SOURCE)
		sources_of(facts, values);
	else if (key == CONDITION_OS_USER && facts->login)
		values_add(values, facts->login->os_user);
	else if (key == CONDITION_PATH)
		values_add(values, slice_text(path_word(facts->path)));
	else if (key == CONDITION_RULE && facts->rule)
		values_add(values, slice_text(facts->rule));
	else if (key == CONDITION_INSTANCE_TAG)
		tags_of(facts, values);
}

/* ---- lists
 * ------------------------------------------------------------------------------- */

static enum fit either(enum fit a, enum fit b)
{
	if (a == FIT_YES || b == FIT_YES)
		return FIT_YES;
	return a != FIT_NO ? a : b;
}

static enum fit both(enum fit a, enum fit b)
{
	if (a == FIT_NO || b == FIT_NO)
		return FIT_NO;
	return a != FIT_YES ? a : b;
}

static enum fit negated(enum fit fit)
{
	if (fit == FIT_YES)
		return FIT_NO;
	return fit == FIT_NO ? FIT_YES : fit;
}

static enum fit any_value_fits(const struct pattern *pattern, const struct values *values)
{
	enum fit fit = FIT_NO;

	for (size_t i = 0; i < values->count && fit != FIT_YES; i++)
		fit = either(fit, pattern_fit(pattern, values->items[i]));
	if (fit == FIT_NO && pattern->without_path && values->role.len &&
	    glob_fits(slice_text(pattern->without_path), values->role,
		      pattern->ignores_case))
		fit = FIT_YES;
	return fit;
}

/* Some item fits some value, and none that excludes does. A list of those alone is one
 * that all others fit. */
static enum fit list_fit(const struct condition *condition, const struct values *values)
{
	enum fit wanted = FIT_NO, excluded = FIT_NO;
	bool has_wanted = false;

	for (size_t i = 0; i < condition->pattern_count && excluded != FIT_YES; i++) {
		const struct pattern *pattern = &condition->patterns[i];

		has_wanted = has_wanted || !pattern->excludes;
		if (pattern->excludes)
			excluded = either(excluded, any_value_fits(pattern, values));
		else if (wanted != FIT_YES)
			wanted = either(wanted, any_value_fits(pattern, values));
	}
	return both(has_wanted ? wanted : FIT_YES, negated(excluded));
}

/* A rule that says something of tampering with the evidence is meant only where its name
 * is written out. */
static enum fit patterns_fit(const struct condition *condition, enum condition_key key,
			     const struct facts *facts)
{
	struct values values;

	if (key == CONDITION_INSTANCE_TAG && !facts->has_tags)
		return FIT_TAGS_UNKNOWN;
	values.is_there = false;
	values.count = 0;
	values.role = slice_text(NULL);
	values_find(key, facts, &values);
	return values.is_there ? list_fit(condition, &values) : FIT_NO;
}

/* ---- yes or no
 * --------------------------------------------------------------------------- */

/* Calls that a service makes by itself never show a second factor. What a caller can name
 * itself, as a session or a user, stands behind a ':', '/' or '@'. */
static bool is_service(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (strchr(":/@", name.ptr[i]))
			return false;
	}
	return slice_ends_with(name, SLICE(".amazonaws.com")) ||
	       slice_ends_with(name, SLICE(".googleapis.com"));
}

static bool mfa_holds(bool wanted, const struct api_call *call)
{
	if (wanted || call->mfa == TRISTATE_TRUE)
		return wanted == (call->mfa == TRISTATE_TRUE);
	return !is_service(call->invoked_by) && !is_service(call->principal);
}

/* arn:aws:iam::111122223333:root */
static bool is_cloud_root(const struct api_call *call)
{
	struct slice rest = call->principal, partition;

	return slice_take_prefix(&rest, SLICE("arn:")) &&
	       slice_take_until(&rest, ':', &partition) &&
	       slice_take_prefix(&rest, SLICE("iam::")) &&
	       slice_ends_with(rest, SLICE(":root"));
}

static bool is_root(const struct login *login)
{
	return slice_equal(login->os_user, SLICE("root")) ||
	       login->sudo_at != US_TIME_NONE;
}

static bool yes_no_holds(bool wanted, enum condition_key key, const struct facts *facts)
{
	if (key == CONDITION_ROOT)
		return facts->login && is_root(facts->login) == wanted;
	if (!facts->call)
		return false;
	if (key == CONDITION_MFA)
		return mfa_holds(wanted, facts->call);
	return is_cloud_root(facts->call) == wanted;
}

/* ---- conditions
 * -------------------------------------------------------------------------- */

/* As with lists: within some range, and none of those that exclude. */
static bool times_hold(const struct condition *condition, us_time time)
{
	bool has_wanted = false, is_wanted = false;

	for (size_t i = 0; i < condition->hours_count; i++) {
		const struct hours *hours = &condition->hours[i];
		bool is_within = hours_have(hours, time);

		if (hours->excludes && is_within)
			return false;
		has_wanted = has_wanted || !hours->excludes;
		is_wanted = is_wanted || (!hours->excludes && is_within);
	}
	return is_wanted || !has_wanted;
}

enum fit condition_fit(const struct rule *rule, enum condition_key key,
		       const struct facts *facts)
{
	const struct condition *condition = &rule->conditions[key];

	switch (infos[key].type) {
	case CONDITION_YES_NO:
		return yes_no_holds(condition->wanted, key, facts) ? FIT_YES : FIT_NO;
	case CONDITION_TIMES:
		return times_hold(condition, facts->happened_at) ? FIT_YES : FIT_NO;
	default:
		return patterns_fit(condition, key, facts);
	}
}

enum fit rule_fit(const struct rule *rule, enum condition_key first,
		  enum condition_key last, const struct facts *facts)
{
	enum fit fit = FIT_YES;

	for (enum condition_key key = first; key < last && fit != FIT_NO; key++) {
		if (rule->conditions[key].line)
			fit = both(fit, condition_fit(rule, key, facts));
	}
	return fit;
}
