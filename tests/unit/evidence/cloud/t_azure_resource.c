/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/azure_resource.h"

#include "tests/support/check.h"

#define GROUP "/subscriptions/s-1/resourceGroups/g"
#define COMPUTE GROUP "/providers/Microsoft.Compute"

static void test_rows(void)
{
	static const struct {
		const char *id, *subscription, *provider, *leaf, *group, *machine;
		int port;
	} rows[] = {
		{ COMPUTE "/virtualMachines/vm", "s-1", "Microsoft.Compute", "vm", GROUP,
		  COMPUTE "/virtualMachines/vm", -1 },
		{ COMPUTE "/virtualMachines/vm/extensions/x", "s-1", "Microsoft.Compute",
		  "x", GROUP, COMPUTE "/virtualMachines/vm", -1 },
		{ COMPUTE
		  "/virtualMachines/vm/providers/Microsoft.SerialConsole/serialPorts/"
		  "1",
		  "s-1", "Microsoft.SerialConsole", "1", GROUP,
		  COMPUTE "/virtualMachines/vm", 1 },
		{ COMPUTE "/virtualMachineScaleSets/ss", "s-1", "Microsoft.Compute", "ss",
		  GROUP, COMPUTE "/virtualMachineScaleSets/ss", -1 },
		{ COMPUTE "/virtualMachineScaleSets/ss/virtualMachines/3/runCommands/r",
		  "s-1", "Microsoft.Compute", "r", GROUP,
		  COMPUTE "/virtualMachineScaleSets/ss/virtualMachines/3", -1 },
		{ "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/"
		  "VIRTUALMACHINES/VM",
		  "S", "MICROSOFT.COMPUTE", "VM", "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G",
		  "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/"
		  "VIRTUALMACHINES/VM",
		  -1 },
		/* Names that are those of types. */
		{ "/subscriptions/s/resourceGroups/virtualMachines/providers/"
		  "Microsoft.Web/"
		  "sites/virtualMachines",
		  "s", "Microsoft.Web", "virtualMachines",
		  "/subscriptions/s/resourceGroups/virtualMachines", "", -1 },
		{ COMPUTE "/virtualMachines/virtualMachines/extensions/virtualMachines",
		  "s-1", "Microsoft.Compute", "virtualMachines", GROUP,
		  COMPUTE "/virtualMachines/virtualMachines", -1 },
		/* Another provider's machines are none. */
		{ GROUP "/providers/Microsoft.DevTestLab/virtualMachines/vm", "s-1",
		  "Microsoft.DevTestLab", "vm", GROUP, "", -1 },
		{ GROUP "/providers/Microsoft.SerialConsole/serialPorts/0", "s-1",
		  "Microsoft.SerialConsole", "0", GROUP, "", 0 },
		{ GROUP "/providers/Microsoft.SerialConsole/serialPorts/32", "s-1",
		  "Microsoft.SerialConsole", "32", GROUP, "", -1 },
		{ GROUP, "s-1", "", "g", GROUP, "", -1 },
		{ "/subscriptions/s-1", "s-1", "", "s-1", "", "", -1 },
		{ "/providers/Microsoft.Management/managementGroups/m", "",
		  "Microsoft.Management", "m", "", "", -1 },
		{ "[removed]/resourceGroups/g/providers/Microsoft.Web/sites/w", "",
		  "Microsoft.Web", "w", "[removed]/resourceGroups/g", "", -1 },
		{ COMPUTE "/virtualMachines", "s-1", "Microsoft.Compute",
		  "virtualMachines", GROUP, "", -1 },
		{ COMPUTE "/virtualMachines/", "s-1", "Microsoft.Compute",
		  "virtualMachines", GROUP, "", -1 },
		{ "//subscriptions//s", "", "", "s", "", "", -1 },
		{ "subscriptions", "", "", "", "", "", -1 },
		{ "/", "", "", "", "", "", -1 },
		{ "", "", "", "", "", "", -1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct azure_resource resource;

		check_row(rows[i].id);
		azure_resource_read(slice_text(rows[i].id), &resource);
		CHECK_SLICE(resource.subscription, slice_text(rows[i].subscription));
		CHECK_SLICE(resource.provider, slice_text(rows[i].provider));
		CHECK_SLICE(resource.leaf, slice_text(rows[i].leaf));
		CHECK_SLICE(resource.group_id, slice_text(rows[i].group));
		CHECK_SLICE(resource.machine_id, slice_text(rows[i].machine));
		CHECK_INT(resource.serial_port, rows[i].port);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/azure_resource", tests);
}
