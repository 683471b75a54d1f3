/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits, for what, until when: in virtual time, through the public interface. With
 * the defaults of AWS: provisional at 600 s of proven time past the login, final at 3600,
 * blind after 1800 s without progress. */
#include "correlator/waiting.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define OFFERED "offer@-1 key=K; accept@0 user=alice pid=7 from=192.0.2.1 key=K;"
#define IC "aws-ec2-instance-connect"

static void test_proof(void)
{
	static const struct scene_row rows[] = {
		{ "pending at first", OFFERED, NULL, "0 alice " IC " pending\n" },
		{ "pending while it is not proven", OFFERED "proven@598 " OURS, NULL,
		  "0 alice " IC " pending\n" },
		{ "provisional as soon as it is", OFFERED "proven@599 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional no-api-call\n" },
		{ "provisional until the end",
		  OFFERED "proven@600 " OURS ";proven@3598 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional no-api-call\n" },
		{ "final", OFFERED "proven@600 " OURS ";proven@3599 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional no-api-call\n"
		  "0 alice " IC " unauthorized/final no-api-call\n" },
		{ "final at one stroke", OFFERED "proven@4000 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/final no-api-call\n" },
		{ "proven before it came", "proven@4000 " OURS ";" OFFERED, NULL,
		  "0 alice " IC " unauthorized/final no-api-call\n" },
		{ "a late call retracts",
		  "proven@4000 " OURS ";" OFFERED
		  "Push@-3 id=c key=K user=alice on=i-1 " OURS,
		  NULL,
		  "0 alice " IC " unauthorized/final no-api-call\n"
		  "0 alice " IC " authorized/final call=c\n" },
		{ "another account proves nothing",
		  OFFERED "proven@4000 account=444455556666 region=eu-west-1", NULL,
		  "0 alice " IC " pending\n" },
		{ "another class proves nothing", OFFERED "proven@4000 class=ssm " OURS,
		  NULL, "0 alice " IC " pending\n" },
		{ "time alone proves nothing", OFFERED "now@1700", NULL,
		  "0 alice " IC " pending\n" },
		{ "the window's beginning is not covered",
		  OFFERED "proven@4000 from=-50 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unverifiable no-api-log\n" },
		{ "its beginning is filled later",
		  OFFERED "proven@4000 from=-50 " OURS
			  "; proven until=-40 from=-100 " OURS,
		  NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unverifiable no-api-log\n"
		  "0 alice " IC " unauthorized/final no-api-call\n" },
		{ "a hole in the window",
		  "hole from=-20 until=-19 " OURS ";" OFFERED "proven@4000 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unverifiable no-api-log\n" },
		{ "a hole that is told later",
		  OFFERED "proven@4000 " OURS "; hole from=-20 until=-19 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/final no-api-call\n"
		  "0 alice " IC " unverifiable no-api-log\n" },
		{ "a hole after the window",
		  OFFERED "proven@700 " OURS "; hole from=200 until=3000 " OURS
			  "; proven@4000 from=690 " OURS,
		  NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional no-api-call\n"
		  "0 alice " IC " unauthorized/final no-api-call\n" },
		{ "a contradiction does not wait",
		  OFFERED "Push@-3 id=c key=K user=bob on=i-1 " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional wrong-os-user\n" },
		{ "and becomes final by reach alone",
		  OFFERED "Push@-3 id=c key=K user=bob on=i-1 " OURS
			  "; proven@4000 from=3000 " OURS,
		  NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/provisional wrong-os-user\n"
		  "0 alice " IC " unauthorized/final wrong-os-user\n" },
		{ "weak keys are final later",
		  "console@0 user=bob tty=ttyS0; proven@601 " OURS "; proven@7199 " OURS
		  "; proven@7200 " OURS,
		  NULL,
		  "0 bob aws-serial-console pending\n"
		  "0 bob aws-serial-console unauthorized/provisional no-api-call\n"
		  "0 bob aws-serial-console unauthorized/final no-api-call\n" },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, WE, "");
}

static void test_lateness(void)
{
	struct correlator_options options = correlator_options_default();
	AUTO_SCENE struct scene scene;

	/* lateness and skew together are more than provisional_after */
	options.windows[CLOUD_AWS].lateness_us = 20 * US_PER_MINUTE;
	scene_open(&scene, &options);
	scene_play(&scene, WE OFFERED "proven@1228 " OURS);
	CHECK_TEXT(scene_told(&scene), "0 alice " IC " pending\n");
	scene_play(&scene, "proven@1229 " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "0 alice " IC " unauthorized/provisional no-api-call\n");
}

static void check_deadline(const struct scene *scene, us_time want)
{
	CHECK_INT(correlator_next_deadline(scene->correlator), want);
}

#define BLIND_IC "ec2-instance-connect.amazonaws.com\n"

/* Blind at the very instant that next_deadline() names, not a microsecond before. */
static void test_blind(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE);
	check_deadline(&scene, US_TIME_NONE);
	scene_play(&scene, "now@100;" OFFERED);
	check_deadline(&scene, AT(1900));
	scene_play(&scene, "now@200; proven@10 " OURS);
	check_deadline(&scene, AT(2000));
	/* the same again is no progress */
	scene_play(&scene, "now@300; proven@10 " OURS);
	check_deadline(&scene, AT(2000));
	scene_told(&scene);

	scene_advance(&scene, AT(2000) - 1);
	CHECK_TEXT(scene_told(&scene), "");
	scene_advance(&scene, AT(2000));
	CHECK_TEXT(scene_told(&scene), "! control-plane-blind no-progress " BLIND_IC
				       "0 alice " IC " unverifiable no-progress\n");
	check_deadline(&scene, US_TIME_NONE);

	/* who comes while it is blind is unverifiable at once */
	scene_play(&scene,
		   "now@2100; offer@1999 key=L; accept@2000 user=bob pid=8 key=L");
	CHECK_TEXT(scene_told(&scene), "2000 bob " IC " unverifiable no-progress\n");

	/* progress brings both back, and proves the first */
	scene_play(&scene, "now@2200; proven@700 " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "! control-plane-blind over no-progress " BLIND_IC "0 alice " IC
		   " unauthorized/provisional no-api-call\n"
		   "2000 bob " IC " pending\n");
	check_deadline(&scene, AT(2200 + 1800));
}

