/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/loss.h"

static const struct plane_loss losses[] = {
	{ OUTCOME_NO_CLOUD, REASON_NO_API_LOG, true },
	{ OUTCOME_NO_CREDENTIALS, REASON_NO_CREDENTIALS, true },
	{ OUTCOME_DENIED, REASON_API_DENIED, true },
	{ OUTCOME_THROTTLED, REASON_THROTTLED, false },
	{ OUTCOME_UNREACHABLE, REASON_API_UNREACHABLE, false },
	{ OUTCOME_BAD_ANSWER, REASON_API_UNREACHABLE, false },
	{ OUTCOME_BAD_REQUEST, REASON_API_UNREACHABLE, false },
};

#define LOST_VALUE "sight-lost"

const struct plane_loss *plane_loss_of(enum message_outcome outcome)
{
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		if (losses[i].outcome == outcome)
			return &losses[i];
	}
	return NULL;
}

static bool is_lost(struct store *store)
{
	AUTO_BUF struct buf value = BUF_LIMIT(8);

	return store_get_value(store, LOST_VALUE, &value);
}

void plane_loss_say(const struct control_plane_options *options,
		    const struct plane_kind *kind, bool lost, enum reason reason)
{
	struct event event = {
		.kind = EVENT_SIGHT,
		.happened_at = clock_real(),
		.sight = { .every_class = true, .lost = lost, .reason = reason },
	};

	if (kind && !kind->is_regional)
		event.sight.account = pipeline_identity(options->pipeline)->account;
	if ((kind && kind->has_folder(options->config)) ||
	    is_lost(options->store) == lost)
		return;
	store_put_value(options->store, LOST_VALUE,
			lost ? SLICE("1") : (struct slice){ NULL, 0 });
	pipeline_feed(options->pipeline, &event);
	options->fed(options->ctx);
}
