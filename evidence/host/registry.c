/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/writer.h"

#define SYSTEM_UID_MAX 999 /* login.defs(5) SYS_UID_MAX, systemd's default */
#define NOBODY_UID 65534

typedef const char *const word_list[];

/* sshd split in OpenSSH 9.8: what serves a connection calls itself sshd-session. */
static word_list sshd_words = { "sshd", "sshd-session", NULL };

/* The names of executables end with a star for what a package manager puts behind one
 * that it replaces while it runs. */
static word_list sshd_exes = { "sshd*", NULL };

/* After pam_systemd the process stands in the session's scope. The last two are made by
 * systemd-ssh-generator(8) for AF_UNIX and AF_VSOCK. */
static word_list sshd_units = { "ssh.service",		"sshd.service",
				"ssh@*.service",	"sshd@*.service",
				"session-*.scope",	"sshd-unix-local@*.service",
				"sshd-vsock@*.service", NULL };

/* AuthorizedKeysCommand runs before there is a session. */
static word_list key_command_units = { "ssh.service", "sshd.service", "ssh@*.service",
				       "sshd@*.service", NULL };

/* logger(1) from the shell script; the rewrites log by themselves. */
static word_list key_command_comms = { "logger", "eic_*", "python3*", NULL };
static word_list key_command_exes = { "logger*", "eic_*", "python3*", "platform-python*",
				      NULL };

static word_list login_words = { "login", NULL };
static word_list login_exes = { "login*", NULL };
static word_list login_units = { "serial-getty@*.service",
				 "getty@*.service",
				 "console-getty.service",
				 "autovt@*.service",
				 "container-getty@*.service",
				 "session-*.scope",
				 NULL };

static word_list logind_words = { "systemd-logind", NULL };
static word_list logind_exes = { "systemd-logind*", NULL };
static word_list logind_units = { "systemd-logind.service", NULL };
static word_list useradd_words = { "useradd", NULL };
static word_list useradd_exes = { "useradd*", NULL };
static word_list sudo_words = { "sudo", NULL };
static word_list sudo_exes = { "sudo*", NULL }; /* sudo-rs and sudo.ws behind a link */

static word_list usermod_words = { "usermod", NULL };
static word_list usermod_exes = { "usermod*", NULL };
static word_list gpasswd_words = { "gpasswd", NULL };
static word_list gpasswd_exes = { "gpasswd*", NULL };
static word_list passwd_words = { "passwd", "chpasswd", NULL };
static word_list passwd_exes = { "passwd*", "chpasswd*", NULL };
static word_list kernel_words = { "kernel", NULL };

/* The agent since 2024 is a manager and its plugins, which say they are the agent. */
static word_list google_agent_words = { "google_guest_agent",
					"google_guest_agent_manager", NULL };
static word_list google_agent_units = { "google-guest-*.service", NULL };

/* OS Login's helpers call themselves sshd; "google_authorized_keys" and "..._principals"
 * as the kernel cuts them. */
static word_list google_helper_comms = { "google_authoriz", NULL };
static word_list google_helper_exes = { "google_authorized_*", NULL };

static word_list google_script_words = { "google_metadata_script_runner", NULL };
static word_list google_script_units = { "google-startup-scripts.service",
					 "google-shutdown-scripts.service", NULL };
static word_list google_config_words = { "OSConfigAgent", "google_osconfig_agent", NULL };
static word_list google_config_units = { "google-osconfig-agent.service", NULL };

/* By its standard output; the name is that of what runs it. */
static word_list azure_agent_words = { "python*", "waagent", NULL };
static word_list azure_agent_exes = { "python*", "platform-python*", "waagent*", NULL };
static word_list azure_agent_units = { "walinuxagent.service", "waagent.service", NULL };
static word_list azure_key_words = { "aad_certhandler", NULL };
static word_list azure_key_exes = { "aad_certhandler*", NULL };

static word_list journald_words = { "systemd-journald", NULL };
static word_list journald_comms = { "systemd-journal", NULL };
static word_list journald_exes = { "systemd-journald*", NULL };
static word_list journald_units = { "systemd-journald.service",
				    "systemd-journald@*.service", NULL };

