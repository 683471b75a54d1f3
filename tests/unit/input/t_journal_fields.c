/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_fields.h"

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

static void add(struct journal_collector *collector, const char *name, const char *value)
{
	journal_collector_add(collector, slice_text(name), slice_text(value));
}

static void test_all(void)
{
	struct journal_collector collector;

	journal_collector_init(&collector);
	add(&collector, "MESSAGE", "text");
	add(&collector, "__REALTIME_TIMESTAMP", "1795309297000001");
	add(&collector, "_SOURCE_REALTIME_TIMESTAMP", "1795309297000000");
	add(&collector, "__MONOTONIC_TIMESTAMP", "18446744073709551615");
	add(&collector, "_BOOT_ID", "0123456789abcdef0123456789abcdef");
	add(&collector, "_MACHINE_ID", "m");
	add(&collector, "_HOSTNAME", "host");
	add(&collector, "_TRANSPORT", "syslog");
	add(&collector, "_COMM", "sshd");
	add(&collector, "_EXE", "/usr/sbin/sshd");
	add(&collector, "_SYSTEMD_UNIT", "ssh.service");
	add(&collector, "_UID", "4294967295");
	add(&collector, "_PID", "7");
	add(&collector, "SYSLOG_IDENTIFIER", "sshd");
	add(&collector, "SYSLOG_PID", "8");
	add(&collector, "MESSAGE_ID", "8d45620c1a4348dbb17410da57c60c66");
	add(&collector, "SESSION_ID", "c1");
	add(&collector, "USER_ID", "deploy");
	add(&collector, "LEADER", "9");
	add(&collector, "N_DROPPED", "10");
	add(&collector, "CODE_FILE", "not kept");

	CHECK_SLICE(collector.message, SLICE("text"));
	CHECK_INT(collector.fields.realtime, 1795309297000001);
	CHECK_INT(collector.fields.source_realtime, 1795309297000000);
	CHECK_UINT(collector.fields.monotonic_us, UINT64_MAX);
	CHECK_SLICE(collector.fields.boot_id, SLICE("0123456789abcdef0123456789abcdef"));
	CHECK_SLICE(collector.fields.machine_id, SLICE("m"));
	CHECK_SLICE(collector.fields.hostname, SLICE("host"));
	CHECK_SLICE(collector.fields.transport, SLICE("syslog"));
	CHECK_SLICE(collector.fields.comm, SLICE("sshd"));
	CHECK_SLICE(collector.fields.exe, SLICE("/usr/sbin/sshd"));
	CHECK_SLICE(collector.fields.unit, SLICE("ssh.service"));
	CHECK_INT(collector.fields.uid, 4294967295);
	CHECK_UINT(collector.fields.pid, 7);
	CHECK_SLICE(collector.fields.ident, SLICE("sshd"));
	CHECK_UINT(collector.fields.syslog_pid, 8);
	CHECK_SLICE(collector.fields.message_id,
		    SLICE("8d45620c1a4348dbb17410da57c60c66"));
	CHECK_SLICE(collector.fields.logind_session, SLICE("c1"));
	CHECK_SLICE(collector.fields.logind_user, SLICE("deploy"));
	CHECK_UINT(collector.fields.logind_leader, 9);
	CHECK_UINT(collector.fields.dropped, 10);
	CHECK(!collector.fields.is_cut);

	journal_collector_clear(&collector);
	CHECK(!collector.has_message);
	CHECK_INT(collector.fields.realtime, US_TIME_NONE);
	CHECK_INT(collector.fields.source_realtime, US_TIME_NONE);
	CHECK_INT(collector.fields.uid, -1);
	CHECK_UINT(collector.fields.hostname.len, 0);
	CHECK_UINT(collector.fields.exe.len, 0);
	journal_collector_release(&collector);
}

/* A second value, even one whose first was no number, is not taken: it may be a forger's.
 */
static void test_first_counts(void)
{
	struct journal_collector collector;

	journal_collector_init(&collector);
	add(&collector, "MESSAGE", "first");
	add(&collector, "MESSAGE", "second");
	add(&collector, "_COMM", "");
	add(&collector, "_COMM", "sshd");
	add(&collector, "_UID", "1000x");
	add(&collector, "_UID", "0");
	CHECK_SLICE(collector.message, SLICE("first"));
	CHECK_UINT(collector.fields.comm.len, 0);
	CHECK_INT(collector.fields.uid, -1);
	journal_collector_release(&collector);
}

static void test_bad_numbers(void)
{
	static const char *const rows[] = {
		"",   "-1",  "+1",	   " 1",
		"1 ", "0x1", "4294967296", "99999999999999999999999999999",
	};
	struct journal_collector collector;

	journal_collector_init(&collector);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i]);
		journal_collector_clear(&collector);
		add(&collector, "_UID", rows[i]);
		add(&collector, "_PID", rows[i]);
		CHECK_INT(collector.fields.uid, -1);
		CHECK_UINT(collector.fields.pid, 0);
	}
	add(&collector, "__REALTIME_TIMESTAMP", "253402300800000000");
	CHECK_INT(collector.fields.realtime, US_TIME_NONE);
	journal_collector_release(&collector);
}

static void test_ceilings(void)
{
	AUTO_BUF struct buf long_text = BUF_LIMIT(1 << 20);
	struct journal_collector collector;
	struct slice all;

	fill_repeated(&long_text, SLICE("x"), LIMIT_JOURNAL_FIELD_BYTES + 1);
	all = buf_slice(&long_text);
	journal_collector_init(&collector);
	journal_collector_add(&collector, SLICE("_HOSTNAME"), all);
	CHECK_UINT(collector.fields.hostname.len, LIMIT_FIELD_BYTES);

	CHECK(journal_collector_begin(&collector, SLICE("MESSAGE")));
	journal_collector_append(&collector, slice_first(all, 1000));
	journal_collector_append(&collector, slice_skip(all, 1000));
	journal_collector_end(&collector);
	CHECK_UINT(collector.message.len, LIMIT_JOURNAL_FIELD_BYTES);
	CHECK(collector.fields.is_cut);

	journal_collector_clear(&collector);
	journal_collector_add(&collector, SLICE("MESSAGE"),
			      slice_first(all, LIMIT_JOURNAL_FIELD_BYTES - 1));
	CHECK(!collector.fields.is_cut);
	journal_collector_release(&collector);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "all", test_all },
		{ "the first counts", test_first_counts },
		{ "bad numbers", test_bad_numbers },
		{ "ceilings", test_ceilings },
		{ NULL, NULL },
	};

	return check_run("input/journal_fields", tests);
}
