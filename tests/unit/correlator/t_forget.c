/* SPDX-License-Identifier: Apache-2.0 */
/* Letting go of what is settled: keep_us is 8 days, done in eight steps. */
#include "correlator/forget.h"

#include <stdio.h>

#include "correlator/state.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define IC "aws-ec2-instance-connect"
#define DAY 86400

static void test_settled(void)
{
	static const struct scene_row rows[] = {
		{ "kept for its time", "accept@0 user=a; now@691199",
		  "0 a direct-ssh not-judged\n", NULL },
		{ "and a step longer", "accept@0 user=a; now@777600", "", NULL },
		{ "who came later stays",
		  "accept@0 user=a; now@400000; accept@400000 user=b;"
		  "now@777600",
		  "400000 b direct-ssh not-judged\n", NULL },
		{ "who waits stays",
		  "session@0 id=a-1 stage=started; proven@700 " OURS "; now@777600",
		  "0 ssm-user aws-ssm-session unauthorized/provisional no-api-call\n",
		  NULL },
		{ "who waited in vain goes", "session@0 id=a-1 stage=started; now@777600",
		  "", NULL },
		{ "an association stays known",
		  "association@0 id=x stage=started; now@9999999",
		  "0 root aws-ssm-association not-judged pre-existing\n", NULL },
		{ "a final verdict goes",
		  "offer@-1 key=K; accept@0 user=a key=K; proven@9000 " OURS
		  "; now@777600",
		  "", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, WE "now@0;", "");
}

/* One that is never proven is given up after all, or else it would stay for ever. */
static void test_unverifiable(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "now@0; lost reason=no-credentials " OURS
		      "; session@0 id=a-1 stage=started; now@777600; now@1555200");
	CHECK_TEXT(scene_logins(&scene), "");
}

/* Seven days late a call still retracts. */
static void test_late_call(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "now@0; offer@-1 key=K; accept@0 user=a key=K; proven@9000 " OURS);
	for (int day = 1; day <= 7; day++)
		scene_advance(&scene, AT(day * DAY));
	scene_told(&scene);
	scene_play(&scene, "Push@-2 id=c key=K user=a on=i-1 " OURS);
	CHECK_TEXT(scene_told(&scene), "0 a " IC " authorized/final call=c\n");
}

/* A call delivered before its login's lines are read vouches days later. */
static void test_early_call(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE "now@0; Push@-2 id=c key=K user=a on=i-1 " OURS);
	for (int day = 1; day <= 7; day++)
		scene_advance(&scene, AT(day * DAY));
	scene_play(&scene, "offer@-1 key=K; accept@0 user=a key=K");
	CHECK_TEXT(scene_told(&scene), "0 a " IC " authorized/final call=c\n");
}

/* Said again after it was forgotten, a login has the same id. */
static void test_ids_stay(void)
{
	AUTO_SCENE struct scene scene;
	struct id id;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "now@0; command@0 id=c-1 stage=started; proven@200000 " OURS);
	id = scene_verdict(&scene, 0).login->id;
	scene_play(&scene, "now@1000000");
	CHECK_TEXT(scene_logins(&scene), "");
	scene_play(&scene, "command@0 id=c-1 stage=started");
	CHECK(memcmp(&scene_verdict(&scene, 0).login->id, &id, sizeof(id)) == 0);
}

/* A port session stays as long as a login that came through it, and its claim with it. */
static void test_port_session(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE
		   "now@0; session@0 id=bob-1 stage=connected plugin=Port port=22;"
		   "Start@-1 id=s session=bob-1 on=i-1 document=AWS-StartSSHSession " OURS
		   "; accept@2 user=bob from=127.0.0.1; now@600000;"
		   "accept@9 user=eve from=127.0.0.1; now@777600");
	CHECK_TEXT(scene_logins(&scene),
		   "0 - aws-ssm-session authorized/final call=s\n"
		   "9 eve aws-ssm-ssh unauthorized/provisional api-call-reused\n");
	scene_play(&scene, "proven@9000 " OURS "; now@3000000; now@4000000");
	CHECK_TEXT(scene_logins(&scene), "");
}

/* A call that a login leans on stays with it. */
static void test_call_of_kept(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "now@0; Push@0 id=c key=K user=a on=i-1 " OURS
		      "; now@600000; offer@0 key=K; accept@1 user=a key=K; now@777600");
	CHECK_TEXT(scene_logins(&scene), "1 a " IC " authorized/final call=c\n");
	CHECK_UINT(correlator_counts(scene.correlator).calls, 1);
	scene_play(&scene, "now@3000000; now@4000000");
	CHECK_UINT(correlator_counts(scene.correlator).calls, 0);
}