/* Only a login that waits makes blind. */
static void test_nobody_waits(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "accept@0 user=alice pid=7 from=192.0.2.1 key=K; now@90000");
	CHECK_TEXT(scene_told(&scene), "0 alice direct-ssh not-judged\n");
	/* one that is vouched for waits no more */
	scene_play(&scene, "offer@90000 key=L; accept@90000 user=bob pid=8 key=L;"
			   "Push@89999 id=c key=L user=bob on=i-1 " OURS "; now@180000");
	CHECK_TEXT(scene_told(&scene), "90000 bob " IC " pending\n"
				       "90000 bob " IC " authorized/final call=c\n");
	check_deadline(&scene, US_TIME_NONE);
}

static void test_refused(void)
{
	static const struct scene_row rows[] = {
		{ "refused: at once", OFFERED "lost class=ic reason=no-credentials " OURS,
		  NULL,
		  "0 alice " IC " pending\n"
		  "! control-plane-blind no-credentials " BLIND_IC "0 alice " IC
		  " unverifiable no-credentials\n" },
		{ "with nobody waiting", "lost class=ic reason=api-denied " OURS, NULL,
		  "! control-plane-blind api-denied " BLIND_IC },
		{ "told once",
		  "lost class=ic reason=api-denied " OURS
		  "; lost class=ic reason=api-denied " OURS "; now@10; now@20",
		  NULL, "! control-plane-blind api-denied " BLIND_IC },
		{ "unreachable: with patience",
		  OFFERED "lost class=ic " OURS "; now@1799", NULL,
		  "0 alice " IC " pending\n" },
		{ "whose end has its own reason",
		  OFFERED "lost class=ic " OURS "; now@1800", NULL,
		  "0 alice " IC " pending\n"
		  "! control-plane-blind api-unreachable " BLIND_IC "0 alice " IC
		  " unverifiable api-unreachable\n" },
		{ "back: pending again, with patience anew",
		  OFFERED "lost class=ic reason=api-denied " OURS
			  "; now@5000; back class=ic " OURS "; now@6799",
		  NULL,
		  "0 alice " IC " pending\n"
		  "! control-plane-blind api-denied " BLIND_IC "0 alice " IC
		  " unverifiable api-denied\n"
		  "! control-plane-blind over api-denied " BLIND_IC "0 alice " IC
		  " pending\n" },
		{ "another account's does not count",
		  OFFERED
		  "lost class=ic reason=api-denied account=444455556666 region=eu-west-1",
		  NULL, "0 alice " IC " pending\n" },
		{ "another class's does not count",
		  OFFERED "lost class=ecs reason=api-denied " OURS, NULL,
		  "0 alice " IC " pending\n"
		  "! control-plane-blind api-denied ecs.amazonaws.com\n" },
		{ "what was proven stays so",
		  OFFERED "proven@4000 " OURS "; lost class=ic reason=api-denied " OURS,
		  NULL,
		  "0 alice " IC " pending\n"
		  "0 alice " IC " unauthorized/final no-api-call\n"
		  "! control-plane-blind api-denied " BLIND_IC },
		{ "a call vouches all the same",
		  "lost class=ic reason=api-denied " OURS ";" OFFERED
		  "Push@-1 id=c key=K user=alice on=i-1 " OURS,
		  NULL,
		  "! control-plane-blind api-denied " BLIND_IC "0 alice " IC
		  " unverifiable api-denied\n"
		  "0 alice " IC " authorized/final call=c\n" },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, WE, "");
}

