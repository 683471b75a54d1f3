/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/syslog_head.h"
#include "tests/support/check.h"

#define T0 INT64_C(1767323045000000) /* 2026-01-02T03:04:05Z */

static const struct {
	const char *name, *line;
	enum syslog_form form;
	us_time time;
	const char *host, *ident;
	uint32_t pid;
	const char *message;
} whole[] = {
	{ "rfc 3164", "Jan  2 03:04:05 box sshd[88]: hello", SYSLOG_TRADITIONAL,
	  US_TIME_NONE, "box", "sshd", 88, "hello" },
	{ "day with a zero", "Jan 02 03:04:05 box sshd[88]: hello", SYSLOG_TRADITIONAL,
	  US_TIME_NONE, "box", "sshd", 88, "hello" },
	{ "no pid", "Jan  2 03:04:05 box sudo: amy : TTY", SYSLOG_TRADITIONAL,
	  US_TIME_NONE, "box", "sudo", 0, "amy : TTY" },
	{ "rfc 3339", "2026-01-02T03:04:05+00:00 ip-192-0-2-7 sshd-session[88]: hello",
	  SYSLOG_RFC3339, T0, "ip-192-0-2-7", "sshd-session", 88, "hello" },
	{ "fraction and offset", "2026-01-02T04:04:05.000009+01:00 box login[7]: hello",
	  SYSLOG_RFC3339, T0 + 9, "box", "login", 7, "hello" },
	{ "zulu", "2026-01-02T03:04:05Z box (systemd): pam", SYSLOG_RFC3339, T0, "box",
	  "(systemd)", 0, "pam" },
	{ "priority", "<86>2026-01-02T03:04:05Z box CRON[9]: x", SYSLOG_RFC3339, T0,
	  "box", "CRON", 9, "x" },
	{ "priority before 3164", "<86>Jan  2 03:04:05 box CRON[9]: x",
	  SYSLOG_TRADITIONAL, US_TIME_NONE, "box", "CRON", 9, "x" },
	{ "address as host", "Jan  2 03:04:05 2001:db8::7 sshd[8]: x", SYSLOG_TRADITIONAL,
	  US_TIME_NONE, "2001:db8::7", "sshd", 8, "x" },
	{ "rfc 5424", "<86>1 2026-01-02T03:04:05Z box sshd 88 - - hello", SYSLOG_RFC5424,
	  T0, "box", "sshd", 88, "hello" },
	{ "rfc 5424, rsyslog's second blank",
	  "<86>1 2026-01-02T03:04:05Z box sshd 88 - -  hello", SYSLOG_RFC5424, T0, "box",
	  "sshd", 88, "hello" },
	{ "rfc 5424 without priority", "1 2026-01-02T03:04:05Z box sshd 88 ID47 - hello",
	  SYSLOG_RFC5424, T0, "box", "sshd", 88, "hello" },
	{ "rfc 5424 without pid", "1 2026-01-02T03:04:05Z box sudo - - - hello",
	  SYSLOG_RFC5424, T0, "box", "sudo", 0, "hello" },
	{ "rfc 5424 with data",
	  "<86>1 2026-01-02T03:04:05Z box sshd 88 - [a@1 b=\"x \\\"]\"][c d=\"\"] hello",
	  SYSLOG_RFC5424, T0, "box", "sshd", 88, "hello" },
	{ "rfc 5424 with a mark",
	  "<86>1 2026-01-02T03:04:05Z box sshd 88 - - \xef\xbb\xbfhello", SYSLOG_RFC5424,
	  T0, "box", "sshd", 88, "hello" },
	{ "message of blanks", "Jan  2 03:04:05 box sudo:      amy : x",
	  SYSLOG_TRADITIONAL, US_TIME_NONE, "box", "sudo", 0, "     amy : x" },
};

static void test_whole(void)
{
	for (size_t i = 0; i < COUNT_OF(whole); i++) {
		struct syslog_head head = syslog_head_parse(slice_text(whole[i].line));

		check_row(whole[i].name);
		CHECK(head.is_whole);
		CHECK_INT(head.form, whole[i].form);
		CHECK_INT(head.time, whole[i].time);
		CHECK_SLICE(head.host, slice_text(whole[i].host));
		CHECK_SLICE(head.ident, slice_text(whole[i].ident));
		CHECK_UINT(head.pid, whole[i].pid);
		CHECK_SLICE(head.message, slice_text(whole[i].message));
	}
}