/* Where only root puts programs: file-hierarchy(7), also as before /bin and /lib were
 * links into /usr. */
static word_list system_folders = { "/usr/*",	"/bin/*",	"/sbin/*", "/lib/*",
				    "/lib64/*", "/nix/store/*", NULL };

/* Units whose processes have a root of their own, which is not this host's. */
static word_list container_units = { "docker-*",	 "libpod-*",  "crio-*",
				     "cri-containerd-*", "machine-*", "systemd-nspawn@*",
				     "kubepods*",	 NULL };

const struct host_writer host_writers[] = {
	{
		.name = "instance-connect",
		.idents = NULL, /* the name of whoever the key command runs as */
		.parse = instance_connect_parse,
		.uid_rule = UID_SYSTEM,
		.comms = key_command_comms,
		.exes = key_command_exes,
		.units = key_command_units,
		.unit_needed = true,
		.twin_expected = true,
	},
	{
		.name = "sshd",
		.idents = sshd_words,
		.parse = sshd_parse,
		.uid_rule = UID_ROOT,
		.comms = sshd_words,
		.exes = sshd_exes,
		.units = sshd_units,
		.twin_expected = true,
	},
	{
		.name = "pam of sshd",
		.idents = sshd_words,
		.parse = pam_sshd_parse,
		.uid_rule = UID_ROOT,
		.comms = sshd_words,
		.exes = sshd_exes,
		.units = sshd_units,
		.twin_expected = true,
	},
	{
		.name = "OS Login's helpers",
		.idents = sshd_words,
		.parse = google_helper_parse,
		.uid_rule = UID_SYSTEM, /* AuthorizedKeysCommandUser */
		.comms = google_helper_comms,
		.exes = google_helper_exes,
		.units = key_command_units,
		.unit_needed = true,
		.twin_expected = true,
	},
	{
		.name = "OS Login's PAM modules",
		.idents = sshd_words,
		.parse = google_pam_parse,
		.uid_rule = UID_ROOT,
		.comms = sshd_words,
		.exes = sshd_exes,
		.units = sshd_units,
		.twin_expected = true,
	},
	{
		.name = "login",
		.idents = login_words,
		.parse = login_parse,
		.uid_rule = UID_ROOT,
		.comms = login_words,
		.exes = login_exes,
		.units = login_units,
		.twin_expected = true,
	},
	{
		/* The child says it under the user's uid and is the shell before journald
		 * looks: _COMM and _EXE are either's. */
		.name = "login's child",
		.idents = login_words,
		.parse = login_child_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = NULL,
		.units = login_units,
		.unit_needed = true,
		.twin_expected = true,
	},
	{
		.name = "pam of login",
		.idents = login_words,
		.parse = pam_login_parse,
		.uid_rule = UID_ROOT,
		.comms = login_words,
		.exes = login_exes,
		.units = login_units,
		.twin_expected = true,
	},
	{
		.name = "pam of others",
		.idents = NULL,
		.parse = pam_other_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = NULL,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "logind",
		.idents = logind_words,
		.parse = logind_parse,
		.uid_rule = UID_ROOT,
		.comms = logind_words,
		.exes = logind_exes,
		.units = logind_units,
		.twin_expected = true,
	},
	{
		.name = "logind at its end",
		.idents = logind_words,
		.parse = shutdown_parse,
		.uid_rule = UID_ROOT,
		.comms = logind_words,
		.exes = logind_exes,
		.units = logind_units,
		.twin_expected = true,
	},
	{
		.name = "kernel",
		.idents = kernel_words,
		.parse = kernel_parse,
		.uid_rule = UID_KERNEL,
		.comms = NULL,
		.units = NULL,
		/* files have the kernel's stamp in front: no twin of theirs is found */
		.twin_expected = false,
	},
	{
		.name = "useradd",
		.idents = useradd_words,
		.parse = useradd_parse,
		.uid_rule = UID_ROOT,
		.comms = useradd_words,
		.exes = useradd_exes,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "usermod",
		.idents = usermod_words,
		.parse = usermod_parse,
		.uid_rule = UID_ROOT,
		.comms = usermod_words,
		.exes = usermod_exes,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "gpasswd",
		.idents = gpasswd_words,
		.parse = gpasswd_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = gpasswd_words,
		.exes = gpasswd_exes,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "passwd",
		.idents = passwd_words,
		.parse = passwd_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = passwd_words,
		.exes = passwd_exes,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "Google's guest agent",
		.idents = google_agent_words,
		.parse = google_agent_parse,
		.uid_rule = UID_ROOT,
		.comms = NULL, /* plugins have names of their own */
		.units = google_agent_units,
		.unit_needed = true,
		.twin_expected = true,
		.uses_stdout = true,
	},
	{
		.name = "Google's metadata scripts",
		.idents = google_script_words,
		.parse = google_script_parse,
		.uid_rule = UID_ROOT,
		.comms = NULL,
		.units = google_script_units,
		.unit_needed = true,
		.twin_expected = true,
		.uses_stdout = true, /* the scripts write to a pipe of its own */
	},
	{
		.name = "OS Config",
		.idents = google_config_words,
		.parse = google_config_parse,
		.uid_rule = UID_ROOT,
		.comms = NULL,
		.units = google_config_units,
		.unit_needed = true,
		.twin_expected = true,
	},
	{
		.name = "sudo",
		.idents = sudo_words,
		.parse = sudo_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = sudo_words,
		.exes = sudo_exes,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "journald",
		.idents = journald_words,
		.parse = journald_parse,
		.uid_rule = UID_ROOT,
		.comms = journald_comms,
		.exes = journald_exes,
		.units = journald_units,
		.twin_expected = true,
	},
	{
		/* What it prints holds what others wrote: never more than unverified. */
		.name = "Azure's agent",
		.idents = azure_agent_words,
		.parse = azure_agent_parse,
		.uid_rule = UID_ROOT,
		.comms = azure_agent_words,
		.exes = azure_agent_exes,
		.units = azure_agent_units,
		.unit_needed = true,
		.twin_expected = true,
		.tells_time = true,
	},
	{
		.name = "Entra's key command",
		.idents = azure_key_words,
		.parse = aad_certhandler_parse,
		.uid_rule = UID_ROOT, /* AuthorizedKeysCommandUser */
		.comms = azure_key_words,
		.exes = azure_key_exes,
		.units = key_command_units,
		.twin_expected = true,
	},
	{
		.name = "Entra's PAM module",
		.idents = sshd_words,
		.parse = pam_aad_parse,
		.uid_rule = UID_ROOT,
		.comms = sshd_words,
		.exes = sshd_exes,
		.units = sshd_units,
		.twin_expected = true,
	},
};

