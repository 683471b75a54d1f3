/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy as it is shipped: it says nothing, every example in it is sound, the four
 * kinds of unusual access are refused and their negatives are not, and each suppression
 * suppresses what it is for and nothing that comes near it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/policy/ask.h"

#define ACCOUNT "arn:aws:iam::111122223333:"
#define STS "arn:aws:sts::111122223333:assumed-role/"

static void read_shipped(struct buf *text)
{
	const char *srcdir = getenv("abs_top_srcdir");
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	AUTO_FCLOSE FILE *file = NULL;
	size_t got;

	buf_append_format(&path, "%s/etc/policy.conf", srcdir ? srcdir : ".");
	file = fopen(buf_text(&path), "re");
	if (!file) {
		perror(buf_text(&path));
		abort();
	}
	while (buf_reserve(text, 4096) &&
	       (got = fread(text->ptr + text->len, 1, 4096, file)) > 0)
		text->len += got;
}

/* What stands behind "#" without a blank is an example; with a blank it is prose. With
 * `section` only the examples of that section. */
static void uncomment(struct slice shipped, const char *section, struct buf *text)
{
	bool is_wanted = !section;
	struct slice line;

	while (slice_take_until(&shipped, '\n', &line)) {
		if (!slice_take_prefix(&line, SLICE("#")) || line.len == 0 ||
		    line.ptr[0] == ' ')
			continue;
		if (section && line.ptr[0] == '[')
			is_wanted = slice_equal(line, slice_text(section));
		if (!is_wanted)
			continue;
		buf_append(text, line);
		buf_append_byte(text, '\n');
	}
}

static struct policy *example(const char *section)
{
	AUTO_BUF struct buf shipped = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);

	read_shipped(&shipped);
	uncomment(buf_slice(&shipped), section, &text);
	CHECK(text.len > 0);
	return ask_policy(buf_text(&text));
}

static void test_says_nothing(void)
{
	AUTO_BUF struct buf shipped = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf nothing = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	struct policy *policy, *empty = ask_policy("");

	read_shipped(&shipped);
	policy = ask_policy(buf_text(&shipped));
	policy_print(policy, &text);
	policy_print(empty, &nothing);
	CHECK_TEXT(buf_text(&text), buf_text(&nothing));
	policy_free(policy);
	policy_free(empty);
}

/* The defaults that it shows are those that hold without it. */
static void test_all_of_it(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf nothing = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	struct policy *policy = example(NULL), *empty = ask_policy("");
	const char *baseline, *usual;

	if (!policy)
		return;
	policy_print(policy, &text);
	policy_print(empty, &nothing);
	baseline = strstr(buf_text(&text), "\n[baseline]");
	usual = strstr(buf_text(&nothing), "\n[baseline]");
	CHECK_TEXT(baseline, usual);
	CHECK(policy_suppression_at(policy, 7) != NULL);
	CHECK(policy_suppression_at(policy, 8) == NULL);
	policy_free(policy);
	policy_free(empty);
}

