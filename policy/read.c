/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/read.h"

#include "base/limits.h"
#include "base/memory.h"
#include "config/file.h"
#include "config/ini.h"

#define LONGEST_NAME 64

/* Names by which a ruling is told that no section made. */
static const char *const reserved_names[] = { "direct_ssh", "otherwise" };

/* ---- mistakes
 * ---------------------------------------------------------------------------- */

static void tell(struct policy_reading *reading, const struct err *problem)
{
	if (reading->problem_count == LIMIT_CONFIG_PROBLEMS)
		return;
	if (reading->problem_count++ == 0)
		reading->first = *problem;
	if (reading->request && reading->request->tell)
		reading->request->tell(reading->request->ctx, problem);
}

static void tell_of_line(struct policy_reading *reading, unsigned line,
			 struct err *problem)
{
	err_add(problem, "%s:%u", reading->policy->file, line);
	tell(reading, problem);
}

/* ---- sections
 * ---------------------------------------------------------------------------- */

static bool is_sound_name(struct slice name)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-.";

	for (size_t i = 0; i < name.len; i++) {
		if (!memchr(signs, name.ptr[i], sizeof(signs) - 1))
			return false;
	}
	return name.len > 0 && name.len <= LONGEST_NAME;
}

/* A finding says by which rule: so an [allow] has no [forbid]'s name. */
static int check_name(const struct policy *policy, enum rule_kind kind, struct slice name,
		      struct err *err)
{
	if (!is_sound_name(name))
		return err_set(err, ERR_FORMAT,
			       "a rule's section is [%s NAME], the name 1 to %d letters, "
			       "digits, '_', '-' and '.'",
			       rule_kind_word(kind), LONGEST_NAME);
	for (size_t i = 0; i < sizeof(reserved_names) / sizeof(reserved_names[0]); i++) {
		if (slice_equal(name, slice_text(reserved_names[i])))
			return err_set(err, ERR_FORMAT, "'%s' has a meaning of its own",
				       reserved_names[i]);
	}
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct rule *rule = &policy->rules[i];

		if ((rule->kind == RULE_SUPPRESS) == (kind == RULE_SUPPRESS) &&
		    slice_equal(name, slice_text(rule->name)))
			return err_set(err, ERR_FORMAT,
				       "the name '%s' is taken by the [%s] in line %u",
				       rule->name, rule_kind_word(rule->kind),
				       rule->line);
	}
	return 0;
}

/* The rules move as they grow in number: nothing is borrowed from them before all are
 * read. */
static int begin_rule(struct policy_reading *reading, enum rule_kind kind,
		      struct slice name, unsigned line, struct err *err)
{
	struct policy *policy = reading->policy;
	struct rule *rule;

	if (check_name(policy, kind, name, err) < 0)
		return -1;
	policy->rules = memory_resize(policy->rules, policy->rule_count + 1,
				      sizeof(*policy->rules));
	rule = &policy->rules[policy->rule_count++];
	memset(rule, 0, sizeof(*rule));
	rule->kind = kind;
	rule->name = memory_copy_text(name);
	rule->line = line;
	reading->section = SECTION_RULE;
	return 0;
}

/* "allow NAME": whether it is a section of this kind, its name in `*ret_name`. */
static bool is_rule_section(struct slice section, enum rule_kind kind,
			    struct slice *ret_name)
{
	if (!slice_take_prefix(&section, slice_text(rule_kind_word(kind))) ||
	    (section.len && section.ptr[0] != ' ' && section.ptr[0] != '\t'))
		return false;
	*ret_name = slice_trim(section);
	return true;
}

static int begin_section(struct policy_reading *reading, struct slice section,
			 unsigned line, struct err *err)
{
	struct slice name;

	reading->section = SECTION_UNKNOWN;
	for (int kind = 0; kind < RULE_KIND_COUNT; kind++) {
		if (is_rule_section(section, (enum rule_kind)kind, &name))
			return begin_rule(reading, (enum rule_kind)kind, name, line, err);
	}
	if (slice_equal(section, SLICE("policy")))
		reading->options = "policy";
	else if (slice_equal(section, SLICE("baseline")))
		reading->options = "baseline";
	else
		return err_set(err, ERR_FORMAT,
			       "unknown section [%.*s]: allowed are policy, allow NAME, "
			       "forbid NAME, suppress NAME, baseline",
			       SLICE_ARG(slice_first(section, 64)));
	reading->section = SECTION_OPTIONS;
	return 0;
}