const size_t host_writer_count = sizeof(host_writers) / sizeof(host_writers[0]);

bool host_pattern_fits(const char *pattern, struct slice text)
{
	const char *star = strchr(pattern, '*');
	struct slice before, after;

	if (!star)
		return slice_equal(slice_text(pattern), text);
	before = slice_of(pattern, (size_t)(star - pattern));
	after = slice_text(star + 1);
	return text.len >= before.len + after.len && slice_starts_with(text, before) &&
	       slice_ends_with(text, after);
}

static bool list_has(const char *const *patterns, struct slice text)
{
	for (; *patterns; patterns++) {
		if (host_pattern_fits(*patterns, text))
			return true;
	}
	return false;
}

const struct host_writer *host_writer_find(const struct host_line *line,
					   struct event *event)
{
	for (size_t i = 0; i < host_writer_count; i++) {
		const struct host_writer *writer = &host_writers[i];

		if (writer->idents && !list_has(writer->idents, line->ident))
			continue;
		*event = (struct event){ .kind = EVENT_KIND_COUNT };
		if (writer->parse(line, event))
			return writer;
	}
	return NULL;
}

/* What one field says about the claim; the least of all of them counts. */
static enum trust judge_uid(enum uid_rule rule, const struct journal_fields *fields)
{
	/* What root writes to /dev/kmsg is never of the kernel's own facility: journald
	 * then calls it by another name than "kernel" (journald-kmsg.c). */
	if (rule == UID_KERNEL)
		return fields->uid < 0 && slice_equal(fields->transport, SLICE("kernel"))
			       ? TRUST_ATTESTED
			       : TRUST_CONTRADICTED;
	if (fields->uid < 0)
		return TRUST_UNVERIFIED;
	switch (rule) {
	case UID_ROOT:
		return fields->uid == 0 ? TRUST_ATTESTED : TRUST_CONTRADICTED;
	case UID_ROOT_OR_ASKED:
		return fields->uid == 0 ? TRUST_ATTESTED : TRUST_UNVERIFIED;
	case UID_SYSTEM:
		return fields->uid <= SYSTEM_UID_MAX || fields->uid == NOBODY_UID
			       ? TRUST_ATTESTED
			       : TRUST_CONTRADICTED;
	case UID_KERNEL:
		break;
	}
	return TRUST_CONTRADICTED;
}

