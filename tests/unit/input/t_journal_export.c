/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "base/limits.h"
#include "input/journal.h"
#include "tests/support/check.h"
#include "tests/unit/input/journals.h"
#include "tests/unit/input/scratch.h"

static void test_recognised(void)
{
	static const struct {
		const char *name, *in;
		bool want;
	} rows[] = {
		{ "cursor in front", "__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1\n", true },
		{ "time in front", "__REALTIME_TIMESTAMP=1\n", true },
		{ "another field in front",
		  "_BOOT_ID=1\nMESSAGE=a\n__REALTIME_TIMESTAMP=1\n", true },
		{ "blank line in front", "\n__REALTIME_TIMESTAMP=1\n", true },
		{ "empty", "", false },
		{ "a settings file", "PATH=/bin\nHOME=/root\n", false },
		{ "a syslog line",
		  "Jan  2 03:04:05 host sshd[1]: a=b\n__REALTIME_TIMESTAMP=1\n", false },
		{ "JSON", "{\"__REALTIME_TIMESTAMP\":\"1\"}\n", false },
		{ "no equals sign", "__CURSOR\n", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK(journal_is_export(slice_text(rows[i].in)) == rows[i].want);
	}
	CHECK(!journal_is_file(SLICE("__CURSOR=")));
	CHECK(journal_is_file(SLICE("LPKSHHRH\0\0")));
}

static const char two_entries[] = "__CURSOR=s=1;i=1\n"
				  "__REALTIME_TIMESTAMP=1795309298000000\n"
				  "__MONOTONIC_TIMESTAMP=1000000\n"
				  "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
				  "_HOSTNAME=ip-192-0-2-10\n"
				  "_TRANSPORT=syslog\n"
				  "_UID=0\n"
				  "_PID=100\n"
				  "SYSLOG_IDENTIFIER=sshd\n"
				  "MESSAGE=Accepted password for deploy\n"
				  "\n"
				  "__REALTIME_TIMESTAMP=1795309297000000\n"
				  "_HOSTNAME=elsewhere\n"
				  "MESSAGE=noise\n"
				  "\n";

static void test_entries(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf gzip = BUF_LIMIT(100000);
	struct seen seen = SEEN("Accepted");
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "text", slice_text(two_entries));
	gzip_append(&gzip, slice_text(two_entries));
	scratch_write(&scratch, "gzip", buf_slice(&gzip));
	for (int i = 0; i < 2; i++) {
		check_row(i ? "gzip" : "plain");
		seen_clear(&seen);
		CHECK_OK(journal_read_export(scratch_path(&scratch, i ? "gzip" : "text"),
					     &seen.visitor, &seen.stats, &err),
			 &err);
		CHECK_TEXT(
			buf_text(&seen.entries),
			"1795309298000000 Accepted password for deploy"
			" host=ip-192-0-2-10 ident=sshd uid=0 pid=100 cursor=offset=0\n");
		CHECK_TEXT(buf_text(&seen.damages), "");
		CHECK_UINT(seen.asked, 2);
		CHECK_UINT(seen.stats.entries, 2);
		CHECK_INT(seen.stats.first, 1795309297000000);
		CHECK_INT(seen.stats.last, 1795309298000000);
		CHECK_TEXT(seen.stats.hostname, "ip-192-0-2-10");
	}
	seen_release(&seen);
}

static void test_empty(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "text", SLICE(""));
	CHECK_OK(journal_read_export(scratch_path(&scratch, "text"), &seen.visitor,
				     &seen.stats, &err),
		 &err);
	CHECK_UINT(seen.stats.entries, 0);
	CHECK_INT(seen.stats.first, US_TIME_NONE);
	CHECK_INT(seen.stats.last, US_TIME_NONE);
	CHECK(!seen.stats.has_hostname);
	seen_release(&seen);
}

static void test_damaged(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(100000);
	struct seen seen = SEEN("noise");
	struct err err;

	scratch_init(&scratch);
	buf_append_text(&text, "damaged entry\n\n");
	buf_append_text(&text, two_entries);
	scratch_write(&scratch, "text", buf_slice(&text));
	CHECK_OK(journal_read_export(scratch_path(&scratch, "text"), &seen.visitor,
				     &seen.stats, &err),
		 &err);
	CHECK_UINT(seen.stats.entries, 2);
	CHECK_TEXT(
		scratch_plain(&scratch, buf_text(&seen.damages)),
		"cannot read the entry at byte 0 of '@/text': a field has no valid name"
		" (at byte 0)\n");
	seen_release(&seen);
}

static void test_flood_of_damage(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(100000);
	struct seen seen = SEEN("");
	struct slice told;
	size_t lines = 0;
	struct err err;

	scratch_init(&scratch);
	fill_repeated(&text, SLICE("x\n\n"), 10000);
	scratch_write(&scratch, "text", buf_slice(&text));
	CHECK_OK(journal_read_export(scratch_path(&scratch, "text"), &seen.visitor,
				     &seen.stats, &err),
		 &err);
	told = buf_slice(&seen.damages);
	for (struct slice line; slice_take_until(&told, '\n', &line); lines++)
		;
	CHECK_UINT(lines, LIMIT_JOURNAL_DAMAGE_TOLD + 1);
	CHECK(slice_ends_with(
		slice_text(scratch_plain(&scratch, buf_text(&seen.damages))),
		SLICE("cannot read 9984 more entries of '@/text'\n")));
	seen_release(&seen);
}

/* What came before the damage is given out; the entry it cuts is not. */
static void test_truncated_gzip(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf gzip = BUF_LIMIT(100000);
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	gzip_append(&gzip, slice_text(two_entries));
	gzip_append(&gzip, SLICE("__REALTIME_TIMESTAMP=3\nMESSAGE=third\n"));
	gzip.len -= 4;
	scratch_write(&scratch, "gzip", buf_slice(&gzip));
	CHECK_INT(journal_read_export(scratch_path(&scratch, "gzip"), &seen.visitor,
				      &seen.stats, &err),
		  -1);
	CHECK_UINT(seen.asked, 2);
	CHECK(slice_find(slice_text(err.text), SLICE("the gzip is truncated")) > 0);
	seen_release(&seen);
}

static void test_not_there(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	CHECK_INT(journal_read_export(scratch.folder, &seen.visitor, &seen.stats, &err),
		  -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text), "'@' is a directory");
	seen_release(&seen);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "recognised", test_recognised },
		{ "entries", test_entries },
		{ "empty", test_empty },
		{ "damaged", test_damaged },
		{ "flood of damage", test_flood_of_damage },
		{ "truncated gzip", test_truncated_gzip },
		{ "not there", test_not_there },
		{ NULL, NULL },
	};

	return check_run("input/journal_export", tests);
}
