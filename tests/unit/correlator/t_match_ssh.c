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

/* ---- tunnels ---- */

#define PORT "session@0 id=bob-1 stage=connected plugin=Port port=22 on=i-1;"
#define SSH_CALL \
	"Start@-1 id=s session=bob-1 on=i-1 document=AWS-StartSSHSession " OURS ";"
#define FORWARD_CALL                          \
	"Start@-1 id=s session=bob-1 on=i-1 " \
	"document=AWS-StartPortForwardingSession " OURS ";"
#define SESSION_OK "0 - aws-ssm-session authorized/final call=s\n"

/* The calls tell last what the sessions are, one by one: still each carries one login. */
static void test_port_sessions_known_late(void)
{
#define SESSION_AND_LOGIN(n)                                          \
	"session@0 id=bob-" n " stage=connected plugin=Port port=22;" \
	"accept@3 user=bob pid=" n " from=127.0.0.1;"
#define ITS_CALL(n)                                                                     \
	"Start@0 id=t" n " session=bob-" n " on=i-1 document=AWS-StartSSHSession " OURS \
	";"
	static const char *const orders[] = {
		WE SESSION_AND_LOGIN("1") SESSION_AND_LOGIN("2") SESSION_AND_LOGIN("3")
			ITS_CALL("1") ITS_CALL("2") ITS_CALL("3"),
		WE ITS_CALL("3") SESSION_AND_LOGIN("1") SESSION_AND_LOGIN("2")
			SESSION_AND_LOGIN("3") ITS_CALL("1") ITS_CALL("2"),
		WE SESSION_AND_LOGIN("1") ITS_CALL("1") SESSION_AND_LOGIN("2")
			ITS_CALL("2") SESSION_AND_LOGIN("3") ITS_CALL("3"),
		WE SESSION_AND_LOGIN("3") SESSION_AND_LOGIN("1") ITS_CALL("3")
			ITS_CALL("2") SESSION_AND_LOGIN("2") ITS_CALL("1"),
	};

	for (size_t i = 0; i < COUNT_OF(orders) * 2; i++) {
		AUTO_SCENE struct scene scene;
		unsigned used[3] = { 0 };

		check_row(i % 2 ? "complete" : "live");
		if (i % 2)
			scene_open_complete(&scene);
		else
			scene_open_live(&scene);
		scene_play(&scene, orders[i / 2]);
		for (size_t n = 3; n < 6; n++) {
			struct verdict verdict = scene_verdict(&scene, n);

			CHECK_TEXT(verdict_word(verdict.verdict), "authorized");
			if (verdict.api_call)
				used[verdict.api_call->api_call.id.ptr[1] - '1']++;
		}
		for (size_t n = 0; n < 3; n++)
			CHECK_UINT(used[n], 1);
	}
}

