/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy may say, what it is told where it does not, and how it prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/zone.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"
#include "tests/unit/policy/ask.h"

static void note(void *ctx, const struct err *problem)
{
	buf_append_text(ctx, problem->text);
	buf_append_byte(ctx, '\n');
}

static void test_mistakes(void)
{
	static const struct {
		const char *name, *text, *error;
	} rows[] = {
		{ "no section", "otherwise = allow\n",
		  "p:1: 'otherwise' is in no section: a line as [policy] comes first" },
		{ "unknown section", "[deny x]\nfoo = bar\n",
		  "p:1: unknown section [deny x]: allowed are policy, allow NAME, forbid "
		  "NAME, suppress NAME, baseline" },
		{ "neither", "[policy]\nallow everything\n",
		  "p:2: neither '[section]' nor 'key = value'" },
		{ "no name", "[allow]\n",
		  "p:1: a rule's section is [allow NAME], the name 1 to 64 letters, "
		  "digits, "
		  "'_', '-' and '.'" },
		{ "bad name", "[allow a b]\n",
		  "p:1: a rule's section is [allow NAME], the name 1 to 64 letters, "
		  "digits, "
		  "'_', '-' and '.'" },
		{ "reserved name", "[allow direct_ssh]\n",
		  "p:1: 'direct_ssh' has a meaning of its own" },
		{ "name taken", "[allow a]\npath = *\n[forbid a]\npath = *\n",
		  "p:3: the name 'a' is taken by the [allow] in line 1" },
		{ "nothing said", "[policy]\n\n[forbid all]\n",
		  "p:3: [forbid all]: it does not say what it is about: it needs at "
		  "least "
		  "one key; path = * stands for every door" },
		{ "unknown option", "[policy]\ndirect = list\n",
		  "p:2: [policy] direct: unknown key: allowed are direct_ssh, "
		  "otherwise" },
		{ "bad word", "[policy]\ndirect_ssh = deny\n",
		  "p:2: [policy] direct_ssh: allowed are ignore, list, flag" },
		{ "option twice", "[policy]\notherwise = allow\notherwise = refuse\n",
		  "p:3: [policy] otherwise: it is set twice, first in line 2" },
		{ "option without a value", "[policy]\notherwise =\n",
		  "p:2: [policy] otherwise: it needs a value" },
		{ "unknown key", "[allow a]\nuser = bob\n",
		  "p:2: [allow a] user: unknown key: allowed are path, instance_tag, "
		  "principal, source, os_user, hours, mfa, cloud_root, root, document, "
		  "user_agent, invoked_by, account, region, api_call, handler" },
		{ "a finding's rule is no login's", "[forbid a]\nrule = *\n",
		  "p:2: [forbid a] rule: unknown key: allowed are path, instance_tag, "
		  "principal, source, os_user, hours, mfa, cloud_root, root, document, "
		  "user_agent, invoked_by, account, region, api_call, handler" },
		{ "key without a value", "[allow a]\nprincipal =\n",
		  "p:2: [allow a] principal: it needs a value" },
		{ "list of nothing", "[allow a]\nprincipal = , ,\n",
		  "p:2: [allow a] principal: it needs a value" },
		{ "no such door", "[allow a]\npath = aws-ssm-sesion\n",
		  "p:2: [allow a] path: 'aws-ssm-sesion' fits no door: these are "
		  "aws-ec2-instance-connect, aws-ssm-session, aws-ssm-command, "
		  "aws-ssm-association, aws-serial-console, aws-ssm-ssh, "
		  "aws-eice-tunnel, "
		  "direct-ssh, local, aws-user-data, azure-serial-console, "
		  "azure-run-command, azure-vm-extension, azure-entra-ssh, "
		  "azure-bastion, "
		  "gcp-os-login, gcp-metadata-key, gcp-iap-tunnel, gcp-serial-console, "
		  "gcp-os-config, gcp-startup-script" },
		{ "no tag", "[allow a]\ninstance_tag = production\n",
		  "p:2: [allow a] instance_tag: 'production' is no tag: allowed is "
		  "key=value" },
		{ "bad network", "[allow a]\nsource = 192.0.2.1/24\n",
		  "p:2: [allow a] source: '192.0.2.1/24': the address has bits past its "
		  "prefix; of one address alone the prefix is /32" },
		{ "no network", "[allow a]\nsource = 192.0.2\n",
		  "p:2: [allow a] source: '192.0.2' is no address and no block of "
		  "addresses "
		  "as 192.0.2.0/24 or 2001:db8::/32" },
		{ "bad hours", "[allow a]\nhours = 9-17\n",
		  "p:2: [allow a] hours: '9-17' are no hours: allowed is DAYS "
		  "hh:mm-hh:mm "
		  "ZONE as 'mon-fri,sun 07:00-19:00 Europe/Berlin', with ';' between "
		  "several" },
		{ "no zone", "[allow a]\nhours = 09:00-17:00 Mars/Olympus\n",
		  "p:2: [allow a] hours: 'Mars/Olympus' is no time zone: allowed are "
		  "UTC, "
		  "local, names as Europe/Berlin, and offsets as +02:00" },
		{ "bad expression", "[allow a]\nprincipal = regex:[\n",
		  "p:2: [allow a] principal: the expression at its byte 2: missing "
		  "terminating ] for character class" },
		{ "expression in a list", "[allow a]\nprincipal = bob regex:.*\n",
		  "p:2: [allow a] principal: an expression goes to the end of its line: "
		  "give "
		  "it a line of its own, with the key again" },
		{ "comment behind", "[allow a]\nprincipal = bob # the builder\n",
		  "p:2: [allow a] principal: a comment needs a line of its own" },
		{ "allow without", "[allow a]\nmfa = no\n",
		  "p:2: [allow a] mfa: in [allow] allowed is yes" },
		{ "forbid with", "[forbid a]\nmfa = yes\n",
		  "p:2: [forbid a] mfa: in [forbid] allowed is no" },
		{ "allow root", "[allow a]\nroot = yes\n",
		  "p:2: [allow a] root: in [allow] allowed is no" },
		{ "neither yes nor no", "[suppress a]\nroot = maybe\n",
		  "p:2: [suppress a] root: allowed are yes, no" },
		{ "yes twice", "[allow a]\nmfa = yes\nmfa = yes\n",
		  "p:3: [allow a] mfa: it is set twice, first in line 2" },
		{ "no such rule", "[suppress a]\nrule = new-principle\n",
		  "p:2: [suppress a] rule: 'new-principle' fits no rule of findings, as "
		  "docs/alerts.md lists them" },
		{ "no reason", "[suppress a]\npath = *\nuntil = never\n",
		  "p:1: [suppress a]: it needs a reason" },
		{ "no end", "[suppress a]\npath = *\nreason = x\n",
		  "p:1: [suppress a]: it needs until: a day as 2027-01-31, or never" },
		{ "bad end", "[suppress a]\npath = *\nuntil = 2027-02-29\n",
		  "p:3: [suppress a] until: allowed are a day as 2027-01-31, a time as "
		  "2027-01-31T18:00:00Z, and never" },
		{ "bad duration", "[baseline]\nlearning = 14\n",
		  "p:2: [baseline] learning: allowed is a duration with its unit, from "
		  "1s to "
		  "3660d, as 14d or 1h" },
		{ "bad rate", "[baseline]\ntoo_many_per_source = 20\n",
		  "p:2: [baseline] too_many_per_source: allowed is off, or a number from "
		  "1 "
		  "to 100000 and a time, as '20 per 1h'" },
		{ "bad prefix", "[baseline]\nipv4_prefix = 33\n",
		  "p:2: [baseline] ipv4_prefix: allowed is a number from 0 to 32" },
		{ "not UTF-8", "[policy]\n#\xff\n", "p: line 2: not UTF-8" },
		{ "hidden", "[policy]\n#\xe2\x80\xae\n",
		  "p: line 2: a character that does not show: U+202E" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy *policy = NULL;
		struct err err = { .code = ERR_NONE };

		check_row(rows[i].name);
		CHECK_INT(policy_read_text(slice_text(rows[i].text), "p", &policy, &err),
			  -1);
		CHECK_TEXT(err.text, rows[i].error);
		policy_free(policy);
	}
	CHECK_INT(policy_read_text(slice_of("[policy]\n\0", 10), "p",
				   &(struct policy *){ 0 }, &(struct err){ 0 }),
		  -1);
}

/* One run shows all mistakes, up to a ceiling; the error is the first. */
static void test_all_mistakes(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf told = BUF_LIMIT(1 << 20);
	struct policy_request request = { .tell = note, .ctx = &told };
	struct policy *policy = NULL;
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "policy.conf",
		      SLICE("[policy]\nfoo = 1\n[allow a]\nmfa = no\n[allow b]\n"));
	request.path = scratch_path(&scratch, "policy.conf");
	CHECK_INT(policy_read(&request, &policy, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&told)),
		   "@/policy.conf:2: [policy] foo: unknown key: allowed are direct_ssh, "
		   "otherwise\n"
		   "@/policy.conf:4: [allow a] mfa: in [allow] allowed is yes\n");
	CHECK(slice_starts_with(buf_slice(&told), slice_text(err.text)));
}

