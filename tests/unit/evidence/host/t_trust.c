/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/writer.h"
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define ACCEPTED "Accepted password for amy from 192.0.2.7 port 1 ssh2"
#define OFFERED "Providing ssh key from EC2 Instance Connect with fingerprint: " KEY
#define OPENED \
	"pam_unix(sshd:session): session opened for user amy(uid=1000) by amy(uid=0)"
#define SUDO "amy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id"
#define SUDO_OPENED \
	"pam_unix(sudo:session): session opened for user root(uid=0) by amy(uid=1000)"
#define LOST "Suppressed 17 messages from ssh.service"

static const struct row {
	const char *name, *message, *ident, *comm, *unit, *transport;
	int64_t uid;
	uint32_t pid, syslog_pid;
	bool is_user_journal;
	enum trust want;
} rows[] = {
	{ "sshd", ACCEPTED, "sshd", "sshd", "ssh.service", "syslog", 0, 9, 9, false,
	  TRUST_ATTESTED },
	{ "sshd of RHEL", ACCEPTED, "sshd", "sshd", "sshd.service", "syslog", 0, 9, 9,
	  false, TRUST_ATTESTED },
	{ "sshd-session", ACCEPTED, "sshd-session", "sshd-session", "ssh.service",
	  "syslog", 0, 9, 9, false, TRUST_ATTESTED },
	{ "socket activated", ACCEPTED, "sshd", "sshd", "ssh@4-192.0.2.1:22.service",
	  "syslog", 0, 9, 9, false, TRUST_ATTESTED },
	{ "in its scope", OPENED, "sshd", "sshd", "session-4.scope", "syslog", 0, 9, 9,
	  false, TRUST_ATTESTED },
	{ "no unit", ACCEPTED, "sshd", "sshd", "", "syslog", 0, 9, 9, false,
	  TRUST_ATTESTED },
	{ "no pids", ACCEPTED, "sshd", "sshd", "ssh.service", "", 0, 0, 0, false,
	  TRUST_ATTESTED },
	{ "no name", ACCEPTED, "sshd", "", "ssh.service", "syslog", 0, 9, 9, false,
	  TRUST_UNVERIFIED },
	{ "no uid", ACCEPTED, "sshd", "sshd", "ssh.service", "syslog", -1, 9, 9, false,
	  TRUST_UNVERIFIED },
	{ "inherited stream", ACCEPTED, "sshd", "sshd", "ssh.service", "stdout", 0, 9, 0,
	  false, TRUST_UNVERIFIED },
	{ "logger", ACCEPTED, "sshd", "logger", "session-4.scope", "syslog", 1000, 9, 9,
	  false, TRUST_CONTRADICTED },
	{ "root's logger", ACCEPTED, "sshd", "logger", "session-4.scope", "syslog", 0, 9,
	  9, false, TRUST_CONTRADICTED },
	{ "binary named sshd", ACCEPTED, "sshd", "sshd", "session-4.scope", "syslog",
	  65534, 9, 9, false, TRUST_CONTRADICTED },
	{ "own sshd", ACCEPTED, "sshd", "sshd", "user@1000.service", "syslog", 1000, 9, 9,
	  true, TRUST_CONTRADICTED },
	{ "container", ACCEPTED, "sshd", "sshd", "docker-ab12.scope", "syslog", 0, 9, 9,
	  false, TRUST_CONTRADICTED },
	{ "pod", OPENED, "sshd", "sshd", "libpod-ab12.scope", "syslog", 0, 9, 9, false,
	  TRUST_CONTRADICTED },
	{ "root's other service", ACCEPTED, "sshd", "sshd", "web.service", "syslog", 0, 9,
	  9, false, TRUST_CONTRADICTED },
	{ "other pid", ACCEPTED, "sshd", "sshd", "ssh.service", "syslog", 0, 9, 8, false,
	  TRUST_CONTRADICTED },
	{ "user's journal", ACCEPTED, "sshd", "sshd", "ssh.service", "syslog", 0, 9, 9,
	  true, TRUST_CONTRADICTED },

	{ "offer", OFFERED, "ec2-instance-connect", "logger", "ssh.service", "syslog",
	  998, 9, 9, false, TRUST_ATTESTED },
	{ "offer by another name", OFFERED, "keys", "logger", "sshd.service", "syslog",
	  998, 9, 9, false, TRUST_ATTESTED },
	{ "offer of the rewrite", OFFERED, "eic_parse", "eic_parse_autho", "ssh.service",
	  "syslog", 998, 9, 0, false, TRUST_ATTESTED },
	{ "offer without unit", OFFERED, "ec2-instance-connect", "logger", "", "syslog",
	  998, 9, 9, false, TRUST_UNVERIFIED },
	{ "offer by a user", OFFERED, "ec2-instance-connect", "logger", "ssh.service",
	  "syslog", 1000, 9, 9, false, TRUST_CONTRADICTED },
	{ "offer by a service", OFFERED, "ec2-instance-connect", "logger", "web.service",
	  "syslog", 33, 9, 9, false, TRUST_CONTRADICTED },

	{ "login", "LOGIN ON ttyS0 BY amy", "login", "login",
	  "serial-getty@ttyS0.service", "syslog", 0, 9, 0, false, TRUST_ATTESTED },
	{ "login elsewhere", "LOGIN ON ttyS0 BY amy", "login", "login", "cron.service",
	  "syslog", 0, 9, 0, false, TRUST_CONTRADICTED },
	{ "logind", "New session 5 of user amy.", "systemd-logind", "systemd-logind",
	  "systemd-logind.service", "journal", 0, 9, 0, false, TRUST_ATTESTED },
	{ "logind of a user", "New session 5 of user amy.", "systemd-logind",
	  "systemd-logind", "session-4.scope", "journal", 1000, 9, 0, true,
	  TRUST_CONTRADICTED },
	{ "useradd", "new user: name=x, UID=1001, GID=1", "useradd", "useradd",
	  "amazon-ssm-agent.service", "syslog", 0, 9, 9, false, TRUST_ATTESTED },

	{ "sudo", SUDO, "sudo", "sudo", "session-4.scope", "syslog", 0, 9, 9, false,
	  TRUST_ATTESTED },
	{ "sudo under its caller", SUDO, "sudo", "sudo", "session-4.scope", "syslog",
	  1000, 9, 9, true, TRUST_UNVERIFIED },
	{ "logger as sudo", SUDO, "sudo", "logger", "session-4.scope", "syslog", 1000, 9,
	  9, true, TRUST_CONTRADICTED },
	{ "sudo's session", SUDO_OPENED, "sudo", "sudo", "session-4.scope", "syslog", 0,
	  9, 9, false, TRUST_ATTESTED },
	{ "sudo's session in a container", SUDO_OPENED, "sudo", "sudo", "crio-1.scope",
	  "syslog", 0, 9, 9, false, TRUST_CONTRADICTED },

	{ "journald", LOST, "systemd-journald", "systemd-journal",
	  "systemd-journald.service", "driver", 0, 9, 0, false, TRUST_ATTESTED },
	{ "somebody as journald", LOST, "systemd-journald", "logger", "session-4.scope",
	  "syslog", 1000, 9, 9, false, TRUST_CONTRADICTED },
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
		fields.pid = row->pid;
		fields.syslog_pid = row->syslog_pid;
		fields.is_user_journal = row->is_user_journal;
		check_row(row->name);
		if (CHECK_UINT(host_test_entry(&fields, slice_text(row->message), &event),
			       1))
			CHECK_TEXT(trust_word(event.trust), trust_word(row->want));
	}
}

