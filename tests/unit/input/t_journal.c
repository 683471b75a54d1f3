/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/journals.h"
#include "tests/unit/input/scratch.h"

#define TEXT_LIMIT_BYTES ((size_t)16 * 1024 * 1024)
#define PAGE_BYTES ((off_t)4096)
#define SKIPPED 77 /* automake's word for it */

static int read_scratch(struct scratch *scratch, const char *name, struct seen *seen,
			struct err *err)
{
	seen_clear(seen);
	return journal_read(scratch_path(scratch, name), &seen->visitor, &seen->stats,
			    err);
}

static void make_folder(struct scratch *scratch, const char *name)
{
	CHECK_INT(mkdir(scratch_path(scratch, name), 0755), 0);
}

/* A journal of `count` entries "message N", from a second on, every `step` seconds. */
static void make_journal(struct scratch *scratch, const char *name, unsigned count,
			 unsigned first, unsigned step)
{
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	char message[64];

	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(message, sizeof(message), "message %u", first + i * step);
		journal_append_entry(&text, first + i * step, message);
	}
	journal_make(scratch, name, buf_slice(&text));
}

static size_t count_lines(const struct buf *buf)
{
	size_t lines = 0;

	for (size_t i = 0; i < buf->len; i++)
		lines += buf->ptr[i] == '\n';
	return lines;
}

struct kept {
	struct buf fields;
};

static bool want_all(void *ctx, struct slice message)
{
	(void)ctx;
	(void)message;
	return true;
}

static void keep_fields(void *ctx, const struct record *record, const char *cursor)
{
	struct kept *kept = ctx;
	const struct journal_fields *fields = record->journal;

	CHECK(cursor[0] != '\0');
	CHECK_INT(fields->realtime, 1795305600000000);
	CHECK_INT(fields->source_realtime, 1795305599999999);
	CHECK_UINT(fields->monotonic_us, 77);
	CHECK(!fields->is_user_journal);
	buf_append_format(
		&kept->fields, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s",
		SLICE_ARG(record->bytes), SLICE_ARG(fields->boot_id),
		SLICE_ARG(fields->machine_id), SLICE_ARG(fields->hostname),
		SLICE_ARG(fields->transport), SLICE_ARG(fields->comm),
		SLICE_ARG(fields->unit), SLICE_ARG(fields->ident),
		SLICE_ARG(fields->message_id), SLICE_ARG(fields->logind_session));
	buf_append_format(&kept->fields,
			  "|%.*s|%" PRId64 "|%" PRIu32 "|%" PRIu32 "|%" PRIu32
			  "|%" PRIu64,
			  SLICE_ARG(fields->logind_user), fields->uid, fields->pid,
			  fields->syslog_pid, fields->logind_leader, fields->dropped);
}

static void test_fields(void)
{
	static const char text[] =
		"__REALTIME_TIMESTAMP=1795305600000000\n__MONOTONIC_TIMESTAMP=77\n"
		"_BOOT_ID=0123456789abcdef0123456789abcdef\n"
		"_MACHINE_ID=fedcba9876543210fedcba9876543210\n"
		"_SOURCE_REALTIME_TIMESTAMP=1795305599999999\n"
		"_HOSTNAME=ip-192-0-2-10\n_TRANSPORT=journal\n_COMM=systemd-logind\n"
		"_SYSTEMD_UNIT=systemd-logind.service\n_UID=0\n_PID=5\n"
		"SYSLOG_IDENTIFIER=systemd-logind\nSYSLOG_PID=6\n"
		"MESSAGE_ID=8d45620c1a4348dbb17410da57c60c66\nSESSION_ID=c1\nUSER_ID="
		"deploy\n"
		"LEADER=7\nN_DROPPED=8\nMESSAGE=New session c1 of user deploy.\n\n";
	AUTO_SCRATCH struct scratch scratch;
	struct kept kept = { BUF_LIMIT(10000) };
	struct journal_visitor visitor = { want_all, keep_fields, NULL, &kept };
	struct journal_stats stats;
	struct err err;

	scratch_init(&scratch);
	journal_make(&scratch, "system.journal", slice_text(text));
	CHECK_OK(journal_read(scratch_path(&scratch, "system.journal"), &visitor, &stats,
			      &err),
		 &err);
	CHECK_TEXT(
		buf_text(&kept.fields),
		"New session c1 of user deploy.|0123456789abcdef0123456789abcdef|"
		"fedcba9876543210fedcba9876543210|ip-192-0-2-10|journal|systemd-logind|"
		"systemd-logind.service|systemd-logind|8d45620c1a4348dbb17410da57c60c66|"
		"c1|"
		"deploy|0|5|6|7|8");
	CHECK_UINT(stats.entries, 1);
	CHECK_INT(stats.first, 1795305600000000);
	CHECK_INT(stats.last, 1795305600000000);
	CHECK_TEXT(stats.hostname, "ip-192-0-2-10");
	buf_release(&kept.fields);
}