static void test_files(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf told = BUF_LIMIT(1 << 20);
	struct policy_request request = { .tell = note, .ctx = &told };
	struct policy *policy = NULL;
	struct err err;

	scratch_init(&scratch);
	request.path = scratch_path(&scratch, "policy.conf");
	CHECK_INT(policy_read(&request, &policy, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text),
		   "@/policy.conf: there is no such file");
	CHECK(told.len > 0);
	request.path = scratch_path(&scratch, "policy.conf");
	request.may_be_missing = true;
	CHECK_OK(policy_read(&request, &policy, &err), &err);
	CHECK(!policy_is_there(policy));
	policy_free(policy);
	policy = NULL;

	scratch_write(&scratch, "policy.conf", SLICE("[policy]\ndirect_ssh = list\n"));
	request.path = scratch_path(&scratch, "policy.conf");
	CHECK_OK(policy_read(&request, &policy, &err), &err);
	CHECK_INT(policy_for_correlator(policy).direct_ssh, DIRECT_SSH_LIST);
	CHECK(policy_is_there(policy));
	policy_free(policy);
	policy = NULL;
	/* Who can write the policy can let himself in. */
	request.path = scratch_path(&scratch, "policy.conf");
	CHECK_INT(chmod(request.path, 0666), 0);
	CHECK_INT(policy_read(&request, &policy, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text),
		   "@/policy.conf: others than its owner may write it (mode 0666): chmod "
		   "go-w");
}

