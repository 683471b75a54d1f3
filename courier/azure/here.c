/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/here.h"

#include "courier/dmi.h"

bool azure_is_here(const char *root)
{
	return dmi_begins(root, "/sys/class/dmi/id/chassis_asset_tag",
			  SLICE("7783-7084-3265-9085-8269-3286-77"));
}
