/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/host_test.h"

#define KEY "SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo"
#define OFFER "Providing ssh key from EC2 Instance Connect with fingerprint: "
#define REQUEST "5a1f9d3e-0c4b-4f7e-9a52-3b8d6c1e7f20"
#define PRINCIPAL "arn:aws:iam::111122223333:user/ops/amy+a=b,c.d@e-f"
#define FROM " - from=syslog trust=unverified"

/* What is said of each message under each tag; "" = no evidence. */
static const struct row {
	const char *name, *tag, *message, *want;
} rows[] = {
	/* Instance Connect */
	{ "offer", "ec2-instance-connect[1023]",
	  OFFER KEY ", request-id: " REQUEST ", for IAM principal: " PRINCIPAL,
	  "key-offered" FROM " fingerprint=" KEY " request_id=" REQUEST
	  " principal=" PRINCIPAL },
	{ "offer without a principal", "ec2-instance-connect[1023]",
	  OFFER KEY ", request-id: " REQUEST,
	  "key-offered" FROM " fingerprint=" KEY " request_id=" REQUEST },
	{ "offer without a request", "ec2-instance-connect",
	  OFFER KEY ", for IAM principal: " PRINCIPAL,
	  "key-offered" FROM " fingerprint=" KEY " principal=" PRINCIPAL },
	{ "offer, bare", "keys[7]", OFFER KEY, "key-offered" FROM " fingerprint=" KEY },
	{ "offer of the rewrite", "eic_parse_authorized_keys",
	  OFFER KEY "., request-id: " REQUEST ", for IAM principal: " PRINCIPAL,
	  "key-offered" FROM " fingerprint=" KEY " request_id=" REQUEST
	  " principal=" PRINCIPAL },
	{ "offer, fingerprint too long", "keys[7]", OFFER KEY "A", "" },
	{ "offer, md5", "keys[7]", OFFER "MD5:00:11", "" },
	{ "offer, principal of two words", "keys[7]",
	  OFFER KEY ", for IAM principal: a b", "" },
	{ "offer, something behind", "keys[7]", OFFER KEY ", and more", "" },
	{ "offer, wrong order", "keys[7]",
	  OFFER KEY ", for IAM principal: a, request-id: b c", "" },
	{ "query", "ec2-instance-connect[991]",
	  "Querying EC2 Instance Connect keys for matching fingerprint: " KEY, "" },

	/* login, util-linux */
	{ "dialup", "login", "DIALUP AT ttyS0 BY amy",
	  "console-login" FROM " user=amy tty=ttyS0" },
	{ "login on", "login[8]", "LOGIN ON ttyAMA0 BY amy",
	  "console-login" FROM " user=amy tty=ttyAMA0" },
	{ "login over the network", "login[8]", "LOGIN ON pts/3 BY amy FROM host.example",
	  "console-login" FROM " user=amy tty=pts/3" },
	{ "root login", "login[8]", "ROOT LOGIN ON ttyS0",
	  "console-login" FROM " user=root tty=ttyS0" },
	{ "root login over the network", "login[8]",
	  "ROOT LOGIN ON pts/3 FROM host.example",
	  "console-login" FROM " user=root tty=pts/3" },
	{ "failed", "login[8]",
	  "FAILED LOGIN 1 FROM ttyS0 FOR amy, Authentication failure", "" },
	{ "login of nobody", "login[8]", "LOGIN ON ttyS0 BY ", "" },
	{ "login on nothing", "login[8]", "LOGIN ON  BY amy", "" },
	{ "login, odd tty", "login[8]", "LOGIN ON tty;S0 BY amy", "" },
	{ "login by another program", "logger", "LOGIN ON ttyS0 BY amy", "" },

	/* login, shadow */
	{ "shadow root", "login[8]", "ROOT LOGIN  on '/dev/ttyS0'",
	  "console-login" FROM " user=root tty=ttyS0" },
	{ "shadow", "login[8]", "'amy' logged in  on '/dev/ttyS0'",
	  "console-login" FROM " user=amy tty=ttyS0" },
	{ "shadow over the network", "login[8]",
	  "'amy' logged in  on '/dev/pts/1' from 'h.example'",
	  "console-login" FROM " user=amy tty=pts/1" },
	{ "shadow, one blank", "login[8]", "ROOT LOGIN on '/dev/ttyS0'", "" },
	{ "shadow failed", "login[8]",
	  "FAILED LOGIN (1) on '/dev/ttyS0' FOR 'amy', Authentication failure", "" },
	{ "shadow, twice", "login[8]",
	  "'amy' logged in  on '/dev/tty1' logged in  on '/dev/ttyS0'", "" },
	{ "shadow, more behind", "login[8]", "ROOT LOGIN  on '/dev/ttyS0' x", "" },

	/* pam_unix */
	{ "opened", "sshd[9]",
	  "pam_unix(sshd:session): session opened for user amy(uid=1000) by amy(uid=0)",
	  "session-opened" FROM " service=sshd user=amy by=amy" },
	{ "opened, old", "login[9]",
	  "pam_unix(login:session): session opened for user amy by LOGIN(uid=0)",
	  "session-opened" FROM " service=login user=amy by=LOGIN" },
	{ "opened by nobody", "sshd-session[9]",
	  "pam_unix(sshd:session): session opened for user amy by (uid=0)",
	  "session-opened" FROM " service=sshd user=amy" },
	{ "opened, no account", "sshd[9]",
	  "pam_unix(sshd:session): session opened for user amy(uid=getpwnam error) by "
	  "(uid=0)",
	  "session-opened" FROM " service=sshd user=amy" },
	{ "opened, blanks", "sshd[9]",
	  "pam_unix(sshd:session): session opened for user domain users(uid=7) by "
	  "(uid=0)",
	  "session-opened" FROM " service=sshd user=\"domain users\"" },
	{ "opened by whom", "sshd[9]",
	  "pam_unix(sshd:session): session opened for user a by b(uid=0) by c(uid=0)",
	  "" },
	{ "opened, bare", "sshd[9]",
	  "pam_unix(sshd:session): session opened for user amy", "" },
	{ "closed", "sshd[9]", "pam_unix(sshd:session): session closed for user amy",
	  "session-closed" FROM " service=sshd user=amy" },
	{ "closed for nobody", "sshd[9]",
	  "pam_unix(sshd:session): session closed for user ", "" },
	{ "cron", "CRON[9]",
	  "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
	  "session-opened" FROM " service=cron user=root" },
	{ "user manager", "(systemd)",
	  "pam_unix(systemd-user:session): session opened for user amy(uid=1000) by "
	  "(uid=0)",
	  "session-opened" FROM " service=systemd-user user=amy" },
	{ "sshd's session from another tag", "su[9]",
	  "pam_unix(sshd:session): session opened for user amy(uid=1000) by amy(uid=0)",
	  "" },
	{ "failure", "sshd[9]",
	  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
	  "ruser= "
	  "rhost=192.0.2.7  user=amy",
	  "" },

	/* logind */
	{ "new session", "systemd-logind[563]", "New session 5 of user amy.",
	  "logind-opened" FROM " session=5 user=amy" },
	{ "new session, quoted", "systemd-logind[563]",
	  "New session 'c5' of user 'amy' with class 'user' and type 'tty'.",
	  "logind-opened" FROM " session=c5 user=amy" },
	{ "removed session", "systemd-logind[563]", "Removed session 5.",
	  "logind-closed" FROM " session=5" },
	{ "logged out", "systemd-logind[563]",
	  "Session 5 logged out. Waiting for processes to exit.", "" },
	{ "new session, odd id", "systemd-logind[563]", "New session ../5 of user amy.",
	  "" },
	{ "new session, no stop", "systemd-logind[563]", "New session 5 of user amy",
	  "" },
	{ "buttons", "systemd-logind[563]",
	  "Watching system buttons on /dev/input/event2", "" },

	/* useradd */
	{ "new user", "useradd[77]",
	  "new user: name=ssm-user, UID=1001, GID=1001, home=/home/ssm-user, "
	  "shell=/bin/bash, "
	  "from=none",
	  "account-created" FROM " user=ssm-user uid=1001" },
	{ "new user, older", "useradd[77]",
	  "new user: name=ssm-user, UID=1001, GID=1001, home=/home/ssm-user, "
	  "shell=/bin/bash",
	  "account-created" FROM " user=ssm-user uid=1001" },
	{ "new group", "useradd[77]", "new group: name=ssm-user, GID=1001", "" },
	{ "new user, odd uid", "useradd[77]", "new user: name=x, UID=4294967296, GID=1",
	  "" },

	/* sudo */
	{ "sudo", "sudo",
	  "     amy : TTY=pts/0 ; PWD=/home/amy ; USER=root ; COMMAND=/bin/id",
	  "sudo" FROM " user=amy target_user=root tty=pts/0" },
	{ "sudo without a tty", "sudo[9]", "amy : PWD=/ ; USER=root ; COMMAND=/bin/id",
	  "sudo" FROM " user=amy target_user=root" },
	{ "sudo, tty unknown", "sudo[9]",
	  "amy : TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/id",
	  "sudo" FROM " user=amy target_user=root" },
	{ "sudo, all there is", "sudo[9]",
	  "amy : HOST=box ; TTY=pts/0 ; CHROOT=/srv ; PWD=/ ; USER=bo ; GROUP=g ; "
	  "TSID=000001 ; "
	  "ENV=A=b ; COMMAND=/bin/id",
	  "sudo" FROM " user=amy target_user=bo tty=pts/0" },
	{ "sudo in an odd folder", "sudo[9]",
	  "amy : TTY=pts/0 ; PWD=/tmp/a ; USER=bo ; COMMAND=x ; USER=root ; "
	  "COMMAND=/bin/id",
	  "sudo" FROM " user=amy tty=pts/0" },
	{ "sudo refused", "sudo[9]",
	  "amy : command not allowed ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id",
	  "" },
	{ "sudo, not in sudoers", "sudo[9]",
	  "amy : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id",
	  "" },
	{ "sudo's session", "sudo",
	  "pam_unix(sudo:session): session opened for user root(uid=0) by amy(uid=1000)",
	  "session-opened" FROM " service=sudo user=root by=amy" },

	/* journald */
	{ "suppressed", "systemd-journald[201]",
	  "Suppressed 1713 messages from ssh.service",
	  "gap" FROM
	  " source=journal cause=\"Suppressed 1713 messages from ssh.service\"" },
	{ "forwarding missed", "systemd-journald[201]",
	  "Forwarding to syslog missed 26 messages.",
	  "gap" FROM
	  " source=syslog cause=\"Forwarding to syslog missed 26 messages.\"" },
	{ "journal started", "systemd-journald[201]", "Journal started", "" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		struct event event;
		size_t count =
			host_test_message(row->tag, slice_text(row->message), &event);

		check_row(row->name);
		if (count && event.kind == EVENT_GAP)
			event.gap.until = US_TIME_NONE;
		CHECK_TEXT(host_test_text(count, &event), row->want);
	}
}

/* Whatever becomes an event must pass the filters in front of the parsers. */
static void test_wanted(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		if (rows[i].want[0])
			CHECK(host_message_wanted(
				slice_trim(slice_text(rows[i].message))));
	}
	CHECK(!host_message_wanted(SLICE("")));
	CHECK(!host_message_wanted(
		SLICE("Failed password for amy from 192.0.2.7 port 1 ssh2")));
	CHECK(!host_message_wanted(
		SLICE("pam_unix(sshd:auth): authentication failure; logname= uid=0")));
	CHECK(!host_message_wanted(SLICE("key=value : x")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "messages", test_rows },
		{ "filter", test_wanted },
		{ NULL, NULL },
	};

	return check_run("host writers", tests);
}
