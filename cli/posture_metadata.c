/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the cloud's metadata says of the doors: the cloud's side of some that the host's
 * files have the other side of.
 */
#include "cli/posture_view.h"

#include "cli/posture_text.h"

#define INSTANCE "instance/attributes/"
#define PROJECT "project/attributes/"

/* Whether the option is set, which is noted. */
static bool has(struct posture_view *view, const char *name, struct slice *ret_value)
{
	*ret_value = (struct slice){ NULL, 0 };
	if (!posture_options_find(view->options, name, ret_value))
		return false;
	if (ret_value->ptr)
		posture_say(view, "metadata", "%s = %.*s", name, SLICE_ARG(*ret_value));
	else
		posture_say(view, "metadata", "%s is set", name);
	return true;
}

static bool has_any(struct posture_view *view, const char *const *names)
{
	struct slice ignored;
	bool is_found = false;

	for (; *names; names++)
		is_found |= has(view, *names, &ignored);
	return is_found;
}

/* Google's agent takes what strconv.ParseBool() takes, and more: whatever is not plainly
 * a no may be a yes. */
static bool is_on(struct posture_view *view, const char *name)
{
	struct slice value;

	return has(view, name, &value) && value.len > 0 && !posture_text_is_no(value);
}

/* Of an option that an instance has and its project: the instance's counts. */
static bool is_on_here(struct posture_view *view, const char *of_instance,
		       const char *of_project)
{
	struct slice ignored;

	if (posture_options_find(view->options, of_instance, &ignored))
		return is_on(view, of_instance);
	return is_on(view, of_project);
}

/* ---- none ------------------------------------------------------------------------- */

static void look_at_unknown(struct posture_view *view)
{
	bool is_unknown = view->options->state == POSTURE_OPTIONS_UNKNOWN;

	if (is_unknown)
		view->row->state = POSTURE_UNKNOWN;
	view->row->note = is_unknown ? view->options->why : "this machine is of no cloud";
}

/* ---- AWS -------------------------------------------------------------------------- */

static void look_at_version_1(struct posture_view *view)
{
	struct slice value;

	view->row->note = "how far its answers go (the hop limit) cannot be seen from "
			  "inside";
	if (!has(view, "imdsv1", &value)) {
		view->row->state = POSTURE_UNKNOWN;
		return;
	}
	if (!slice_equal(value, SLICE("answered")))
		return;
	posture_open(view, true);
	posture_close_by(view, "aws ec2 modify-instance-metadata-options --instance-id "
			       "INSTANCE --http-tokens required "
			       "--http-put-response-hop-limit 1");
}

static void look_at_user_data(struct posture_view *view)
{
	struct slice ignored;

	if (!has(view, "user-data", &ignored))
		return;
	posture_open(view, true);
	view->row->note = "the instance has to be stopped for it to be taken away";
	posture_close_by(view, "aws ec2 modify-instance-attribute --instance-id INSTANCE "
			       "--user-data Value=");
}

/* ---- Azure ------------------------------------------------------------------------ */

/* Only how it was made: what was set since is the host's own files' to say. */
static void look_at_password(struct posture_view *view)
{
	static const char *const others[] = {
		"compute.publicKeys",
		"compute.userData",
		"compute.securityProfile.securityType",
		"compute.securityProfile.secureBootEnabled",
		"compute.securityProfile.virtualTpmEnabled",
		NULL,
	};
	struct slice value;

	view->row->note = "extensions are not in the metadata: 'az vm extension list' "
			  "shows them";
	if (!has(view, "compute.osProfile.disablePasswordAuthentication", &value)) {
		view->row->state = POSTURE_UNKNOWN;
		return;
	}
	(void)has_any(view, others);
	if (!posture_text_is_no(value))
		return;
	posture_open(view, true);
	posture_close_by(view, "passwd -l USER");
}

/* ---- Google Cloud ----------------------------------------------------------------- */

static void look_at_serial_port(struct posture_view *view)
{
	if (!is_on_here(view, INSTANCE "serial-port-enable",
			PROJECT "serial-port-enable"))
		return;
	posture_open(view, true);
	posture_close_by(view, "gcloud compute instances add-metadata INSTANCE "
			       "--metadata serial-port-enable=FALSE");
}

static bool has_os_login(struct posture_view *view)
{
	return is_on_here(view, INSTANCE "enable-oslogin", PROJECT "enable-oslogin");
}

static void look_at_os_login(struct posture_view *view)
{
	if (!has_os_login(view))
		return;
	posture_open(view, true);
	view->row->note = "without it the keys of metadata are let in";
	posture_close_by(view, "gcloud compute instances add-metadata INSTANCE "
			       "--metadata enable-oslogin=FALSE");
}

