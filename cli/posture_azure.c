/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's agent: extensions, what they have brought, and what it sets at the first boot.
 */
#include "cli/posture_view.h"

#include "base/limits.h"
#include "cli/posture_text.h"

#define CONFIG "/etc/waagent.conf"

static const char *const agents[] = { "walinuxagent.service", "waagent.service", NULL };

/* Whether the agent is on; `*ret_unit` is the unit's name. */
static bool has_agent(struct posture_view *view, const char **ret_unit)
{
	*ret_unit = posture_first_unit(view, agents);
	return *ret_unit != NULL;
}

struct setting {
	const char *key;
	const char *usual; /* what it is where nothing is said */
};

/* "Extensions.Enabled=n", noted; the copy is the arena's. */
static struct slice read_setting(struct posture_view *view, const struct setting *setting)
{
	const struct posture_key key = { .key = slice_text(setting->key) };
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	struct slice value;

	if (!posture_read(view, CONFIG, &text) ||
	    !posture_text_setting(buf_slice(&text), &key, &value))
		return slice_text(setting->usual);
	value = arena_copy(view->arena, slice_first(value, 64));
	posture_say(view, CONFIG, "%s=%.*s", setting->key, SLICE_ARG(value));
	return value;
}

static void close_setting(struct posture_view *view, const char *key, const char *value,
			  const char *unit)
{
	posture_close_by(view,
			 "sed -i '/^[[:space:]]*%s/d' " CONFIG
			 " && printf '\\n%s=%s\\n' >> " CONFIG " && systemctl restart %s",
			 key, key, value, unit);
}

/* ---- extensions ------------------------------------------------------------------- */

/* The handlers that are there, each once; of one name, whether it is. */
static bool say_handlers(struct posture_view *view, struct slice wanted)
{
	static const char folder[] = "/var/lib/waagent";
	const struct posture_names names = posture_list(view, folder);
	struct slice last = { NULL, 0 }, handler;
	size_t count = 0;

	for (size_t i = 0; i < names.count; i++) {
		if (!posture_text_handler(names.names[i], &handler) ||
		    slice_equal(handler, last) ||
		    (wanted.len && !slice_equal(handler, wanted)))
			continue;
		last = handler;
		if (count++ < LIMIT_POSTURE_TOLD)
			posture_say(view, posture_path(view, folder, names.names[i]),
				    "%.*s is installed",
				    SLICE_ARG(slice_first(handler, 128)));
	}
	return count > 0;
}

void posture_azure_extensions(struct posture_view *view)
{
	static const struct setting setting = { "Extensions.Enabled", "y" };
	const char *unit;

	if (!has_agent(view, &unit) || posture_text_is_no(read_setting(view, &setting)))
		return;
	posture_open(view, true);
	(void)say_handlers(view, SLICE(""));
	close_setting(view, "Extensions.Enabled", "n", unit);
}

static void close_extension(struct posture_view *view, const char *name)
{
	posture_close_by(view,
			 "az vm extension delete --resource-group GROUP --vm-name VM "
			 "--name %s",
			 name);
}

void posture_azure_run_command(struct posture_view *view)
{
	const struct slice handler = SLICE("Microsoft.CPlat.Core.RunCommandHandlerLinux");
	bool is_service = posture_unit_is_on(view, "managedruncommand.service");
	const char *unit;

	if (is_service)
		posture_close_by(view, "systemctl disable --now managedruncommand");
	if (has_agent(view, &unit) && say_handlers(view, handler)) {
		posture_open(view, true);
		posture_close_by(view, "az vm run-command delete --resource-group GROUP "
				       "--vm-name VM --run-command-name NAME");
	}
	posture_open(view, is_service);
}

/* It is brought when it is needed: what is not there now may be tomorrow. */
void posture_azure_vmaccess(struct posture_view *view)
{
	const struct slice handler = SLICE("Microsoft.OSTCExtensions.VMAccessForLinux");
	const char *unit;

	if (!has_agent(view, &unit) || !say_handlers(view, handler))
		return;
	posture_open(view, true);
	close_extension(view, "VMAccessForLinux");
}

/* ---- the first boot --------------------------------------------------------------- */

/* Provisioning.Agent is "auto", "waagent", "cloud-init" or "disabled"; before there was
 * one, Provisioning.Enabled said whether it was the agent. */
void posture_azure_provisioning(struct posture_view *view)
{
	static const struct setting agent = { "Provisioning.Agent", "" };
	static const struct setting enabled = { "Provisioning.Enabled", "y" };
	struct slice value;
	const char *unit;

	if (!has_agent(view, &unit))
		return;
	value = read_setting(view, &agent);
	if (slice_equal_ignoring_case(value, SLICE("disabled")) ||
	    (value.len == 0 && posture_text_is_no(read_setting(view, &enabled))))
		return;
	posture_open(view, true);
	close_setting(view, "Provisioning.Agent", "disabled", unit);
}
