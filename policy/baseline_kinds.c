/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of what a baseline learns, and the words of what it counts: once, here.
 */
#include "base/limits.h"
#include "policy/baseline_state.h"

const struct baseline_kind_facts baseline_kinds[BASELINE_KIND_COUNT] = {
	[BASELINE_PRINCIPAL] = { "principal", OBSERVATION_NEW_PRINCIPAL,
				 LIMIT_BASELINE_PRINCIPALS },
	[BASELINE_SOURCE_NETWORK] = { "source-network", OBSERVATION_NEW_SOURCE_NETWORK,
				      LIMIT_BASELINE_NETWORKS },
	[BASELINE_PATH] = { "path", OBSERVATION_NEW_PATH, LIMIT_BASELINE_PATHS },
	[BASELINE_HOUR] = { "hour", OBSERVATION_UNUSUAL_HOUR, LIMIT_BASELINE_HOURS },
};

const char *const baseline_rate_words[BASELINE_RATE_COUNT] = {
	[BASELINE_PER_PRINCIPAL] = "principal",
	[BASELINE_PER_SOURCE] = "source",
	[BASELINE_PER_OS_USER] = "os-user",
};

bool baseline_is_told(const struct baseline_options *options, enum baseline_kind kind)
{
	const bool is_told[BASELINE_KIND_COUNT] = {
		[BASELINE_PRINCIPAL] = options->new_principal,
		[BASELINE_SOURCE_NETWORK] = options->new_source_network,
		[BASELINE_PATH] = options->new_path,
		[BASELINE_HOUR] = options->unusual_hour,
	};

	return is_told[kind];
}
