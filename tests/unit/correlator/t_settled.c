/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is left behind: whatever comes, in whatever order, each login has the verdict
 * that it would have judged anew, at once. Random streams find what single rows do not
 * think of; what they found stands here as rows. */
#include <stdlib.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/scene.h"

#define STREAMS 2000

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define WE_BEHIND "identity instance=i-1 ip=10.0.0.5 " OURS "; proven@9000 " OURS ";"
#define IC "aws-ec2-instance-connect"

static void play(struct scene *scene, const struct event_stream *stream)
{
	for (size_t i = 0; i < stream->count; i++) {
		scene->now = stream->steps[i].now;
		if (stream->steps[i].is_advance)
			scene_advance(scene, scene->now);
		else
			scene_feed(scene, &stream->steps[i].event);
	}
	scene_advance(scene, scene->now);
}

static void test_streams(void)
{
	const struct stream_options options = { .wild = false };
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	uint8_t bytes[(size_t)STREAM_STEPS_MAX * STREAM_STEP_BYTES];

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options kept = correlator_options_default();
		size_t steps = 20 + seed % 200;
		AUTO_SCENE struct scene scene;

		random_bytes(seed, bytes, steps * STREAM_STEP_BYTES);
		event_stream_make(stream, &options, bytes, steps * STREAM_STEP_BYTES);
		kept.keep_us = 36500 * US_PER_DAY;
		kept.logs_are_complete = seed % 2;
		scene_open(&scene, &kept);
		scene.unchecked = true;
		play(&scene, stream);
		if (!CHECK_TEXT(settled_wrong(&scene.settled, scene.correlator), NULL))
			CHECK_UINT(seed, 0);
	}
	free(stream);
}

