/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries of the journal are believed to be of Google's agents, of shadow's tools,
 * of logind and of the kernel. What their words mean: tests/golden/host. */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define ADMITTED \
	"pam_oslogin_login(sshd:account): Organization user amy has login permission."
#define REFUSED                                                                 \
	"google_authorized_keys: Could not grant access to organization user: " \
	"amy_example_com."
#define CREATED "Creating user amy."
#define FOUND "Found startup-script in metadata."
#define POLICY "2026-03-01T10:00:02.2217Z OSConfigAgent Info: Executing policy \"p\""
#define ADDED "user amy added by root to group google-sudoers"
#define CHANGED "change user 'amy' password"
#define PASSWORD "pam_unix(passwd:chauthtok): password changed for amy"
#define KERNEL "Linux version 6.1.0-18-cloud-amd64 (debian-kernel@lists.debian.org)"
#define REBOOT "System is rebooting."
#define AGENT_UNIT "google-guest-agent.service"
#define SCRIPTS_UNIT "google-startup-scripts.service"
#define CONFIG_UNIT "google-osconfig-agent.service"

static const struct row {
	const char *name, *message, *ident, *comm, *unit, *transport;
	int64_t uid;
	enum trust want;
} rows[] = {
	{ "helper", REFUSED, "sshd", "google_authoriz", "ssh.service", "syslog", 0,
	  TRUST_ATTESTED },
	{ "helper as nobody", REFUSED, "sshd", "google_authoriz", "sshd.service",
	  "syslog", 65534, TRUST_ATTESTED },
	{ "helper without unit", REFUSED, "sshd", "google_authoriz", "", "syslog", 0,
	  TRUST_UNVERIFIED },
	{ "helper by sshd", REFUSED, "sshd", "sshd", "ssh.service", "syslog", 0,
	  TRUST_CONTRADICTED },
	{ "helper by a user", REFUSED, "sshd", "google_authoriz", "session-4.scope",
	  "syslog", 1000, TRUST_CONTRADICTED },
	{ "module", ADMITTED, "sshd", "sshd", "ssh.service", "syslog", 0,
	  TRUST_ATTESTED },
	{ "module of sshd-session", ADMITTED, "sshd-session", "sshd-session",
	  "ssh.service", "syslog", 0, TRUST_ATTESTED },
	{ "module by logger", ADMITTED, "sshd", "logger", "session-4.scope", "syslog",
	  1000, TRUST_CONTRADICTED },

	{ "agent's output", CREATED, "google_guest_agent", "google_guest_ag", AGENT_UNIT,
	  "stdout", 0, TRUST_ATTESTED },
	{ "core plugin", "CorePlugin: Created user amy", "google_guest_agent",
	  "core_plugin", "google-guest-agent-manager.service", "syslog", 0,
	  TRUST_ATTESTED },
	{ "agent without unit", CREATED, "google_guest_agent", "google_guest_ag", "",
	  "stdout", 0, TRUST_UNVERIFIED },
	{ "agent by another service", CREATED, "google_guest_agent", "google_guest_ag",
	  "web.service", "stdout", 0, TRUST_CONTRADICTED },
	{ "agent by a user", CREATED, "google_guest_agent", "logger", "session-4.scope",
	  "syslog", 1000, TRUST_CONTRADICTED },

	{ "scripts", FOUND, "google_metadata_script_runner", "google_metadata",
	  SCRIPTS_UNIT, "stdout", 0, TRUST_ATTESTED },
	{ "scripts at the end", "Found shutdown-script in metadata",
	  "google_metadata_script_runner", "google_metadata",
	  "google-shutdown-scripts.service", "syslog", 0, TRUST_ATTESTED },
	{ "scripts by hand", FOUND, "google_metadata_script_runner", "google_metadata",
	  "session-4.scope", "stdout", 0, TRUST_CONTRADICTED },
	{ "OS Config's stream, which its steps inherit", POLICY, "OSConfigAgent",
	  "google_osconfig", CONFIG_UNIT, "stdout", 0, TRUST_UNVERIFIED },
	{ "OS Config", POLICY, "google_osconfig_agent", "google_osconfig", CONFIG_UNIT,
	  "syslog", 0, TRUST_ATTESTED },

	{ "gpasswd", ADDED, "gpasswd", "gpasswd", AGENT_UNIT, "syslog", 0,
	  TRUST_ATTESTED },
	{ "gpasswd of a group's administrator", ADDED, "gpasswd", "gpasswd",
	  "session-4.scope", "syslog", 1000, TRUST_UNVERIFIED },
	/* as journald has it of a process that has ended when it looks */
	{ "gpasswd, gone", ADDED, "gpasswd", "", "", "syslog", 0, TRUST_UNVERIFIED },
	{ "logger as gpasswd", ADDED, "gpasswd", "logger", "session-4.scope", "syslog",
	  1000, TRUST_CONTRADICTED },
	{ "usermod", CHANGED, "usermod", "usermod", "walinuxagent.service", "syslog", 0,
	  TRUST_ATTESTED },
	{ "usermod by a user", CHANGED, "usermod", "usermod", "session-4.scope", "syslog",
	  1000, TRUST_CONTRADICTED },
	{ "passwd", PASSWORD, "passwd", "passwd", "session-4.scope", "syslog", 0,
	  TRUST_ATTESTED },
	{ "passwd of a user", PASSWORD, "passwd", "passwd", "session-4.scope", "syslog",
	  1000, TRUST_UNVERIFIED },

	{ "kernel", KERNEL, "kernel", "", "", "kernel", -1, TRUST_ATTESTED },
	{ "kernel by syslog", KERNEL, "kernel", "logger", "session-4.scope", "syslog",
	  1000, TRUST_CONTRADICTED },
	{ "kernel by root", KERNEL, "kernel", "logger", "", "syslog", 0,
	  TRUST_CONTRADICTED },
	{ "logind", REBOOT, "systemd-logind", "systemd-logind", "systemd-logind.service",
	  "journal", 0, TRUST_ATTESTED },
	{ "logind by a user", REBOOT, "systemd-logind", "logger", "session-4.scope",
	  "syslog", 1000, TRUST_CONTRADICTED },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct journal_fields fields = host_test_sshd_fields();
		struct event event;

		fields.ident = slice_text(row->ident);
		fields.comm = slice_text(row->comm);
		fields.unit = slice_text(row->unit);
		fields.transport = slice_text(row->transport);
		fields.uid = row->uid;
		check_row(row->name);
		CHECK(host_message_wanted(slice_text(row->message)));
		if (CHECK_UINT(host_test_entry(&fields, slice_text(row->message), &event),
			       1))
			CHECK_TEXT(trust_word(event.trust), trust_word(row->want));
	}
}

