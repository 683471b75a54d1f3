/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/judge_baseline.h"

#include "policy/baseline.h"

struct learning {
	struct judge *judge;
	struct baseline *baseline;
	void (*take)(void *ctx, const struct observation *observation);
};

/* Nothing is kept: a replay ends. */
static void keep_nothing(void *ctx, const struct baseline_row *row)
{
	(void)ctx;
	(void)row;
}

static void drop_nothing(void *ctx, struct slice kind, struct slice key)
{
	(void)ctx;
	(void)kind;
	(void)key;
}

/* The newest of this id: what is told again was told lately. */
static void remove_told(struct judge *judge, const struct id *id)
{
	for (size_t i = judge->observation_count; i > 0; i--) {
		struct observation *told = &judge->observations[i - 1];

		if (memcmp(told->id.bytes, id->bytes, sizeof(id->bytes)) != 0)
			continue;
		*told = judge->observations[--judge->observation_count];
		return;
	}
}

static void take_observation(void *ctx, const struct observation *observation)
{
	const struct learning *learning = ctx;

	if (observation->is_again)
		remove_told(learning->judge, &observation->id);
	learning->take(learning->judge, observation);
}

static bool is_news(void *ctx, const struct observation *observation)
{
	const struct learning *learning = ctx;
	struct finding finding;

	finding_from_observation(observation, &finding);
	return !policy_suppression(learning->judge->policy, &finding,
				   &learning->judge->tags);
}

static void learn(void *ctx, const struct verdict *verdict)
{
	struct learning *learning = ctx;
	const struct baseline_sink sink = { keep_nothing, drop_nothing, take_observation,
					    learning, is_news };

	baseline_learn(learning->baseline, verdict, &sink);
}

void judge_baseline(struct judge *judge, const struct baseline_options *options,
		    void (*take)(void *ctx, const struct observation *observation))
{
	struct learning learning = { judge, baseline_new(options), take };

	correlator_each_login(judge->correlator, learn, &learning);
	baseline_free(learning.baseline);
}
