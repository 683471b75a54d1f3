/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/option.h"
#include "policy/policy.h"

#include "base/escape.h"

static void print_pattern(const struct pattern *pattern, struct buf *buf)
{
	buf_append_text(buf, pattern->excludes ? "!" : "");
	buf_append_text(buf, pattern->text);
}

/* Globs together, and each expression in a line of its own. */
static void print_list(const struct condition *condition, const char *key,
		       struct buf *buf)
{
	bool has_begun = false;

	for (size_t i = 0; i < condition->pattern_count; i++) {
		if (condition->patterns[i].kind == PATTERN_REGEX)
			continue;
		buf_append_text(buf, has_begun ? "" : key);
		buf_append_text(buf, has_begun ? " " : " = ");
		print_pattern(&condition->patterns[i], buf);
		has_begun = true;
	}
	buf_append_text(buf, has_begun ? "\n" : "");
	for (size_t i = 0; i < condition->pattern_count; i++) {
		if (condition->patterns[i].kind != PATTERN_REGEX)
			continue;
		buf_append_format(buf, "%s = ", key);
		print_pattern(&condition->patterns[i], buf);
		buf_append_byte(buf, '\n');
	}
}

static void print_hours(const struct condition *condition, const char *key,
			struct buf *buf)
{
	buf_append_format(buf, "%s = ", key);
	for (size_t i = 0; i < condition->hours_count; i++) {
		buf_append_text(buf, i ? "; " : "");
		hours_append(&condition->hours[i], buf);
	}
	buf_append_byte(buf, '\n');
}

static void print_condition(const struct rule *rule, enum condition_key key,
			    struct buf *buf)
{
	const struct condition *condition = &rule->conditions[key];
	const struct condition_info *info = condition_info(key);

	if (!condition->line)
		return;
	if (info->type == CONDITION_YES_NO)
		buf_append_format(buf, "%s = %s\n", info->key,
				  condition->wanted ? "yes" : "no");
	else if (info->type == CONDITION_TIMES)
		print_hours(condition, info->key, buf);
	else
		print_list(condition, info->key, buf);
}

static void print_rule(const struct policy *policy, const struct rule *rule,
		       struct buf *buf)
{
	us_time until = rule->suppression.until;
	char text[TIME_TEXT_BYTES];

	buf_append_text(buf, "\n# ");
	escape_append(buf, slice_text(policy->file));
	buf_append_format(buf, ":%u\n[%s %s]\n", rule->line, rule_kind_word(rule->kind),
			  rule->name);
	for (int key = 0; key < CONDITION_COUNT; key++)
		print_condition(rule, (enum condition_key)key, buf);
	if (rule->kind == RULE_SUPPRESS)
		buf_append_format(buf, "reason = %s\nuntil = %s\n", rule->reason,
				  until == US_TIME_NONE ? "never"
							: time_to_rfc3339(until, text));
}

void policy_print(const struct policy *policy, struct buf *buf)
{
	policy_option_print(policy, "policy", buf);
	for (size_t i = 0; i < policy->rule_count; i++)
		print_rule(policy, &policy->rules[i], buf);
	buf_append_byte(buf, '\n');
	policy_option_print(policy, "baseline", buf);
}
