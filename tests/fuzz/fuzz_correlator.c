/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of events made of the bytes (tests/unit/correlator/event_stream.h); the first
 * byte chooses options. Two correlators with different hash keys must tell the same,
 * settle after every step, and hold what settled.h says. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tests/unit/correlator/event_stream.h"
#include "tests/unit/correlator/settled.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHOICE_COMPLETE 1  /* logs_are_complete */
#define CHOICE_FORGETS 2   /* keeps an hour */
#define CHOICE_WILD 4	   /* times from the ends of their range */
#define CHOICE_FORGES 8	   /* most host lines are forged */
#define CHOICE_CONSOLES 16 /* consoles, scripts, credentials, and their calls */
#define CHOICE_AZURE 32	   /* extensions, and Azure's calls alone */
#define CHOICE_POLICY 64   /* a policy refuses some, and flags direct SSH */

struct witness {
	struct correlator *correlator;
	struct settled settled;
	uint64_t told; /* a digest of all that was told, in order */
};

static void tell(struct witness *witness, const void *bytes, size_t size)
{
	static const struct hash_key key;

	witness->told = hash_mix(witness->told, hash_bytes(&key, slice_of(bytes, size)));
}

static void tell_call(struct witness *witness, const struct event *call)
{
	if (call)
		tell(witness, call->api_call.id.ptr, call->api_call.id.len);
}

/* A policy that goes by a hash, by sudo and by tags. */
static void decide(const void *ctx, const struct policy_question *question,
		   struct policy_answer *ret_answer)
{
	static const struct hash_key key;
	static const char *const rules[] = { "one", "other", NULL };
	uint64_t hash = hash_bytes(
		&key, slice_of((const char *)question->login->id.bytes, ID_BYTES));

	(void)ctx;
	hash = hash_mix(hash, question->path);
	hash = hash_mix(hash, question->login->sudo_at != US_TIME_NONE);
	if (question->call)
		hash = hash_mix(hash,
				hash_bytes(&key, question->call->api_call.principal));
	*ret_answer = (struct policy_answer){
		.ruling = (enum policy_ruling)(hash % 3),
		.reason = (enum reason)(hash / 3 % REASON_COUNT),
		.rule = rules[hash / 128 % 3],
	};
	if (ret_answer->ruling == POLICY_UNDECIDED && question->has_tags)
		ret_answer->ruling =
			question->tag_count % 2 ? POLICY_REFUSED : POLICY_ALLOWED;
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct witness *witness = ctx;
	const uint32_t words[] = { verdict->verdict,	     verdict->stage,
				   verdict->matched,	     verdict->repeats,
				   verdict->through_matched, verdict->reason_count };

	tell(witness, verdict->login->id.bytes, ID_BYTES);
	tell(witness, words, sizeof(words));
	tell(witness, verdict->reasons,
	     verdict->reason_count * sizeof(verdict->reasons[0]));
	tell_call(witness, verdict->api_call);
	tell_call(witness, verdict->through_api_call);
	if (verdict->policy_rule)
		tell(witness, verdict->policy_rule, strlen(verdict->policy_rule));
	settled_note(&witness->settled, verdict);
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct witness *witness = ctx;

	tell(witness, observation->id.bytes, ID_BYTES);
	tell_call(witness, observation->api_call);
	tell(witness, observation->detail.ptr, observation->detail.len);
}

static void open_witness(struct witness *witness, uint8_t choice, uint64_t hash_key)
{
	struct correlator_options options = correlator_options_default();
	struct correlator_sink sink = { take_verdict, take_observation, NULL };

	options.hash_key = (struct hash_key){ { hash_key, ~hash_key } };
	options.logs_are_complete = choice & CHOICE_COMPLETE;
	options.tell_opened_doors = true;
	options.keep_us = choice & CHOICE_FORGETS ? US_PER_HOUR : 36500 * US_PER_DAY;
	if (choice & CHOICE_POLICY) {
		options.policy.decide = decide;
		options.policy.direct_ssh = DIRECT_SSH_FLAG;
	}
	*witness = (struct witness){ 0 };
	sink.ctx = witness;
	witness->correlator = correlator_new(&options, &sink);
}

static void close_witness(struct witness *witness)
{
	correlator_free(witness->correlator);
	settled_release(&witness->settled);
}

static void step(struct witness *witness, const struct stream_step *step)
{
	if (step->is_advance)
		correlator_advance(witness->correlator, step->now);
	else
		correlator_feed(witness->correlator, &step->event, step->now);
}

static void must_hold(struct witness *witness, bool judge_anew)
{
	const char *wrong =
		judge_anew ? settled_wrong(&witness->settled, witness->correlator)
			   : settled_broken(&witness->settled, witness->correlator);

	if (!wrong)
		return;
	(void)fprintf(stderr, "fuzz_correlator: %s\n", wrong);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t choice = size ? data[0] : 0;
	bool google = choice & CHOICE_AZURE && choice & CHOICE_CONSOLES;
	struct stream_options options = { .google = google,
					  .azure = !google && choice & CHOICE_AZURE,
					  .wild = choice & CHOICE_WILD,
					  .forges = choice & CHOICE_FORGES,
					  .consoles =
						  !google && choice & CHOICE_CONSOLES };
	struct event_stream *stream;
	struct witness one, other;
	bool is_complete = choice & CHOICE_COMPLETE;
	bool judge_anew = getenv("FUZZ_ANEW") && !(choice & CHOICE_FORGETS);

	if (size < 1)
		return 0;
	stream = memory_new(1, sizeof(*stream));
	event_stream_make(stream, &options, data + 1, size - 1);
	open_witness(&one, choice, 1);
	open_witness(&other, choice, 2);
	for (size_t i = 0; i < stream->count; i++) {
		step(&one, &stream->steps[i]);
		step(&other, &stream->steps[i]);
		if (one.told != other.told)
			abort();
		/* finished logs are judged when time is advanced */
		if (!is_complete)
			must_hold(&one, judge_anew);
	}
	if (stream->count) {
		correlator_advance(one.correlator, stream->steps[stream->count - 1].now);
		must_hold(&one, judge_anew);
	}
	/* all is forgotten that can be */
	correlator_advance(one.correlator, INT64_MAX / 2);
	must_hold(&one, false);
	close_witness(&one);
	close_witness(&other);
	free(stream);
	return 0;
}
