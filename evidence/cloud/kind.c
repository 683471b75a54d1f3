/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/kind.h"

/* The first whose key is there: Azure's records have an "eventName", too. A log of
 * another cloud is a row here. */
static const struct record_kind *const kinds[] = {
	&kind_gcp_audit,
	&kind_azure_activity,
	&kind_cloudtrail,
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const struct record_kind *kind_of_fields(const struct fields *fields)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (fields->seen & kinds[i]->marks)
			return kinds[i];
	}
	return NULL;
}

static bool has_mark(const json_t *record, uint32_t marks)
{
	for (unsigned field = 0; marks >> field; field++) {
		if (marks >> field & 1 &&
		    json_object_get(record, field_name((enum field)field)))
			return true;
	}
	return false;
}

const struct record_kind *kind_of_json(const json_t *record)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (has_mark(record, kinds[i]->marks))
			return kinds[i];
	}
	return NULL;
}
