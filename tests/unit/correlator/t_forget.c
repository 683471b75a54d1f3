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

static size_t intervals_kept(const struct correlator *correlator)
{
	size_t count = 0;

	for (size_t i = 0; i < correlator->watermark.count; i++)
		for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
			count += correlator->watermark.scopes[i]
					 ->classes[k]
					 .covered.count +
				 correlator->watermark.scopes[i]->classes[k].holes.count;
	for (size_t i = 0; i < correlator->host_span_count; i++)
		count += correlator->host_spans[i].covered.count;
	for (size_t source = 0; source < HOST_SOURCE_COUNT; source++)
		count += correlator->host_lost[source].count;
	return count;
}

/* An hour of every day is read, with a hole in it, and lines are lost; then it is the
 * next day's first second. */
static void play_day(struct scene *scene, long day)
{
	char text[512];
	long start = day * DAY;

	(void)snprintf(text, sizeof(text),
		       "proven from=%ld until=%ld " OURS "; hole from=%ld until=%ld " OURS
		       "; gap@%ld source=journal from=%ld until=%ld cause=x%ld;"
		       "read from=%ld until=%ld source=journal host=h; now@%ld",
		       start, start + 3600, start + 6, start + 7, start, start + 60,
		       start + 61, day, start, start + 3600, start + DAY);
	scene_play(scene, text);
}

/* What is kept of a hundred days is that of twelve. */
static void test_coverage(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	for (long day = 0; day < 100; day++) {
		play_day(&scene, day);
		/* covered and holes of every class; read, and lost */
		CHECK(intervals_kept(scene.correlator) <= 12 * (LOG_CLASS_COUNT * 2 + 2));
	}
	CHECK(intervals_kept(scene.correlator) > 8 * (LOG_CLASS_COUNT * 2 + 2));
}

/* Who is read a month late: his time is covered no more. */
static void test_coverage_of_long_ago(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	for (long day = 0; day < 30; day++)
		play_day(&scene, day);
	scene_play(&scene, "session@900 id=alice-1 stage=started");
	CHECK_TEXT(scene_logins(&scene),
		   "900 ssm-user aws-ssm-session unverifiable no-api-log\n");
}

/* Coverage is kept for as long as a login leans on it, however old that is. */
static void test_coverage_of_kept(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	for (long day = 0; day < 3; day++)
		play_day(&scene, day);
	scene_play(&scene, "now@1800000; session@900 id=alice-1 stage=started");
	for (long day = 21; day < 27; day++)
		play_day(&scene, day);
	scene_play(&scene, WE);
	CHECK_TEXT(scene_logins(&scene),
		   "900 ssm-user aws-ssm-session unauthorized/final no-api-call\n");
}

/* An association's verdict stays when what it rests on is forgotten. */
static void test_old_association(void)
{
	AUTO_SCENE struct scene scene;
	const char *want = "0 root aws-ssm-association unauthorized/final no-api-call\n";

	scene_open_live(&scene);
	scene_play(&scene, "identity instance=i-1 watched=-900000 " OURS
			   "; association@0 id=x stage=started;"
			   "proven@9000 from=-900000 " OURS);
	CHECK_TEXT(scene_logins(&scene), want);
	for (long day = 1; day < 30; day++)
		play_day(&scene, day);
	scene_play(&scene, "identity instance=i-1 watched=-900000 " OURS);
	CHECK_TEXT(scene_logins(&scene), want);
	CHECK(intervals_kept(scene.correlator) <= 12 * (LOG_CLASS_COUNT * 2 + 2));
}

/* A tunnel's call that let in somebody who is forgotten lets in nobody else. */
static void test_spent_call(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, "identity instance=i-1 ip=10.0.0.5 " OURS "; proven@9000 " OURS
			   "; Tunnel@-1 id=t ip=10.0.0.5 from=198.51.100.7 " OURS
			   "; accept@0 user=a pid=1 from=198.51.100.7; now@600000;"
			   "accept@5 user=b pid=2 from=198.51.100.7; now@777600;"
			   "accept@9 user=c pid=3 from=198.51.100.7");
	CHECK_TEXT(scene_logins(&scene),
		   "5 b aws-eice-tunnel unauthorized/final api-call-reused\n"
		   "9 c aws-eice-tunnel unauthorized/final api-call-reused\n");
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
		{ "coverage", test_coverage },
		{ "coverage of long ago", test_coverage_of_long_ago },
		{ "coverage of who is kept", test_coverage_of_kept },
		{ "an old association", test_old_association },
		{ "a call that is spent", test_spent_call },
		{ NULL, NULL },
	};

	return check_run("correlator/forget", tests);
}
