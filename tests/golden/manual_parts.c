/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden/manual_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/record.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "config/document.h"
#include "correlator/verdict.h"
#include "policy/finding_rules.h"
#include "policy/option.h"
#include "policy/policy.h"
#include "policy/rule.h"

#define CONF_PAGE "docs/man/countersign.conf.5"
#define POLICY_PAGE "docs/man/countersign-policy.5"
#define ALERTS_PAGE "docs/man/countersign-alerts.7"
#define COMMAND_PAGE "docs/man/countersign.1"
#define FINDINGS_DOCUMENT "docs/findings.md"

#define COLUMNS 78

static void append_wrapped(const char *text, struct buf *buf)
{
	struct slice rest = slice_text(text), word;
	size_t column = 0;

	while (rest.len) {
		if (!slice_take_until(&rest, ' ', &word)) {
			word = rest;
			rest.len = 0;
		}
		if (column && column + 1 + word.len > COLUMNS) {
			buf_append_byte(buf, '\n');
			column = 0;
		}
		if (column) {
			buf_append_byte(buf, ' ');
			column++;
		}
		buf_append(buf, word);
		column += word.len;
	}
	buf_append_byte(buf, '\n');
}

static void append_word(const char *word, const char *text, struct buf *buf)
{
	buf_append_format(buf, ".It Li %s\n", word);
	append_wrapped(text, buf);
}

static void begin_list(const char *widest, struct buf *buf)
{
	buf_append_format(buf, ".Bl -tag -width %s -compact\n", widest);
}

static void end_list(struct buf *buf)
{
	buf_append_text(buf, ".El\n");
}

/* ---- policy
 * ------------------------------------------------------------------------------ */

static const char *kinds_text(unsigned kinds)
{
	return kinds == IN_ANY ? "allow, forbid, suppress" : "suppress";
}

static void append_conditions(struct buf *buf)
{
	buf_append_text(buf, ".Bl -column instance_tag \"allow, forbid, suppress\"\n"
			     ".It Sy key Ta Sy in Ta Sy reason where it refuses\n");
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		const struct condition_info *info = condition_info((enum condition_key)i);

		buf_append_format(buf, ".It Ic %s Ta %s Ta", info->key,
				  kinds_text(info->kinds));
		if (info->kinds & (IN_ALLOW | IN_FORBID))
			buf_append_format(buf, " Li %s\n", reason_word(info->reason));
		else
			buf_append_text(buf, " none\n");
	}
	end_list(buf);
}

/* The settings of a policy that says nothing, as it prints them. */
static void append_options(const char *section, struct buf *buf)
{
	AUTO_BUF struct buf text = BUF_LIMIT(65536);
	struct policy *policy;
	struct slice rest, line;
	struct err err;

	if (policy_read_text(SLICE(""), "none", &policy, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	policy_option_print(policy, section, &text);
	policy_free(policy);
	buf_append_text(buf, ".Bl -column too_many_per_principal\n"
			     ".It Sy key Ta Sy default\n");
	rest = buf_slice(&text);
	while (slice_take_until(&rest, '\n', &line)) {
		struct slice key;

		if (slice_take_until_text(&line, SLICE(" = "), &key))
			buf_append_format(buf, ".It Ic %.*s Ta Li %.*s\n", SLICE_ARG(key),
					  SLICE_ARG(line));
	}
	end_list(buf);
}

static void append_policy_options(struct buf *buf)
{
	append_options("policy", buf);
}

static void append_baseline_options(struct buf *buf)
{
	append_options("baseline", buf);
}

static void append_paths(struct buf *buf)
{
	begin_list("aws-ec2-instance-connect", buf);
	for (size_t i = 0; i < PATH_COUNT; i++) {
		if (*path_word((enum path)i))
			append_word(path_word((enum path)i), path_text((enum path)i),
				    buf);
	}
	end_list(buf);
}

static void append_standings(struct buf *buf)
{
	static const char *const texts[] = {
		[FINDING_LITERALLY] = "only where its name is written out",
		[FINDING_WHERE_NAMED] = "where its name is written or a pattern fits it",
		[FINDING_BY_DEFAULT] = "also where nothing is said of rules",
	};
	const char *rule;

	begin_list("login-with-cloud-set-credential", buf);
	for (size_t i = 0; (rule = finding_rule_at(i)); i++)
		append_word(rule, texts[finding_rule_standing(slice_text(rule))], buf);
	end_list(buf);
}

/* ---- alerts
 * ------------------------------------------------------------------------------ */

static void append_finding(const struct finding *finding, struct buf *buf)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1024);

	buf_append_text(&text, severity_word(finding->severity));
	if (finding->technique)
		buf_append_format(&text, ", %s", finding->technique);
	buf_append_format(&text, ": %s", finding->title);
	append_word(finding->rule, buf_text(&text), buf);
}

