/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/azure_operation.h"

#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Machines, and those of scale sets: "Compute/" and the rest of the operation. */
#define MACHINE(rest) TEXT("Compute/virtualMachines/" rest)
#define SCALE_SET(rest) TEXT("Compute/virtualMachineScaleSets/" rest)
#define SCALE_SET_MACHINE(rest) \
	TEXT("Compute/virtualMachineScaleSets/virtualMachines/" rest)

/* To follow another operation: a row here. Without "Microsoft.". */
static const struct {
	struct slice name;
	enum api_action action;
} operations[] = {
	{ TEXT("SerialConsole/serialPorts/connect/action"), API_AZURE_SERIAL_CONNECT },
	{ TEXT("SerialConsole/consoleServices/connect/action"),
	  API_AZURE_SERIAL_CONNECT },
	{ TEXT("SerialConsole/consoleServices/consoles/connect/action"),
	  API_AZURE_SERIAL_CONNECT },
	{ TEXT("serialPorts/connect/action"), API_AZURE_SERIAL_CONNECT },
	{ TEXT("SerialConsoleConnect"), API_AZURE_SERIAL_CONNECT },
	{ TEXT("SerialConsole/serialPorts/write"), API_AZURE_ENABLE_SERIAL_CONSOLE },
	{ TEXT("SerialConsole/consoleServices/write"), API_AZURE_ENABLE_SERIAL_CONSOLE },
	{ TEXT("SerialConsole/consoleServices/enableConsole/action"),
	  API_AZURE_ENABLE_SERIAL_CONSOLE },

	{ MACHINE("retrieveBootDiagnosticsData/action"), API_AZURE_BOOT_DIAGNOSTICS },
	{ SCALE_SET_MACHINE("retrieveBootDiagnosticsData/action"),
	  API_AZURE_BOOT_DIAGNOSTICS },

	{ MACHINE("runCommand/action"), API_AZURE_RUN_COMMAND },
	{ SCALE_SET_MACHINE("runCommand/action"), API_AZURE_RUN_COMMAND },
	{ MACHINE("runCommands/write"), API_AZURE_WRITE_RUN_COMMAND },
	{ SCALE_SET_MACHINE("runCommands/write"), API_AZURE_WRITE_RUN_COMMAND },

	{ MACHINE("extensions/write"), API_AZURE_WRITE_EXTENSION },
	{ SCALE_SET("extensions/write"), API_AZURE_WRITE_EXTENSION },
	{ SCALE_SET_MACHINE("extensions/write"), API_AZURE_WRITE_EXTENSION },

	{ MACHINE("write"), API_AZURE_WRITE_MACHINE },
	{ SCALE_SET("write"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET_MACHINE("write"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET("scale/action"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET("manualUpgrade/action"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET("rollingUpgrades/action"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET("osRollingUpgrade/action"), API_AZURE_WRITE_SCALE_SET },
	{ SCALE_SET("extensionRollingUpgrade/action"), API_AZURE_WRITE_SCALE_SET },

	{ MACHINE("reimage/action"), API_AZURE_REIMAGE },
	{ SCALE_SET("reimage/action"), API_AZURE_REIMAGE },
	{ SCALE_SET("reimageAll/action"), API_AZURE_REIMAGE },
	{ SCALE_SET_MACHINE("reimage/action"), API_AZURE_REIMAGE },
	{ SCALE_SET_MACHINE("reimageAll/action"), API_AZURE_REIMAGE },

	{ MACHINE("start/action"), API_AZURE_RESTART },
	{ MACHINE("restart/action"), API_AZURE_RESTART },
	{ MACHINE("powerOff/action"), API_AZURE_RESTART },
	{ MACHINE("deallocate/action"), API_AZURE_RESTART },
	{ MACHINE("redeploy/action"), API_AZURE_RESTART },
	{ MACHINE("reapply/action"), API_AZURE_RESTART },
	{ SCALE_SET("start/action"), API_AZURE_RESTART },
	{ SCALE_SET("restart/action"), API_AZURE_RESTART },
	{ SCALE_SET("powerOff/action"), API_AZURE_RESTART },
	{ SCALE_SET("deallocate/action"), API_AZURE_RESTART },
	{ SCALE_SET("redeploy/action"), API_AZURE_RESTART },
	{ SCALE_SET("reapply/action"), API_AZURE_RESTART },
	{ SCALE_SET_MACHINE("start/action"), API_AZURE_RESTART },
	{ SCALE_SET_MACHINE("restart/action"), API_AZURE_RESTART },
	{ SCALE_SET_MACHINE("powerOff/action"), API_AZURE_RESTART },
	{ SCALE_SET_MACHINE("deallocate/action"), API_AZURE_RESTART },
	{ SCALE_SET_MACHINE("redeploy/action"), API_AZURE_RESTART },

	{ MACHINE("assessPatches/action"), API_AZURE_PATCH },
	{ MACHINE("installPatches/action"), API_AZURE_PATCH },
	{ TEXT("Maintenance/applyUpdates/write"), API_AZURE_PATCH },
	{ TEXT("Maintenance/configurationAssignments/write"), API_AZURE_PATCH },

	{ TEXT("Compute/galleries/applications/write"), API_AZURE_WRITE_APPLICATION },
	{ TEXT("Compute/galleries/applications/versions/write"),
	  API_AZURE_WRITE_APPLICATION },

	{ TEXT("Resources/deployments/write"), API_AZURE_DEPLOY },
	{ TEXT("Resources/deploymentStacks/write"), API_AZURE_DEPLOY },

	{ TEXT("Authorization/policies/deployIfNotExists/action"), API_AZURE_POLICY },
	{ TEXT("Authorization/policies/modify/action"), API_AZURE_POLICY },
	{ TEXT("PolicyInsights/remediations/write"), API_AZURE_POLICY },

	{ TEXT("Network/BastionHost/connect"), API_AZURE_BASTION_CONNECT },
	{ TEXT("Network/bastionHosts/connect"), API_AZURE_BASTION_CONNECT },
	{ TEXT("Network/bastionHosts/connect/action"), API_AZURE_BASTION_CONNECT },
	{ TEXT("Network/bastionHosts/write"), API_AZURE_WRITE_BASTION },
	{ TEXT("Network/bastionHosts/createShareableLinks/action"),
	  API_AZURE_WRITE_BASTION },

	{ TEXT("Insights/diagnosticSettings/delete"), API_AZURE_STOP_LOG },
	{ TEXT("Insights/logProfiles/delete"), API_AZURE_STOP_LOG },
};

enum api_action azure_operation_find(struct slice operation)
{
	const struct slice owner = SLICE("Microsoft.");

	operation = slice_trim(operation);
	if (slice_equal_ignoring_case(slice_first(operation, owner.len), owner))
		operation = slice_skip(operation, owner.len);
	for (size_t i = 0; i < COUNT_OF(operations); i++) {
		if (slice_equal_ignoring_case(operation, operations[i].name))
			return operations[i].action;
	}
	return API_OTHER;
}

/* Of several words that an answer to one call goes through, those that refuse it or say
 * that it came to nothing; all others admit it. */
static const struct slice failures[] = {
	TEXT("Failed"),	  TEXT("Failure"),   TEXT("Fail"),	   TEXT("Rejected"),
	TEXT("Canceled"), TEXT("Cancelled"), TEXT("Unauthorized"), TEXT("Denied"),
};

/* Codes of Azure Resource Manager's answers, and HTTP's for them. */
static const struct slice refusals[] = {
	TEXT("Forbidden"),
	TEXT("403"),
	TEXT("Unauthorized"),
	TEXT("401"),
	TEXT("Denied"),
	TEXT("AuthorizationFailed"),
	TEXT("LinkedAuthorizationFailed"),
	TEXT("LinkedAccessCheckFailed"),
	TEXT("AuthenticationFailed"),
	TEXT("DenyAssignmentAuthorizationFailed"),
	TEXT("RequestDisallowedByPolicy"),
	TEXT("RequestDisallowedByAzure"),
	TEXT("InvalidAuthenticationToken"),
	TEXT("InvalidAuthenticationTokenTenant"),
	TEXT("ExpiredAuthenticationToken"),
};

static bool is_one_of(struct slice word, const struct slice *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal_ignoring_case(word, words[i]))
			return true;
	}
	return false;
}

/* "Forbidden", also behind a status: "Failed.Forbidden", and before a text that HTTP
 * servers add: "Forbidden (HTTP Status Code: 403)". */
static bool is_refusal(struct slice code)
{
	struct slice first;

	if (slice_take_until(&code, ' ', &first))
		code = first;
	code = slice_skip(code, (size_t)(slice_find_last(code, '.') + 1));
	return is_one_of(code, refusals, COUNT_OF(refusals));
}

enum api_outcome azure_outcome(struct slice status, const struct slice *codes,
			       size_t code_count)
{
	if (!is_one_of(slice_trim(status), failures, COUNT_OF(failures)))
		return API_ADMITTED;
	if (is_refusal(status))
		return API_DENIED;
	for (size_t i = 0; i < code_count; i++) {
		if (is_refusal(codes[i]))
			return API_DENIED;
	}
	return API_FAILED;
}
