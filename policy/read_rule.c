/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of [allow], [forbid] and [suppress].
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "policy/finding_rules.h"
#include "policy/read.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct rule *last_rule(const struct policy_reading *reading)
{
	return &reading->policy->rules[reading->policy->rule_count - 1];
}

/* ---- lists
 * ------------------------------------------------------------------------------- */

static int count_pattern(struct policy_reading *reading, struct err *err)
{
	if (reading->pattern_count == LIMIT_POLICY_PATTERNS)
		return err_set(err, ERR_LIMIT,
			       "the policy has more than %zu items in its lists",
			       LIMIT_POLICY_PATTERNS);
	reading->pattern_count++;
	return 0;
}

static int count_regex(struct policy_reading *reading, struct err *err)
{
	if (reading->regex_count == LIMIT_POLICY_REGEXES)
		return err_set(err, ERR_LIMIT,
			       "the policy has more than %zu regular expressions",
			       LIMIT_POLICY_REGEXES);
	reading->regex_count++;
	return 0;
}

static bool fits_a_path(const struct pattern *pattern)
{
	for (int path = PATH_NONE + 1; path < PATH_COUNT; path++) {
		if (pattern_fit(pattern, slice_text(path_word((enum path)path))) !=
		    FIT_NO)
			return true;
	}
	return false;
}

static bool fits_a_rule(const struct pattern *pattern)
{
	const char *rule;

	for (size_t i = 0; (rule = finding_rule_at(i)); i++) {
		if (pattern_fit(pattern, slice_text(rule)) != FIT_NO)
			return true;
	}
	return false;
}

static int refuse_path(const struct pattern *pattern, struct err *err)
{
	AUTO_BUF struct buf doors = BUF_LIMIT(sizeof(err->text));

	for (int path = PATH_NONE + 1; path < PATH_COUNT; path++)
		buf_append_format(&doors, "%s%s", path > PATH_NONE + 1 ? ", " : "",
				  path_word((enum path)path));
	return err_set(err, ERR_FORMAT, "'%.64s' fits no door: these are %s",
		       pattern->text, buf_text(&doors));
}

/* Of what there are few a misspelt one would never be noticed. */
static int check_pattern(enum condition_type type, const struct pattern *pattern,
			 struct err *err)
{
	if (type == CONDITION_PATHS && !fits_a_path(pattern))
		return refuse_path(pattern, err);
	if (type == CONDITION_RULES && !fits_a_rule(pattern))
		return err_set(err, ERR_FORMAT,
			       "'%.64s' fits no rule of findings, as docs/alerts.md "
			       "lists them",
			       pattern->text);
	if (type == CONDITION_TAGS && pattern->kind == PATTERN_GLOB &&
	    !strpbrk(pattern->text, "=*"))
		return err_set(err, ERR_FORMAT, "'%.64s' is no tag: allowed is key=value",
			       pattern->text);
	return 0;
}

static int add_item(struct policy_reading *reading, enum condition_key key,
		    struct slice item, struct err *err)
{
	enum condition_type type = condition_info(key)->type;
	const struct pattern_options options = {
		.ignores_case = type == CONDITION_NAMES_ANY_CASE ||
				type == CONDITION_PRINCIPALS || type == CONDITION_SOURCES,
		.takes_networks = type == CONDITION_SOURCES,
		.takes_roles = type == CONDITION_PRINCIPALS,
	};
	struct condition *condition = &last_rule(reading)->conditions[key];
	struct pattern pattern;

	if (count_pattern(reading, err) < 0 ||
	    pattern_read(item, &options, &pattern, err) < 0)
		return -1;
	if ((pattern.kind == PATTERN_REGEX && count_regex(reading, err) < 0) ||
	    check_pattern(type, &pattern, err) < 0) {
		pattern_release(&pattern);
		return -1;
	}
	condition->patterns =
		memory_resize(condition->patterns, condition->pattern_count + 1,
			      sizeof(*condition->patterns));
	condition->patterns[condition->pattern_count++] = pattern;
	return 0;
}

