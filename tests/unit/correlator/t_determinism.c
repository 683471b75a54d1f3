/* SPDX-License-Identifier: Apache-2.0 */
/* The same input gives the same output, whatever the hash key; and where all logs are
 * known, the order in which they came decides nothing that it must not. */
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/session.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/scene.h"

#define STREAMS 500
#define STEPS 60
#define ORDERS 4

static struct event_stream *make(const struct stream_options *options, uint64_t seed,
				 size_t steps)
{
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	uint8_t bytes[(size_t)STREAM_STEPS_MAX * STREAM_STEP_BYTES];

	random_bytes(seed, bytes, steps * STREAM_STEP_BYTES);
	event_stream_make(stream, options, bytes, steps * STREAM_STEP_BYTES);
	return stream;
}

/* All that was told, and then the logins. */
static char *play(const struct event_stream *stream, bool is_complete, uint64_t hash_key)
{
	struct correlator_options options = correlator_options_default();
	AUTO_SCENE struct scene scene;
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)1024 * 1024);

	options.tell_opened_doors = true;
	options.logs_are_complete = is_complete;
	options.hash_key = (struct hash_key){ { hash_key, hash_key * 7 } };
	scene_open(&scene, &options);
	scene.unchecked = true;
	for (size_t i = 0; i < stream->count; i++) {
		scene.now = stream->steps[i].now;
		if (stream->steps[i].is_advance)
			scene_advance(&scene, scene.now);
		else
			scene_feed(&scene, &stream->steps[i].event);
	}
	scene_advance(&scene, scene.now);
	buf_append_text(&text, scene_told(&scene));
	buf_append_text(&text, scene_logins(&scene));
	return memory_copy_text(buf_slice(&text));
}

static void test_hash_key(void)
{
	const struct stream_options common = { .wild = false };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct event_stream *stream = make(&common, seed, 200);
		char *one = play(stream, seed % 2, 1);
		char *other = play(stream, seed % 2, seed + 2);

		if (!CHECK_TEXT(other, one))
			CHECK_UINT(seed, 0);
		free(one);
		free(other);
		free(stream);
	}
}

/* ---- orders ---- */

static int by_time(const void *a, const void *b)
{
	const struct stream_step *one = a, *two = b;

	if (one->event.happened_at != two->event.happened_at)
		return one->event.happened_at < two->event.happened_at ? -1 : 1;
	return memcmp(one->id, two->id, sizeof(one->id));
}

/* Steps moved in memory: the id of a call lies in its step. */
static void mend(struct event_stream *stream)
{
	for (size_t i = 0; i < stream->count; i++)
		if (stream->steps[i].event.kind == EVENT_API_CALL)
			stream->steps[i].event.api_call.id =
				slice_text(stream->steps[i].id);
}

static void swap(struct event_stream *stream, size_t a, size_t b)
{
	const struct stream_step step = stream->steps[a];

	stream->steps[a] = stream->steps[b];
	stream->steps[b] = step;
}

/* Calls come in any order among the host's lines, which keep theirs. */
static void shuffle_calls(struct event_stream *stream, uint64_t *state)
{
	for (size_t pass = 0; pass < 3; pass++)
		for (size_t i = 0; i + 1 < stream->count; i++) {
			size_t other =
				i + 1 + random_next(state) % (stream->count - i - 1);
			bool calls_only = true;

			/* a call may pass whatever is no call, and calls each other */
			if (stream->steps[i].event.kind != EVENT_API_CALL &&
			    stream->steps[other].event.kind != EVENT_API_CALL)
				continue;
			if (stream->steps[i].event.kind == EVENT_API_CALL &&
			    stream->steps[other].event.kind == EVENT_API_CALL) {
				swap(stream, i, other);
				continue;
			}
			/* moving a line past other lines would change their order */
			for (size_t j = i + 1; j < other; j++)
				calls_only &=
					stream->steps[j].event.kind == EVENT_API_CALL;
			if (calls_only)
				swap(stream, i, other);
		}
	mend(stream);
}

#define WE                                                                             \
	"identity instance=i-0aaaaaaaaaaaaaaaa account=111122223333 region=eu-west-1 " \
	"ip=10.0.0.5,10.0.0.6 endpoint=10.0.0.9"

/* The logins in the end, complete logs, with all covered. */
static char *judge(const struct event_stream *stream)
{
	AUTO_SCENE struct scene scene;

	scene_open_complete(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE);
	for (size_t i = 0; i < stream->count; i++)
		correlator_feed(scene.correlator, &stream->steps[i].event, scene.now);
	scene_play(&scene, "proven from=-900000 until=900000");
	return memory_copy_text(slice_text(scene_logins(&scene)));
}

/* As judge(), live: verdicts are changed again and again, and end the same. */
static char *judge_live(const struct event_stream *stream)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, WE "; proven from=-900000 until=900000");
	for (size_t i = 0; i < stream->count; i++)
		scene_feed(&scene, &stream->steps[i].event);
	scene_advance(&scene, scene.now + US_PER_HOUR);
	return memory_copy_text(slice_text(scene_logins(&scene)));
}

static void check_orders(char *(*judge_stream)(const struct event_stream *stream),
			 void (*shuffle)(struct event_stream *stream, uint64_t *state),
			 bool azure)
{
	const struct stream_options options = { .calls_and_logins_only = true,
						.azure = azure };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct event_stream *stream = make(&options, seed, STEPS);
		uint64_t state = seed * 77 + 1;
		char *want;

		qsort(stream->steps, stream->count, sizeof(stream->steps[0]), by_time);
		shuffle(stream, &state);
		want = judge_stream(stream);
		for (unsigned order = 0; order < ORDERS; order++) {
			char *got;

			shuffle(stream, &state);
			got = judge_stream(stream);
			if (!CHECK_TEXT(got, want))
				CHECK_UINT(seed, 0);
			free(got);
		}
		free(want);
		free(stream);
	}
}