static void test_only_wanted(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct seen seen = SEEN("message 7");
	struct err err;

	scratch_init(&scratch);
	seen.hides_cursor = true;
	make_journal(&scratch, "system.journal", 80, 0, 1);
	CHECK_OK(read_scratch(&scratch, "system.journal", &seen, &err), &err);
	CHECK_UINT(seen.asked, 80);
	CHECK_UINT(seen.stats.entries, 80);
	CHECK_UINT(count_lines(&seen.entries), 11);
	CHECK(slice_starts_with(
		buf_slice(&seen.entries),
		SLICE("1795305607000000 message 7 host=ip-192-0-2-10 ident=sshd "
		      "uid=0 pid=100 cursor=some\n"
		      "1795305670000000 message 70 ")));
	CHECK_INT(seen.stats.first, 1795305600000000);
	CHECK_INT(seen.stats.last, 1795305679000000);
	CHECK_TEXT(buf_text(&seen.damages), "");
	seen_release(&seen);
}

static void test_odd_messages(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	seen.hides_cursor = true;
	journal_append_entry(&text, 0, "");
	buf_append_text(&text, "__REALTIME_TIMESTAMP=1795305601000000\n"
			       "__MONOTONIC_TIMESTAMP=2000000\n"
			       "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
			       "_TRANSPORT=journal\nNOTHING=said\n\n");
	buf_append_text(&text, "__REALTIME_TIMESTAMP=1795305602000000\n"
			       "__MONOTONIC_TIMESTAMP=3000000\n"
			       "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
			       "MESSAGE\n");
	buf_append(&text, SLICE("\5\0\0\0\0\0\0\0a\n\0=b\n_UID=5\n_UID=9\n\n"));
	journal_make(&scratch, "system.journal", buf_slice(&text));
	CHECK_OK(read_scratch(&scratch, "system.journal", &seen, &err), &err);
	CHECK_TEXT(
		buf_text(&seen.entries),
		"1795305600000000  host=ip-192-0-2-10 ident=sshd uid=0 pid=100 "
		"cursor=some\n"
		"1795305602000000 a\\x0a\\x00=b host= ident= uid=5 pid=0 cursor=some\n");
	CHECK_UINT(seen.stats.entries, 3);
	CHECK_TEXT(buf_text(&seen.damages), "");
	seen_release(&seen);
}

/* A MESSAGE past the ceiling is cut and says so, whether journald compressed it or not.
 */
static void test_long_message(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf message = BUF_LIMIT(TEXT_LIMIT_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct seen seen = SEEN("x");
	struct err err;

	scratch_init(&scratch);
	fill_repeated(&message, SLICE("x"), 2 * LIMIT_JOURNAL_FIELD_BYTES);
	journal_append_entry(&text, 0, buf_text(&message));
	journal_append_entry(&text, 1, "short message after it x");
	journal_make(&scratch, "system.journal", buf_slice(&text));
	CHECK_OK(read_scratch(&scratch, "system.journal", &seen, &err), &err);
	CHECK_UINT(count_lines(&seen.entries), 2);
	CHECK(!seen.is_cut);
	seen.word = "xxx";
	CHECK_OK(read_scratch(&scratch, "system.journal", &seen, &err), &err);
	CHECK_UINT(count_lines(&seen.entries), 1);
	CHECK(seen.is_cut);
	seen_release(&seen);
}

/* System and user journals of one folder, merged by time, and told apart. */
static void test_folder(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct seen seen = SEEN("");
	us_time before = 0;
	struct slice entries;
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "journal");
	make_folder(&scratch, "journal/fedcba9876543210fedcba9876543210");
	make_journal(&scratch, "journal/fedcba9876543210fedcba9876543210/system.journal",
		     6, 0, 2);
	make_journal(&scratch,
		     "journal/fedcba9876543210fedcba9876543210/user-1000.journal", 6, 1,
		     2);
	make_journal(&scratch, "journal/system@1.journal", 1, 100, 1);
	scratch_write(&scratch, "journal/README", SLICE("no journal\n"));
	CHECK_OK(read_scratch(&scratch, "journal", &seen, &err), &err);
	CHECK_TEXT(buf_text(&seen.damages), "");
	CHECK_TEXT(buf_text(&seen.users), "susususususus");
	entries = buf_slice(&seen.entries);
	for (struct slice line; slice_take_until(&entries, '\n', &line);) {
		uint64_t time = 0;

		CHECK(slice_take_number(&line, UINT64_MAX, &time));
		CHECK((us_time)time > before);
		before = (us_time)time;
	}
	CHECK_UINT(seen.stats.entries, 13);
	CHECK_INT(seen.stats.last, 1795305700000000);
	seen_release(&seen);
}