/* Lines of a log, but nobody's message. */
static const struct {
	const char *name, *line;
	enum syslog_form form;
} odd[] = {
	{ "no tag", "Jan  2 03:04:05 box just words", SYSLOG_TRADITIONAL },
	{ "mark", "Jan  2 03:04:05 box -- MARK --", SYSLOG_TRADITIONAL },
	{ "repeated", "Jan  2 03:04:05 box last message repeated 2 times",
	  SYSLOG_TRADITIONAL },
	{ "second host", "Jan  2 03:04:05 box other sshd[8]: x", SYSLOG_TRADITIONAL },
	{ "second head", "Jan  2 03:04:05 box Jan  2 03:04:05 box sshd[8]: x",
	  SYSLOG_TRADITIONAL },
	{ "two blanks before the tag", "Jan  2 03:04:05 box  sshd[8]: x",
	  SYSLOG_TRADITIONAL },
	{ "blank in the tag", "Jan  2 03:04:05 box sshd [8]: x", SYSLOG_TRADITIONAL },
	{ "blank before the colon", "Jan  2 03:04:05 box sshd[8] : x",
	  SYSLOG_TRADITIONAL },
	{ "no blank after it", "Jan  2 03:04:05 box sshd[8]:x", SYSLOG_TRADITIONAL },
	{ "pid of letters", "Jan  2 03:04:05 box sshd[8a]: x", SYSLOG_TRADITIONAL },
	{ "pid too large", "Jan  2 03:04:05 box sshd[4294967296]: x",
	  SYSLOG_TRADITIONAL },
	{ "empty pid", "Jan  2 03:04:05 box sshd[]: x", SYSLOG_TRADITIONAL },
	{ "empty tag", "Jan  2 03:04:05 box : x", SYSLOG_TRADITIONAL },
	{ "no message", "Jan  2 03:04:05 box sshd[8]: ", SYSLOG_TRADITIONAL },
	{ "tab in the tag", "Jan  2 03:04:05 box ss\thd[8]: x", SYSLOG_TRADITIONAL },
	{ "byte over 127 in the tag", "Jan  2 03:04:05 box ssh\xc3\xa9[8]: x",
	  SYSLOG_TRADITIONAL },
	{ "tag of 49 bytes",
	  "Jan  2 03:04:05 box sshdsshdsshdsshdsshdsshdsshdsshdsshdsshdsshdsshdx[8]: x",
	  SYSLOG_TRADITIONAL },
	{ "no tag in rfc 3339", "2026-01-02T03:04:05Z INFO daemon started",
	  SYSLOG_RFC3339 },
	{ "rfc 5424 pid of letters", "1 2026-01-02T03:04:05Z box sshd 8a - - x",
	  SYSLOG_RFC5424 },
	{ "rfc 5424 data without end", "1 2026-01-02T03:04:05Z box sshd 8 - [a b=\"]\" x",
	  SYSLOG_RFC5424 },
	{ "no form", "sshd[8]: x", SYSLOG_UNKNOWN },
	{ "empty", "", SYSLOG_UNKNOWN },
	{ "no host", "Jan  2 03:04:05 ", SYSLOG_UNKNOWN },
	{ "no such day", "Jan 32 03:04:05 box sshd[8]: x", SYSLOG_UNKNOWN },
	{ "no such month", "Jam  2 03:04:05 box sshd[8]: x", SYSLOG_UNKNOWN },
	{ "no such hour", "2026-01-02T24:04:05Z box sshd[8]: x", SYSLOG_UNKNOWN },
	{ "blank for T", "2026-01-02 03:04:05Z box sshd[8]: x", SYSLOG_UNKNOWN },
	{ "priority too large", "<192>Jan  2 03:04:05 box sshd[8]: x", SYSLOG_UNKNOWN },
	{ "other version", "<86>2 2026-01-02T03:04:05Z box sshd 8 - - x",
	  SYSLOG_UNKNOWN },
	{ "control byte as host", "Jan  2 03:04:05 \001 sshd[8]: x", SYSLOG_UNKNOWN },
};

static void test_odd(void)
{
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		struct syslog_head head = syslog_head_parse(slice_text(odd[i].line));

		check_row(odd[i].name);
		CHECK(!head.is_whole);
		CHECK_INT(head.form, odd[i].form);
	}
}

static void test_trim(void)
{
	CHECK_SLICE(syslog_line_trim(slice_of("\0\0\0Jan", 6)), SLICE("Jan"));
	CHECK_SLICE(syslog_line_trim(SLICE("\xef\xbb\xbfJan")), SLICE("Jan"));
	CHECK_SLICE(syslog_line_trim(SLICE("Jan\r")), SLICE("Jan"));
	CHECK_SLICE(syslog_line_trim(slice_of("\0\0", 2)), SLICE(""));
	CHECK_SLICE(syslog_line_trim(slice_of(NULL, 0)), SLICE(""));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "whole heads", test_whole },
		{ "odd heads", test_odd },
		{ "what is not the line's", test_trim },
		{ NULL, NULL },
	};

	return check_run("syslog_head", tests);
}
