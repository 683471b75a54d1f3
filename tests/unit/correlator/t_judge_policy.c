/* SPDX-License-Identifier: Apache-2.0 */
/* What the correlator makes of a policy's answers, who became root by sudo, and SSH
 * through no door. The policy is a stand-in that goes by names. */
#include "correlator/judge_policy.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity provider=aws instance=i-1 ip=10.0.0.5 endpoint=10.0.0.9 " OURS
#define IC "aws-ec2-instance-connect"
#define LOGIN "offer@5 key=K; accept@5 user=bob pid=7 key=K from=192.0.2.7;"
#define PUSH(id) "Push@1 id=" id " key=K user=bob on=i-1 " OURS ";"

static bool says(struct slice text, const char *word)
{
	return slice_find(text, slice_text(word)) >= 0;
}

static struct policy_answer refuse(enum reason reason, const char *rule)
{
	return (struct policy_answer){ POLICY_REFUSED, reason, rule };
}

static struct policy_answer answer_by_tags(const struct policy_question *question)
{
	for (uint32_t i = 0; i < question->tag_count; i++)
		if (slice_equal(question->tags[i], SLICE("env=prod")))
			return refuse(REASON_OUTSIDE_HOURS, "prod");
	if (question->has_tags)
		return (struct policy_answer){ .ruling = POLICY_ALLOWED };
	return (struct policy_answer){ POLICY_UNDECIDED, REASON_TAGS_UNKNOWN, "prod" };
}

/* Without a call: SSH over the network is for alice alone, and carol is unknown; no door
 * lets mallory in, whoever calls. Calls:
 * "bad" ones are refused, "tag" ones by the tags, and root by sudo is for nobody. */
static void decide(const void *ctx, const struct policy_question *question,
		   struct policy_answer *ret_answer)
{
	struct slice user = question->login->os_user;
	struct slice id;

	CHECK_TEXT(ctx, "the policy");
	CHECK(question->path == question->login->path ||
	      question->path == question->login->through);
	*ret_answer = (struct policy_answer){ .ruling = POLICY_ALLOWED, .rule = "usual" };
	if (question->is_unvouched) {
		if (slice_equal(user, SLICE("mallory")))
			*ret_answer = refuse(REASON_OS_USER_NOT_ALLOWED, "no-mallory");
		return;
	}
	if (!question->call) {
		if (slice_equal(user, SLICE("carol")))
			ret_answer->ruling = POLICY_UNDECIDED;
		else if (!slice_equal(user, SLICE("alice")))
			ret_answer->ruling = POLICY_REFUSED;
		ret_answer->reason = ret_answer->ruling == POLICY_UNDECIDED
					     ? REASON_POLICY_UNDECIDED
					     : REASON_DIRECT_SSH_NOT_ALLOWED;
		ret_answer->rule = NULL;
		return;
	}
	id = question->call->api_call.id;
	if (says(id, "bad"))
		*ret_answer = refuse(REASON_PRINCIPAL_NOT_ALLOWED, "ops");
	else if (says(id, "tag"))
		*ret_answer = answer_by_tags(question);
	else if (question->login->sudo_at != US_TIME_NONE)
		*ret_answer = refuse(REASON_ROOT_LOGIN, "no-root");
}

static struct correlator_options options_of(enum policy_direct_ssh direct_ssh)
{
	struct correlator_options options = correlator_options_default();

	options.policy = (struct correlator_policy){ decide, "the policy", direct_ssh };
	return options;
}

static void check_rows(const struct scene_row *rows, size_t count,
		       const struct correlator_options *options, const char *before)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open(&scene, options);
		scene_play(&scene, before);
		scene_told(&scene);
		scene_play(&scene, rows[i].script);
		if (rows[i].told)
			CHECK_TEXT(scene_told(&scene), rows[i].told);
		if (rows[i].logins)
			CHECK_TEXT(scene_logins(&scene), rows[i].logins);
	}
}