/* Two classes at once: the slower decides, whichever that is. */
static void test_two_classes(void)
{
	static const char *const orders[] = {
		"proven@4000 class=ssm " OURS "; proven@700 class=ecs " OURS
		"; proven@4000 class=ecs " OURS,
		"proven@4000 class=ecs " OURS "; proven@700 class=ssm " OURS
		"; proven@4000 class=ssm " OURS,
	};

	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		AUTO_SCENE struct scene scene;

		scene_open_live(&scene);
		scene_play(&scene, WE "session@0 id=ecs-execute-command-1 stage=started");
		scene_play(&scene, orders[i]);
		CHECK_TEXT(scene_told(&scene),
			   "0 - aws-ssm-session pending\n"
			   "0 - aws-ssm-session unauthorized/provisional no-api-call\n"
			   "0 - aws-ssm-session unauthorized/final no-api-call\n");
	}
}

/* Blind in one class, a login goes on waiting for the other. */
static void test_two_classes_blind(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE "now@100; session@0 id=ecs-execute-command-1 stage=started;"
			      "now@1000; lost class=ssm reason=no-credentials " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "0 - aws-ssm-session pending\n"
		   "! control-plane-blind no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session unverifiable no-credentials\n");
	check_deadline(&scene, AT(1900));
	scene_play(&scene, "now@1500; back class=ssm " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "! control-plane-blind over no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session pending\n");
	scene_play(&scene, "lost class=ssm reason=no-credentials " OURS "; now@1900");
	CHECK_TEXT(scene_told(&scene),
		   "! control-plane-blind no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session unverifiable no-credentials\n"
		   "! control-plane-blind no-progress ecs.amazonaws.com\n");
	scene_play(&scene, "back class=ssm " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "! control-plane-blind over no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session unverifiable no-progress\n");
}

/* One class blind, the other not: the login is blind with its own, and comes back with
 * it. */
