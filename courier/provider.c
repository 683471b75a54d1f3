/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/provider.h"

#include "courier/aws/provider.h"
#include "courier/azure/provider.h"
#include "courier/gcp/provider.h"

/* In the order in which DMI is asked. */
static const struct provider_ops *const providers[] = {
	&provider_aws,
	&provider_azure,
	&provider_gcp,
	NULL,
};

const struct provider_ops *provider_find(const char *name)
{
	for (size_t i = 0; providers[i]; i++) {
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

const struct provider_ops *provider_here(void)
{
	for (size_t i = 0; providers[i]; i++) {
		if (providers[i]->is_here())
			return providers[i];
	}
	return NULL;
}
