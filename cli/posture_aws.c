/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amazon's agent, and what cloud-init runs of the user data.
 */
#include "cli/posture_view.h"

#include "base/limits.h"
#include "cli/posture_text.h"

/* A machine outside of EC2 is registered by a file of the agent's; on EC2 the role of the
 * instance does. What the files hold is not looked at: one has the private key. */
static void say_registration(struct posture_view *view)
{
	static const char *const files[] = {
		"/var/lib/amazon/ssm/registration",
		"/var/snap/amazon-ssm-agent/current/var/lib/amazon/ssm/registration",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (posture_has(view, files[i]))
			posture_say(view, files[i], "it is registered");
	}
}

/* Where neither starts, that it could be started is still worth knowing. */
static void say_installed(struct posture_view *view)
{
	static const char *const files[] = {
		"/usr/bin/amazon-ssm-agent",
		"/snap/amazon-ssm-agent/current",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!posture_has(view, files[i]))
			continue;
		posture_say(view, files[i], "it is installed");
		view->row->note = "it is installed, and nothing starts it";
	}
}

void posture_ssm_agent(struct posture_view *view)
{
	bool is_service = posture_unit_is_on(view, "amazon-ssm-agent.service");
	bool is_snap = posture_unit_is_on(
		view, "snap.amazon-ssm-agent.amazon-ssm-agent.service");

	say_installed(view);
	if (is_service)
		posture_close_by(view, "systemctl disable --now amazon-ssm-agent");
	if (is_snap)
		posture_close_by(view, "snap stop --disable amazon-ssm-agent");
	if (!is_service && !is_snap)
		return;
	posture_open(view, true);
	view->row->note = "";
	say_registration(view);
}

/* ---- user data -------------------------------------------------------------------- */

static void look_for_module(struct posture_view *view, const char *file,
			    struct slice content, void *ctx)
{
	static const char *const modules[] = { "scripts-user", "scripts_user" };
	bool *is_found = ctx;

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (!posture_text_has(content, SLICE(""), slice_text(modules[i])))
			continue;
		posture_say(view, file, "%s runs scripts of the user data", modules[i]);
		*is_found = true;
	}
}

static bool is_disabled(struct posture_view *view)
{
	static const char file[] = "/etc/cloud/cloud-init.disabled";

	if (!posture_has(view, file))
		return false;
	posture_say(view, file, "cloud-init is disabled");
	return true;
}

void posture_user_data(struct posture_view *view)
{
	static const struct posture_folder folder = { "/etc/cloud/cloud.cfg.d", ".cfg" };
	static const char file[] = "/etc/cloud/cloud.cfg";
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	bool is_found = false;

	if (posture_read(view, file, &text))
		look_for_module(view, file, buf_slice(&text), &is_found);
	posture_each_file(view, &folder, look_for_module, &is_found);
	if (!is_found || is_disabled(view) ||
	    !posture_unit_is_on(view, "cloud-final.service"))
		return;
	posture_open(view, true);
	posture_close_by(view, "touch /etc/cloud/cloud-init.disabled");
}
