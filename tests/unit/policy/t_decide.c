/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which logins a policy allows.
 */
#include "tests/support/check.h"
#include "tests/unit/policy/ask.h"

#define ROLE_SESSION "arn:aws:sts::111122223333:assumed-role/Operations/alice"
#define ROLE "arn:aws:iam::111122223333:role/Operations"
#define ROLE_WITH_PATH "arn:aws:iam::111122223333:role/teams/ops/Operations"
#define ALICE "arn:aws:iam::111122223333:user/alice"
#define MALLORY "arn:aws:iam::111122223333:user/mallory"
#define ROOT "arn:aws:iam::111122223333:root"
#define SSM .path = PATH_AWS_SSM_SESSION, .os_user = "ssm-user"

struct row {
	const char *name, *policy;
	struct asked asked;
	const char *want;
};

static void check_rulings(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct policy *policy;

		check_row(rows[i].name);
		policy = ask_policy(rows[i].policy);
		if (policy)
			CHECK_TEXT(ask_ruling(policy, &rows[i].asked), rows[i].want);
		policy_free(policy);
	}
}

/* Only what no call could change. */
static void test_unvouched(void)
{
#define WAITING SSM, .is_unvouched = true, .login_source_ip = "203.0.113.9"
	static const struct row rows[] = {
		{ "a door closed",
		  "[forbid f]\npath = aws-ssm-*\n",
		  { WAITING },
		  "refused door-not-allowed by f" },
		{ "another door", "[forbid f]\npath = gcp-*\n", { WAITING }, "allowed" },
		{ "a user",
		  "[forbid f]\nos_user = ssm-user\n",
		  { WAITING },
		  "refused os-user-not-allowed by f" },
		{ "at that hour",
		  "[forbid f]\nhours = 09:00-11:00\n",
		  { WAITING },
		  "refused outside-hours by f" },
		{ "at another",
		  "[forbid f]\nhours = 11:00-12:00\n",
		  { WAITING },
		  "allowed" },
		{ "root by sudo",
		  "[forbid f]\nroot = yes\n",
		  { WAITING, .has_sudo = true },
		  "refused root-login by f" },
		{ "tags that are known",
		  "[forbid f]\ninstance_tag = env=prod\n",
		  { WAITING, .tags = { "env=prod" }, .has_tags = true },
		  "refused door-not-allowed by f" },
		{ "tags that are not",
		  "[forbid f]\ninstance_tag = env=prod\n",
		  { WAITING },
		  "allowed" },
		{ "the address is the call's, not the login's",
		  "[forbid f]\nsource = 203.0.113.9\n",
		  { WAITING },
		  "allowed" },
		{ "nor is it excluded",
		  "[forbid f]\nos_user = ssm-user\nsource = !192.0.2.0/24\n",
		  { WAITING },
		  "allowed" },
		{ "whoever it was",
		  "[forbid f]\nos_user = ssm-user\nprincipal = *\n",
		  { WAITING },
		  "allowed" },
		{ "a second factor",
		  "[forbid f]\nos_user = ssm-user\nmfa = no\n",
		  { WAITING },
		  "allowed" },
		{ "an [allow] is not asked",
		  "[policy]\notherwise = refuse\n[allow a]\nos_user = nobody\n",
		  { WAITING },
		  "allowed" },
	};

	check_rulings(rows, sizeof(rows) / sizeof(rows[0]));
#undef WAITING
}