static void test_access(void)
{
#define BY_HAND .path = PATH_AWS_SSM_SESSION, .os_user = "ssm-user"
#define PRODUCTION .has_tags = true, .tags = { "env=production" }
	static const struct {
		const char *name, *section;
		struct asked asked;
		const char *want;
	} rows[] = {
		{ "untrusted address",
		  "[forbid untrusted-address]",
		  { BY_HAND, .principal = ACCOUNT "user/alice",
		    .source_ip = "203.0.113.9" },
		  "refused source-ip-not-trusted by untrusted-address" },
		{ "trusted address",
		  "[forbid untrusted-address]",
		  { BY_HAND, .principal = ACCOUNT "user/alice",
		    .source_ip = "2001:db8:1:2::3" },
		  "allowed" },
		{ "at night",
		  "[forbid irregular-hours]",
		  { BY_HAND, .principal = ACCOUNT "user/alice",
		    .time = "2026-06-03T23:30:00Z" },
		  "refused outside-hours by irregular-hours" },
		{ "at the weekend",
		  "[forbid irregular-hours]",
		  { BY_HAND, .principal = ACCOUNT "user/alice",
		    .time = "2026-06-06T10:00:00Z" },
		  "refused outside-hours by irregular-hours" },
		{ "at work",
		  "[forbid irregular-hours]",
		  { BY_HAND, .principal = ACCOUNT "user/alice",
		    .time = "2026-06-03T05:30:00Z" },
		  "allowed" },
		{ "a user who is not authorised",
		  "[allow operations]",
		  { BY_HAND, PRODUCTION, .principal = ACCOUNT "user/mallory" },
		  "refused principal-not-allowed by operations" },
		{ "one who is",
		  "[allow operations]",
		  { BY_HAND, PRODUCTION, .principal = STS "Operations/alice" },
		  "allowed" },
		{ "not in production",
		  "[allow operations]",
		  { BY_HAND, .principal = ACCOUNT "user/mallory", .has_tags = true,
		    .tags = { "env=test" } },
		  "allowed" },
		{ "no second factor",
		  "[forbid no-mfa]",
		  { BY_HAND, .principal = ACCOUNT "user/alice" },
		  "refused no-mfa by no-mfa" },
		{ "a second factor",
		  "[forbid no-mfa]",
		  { BY_HAND, .principal = ACCOUNT "user/alice", .mfa = TRISTATE_TRUE },
		  "allowed" },
		{ "the account's root",
		  "[forbid account-root]",
		  { BY_HAND, .principal = ACCOUNT "root" },
		  "refused cloud-root by account-root" },
		{ "root by sudo",
		  "[forbid root-on-host]",
		  { BY_HAND, .principal = ACCOUNT "user/alice", .has_sudo = true },
		  "refused root-login by root-on-host" },
		{ "no root",
		  "[forbid root-on-host]",
		  { BY_HAND, .principal = ACCOUNT "user/alice" },
		  "allowed" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy *policy;

		check_row(rows[i].name);
		policy = example(rows[i].section);
		if (policy)
			CHECK_TEXT(ask_ruling(policy, &rows[i].asked), rows[i].want);
		policy_free(policy);
	}
}

/* ---- suppressions
 * ------------------------------------------------------------------------ */

/* The benign example, and what of it is changed one at a time: none of the others may be
 * suppressed. */
struct shipped {
	const char *section, *name;
	struct asked benign;
	const char *other_principals[4];
	const char *other_documents[3];
	const char *other_handlers[4];
	enum path other_path;
};

#define SERVICE_ROLE "AWSServiceRoleForAmazonSSM"
#define FINDING .is_observation = true
static const struct shipped suppressions[] = {
	{
		.section = "[suppress zero-trust-operations]",
		.name = "zero-trust-operations",
		.benign = { FINDING, .rule = "new-source-network",
			    .path = PATH_AWS_SSM_SESSION, .os_user = "ssm-user",
			    .principal = STS "Operations/alice",
			    .session_issuer = ACCOUNT "role/Operations",
			    .source_ip = "203.0.113.9", .mfa = TRISTATE_TRUE },
		.other_principals = { STS "Operations2/alice", STS "Web/Operations",
				      "arn:aws:sts::444455556666:assumed-role/Operations/"
				      "a",
				      ACCOUNT "user/Operations" },
		.other_path = PATH_AWS_EC2_INSTANCE_CONNECT,
	},
	{
		.section = "[suppress aws-patching]",
		.name = "aws-patching",
		.benign = { FINDING, .rule = "api-call-without-login",
			    .path = PATH_AWS_SSM_COMMAND, .os_user = "root",
			    .principal = STS SERVICE_ROLE "/session",
			    .invoked_by = "ssm.amazonaws.com",
			    .source_ip = "ssm.amazonaws.com",
			    .document = "AWS-RunPatchBaseline" },
		.other_principals = { STS SERVICE_ROLE "2/session",
				      STS "Admin/" SERVICE_ROLE,
				      "arn:aws:sts::444455556666:assumed-"
				      "role/" SERVICE_ROLE "/x",
				      ACCOUNT "user/" SERVICE_ROLE },
		.other_documents = { "AWS-RunShellScript", "AWS-RunPatchBaseline2",
				     "Evil-AWS-RunPatchBaseline" },
		.other_path = PATH_AWS_SSM_SESSION,
	},
	{
		.section = "[suppress aws-automation]",
		.name = "aws-automation",
		.benign = { FINDING, .rule = "too-many-logins",
			    .path = PATH_AWS_SSM_COMMAND, .os_user = "root",
			    .principal = STS "AutomationService/Automation-x",
			    .invoked_by = "ssm.amazonaws.com",
			    .document = "AWS-UpdateSSMAgent" },
		.other_principals = { STS "AutomationServiceX/x", ACCOUNT "user/x" },
		.other_documents = { "AWS-RunShellScript", "AWS-RunRemoteScript" },
		.other_path = PATH_AWS_SSM_ASSOCIATION,
	},
	{
		.section = "[suppress azure-patching]",
		.name = "azure-patching",
		.benign = { FINDING, .rule = "extension-written", .has_no_login = true,
			    .path = PATH_AZURE_VM_EXTENSION,
			    .principal = "00000000-0000-0000-0000-000000000001",
			    .handler = "Microsoft.CPlat.Core.LinuxPatchExtension" },
		.other_handlers = { "Microsoft.CPlat.Core.RunCommandLinux",
				    "Microsoft.CPlat.Core.LinuxPatchExtension2",
				    "Microsoft.Azure.Extensions.CustomScript" },
		.other_path = PATH_AZURE_RUN_COMMAND,
	},
	{
		.section = "[suppress gcp-patching]",
		.name = "gcp-patching",
		.benign = { FINDING, .rule = "unusual-hour", .path = PATH_GCP_OS_CONFIG,
			    .os_user = "root",
			    .principal =
				    "patching@example-project.iam.gserviceaccount.com",
			    .name = "google.cloud.osconfig.v1.OsConfigService."
				    "ExecutePatchJob" },
		.other_principals = { "patching@other-project.iam.gserviceaccount.com",
				      "mallory@example.com" },
		.other_path = PATH_GCP_STARTUP_SCRIPT,
	},
	{
		.section = "[suppress platform-extensions]",
		.name = "platform-extensions",
		.benign = { FINDING, .rule = "extension-written", .has_no_login = true,
			    .path = PATH_AZURE_VM_EXTENSION,
			    .principal = "00000000-0000-0000-0000-000000000001",
			    .handler = "Microsoft.GuestConfiguration."
				       "ConfigurationforLinux" },
		.other_handlers = { "Microsoft.Azure.Extensions.CustomScript",
				    "Microsoft.OSTCExtensions.VMAccessForLinux",
				    "Microsoft.CPlat.Core.RunCommandHandlerLinux",
				    "Microsoft.GuestConfiguration."
				    "ConfigurationforLinuxX" },
		.other_path = PATH_AZURE_RUN_COMMAND,
	},
	{
		.section = "[suppress platform-associations]",
		.name = "platform-associations",
		.benign = { FINDING, .rule = "new-path", .path = PATH_AWS_SSM_ASSOCIATION,
			    .os_user = "root", .principal = ACCOUNT "user/setup",
			    .account = "111122223333",
			    .document = "AWS-GatherSoftwareInventory" },
		.other_documents = { "AWS-RunShellScript", "AWS-GatherSoftwareInventory2",
				     "" },
		.other_path = PATH_AWS_SSM_COMMAND,
	},
	{
		.section = "[suppress ci-deployment]",
		.name = "ci-deployment",
		.benign = { FINDING, .rule = "new-principal",
			    .path = PATH_AWS_SSM_COMMAND, .os_user = "root",
			    .principal = STS "DeployPipeline/run-7",
			    .session_issuer = ACCOUNT "role/ci/DeployPipeline",
			    .source_ip = "198.51.100.7",
			    .document = "Example-DeployApplication" },
		.other_principals = { STS "DeployPipeline2/run-7",
				      STS "Web/DeployPipeline" },
		.other_documents = { "AWS-RunShellScript", "example-deployapplication",
				     "Example-DeployApplication2" },
		.other_path = PATH_AWS_SSM_SESSION,
	},
};

static void check_near(const struct policy *policy, const struct shipped *shipped)
{
	struct asked asked;

	for (size_t i = 0; i < 4 && shipped->other_principals[i]; i++) {
		asked = shipped->benign;
		asked.principal = shipped->other_principals[i];
		asked.session_issuer = NULL;
		CHECK_TEXT(ask_suppression(policy, &asked), NULL);
	}
	for (size_t i = 0; i < 3 && shipped->other_documents[i]; i++) {
		asked = shipped->benign;
		asked.document = shipped->other_documents[i];
		CHECK_TEXT(ask_suppression(policy, &asked), NULL);
	}
	for (size_t i = 0; i < 4 && shipped->other_handlers[i]; i++) {
		asked = shipped->benign;
		asked.handler = shipped->other_handlers[i];
		CHECK_TEXT(ask_suppression(policy, &asked), NULL);
	}
	asked = shipped->benign;
	asked.path = shipped->other_path;
	CHECK_TEXT(ask_suppression(policy, &asked), NULL);
	asked = shipped->benign;
	asked.time = "2028-01-01T00:00:00Z";
	CHECK_TEXT(ask_suppression(policy, &asked), NULL);
}

/* No suppression is of a login that no call vouches for, or that the policy refuses, nor
 * of what says that the evidence was tampered with. */
static void check_other_rules(const struct policy *policy, const struct shipped *shipped)
{
	static const char *const rules[] = {
		"login-without-api-call", "login-after-denied-call",
		"login-policy-violation", "api-call-mismatch",
		"api-call-reused",	  "session-taken-over",
		"forged-log-line",	  "key-planted",
		"credential-reset",	  "trail-stopped",
		"startup-script-changed", "login-with-cloud-set-credential",
	};
	struct asked asked = shipped->benign;

	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		asked.rule = rules[i];
		asked.is_observation = i > 4;
		CHECK_TEXT(ask_suppression(policy, &asked), NULL);
	}
}

