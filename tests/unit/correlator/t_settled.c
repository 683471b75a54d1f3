/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is left behind: whatever comes, in whatever order, each login has the verdict
 * that it would have judged anew, at once. Random streams find what single rows do not
 * think of; what they found stands here as a row until it holds, and then moves to its
 * module's test. */
#include <stdlib.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/scene.h"

#define STREAMS 400

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
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
