/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/kind.h"

#include "agent/plane/kinds.h"

static const struct plane_kind *const kinds[] = {
	&plane_aws,
	&plane_azure,
	&plane_gcp,
};

const struct plane_kind *plane_kind_find(struct slice provider)
{
	if (provider.len == 0)
		return kinds[0];
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_equal_ignoring_case(provider, slice_text(kinds[i]->provider)))
			return kinds[i];
	}
	return NULL;
}

bool plane_query_is_of_newest(const struct plane_query *query)
{
	return query->is_witness || (query->classes == 0 && !query->is_watch);
}

uint32_t plane_kind_classes(const struct plane_kind *kind)
{
	uint32_t classes = 0;

	for (size_t i = 0; i < kind->query_count; i++)
		classes |= kind->queries[i].classes;
	return classes;
}

uint32_t plane_kind_classes_of(const struct plane_kind *kind, enum path path)
{
	for (size_t i = 0; i < kind->path_count; i++) {
		if (kind->paths[i].path == path)
			return kind->paths[i].classes;
	}
	return 0;
}

const struct plane_advice *plane_kind_advice(const struct plane_kind *kind,
					     enum reason reason)
{
	for (size_t i = 0; i < kind->advice_count; i++) {
		if (kind->advice[i].reason == reason)
			return &kind->advice[i];
	}
	return NULL;
}