static void test_answers(void)
{
#define BOB "5 bob " IC
#define TUNNELLED "offer@5 key=K; accept@5 user=bob pid=7 key=K from=10.0.0.9;"
#define TUNNEL(id) "Tunnel@2 id=" id " ip=10.0.0.5 port=22 " OURS ";"
#define BOTH "5 bob " IC "+aws-eice-tunnel"
	static const struct scene_row rows[] = {
		{ "allowed", LOGIN PUSH("p"), BOB " authorized/final call=p\n", NULL },
		{ "refused", LOGIN PUSH("bad"),
		  BOB " unauthorized/final principal-not-allowed call=bad rule=ops\n",
		  BOB " pending\n" BOB
		      " unauthorized/final principal-not-allowed call=bad rule=ops\n" },
		{ "refused, and weakly tied: the policy's reason is the first",
		  "console@5 user=root tty=ttyS0 pid=3; opened@5 service=login user=root "
		  "pid=3; Serial@1 id=bad on=i-1 serial=0 " OURS ";now@20",
		  "5 root aws-serial-console unauthorized/final principal-not-allowed "
		  "weak-match call=bad rule=ops\n",
		  NULL },
		{ "no tags: not decided", LOGIN PUSH("tag"),
		  BOB " unverifiable tags-unknown call=tag rule=prod\n", NULL },
		{ "tags that come later decide",
		  LOGIN PUSH("tag") WE " tags=env=prod "
				       "has_tags=yes",
		  BOB " unauthorized/final outside-hours call=tag rule=prod\n",
		  BOB " pending\n" BOB
		      " unverifiable tags-unknown call=tag rule=prod\n" BOB
		      " unauthorized/final outside-hours call=tag rule=prod\n" },
		{ "and may allow it", LOGIN PUSH("tag") WE " has_tags=yes",
		  BOB " authorized/final call=tag\n", NULL },
		{ "both doors are asked about", TUNNELLED PUSH("p") TUNNEL("t"),
		  BOTH " authorized/final call=p through=t\n", NULL },
		{ "the key's call is refused", TUNNELLED PUSH("bad") TUNNEL("t"),
		  BOTH " unauthorized/final principal-not-allowed call=bad through=t "
		       "rule=ops\n",
		  NULL },
		{ "the tunnel's is", TUNNELLED PUSH("p") TUNNEL("bad"),
		  BOTH " unauthorized/final principal-not-allowed call=p through=bad "
		       "rule=ops\n",
		  NULL },
		{ "one is refused, the other not decided: the worse",
		  TUNNELLED PUSH("tag") TUNNEL("bad"),
		  BOTH " unauthorized/final principal-not-allowed tags-unknown call=tag "
		       "through=bad rule=ops\n",
		  NULL },
		{ "a refused port session refuses whom it carries",
		  "session@0 id=bob-1 stage=connected plugin=Port port=22 on=i-1;"
		  "Start@-1 id=bad session=bob-1 on=i-1 "
		  "document=AWS-StartSSHSession " OURS
		  "; accept@3 user=bob pid=9 from=127.0.0.1",
		  "0 - aws-ssm-session unauthorized/final principal-not-allowed call=bad "
		  "rule=ops\n"
		  "3 bob aws-ssm-ssh unauthorized/final principal-not-allowed call=bad "
		  "rule=ops\n",
		  NULL },
		{ "and no more than the one it could carry",
		  "session@0 id=bob-1 stage=connected plugin=Port port=22 on=i-1;"
		  "Start@-1 id=bad session=bob-1 on=i-1 "
		  "document=AWS-StartSSHSession " OURS
		  "; accept@3 user=bob pid=9 from=127.0.0.1; accept@4 user=bob pid=10 "
		  "from=127.0.0.1;proven@9000 " OURS,
		  "0 - aws-ssm-session unauthorized/final principal-not-allowed call=bad "
		  "rule=ops\n"
		  "3 bob aws-ssm-ssh unauthorized/final principal-not-allowed call=bad "
		  "rule=ops\n"
		  "4 bob aws-ssm-ssh unauthorized/final api-call-reused\n",
		  NULL },
		{ "what no call vouches for is nothing to ask about",
		  LOGIN "proven@9000 " OURS, BOB " unauthorized/final no-api-call\n",
		  NULL },
	};
	const struct correlator_options live = options_of(DIRECT_SSH_IGNORE);

	check_rows(rows, COUNT_OF(rows), &live, WE);
}

/* Another policy, as after it was loaded anew, gives the same events another verdict
 * under the same id. */