static void test_two_doors(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "session@0 id=alice-1 stage=connected plugin=Port port=22;"
		      "offer@1 key=K; accept@2 user=alice pid=7 from=127.0.0.1 key=K");
	scene_told(&scene);
	scene_play(&scene, "Push@1 id=c key=K user=alice on=i-1 " OURS
			   "; lost class=ssm reason=no-credentials " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "2 alice " IC "+aws-ssm-ssh pending call=c\n"
		   "! control-plane-blind no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session unverifiable no-credentials\n"
		   "2 alice " IC "+aws-ssm-ssh unverifiable no-credentials call=c\n");
	scene_play(&scene,
		   "back class=ssm " OURS "; Start@0 id=s session=alice-1 on=i-1 " OURS);
	CHECK_TEXT(scene_told(&scene),
		   "! control-plane-blind over no-credentials ssm.amazonaws.com\n"
		   "0 - aws-ssm-session pending\n"
		   "2 alice " IC "+aws-ssm-ssh pending call=c\n"
		   "0 - aws-ssm-session authorized/final call=s\n"
		   "2 alice " IC "+aws-ssm-ssh authorized/final call=c through=s\n");
}

/* Many at once, woken by one advance, in the order of what they wait for. */
static void test_many(void)
{
	AUTO_SCENE struct scene scene;
	struct correlator_counts counts;
	struct event event;
	struct script script;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	script_start(&script, "session@0 stage=started id=x");
	script_next(&script, &event);
	for (int i = 0; i < 2000; i++) {
		char id[32];
		int len = snprintf(id, sizeof(id), "alice-%d", i);

		event.run.id = slice_of(id, (size_t)len);
		event.happened_at = AT((int)(i * 7919 % 2000));
		scene_feed(&scene, &event);
	}
	for (int i = 1; i <= 20; i++) {
		char text[64];

		snprintf(text, sizeof(text), "proven@%d " OURS, 600 + i * 100 - 1);
		scene_play(&scene, text);
		counts = correlator_counts(scene.correlator);
		CHECK_UINT(counts.by_verdict[VERDICT_UNAUTHORIZED], (uint64_t)i * 100);
		CHECK_UINT(counts.by_verdict[VERDICT_PENDING], 2000 - (uint64_t)i * 100);
	}
	CHECK_TEXT(settled_wrong(&scene.settled, scene.correlator), NULL);
}

/* Logs that are complete: nothing is ever pending, blind or provisional. */
static void test_complete(void)
{
	static const struct scene_row rows[] = {
		{ "no log at all", OFFERED, "0 alice " IC " unverifiable no-api-log\n",
		  NULL },
		{ "the key's window is enough", OFFERED "proven@29 " OURS,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "and is needed", OFFERED "proven@28 " OURS,
		  "0 alice " IC " unverifiable no-api-log\n", NULL },
		{ "in pieces",
		  OFFERED "proven@29 from=-10 " OURS "; proven until=-11 " OURS,
		  "0 alice " IC " unverifiable no-api-log\n", NULL },
		{ "in pieces that touch",
		  OFFERED "proven@29 from=-10 " OURS "; proven until=-10 " OURS,
		  "0 alice " IC " unauthorized/final no-api-call\n", NULL },
		{ "time means nothing", OFFERED "now@90000",
		  "0 alice " IC " unverifiable no-api-log\n",
		  "0 alice " IC " unverifiable no-api-log\n" },
		{ "sight means nothing", OFFERED "lost reason=no-credentials " OURS,
		  "0 alice " IC " unverifiable no-api-log\n",
		  "0 alice " IC " unverifiable no-api-log\n" },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "proof", test_proof },
		{ "lateness", test_lateness },
		{ "blind at its deadline", test_blind },
		{ "nobody waits", test_nobody_waits },
		{ "refusals", test_refused },
		{ "two classes", test_two_classes },
		{ "two classes, one blind", test_two_classes_blind },
		{ "two doors", test_two_doors },
		{ "many", test_many },
		{ "complete logs", test_complete },
		{ NULL, NULL },
	};

	return check_run("correlator/waiting", tests);
}