static void test_baseline(void)
{
	const struct baseline_options *options;
	struct policy *policy = ask_policy("");

	options = policy_baseline(policy);
	CHECK_INT(options->learning, 14 * US_PER_DAY);
	CHECK(options->new_principal && options->new_source_network && options->new_path);
	CHECK(!options->unusual_hour);
	CHECK_UINT(options->unusual_hour_after, 20);
	CHECK(options->zone == NULL);
	CHECK_UINT(options->ipv4_prefix, 24);
	CHECK_UINT(options->ipv6_prefix, 48);
	CHECK_UINT(options->per_principal.most, 0);
	policy_free(policy);

	policy = ask_policy("[baseline]\nlearning = 1h 30min\nnew_path = no\n"
			    "unusual_hour = yes\nunusual_hour_after = 5\n"
			    "zone = Europe/Berlin\nipv4_prefix = /16\nipv6_prefix = 56\n"
			    "too_many_per_principal = 20 per 1h\n"
			    "too_many_per_os_user = off\n");
	if (!policy)
		return;
	options = policy_baseline(policy);
	CHECK_INT(options->learning, 90 * US_PER_MINUTE);
	CHECK(!options->new_path && options->unusual_hour);
	CHECK_UINT(options->unusual_hour_after, 5);
	CHECK_TEXT(zone_name(options->zone), "Europe/Berlin");
	CHECK_UINT(options->ipv4_prefix, 16);
	CHECK_UINT(options->ipv6_prefix, 56);
	CHECK_UINT(options->per_principal.most, 20);
	CHECK_INT(options->per_principal.window, US_PER_HOUR);
	CHECK_UINT(options->per_os_user.most, 0);
	policy_free(policy);
}

static void test_print(void)
{
	static const char text[] =
		"[policy]\ndirect_ssh = flag\n"
		"[allow a]\nprincipal = x,y !z\nprincipal = regex:a b,c\nmfa = yes\n"
		"hours = 22:00-06:00; !sat,sun 00:00-24:00 Europe/Berlin\n"
		"source = ::ffff:192.0.2.1 *.example.com\n"
		"[suppress s]\npath = gcp-*\nreason = a ticket #7\nuntil = 2027-01-31\n"
		"[baseline]\ntoo_many_per_source = 3 per 90min\n";
	static const char printed[] =
		"[policy]\ndirect_ssh = flag\notherwise = allow\n"
		"\n# p:3\n[allow a]\nprincipal = x y !z\nprincipal = regex:a b,c\n"
		"source = ::ffff:192.0.2.1 *.example.com\n"
		"hours = 22:00-06:00 UTC; !sat,sun 00:00-24:00 Europe/Berlin\n"
		"mfa = yes\n"
		"\n# p:9\n[suppress s]\npath = gcp-*\nreason = a ticket #7\n"
		"until = 2027-01-31T00:00:00Z\n"
		"\n[baseline]\nlearning = 14d\nnew_principal = yes\n"
		"new_source_network = yes\nnew_path = yes\nunusual_hour = no\n"
		"unusual_hour_after = 20\nzone = UTC\nipv4_prefix = 24\nipv6_prefix = "
		"48\n"
		"too_many_per_principal = off\ntoo_many_per_source = 3 per 90min\n"
		"too_many_per_os_user = off\n";
	AUTO_BUF struct buf out = BUF_LIMIT(1 << 16);
	struct policy *policy = ask_policy(text);

	if (!policy)
		return;
	policy_print(policy, &out);
	CHECK_TEXT(buf_text(&out), printed);
	policy_free(policy);
	policy = ask_policy(printed);
	policy_free(policy);
}