static void test_doors(void)
{
	static const struct row rows[] = {
		{ "no policy", "", { SSM, .principal = ALICE }, "allowed" },
		{ "refused otherwise",
		  "[policy]\notherwise = refuse\n",
		  { SSM, .principal = ALICE },
		  "refused door-not-allowed by otherwise" },
		{ "about another door",
		  "[allow a]\npath = gcp-*\nprincipal = nobody\n",
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "a door closed",
		  "[forbid consoles]\npath = *-serial-console\n",
		  { .path = PATH_AWS_SERIAL_CONSOLE, .principal = ALICE },
		  "refused door-not-allowed by consoles" },
		{ "all doors but one",
		  "[forbid f]\npath = * !aws-ssm-session\n",
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "a forbid comes first",
		  "[allow a]\nprincipal = *\n[forbid f]\nprincipal = *mallory\n",
		  { SSM, .principal = MALLORY },
		  "refused principal-not-allowed by f" },
		{ "all of a forbid has to hold",
		  "[forbid f]\nprincipal = *mallory\nos_user = root\n",
		  { SSM, .principal = MALLORY },
		  "allowed" },
		{ "any allow suffices",
		  "[allow a]\nprincipal = nobody\n[allow b]\nos_user = ssm-user\n",
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "the nearest allow tells why",
		  "[allow a]\nprincipal = nobody\n"
		  "[allow b]\nprincipal = *alice\nsource = 192.0.2.0/24\n"
		  "[allow c]\nprincipal = *alice\nmfa = yes\n",
		  { SSM, .principal = ALICE, .source_ip = "203.0.113.9" },
		  "refused source-ip-not-trusted by b" },
		{ "the first that fails",
		  "[allow a]\nhours = mon-tue 09:00-17:00\nos_user = root\n",
		  { SSM, .principal = ALICE },
		  "refused os-user-not-allowed by a" },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_principals(void)
{
#define ALLOW(text) "[allow a]\nprincipal = " text "\n"
#define NOT "refused principal-not-allowed by a"
	static const struct row rows[] = {
		{ "user", ALLOW(ALICE), { SSM, .principal = ALICE }, "allowed" },
		{ "any case",
		  ALLOW("Alice@Example.com"),
		  { SSM, .principal = "aLICE@example.COM" },
		  "allowed" },
		{ "another", ALLOW(ALICE), { SSM, .principal = MALLORY }, NOT },
		{ "longer", ALLOW(ALICE), { SSM, .principal = ALICE "2" }, NOT },
		{ "second of a list",
		  ALLOW("x, y\t" ALICE),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "keys add up",
		  ALLOW("x") "principal = " ALICE "\n",
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "role by its issuer",
		  ALLOW(ROLE),
		  { SSM, .principal = ROLE_SESSION, .session_issuer = ROLE },
		  "allowed" },
		{ "role without an issuer",
		  ALLOW(ROLE),
		  { SSM, .principal = ROLE_SESSION },
		  "allowed" },
		{ "role with a path, by its name",
		  ALLOW(ROLE),
		  { SSM, .principal = ROLE_SESSION, .session_issuer = ROLE_WITH_PATH },
		  "allowed" },
		{ "role with a path",
		  ALLOW(ROLE_WITH_PATH),
		  { SSM, .principal = ROLE_SESSION, .session_issuer = ROLE_WITH_PATH },
		  "allowed" },
		{ "role with a path, without an issuer",
		  ALLOW(ROLE_WITH_PATH),
		  { SSM, .principal = ROLE_SESSION },
		  "allowed" },
		{ "role with another path",
		  ALLOW("arn:aws:iam::111122223333:role/teams/web/Operations"),
		  { SSM, .principal = ROLE_SESSION, .session_issuer = ROLE_WITH_PATH },
		  NOT },
		{ "role of another account",
		  ALLOW(ROLE),
		  { SSM,
		    .principal =
			    "arn:aws:sts::444455556666:assumed-role/Operations/alice" },
		  NOT },
		{ "all roles of a path need the issuer",
		  ALLOW("arn:aws:iam::111122223333:role/teams/ops/*"),
		  { SSM, .principal = ROLE_SESSION },
		  NOT },
		{ "all roles of a path",
		  ALLOW("arn:aws:iam::111122223333:role/teams/ops/*"),
		  { SSM, .principal = ROLE_SESSION, .session_issuer = ROLE_WITH_PATH },
		  "allowed" },
		{ "a session named like a role",
		  ALLOW(ROLE),
		  { SSM, .principal = "arn:aws:sts::111122223333:assumed-role/Web/"
				      "role.Operations" },
		  NOT },
		{ "session's own name",
		  ALLOW("arn:aws:sts::111122223333:assumed-role/Operations/alice"),
		  { SSM, .principal = ROLE_SESSION },
		  "allowed" },
		{ "all but one",
		  ALLOW("* !" ROLE),
		  { SSM, .principal = ROLE_SESSION },
		  NOT },
		{ "excluded alone",
		  ALLOW("!" ROLE),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "expression",
		  ALLOW("regex:arn:aws:iam::\\d{12}:user/(alice|bob)"),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "expression is of the whole",
		  ALLOW("regex:alice"),
		  { SSM, .principal = ALICE },
		  NOT },
		{ "expression that excludes",
		  ALLOW("*") "principal = !regex:.*:user/.*\n",
		  { SSM, .principal = ALICE },
		  NOT },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_requirements(void)
{
#define ASK(key) "[allow a]\n" key "\n"
	static const struct row rows[] = {
		{ "in a network",
		  ASK("source = 192.0.2.0/24 2001:db8::/32"),
		  { SSM, .principal = ALICE, .source_ip = "2001:db8::7" },
		  "allowed" },
		{ "a service",
		  ASK("source = ssm.amazonaws.com"),
		  { SSM, .principal = ALICE, .source_ip = "ssm.amazonaws.com" },
		  "allowed" },
		{ "no address",
		  ASK("source = 192.0.2.0/24"),
		  { SSM, .principal = ALICE },
		  "refused source-ip-not-trusted by a" },
		{ "the login's own address does not count",
		  ASK("source = 192.0.2.0/24"),
		  { SSM, .principal = ALICE, .login_source_ip = "192.0.2.9",
		    .source_ip = "203.0.113.9" },
		  "refused source-ip-not-trusted by a" },
		{ "OS user, exactly",
		  ASK("os_user = SSM-user"),
		  { SSM, .principal = ALICE },
		  "refused os-user-not-allowed by a" },
		{ "within hours",
		  ASK("hours = wed 09:00-12:00; sat 09:00-12:00"),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "outside hours",
		  ASK("hours = wed 09:00-12:00 Asia/Tokyo"),
		  { SSM, .principal = ALICE },
		  "refused outside-hours by a" },
		{ "within hours that exclude",
		  ASK("hours = !sun 00:00-24:00"),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "second factor",
		  ASK("mfa = yes"),
		  { SSM, .principal = ALICE, .mfa = TRISTATE_TRUE },
		  "allowed" },
		{ "none",
		  ASK("mfa = yes"),
		  { SSM, .principal = ALICE, .mfa = TRISTATE_FALSE },
		  "refused no-mfa by a" },
		{ "not shown",
		  ASK("mfa = yes"),
		  { SSM, .principal = ALICE },
		  "refused no-mfa by a" },
		{ "not the account's root",
		  ASK("cloud_root = no"),
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "the account's root",
		  ASK("cloud_root = no"),
		  { SSM, .principal = ROOT },
		  "refused cloud-root by a" },
		{ "a user called root is not the account",
		  ASK("cloud_root = no"),
		  { SSM, .principal = "arn:aws:iam::111122223333:user/root" },
		  "allowed" },
		{ "not root", ASK("root = no"), { SSM, .principal = ALICE }, "allowed" },
		{ "root",
		  ASK("root = no"),
		  { .path = PATH_AWS_SSM_COMMAND, .os_user = "root", .principal = ALICE },
		  "refused root-login by a" },
		{ "root by sudo",
		  ASK("root = no"),
		  { SSM, .has_sudo = true, .principal = ALICE },
		  "refused root-login by a" },
		{ "document",
		  ASK("document = AWS-Run*"),
		  { SSM, .principal = ALICE, .document = "AWS-RunPatchBaseline" },
		  "allowed" },
		{ "another document",
		  ASK("document = AWS-Run*"),
		  { SSM, .principal = ALICE, .document = "Evil" },
		  "refused door-not-allowed by a" },
		{ "user agent",
		  ASK("user_agent = aws-cli/*"),
		  { SSM, .principal = ALICE, .user_agent = "AWS-CLI/2.1" },
		  "allowed" },
		{ "invoked by",
		  ASK("invoked_by = ssm.amazonaws.com"),
		  { SSM, .principal = ALICE },
		  "refused door-not-allowed by a" },
		{ "account",
		  ASK("account = 111122223333"),
		  { SSM, .principal = ALICE, .account = "111122223333" },
		  "allowed" },
		{ "region",
		  ASK("region = eu-*"),
		  { SSM, .principal = ALICE, .region = "us-east-1" },
		  "refused door-not-allowed by a" },
		{ "call",
		  ASK("api_call = StartSession"),
		  { SSM, .principal = ALICE, .name = "StartSession" },
		  "allowed" },
		{ "handler",
		  ASK("handler = Microsoft.Azure.Monitor.*"),
		  { .path = PATH_AZURE_VM_EXTENSION,
		    .kind = LOGIN_EXTENSION,
		    .command_id = "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent/3",
		    .principal = "p" },
		  "allowed" },
		{ "handler as the call says is not the host's",
		  ASK("handler = Microsoft.Azure.Monitor.*"),
		  { .path = PATH_AZURE_VM_EXTENSION,
		    .kind = LOGIN_EXTENSION,
		    .command_id = "Microsoft.Azure.Extensions.CustomScript/3",
		    .principal = "p",
		    .handler = "Microsoft.Azure.Monitor.X" },
		  "refused door-not-allowed by a" },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_forbids(void)
{
#define FORBID(key) "[forbid f]\n" key "\n"
	static const struct row rows[] = {
		{ "no second factor",
		  FORBID("mfa = no"),
		  { SSM, .principal = ALICE, .mfa = TRISTATE_FALSE },
		  "refused no-mfa by f" },
		{ "not shown",
		  FORBID("mfa = no"),
		  { SSM, .principal = ALICE },
		  "refused no-mfa by f" },
		{ "shown",
		  FORBID("mfa = no"),
		  { SSM, .principal = ALICE, .mfa = TRISTATE_TRUE },
		  "allowed" },
		{ "a service never shows one",
		  FORBID("mfa = no"),
		  { SSM, .principal = ROLE_SESSION, .invoked_by = "ssm.amazonaws.com" },
		  "allowed" },
		{ "who names a session like a service is none",
		  FORBID("mfa = no"),
		  { SSM, .principal = "arn:aws:sts::111122223333:assumed-role/Web/"
				      "x.amazonaws.com" },
		  "refused no-mfa by f" },
		{ "nor who names an account so",
		  FORBID("mfa = no"),
		  { SSM, .principal = "mallory@evil.googleapis.com" },
		  "refused no-mfa by f" },
		{ "a service by itself",
		  FORBID("mfa = no"),
		  { SSM, .principal = "ssm.amazonaws.com" },
		  "allowed" },
		{ "the account's root",
		  FORBID("cloud_root = yes"),
		  { SSM, .principal = ROOT },
		  "refused cloud-root by f" },
		{ "root by sudo",
		  FORBID("root = yes"),
		  { SSM, .principal = ALICE, .has_sudo = true },
		  "refused root-login by f" },
		{ "untrusted address",
		  FORBID("source = !192.0.2.0/24"),
		  { SSM, .principal = ALICE, .source_ip = "203.0.113.1" },
		  "refused source-ip-not-trusted by f" },
		{ "trusted address",
		  FORBID("source = !192.0.2.0/24"),
		  { SSM, .principal = ALICE, .source_ip = "192.0.2.1" },
		  "allowed" },
		{ "address not known is not a trusted one",
		  FORBID("source = !192.0.2.0/24"),
		  { SSM, .principal = ALICE },
		  "refused source-ip-not-trusted by f" },
		{ "irregular hours",
		  FORBID("hours = !mon-fri 07:00-19:00"),
		  { SSM, .principal = ALICE, .time = "2026-06-06T10:00:00Z" },
		  "refused outside-hours by f" },
		{ "OS user",
		  FORBID("os_user = root admin"),
		  { .path = PATH_AWS_SSM_SESSION,
		    .os_user = "admin",
		    .principal = ALICE },
		  "refused os-user-not-allowed by f" },
		{ "what tells most",
		  FORBID("path = *\nprincipal = *\nmfa = no"),
		  { SSM, .principal = ALICE },
		  "refused no-mfa by f" },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_unknown(void)
{
#define BY_TAG "instance_tag = env=prod\n"
#define UNKNOWN "undecided tags-unknown"
#define REGEX "principal = regex:(a+)+b\n"
#define ENDLESS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabaa"
	static const struct row rows[] = {
		{ "tagged so",
		  "[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE, .has_tags = true,
		    .tags = { "team=web", "env=prod" } },
		  "refused no-mfa by a" },
		{ "tagged otherwise",
		  "[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE, .has_tags = true, .tags = { "env=test" } },
		  "allowed" },
		{ "no tags",
		  "[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE, .has_tags = true },
		  "allowed" },
		{ "none of a tag",
		  "[forbid a]\ninstance_tag = !open=*\n",
		  { SSM, .principal = ALICE, .has_tags = true, .tags = { "env=prod" } },
		  "refused door-not-allowed by a" },
		{ "tags not known",
		  "[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE },
		  UNKNOWN },
		{ "it does not matter: it holds",
		  "[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE, .mfa = TRISTATE_TRUE },
		  "allowed" },
		{ "it matters: others are refused",
		  "[policy]\notherwise = refuse\n[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE, .mfa = TRISTATE_TRUE },
		  UNKNOWN },
		{ "it does not matter: refused either way",
		  "[policy]\notherwise = refuse\n[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE },
		  "refused door-not-allowed by otherwise" },
		{ "it does not matter: another allows",
		  "[allow a]\n" BY_TAG "mfa = yes\n[allow b]\nprincipal = *\n",
		  { SSM, .principal = ALICE },
		  "allowed" },
		{ "another refuses",
		  "[allow b]\nprincipal = nobody\n[allow a]\n" BY_TAG "mfa = yes\n",
		  { SSM, .principal = ALICE },
		  "refused principal-not-allowed by b" },
		{ "the one that may be about it would allow",
		  "[allow b]\nprincipal = nobody\n[allow a]\n" BY_TAG "principal = *\n",
		  { SSM, .principal = ALICE },
		  UNKNOWN },
		{ "a forbid may fit",
		  "[forbid a]\n" BY_TAG "principal = *\n",
		  { SSM, .principal = ALICE },
		  UNKNOWN },
		{ "a forbid does not fit anyway",
		  "[forbid a]\n" BY_TAG "mfa = no\n",
		  { SSM, .principal = ALICE, .mfa = TRISTATE_TRUE },
		  "allowed" },
		{ "a forbid may fit what is refused anyway",
		  "[forbid a]\n" BY_TAG "[allow b]\nprincipal = nobody\n",
		  { SSM, .principal = ALICE },
		  "refused principal-not-allowed by b" },
		{ "another forbid surely fits",
		  "[forbid a]\n" BY_TAG "[forbid b]\npath = *\n",
		  { SSM, .principal = ALICE },
		  "refused door-not-allowed by b" },
		{ "an expression given up",
		  "[allow a]\n" REGEX,
		  { SSM, .principal = ENDLESS },
		  "undecided policy-undecided" },
		{ "an expression given up, others refused",
		  "[policy]\notherwise = refuse\n[allow a]\n" REGEX,
		  { SSM, .principal = ENDLESS },
		  "undecided policy-undecided" },
		{ "one given up beside one that fails",
		  "[allow b]\nprincipal = nobody\n[allow a]\n" REGEX,
		  { SSM, .principal = ENDLESS },
		  "undecided policy-undecided" },
		{ "one that excludes",
		  "[allow a]\nprincipal = * !x\nprincipal = !regex:(a+)+b\n",
		  { SSM, .principal = ENDLESS },
		  "undecided policy-undecided" },
		{ "one that does not matter",
		  "[allow a]\n" REGEX "principal = *\n",
		  { SSM, .principal = ENDLESS },
		  "allowed" },
		{ "of a forbid",
		  "[forbid a]\n" REGEX,
		  { SSM, .principal = ENDLESS },
		  "undecided policy-undecided" },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_direct_ssh(void)
{
#define FLAG "[policy]\ndirect_ssh = flag\n"
#define SSH .path = PATH_DIRECT_SSH, .os_user = "bob", .login_source_ip = "192.0.2.9"
#define FLAGGED "refused direct-ssh-not-allowed by direct_ssh"
	static const struct row rows[] = {
		{ "ignored", "[forbid f]\npath = *\n", { SSH }, "allowed" },
		{ "listed",
		  "[policy]\ndirect_ssh = list\n[forbid f]\npath = *\n",
		  { SSH },
		  "allowed" },
		{ "flagged", FLAG, { SSH }, FLAGGED },
		{ "allowed by source",
		  FLAG "[allow a]\npath = direct-ssh\nsource = 192.0.2.0/24\n",
		  { SSH },
		  "allowed" },
		{ "from elsewhere",
		  FLAG "[allow a]\npath = direct-ssh\nsource = 198.51.100.0/24\n",
		  { SSH },
		  FLAGGED },
		{ "an allow that names no door is not about it",
		  FLAG "[allow a]\nsource = 192.0.2.0/24\n",
		  { SSH },
		  FLAGGED },
		{ "one that names every door is",
		  FLAG "[allow a]\npath = *\nos_user = bob\n",
		  { SSH },
		  "allowed" },
		{ "no call shows who it was",
		  FLAG "[allow a]\npath = direct-ssh\nprincipal = *\n",
		  { SSH },
		  FLAGGED },
		{ "nor who it was not",
		  FLAG "[allow a]\npath = direct-ssh\nprincipal = !mallory\n",
		  { SSH },
		  FLAGGED },
		{ "forbidden",
		  FLAG
		  "[allow a]\npath = direct-ssh\nos_user = bob\n[forbid f]\nroot = yes\n",
		  { SSH, .has_sudo = true },
		  "refused root-login by f" },
		{ "no second factor is asked of it",
		  FLAG
		  "[allow a]\npath = direct-ssh\nos_user = bob\n[forbid f]\nmfa = no\n",
		  { SSH },
		  "allowed" },
		{ "tags not known",
		  FLAG "[allow a]\npath = direct-ssh\ninstance_tag = bastion=yes\n",
		  { SSH },
		  "undecided tags-unknown" },
		{ "the policy of cloud doors does not change",
		  FLAG,
		  { SSM, .principal = ALICE },
		  "allowed" },
	};

	check_rulings(rows, COUNT_OF(rows));
}

static void test_no_policy(void)
{
	CHECK(policy_for_correlator(NULL).decide == NULL);
	CHECK(policy_suppression_at(NULL, 0) == NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "doors", test_doors },
		{ "unvouched", test_unvouched },
		{ "principals", test_principals },
		{ "requirements", test_requirements },
		{ "forbids", test_forbids },
		{ "what is not known", test_unknown },
		{ "direct SSH", test_direct_ssh },
		{ "no policy", test_no_policy },
		{ NULL, NULL },
	};

	return check_run("policy/decide", tests);
}
