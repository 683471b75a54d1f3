/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/baseline_keeper.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/memory.h"

struct baseline_keeper {
	struct store *store; /* borrowed */
	struct baseline *baseline;
	struct baseline_hearer hearer;
};

static void keep(void *ctx, const struct baseline_row *row)
{
	const struct baseline_keeper *keeper = ctx;
	const struct store_baseline kept = {
		.kind = row->kind,
		.key = row->key,
		.first_at = row->first_at,
		.last_at = row->last_at,
		.count = row->count,
	};

	store_put_baseline(keeper->store, &kept);
}

static void drop(void *ctx, struct slice kind, struct slice key)
{
	const struct baseline_keeper *keeper = ctx;

	store_drop_baseline(keeper->store, kind, key);
}

static void observation(void *ctx, const struct observation *observation)
{
	const struct baseline_keeper *keeper = ctx;

	keeper->hearer.tell(keeper->hearer.ctx, observation);
}

static bool is_news(void *ctx, const struct observation *observation)
{
	const struct baseline_keeper *keeper = ctx;

	return keeper->hearer.is_news(keeper->hearer.ctx, observation);
}

static struct baseline_sink sink_of(struct baseline_keeper *keeper)
{
	return (struct baseline_sink){ keep, drop, observation, keeper, is_news };
}

/* A row without a kind or a key was never kept, and dropping it would drop others. */
static bool restore(void *ctx, const struct store_baseline *kept)
{
	struct baseline_keeper *keeper = ctx;
	const struct baseline_row row = {
		.kind = kept->kind,
		.key = kept->key,
		.first_at = kept->first_at,
		.last_at = kept->last_at,
		.count = kept->count,
	};

	if (!baseline_restore(keeper->baseline, &row) && row.kind.len && row.key.len)
		store_drop_baseline(keeper->store, row.kind, row.key);
	return true;
}

int baseline_keeper_open(struct store *store, const struct baseline_options *options,
			 const struct baseline_hearer *hearer,
			 struct baseline_keeper **ret_keeper, struct err *err)
{
	struct baseline_keeper *keeper = memory_new(1, sizeof(*keeper));

	keeper->store = store;
	keeper->hearer = *hearer;
	keeper->baseline = baseline_new(options);
	if (store_each_baseline(store, restore, keeper, err) < 0) {
		baseline_keeper_free(keeper);
		return err_add(err, "cannot read what was learned of this host");
	}
	*ret_keeper = keeper;
	return 0;
}

void baseline_keeper_free(struct baseline_keeper *keeper)
{
	if (!keeper)
		return;
	baseline_free(keeper->baseline);
	free(keeper);
}

bool baseline_keeper_wants(const struct verdict *verdict)
{
	return verdict->verdict == VERDICT_AUTHORIZED;
}

void baseline_keeper_learn(struct baseline_keeper *keeper, const struct verdict *verdict)
{
	const struct baseline_sink sink = sink_of(keeper);

	FAULT_POINT("baseline-before-learning");
	baseline_learn(keeper->baseline, verdict, &sink);
	FAULT_POINT("baseline-after-learning");
}

bool baseline_keeper_forget(struct baseline_keeper *keeper, struct slice kind,
			    struct slice key)
{
	const struct baseline_sink sink = sink_of(keeper);

	return baseline_forget(keeper->baseline, kind, key, &sink);
}

const struct baseline *baseline_keeper_baseline(const struct baseline_keeper *keeper)
{
	return keeper->baseline;
}