/* A mapped file shorter than its head says would kill the reader with SIGBUS. */
static void test_truncated(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "folder");
	make_journal(&scratch, "folder/a.journal", 100, 0, 1);
	make_journal(&scratch, "folder/b.journal", 100, 0, 1);
	CHECK_INT(truncate(scratch_path(&scratch, "folder/a.journal"), 100000), 0);
	CHECK_INT(read_scratch(&scratch, "folder/a.journal", &seen, &err), -1);
	CHECK_TEXT(
		scratch_plain(&scratch, err.text),
		"journal '@/folder/a.journal' is truncated: it has 100000 of the 8388608 "
		"bytes its head speaks of");

	CHECK_OK(read_scratch(&scratch, "folder", &seen, &err), &err);
	CHECK_UINT(seen.stats.entries, 100);
	CHECK_TEXT(
		scratch_plain(&scratch, buf_text(&seen.damages)),
		"journal '@/folder/a.journal' is truncated: it has 100000 of the 8388608 "
		"bytes its head speaks of\n");
	seen_release(&seen);
}

static void test_what_is_no_journal(void)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "empty.journal",
		  "journal '@/empty.journal' is truncated inside its head" },
		{ "text.journal", "'@/text.journal' is not a journal" },
		{ "fifo.journal", "'@/fifo.journal' is a FIFO, not a file" },
		{ "missing.journal",
		  "cannot open '@/missing.journal': no such file or directory" },
		{ "folder", "no journal in '@/folder' can be read" },
		{ "magic.journal", "the head of journal '@/magic.journal' is damaged" },
		{ "many.journal",
		  "journal '@/many.journal' is damaged: it claims more entries than "
		  "it can hold" },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	AUTO_CLOSE int fd = -1;
	struct seen seen = SEEN("");
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "folder");
	CHECK_INT(mkfifo(scratch_path(&scratch, "fifo.journal"), 0644), 0);
	scratch_write(&scratch, "empty.journal", SLICE(""));
	fill_repeated(&text, SLICE("text\n"), 100);
	scratch_write(&scratch, "text.journal", buf_slice(&text));
	memset(text.ptr, 0, text.len);
	memcpy(text.ptr, "LPKSHHRH", 8);
	scratch_write(&scratch, "magic.journal", buf_slice(&text));
	make_journal(&scratch, "many.journal", 1, 0, 1);
	fd = open(scratch_path(&scratch, "many.journal"), O_WRONLY | O_CLOEXEC);
	CHECK_INT(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8, 152), 8);

	alarm(60);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(read_scratch(&scratch, rows[i].name, &seen, &err), -1);
		CHECK_TEXT(scratch_plain(&scratch, err.text), rows[i].want);
	}
	alarm(0);
	seen_release(&seen);
}

static off_t used_bytes(int fd)
{
	uint64_t tail = 0;

	CHECK_INT(pread(fd, &tail, sizeof(tail), 136), 8);
	return (off_t)tail + PAGE_BYTES;
}

static void exchange(int fd, off_t at, char *old, const char *bytes)
{
	if (old)
		CHECK_INT(pread(fd, old, PAGE_BYTES, at), PAGE_BYTES);
	CHECK_INT(pwrite(fd, bytes, PAGE_BYTES, at), PAGE_BYTES);
}

/* Each page in turn zeroed, or filled with ones: it ends, and a message that is missing
 * has been told of. */
static void test_damaged_pages(void)
{
	enum {
		ENTRIES = 150
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_CLOSE int fd = -1;
	char page[2][PAGE_BYTES], kept[PAGE_BYTES];
	struct seen seen = SEEN("message");
	struct err err;

	memset(page[0], 0, PAGE_BYTES);
	memset(page[1], 0xff, PAGE_BYTES);
	scratch_init(&scratch);
	make_journal(&scratch, "system.journal", ENTRIES, 0, 1);
	fd = open(scratch_path(&scratch, "system.journal"), O_RDWR | O_CLOEXEC);
	alarm(300);
	for (off_t at = 0; at < used_bytes(fd); at += PAGE_BYTES) {
		for (int i = 0; i < 2; i++) {
			char row[64];

			(void)snprintf(row, sizeof(row), "page at %jd, fill %d",
				       (intmax_t)at, i);
			check_row(row);
			exchange(fd, at, kept, page[i]);
			if (read_scratch(&scratch, "system.journal", &seen, &err) == 0) {
				CHECK(seen.stats.entries <= ENTRIES);
				CHECK(count_lines(&seen.entries) == ENTRIES ||
				      seen.damages.len > 0);
				CHECK(count_lines(&seen.damages) <= 1);
			}
			exchange(fd, at, NULL, kept);
		}
	}
	alarm(0);
	CHECK_OK(read_scratch(&scratch, "system.journal", &seen, &err), &err);
	CHECK_UINT(count_lines(&seen.entries), ENTRIES);
	CHECK_TEXT(buf_text(&seen.damages), "");
	seen_release(&seen);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "fields", test_fields },
		{ "only wanted", test_only_wanted },
		{ "odd messages", test_odd_messages },
		{ "long message", test_long_message },
		{ "folder", test_folder },
		{ "truncated", test_truncated },
		{ "what is no journal", test_what_is_no_journal },
		{ "damaged pages", test_damaged_pages },
		{ NULL, NULL },
	};

	if (!journals_can_be_made()) {
		(void)fprintf(
			stderr,
			"SKIP input/journal: systemd-journal-remote (Debian package "
			"systemd-journal-remote) is not installed\n");
		return SKIPPED;
	}
	return check_run("input/journal", tests);
}