static void append_rules(struct buf *buf)
{
	begin_list("login-with-cloud-set-credential", buf);
	manual_each_rule(append_finding, buf);
	end_list(buf);
}

static void append_verdicts(struct buf *buf)
{
	begin_list("unverifiable", buf);
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		append_word(verdict_word((enum verdict_kind)i),
			    verdict_text((enum verdict_kind)i), buf);
	end_list(buf);
}

static void append_reasons(struct buf *buf)
{
	begin_list("principal-not-allowed", buf);
	for (size_t i = 0; i < REASON_COUNT; i++)
		append_word(reason_word((enum reason)i), reason_text((enum reason)i),
			    buf);
	end_list(buf);
}

static void append_matched(struct buf *buf)
{
	begin_list("correlation-id", buf);
	for (size_t i = 0; i < MATCHED_COUNT; i++)
		append_word(matched_word((enum matched)i), matched_text((enum matched)i),
			    buf);
	end_list(buf);
}

static void append_trusts(struct buf *buf)
{
	begin_list("contradicted", buf);
	for (size_t i = 0; i < TRUST_COUNT; i++)
		append_word(trust_word((enum trust)i), trust_text((enum trust)i), buf);
	end_list(buf);
}

static void append_formats(struct buf *buf)
{
	static const char *const names[] = {
		[ALERT_FINDINGS] = "findings",
		[ALERT_LOGINS] = "logins",
		[ALERT_HEARTBEATS] = "heartbeats",
	};

	buf_append_text(buf, ".Bl -column pagerduty \"findings, logins, heartbeats\"\n"
			     ".It Sy format Ta Sy streams Ta Sy type of its content\n");
	for (size_t i = 0; alert_formats[i]; i++) {
		const struct alert_format *format = alert_formats[i];
		const char *comma = "";

		buf_append_format(buf, ".It Li %s Ta ", format->name);
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			if (!(format->streams & 1u << k))
				continue;
			buf_append_format(buf, "%s%s", comma, names[k]);
			comma = ", ";
		}
		buf_append_format(buf, " Ta %s\n", format->content_type);
	}
	end_list(buf);
}

const struct manual_part manual_parts[] = {
	{ CONF_PAGE, "settings", document_append_manual },
	{ POLICY_PAGE, "conditions", append_conditions },
	{ POLICY_PAGE, "policy-options", append_policy_options },
	{ POLICY_PAGE, "baseline-options", append_baseline_options },
	{ POLICY_PAGE, "doors", append_paths },
	{ POLICY_PAGE, "suppressible", append_standings },
	{ ALERTS_PAGE, "formats", append_formats },
	{ ALERTS_PAGE, "rules", append_rules },
	{ ALERTS_PAGE, "doors", append_paths },
	{ ALERTS_PAGE, "verdicts", append_verdicts },
	{ ALERTS_PAGE, "reasons", append_reasons },
	{ ALERTS_PAGE, "matched", append_matched },
	{ ALERTS_PAGE, "trust", append_trusts },
	{ COMMAND_PAGE, "options", manual_append_options },
	{ FINDINGS_DOCUMENT, "findings", manual_append_findings },
	{ FINDINGS_DOCUMENT, "reasons", manual_append_reason_advice },
	{ FINDINGS_DOCUMENT, "verdicts", manual_append_verdict_advice },
	{ FINDINGS_DOCUMENT, "at-doors", manual_append_door_advice },
	{ NULL, NULL, NULL },
};
