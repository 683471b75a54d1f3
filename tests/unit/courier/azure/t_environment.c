/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/environment.h"

#include "tests/support/check.h"

static void test_environments(void)
{
	static const struct {
		const char *name, *region, *endpoint; /* NULL = not known */
	} rows[] = {
		{ "AzurePublicCloud", "westeurope", "https://management.azure.com" },
		{ "azurepubliccloud", "", "https://management.azure.com" },
		{ "AzureUSGovernmentCloud", "", "https://management.usgovcloudapi.net" },
		{ "AzureChinaCloud", "", "https://management.chinacloudapi.cn" },
		{ "AzureGermanCloud", "", "https://management.microsoftazure.de" },
		/* what is said counts, and not the region */
		{ "AzurePublicCloud", "chinaeast2", "https://management.azure.com" },
		{ "AzureStack", "westeurope", NULL },
		{ "attacker.example", "", NULL },
		{ "", "usgovvirginia", "https://management.usgovcloudapi.net" },
		{ "", "USDoDEast", "https://management.usgovcloudapi.net" },
		{ "", "chinaeast2", "https://management.chinacloudapi.cn" },
		{ "", "westeurope", "https://management.azure.com" },
		{ "", "us", "https://management.azure.com" },
		{ "", "", "https://management.azure.com" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct azure_environment *found = azure_environment_find(
			slice_text(rows[i].name), slice_text(rows[i].region));

		check_row(rows[i].name);
		CHECK_TEXT(found ? found->endpoint : NULL, rows[i].endpoint);
	}
}

/* Each endpoint is an origin that a request can be made to. */
static void test_endpoints(void)
{
	static const char *const names[] = { "AzurePublicCloud", "AzureUSGovernmentCloud",
					     "AzureChinaCloud", "AzureGermanCloud" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct azure_environment *found =
			azure_environment_find(slice_text(names[i]), SLICE(""));
		struct origin origin;
		struct err err;

		check_row(names[i]);
		if (!CHECK(found != NULL))
			continue;
		CHECK_OK(origin_read(found->endpoint, &origin, &err), &err);
		CHECK_TEXT(origin.url, found->endpoint);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "environments", test_environments },
		{ "endpoints", test_endpoints },
		{ NULL, NULL },
	};

	return check_run("courier/azure/environment", tests);
}
