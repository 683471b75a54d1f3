/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/here.h"

#include "courier/dmi.h"

static const struct {
	const char *path;
	struct slice begins;
} signs[] = {
	{ "/sys/class/dmi/id/sys_vendor", { "Amazon EC2", 10 } },
	{ "/sys/class/dmi/id/board_vendor", { "Amazon EC2", 10 } },
	{ "/sys/class/dmi/id/board_asset_tag", { "i-", 2 } },
	{ "/sys/hypervisor/uuid", { "ec2", 3 } },
};

bool aws_is_here(const char *root)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (dmi_begins(root, signs[i].path, signs[i].begins))
			return true;
	}
	return false;
}
