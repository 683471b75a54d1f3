/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that have the host run something: at its next start, by starting it, by policy.
 */
#include <stdio.h>

#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/concern.h"
#include "correlator/script_run.h"

#define CALLS_KEY_BYTES 32

/* Whether the call is for the whole of this host's project. */
static bool is_for_project(const struct correlator *correlator, struct slice named)
{
	return slice_take_prefix(&named, SLICE("projects/")) && named.len &&
	       slice_equal_ignoring_case(named, correlator->identity.account);
}

int call_is_for_us_or_project(const struct correlator *correlator,
			      const struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	int for_us = call_is_for_us(correlator, call);

	for (uint32_t i = 0; for_us != 1 && i < api->instance_count; i++)
		if (is_for_project(correlator, api->instances[i]))
			for_us = 1;
	return for_us;
}

static enum script_use use_of(const struct api_call *api)
{
	if (api_call_sets_script(api))
		return SCRIPT_USE_SET;
	switch (api->action) {
	case API_RUN_INSTANCES:
	case API_GCP_START_INSTANCE:
	case API_REBOOT_INSTANCES:
	case API_GCP_RESET_INSTANCE:
		return SCRIPT_USE_START;
	case API_GCP_OS_CONFIG:
		return SCRIPT_USE_CONFIG;
	default:
		return SCRIPT_USE_NONE;
	}
}

static struct slice calls_key(enum cloud cloud, enum script_use use, bool is_refused,
			      char text[CALLS_KEY_BYTES])
{
	int len = snprintf(text, CALLS_KEY_BYTES, "%s %d %d", cloud_word(cloud), (int)use,
			   is_refused);

	return slice_of(text, (size_t)len);
}

const struct key_node *script_calls(const struct correlator *correlator, enum cloud cloud,
				    enum script_use use, bool is_refused)
{
	char text[CALLS_KEY_BYTES];

	return index_find(&correlator->index, KEY_SCRIPT,
			  calls_key(cloud, use, is_refused, text));
}

/* The latest one counts: a new one concerns the runs before the next, and no later ones
 * than it can explain. */
static void concern_runs(struct correlator *correlator, const struct key_node *node,
			 const struct call *call, enum script_use use)
{
	us_span skew = correlator->options.skew_us + CALL_TIME_CUT_US;
	us_time time = call->event.happened_at;
	size_t next = call_list_position(&node->calls, call) + 1;
	us_time until = use == SCRIPT_USE_START	   ? time + BOOT_REACH_US + skew
			: use == SCRIPT_USE_CONFIG ? time + SCRIPT_ABSENCE_US + skew
						   : INT64_MAX;

	if (next < node->calls.count &&
	    node->calls.items[next]->event.happened_at < until)
		until = node->calls.items[next]->event.happened_at;
	concern_between(correlator, LOGIN_SCRIPT,
			time - skew - correlator->uncertainty_max_us, until);
}

void calls_take_script(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	enum script_use use = use_of(api);
	bool is_refused = api->outcome == API_DENIED;
	char text[CALLS_KEY_BYTES];
	struct key_node *node;

	if (use == SCRIPT_USE_NONE || api->outcome == API_FAILED ||
	    call_is_for_us_or_project(correlator, call) != 1)
		return;
	node = index_get(&correlator->index, KEY_SCRIPT,
			 calls_key(api_action_cloud(api->action), use, is_refused, text));
	call_list_add(&node->calls, call);
	concern_runs(correlator, node, call, use);
}

static void clear(struct correlator *correlator, enum cloud cloud)
{
	for (int use = SCRIPT_USE_NONE; use < SCRIPT_USE_COUNT; use++)
		for (int is_refused = 0; is_refused < 2; is_refused++) {
			char text[CALLS_KEY_BYTES];
			struct key_node *node = index_find(
				&correlator->index, KEY_SCRIPT,
				calls_key(cloud, (enum script_use)use, is_refused, text));

			if (node)
				node->calls.count = 0;
		}
}

void calls_identify_script(struct correlator *correlator)
{
	clear(correlator, CLOUD_AWS);
	clear(correlator, CLOUD_GCP);
	for (size_t i = 0; i < correlator->calls.count; i++)
		calls_take_script(correlator, correlator->calls.items[i]);
}

void scripts_pin_calls(struct correlator *correlator)
{
	static const enum cloud clouds[] = { CLOUD_AWS, CLOUD_GCP };

	for (size_t i = 0; i < sizeof(clouds) / sizeof(clouds[0]); i++) {
		const struct key_node *node =
			script_calls(correlator, clouds[i], SCRIPT_USE_SET, false);

		if (node && node->calls.count)
			node->calls.items[node->calls.count - 1]->dropped = false;
	}
}