static void test_unvouched(void)
{
#define MALLORY "offer@5 key=K; accept@5 user=mallory pid=7 key=K from=192.0.2.7;"
#define AT_DOOR "5 mallory " IC " unauthorized/final "
	static const struct scene_row rows[] = {
		{ "refused while its call is waited for", MALLORY,
		  AT_DOOR "os-user-not-allowed rule=no-mallory\n", NULL },
		{ "and while its absence is no more than likely",
		  MALLORY "proven@1000 " OURS,
		  AT_DOOR "os-user-not-allowed no-api-call rule=no-mallory\n", NULL },
		{ "that there is no call is worse", MALLORY "proven@9000 " OURS,
		  AT_DOOR "no-api-call\n", NULL },
		{ "another waits", LOGIN, BOB " pending\n", NULL },
	};
	const struct correlator_options live = options_of(DIRECT_SSH_IGNORE);

	check_rows(rows, COUNT_OF(rows), &live, WE);
#undef MALLORY
#undef AT_DOOR
}

static void test_reloaded(void)
{
	const struct correlator_options with = options_of(DIRECT_SSH_IGNORE);
	AUTO_SCENE struct scene first;
	AUTO_SCENE struct scene second;
	struct verdict a, b;

	scene_open(&first, &with);
	scene_open_live(&second);
	scene_play(&first, WE ";" LOGIN PUSH("bad"));
	scene_play(&second, WE ";" LOGIN PUSH("bad"));
	a = scene_verdict(&first, 0);
	b = scene_verdict(&second, 0);
	CHECK_TEXT(verdict_word(a.verdict), "unauthorized");
	CHECK_TEXT(verdict_word(b.verdict), "authorized");
	CHECK_TEXT(a.policy_rule, "ops");
	CHECK_TEXT(b.policy_rule, NULL);
	CHECK(a.reason_call == a.api_call && a.api_call != NULL);
	CHECK(memcmp(&a.login->id, &b.login->id, sizeof(a.login->id)) == 0);
}

static void test_sudo(void)
{
#define ROOT " unauthorized/final root-login call=p rule=no-root sudo="
#define SESSION "session@0 id=bob-1 on=i-1; Start@-1 id=p session=bob-1 on=i-1 " OURS ";"
#define SSM "0 ssm-user aws-ssm-session"
	static const struct scene_row rows[] = {
		{ "while it is open",
		  LOGIN PUSH("p") "sudo@20 user=bob as=root tty=pts/0", BOB ROOT "20\n",
		  NULL },
		{ "the first time counts",
		  LOGIN PUSH("p") "sudo@30 user=bob as=root; sudo@20 user=bob as=root",
		  BOB ROOT "20\n", NULL },
		{ "the line came before the login's",
		  "sudo@20 user=bob as=root tty=pts/0;" LOGIN PUSH("p"), BOB ROOT "20\n",
		  NULL },
		{ "after it ended",
		  LOGIN PUSH("p") "closed@10 service=sshd user=bob pid=7;"
				  "sudo@20 user=bob as=root",
		  BOB " authorized/final call=p\n", NULL },
		{ "that it had ended was said later",
		  LOGIN PUSH("p") "sudo@20 user=bob as=root;"
				  "closed@10 service=sshd user=bob pid=7",
		  BOB " authorized/final call=p\n", NULL },
		{ "before it began", "sudo@1 user=bob as=root;" LOGIN PUSH("p"),
		  BOB " authorized/final call=p\n", NULL },
		{ "as somebody else", LOGIN PUSH("p") "sudo@20 user=bob as=www-data",
		  BOB " authorized/final call=p\n", NULL },
		{ "somebody else did", LOGIN PUSH("p") "sudo@20 user=eve as=root",
		  BOB " authorized/final call=p\n", NULL },
		{ "as whom can be read in two ways", LOGIN PUSH("p") "sudo@20 user=bob",
		  BOB ROOT "20\n", NULL },
		{ "a line that anybody could have written",
		  LOGIN PUSH("p") "sudo@20 user=bob as=root trust=unverified",
		  BOB ROOT "20\n", NULL },
		{ "a line that is known to be forged",
		  LOGIN PUSH("p") "sudo@20 user=bob as=root trust=contradicted",
		  BOB " authorized/final call=p\n", NULL },
		{ "on another host",
		  "accept@5 user=bob pid=7 host=a from=192.0.2.7 key=K;" PUSH(
			  "p") "sudo@20 user=bob as=root host=b",
		  BOB " authorized/final call=p\n", NULL },
		{ "through Session Manager", SESSION "sudo@9 user=ssm-user as=root",
		  SSM ROOT "9\n", NULL },
		{ "after the session",
		  SESSION "session@5 id=bob-1 stage=ended;"
			  "sudo@9 user=ssm-user as=root",
		  SSM " authorized/final call=p\n", NULL },
		{ "by whom the agent ran it as, said later",
		  "sudo@9 user=bob as=root;" SESSION
		  "session@1 id=bob-1 stage=described user=bob",
		  "0 bob aws-ssm-session" ROOT "9\n", NULL },
		{ "the tty says in which",
		  "console@5 user=bob tty=ttyS0 pid=3;console@6 user=bob tty=tty1 pid=4;"
		  "sudo@20 user=bob as=root tty=tty1;now@60",
		  "5 bob aws-serial-console pending\n6 bob local not-judged sudo=20\n",
		  NULL },
		{ "a terminal made within it",
		  "console@5 user=bob tty=ttyS0 pid=3;console@6 user=bob tty=tty1 pid=4;"
		  "sudo@20 user=bob as=root tty=pts/3;now@60",
		  "5 bob aws-serial-console pending sudo=20\n"
		  "6 bob local not-judged sudo=20\n",
		  NULL },
		{ "in one of two: both",
		  LOGIN PUSH("p") "offer@8 key=K; accept@8 user=bob pid=8 key=K "
				  "from=192.0.2.7; sudo@20 user=bob as=root tty=pts/1",
		  BOB ROOT "20\n8 bob " IC ROOT "20\n", NULL },
	};
	const struct correlator_options live = options_of(DIRECT_SSH_IGNORE);
	struct correlator_options complete = live;

	complete.logs_are_complete = true;
	check_rows(rows, COUNT_OF(rows), &live, WE);
	check_rows(rows, COUNT_OF(rows) - 3, &complete, WE);
}

