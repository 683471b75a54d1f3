/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login of a user and one of root on a true serial line, as the journals of two virtual
 * machines had them: Debian 12 with shadow's login, Debian 13 with util-linux's. Their
 * auth.log are tests/golden/host/ttyS0/shadow.in and util-linux.in. All of it must be
 * believed, the tty must be known of each login, and each entry must be the twin of its
 * line.
 */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define GETTY "serial-getty@ttyS0.service"
#define OPENED_AMY \
	"pam_unix(login:session): session opened for user amy(uid=1000) by LOGIN(uid=0)"
#define OPENED_ROOT \
	"pam_unix(login:session): session opened for user root(uid=0) by LOGIN(uid=0)"
#define AS " - from=journal trust=attested"

static const struct row {
	const char *message, *ident, *comm, *unit, *transport;
	uint32_t pid;
	bool says_pid; /* SYSLOG_PID */
	const char *want;
} rows[] = {
	{ "FAILED LOGIN (1) on '/dev/ttyS0' FOR 'amy', Authentication failure", "login",
	  "login", GETTY, "syslog", 246, true, "" },
	{ OPENED_AMY, "login", "login", GETTY, "syslog", 246, true,
	  "session-opened" AS " service=login user=amy by=LOGIN tty=ttyS0" },
	{ "New session 1 of user amy.", "systemd-logind", "systemd-logind",
	  "systemd-logind.service", "journal", 227, false,
	  "logind-opened" AS " session=1 user=amy" },
	{ "pam_unix(login:session): session closed for user amy", "login", "login",
	  "session-1.scope", "syslog", 246, true,
	  "session-closed" AS " service=login user=amy" },
	{ "Removed session 1.", "systemd-logind", "systemd-logind",
	  "systemd-logind.service", "journal", 227, false,
	  "logind-closed" AS " session=1" },
	{ OPENED_ROOT, "login", "login", GETTY, "syslog", 331, true,
	  "session-opened" AS " service=login user=root by=LOGIN tty=ttyS0" },
	/* the child's, just before it becomes the shell: another pid, in the scope */
	{ "ROOT LOGIN  on '/dev/ttyS0'", "login", "login", "session-3.scope", "syslog",
	  343, true, "console-login" AS " user=root tty=ttyS0" },
	{ "add 'amy' to group 'adm'", "usermod", "usermod", "session-3.scope", "syslog",
	  346, true, "account-changed" AS " user=amy group=adm" },
	{ "user amy added by root to group dialout", "gpasswd", "gpasswd",
	  "session-3.scope", "syslog", 353, true,
	  "account-changed" AS " user=amy group=dialout" },
	{ "change user 'amy' password", "usermod", "usermod", "session-3.scope", "syslog",
	  359, true, "account-changed" AS " user=amy" },
	{ "System is rebooting.", "systemd-logind", "systemd-logind",
	  "systemd-logind.service", "journal", 227, false, "boot" AS " is_shutdown" },

	/* util-linux: no pid of its own, and one process for all of it */
	{ "FAILED LOGIN 1 FROM ttyS0 FOR amy, Authentication failure", "login", "login",
	  GETTY, "syslog", 325, false, "" },
	{ "pam_unix(login:session): session opened for user amy(uid=1000) by amy(uid=0)",
	  "login", "login", GETTY, "syslog", 325, false,
	  "session-opened" AS " service=login user=amy by=amy tty=ttyS0" },
	{ "DIALUP AT ttyS0 BY amy", "login", "login", "session-1.scope", "syslog", 325,
	  false, "console-login" AS " user=amy tty=ttyS0" },
	{ "DIALUP AT ttyS0 BY root", "login", "login", "session-3.scope", "syslog", 434,
	  false, "console-login" AS " user=root tty=ttyS0" },
	{ "ROOT LOGIN ON ttyS0", "login", "login", "session-3.scope", "syslog", 434,
	  false, "console-login" AS " user=root tty=ttyS0" },
};

static struct journal_fields fields_of(const struct row *row)
{
	struct journal_fields fields = host_test_sshd_fields();

	fields.ident = slice_text(row->ident);
	fields.comm = slice_text(row->comm);
	fields.unit = slice_text(row->unit);
	fields.transport = slice_text(row->transport);
	fields.pid = row->pid;
	fields.syslog_pid = row->says_pid ? row->pid : 0;
	return fields;
}

