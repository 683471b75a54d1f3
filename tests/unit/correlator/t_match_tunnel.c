/* SPDX-License-Identifier: Apache-2.0 */
/* Logins through tunnels: port sessions of Session Manager and Instance Connect
 * Endpoints. All logs are complete, unless said otherwise. */
#include "correlator/match.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 ip=10.0.0.5 endpoint=10.0.0.9 " OURS ";"
#define COVERED "proven@9000 " OURS
#define IC "aws-ec2-instance-connect"

#define PUSH "key=K user=alice on=i-1 " OURS ";"

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
		{ "port sessions", test_port_session },
		{ "port sessions, known late", test_port_sessions_known_late },
		{ "endpoint tunnels", test_endpoint_tunnel },
		{ NULL, NULL },
	};

	return check_run("correlator/match_tunnel", tests);
}
