/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/here.h"

#include "courier/dmi.h"

static const struct {
	const char *path;
	struct slice begins;
} signs[] = {
	{ "/sys/class/dmi/id/product_name", { "Google Compute Engine", 21 } },
	{ "/sys/class/dmi/id/bios_vendor", { "Google", 6 } },
};

bool gcp_is_here(const char *root)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (dmi_begins(root, signs[i].path, signs[i].begins))
			return true;
	}
	return false;
}