static void test_entries(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct journal_fields fields = fields_of(&rows[i]);
		struct event event;
		size_t count =
			host_test_entry(&fields, slice_text(rows[i].message), &event);

		check_row(rows[i].message);
		CHECK_TEXT(host_test_text(count, &event), rows[i].want);
	}
}

/* Shadow's login tells of a login from the child that becomes the shell, a user's only
 * with LOG_OK_LOGINS, under the user's own uid (so a user can say it, too). None of it is
 * forged. */
static void test_child(void)
{
	static const struct {
		const char *name, *message, *comm, *exe, *unit;
		int64_t uid;
		enum trust want;
	} children[] = {
		{ "root", "ROOT LOGIN  on '/dev/ttyS0'", "login", "/usr/bin/bash",
		  "session-3.scope", 0, TRUST_ATTESTED },
		{ "root, later", "ROOT LOGIN  on '/dev/ttyS0'", "bash", "/usr/bin/bash",
		  "session-3.scope", 0, TRUST_ATTESTED },
		{ "user", "'amy' logged in  on '/dev/ttyS0'", "bash", "/usr/bin/bash",
		  "session-32.scope", 1000, TRUST_UNVERIFIED },
		{ "without a unit", "ROOT LOGIN  on '/dev/ttyS0'", "login",
		  "/usr/bin/login", "", 0, TRUST_UNVERIFIED },
		{ "a service", "ROOT LOGIN  on '/dev/ttyS0'", "login", "/usr/bin/login",
		  "web.service", 0, TRUST_CONTRADICTED },
		{ "a user's service", "'amy' logged in  on '/dev/ttyS0'", "logger",
		  "/usr/bin/logger", "user@1000.service", 1000, TRUST_CONTRADICTED },
		{ "a user as util-linux", "LOGIN ON ttyS0 BY amy", "bash",
		  "/usr/bin/bash", "session-32.scope", 1000, TRUST_CONTRADICTED },
	};

	for (size_t i = 0; i < COUNT_OF(children); i++) {
		struct journal_fields fields = fields_of(&rows[1]);
		struct event event;

		fields.comm = slice_text(children[i].comm);
		fields.exe = slice_text(children[i].exe);
		fields.unit = slice_text(children[i].unit);
		fields.uid = children[i].uid;
		check_row(children[i].name);
		if (CHECK_UINT(host_test_entry(&fields, slice_text(children[i].message),
					       &event),
			       1))
			CHECK_TEXT(trust_word(event.trust), trust_word(children[i].want));
	}
}

static void test_twins(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct journal_fields fields = fields_of(&rows[i]);
		struct event of_entry, of_line;

		check_row(rows[i].message);
		if (!rows[i].want[0])
			continue;
		CHECK_UINT(
			host_test_entry(&fields, slice_text(rows[i].message), &of_entry),
			1);
		CHECK_UINT(host_test_message(rows[i].ident, slice_text(rows[i].message),
					     &of_line),
			   1);
		CHECK_UINT(of_line.text_hash, of_entry.text_hash);
		CHECK(of_line.twin_expected);
	}
}

/* The units whose name is a tty's. */
static void test_units(void)
{
	static const struct {
		const char *unit, *want;
	} units[] = {
		{ "serial-getty@ttyS0.service", "ttyS0" },
		{ "serial-getty@ttyAMA0.service", "ttyAMA0" },
		{ "serial-getty@hvc0.service", "hvc0" },
		{ "getty@tty1.service", "tty1" },
		{ "console-getty.service", "" },
		{ "container-getty@1.service", "" },
		{ "session-4.scope", "" },
		{ "serial-getty@.service", "" },
		{ "serial-getty@tty;0.service", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		struct journal_fields fields = fields_of(&rows[1]);
		struct event event;

		check_row(units[i].unit);
		fields.unit = slice_text(units[i].unit);
		CHECK_UINT(host_test_entry(&fields, SLICE(OPENED_AMY), &event), 1);
		CHECK_SLICE(event.pam_session.tty, slice_text(units[i].want));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "entries", test_entries },
		{ "shadow's child", test_child },
		{ "twins", test_twins },
		{ "units", test_units },
		{ NULL, NULL },
	};

	return check_run("login on a serial line", tests);
}