/* ---- hostile files
 * ----------------------------------------------------------------------- */

static void check_refused(const struct buf *text, const char *error)
{
	struct policy *policy = NULL;
	struct err err = { .code = ERR_NONE };

	CHECK_INT(policy_read_text(buf_slice(text), "p", &policy, &err), -1);
	CHECK_TEXT(err.text, error);
	policy_free(policy);
}

static void test_crowds(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1 << 23);

	check_row("sections");
	for (int i = 0; i < 100000; i++)
		buf_append_format(&text, "[allow a%d]\npath=*\n", i);
	check_refused(&text, "p:2049: more than 1024 sections of rules");

	check_row("items");
	buf_clear(&text);
	buf_append_text(&text, "[allow a]\nprincipal = ");
	for (int i = 0; i < 100000; i++)
		buf_append_text(&text, "a,");
	check_refused(&text,
		      "p:2: [allow a] principal: the policy has more than 4096 items "
		      "in its lists");

	check_row("expressions");
	buf_clear(&text);
	buf_append_text(&text, "[allow a]\n");
	for (int i = 0; i < 1000; i++)
		buf_append_text(&text, "principal = regex:a\n");
	check_refused(&text, "p:258: [allow a] principal: the policy has more than 256 "
			     "regular expressions");

	check_row("ranges");
	buf_clear(&text);
	buf_append_text(&text, "[allow a]\nhours = ");
	for (int i = 0; i < 10000; i++)
		buf_append_text(&text, "00:00-01:00;");
	check_refused(&text,
		      "p:2: [allow a] hours: the policy has more than 4096 items in "
		      "its lists");

	check_row("zones");
	buf_clear(&text);
	buf_append_text(&text, "[allow a]\n");
	for (int i = 0; i < 20; i++)
		buf_append_format(&text, "hours = 00:00-01:00 +%02d:00\n", i);
	check_refused(&text, "p:18: [allow a] hours: more than 16 time zones");
}

static void test_long_lines(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1 << 22);
	AUTO_BUF struct buf filling = BUF_LIMIT(1 << 21);

	fill_repeated(&filling, SLICE("a"), 1 << 20);

	check_row("one item");
	buf_append_text(&text, "[allow a]\nprincipal = ");
	buf_append(&text, buf_slice(&filling));
	check_refused(&text,
		      "p:2: [allow a] principal: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' "
		      "is longer than 512 bytes");

	check_row("a key");
	buf_clear(&text);
	buf_append_text(&text, "[policy]\n");
	buf_append(&text, buf_slice(&filling));
	check_refused(&text, "p:2: neither '[section]' nor 'key = value'");

	check_row("a reason");
	buf_clear(&text);
	buf_append_text(&text, "[suppress s]\nreason = ");
	buf_append(&text, buf_slice(&filling));
	check_refused(&text, "p:2: [suppress s] reason: 1048576 bytes are more than 512");

	check_row("hours");
	buf_clear(&text);
	buf_append_text(&text, "[allow a]\nhours = ");
	buf_append(&text, buf_slice(&filling));
	check_refused(&text,
		      "p:2: [allow a] hours: "
		      "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
		      " are no hours: allowed is DAYS hh:mm-hh:mm ZONE as "
		      "'mon-fri,sun 07:00-19:00 Europe/Berlin', with ';' between "
		      "several");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "mistakes", test_mistakes },	   { "all mistakes", test_all_mistakes },
		{ "files", test_files },	   { "baseline", test_baseline },
		{ "print", test_print },	   { "crowds", test_crowds },
		{ "long lines", test_long_lines }, { NULL, NULL },
	};

	return check_run("policy/read", tests);
}