/* One use is held against so many logins, and so many uses are remembered. */
static void test_sudo_bounded(void)
{
	const struct correlator_options live = options_of(DIRECT_SSH_IGNORE);
	AUTO_SCENE struct scene scene;
	char line[128];

	scene_open(&scene, &live);
	scene.unchecked = true;
	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line),
			 "accept@%d user=bob pid=%d from=192.0.2.7 port=9", i, i + 1);
		scene_play(&scene, line);
		snprintf(line, sizeof(line), "sudo@%d user=eve as=root", i);
		scene_play(&scene, line);
	}
	scene_told(&scene);
	scene_play(&scene, "sudo@3000 user=bob as=root");
	CHECK(scene_verdict(&scene, 0).login->sudo_at == US_TIME_NONE);
	CHECK(scene_verdict(&scene, 2000 - 65).login->sudo_at == US_TIME_NONE);
	CHECK_INT(scene_verdict(&scene, 2000 - 64).login->sudo_at, AT(3000));
	CHECK_INT(scene_verdict(&scene, 1999).login->sudo_at, AT(3000));
}

static void test_direct_ssh(void)
{
#define DIRECT(user) "accept@5 user=" user " pid=7 key=K from=192.0.2.7;"
#define NO " unauthorized/final direct-ssh-not-allowed\n"
#define NOT_YET " unauthorized/provisional direct-ssh-not-allowed\n"
	static const struct scene_row flagged[] = {
		{ "not proven yet", DIRECT("bob"), NULL, "5 bob direct-ssh" NOT_YET },
		{ "proven", DIRECT("bob") "proven@9000 " OURS, NULL,
		  "5 bob direct-ssh" NOT_YET "5 bob direct-ssh" NO },
		{ "a late call makes it a door", DIRECT("bob") PUSH("p"), NULL,
		  "5 bob direct-ssh" NOT_YET "5 bob " IC " authorized/final call=p\n" },
		{ "even when it was said for good",
		  DIRECT("bob") "proven@9000 " OURS ";" PUSH("p"),
		  "5 bob " IC " authorized/final call=p\n", NULL },
		{ "allowed", DIRECT("alice"), "5 alice direct-ssh not-judged\n", NULL },
		{ "not decided", DIRECT("carol"),
		  "5 carol direct-ssh unverifiable policy-undecided\n", NULL },
		{ "a local console is none of it",
		  "console@5 user=bob tty=tty1 pid=3;now@60", "5 bob local not-judged\n",
		  NULL },
	};
	static const struct scene_row not_flagged[] = {
		{ "not judged", DIRECT("bob"), "5 bob direct-ssh not-judged\n", NULL },
	};
	static const struct scene_row elsewhere[] = {
		{ "in no cloud there is nothing to wait for",
		  "identity provider=none;" DIRECT("bob"), "5 bob direct-ssh" NO, NULL },
		{ "until it is known whose cloud it is, it may be late", DIRECT("bob"),
		  "5 bob direct-ssh" NOT_YET, NULL },
		{ "Azure: Bastion's log is often off",
		  "identity provider=azure instance=/subscriptions/s/x;" DIRECT(
			  "bob") "proven@9000 class=activity",
		  "5 bob direct-ssh" NO, NULL },
		{ "a cloned image's was before",
		  "identity instance=i-1 launched=100;" DIRECT("bob"),
		  "5 bob direct-ssh not-judged before-this-instance\n", NULL },
	};
	static const struct scene_row complete_rows[] = {
		{ "logs that are complete", DIRECT("bob"), "5 bob direct-ssh" NO, NULL },
	};
	const struct correlator_options flag = options_of(DIRECT_SSH_FLAG);
	const struct correlator_options list = options_of(DIRECT_SSH_LIST);
	const struct correlator_options ignore = options_of(DIRECT_SSH_IGNORE);
	struct correlator_options complete = flag;

	complete.logs_are_complete = true;
	check_rows(flagged, COUNT_OF(flagged), &flag, WE);
	check_rows(not_flagged, COUNT_OF(not_flagged), &list, WE);
	check_rows(not_flagged, COUNT_OF(not_flagged), &ignore, WE);
	check_rows(elsewhere, COUNT_OF(elsewhere), &flag, "");
	check_rows(complete_rows, COUNT_OF(complete_rows), &complete, WE);
}

