/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Cloud's agents: keys and scripts from metadata, policies and patches.
 */
#include "cli/posture_view.h"

#include "base/limits.h"
#include "cli/posture_text.h"

#define CONFIG "/etc/default/instance_configs.cfg"

static const char *const guest_agents[] = { "google-guest-agent.service",
					    "google-guest-agent-manager.service", NULL };

/* Later files of the agent's configuration win. */
static bool is_switched_off(struct posture_view *view, const struct posture_key *key)
{
	static const char *const files[] = { CONFIG ".distro", CONFIG ".template",
					     CONFIG };
	bool is_off = false;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
		struct slice value;

		if (!posture_read(view, files[i], &text) ||
		    !posture_text_setting(buf_slice(&text), key, &value))
			continue;
		is_off = posture_text_is_no(value);
		posture_say(view, files[i], "[%.*s] %.*s = %.*s", SLICE_ARG(key->section),
			    SLICE_ARG(key->key), SLICE_ARG(slice_first(value, 64)));
	}
	return is_off;
}

void posture_metadata_keys(struct posture_view *view)
{
	static const struct posture_key key = {
		{ "Daemons", sizeof("Daemons") - 1 },
		{ "accounts_daemon", sizeof("accounts_daemon") - 1 },
	};
	const char *unit = posture_first_unit(view, guest_agents);

	if (!unit || is_switched_off(view, &key))
		return;
	posture_open(view, true);
	posture_close_by(view,
			 "printf '[Daemons]\\naccounts_daemon = false\\n' >> " CONFIG
			 " && systemctl restart %s",
			 unit);
	posture_close_by(view, "gcloud compute instances add-metadata INSTANCE "
			       "--metadata block-project-ssh-keys=TRUE");
}

void posture_startup_scripts(struct posture_view *view)
{
	static const struct posture_key key = {
		{ "MetadataScripts", sizeof("MetadataScripts") - 1 },
		{ "startup", sizeof("startup") - 1 },
	};

	if (!posture_unit_is_on(view, "google-startup-scripts.service") ||
	    is_switched_off(view, &key))
		return;
	posture_open(view, true);
	posture_close_by(view, "systemctl disable google-startup-scripts.service");
}

void posture_os_config(struct posture_view *view)
{
	if (!posture_unit_is_on(view, "google-osconfig-agent.service"))
		return;
	posture_open(view, true);
	posture_close_by(view, "systemctl disable --now google-osconfig-agent");
}
