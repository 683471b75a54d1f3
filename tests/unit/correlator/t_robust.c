/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile and senseless input: nothing crashes, nothing overflows, everything ends, and
 * what must hold of a settled correlator holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/settled.h"

#define STREAMS 400

struct trial {
	struct correlator *correlator;
	struct settled settled;
};

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	settled_note(&((struct trial *)ctx)->settled, verdict);
}

static void start(struct trial *trial, const struct correlator_options *options)
{
	const struct correlator_sink sink = { take_verdict, NULL, trial };

	*trial = (struct trial){ 0 };
	trial->correlator = correlator_new(options, &sink);
}

static void stop(struct trial *trial)
{
	correlator_free(trial->correlator);
	settled_release(&trial->settled);
}

static void play(struct trial *trial, const struct event_stream *stream)
{
	for (size_t i = 0; i < stream->count; i++) {
		const struct stream_step *step = &stream->steps[i];

		if (step->is_advance)
			correlator_advance(trial->correlator, step->now);
		else
			correlator_feed(trial->correlator, &step->event, step->now);
	}
	correlator_advance(trial->correlator, stream->steps[stream->count - 1].now);
}

static struct event_stream *make(const struct stream_options *options, uint64_t seed,
				 size_t steps)
{
	struct event_stream *stream = memory_new(1, sizeof(*stream));
	uint8_t bytes[(size_t)STREAM_STEPS_MAX * STREAM_STEP_BYTES];

	random_bytes(seed, bytes, steps * STREAM_STEP_BYTES);
	event_stream_make(stream, options, bytes, steps * STREAM_STEP_BYTES);
	return stream;
}

/* Options as a configuration may have them, to 1000 years. */
static struct correlator_options odd_options(uint64_t seed)
{
	static const us_span spans[] = {
		0, 1, US_PER_SECOND, US_PER_HOUR, 365 * US_PER_DAY, 365000 * US_PER_DAY
	};
	struct correlator_options options = correlator_options_default();
	us_span *fields[] = { &options.windows[CLOUD_AWS].lateness_us,
			      &options.windows[CLOUD_AWS].provisional_after_us,
			      &options.windows[CLOUD_AWS].final_after_us,
			      &options.windows[CLOUD_AWS].final_after_weak_us,
			      &options.windows[CLOUD_AWS].blind_after_us,
			      &options.skew_us,
			      &options.twin_wait_us,
			      &options.keep_us };

	options.tell_opened_doors = true;
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (random_next(&seed) % 2)
			*fields[i] = spans[random_next(&seed) % COUNT_OF(spans)];
	options.logs_are_complete = random_next(&seed) % 2;
	return options;
}

static void test_wild(void)
{
	const struct stream_options wild = { .wild = true };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options options = odd_options(seed);
		struct event_stream *stream = make(&wild, seed, 150);
		struct trial trial;

		start(&trial, &options);
		play(&trial, stream);
		stop(&trial);
		free(stream);
	}
}

/* Forgetting all the time: nothing dangles. */
static void test_forgetting(void)
{
	const struct stream_options common = { .wild = false };

	for (uint64_t seed = 1; seed <= STREAMS; seed++) {
		struct correlator_options options = correlator_options_default();
		struct event_stream *stream = make(&common, seed, 300);
		struct trial trial;

		options.tell_opened_doors = true;
		options.keep_us = (us_span)(1 + seed % 5) * US_PER_MINUTE;
		start(&trial, &options);
		play(&trial, stream);
		CHECK_TEXT(settled_broken(&trial.settled, trial.correlator), NULL);
		stop(&trial);
		free(stream);
	}
}

/* Every text empty, every number 0, every time the same. */
static void test_empty(void)
{
	for (unsigned rounds = 0; rounds < 3; rounds++) {
		struct correlator_options options = correlator_options_default();
		struct trial trial;

		options.tell_opened_doors = true;
		options.logs_are_complete = rounds == 1;
		start(&trial, &options);
		for (unsigned kind = 0; kind < EVENT_KIND_COUNT * 3; kind++) {
			struct event event = { .kind = (enum event_kind)(
						       kind % EVENT_KIND_COUNT),
					       .trust = TRUST_ATTESTED };

			correlator_feed(trial.correlator, &event, 0);
		}
		for (unsigned action = 0; action < API_ACTION_COUNT * 3; action++) {
			struct event event = { .kind = EVENT_API_CALL };

			event.api_call.action =
				(enum api_action)(action % API_ACTION_COUNT);
			event.api_call.outcome =
				(enum api_outcome)(action / API_ACTION_COUNT);
			correlator_feed(trial.correlator, &event, 0);
		}
		for (unsigned stage = 0; stage < 12; stage++) {
			struct event event = { .kind = EVENT_RUN };

			event.run.kind = (enum run_kind)(stage % 3);
			event.run.stage = (enum run_stage)(stage / 3);
			correlator_feed(trial.correlator, &event, 0);
		}
		correlator_advance(trial.correlator, 1);
		CHECK_TEXT(settled_wrong(&trial.settled, trial.correlator), NULL);
		stop(&trial);
	}
}

/* Texts as long as readers let through, with every byte in them. */
static void test_long(void)
{
	struct correlator_options options = correlator_options_default();
	struct event event = { .kind = EVENT_LOGIN_ACCEPTED,
			       .trust = TRUST_ATTESTED,
			       .pid = 7 };
	char text[4096];
	struct slice slice = slice_of(text, sizeof(text));
	struct trial trial;

	options.tell_opened_doors = true;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	start(&trial, &options);
	event.host = slice;
	event.login.user = event.login.source_ip = event.login.fingerprint = slice;
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_SESSION_OPENED;
	event.pam_session = (struct pam_session){ .service = SLICE("sshd"),
						  .user = slice,
						  .by = slice };
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_RUN;
	event.run = (struct run){
		.id = slice, .instance = slice, .owner = slice, .document = slice
	};
	correlator_feed(trial.correlator, &event, 0);
	event.kind = EVENT_IDENTITY;
	event.identity =
		(struct identity){ .instance = slice, .account = slice, .region = slice };
	correlator_feed(trial.correlator, &event, 0);
	CHECK_UINT(correlator_counts(trial.correlator).logins, 2);
	CHECK_TEXT(settled_wrong(&trial.settled, trial.correlator), NULL);
	stop(&trial);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "wild times and options", test_wild },
		{ "forgetting all the time", test_forgetting },
		{ "nothing said", test_empty },
		{ "long texts of every byte", test_long },
		{ NULL, NULL },
	};

	return check_run("correlator/robust", tests);
}
