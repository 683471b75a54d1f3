/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls vouch at sshd's doors: every reason, and which comes first. All logs are
 * complete; the push window is 60 s, 1 s for its cut second, 30 s skew before the login
 * and 30 s after it. */
#include "correlator/match.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 ip=10.0.0.5 endpoint=10.0.0.9 " OURS ";"
#define COVERED "proven@9000 " OURS
#define IC "aws-ec2-instance-connect"

#define OFFERED \
	"offer@-1 key=K request=r; accept@0 user=alice pid=7 from=192.0.2.1 key=K;"
#define PLAIN "accept@0 user=alice pid=7 from=192.0.2.1 key=K;"
#define PUSH "key=K user=alice on=i-1 " OURS ";"

static void test_instance_connect(void)
{
	static const struct scene_row rows[] = {
		{ "request id", OFFERED "Push@-3 id=c request=r " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "a request id knows no window",
		  OFFERED "Push@-500 id=c request=r " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "another request id, but the key",
		  OFFERED "Push@-3 id=c request=s " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "request id before a nearer push of the key",
		  OFFERED "Push@-30 id=c request=r " PUSH "Push@-3 id=d request=s " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "the latest push of the key",
		  OFFERED "Push@-30 id=c " PUSH "Push@-3 id=d " PUSH,
		  "0 alice " IC " authorized/final call=d\n", NULL },
		{ "the request id of another key",
		  OFFERED "Push@-3 id=c request=r key=L user=alice "
			  "on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "as early as can be", OFFERED "Push@-92 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "too early", OFFERED "Push@-92.1 id=c " PUSH,
		  "0 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "as late as can be", OFFERED "Push@29 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "too late", OFFERED "Push@29.1 id=c " PUSH,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "one push, many logins",
		  OFFERED
		  "offer@4 key=K; accept@5 user=alice pid=8 key=K; Push@-3 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n"
		  "5 alice " IC " authorized/final call=c\n",
		  NULL },
		{ "wrong OS user", OFFERED "Push@-3 id=c key=K user=bob on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final wrong-os-user\n", NULL },
		{ "OS users have a case",
		  OFFERED "Push@-3 id=c key=K user=Alice on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final wrong-os-user\n", NULL },
		{ "wrong instance", OFFERED "Push@-3 id=c key=K user=alice on=i-2 " OURS,
		  "0 alice " IC " unauthorized/final wrong-instance\n", NULL },
		{ "instances have none",
		  OFFERED "Push@-3 id=c key=K user=alice on=I-1 " OURS,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "wrong instance and user",
		  OFFERED "Push@-3 id=c key=K user=bob on=i-2 " OURS,
		  "0 alice " IC " unauthorized/final wrong-instance\n", NULL },
		{ "the OS user's reason comes before the instance's",
		  OFFERED "Push@-3 id=c key=K user=alice on=i-2 " OURS
			  "; Push@-4 id=d key=K user=bob on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final wrong-os-user\n", NULL },
		{ "a right one beside wrong ones",
		  OFFERED "Push@-3 id=c key=K user=alice on=i-2 " OURS
			  "; Push@-4 id=d key=K user=bob on=i-1 " OURS
			  "; Push@-5 id=e " PUSH,
		  "0 alice " IC " authorized/final call=e\n", NULL },
		{ "expired comes before denied",
		  OFFERED "Push@-900 id=c " PUSH "Push!@-3 id=d refused-on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "wrong user comes before expired",
		  OFFERED "Push@-900 id=c " PUSH
			  "Push@-3 id=d key=K user=bob on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final wrong-os-user\n", NULL },
		{ "denied", OFFERED "Push!@-3 id=d refused-on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final api-call-denied\n", NULL },
		{ "denied on another instance",
		  OFFERED "Push!@-3 id=d refused-on=i-2 " OURS,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "denied too early", OFFERED "Push!@-93 id=d refused-on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "denied, then allowed",
		  OFFERED "Push!@-9 id=d refused-on=i-1 " OURS "; Push@-3 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "a call that did not happen", OFFERED "Push?@-3 id=c " PUSH,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "none", OFFERED, "0 alice " IC " unauthorized/final no-api-call\n",
		  NULL },
		{ "another call of the same event id is the same call",
		  OFFERED "Push@-3 id=c key=L user=alice on=i-1 " OURS
			  "; Push@-3 id=c " PUSH,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

/* Without Instance Connect's line: only pushes that name this instance count. */
static void test_pushed_key(void)
{
	static const struct scene_row rows[] = {
		{ "pushed", PLAIN "Push@-3 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "pushed elsewhere", PLAIN "Push@-3 id=c key=K user=alice on=i-2 " OURS,
		  "0 alice direct-ssh not-judged\n", NULL },
		{ "pushed for another user",
		  PLAIN "Push@-3 id=c key=K user=bob on=i-1 " OURS,
		  "0 alice " IC " unauthorized/final wrong-os-user\n", NULL },
		{ "long after its minute", PLAIN "Push@-9000 id=c " PUSH,
		  "0 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "one finding a key",
		  PLAIN "accept@50 user=alice pid=8 key=K; Push@-9000 id=c " PUSH,
		  "0 alice " IC " unauthorized/final api-call-expired\n"
		  "50 alice " IC " unauthorized/final api-call-expired repeats\n",
		  NULL },
		{ "the earliest tells, whoever came first",
		  "accept@50 user=alice pid=8 key=K; Push@-9000 id=c " PUSH PLAIN,
		  "0 alice " IC " unauthorized/final api-call-expired\n"
		  "50 alice " IC " unauthorized/final api-call-expired repeats\n",
		  NULL },
		{ "the one that told is vouched for: the next tells",
		  PLAIN "accept@500 user=alice pid=8 key=K; Push@-9000 id=c " PUSH
			"Push@-5 id=d " PUSH,
		  "0 alice " IC " authorized/final call=d\n"
		  "500 alice " IC " unauthorized/final api-call-expired\n",
		  NULL },
		{ "his own key, pushed later too",
		  "accept@-5000 user=alice pid=5 key=K;" PLAIN "Push@-3 id=c " PUSH,
		  "-5000 alice direct-ssh not-judged\n0 alice direct-ssh not-judged\n",
		  NULL },
		{ "whoever came first",
		  PLAIN "Push@-3 id=c " PUSH "accept@-5000 user=alice pid=5 key=K",
		  "-5000 alice direct-ssh not-judged\n0 alice direct-ssh not-judged\n",
		  NULL },
		{ "his own key between an offered and a pushed one",
		  "offer@-101 key=K; accept@-100 user=alice pid=1 key=K;"
		  "accept@1000 user=alice pid=2 key=K; Push@500 id=c " PUSH
		  "accept@200 user=alice pid=3 key=K",
		  "-100 alice " IC " unauthorized/final no-api-call\n"
		  "200 alice direct-ssh not-judged\n"
		  "1000 alice direct-ssh not-judged\n",
		  NULL },
		{ "within skew before its push is no key of his own",
		  "accept@0 user=alice pid=7 key=K; Push@30 id=c " PUSH,
		  "0 alice " IC " authorized/final call=c\n", NULL },
		{ "more than skew before it is",
		  "accept@0 user=alice pid=7 key=K; Push@31 id=c " PUSH,
		  "0 alice direct-ssh not-judged\n", NULL },
		{ "refused pushes make no key",
		  PLAIN "Push!@-3 id=c refused-on=i-1 " OURS,
		  "0 alice direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

static void test_matched(void)
{
	static const struct {
		const char *name, *script, *want;
	} rows[] = {
		{ "all", WE OFFERED "Push@-3 id=c request=r " PUSH,
		  "request-id fingerprint os-user instance" },
		{ "without the request id", WE OFFERED "Push@-3 id=c " PUSH,
		  "fingerprint os-user instance time" },
		{ "without knowing which instance this is",
		  "identity " OURS ";" OFFERED "Push@-3 id=c request=r " PUSH,
		  "request-id fingerprint os-user" },
		{ "a session",
		  WE "session@0 id=a-1 stage=started; Start@0 id=c session=a-1 on=i-1",
		  "instance session-id" },
		{ "a session, weakly",
		  WE "session@0 id=a-1 stage=started; Start@0 id=c on=i-1 "
		     "by=arn:aws:iam::111122223333:user/a",
		  "instance id-prefix time" },
		{ "a command by tag",
		  WE "command@0 id=x stage=started; Send@0 id=c command=x tag=yes",
		  "command-id" },
		{ "a tunnel",
		  WE "accept@0 user=a from=10.0.0.9; Tunnel@-3 id=c ip=10.0.0.5 port=22 "
		     "from=192.0.2.1",
		  "private-ip port time" },
		{ "a tunnel with the caller's own address",
		  WE "accept@0 user=a from=192.0.2.1; Tunnel@-3 id=c ip=10.0.0.5 "
		     "from=192.0.2.1",
		  "private-ip source-ip time" },
		{ "a console",
		  WE "console@0 user=a tty=ttyS0; Serial@-3 id=c on=i-1 serial=0",
		  "instance serial-port time" },
		{ "a console, port unknown",
		  WE "console@0 user=a tty=ttyS0; Serial@-3 id=c on=i-1",
		  "instance time" },
		{ "an association",
		  WE
		  "association@0 id=x stage=started; Associate@-3 id=c association=y,x",
		  "association-id" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, rows[i].script);
		CHECK_TEXT(scene_matched(&scene, scene_verdict(&scene, 0).matched),
			   rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "Instance Connect", test_instance_connect },
		{ "pushed keys", test_pushed_key },
		{ "what they agree in", test_matched },
		{ NULL, NULL },
	};

	return check_run("correlator/match_ssh", tests);
}