/* What ran, and where it lay. */
static const struct {
	const char *name, *message, *ident, *comm, *unit, *exe;
	enum trust want;
} programs[] = {
	{ "not seen", ACCEPTED, "sshd", "sshd", "ssh.service", "", TRUST_ATTESTED },
	{ "sshd", ACCEPTED, "sshd", "sshd", "ssh.service", "/usr/sbin/sshd",
	  TRUST_ATTESTED },
	{ "sshd, bin and sbin merged", ACCEPTED, "sshd", "sshd", "sshd.service",
	  "/usr/bin/sshd", TRUST_ATTESTED },
	{ "sshd-session of Debian", ACCEPTED, "sshd-session", "sshd-session",
	  "ssh.service", "/usr/lib/openssh/sshd-session", TRUST_ATTESTED },
	{ "sshd-session of RHEL", ACCEPTED, "sshd-session", "sshd-session",
	  "sshd.service", "/usr/libexec/openssh/sshd-session", TRUST_ATTESTED },
	{ "sshd-session of SUSE", ACCEPTED, "sshd-session", "sshd-session",
	  "sshd.service", "/usr/lib/ssh/sshd-session", TRUST_ATTESTED },
	{ "sshd while it is replaced", ACCEPTED, "sshd", "sshd", "ssh.service",
	  "/usr/sbin/sshd.dpkg-tmp", TRUST_ATTESTED },
	{ "own build in its place", ACCEPTED, "sshd", "sshd", "ssh.service",
	  "/usr/local/sbin/sshd", TRUST_ATTESTED },
	{ "own build elsewhere", ACCEPTED, "sshd", "sshd", "ssh.service",
	  "/opt/openssh/sbin/sshd", TRUST_UNVERIFIED },
	{ "a user's copy", ACCEPTED, "sshd", "sshd", "session-4.scope", "/home/amy/sshd",
	  TRUST_UNVERIFIED },
	{ "no folder", ACCEPTED, "sshd", "sshd", "ssh.service", "sshd",
	  TRUST_UNVERIFIED },
	{ "a link to sudo", ACCEPTED, "sshd", "sshd", "session-4.scope", "/usr/bin/sudo",
	  TRUST_CONTRADICTED },
	{ "a program in a folder named sshd", ACCEPTED, "sshd", "sshd", "session-4.scope",
	  "/usr/lib/sshd/sudo", TRUST_CONTRADICTED },
	{ "no name", ACCEPTED, "sshd", "sshd", "ssh.service", "/usr/sbin/",
	  TRUST_CONTRADICTED },
	{ "pam of sshd", OPENED, "sshd", "sshd", "session-4.scope", "/usr/bin/su",
	  TRUST_CONTRADICTED },
	{ "offer", OFFERED, "ec2-instance-connect", "logger", "ssh.service",
	  "/usr/bin/logger", TRUST_ATTESTED },
	{ "offer of the rewrite", OFFERED, "eic_parse", "eic_parse_autho", "sshd.service",
	  "/usr/libexec/platform-python3.6", TRUST_ATTESTED },
	{ "login", "LOGIN ON ttyS0 BY amy", "login", "login",
	  "serial-getty@ttyS0.service", "/usr/bin/login", TRUST_ATTESTED },
	{ "login before the merge", "LOGIN ON ttyS0 BY amy", "login", "login",
	  "serial-getty@ttyS0.service", "/bin/login", TRUST_ATTESTED },
	{ "another in login's name", "LOGIN ON ttyS0 BY amy", "login", "login",
	  "session-4.scope", "/usr/bin/sudo", TRUST_CONTRADICTED },
	{ "logind", "New session 5 of user amy.", "systemd-logind", "systemd-logind",
	  "systemd-logind.service", "/usr/lib/systemd/systemd-logind", TRUST_ATTESTED },
	{ "useradd", "new user: name=x, UID=1001, GID=1", "useradd", "useradd",
	  "amazon-ssm-agent.service", "/usr/sbin/useradd", TRUST_ATTESTED },
	{ "sudo-rs", SUDO, "sudo", "sudo", "session-4.scope", "/usr/lib/cargo/bin/sudo",
	  TRUST_ATTESTED },
	{ "sudo behind its link", SUDO, "sudo", "sudo", "session-4.scope",
	  "/usr/bin/sudo.ws", TRUST_ATTESTED },
	{ "any program's session", SUDO_OPENED, "sudo", "sudo", "session-4.scope",
	  "/opt/sudo/bin/doas", TRUST_ATTESTED },
	{ "journald", LOST, "systemd-journald", "systemd-journal",
	  "systemd-journald.service", "/lib/systemd/systemd-journald", TRUST_ATTESTED },
};