static void test_port_session(void)
{
	static const struct scene_row rows[] = {
		{ "one login", PORT SSH_CALL "accept@2 user=bob from=127.0.0.1",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "over IPv6", PORT SSH_CALL "accept@2 user=bob from=::1",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "by this host's own address",
		  PORT SSH_CALL "accept@2 user=bob from=10.0.0.5",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "from elsewhere", PORT SSH_CALL "accept@2 user=bob from=192.0.2.1",
		  SESSION_OK "2 bob direct-ssh not-judged\n", NULL },
		{ "loopback without a session", "accept@2 user=bob from=127.0.0.1",
		  "2 bob direct-ssh not-judged\n", NULL },
		{ "a second login through it",
		  PORT SSH_CALL
		  "accept@2 user=bob from=127.0.0.1; accept@9 user=eve from=127.0.0.1",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n"
			     "9 eve aws-ssm-ssh unauthorized/final api-call-reused\n",
		  NULL },
		{ "an earlier login takes it over",
		  PORT SSH_CALL
		  "accept@9 user=eve from=127.0.0.1; accept@2 user=bob from=127.0.0.1",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n"
			     "9 eve aws-ssm-ssh unauthorized/final api-call-reused\n",
		  NULL },
		{ "after its grace", PORT SSH_CALL "accept@123 user=bob from=127.0.0.1",
		  SESSION_OK "123 bob aws-ssm-ssh unauthorized/final api-call-expired\n",
		  NULL },
		{ "at the end of its grace",
		  PORT SSH_CALL "accept@122 user=bob from=127.0.0.1",
		  SESSION_OK "122 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "expired, then used by an earlier one",
		  PORT SSH_CALL "accept@300 user=eve from=127.0.0.1; accept@20 user=bob "
				"from=127.0.0.1",
		  SESSION_OK "20 bob aws-ssm-ssh authorized/final call=s\n"
			     "300 eve aws-ssm-ssh unauthorized/final api-call-reused\n",
		  NULL },
		{ "after its end",
		  PORT SSH_CALL
		  "session@30 id=bob-1 stage=ended; accept@40 user=bob from=127.0.0.1",
		  SESSION_OK "40 bob direct-ssh not-judged\n", NULL },
		{ "its end is said only later",
		  PORT SSH_CALL
		  "accept@40 user=bob from=127.0.0.1; session@30 id=bob-1 stage=ended",
		  SESSION_OK "40 bob direct-ssh not-judged\n", NULL },
		{ "said only after the login",
		  "accept@2 user=bob from=127.0.0.1;" SSH_CALL PORT,
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "plugin started again",
		  PORT SSH_CALL
		  "accept@2 user=bob from=127.0.0.1;"
		  "session@600 id=bob-1 stage=connected plugin=Port port=22",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n", NULL },
		{ "forwarding: all while it lives",
		  PORT FORWARD_CALL
		  "accept@2 user=bob from=127.0.0.1; accept@9000 user=bob "
		  "from=127.0.0.1",
		  SESSION_OK "2 bob aws-ssm-ssh authorized/final call=s\n"
			     "9000 bob aws-ssm-ssh authorized/final call=s\n",
		  NULL },
		{ "another port of this host",
		  "session@0 id=bob-1 stage=connected plugin=Port port=8080 "
		  "on=i-1;" FORWARD_CALL "accept@2 user=bob from=127.0.0.1",
		  SESSION_OK "2 bob direct-ssh not-judged\n", NULL },
		{ "to another host",
		  "session@0 id=bob-1 stage=connected plugin=Port port=22 remote=yes "
		  "on=i-1;" FORWARD_CALL "accept@2 user=bob from=127.0.0.1",
		  SESSION_OK "2 bob direct-ssh not-judged\n", NULL },
		{ "the session is not vouched for",
		  PORT "accept@2 user=bob from=127.0.0.1",
		  "0 - aws-ssm-session unauthorized/final no-api-call\n"
		  "2 bob aws-ssm-ssh unauthorized/final no-api-call\n",
		  NULL },
		{ "two sessions, two logins",
		  PORT SSH_CALL
		  "session@5 id=bob-2 stage=connected plugin=Port port=22 on=i-1;"
		  "Start@4 id=t session=bob-2 on=i-1 document=AWS-StartSSHSession " OURS
		  "; accept@6 user=bob from=127.0.0.1; accept@7 user=eve from=127.0.0.1",
		  SESSION_OK "5 - aws-ssm-session authorized/final call=t\n"
			     "6 bob aws-ssm-ssh authorized/final call=s\n"
			     "7 eve aws-ssm-ssh authorized/final call=t\n",
		  NULL },
		{ "a key of Instance Connect through it: both doors",
		  PORT SSH_CALL "offer@1 key=K; accept@2 user=alice from=127.0.0.1 key=K;"
				"Push@1 id=c " PUSH,
		  SESSION_OK "2 alice " IC
			     "+aws-ssm-ssh authorized/final call=c through=s\n",
		  NULL },
		{ "the key is not vouched for",
		  PORT SSH_CALL "offer@1 key=K; accept@2 user=alice from=127.0.0.1 key=K",
		  SESSION_OK "2 alice " IC
			     "+aws-ssm-ssh unauthorized/final no-api-call through=s\n",
		  NULL },
		{ "the tunnel is not vouched for",
		  PORT "offer@1 key=K; accept@2 user=alice from=127.0.0.1 key=K; Push@1 "
		       "id=c " PUSH,
		  "0 - aws-ssm-session unauthorized/final no-api-call\n"
		  "2 alice " IC "+aws-ssm-ssh unauthorized/final no-api-call call=c\n",
		  NULL },
		{ "neither is: both reasons, the worse first",
		  PORT "Start!@-1 id=x refused-on=i-1 " OURS
		       "; offer@1 key=K; accept@2 user=alice from=127.0.0.1 key=K;"
		       "Push@1 id=c key=K user=bob on=i-1 " OURS,
		  "0 - aws-ssm-session unauthorized/final api-call-denied\n"
		  "2 alice " IC
		  "+aws-ssm-ssh unauthorized/final wrong-os-user api-call-denied\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

#define TUNNEL "Tunnel@-3 id=t ip=10.0.0.5 port=22 from=192.0.2.1 " OURS ";"
#define TUNNELLED "accept@0 user=bob pid=1 from=10.0.0.9;"

static void test_endpoint_tunnel(void)
{
	static const struct scene_row rows[] = {
		{ "through the endpoint", TUNNELLED TUNNEL,
		  "0 bob aws-eice-tunnel authorized/final call=t\n", NULL },
		{ "with the caller's address", "accept@0 user=bob from=192.0.2.1;" TUNNEL,
		  "0 bob aws-eice-tunnel authorized/final call=t\n", NULL },
		{ "from elsewhere: with a hint",
		  "accept@0 user=bob from=192.0.2.77;" TUNNEL,
		  "0 bob direct-ssh not-judged\n", NULL },
		{ "no call", TUNNELLED,
		  "0 bob aws-eice-tunnel unauthorized/final no-api-call\n", NULL },
		{ "to another address",
		  TUNNELLED "Tunnel@-3 id=t ip=10.0.0.6 port=22 " OURS,
		  "0 bob aws-eice-tunnel unauthorized/final no-api-call\n", NULL },
		{ "to another port",
		  TUNNELLED "Tunnel@-3 id=t ip=10.0.0.5 port=3389 " OURS,
		  "0 bob aws-eice-tunnel unauthorized/final no-api-call\n", NULL },
		{ "refused", TUNNELLED "Tunnel!@-3 id=t ip=10.0.0.5 port=22 " OURS,
		  "0 bob aws-eice-tunnel unauthorized/final no-api-call\n", NULL },
		{ "as early as can be", TUNNELLED "Tunnel@-151 id=t ip=10.0.0.5 " OURS,
		  "0 bob aws-eice-tunnel authorized/final call=t\n", NULL },
		{ "too early", TUNNELLED "Tunnel@-152 id=t ip=10.0.0.5 " OURS,
		  "0 bob aws-eice-tunnel unauthorized/final no-api-call\n", NULL },
		{ "as late as can be", TUNNELLED "Tunnel@30 id=t ip=10.0.0.5 " OURS,
		  "0 bob aws-eice-tunnel authorized/final call=t\n", NULL },
		{ "one login a call",
		  TUNNELLED TUNNEL "accept@1 user=eve pid=2 from=10.0.0.9",
		  "0 bob aws-eice-tunnel authorized/final call=t\n"
		  "1 eve aws-eice-tunnel unauthorized/final api-call-reused\n",
		  NULL },
		{ "the earlier has it, whoever came first",
		  "accept@1 user=eve pid=2 from=10.0.0.9;" TUNNEL TUNNELLED,
		  "0 bob aws-eice-tunnel authorized/final call=t\n"
		  "1 eve aws-eice-tunnel unauthorized/final api-call-reused\n",
		  NULL },
		{ "two calls for two, however they come",
		  TUNNELLED "Tunnel@-2 id=u ip=10.0.0.5 " OURS ";"
			    "accept@1 user=eve pid=2 from=10.0.0.9;" TUNNEL,
		  "0 bob aws-eice-tunnel authorized/final call=t\n"
		  "1 eve aws-eice-tunnel authorized/final call=u\n",
		  NULL },
		{ "a call given up serves another",
		  "accept@100 user=eve pid=2 from=10.0.0.9; accept@0 user=bob pid=1 "
		  "from=10.0.0.9;"
		  "Tunnel@-10 id=u ip=10.0.0.5 " OURS
		  "; Tunnel@-140 id=t ip=10.0.0.5 " OURS,
		  "0 bob aws-eice-tunnel authorized/final call=t\n"
		  "100 eve aws-eice-tunnel authorized/final call=u\n",
		  NULL },
		{ "with a key of Instance Connect",
		  "offer@-1 key=K; accept@0 user=alice from=10.0.0.9 key=K; Push@-2 "
		  "id=c " PUSH TUNNEL,
		  "0 alice " IC "+aws-eice-tunnel authorized/final call=c through=t\n",
		  NULL },
		{ "a key that leaves the path keeps no call",
		  "offer@-1 key=K; accept@0 user=alice from=192.0.2.1 key=K;" TUNNEL
		  "Push@-2 id=c " PUSH,
		  "0 alice " IC "+aws-eice-tunnel authorized/final call=c through=t\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "Instance Connect", test_instance_connect },
		{ "pushed keys", test_pushed_key },
		{ "what they agree in", test_matched },
		{ "port sessions", test_port_session },
		{ "port sessions, known late", test_port_sessions_known_late },
		{ "endpoint tunnels", test_endpoint_tunnel },
		{ NULL, NULL },
	};

	return check_run("correlator/match_ssh", tests);
}