/* Where OS Login is on no key of metadata is taken. That the project has none now says
 * nothing about tomorrow. */
static void look_at_ssh_keys(struct posture_view *view)
{
	static const char *const of_instance[] = { INSTANCE "ssh-keys",
						   INSTANCE "sshKeys", NULL };
	static const char *const of_project[] = { PROJECT "ssh-keys", PROJECT "sshKeys",
						  NULL };
	struct slice value;
	bool has_own = has_any(view, of_instance);
	bool is_blocked = has(view, INSTANCE "block-project-ssh-keys", &value) &&
			  posture_text_is_yes(value);

	(void)has_any(view, of_project);
	if (has_os_login(view))
		return;
	posture_open(view, has_own || !is_blocked);
	if (!is_blocked)
		posture_close_by(view, "gcloud compute instances add-metadata INSTANCE "
				       "--metadata block-project-ssh-keys=TRUE");
	if (has_own)
		posture_close_by(view, "gcloud compute instances remove-metadata "
				       "INSTANCE --keys ssh-keys,sshKeys");
}

static void look_at_startup(struct posture_view *view)
{
	static const char *const of_instance[] = {
		INSTANCE "startup-script",  INSTANCE "startup-script-url",
		INSTANCE "shutdown-script", INSTANCE "shutdown-script-url",
		INSTANCE "user-data",	    NULL,
	};
	static const char *const of_project[] = {
		PROJECT "startup-script",
		PROJECT "startup-script-url",
		PROJECT "shutdown-script",
		PROJECT "shutdown-script-url",
		NULL,
	};
	static const char keys[] = "startup-script,startup-script-url,shutdown-script,"
				   "shutdown-script-url";

	if (has_any(view, of_instance)) {
		posture_open(view, true);
		posture_close_by(view,
				 "gcloud compute instances remove-metadata INSTANCE "
				 "--keys %s,user-data",
				 keys);
	}
	if (has_any(view, of_project)) {
		posture_open(view, true);
		posture_close_by(view,
				 "gcloud compute project-info remove-metadata --keys %s",
				 keys);
	}
}

/* ---- which ------------------------------------------------------------------------ */

static const struct {
	enum cloud cloud; /* CLOUD_UNKNOWN = where nothing is known */
	struct posture_check check;
} rows[] = {
	{ CLOUD_UNKNOWN,
	  { "metadata-options",
	    "options of the cloud's metadata",
	    { PATH_NONE },
	    POSTURE_DISABLE,
	    look_at_unknown } },
	{ CLOUD_AWS,
	  { "metadata-version-1",
	    "metadata, and the role's credentials in it, without a token (IMDSv1)",
	    { PATH_NONE },
	    POSTURE_DISABLE,
	    look_at_version_1 } },
	{ CLOUD_AWS,
	  { "metadata-user-data",
	    "user data, by metadata",
	    { PATH_AWS_USER_DATA },
	    POSTURE_DISABLE,
	    look_at_user_data } },
	{ CLOUD_AZURE,
	  { "metadata-password",
	    "a first user with a password, by metadata",
	    { PATH_AZURE_SERIAL_CONSOLE },
	    POSTURE_ACCOUNTS,
	    look_at_password } },
	{ CLOUD_GCP,
	  { "metadata-serial-port",
	    "the serial port, by metadata",
	    { PATH_GCP_SERIAL_CONSOLE },
	    POSTURE_DISABLE,
	    look_at_serial_port } },
	{ CLOUD_GCP,
	  { "metadata-os-login",
	    "OS Login, by metadata",
	    { PATH_GCP_OS_LOGIN },
	    POSTURE_DISABLE,
	    look_at_os_login } },
	{ CLOUD_GCP,
	  { "metadata-ssh-keys",
	    "keys of the project and of the instance, by metadata",
	    { PATH_GCP_METADATA_KEY },
	    POSTURE_ACCOUNTS,
	    look_at_ssh_keys } },
	{ CLOUD_GCP,
	  { "metadata-startup",
	    "scripts to start with, by metadata",
	    { PATH_GCP_STARTUP_SCRIPT },
	    POSTURE_DISABLE,
	    look_at_startup } },
};

const struct posture_check *posture_metadata_check(const struct posture_options *options,
						   size_t index)
{
	enum cloud cloud =
		options->state == POSTURE_OPTIONS_KNOWN ? options->cloud : CLOUD_UNKNOWN;

	if (options->state == POSTURE_OPTIONS_UNASKED)
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].cloud == cloud && index-- == 0)
			return &rows[i].check;
	}
	return NULL;
}
