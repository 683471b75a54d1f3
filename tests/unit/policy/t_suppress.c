/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which findings are no news.
 */
#include "alert/finding.h"
#include "policy/finding_rules.h"
#include "tests/support/check.h"
#include "tests/unit/policy/ask.h"

#define CI "arn:aws:iam::111122223333:role/Ci"
#define HEAD "[suppress s]\nreason = it is known\nuntil = 2027-01-31\n"
#define NEW .rule = "new-principal", .is_observation = true
#define TUNNEL                                                                   \
	.rule = "login-policy-violation", .path = PATH_AWS_EC2_INSTANCE_CONNECT, \
	.through = PATH_AWS_EICE_TUNNEL
#define COMMAND .path = PATH_AWS_SSM_COMMAND, .os_user = "root"

static void test_conditions(void)
{
	static const struct {
		const char *name, *policy;
		struct asked asked;
		bool want;
	} rows[] = {
		{ "fits",
		  HEAD "principal = " CI "\n",
		  { NEW, COMMAND, .principal = CI },
		  true },
		{ "somebody else",
		  HEAD "principal = " CI "\n",
		  { NEW, COMMAND, .principal = CI "2" },
		  false },
		{ "an allow is none",
		  "[allow a]\nprincipal = *\n",
		  { NEW, COMMAND, .principal = CI },
		  false },
		{ "before its end",
		  HEAD "path = *\n",
		  { NEW, COMMAND, .time = "2027-01-30T23:59:59.999999Z" },
		  true },
		{ "at its end",
		  HEAD "path = *\n",
		  { NEW, COMMAND, .time = "2027-01-31T00:00:00Z" },
		  false },
		{ "its end is a time",
		  "[suppress s]\npath = *\nreason = x\nuntil = "
		  "2027-01-31T18:00:00+01:00\n",
		  { NEW, COMMAND, .time = "2027-01-31T16:59:59Z" },
		  true },
		{ "never",
		  "[suppress s]\npath = *\nreason = x\nuntil = never\n",
		  { NEW, COMMAND, .time = "2099-01-31T16:59:59Z" },
		  true },
		{ "rule named", HEAD "rule = new-*\n", { NEW, COMMAND }, true },
		{ "another rule", HEAD "rule = too-*\n", { NEW, COMMAND }, false },
		{ "all but a rule",
		  HEAD "rule = * !new-principal\n",
		  { NEW, COMMAND },
		  false },
		{ "a call that does not fit is not the login's",
		  HEAD "principal = " CI "\n",
		  { COMMAND, .rule = "api-call-mismatch", .principal = CI,
		    .call_does_not_fit = true },
		  false },
		{ "nor is it somebody else's",
		  HEAD "principal = !" CI "\n",
		  { COMMAND, .rule = "api-call-mismatch", .principal = "mallory",
		    .call_does_not_fit = true },
		  false },
		{ "the call that the policy refused is",
		  HEAD "principal = " CI "\n",
		  { COMMAND, .rule = "login-policy-violation", .principal = CI },
		  true },
		{ "it stands for others",
		  HEAD "principal = " CI "\n",
		  { NEW, COMMAND, .principal = CI, .is_of_many = true },
		  false },
		{ "both doors",
		  HEAD "principal = " CI "\n",
		  { TUNNEL, .principal = CI, .tunnel_caller = CI },
		  true },
		{ "somebody else opened the tunnel",
		  HEAD "principal = " CI "\n",
		  { TUNNEL, .principal = CI, .tunnel_caller = "mallory" },
		  false },
		{ "nobody is known to have opened it",
		  HEAD "principal = " CI "\n",
		  { TUNNEL, .principal = CI },
		  false },
		{ "the tunnel's door is not named",
		  HEAD "path = aws-ec2-instance-connect\n",
		  { TUNNEL, .principal = CI, .tunnel_caller = CI },
		  false },
		{ "both doors are named",
		  HEAD "path = aws-ec2-instance-connect aws-eice-tunnel\n",
		  { TUNNEL, .principal = CI, .tunnel_caller = CI },
		  true },
		{ "what is new of the tunnel",
		  HEAD "path = aws-eice-tunnel\n",
		  { NEW, .path = PATH_AWS_EC2_INSTANCE_CONNECT, .principal = CI,
		    .about = PATH_AWS_EICE_TUNNEL },
		  true },
		{ "what is new of the tunnel, by the other door",
		  HEAD "path = aws-ec2-instance-connect\n",
		  { NEW, .path = PATH_AWS_EC2_INSTANCE_CONNECT, .principal = CI,
		    .about = PATH_AWS_EICE_TUNNEL },
		  false },
		{ "a call without a login",
		  HEAD "principal = " CI "\n",
		  { COMMAND, .rule = "extension-written", .is_observation = true,
		    .has_no_login = true, .principal = CI },
		  true },
		{ "it has no user",
		  HEAD "os_user = *\n",
		  { COMMAND, .rule = "extension-written", .is_observation = true,
		    .has_no_login = true, .principal = CI },
		  false },
		{ "handler of the call, without a login",
		  HEAD "handler = a.b\n",
		  { COMMAND, .rule = "extension-written", .is_observation = true,
		    .has_no_login = true, .principal = CI, .handler = "A.B" },
		  true },
		{ "by tag",
		  HEAD "instance_tag = env=test\n",
		  { NEW, COMMAND, .has_tags = true, .tags = { "env=test" } },
		  true },
		{ "tags not known",
		  HEAD "instance_tag = env=test\n",
		  { NEW, COMMAND },
		  false },
		{ "an expression given up",
		  HEAD "principal = regex:(a+)+b\n",
		  { NEW, COMMAND,
		    .principal = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabaa" },
		  false },
		{ "with a second factor",
		  HEAD "mfa = yes\n",
		  { NEW, COMMAND, .principal = CI, .mfa = TRISTATE_TRUE },
		  true },
		{ "without one",
		  HEAD "mfa = yes\n",
		  { NEW, COMMAND, .principal = CI },
		  false },
		{ "not root", HEAD "root = no\n", { NEW, COMMAND }, false },
		{ "within hours",
		  HEAD "hours = wed 09:00-12:00\n",
		  { NEW, COMMAND },
		  true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy *policy;

		check_row(rows[i].name);
		policy = ask_policy(rows[i].policy);
		if (policy)
			CHECK_TEXT(ask_suppression(policy, &rows[i].asked),
				   rows[i].want ? "s" : NULL);
		policy_free(policy);
	}
}

/* What says that the evidence was tampered with is silenced by nothing but its name. */
static void test_tampering(void)
{
	static const char *const rules[] = {
		"forged-log-line",     "evidence-gap",
		"control-plane-blind", "agent-stopped",
		"agent-was-down",      "identity-changed",
		"trail-stopped",       "agent-registered-elsewhere",
		"alerts-dropped",      "of-a-later-version",
	};
	struct policy *all = ask_policy(HEAD "path = *\n");
	struct policy *pattern = ask_policy(HEAD "rule = *\nrule = regex:.*\n");
	struct policy *named = ask_policy(HEAD "rule = evidence-gap forged-log-line\n");

	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		const struct asked asked = { .rule = rules[i], .is_observation = true };

		check_row(rules[i]);
		CHECK_TEXT(ask_suppression(all, &asked), NULL);
		CHECK_TEXT(ask_suppression(pattern, &asked), NULL);
		CHECK_TEXT(ask_suppression(named, &asked), i < 2 ? "s" : NULL);
	}
	policy_free(all);
	policy_free(pattern);
	policy_free(named);
}

/* Without `rule` only the rules of logins, calls and baselines are meant. */
static void test_default_rules(void)
{
	static const char *const not_meant[] = { "session-taken-over",
						 "reboot-during-console" };
	struct policy *all = ask_policy(HEAD "path = *\n");
	struct policy *pattern = ask_policy(HEAD "rule = *\n");
	struct asked asked = { COMMAND, .is_observation = true };
	size_t by_default = 0, by_pattern = 0;

	for (size_t i = 0; i < COUNT_OF(not_meant); i++) {
		asked.rule = not_meant[i];
		check_row(asked.rule);
		CHECK_TEXT(ask_suppression(all, &asked), NULL);
		CHECK_TEXT(ask_suppression(pattern, &asked), "s");
	}
	for (size_t i = 0; (asked.rule = finding_rule_at(i)); i++) {
		by_default += ask_suppression(all, &asked) != NULL;
		by_pattern += ask_suppression(pattern, &asked) != NULL;
	}
	CHECK_UINT(by_default, 18);
	CHECK_UINT(by_pattern, 20);
	policy_free(all);
	policy_free(pattern);
}

/* The rules of verdicts are those that findings are made with. */
static void test_known_rules(void)
{
	const struct login login = { .path = PATH_AWS_SSM_SESSION };

	for (int reason = 0; reason < REASON_COUNT; reason++) {
		const struct verdict verdict = {
			.login = &login,
			.verdict = VERDICT_UNAUTHORIZED,
			.reasons = { (enum reason)reason },
			.reason_count = 1,
		};
		struct finding finding = { .rule = "" };

		check_row(reason_word((enum reason)reason));
		CHECK(finding_from_verdict(&verdict, &finding));
		CHECK_INT(finding_rule_standing(slice_text(finding.rule)),
			  FINDING_BY_DEFAULT);
	}
}

static void test_listed(void)
{
	struct policy *policy =
		ask_policy("[suppress one]\npath = gcp-*\nreason = first\nuntil = never\n"
			   "[forbid f]\npath = gcp-*\n"
			   "[suppress two]\npath = *\nreason = second\n"
			   "until = 1970-01-02\n");
	const struct asked asked = { NEW, .path = PATH_GCP_OS_LOGIN };
	const struct suppression *suppression;

	if (!policy)
		return;
	CHECK_TEXT(ask_suppression(policy, &asked), "one");
	suppression = policy_suppression_at(policy, 0);
	CHECK_TEXT(suppression->name, "one");
	CHECK_TEXT(suppression->reason, "first");
	CHECK_INT(suppression->until, US_TIME_NONE);
	suppression = policy_suppression_at(policy, 1);
	CHECK_TEXT(suppression->name, "two");
	CHECK_INT(suppression->until, US_PER_DAY);
	CHECK(policy_suppression_at(policy, 2) == NULL);
	policy_free(policy);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "conditions", test_conditions },
		{ "tampering", test_tampering },
		{ "rules meant without saying so", test_default_rules },
		{ "rules that are known", test_known_rules },
		{ "listed", test_listed },
		{ NULL, NULL },
	};

	return check_run("policy/suppress", tests);
}