static void test_suppressions(void)
{
	for (size_t i = 0; i < COUNT_OF(suppressions); i++) {
		struct policy *policy;

		check_row(suppressions[i].name);
		policy = example(suppressions[i].section);
		if (!policy)
			continue;
		CHECK_TEXT(ask_suppression(policy, &suppressions[i].benign),
			   suppressions[i].name);
		check_near(policy, &suppressions[i]);
		check_other_rules(policy, &suppressions[i]);
		policy_free(policy);
	}
}

/* Of what sets each apart: the second factor, who called, from where, whose account. */
static void test_other_marks(void)
{
	static const struct {
		size_t index;
		enum tristate mfa;
		const char *invoked_by, *source_ip, *account, *name;
	} rows[] = {
		{ 0, TRISTATE_FALSE, NULL, "203.0.113.9", NULL, NULL },
		{ 1, TRISTATE_UNKNOWN, NULL, "203.0.113.9", NULL, NULL },
		{ 2, TRISTATE_UNKNOWN, NULL, "203.0.113.9", NULL, NULL },
		{ 4, TRISTATE_UNKNOWN, NULL, NULL, NULL,
		  "google.cloud.osconfig.v1.OsConfigZonalService."
		  "CreateOSPolicyAssignment" },
		{ 6, TRISTATE_UNKNOWN, NULL, NULL, "444455556666", NULL },
		{ 7, TRISTATE_UNKNOWN, NULL, "203.0.113.9", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct shipped *shipped = &suppressions[rows[i].index];
		struct asked asked = shipped->benign;
		struct policy *policy;

		check_row(shipped->name);
		policy = example(shipped->section);
		if (!policy)
			continue;
		asked.mfa = rows[i].mfa;
		asked.invoked_by = rows[i].invoked_by;
		asked.source_ip = rows[i].source_ip;
		asked.account = rows[i].account;
		asked.name = rows[i].name;
		CHECK_TEXT(ask_suppression(policy, &asked), NULL);
		policy_free(policy);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "as shipped it says nothing", test_says_nothing },
		{ "all of it is sound", test_all_of_it },
		{ "unusual access", test_access },
		{ "suppressions", test_suppressions },
		{ "what else sets them apart", test_other_marks },
		{ NULL, NULL },
	};

	return check_run("policy/shipped", tests);
}
