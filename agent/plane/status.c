/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `status` says of the control plane: each log class, and who this host is.
 */
#include "agent/plane/loss.h"
#include "agent/plane/private.h"

/* The index-th of the classes that are asked for; false past the last. */
static bool find_class(const struct plane_kind *kind, size_t index,
		       enum log_class *ret_class)
{
	uint32_t classes = plane_kind_classes(kind);

	for (int i = 0; i < LOG_CLASS_COUNT; i++) {
		if ((classes & LOG_CLASS_BIT(i)) && index-- == 0) {
			*ret_class = (enum log_class)i;
			return true;
		}
	}
	return false;
}

/* What the queries of a class have in common: whatever keeps one of them from being
 * answered, the canaries' first, for without them nothing is proven; else the last one
 * that was asked. */
static const struct plane_sight *class_sight(const struct control_plane *plane,
					     enum log_class log_class)
{
	const struct plane_sight *sights = plane->proof.sights;
	size_t chosen = plane->kind->query_count;

	for (size_t i = 0; i < plane->kind->query_count; i++) {
		uint32_t classes = plane->kind->queries[i].classes;

		if (plane->kind->queries[i].is_watch ||
		    (classes && !(classes & LOG_CLASS_BIT(log_class))))
			continue;
		if (sights[i].outcome != OUTCOME_OK)
			return &sights[i];
		if (classes && (chosen == plane->kind->query_count ||
				sights[i].asked_at > sights[chosen].asked_at))
			chosen = i;
	}
	return &sights[chosen];
}

/* Whether nothing being seen of it may mean that the log is off, or not to be read. */
static bool may_be_off(const struct plane_kind *kind, enum log_class log_class)
{
	uint32_t classes = kind->optional;

	for (size_t i = 0; i < kind->query_count; i++)
		classes |= kind->queries[i].is_witness ? kind->queries[i].classes : 0;
	return (classes & LOG_CLASS_BIT(log_class)) != 0;
}

static void tell_loss(const struct control_plane *plane, const struct plane_loss *loss,
		      struct query_state *state)
{
	const struct plane_advice *advice = plane_kind_advice(plane->kind, loss->reason);

	state->sight = "blind";
	state->reason = reason_word(loss->reason);
	state->what = advice ? advice->what : NULL;
	state->advice = advice ? advice->advice : NULL;
}

/* What the files show is what the correlator goes by. */
static bool state_of_files(const struct control_plane *plane, enum log_class log_class,
			   struct query_state *ret_state)
{
	const struct config *config = plane->options.config;
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	us_span blind_after = config_windows(config, own->provider)->blind_after;
	us_time until = pipeline_proven_until(plane->options.pipeline, log_class);

	if (!plane->kind->has_folder(config))
		return false;
	*ret_state = (struct query_state){
		.query = log_class_word(log_class),
		.account = own->account,
		.region = own->region,
		.sight = until == US_TIME_NONE ? "never" : "seeing",
		.proven_until = until,
		.asked_at = US_TIME_NONE,
		.next_at = US_TIME_NONE,
		.reason = "",
		.detail = "",
	};
	if (until != US_TIME_NONE && until < clock_real() - blind_after) {
		ret_state->sight = "blind";
		ret_state->reason = reason_word(REASON_NO_PROGRESS);
		ret_state->what = "the files in api_log_dir show nothing new";
		ret_state->advice = "see whether they are still synced";
	}
	return true;
}

bool control_plane_state(const struct control_plane *plane, size_t index,
			 struct query_state *ret_state)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	const struct plane_sight *sight;
	const struct plane_loss *loss;
	enum log_class log_class;
	us_time from;

	if (!plane->kind || !find_class(plane->kind, index, &log_class))
		return false;
	if (!plane_is_asked(plane))
		return state_of_files(plane, log_class, ret_state);
	sight = class_sight(plane, log_class);
	loss = plane_loss_of(sight->outcome);
	*ret_state = (struct query_state){
		.query = log_class_word(log_class),
		.account = own->account,
		.region = own->region,
		.sight = "seeing",
		.asked_at = sight->asked_at,
		.next_at = plane->is_known ? clock_real() + plane->next_at -
						     clock_now(plane->options.clock)
					   : US_TIME_NONE,
		.reason = "",
		.detail = sight->detail,
	};
	if (!plane_proof_proven(&plane->proof, log_class, &from,
				&ret_state->proven_until)) {
		ret_state->proven_until = US_TIME_NONE;
		ret_state->sight = "never";
		if (may_be_off(plane->kind, log_class) && sight->asked_at != US_TIME_NONE)
			ret_state->reason = reason_word(REASON_LOG_CLASS_DISABLED);
	}
	if (loss)
		tell_loss(plane, loss, ret_state);
	return true;
}

struct identity_state control_plane_identity(const struct control_plane *plane)
{
	struct identity_state state = { "unknown", "", plane->identity_problem };

	if (plane->is_known)
		state.state = "known";
	else if (plane->is_of_no_cloud)
		state.state = "none";
	if (plane->is_known)
		state.origin = plane->is_of_config ? "config" : "metadata";
	return state;
}