static void take_step(void *ctx, const struct reasoning *reasoning)
{
	if (strcmp(reasoning->rule, "policy") == 0)
		buf_append_format(ctx, "%s %s: %s\n",
				  reasoning->api_call ? "call" : "no call",
				  reasoning->held ? "held" : "failed", reasoning->why);
}

static void test_explained(void)
{
	static const struct {
		const char *name, *script, *want;
	} rows[] = {
		{ "allowed", LOGIN PUSH("p"),
		  "call held: the policy allows it by its rule usual\n" },
		{ "refused", LOGIN PUSH("bad"),
		  "call failed: the policy refuses it by its rule ops: the policy does "
		  "not allow who made the call\n" },
		{ "not decided", LOGIN PUSH("tag"),
		  "call failed: the policy cannot be decided by its rule prod: the "
		  "policy goes by the instance's tags, which are not known\n" },
		{ "direct ssh", DIRECT("bob"),
		  "no call failed: the policy refuses it: the policy does not allow SSH "
		  "over the network\n" },
	};
	const struct correlator_options flag = options_of(DIRECT_SSH_FLAG);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf steps = BUF_LIMIT(4096);
		AUTO_SCENE struct scene scene;
		struct verdict verdict;

		check_row(rows[i].name);
		scene_open(&scene, &flag);
		scene_play(&scene, WE);
		scene_play(&scene, rows[i].script);
		verdict = scene_verdict(&scene, 0);
		CHECK(correlator_explain(scene.correlator, &verdict.login->id, take_step,
					 NULL, &steps));
		CHECK_TEXT(buf_text(&steps), rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "answers", test_answers },
		{ "unvouched", test_unvouched },
		{ "reloaded", test_reloaded },
		{ "sudo", test_sudo },
		{ "sudo is bounded", test_sudo_bounded },
		{ "direct ssh", test_direct_ssh },
		{ "explained", test_explained },
		{ NULL, NULL },
	};

	return check_run("correlator/judge_policy", tests);
}
