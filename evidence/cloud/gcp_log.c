/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/gcp_log.h"

#include "evidence/cloud/text.h"

/* Changes of one policy that are looked at. */
#define DELTAS_MAX 256

/* {"request":{"sinkName":"...","sink":{"disabled":true,"exclusions":[...]},
 * "updateMask":"disabled"}}. Whether another filter takes more or less cannot be told: it
 * counts as less. */
static bool sink_thins(const json_t *payload)
{
	const json_t *sink = json_at(payload, "request.sink");
	struct slice mask = text_at(payload, "request.updateMask");

	return json_is_true(json_object_get(sink, "disabled")) ||
	       json_array_size(json_object_get(sink, "exclusions")) > 0 ||
	       slice_find_ignoring_case(mask, SLICE("filter")) >= 0;
}

/* {"request":{"exclusion":{"name":"...","filter":"...","disabled":true}}} */
static bool exclusion_thins(const json_t *payload)
{
	return !json_is_true(json_at(payload, "request.exclusion.disabled"));
}

/* {"action":"REMOVE","service":"allServices","logType":"DATA_READ"}; that somebody is
 * excepted ("exemptedMember") is added. */
static bool delta_thins(const json_t *delta)
{
	struct slice action = text_member(delta, "action");
	bool is_exception = text_member(delta, "exemptedMember").len > 0;

	return slice_equal_ignoring_case(action,
					 is_exception ? SLICE("ADD") : SLICE("REMOVE"));
}

/* {"serviceData":{"policyDelta":{"auditConfigDeltas":[...]}}} */
static bool policy_thins(const json_t *payload)
{
	const json_t *deltas =
		json_at(payload, "serviceData.policyDelta.auditConfigDeltas");

	for (size_t i = 0; i < json_array_size(deltas) && i < DELTAS_MAX; i++) {
		if (delta_thins(json_array_get(deltas, i)))
			return true;
	}
	return false;
}

/* By the method's last part; those that are not here delete what they name. */
static const struct {
	const char *name;
	bool (*thins)(const json_t *payload);
} partial[] = {
	{ "UpdateSink", sink_thins },
	{ "CreateExclusion", exclusion_thins },
	{ "UpdateExclusion", exclusion_thins },
	{ "SetIamPolicy", policy_thins },
};

void gcp_log_read(const json_t *payload, struct api_call *call)
{
	struct slice name = slice_trim(call->name);
	struct slice method = slice_skip(name, (size_t)(slice_find_last(name, '.') + 1));

	call->resource = text_at(payload, "resourceName");
	for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++) {
		if (slice_equal_ignoring_case(method, slice_text(partial[i].name)) &&
		    !partial[i].thins(payload))
			call->action = API_OTHER;
	}
}