static void test_programs(void)
{
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		struct journal_fields fields = host_test_sshd_fields();
		struct event event;

		fields.ident = slice_text(programs[i].ident);
		fields.comm = slice_text(programs[i].comm);
		fields.unit = slice_text(programs[i].unit);
		fields.exe = slice_text(programs[i].exe);
		check_row(programs[i].name);
		if (CHECK_UINT(host_test_entry(&fields, slice_text(programs[i].message),
					       &event),
			       1))
			CHECK_TEXT(trust_word(event.trust), trust_word(programs[i].want));
	}
}

static void test_patterns(void)
{
	CHECK(host_pattern_fits("sshd", SLICE("sshd")));
	CHECK(!host_pattern_fits("sshd", SLICE("sshdx")));
	CHECK(!host_pattern_fits("sshd", SLICE("")));
	CHECK(host_pattern_fits("ssh@*.service", SLICE("ssh@1.service")));
	CHECK(host_pattern_fits("ssh@*.service", SLICE("ssh@.service")));
	CHECK(!host_pattern_fits("ssh@*.service", SLICE("ssh@.servic")));
	CHECK(!host_pattern_fits("aba*aba", SLICE("aba")));
	CHECK(host_pattern_fits("docker-*", SLICE("docker-")));
}

/* The journal's own fields of an event, and what logind adds. */
static void test_fields(void)
{
	struct journal_fields fields = host_test_sshd_fields();
	struct event event;

	fields.source_realtime = fields.realtime - 5;
	CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 1);
	CHECK_INT(event.happened_at, fields.realtime - 5);
	CHECK_INT(event.source, HOST_SOURCE_JOURNAL);
	CHECK_SLICE(event.host, SLICE("box"));
	CHECK_UINT(event.pid, 4021);
	CHECK(!event.twin_expected);

	fields.source_realtime = -1;
	CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 1);
	CHECK_INT(event.happened_at, fields.realtime);
	fields.pid = 0;
	CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 1);
	CHECK_UINT(event.pid, 4021);
	fields.is_cut = true;
	CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 0);
	fields.is_cut = false;
	fields.realtime = -7;
	CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 0);

	fields = host_test_sshd_fields();
	fields.ident = fields.comm = SLICE("systemd-logind");
	fields.logind_session = SLICE("c7");
	fields.logind_user = SLICE("amy");
	fields.logind_leader = 4021;
	CHECK_UINT(host_test_entry(&fields, SLICE("New session c7 of user amy."), &event),
		   1);
	CHECK_UINT(event.logind_session.leader_pid, 4021);
	CHECK_SLICE(event.logind_session.session, SLICE("c7"));
	fields.logind_session = SLICE("../7");
	CHECK_UINT(host_test_entry(&fields, SLICE("Removed session 7."), &event), 1);
	CHECK_SLICE(event.logind_session.session, SLICE("7"));
	CHECK_SLICE(event.logind_session.user, SLICE(""));
}

