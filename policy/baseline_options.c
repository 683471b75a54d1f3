/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline_options.h"

struct baseline_options baseline_options_default(void)
{
	return (struct baseline_options){
		.learning = 14 * US_PER_DAY,
		.new_principal = true,
		.new_source_network = true,
		.new_path = true,
		.unusual_hour_after = 20,
		.ipv4_prefix = 24,
		.ipv6_prefix = 48,
	};
}
