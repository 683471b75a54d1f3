/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/environment.h"

static const struct azure_environment environments[] = {
	{ "AzurePublicCloud", "https://management.azure.com" },
	{ "AzureUSGovernmentCloud", "https://management.usgovcloudapi.net" },
	{ "AzureChinaCloud", "https://management.chinacloudapi.cn" },
	{ "AzureGermanCloud", "https://management.microsoftazure.de" },
};

/* How the regions of the national clouds begin: "usgovvirginia", "chinaeast2". */
static const struct {
	struct slice prefix;
	const char *environment;
} regions[] = {
	{ { "usgov", 5 }, "AzureUSGovernmentCloud" },
	{ { "usdod", 5 }, "AzureUSGovernmentCloud" },
	{ { "china", 5 }, "AzureChinaCloud" },
};

static struct slice environment_of(struct slice region)
{
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct slice prefix = regions[i].prefix;

		if (slice_equal_ignoring_case(slice_first(region, prefix.len), prefix))
			return slice_text(regions[i].environment);
	}
	return slice_text(environments[0].name);
}

const struct azure_environment *azure_environment_find(struct slice name,
						       struct slice region)
{
	if (name.len == 0)
		name = environment_of(region);
	for (size_t i = 0; i < sizeof(environments) / sizeof(environments[0]); i++) {
		if (slice_equal_ignoring_case(name, slice_text(environments[i].name)))
			return &environments[i];
	}
	return NULL;
}
