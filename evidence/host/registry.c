/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/writer.h"

#define SYSTEM_UID_MAX 999 /* login.defs(5) SYS_UID_MAX, systemd's default */
#define NOBODY_UID 65534

typedef const char *const word_list[];

/* sshd split in OpenSSH 9.8: what serves a connection calls itself sshd-session. */
static word_list sshd_words = { "sshd", "sshd-session", NULL };

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

static word_list login_words = { "login", NULL };
static word_list login_units = { "serial-getty@*.service",
				 "getty@*.service",
				 "console-getty.service",
				 "autovt@*.service",
				 "container-getty@*.service",
				 "session-*.scope",
				 NULL };

static word_list logind_words = { "systemd-logind", NULL };
static word_list logind_units = { "systemd-logind.service", NULL };
static word_list useradd_words = { "useradd", NULL };
static word_list sudo_words = { "sudo", NULL };

static word_list journald_words = { "systemd-journald", NULL };
static word_list journald_comms = { "systemd-journal", NULL };
static word_list journald_units = { "systemd-journald.service",
				    "systemd-journald@*.service", NULL };

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
		.units = sshd_units,
		.twin_expected = true,
	},
	{
		.name = "pam of sshd",
		.idents = sshd_words,
		.parse = pam_sshd_parse,
		.uid_rule = UID_ROOT,
		.comms = sshd_words,
		.units = sshd_units,
		.twin_expected = true,
	},
	{
		.name = "login",
		.idents = login_words,
		.parse = login_parse,
		.uid_rule = UID_ROOT,
		.comms = login_words,
		.units = login_units,
		.twin_expected = true,
	},
	{
		.name = "pam of login",
		.idents = login_words,
		.parse = pam_login_parse,
		.uid_rule = UID_ROOT,
		.comms = login_words,
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
		.units = logind_units,
		.twin_expected = true,
	},
	{
		.name = "useradd",
		.idents = useradd_words,
		.parse = useradd_parse,
		.uid_rule = UID_ROOT,
		.comms = useradd_words,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "sudo",
		.idents = sudo_words,
		.parse = sudo_parse,
		.uid_rule = UID_ROOT_OR_ASKED,
		.comms = sudo_words,
		.units = NULL,
		.twin_expected = true,
	},
	{
		.name = "journald",
		.idents = journald_words,
		.parse = journald_parse,
		.uid_rule = UID_ROOT,
		.comms = journald_comms,
		.units = journald_units,
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
 * of whoever opened it, and its children inherit it. */
static enum trust judge_transport(struct slice transport)
{
	static word_list datagrams = { "syslog", "journal", "driver", NULL };

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
		judge_uid(writer->uid_rule, fields), judge_comm(writer, fields->comm),
		judge_unit(writer, fields->unit),    judge_transport(fields->transport),
		judge_journal(writer, fields),	     judge_pid(fields),
	};
	enum trust least = TRUST_ATTESTED;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] < least)
			least = parts[i];
	}
	return least;
}
