/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/posture.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "cli/posture_view.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define DISABLE POSTURE_DISABLE
#define ACCOUNTS POSTURE_ACCOUNTS

#define SERIAL                                                      \
	{                                                           \
		PATH_AWS_SERIAL_CONSOLE, PATH_AZURE_SERIAL_CONSOLE, \
			PATH_GCP_SERIAL_CONSOLE                     \
	}

static const struct posture_check rows[] = {
	{ "ssm-agent",
	  "the SSM agent",
	  { PATH_AWS_SSM_SESSION, PATH_AWS_SSM_COMMAND, PATH_AWS_SSM_ASSOCIATION,
	    PATH_AWS_SSM_SSH },
	  DISABLE,
	  posture_ssm_agent },
	{ "instance-connect",
	  "keys of EC2 Instance Connect",
	  { PATH_AWS_EC2_INSTANCE_CONNECT },
	  DISABLE,
	  posture_instance_connect },
	{ "user-data",
	  "scripts of the user data, run by cloud-init",
	  { PATH_AWS_USER_DATA },
	  DISABLE,
	  posture_user_data },
	{ "azure-extensions",
	  "extensions and Run Command of Azure's agent",
	  { PATH_AZURE_VM_EXTENSION, PATH_AZURE_RUN_COMMAND },
	  DISABLE,
	  posture_azure_extensions },
	{ "azure-run-command",
	  "managed Run Command",
	  { PATH_AZURE_RUN_COMMAND },
	  DISABLE,
	  posture_azure_run_command },
	{ "azure-vmaccess",
	  "VMAccess, which sets passwords and keys",
	  { PATH_AZURE_VM_EXTENSION },
	  ACCOUNTS,
	  posture_azure_vmaccess },
	{ "azure-provisioning",
	  "users and keys that Azure sets at the first boot",
	  { PATH_NONE },
	  ACCOUNTS,
	  posture_azure_provisioning },
	{ "entra-login",
	  "SSH with an Entra ID login",
	  { PATH_AZURE_ENTRA_SSH },
	  DISABLE,
	  posture_entra_login },
	{ "metadata-keys",
	  "users and keys from Google Cloud's metadata",
	  { PATH_GCP_METADATA_KEY },
	  ACCOUNTS,
	  posture_metadata_keys },
	{ "os-login", "OS Login", { PATH_GCP_OS_LOGIN }, DISABLE, posture_os_login },
	{ "startup-scripts",
	  "startup scripts from Google Cloud's metadata",
	  { PATH_GCP_STARTUP_SCRIPT },
	  DISABLE,
	  posture_startup_scripts },
	{ "os-config",
	  "policies and patches of OS Config",
	  { PATH_GCP_OS_CONFIG },
	  DISABLE,
	  posture_os_config },
	{ "ssh-tunnels",
	  "tunnels of the cloud to sshd",
	  { PATH_AWS_EICE_TUNNEL, PATH_AZURE_BASTION, PATH_GCP_IAP_TUNNEL },
	  DISABLE,
	  posture_ssh_tunnels },
	{ "serial-console", "a login at the serial console", SERIAL, DISABLE,
	  posture_serial_console },
	{ "console-autologin", "a serial console that asks for no password", SERIAL,
	  DISABLE, posture_console_autologin },
	{ "console-passwords", "users with a password, as the serial console asks for",
	  SERIAL, ACCOUNTS, posture_console_passwords },
};

const char *posture_state_word(enum posture_state state)
{
	static const char *const words[] = {
		[POSTURE_CLOSED] = "closed",
		[POSTURE_UNKNOWN] = "unknown",
		[POSTURE_OPEN] = "open",
	};

	return words[state];
}

/* What the firmware says of who made the machine; nothing in an image. */
static enum cloud cloud_of(const struct posture_tree *tree)
{
	static const struct {
		struct slice vendor;
		enum cloud cloud;
	} vendors[] = {
		{ { "Amazon EC2", 10 }, CLOUD_AWS },
		{ { "Microsoft Corporation", 21 }, CLOUD_AZURE },
		{ { "Google", 6 }, CLOUD_GCP },
	};
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	bool is_found;
	struct err err;

	if (posture_tree_read(tree, "/sys/class/dmi/id/sys_vendor", &text, &is_found,
			      &err) < 0)
		return CLOUD_UNKNOWN;
	for (size_t i = 0; i < COUNT_OF(vendors); i++) {
		struct slice line = buf_slice(&text);

		slice_take_suffix(&line, SLICE("\n"));
		if (slice_equal(line, vendors[i].vendor))
			return vendors[i].cloud;
	}
	return CLOUD_UNKNOWN;
}

/* "aws-..." is of AWS; where the cloud is not known, a door may be of any. */
static bool is_of(enum path door, enum cloud cloud)
{
	return cloud == CLOUD_UNKNOWN || slice_starts_with(slice_text(path_word(door)),
							   slice_text(cloud_word(cloud)));
}

/* A row of several clouds is of this one's door alone; a row of another cloud stays: its
 * agent may be in the image. */
static void set_doors(struct posture_row *row, const enum path *doors, enum cloud cloud)
{
	size_t count = 0;

	for (size_t i = 0; i < POSTURE_DOORS && doors[i] != PATH_NONE; i++) {
		if (is_of(doors[i], cloud))
			row->doors[count++] = doors[i];
	}
	if (count == 0)
		memcpy(row->doors, doors, POSTURE_DOORS * sizeof(*doors));
}

static void look(const struct posture *posture, const struct posture_check *check,
		 enum cloud cloud, struct posture_row *row)
{
	struct arena arena;
	struct posture_view view = { posture->tree, cloud, &arena, row,
				     posture->options };

	arena_init(&arena);
	*row = (struct posture_row){
		.name = check->name,
		.what = check->what,
		.mitigation = check->mitigation,
		.note = "",
	};
	set_doors(row, check->doors, cloud);
	check->look(&view);
	posture->take(posture->ctx, row);
	arena_release(&arena);
}

void posture_look(const struct posture *posture)
{
	enum cloud cloud = cloud_of(posture->tree);
	AUTO_FREE struct posture_row *row = memory_new(1, sizeof(*row));
	const struct posture_check *check;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		look(posture, &rows[i], cloud, row);
	for (size_t i = 0; (check = posture_metadata_check(posture->options, i)); i++)
		look(posture, check, cloud, row);
}