/* Who wrote a line in another's name, as journald saw it; of honest lines nobody asks. */
static void test_forger(void)
{
	static const struct {
		const char *name;
		int64_t uid;
		uint32_t want;
	} uids[] = {
		{ "the writer's own uid", 0, 0 },
		{ "a user", 1000, 1001 },
		{ "the last uid", UINT32_MAX - 1, UINT32_MAX },
		{ "no uid", UINT32_MAX, 0 },
		{ "none is said", -1, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		struct journal_fields fields = host_test_sshd_fields();
		struct event event;

		check_row(uids[i].name);
		fields.uid = uids[i].uid;
		CHECK_UINT(host_test_entry(&fields, SLICE(ACCEPTED), &event), 1);
		CHECK_UINT(event.forger, uids[i].want);
	}
}

static void test_loss_by_id(void)
{
	struct journal_fields fields = host_test_sshd_fields();
	struct event event;

	fields.ident = SLICE("systemd-journald");
	fields.comm = SLICE("systemd-journal");
	fields.unit = SLICE("systemd-journald.service");
	fields.syslog_pid = 0;
	fields.message_id = SLICE("a596d6fe7bfa4994828e72309e95d61e");
	CHECK_UINT(host_test_entry(&fields, SLICE("in other words"), &event), 1);
	CHECK_INT(event.kind, EVENT_GAP);
	CHECK_SLICE(event.gap.source, SLICE("journal"));
	CHECK_SLICE(event.gap.cause, SLICE("in other words"));
	CHECK_INT(event.gap.from, US_TIME_NONE);
	CHECK_INT(event.gap.until, fields.realtime);
	fields.message_id = SLICE("e9bf28e6e834481bb6f48f548ad13606");
	CHECK_UINT(host_test_entry(&fields, SLICE("in other words"), &event), 1);
	CHECK_SLICE(event.gap.source, SLICE("syslog"));
	fields.message_id = SLICE("");
	CHECK_UINT(host_test_entry(&fields, SLICE("in other words"), &event), 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "trust", test_rows },
		{ "programs", test_programs },
		{ "patterns", test_patterns },
		{ "fields", test_fields },
		{ "who forged it", test_forger },
		{ "journald's losses", test_loss_by_id },
		{ NULL, NULL },
	};

	return check_run("host trust", tests);
}