/* One finding a key; once who told it is forgotten, the next who comes tells. */
static void test_expired_teller(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE "now@0; Push@0 id=c key=K user=a on=i-1 " OURS
			      "; accept@5000 user=a key=K pid=1; proven@9000 " OURS
			      "; now@600000; Push@0 id=d key=K user=a on=i-1 " OURS
			      "; accept@6000 user=a key=K pid=2; now@777600");
	scene_told(&scene);
	scene_play(&scene, "accept@7000 user=a key=K pid=3");
	CHECK_TEXT(scene_told(&scene),
		   "7000 a " IC " unauthorized/provisional api-call-expired\n");
}

/* The line with the number in place of each '%'. */
static const char *numbered(const char *line, int number)
{
	static char text[512];
	size_t len = 0;

	for (; *line && len + 16 < sizeof(text); line++) {
		if (*line == '%')
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%d",
						number);
		else
			text[len++] = *line;
	}
	text[len] = '\0';
	return text;
}

/* Feeds the script as if it were so many seconds later. */
static void play_later(struct scene *scene, const char *text, int seconds)
{
	struct script script;
	struct event event;

	script_start(&script, text);
	while (script_next(&script, &event) == SCRIPT_EVENT) {
		event.happened_at += seconds * US_PER_SECOND;
		if (event.kind == EVENT_PROGRESS)
			event.progress.until += seconds * US_PER_SECOND;
		if (event.kind == EVENT_HOST_COVERAGE)
			event.host_coverage.until += seconds * US_PER_SECOND;
		scene_feed(scene, &event);
	}
}

#define A_DAY 20

/* Of what comes so many times with each of a day's twenty. */
static uint64_t of_days(uint64_t days, uint64_t times)
{
	return days * times * A_DAY;
}

/* Twenty of everything a day for a hundred days: what is kept is that of ten. */
static void test_memory(void)
{
	static const char *const lines[] = {
		"offer@0 key=K% request=r%; accept@1 user=alice pid=% from=192.0.2.1 "
		"key=K%",
		"Push@0 id=c% key=K% request=r% user=alice on=i-1 " OURS,
		"session@0 id=alice-% stage=started; session@9 id=alice-% stage=ended",
		"Start@0 id=s% session=alice-% on=i-1 " OURS,
		"session@0 id=bob-% stage=connected plugin=Port port=22 "
		"document=AWS-StartSSHSession; accept@3 pid=% user=bob from=127.0.0.1",
		"Start@0 id=t% session=bob-% document=AWS-StartSSHSession on=i-1 " OURS,
		"command@0 id=cmd-% stage=started",
		"Send@0 id=u% command=cmd-% on=i-1 " OURS,
		"console@0 user=root pid=% tty=ttyS0; opened@0 service=login user=root "
		"pid=%",
		"partial@0 pid=% key=L%; logind-closed@0 session=%",
		"session@0 id=carol-% stage=described owner=x; offer@0 key=M%",
	};
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	for (int day = 0; day < 100; day++) {
		for (int n = day * A_DAY; n < (day + 1) * A_DAY; n++)
			for (size_t i = 0; i < COUNT_OF(lines); i++)
				play_later(&scene, numbered(lines[i], n), day * DAY);
		play_later(&scene, "proven@9000 " OURS "; read@9000 source=ssm",
			   day * DAY);
		scene_advance(&scene, AT(day * DAY));
		scene_told(&scene);
		CHECK(correlator_counts(scene.correlator).logins <= of_days(10, 6));
		CHECK(correlator_counts(scene.correlator).calls <= of_days(10, 4));
		CHECK(scene.correlator->index.node_count <= of_days(10, 25));
		CHECK(scene.correlator->index.map.size <= 16384);
	}
	CHECK(correlator_counts(scene.correlator).logins > of_days(8, 6));
	CHECK_TEXT(settled_wrong(&scene.settled, scene.correlator), NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "what is settled goes", test_settled },
		{ "unverifiable ones go too", test_unverifiable },
		{ "a call seven days late", test_late_call },
		{ "a call seven days early", test_early_call },
		{ "ids stay", test_ids_stay },
		{ "port sessions", test_port_session },
		{ "calls of those who are kept", test_call_of_kept },
		{ "who tells of an expired key", test_expired_teller },
		{ "memory", test_memory },
		{ NULL, NULL },
	};

	return check_run("correlator/forget", tests);
}
