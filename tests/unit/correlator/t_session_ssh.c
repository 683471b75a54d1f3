/* SPDX-License-Identifier: Apache-2.0 */
/* How sshd's lines and Instance Connect's are joined into logins. */
#include "correlator/session.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define IC "aws-ec2-instance-connect"
#define ALICE "user=alice pid=7 from=192.0.2.1 port=50022"
#define PUSH "Push@-20 id=c key=K user=alice on=i-1 request=r " OURS ";"

static void test_logins(void)
{
	static const struct scene_row rows[] = {
		{ "one", "accept@1 " ALICE " key=K", "1 alice direct-ssh not-judged\n",
		  NULL },
		{ "said twice is one",
		  "accept@1 " ALICE " key=K; accept@1 " ALICE " key=K",
		  "1 alice direct-ssh not-judged\n", "1 alice direct-ssh not-judged\n" },
		{ "a microsecond apart is two",
		  "accept@1 " ALICE "; accept@1.000001 " ALICE,
		  "1 alice direct-ssh not-judged\n1 alice direct-ssh not-judged\n",
		  NULL },
		{ "sorted by time, whatever the order",
		  "accept@5 " ALICE "; accept@-7 " ALICE "; accept@1 " ALICE,
		  "-7 alice direct-ssh not-judged\n1 alice direct-ssh not-judged\n"
		  "5 alice direct-ssh not-judged\n",
		  NULL },
		{ "without anything said", "accept@1", "1 - direct-ssh not-judged\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

/* Whether an offer and an Accepted are one: seen by where the window lies. The push was
 * made at -20; measured at an offer the login has 60 s, its cut and skew: offers up to 71
 * s fit. */
static void test_offers(void)
{
	static const struct scene_row rows[] = {
		{ "offered and accepted", "offer@1 key=K; accept@2 " ALICE " key=K",
		  "2 alice " IC " authorized/final call=c\n", NULL },
		{ "accepted a grace later", "offer@1 key=K; accept@121 " ALICE " key=K",
		  "121 alice " IC " authorized/final call=c\n", NULL },
		{ "accepted after its grace: measured at itself",
		  "offer@1 key=K; accept@124 " ALICE " key=K",
		  "124 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "offered too late for the push",
		  "offer@72 key=K; accept@73 " ALICE " key=K",
		  "73 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "offered just in time", "offer@71 key=K; accept@75 " ALICE " key=K",
		  "75 alice " IC " authorized/final call=c\n", NULL },
		{ "offered twice is one offer, measured at the later",
		  "offer@1 key=K; offer@2 key=K; accept@121 " ALICE
		  " key=K; accept@121.5 " ALICE " key=K",
		  "121 alice " IC " authorized/final call=c\n"
		  "121.5 alice " IC " unauthorized/final api-call-expired\n",
		  NULL },
		{ "another key's offer is not this login's",
		  "offer@1 key=L; accept@90 " ALICE " key=K",
		  "90 alice " IC " unauthorized/final api-call-expired\n", NULL },
		{ "the clock's whole seconds: offered just after",
		  "offer@3 key=K; accept@2 " ALICE " key=K",
		  "2 alice " IC " authorized/final call=c\n", NULL },
		{ "the request id comes with the offer",
		  "offer@100 key=K request=r; accept@101 " ALICE " key=K",
		  "101 alice " IC " authorized/final call=c\n", NULL },
		{ "doubled with and without request id",
		  "offer@100 key=K; offer@100 key=K request=r; accept@101 " ALICE
		  " key=K",
		  "101 alice " IC " authorized/final call=c\n", NULL },
		{ "an offer without a key is none", "offer@1; accept@2 " ALICE,
		  "2 alice direct-ssh not-judged\n", NULL },
		{ "many logins inside the minute",
		  "offer@1 key=K; accept@2 " ALICE
		  " key=K; offer@5 key=K; accept@6 " ALICE
		  " key=K; offer@9 key=K; accept@10 " ALICE " key=K",
		  "2 alice " IC " authorized/final call=c\n"
		  "6 alice " IC " authorized/final call=c\n"
		  "10 alice " IC " authorized/final call=c\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE PUSH, "proven@9000 " OURS);
}

/* A second factor: sshd's Accepted names no key. */
static void test_second_factor(void)
{
	static const struct scene_row rows[] = {
		{ "the first factor's key, by pid",
		  "partial@0 user=alice pid=7 key=K; accept@9 " ALICE,
		  "9 alice " IC " authorized/final call=c\n", NULL },
		{ "another process's first factor",
		  "partial@0 user=alice pid=8 key=K; accept@9 " ALICE,
		  "9 alice direct-ssh not-judged\n", NULL },
		{ "another host's first factor",
		  "partial@0 host=h pid=7 key=K; accept@9 host=g " ALICE,
		  "9 alice direct-ssh not-judged\n", NULL },
		{ "no pid, no tie", "partial@0 user=alice key=K; accept@9 user=alice",
		  "9 alice direct-ssh not-judged\n", NULL },
		{ "the pid was used long before",
		  "partial@-200 user=alice pid=7 key=K; accept@0 " ALICE,
		  "0 alice direct-ssh not-judged\n", NULL },
		{ "the latest of two first factors",
		  "partial@0 pid=7 key=L; partial@1 pid=7 key=K; accept@9 " ALICE,
		  "9 alice " IC " authorized/final call=c\n", NULL },
		{ "one open offer: weakly", "offer@1 key=K; accept@30 " ALICE,
		  "30 alice " IC " authorized/final weak-match call=c\n", NULL },
		{ "first factor and offer: not weakly",
		  "offer@1 key=K; partial@2 pid=7 key=K; accept@30 " ALICE,
		  "30 alice " IC " authorized/final call=c\n", NULL },
		{ "two open offers: no tie",
		  "offer@1 key=K; offer@2 key=L; accept@30 " ALICE,
		  "30 alice direct-ssh not-judged\n", NULL },
		{ "two offers, one taken",
		  "offer@1 key=K; offer@2 key=L; accept@3 pid=9 user=bob key=L; "
		  "accept@30 " ALICE,
		  "3 bob " IC " unauthorized/final no-api-call\n"
		  "30 alice " IC " authorized/final weak-match call=c\n",
		  NULL },
		{ "an offer is taken once",
		  "offer@1 key=K; accept@30 " ALICE "; accept@31 user=alice pid=8",
		  "30 alice " IC " authorized/final weak-match call=c\n"
		  "31 alice direct-ssh not-judged\n",
		  NULL },
		{ "an offer that was too long ago", "offer@1 key=K; accept@130 " ALICE,
		  "130 alice direct-ssh not-judged\n", NULL },
		{ "the key was pushed for another user: not his offer",
		  "offer@1 key=K; accept@30 user=bob pid=8 from=192.0.2.9",
		  "30 bob direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE PUSH, "proven@9000 " OURS);
}

/* Given up, nothing of the offer stays with the login. */
static void test_given_up(void)
{
	AUTO_SCENE struct scene scene;
	struct verdict verdict;

	scene_open_complete(&scene);
	scene_play(&scene,
		   WE PUSH "offer@1 key=K by=arn:aws:iam::111122223333:user/alice;"
			   "accept@30 user=bob pid=8");
	verdict = scene_verdict(&scene, 0);
	CHECK_TEXT(path_word(verdict.login->path), "direct-ssh");
	CHECK_SLICE(verdict.login->key_fingerprint, SLICE(""));
	CHECK_SLICE(verdict.login->principal_hint, SLICE(""));
}

static void test_view(void)
{
	AUTO_SCENE struct scene scene;
	const struct login *login;

	scene_open_complete(&scene);
	scene_play(&scene,
		   "offer@1 key=K request=r by=arn:aws:iam::111122223333:user/alice "
		   "evidence=11; offer@1 key=K evidence=12;"
		   "accept@2 host=web-1 evidence=13 " ALICE " key=K;"
		   "accept@2 host=web-1 evidence=13 " ALICE " key=K;"
		   "opened@2 host=web-1 service=sshd user=alice pid=7 evidence=14;"
		   "logind@2 host=web-1 session=5 user=alice leader=7 evidence=15;"
		   "closed@50 host=web-1 service=sshd user=alice pid=7 evidence=16;"
		   "logind-closed@51 host=web-1 session=5 evidence=17");
	login = scene_verdict(&scene, 0).login;
	CHECK_INT(login->kind, LOGIN_SSH);
	CHECK_SLICE(login->host, SLICE("web-1"));
	CHECK_SLICE(login->os_user, SLICE("alice"));
	CHECK_SLICE(login->source_ip, SLICE("192.0.2.1"));
	CHECK_UINT(login->source_port, 50022);
	CHECK_UINT(login->pid, 7);
	CHECK_SLICE(login->key_fingerprint, SLICE("K"));
	CHECK_SLICE(login->principal_hint, SLICE("arn:aws:iam::111122223333:user/alice"));
	CHECK_INT(login->ended_at, AT(50));
	CHECK_UINT(login->evidence_count, 6);
	CHECK(!login->evidence_cut);
	for (uint32_t i = 0; i < login->evidence_count; i++)
		CHECK_UINT(login->evidence[i], 11 + i);
}

static void test_much_evidence(void)
{
	AUTO_SCENE struct scene scene;
	const struct login *login;

	scene_open_complete(&scene);
	scene_play(&scene, "accept@2 " ALICE);
	for (unsigned i = 0; i < 100; i++)
		scene_play(&scene, "opened@2 service=sshd user=alice pid=7");
	login = scene_verdict(&scene, 0).login;
	CHECK_UINT(login->evidence_count, 64);
	CHECK(login->evidence_cut);
	CHECK_UINT(login->evidence[63], 64);
}

/* PAM's lines belong to the process's latest login. */
static void test_pam(void)
{
	static const struct {
		const char *name, *script;
		us_time want; /* the end of the first login */
	} rows[] = {
		{ "closed", "accept@0 pid=7; closed@9 service=sshd pid=7", AT(9) },
		{ "closed by another service",
		  "accept@0 pid=7; closed@9 service=cron pid=7", US_TIME_NONE },
		{ "closed in another process",
		  "accept@0 pid=7; closed@9 service=sshd pid=8", US_TIME_NONE },
		{ "closed in no process", "accept@0; closed@9 service=sshd",
		  US_TIME_NONE },
		{ "closed on another host",
		  "accept@0 pid=7 host=a; closed@9 host=b service=sshd pid=7",
		  US_TIME_NONE },
		{ "the first end counts",
		  "accept@0 pid=7; closed@9 service=sshd pid=7; closed@20 service=sshd "
		  "pid=7",
		  AT(9) },
		{ "the pid is used again",
		  "accept@0 pid=7; accept@100 pid=7; closed@150 service=sshd pid=7",
		  US_TIME_NONE },
		{ "closed before it began",
		  "accept@100 pid=7; closed@9 service=sshd pid=7", US_TIME_NONE },
		{ "in the same second", "accept@0.9 pid=7; closed@0 service=sshd pid=7",
		  AT(0) },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, rows[i].script);
		CHECK_INT(scene_verdict(&scene, 0).login->ended_at, rows[i].want);
	}
}

/* sshd's ports: 22 until it says which. */
static void test_listening(void)
{
	static const struct scene_row rows[] = {
		{ "22 when nothing is said",
		  "session@0 id=a-1 stage=connected plugin=Port port=22; accept@1 "
		  "from=127.0.0.1",
		  "0 - aws-ssm-session unverifiable no-api-log\n"
		  "1 - aws-ssm-ssh unverifiable no-api-log\n",
		  NULL },
		{ "another port",
		  "session@0 id=a-1 stage=connected plugin=Port port=8080;"
		  "accept@1 from=127.0.0.1",
		  "0 - aws-ssm-session unverifiable no-api-log\n1 - direct-ssh "
		  "not-judged\n",
		  NULL },
		{ "it listens there",
		  "listen@-9 port=8080; session@0 id=a-1 stage=connected "
		  "plugin=Port port=8080; accept@1 from=127.0.0.1",
		  "0 - aws-ssm-session unverifiable no-api-log\n"
		  "1 - aws-ssm-ssh unverifiable no-api-log\n",
		  NULL },
		{ "and is said to only later",
		  "session@0 id=a-1 stage=connected plugin=Port "
		  "port=8080; accept@1 from=127.0.0.1; listen@9 port=8080",
		  "0 - aws-ssm-session unverifiable no-api-log\n"
		  "1 - aws-ssm-ssh unverifiable no-api-log\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "logins", test_logins },
		{ "offers", test_offers },
		{ "second factor", test_second_factor },
		{ "an offer that is given up", test_given_up },
		{ "what is kept of a login", test_view },
		{ "more evidence than is kept", test_much_evidence },
		{ "PAM", test_pam },
		{ "ports of sshd", test_listening },
		{ NULL, NULL },
	};

	return check_run("correlator/session_ssh", tests);
}
