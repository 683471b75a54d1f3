/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/trail.h"

#include "evidence/cloud/text.h"

/* More selectors, and more fields of one, CloudTrail does not take. */
#define SELECTORS_MAX 500

static bool is_text(const json_t *value, const char *text)
{
	return slice_equal_ignoring_case(json_slice(value), slice_text(text));
}

/* false, or "false" where a pipeline retyped it. */
static bool is_false(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_false(value) || is_text(value, "false");
}

/* ---- UpdateTrail ---------------------------------------------------------------------
 */

/* {"name":"main","isMultiRegionTrail":false}: what is not said stays as it is. */
static bool update_thins(const json_t *request)
{
	return is_false(request, "isMultiRegionTrail") ||
	       is_false(request, "includeGlobalServiceEvents") ||
	       is_false(request, "isOrganizationTrail");
}

/* ---- PutEventSelectors ---------------------------------------------------------------
 */

/* {"readWriteType":"All","includeManagementEvents":true,...}; both are the defaults. The
 * calls that open a door write. */
static bool selector_keeps(const json_t *selector)
{
	return json_is_object(selector) &&
	       !is_false(selector, "includeManagementEvents") &&
	       !is_text(json_object_get(selector, "readWriteType"), "ReadOnly");
}

/* {"field":"eventCategory","equals":["Management"]} */
static bool field_equals(const json_t *field, const char *name, const char *value)
{
	const json_t *values = json_object_get(field, "equals");

	if (!is_text(json_object_get(field, "field"), name))
		return false;
	for (size_t i = 0; i < json_array_size(values) && i < SELECTORS_MAX; i++) {
		if (is_text(json_array_get(values, i), value))
			return true;
	}
	return false;
}

/* {"name":"...","fieldSelectors":[{"field":"eventCategory","equals":["Management"]},
 * {"field":"readOnly","equals":["true"]}]} */
static bool advanced_selector_keeps(const json_t *selector)
{
	const json_t *fields = json_object_get(selector, "fieldSelectors");
	bool is_of_management = false, is_of_reading = false;

	for (size_t i = 0; i < json_array_size(fields) && i < SELECTORS_MAX; i++) {
		const json_t *field = json_array_get(fields, i);

		is_of_management |= field_equals(field, "eventCategory", "Management");
		is_of_reading |= field_equals(field, "readOnly", "true");
	}
	return is_of_management && !is_of_reading;
}

/* Whether there is such a list, and none of it has the trail log the calls that matter.
 */
static bool none_keeps(const json_t *list, bool (*keeps)(const json_t *selector))
{
	for (size_t i = 0; i < json_array_size(list) && i < SELECTORS_MAX; i++) {
		if (keeps(json_array_get(list, i)))
			return false;
	}
	return json_is_array(list);
}

static bool selectors_thin(const json_t *request)
{
	return none_keeps(json_object_get(request, "eventSelectors"), selector_keeps) ||
	       none_keeps(json_object_get(request, "advancedEventSelectors"),
			  advanced_selector_keeps);
}

/* ---- the call ------------------------------------------------------------------------
 */

/* Calls that are not here stop what they name. */
static const struct {
	const char *name;
	bool (*thins)(const json_t *request);
} partial[] = {
	{ "UpdateTrail", update_thins },
	{ "PutEventSelectors", selectors_thin },
};

void trail_read(const json_t *record, struct api_call *call)
{
	const json_t *request = json_at(record, "requestParameters");

	call->resource = text_either(text_member(request, "name"),
				     text_either(text_member(request, "trailName"),
						 text_member(request, "eventDataStore")));
	for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++) {
		if (slice_equal_ignoring_case(call->name, slice_text(partial[i].name)) &&
		    !partial[i].thins(request))
			call->action = API_OTHER;
	}
}
