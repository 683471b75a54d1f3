/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/handler_table.h"

#include <stddef.h>

/* Names besides its type that one family's resources commonly have: the defaults of the
 * portal, of the command line and of the platform itself. */
#define NAMES_MAX 4

/* Learn.microsoft.com, "Virtual machine extensions and features for Linux"; the agents'
 * own names for what the platform installs by itself. The first row of a family stands
 * for it. */
static const struct row {
	const char *handler; /* publisher and type */
	const char *names[NAMES_MAX];
	enum handler_class handler_class;
	bool is_same; /* of the family of the row before */
} rows[] = {
	{ "Microsoft.CPlat.Core.RunCommandLinux", { NULL }, HANDLER_RUN_COMMAND, false },
	{ "Microsoft.CPlat.Core.RunCommandHandlerLinux",
	  { NULL },
	  HANDLER_MANAGED_RUN_COMMAND,
	  false },
	{ "managedruncommand.service", { NULL }, HANDLER_MANAGED_RUN_COMMAND, true },
	{ "Microsoft.Azure.Extensions.CustomScript",
	  { "CustomScriptExtension", "CustomScriptForLinux" },
	  HANDLER_CODE,
	  false },
	{ "Microsoft.OSTCExtensions.CustomScriptForLinux", { NULL }, HANDLER_CODE, true },
	{ "Microsoft.OSTCExtensions.VMAccessForLinux",
	  { "VMAccess", "enablevmaccess", "VMAccessAgent" },
	  HANDLER_CODE,
	  false },
	{ "Microsoft.CPlat.Core.VMApplicationManagerLinux",
	  { NULL },
	  HANDLER_APPLICATIONS,
	  false },
	{ "Microsoft.OSTCExtensions.DSCForLinux", { NULL }, HANDLER_CODE, false },
	{ "Microsoft.Azure.ActiveDirectory.AADSSHLoginForLinux",
	  { "AADSSHLogin", "AADLoginForLinux" },
	  HANDLER_CODE,
	  false },
	{ "Microsoft.Azure.ActiveDirectory.LinuxSSH.AADLoginForLinux",
	  { NULL },
	  HANDLER_CODE,
	  true },
	{ "Microsoft.CPlat.Core.LinuxPatchExtension", { NULL }, HANDLER_PLATFORM, false },
	{ "Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.OSTCExtensions.OSPatchingForLinux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.EnterpriseCloud.Monitoring.OmsAgentForLinux",
	  { "OMSExtension", "MicrosoftMonitoringAgent" },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.Monitoring.DependencyAgent.DependencyAgentLinux",
	  { "DAExtension" },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.Diagnostics.LinuxDiagnostic",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.OSTCExtensions.LinuxDiagnostic", { NULL }, HANDLER_PLATFORM, true },
	{ "Microsoft.AKS.Compute.AKS.Linux.AKSNode", { NULL }, HANDLER_PLATFORM, false },
	{ "Microsoft.GuestConfiguration.ConfigurationForLinux",
	  { "AzurePolicyforLinux" },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.GuestConfiguration.ConfigurationforLinux.Edp",
	  { NULL },
	  HANDLER_PLATFORM,
	  true },
	{ "Microsoft.Azure.Security.Monitoring.AzureSecurityLinuxAgent",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.Security.LinuxAttestation.GuestAttestation",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.AzureDefenderForServers.MDE.Linux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.NetworkWatcher.NetworkWatcherAgentLinux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.RecoveryServices.VMSnapshotLinux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.RecoveryServices.SiteRecovery.Linux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.KeyVault.KeyVaultForLinux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.ManagedServices.ApplicationHealthLinux",
	  { "HealthExtension" },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.ChangeTrackingAndInventory.ChangeTracking-Linux",
	  { NULL },
	  HANDLER_PLATFORM,
	  false },
	{ "Microsoft.Azure.Geneva.GenevaMonitoring", { NULL }, HANDLER_PLATFORM, false },
};
#define ROW_COUNT ((int)(sizeof(rows) / sizeof(rows[0])))

/* The row that stands for the family: those that share it follow it. */
static int family_of(int row)
{
	while (rows[row].is_same)
		row--;
	return row;
}

static bool is_text(struct slice text, const char *name)
{
	return slice_equal_ignoring_case(text, slice_text(name));
}

int handler_family(struct slice handler)
{
	for (int row = 0; row < ROW_COUNT; row++)
		if (is_text(handler, rows[row].handler))
			return family_of(row);
	return HANDLER_UNLISTED;
}

/* A shorter word ("Linux") is no type of its own. */
#define TYPE_BYTES_MIN 8

/* Its type: "CustomScript". Types may hold dots ("MDE.Linux"), and so may publishers, so
 * each end after a dot is one. */
static bool is_type_of(struct slice resource, const char *handler)
{
	struct slice rest = slice_text(handler), part;

	while (slice_take_until(&rest, '.', &part) && rest.len >= TYPE_BYTES_MIN)
		if (slice_equal_ignoring_case(resource, rest))
			return true;
	return is_text(resource, handler);
}

int handler_family_named(struct slice resource)
{
	if (resource.len == 0)
		return HANDLER_UNLISTED;
	for (int row = 0; row < ROW_COUNT; row++) {
		if (is_type_of(resource, rows[row].handler))
			return family_of(row);
		for (int i = 0; i < NAMES_MAX && rows[row].names[i]; i++)
			if (is_text(resource, rows[row].names[i]))
				return family_of(row);
	}
	return HANDLER_UNLISTED;
}

enum handler_class handler_class(int family)
{
	return family == HANDLER_UNLISTED ? HANDLER_CODE : rows[family].handler_class;
}