static bool is_full(const struct policy_reading *reading, const struct ini_line *line)
{
	return line->kind == INI_SECTION &&
	       reading->policy->rule_count == LIMIT_POLICY_RULES;
}

/* ---- values
 * ------------------------------------------------------------------------------ */

static int take_option(struct policy_reading *reading, const struct ini_line *line,
		       struct err *err)
{
	AUTO_BUF struct buf allowed = BUF_LIMIT(sizeof(err->text));
	ptrdiff_t index = policy_option_find(slice_text(reading->options), line->key);

	if (index < 0) {
		policy_option_names(reading->options, &allowed);
		return err_set(err, ERR_FORMAT, "unknown key: allowed are %s",
			       buf_text(&allowed));
	}
	if (reading->option_lines[index])
		return err_set(err, ERR_FORMAT, "it is set twice, first in line %u",
			       reading->option_lines[index]);
	reading->option_lines[index] = line->number;
	if (line->value.len == 0)
		return err_set(err, ERR_FORMAT, "it needs a value");
	return policy_option_read(reading->policy, (size_t)index, line->value, err);
}

static void take_pair(struct policy_reading *reading, const struct ini_line *line)
{
	const struct policy *policy = reading->policy;
	bool is_rule = reading->section == SECTION_RULE;
	const struct rule *rule = is_rule ? &policy->rules[policy->rule_count - 1] : NULL;
	struct err err;
	int result;

	if (reading->section == SECTION_UNKNOWN)
		return;
	if (reading->section == SECTION_NONE) {
		err_set(&err, ERR_FORMAT,
			"'%.*s' is in no section: a line as [policy] comes first",
			SLICE_ARG(slice_first(line->key, 64)));
		tell_of_line(reading, line->number, &err);
		return;
	}
	result = is_rule ? policy_reading_rule_key(reading, line->number, line->key,
						   line->value, &err)
			 : take_option(reading, line, &err);
	if (result == 0)
		return;
	err_add(&err, "[%s%s%s] %.*s",
		rule ? rule_kind_word(rule->kind) : reading->options, rule ? " " : "",
		rule ? rule->name : "", SLICE_ARG(slice_first(line->key, 64)));
	tell_of_line(reading, line->number, &err);
}

static void take_line(struct policy_reading *reading, const struct ini_line *line)
{
	struct err err;

	switch (line->kind) {
	case INI_SECTION:
		if (begin_section(reading, line->section, line->number, &err) < 0)
			tell_of_line(reading, line->number, &err);
		break;
	case INI_PAIR:
		take_pair(reading, line);
		break;
	case INI_BAD:
		err_set(&err, ERR_FORMAT, "%s", line->why);
		tell_of_line(reading, line->number, &err);
		break;
	}
}

/* ---- the whole
 * --------------------------------------------------------------------------- */

static void check_rules(struct policy_reading *reading)
{
	const struct policy *policy = reading->policy;
	struct err err;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct rule *rule = &policy->rules[i];

		if (policy_reading_rule_check(rule, &err) == 0)
			continue;
		err_add(&err, "[%s %s]", rule_kind_word(rule->kind), rule->name);
		tell_of_line(reading, rule->line, &err);
	}
}

int policy_reading_take(struct policy_reading *reading, struct slice text,
			struct err *err)
{
	struct ini_line line;
	struct ini ini;

	if (config_text_check(text, err) < 0)
		return err_add(err, "%s", reading->policy->file);
	ini_begin(&ini, text);
	while (reading->problem_count < LIMIT_CONFIG_PROBLEMS && ini_next(&ini, &line)) {
		if (is_full(reading, &line)) {
			err_set(err, ERR_LIMIT, "more than %zu sections of rules",
				LIMIT_POLICY_RULES);
			tell_of_line(reading, line.number, err);
			break;
		}
		take_line(reading, &line);
	}
	/* What a broken rule lacks beside is no news. */
	if (reading->problem_count == 0)
		check_rules(reading);
	if (reading->problem_count == 0)
		return 0;
	*err = reading->first;
	return -1;
}