static void test_rows(void)
{
	static const struct scene_row rows[] = {
		{ "a session that turns out earlier gives its call back",
		  WE "proven@9000 " OURS "; session@534 id=bob-0 stage=connected;"
		     "Start@483 id=c on=i-1 by=arn:aws:iam::111122223333:user/bob " OURS
		     "; session@186 id=bob-0 stage=started",
		  "186 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "blind for one place that lags, and proven in all as far as is needed",
		  "identity instance=i-1;"
		  "proven@500 class=ic account=111122223333 region=eu-west-1;"
		  "proven@700 class=ic account=444455556666 region=eu-west-1;"
		  "offer@-1 key=K; accept@0 user=alice pid=7 key=K; now@1800;"
		  "now@1900; proven@700 class=ic account=111122223333 region=eu-west-1",
		  "0 alice " IC " unauthorized/provisional no-api-call\n", NULL },
		{ "a login whose hour is uncertain, and a push within it",
		  WE "console@0 late=3600 user=bob pid=1; now@9; Serial@300 id=c "
		     "on=i-1 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match tty-unknown "
		  "call=c\n",
		  NULL },
		{ "the same, and its place was covered before",
		  WE "proven@9000 " OURS
		     "; console@0 late=3600 user=bob tty=ttyS0 pid=1; "
		     "Serial@300 id=c on=i-1 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
		{ "an uncertain hour, and a refusal within it",
		  WE "proven@9000 " OURS
		     "; console@0 late=3600 user=bob tty=ttyS0 pid=1; "
		     "Serial!@300 id=c refused-on=i-1 " OURS,
		  "0 bob aws-serial-console unauthorized/final api-call-denied\n", NULL },
		{ "a tunnel within the uncertain hour",
		  WE_BEHIND "accept@0 late=3600 user=bob pid=1 from=198.51.100.7;"
			    "Tunnel@1800 id=t ip=10.0.0.5 from=198.51.100.7 " OURS,
		  "0 bob aws-eice-tunnel authorized/final call=t\n", NULL },
		{ "one after it",
		  WE_BEHIND "accept@0 late=3600 user=bob pid=1 from=198.51.100.7;"
			    "Tunnel@3631 id=t ip=10.0.0.5 from=198.51.100.7 " OURS,
		  "0 bob direct-ssh not-judged\n", NULL },
		{ "two tunnels, of which one login is uncertain",
		  WE_BEHIND "accept@0 late=3600 user=bob pid=1 from=198.51.100.7;"
			    "accept@600 user=amy pid=2 from=198.51.100.7;"
			    "Tunnel@1800 id=u ip=10.0.0.5 from=198.51.100.7 " OURS
			    "; Tunnel@599 id=t ip=10.0.0.5 from=198.51.100.7 " OURS
			    "; Tunnel@-1 id=s ip=10.0.0.5 from=198.51.100.7 " OURS,
		  "0 bob aws-eice-tunnel authorized/final call=s\n"
		  "600 amy aws-eice-tunnel authorized/final call=t\n",
		  NULL },
		{ "an unanswered call within the uncertain hour",
		  WE "proven@9000 " OURS
		     "; session@0 late=3600 id=bob-0 stage=started; Start@1800 id=c "
		     "on=i-1 by=arn:aws:iam::111122223333:user/bob " OURS,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=c\n",
		  NULL },
		{ "an association made within the uncertain hour",
		  "identity instance=i-1 watched=-5 " OURS
		  "; association@0 late=3600 id=a-1 stage=started; "
		  "Associate@1800 id=c association=a-1 " OURS,
		  "0 root aws-ssm-association authorized/final call=c\n", NULL },
		{ "own use in the uncertain hour is no proof of before",
		  WE "accept@0 late=3600 user=bob pid=1 key=K;"
		     "Push@1800 id=c user=bob key=K on=i-1 " OURS,
		  "0 bob " IC " authorized/final call=c\n", NULL },
		{ "a key that turns out to be his own before the uncertain hour ends",
		  WE "accept@0 late=3600 user=bob pid=1 key=K;"
		     "Push@1800 id=c user=bob key=K on=i-1 " OURS
		     "; accept@600 user=bob pid=2 key=K",
		  "0 bob direct-ssh not-judged\n600 bob direct-ssh not-judged\n", NULL },
		{ "the launch is learnt after a port session of before carried a login",
		  "session@-60 id=bob-0 stage=connected plugin=Port port=22;"
		  "accept@0 from=127.0.0.1 user=bob pid=1 key=K;"
		  "Push@-5 id=c user=bob key=K on=i-1 " OURS
		  "; identity instance=i-1 launched=-10 " OURS,
		  "-60 - aws-ssm-session not-judged before-this-instance\n"
		  "0 bob " IC " authorized/final call=c\n",
		  NULL },
		{ "a hole where only what holds for every account covers",
		  WE "proven@9000 class=ssm; session@0 id=bob-0 stage=started;"
		     "hole from=-100 until=100 class=ssm " OURS,
		  "0 ssm-user aws-ssm-session unverifiable no-api-log\n", NULL },
		{ "one account fills what lies before the end of what holds for all",
		  WE "console@14700 user=bob tty=ttyS0; proven from=12000 until=18600;"
		     "proven until=9000 " OURS "; proven from=0 until=13000 " OURS,
		  "14700 bob aws-serial-console unauthorized/provisional no-api-call\n",
		  NULL },
		{ "other content turns up between a call and its run",
		  "identity instance=i-1 watched=-900 " OURS
		  "; association@600 id=a-1 stage=started content=5;"
		  "Associate@0 id=c association=a-1 " OURS
		  "; association@300 id=a-1 stage=ended content=6",
		  "300 root aws-ssm-association authorized/final call=c\n"
		  "600 root aws-ssm-association pending\n",
		  NULL },
		{ "a second class goes blind: the first one's reason stays",
		  WE "session@0 id=ecs-execute-command-0 stage=started;"
		     "command@1 id=x stage=started;"
		     "lost class=ecs reason=no-credentials " OURS "; now@1900",
		  "0 - aws-ssm-session unverifiable no-credentials\n"
		  "1 root aws-ssm-command unverifiable no-progress\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, "", "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "random streams", test_streams },
		{ "what they found", test_rows },
		{ NULL, NULL },
	};

	return check_run("correlator/settled", tests);
}