static enum trust judge_comm(const struct host_writer *writer, struct slice comm)
{
	if (!writer->comms)
		return TRUST_ATTESTED;
	if (comm.len == 0)
		return TRUST_UNVERIFIED;
	return list_has(writer->comms, comm) ? TRUST_ATTESTED : TRUST_CONTRADICTED;
}

/* What ran: a link or another name hides it from _COMM, not from here. An administrator's
 * own build may lie anywhere, but so may a copy of anybody's. */
static enum trust judge_exe(const struct host_writer *writer, struct slice exe)
{
	size_t name = (size_t)(slice_find_last(exe, '/') + 1);

	if (!writer->exes || exe.len == 0)
		return TRUST_ATTESTED;
	if (!list_has(writer->exes, slice_of(exe.ptr + name, exe.len - name)))
		return TRUST_CONTRADICTED;
	return list_has(system_folders, exe) ? TRUST_ATTESTED : TRUST_UNVERIFIED;
}

static enum trust judge_unit(const struct host_writer *writer, struct slice unit)
{
	if (unit.len == 0)
		return writer->unit_needed ? TRUST_UNVERIFIED : TRUST_ATTESTED;
	if (list_has(container_units, unit))
		return TRUST_CONTRADICTED;
	return !writer->units || list_has(writer->units, unit) ? TRUST_ATTESTED
							       : TRUST_CONTRADICTED;
}

/* Datagrams carry the credentials of whoever sent them. A stream ("stdout") carries those
 * of whoever opened it, and its children inherit it, where they are not given another. */
static enum trust judge_transport(const struct host_writer *writer,
				  struct slice transport)
{
	static word_list datagrams = { "syslog", "journal", "driver", NULL };

	if (writer->uid_rule == UID_KERNEL)
		return TRUST_ATTESTED; /* judged with its uid */
	if (writer->uses_stdout && slice_equal(transport, SLICE("stdout")))
		return TRUST_ATTESTED;
	return transport.len == 0 || list_has(datagrams, transport) ? TRUST_ATTESTED
								    : TRUST_UNVERIFIED;
}

/* Journald files what users send by their uid. Only what may be logged under the caller's
 * uid is rightly found there. */
static enum trust judge_journal(const struct host_writer *writer,
				const struct journal_fields *fields)
{
	if (!fields->is_user_journal)
		return TRUST_ATTESTED;
	return writer->uid_rule == UID_ROOT_OR_ASKED ? TRUST_UNVERIFIED
						     : TRUST_CONTRADICTED;
}

static enum trust judge_pid(const struct journal_fields *fields)
{
	return fields->pid == 0 || fields->syslog_pid == 0 ||
			       fields->pid == fields->syslog_pid
		       ? TRUST_ATTESTED
		       : TRUST_CONTRADICTED;
}

enum trust host_writer_trust(const struct host_writer *writer,
			     const struct journal_fields *fields)
{
	const enum trust parts[] = {
		judge_uid(writer->uid_rule, fields),
		judge_comm(writer, fields->comm),
		judge_exe(writer, fields->exe),
		judge_unit(writer, fields->unit),
		judge_transport(writer, fields->transport),
		judge_journal(writer, fields),
		judge_pid(fields),
	};
	enum trust least = TRUST_ATTESTED;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] < least)
			least = parts[i];
	}
	return least;
}