static bool is_regex(struct slice item)
{
	slice_take_prefix(&item, SLICE("!"));
	return slice_starts_with(item, SLICE("regex:"));
}

/* The next item of a list; false when there is none. */
static bool take_item(struct slice *list, struct slice *ret_item)
{
	static const char separators[] = " \t,";
	size_t from = 0, len = 0;

	while (from < list->len &&
	       memchr(separators, list->ptr[from], sizeof(separators) - 1))
		from++;
	*list = slice_skip(*list, from);
	while (len < list->len &&
	       !memchr(separators, list->ptr[len], sizeof(separators) - 1))
		len++;
	*ret_item = slice_first(*list, len);
	*list = slice_skip(*list, len);
	return len > 0;
}

static int read_list(struct policy_reading *reading, enum condition_key key,
		     struct slice value, struct err *err)
{
	struct slice item;

	if (is_regex(value))
		return add_item(reading, key, value, err);
	while (take_item(&value, &item)) {
		if (is_regex(item))
			return err_set(err, ERR_FORMAT,
				       "an expression goes to the end of its line: give "
				       "it a line of its own, with the key again");
		if (add_item(reading, key, item, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- other values
 * ------------------------------------------------------------------------ */

static int read_one_range(struct policy_reading *reading, struct slice text,
			  struct err *err)
{
	struct condition *condition = &last_rule(reading)->conditions[CONDITION_HOURS];
	struct hours hours;

	if (count_pattern(reading, err) < 0 ||
	    hours_read(text, &reading->policy->zones, &hours, err) < 0)
		return -1;
	condition->hours = memory_resize(condition->hours, condition->hours_count + 1,
					 sizeof(*condition->hours));
	condition->hours[condition->hours_count++] = hours;
	return 0;
}

static int read_hours(struct policy_reading *reading, struct slice value, struct err *err)
{
	struct slice one;

	while (slice_take_until(&value, ';', &one)) {
		if (read_one_range(reading, one, err) < 0)
			return -1;
	}
	return slice_trim(value).len ? read_one_range(reading, value, err) : 0;
}

/* An [allow] asks for what is good, a [forbid] is about what is not: the other word would
 * say the opposite of what was meant. */
static const char *only_word(enum rule_kind kind, enum condition_key key)
{
	if (kind == RULE_SUPPRESS)
		return NULL;
	return (kind == RULE_ALLOW) == (key == CONDITION_MFA) ? "yes" : "no";
}

static int read_yes_no(const struct rule *rule, enum condition_key key,
		       struct condition *condition, struct slice value, struct err *err)
{
	const char *only = only_word(rule->kind, key);
	bool wanted = slice_equal(value, SLICE("yes"));

	if (only && !slice_equal(value, slice_text(only)))
		return err_set(err, ERR_FORMAT, "in [%s] allowed is %s",
			       rule_kind_word(rule->kind), only);
	if (!wanted && !slice_equal(value, SLICE("no")))
		return err_set(err, ERR_FORMAT, "allowed are yes, no");
	condition->wanted = wanted;
	return 0;
}

static int read_condition(struct policy_reading *reading, enum condition_key key,
			  unsigned line, struct slice value, struct err *err)
{
	const struct condition_info *info = condition_info(key);
	struct rule *rule = last_rule(reading);
	struct condition *condition = &rule->conditions[key];

	if (condition->line && info->type == CONDITION_YES_NO)
		return err_set(err, ERR_FORMAT, "it is set twice, first in line %u",
			       condition->line);
	condition->line = condition->line ? condition->line : line;
	switch (info->type) {
	case CONDITION_YES_NO:
		return read_yes_no(rule, key, condition, value, err);
	case CONDITION_TIMES:
		if (read_hours(reading, value, err) < 0)
			return -1;
		break;
	default:
		if (read_list(reading, key, value, err) < 0)
			return -1;
	}
	if (condition->pattern_count + condition->hours_count == 0)
		return err_set(err, ERR_FORMAT, "it needs a value");
	return 0;
}

static int read_reason(struct rule *rule, struct slice value, struct err *err)
{
	if (rule->reason)
		return err_set(err, ERR_FORMAT, "it is set twice");
	if (value.len > LIMIT_POLICY_PATTERN_BYTES)
		return err_set(err, ERR_LIMIT, "%zu bytes are more than %zu", value.len,
			       LIMIT_POLICY_PATTERN_BYTES);
	rule->reason = memory_copy_text(value);
	return 0;
}

/* "2027-01-31" is the start of that day. */
static bool read_day(struct slice text, us_time *ret_time)
{
	AUTO_BUF struct buf whole = BUF_LIMIT(32);

	return text.len == strlen("2027-01-31") && buf_append(&whole, text) &&
	       buf_append_text(&whole, "T00:00:00Z") &&
	       time_from_rfc3339(buf_slice(&whole), ret_time);
}

static int read_until(struct rule *rule, struct slice value, struct err *err)
{
	us_time until = US_TIME_NONE;

	if (rule->has_until)
		return err_set(err, ERR_FORMAT, "it is set twice");
	if (!slice_equal(value, SLICE("never")) && !read_day(value, &until) &&
	    !time_from_rfc3339(value, &until))
		return err_set(err, ERR_FORMAT,
			       "allowed are a day as 2027-01-31, a time as "
			       "2027-01-31T18:00:00Z, and never");
	rule->has_until = true;
	rule->suppression.until = until;
	return 0;
}

/* ---- keys
 * -------------------------------------------------------------------------------- */

static int refuse_key(const struct rule *rule, struct err *err)
{
	AUTO_BUF struct buf allowed = BUF_LIMIT(sizeof(err->text));
	const char *comma = "";

	for (int key = 0; key < CONDITION_COUNT; key++) {
		const struct condition_info *info =
			condition_info((enum condition_key)key);

		if (info->kinds >> rule->kind & 1) {
			buf_append_format(&allowed, "%s%s", comma, info->key);
			comma = ", ";
		}
	}
	if (rule->kind == RULE_SUPPRESS)
		buf_append_text(&allowed, ", reason, until");
	return err_set(err, ERR_FORMAT, "unknown key: allowed are %s",
		       buf_text(&allowed));
}

int policy_reading_rule_key(struct policy_reading *reading, unsigned line,
			    struct slice key, struct slice value, struct err *err)
{
	struct rule *rule = last_rule(reading);
	bool is_suppression = rule->kind == RULE_SUPPRESS;

	for (int i = 0; i < CONDITION_COUNT; i++) {
		const struct condition_info *info = condition_info((enum condition_key)i);

		if (slice_equal(key, slice_text(info->key)) &&
		    info->kinds >> rule->kind & 1)
			return value.len ? read_condition(reading, (enum condition_key)i,
							  line, value, err)
					 : err_set(err, ERR_FORMAT, "it needs a value");
	}
	if (is_suppression && slice_equal(key, SLICE("reason")))
		return read_reason(rule, value, err);
	if (is_suppression && slice_equal(key, SLICE("until")))
		return read_until(rule, value, err);
	return refuse_key(rule, err);
}

int policy_reading_rule_check(const struct rule *rule, struct err *err)
{
	bool says_something = false;

	for (size_t i = 0; i < CONDITION_COUNT; i++)
		says_something = says_something || rule->conditions[i].line;
	if (!says_something)
		return err_set(err, ERR_FORMAT,
			       "it does not say what it is about: it needs at least one "
			       "key; path = * stands for every door");
	if (rule->kind != RULE_SUPPRESS)
		return 0;
	if (!rule->reason || !*rule->reason)
		return err_set(err, ERR_FORMAT, "it needs a reason");
	if (!rule->has_until)
		return err_set(err, ERR_FORMAT,
			       "it needs until: a day as 2027-01-31, or never");
	return 0;
}
