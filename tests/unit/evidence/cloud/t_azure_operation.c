/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/azure_operation.h"

#include "tests/support/check.h"

static void test_operations(void)
{
	static const struct {
		const char *name, *operation;
		enum api_action action;
	} rows[] = {
		{ "as REST writes it",
		  "Microsoft.Compute/virtualMachines/runCommand/action",
		  API_AZURE_RUN_COMMAND },
		{ "as it is exported",
		  "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
		  API_AZURE_RUN_COMMAND },
		{ "blanks", " Microsoft.Compute/virtualMachines/runCommand/action ",
		  API_AZURE_RUN_COMMAND },
		{ "managed", "Microsoft.Compute/virtualMachines/runCommands/write",
		  API_AZURE_WRITE_RUN_COMMAND },
		{ "of a scale set's machine",
		  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/"
		  "action",
		  API_AZURE_RUN_COMMAND },
		{ "not of a cluster",
		  "Microsoft.ContainerService/managedClusters/runCommand/action",
		  API_OTHER },
		{ "taken away", "Microsoft.Compute/virtualMachines/runCommands/delete",
		  API_OTHER },
		{ "console", "Microsoft.SerialConsole/serialPorts/connect/action",
		  API_AZURE_SERIAL_CONNECT },
		{ "console, of old", "SerialConsole/consoleServices/connect/action",
		  API_AZURE_SERIAL_CONNECT },
		{ "console, in short", "serialports/connect/action",
		  API_AZURE_SERIAL_CONNECT },
		{ "console, by its alias", "serialconsoleconnect",
		  API_AZURE_SERIAL_CONNECT },
		{ "console switched",
		  "Microsoft.SerialConsole/consoleServices/enableConsole/"
		  "action",
		  API_AZURE_ENABLE_SERIAL_CONSOLE },
		{ "console switched off",
		  "Microsoft.SerialConsole/consoleServices/disableConsole/"
		  "action",
		  API_OTHER },
		{ "console read", "Microsoft.SerialConsole/consoleServices/read",
		  API_OTHER },
		{ "extension", "microsoft.compute/virtualmachines/extensions/write",
		  API_AZURE_WRITE_EXTENSION },
		{ "extension of a scale set",
		  "Microsoft.Compute/virtualMachineScaleSets/extensions/write",
		  API_AZURE_WRITE_EXTENSION },
		{ "bastion", "Microsoft.Network/bastionHosts/write",
		  API_AZURE_WRITE_BASTION },
		{ "settings deleted", "microsoft.insights/diagnosticSettings/delete",
		  API_AZURE_STOP_LOG },
		{ "settings written", "microsoft.insights/diagnosticSettings/write",
		  API_OTHER },
		{ "machine", "Microsoft.Compute/virtualMachines/write",
		  API_AZURE_WRITE_MACHINE },
		{ "scale out", "Microsoft.Compute/virtualMachineScaleSets/write",
		  API_AZURE_WRITE_SCALE_SET },
		{ "reimage",
		  "Microsoft.Compute/virtualMachineScaleSets/reimageAll/action",
		  API_AZURE_REIMAGE },
		{ "deallocate", "Microsoft.Compute/virtualMachines/deallocate/action",
		  API_AZURE_RESTART },
		{ "patches", "Microsoft.Compute/virtualMachines/installPatches/action",
		  API_AZURE_PATCH },
		{ "application",
		  "Microsoft.Compute/galleries/applications/versions/write",
		  API_AZURE_WRITE_APPLICATION },
		{ "deployment", "Microsoft.Resources/deployments/write",
		  API_AZURE_DEPLOY },
		{ "validation", "Microsoft.Resources/deployments/validate/action",
		  API_OTHER },
		{ "policy", "Microsoft.Authorization/policies/deployIfNotExists/action",
		  API_AZURE_POLICY },
		{ "policy that only looks",
		  "Microsoft.Authorization/policies/auditIfNotExists/action", API_OTHER },
		{ "bastion", "Microsoft.Network/BastionHost/connect",
		  API_AZURE_BASTION_CONNECT },
		{ "more behind it", "Microsoft.Compute/virtualMachines/write/action",
		  API_OTHER },
		{ "more before it", "x/Microsoft.Compute/virtualMachines/write",
		  API_OTHER },
		{ "nothing", "", API_OTHER },
		{ "the owner alone", "Microsoft.", API_OTHER },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(azure_operation_find(slice_text(rows[i].operation)),
			  rows[i].action);
	}
}

static void test_outcomes(void)
{
	static const struct {
		const char *status, *codes[2];
		enum api_outcome outcome;
	} rows[] = {
		{ "Started", { "", "" }, API_ADMITTED },
		{ "Start", { "", "Forbidden" }, API_ADMITTED },
		{ "Accepted", { "", "" }, API_ADMITTED },
		{ "Succeeded", { "", "" }, API_ADMITTED },
		{ "SUCCESS", { "", "" }, API_ADMITTED },
		{ "", { "", "" }, API_ADMITTED },
		{ "Failed", { "", "" }, API_FAILED },
		{ "failure", { "Conflict", "VMExtensionProvisioningError" }, API_FAILED },
		{ "Canceled", { "", "" }, API_FAILED },
		{ "Failed", { "AuthorizationFailed", "" }, API_DENIED },
		{ "Failed", { "", "Forbidden (HTTP Status Code: 403)" }, API_DENIED },
		{ "Failure", { "", "Failed.Forbidden" }, API_DENIED },
		{ "Failure", { "RequestDisallowedByPolicy", "Failed.OK" }, API_DENIED },
		{ "Failed", { "NotAuthorizationFailed", "Forbidden2" }, API_FAILED },
		{ "Unauthorized", { "", "" }, API_DENIED },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct slice codes[] = { slice_text(rows[i].codes[0]),
					       slice_text(rows[i].codes[1]) };

		check_row(rows[i].status);
		CHECK_INT(azure_outcome(slice_text(rows[i].status), codes, 2),
			  rows[i].outcome);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "operations", test_operations },
		{ "outcomes", test_outcomes },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/azure_operation", tests);
}