/* What holds somebody else's text is neither looked at nor believed. */
static void test_not_evidence(void)
{
	static const struct {
		const char *name, *ident, *message;
	} others[] = {
		{ "expired key", "google_guest_agent",
		  "ERROR non_windows_accounts.go:217 invalid ssh key entry - expired "
		  "key: "
		  "Creating user amy." },
		{ "badly formed key", "google_guest_agent",
		  "Incorrectly formatted key \"Created user amy\" in metadata: x." },
		{ "a name of two words", "google_guest_agent", "Creating user amy b." },
		{ "what a script prints", "google_metadata_script_runner",
		  "startup-script: Found startup-script in metadata." },
		{ "what a script prints, since 2024", "google_metadata_script_runner",
		  "Metadata key(\"startup-script\"), command(\"/bin/bash\"): Finished "
		  "running startup scripts" },
		{ "what a step prints", "OSConfigAgent", "Executing policy \"p\"" },
		{ "what cloud-init's scripts print", "cloud-init",
		  "2026-03-01 10:00:01,140 - subp.py[DEBUG]: Running command "
		  "['/var/lib/cloud/instance/scripts/part-001'] with" },
		{ "answer of the metadata server", "sshd",
		  "google_authorized_keys: Failed to validate that OS Login user amy has "
		  "login permission; got HTTP response code: 500; got HTTP response "
		  "body: x" },
		{ "user manager's start", "systemd", "Startup finished in 89ms." },
	};

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		struct journal_fields fields = host_test_sshd_fields();
		struct event event;

		fields.ident = slice_text(others[i].ident);
		check_row(others[i].name);
		CHECK_UINT(
			host_test_entry(&fields, slice_text(others[i].message), &event),
			0);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "trust", test_rows },
		{ "not evidence", test_not_evidence },
		{ NULL, NULL },
	};

	return check_run("google's agents and others", tests);
}