static void test_late_calls(void)
{
	check_orders(judge, shuffle_calls, false);
	check_orders(judge, shuffle_calls, true);
}

static void test_late_calls_live(void)
{
	check_orders(judge_live, shuffle_calls, false);
	check_orders(judge_live, shuffle_calls, true);
}

/* Whether the order of these lines among themselves may decide: those that are joined by
 * nearness, and those that change what was. */
static bool is_bound(const struct event *event)
{
	switch (event->kind) {
	case EVENT_LOGIN_ACCEPTED:
	case EVENT_SSHD_LISTENING:
	case EVENT_API_CALL:
		return false;
	case EVENT_RUN:
		return event->run.kind == RUN_ASSOCIATION;
	case EVENT_EXTENSION:
		return event->extension.stage != EXTENSION_EXECUTED;
	default:
		return true;
	}
}

/* The lines of one login must come in their order (correlator.h): those that are lost
 * when they do not are left out. */
static bool is_lost_out_of_order(const struct event *event)
{
	return event->kind == EVENT_KEY_OFFERED || event->kind == EVENT_KEY_PARTIAL ||
	       event->kind == EVENT_SESSION_CLOSED ||
	       event->kind == EVENT_LOGIND_CLOSED ||
	       (event->kind == EVENT_RUN && event->run.stage == RUN_ENDED) ||
	       (event->kind == EVENT_EXTENSION &&
		event->extension.stage > EXTENSION_EXECUTED);
}

static void drop_lost(struct event_stream *stream)
{
	size_t kept = 0;

	for (size_t i = 0; i < stream->count; i++)
		if (!is_lost_out_of_order(&stream->steps[i].event))
			stream->steps[kept++] = stream->steps[i];
	stream->count = kept;
}

/* Unbound events go anywhere; bound ones keep their order. */
static void shuffle_unbound(struct event_stream *stream, uint64_t *state)
{
	struct stream_step *unbound = memory_new(stream->count + 1, sizeof(*unbound));
	size_t bound_count = 0, unbound_count = 0;

	drop_lost(stream);
	for (size_t i = 0; i < stream->count; i++) {
		if (is_bound(&stream->steps[i].event))
			stream->steps[bound_count++] = stream->steps[i];
		else
			unbound[unbound_count++] = stream->steps[i];
	}
	for (size_t i = 0; i < unbound_count; i++) {
		size_t at = random_next(state) % (bound_count + 1);

		memmove(&stream->steps[at + 1], &stream->steps[at],
			(bound_count - at) * sizeof(stream->steps[0]));
		stream->steps[at] = unbound[i];
		bound_count++;
	}
	free(unbound);
	mend(stream);
}

static void test_orders(void)
{
	check_orders(judge, shuffle_unbound, false);
	check_orders(judge, shuffle_unbound, true);
}

static void test_orders_live(void)
{
	check_orders(judge_live, shuffle_unbound, false);
	check_orders(judge_live, shuffle_unbound, true);
}

/* ---- consoles, scripts and credentials, of each cloud ---- */

/* The logins in the end, whatever the order of the calls among the lines. */
static char *judge_consoles(const struct event_stream *stream, const char *provider,
			    bool is_complete)
{
	AUTO_SCENE struct scene scene;
	AUTO_BUF struct buf identity = BUF_LIMIT(1024);

	if (is_complete)
		scene_open_complete(&scene);
	else
		scene_open_live(&scene);
	scene.unchecked = true;
	buf_append_format(&identity, WE " provider=%s; proven from=-900000 until=900000",
			  provider);
	scene_play(&scene, buf_text(&identity));
	for (size_t i = 0; i < stream->count; i++)
		scene_feed(&scene, &stream->steps[i].event);
	scene_advance(&scene, scene.now + US_PER_HOUR);
	return memory_copy_text(slice_text(scene_logins(&scene)));
}

static void check_consoles(const char *provider, bool is_complete)
{
	const struct stream_options options = { .calls_and_logins_only = true,
						.consoles = true };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct event_stream *stream = make(&options, seed, STEPS);
		uint64_t state = seed * 77 + 1;
		char *want;

		qsort(stream->steps, stream->count, sizeof(stream->steps[0]), by_time);
		mend(stream);
		want = judge_consoles(stream, provider, is_complete);
		for (unsigned order = 0; order < 2; order++) {
			char *got;

			shuffle_calls(stream, &state);
			got = judge_consoles(stream, provider, is_complete);
			if (!CHECK_TEXT(got, want))
				CHECK_UINT(seed, 0);
			free(got);
		}
		free(want);
		free(stream);
	}
}

static void test_consoles(void)
{
	static const char *const providers[] = { "aws", "azure", "gcp" };

	for (size_t i = 0; i < COUNT_OF(providers); i++) {
		check_row(providers[i]);
		check_consoles(providers[i], false);
		check_consoles(providers[i], true);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "whatever the hash key", test_hash_key },
		{ "calls in any order, complete", test_late_calls },
		{ "calls in any order, live", test_late_calls_live },
		{ "logins and calls in any order, complete", test_orders },
		{ "logins and calls in any order, live", test_orders_live },
		{ "consoles and scripts", test_consoles },
		{ NULL, NULL },
	};

	return check_run("correlator/determinism", tests);
}
