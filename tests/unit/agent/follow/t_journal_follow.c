/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_follow.h"

#include <endian.h>
#include <fcntl.h>
#include <poll.h>
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
#define SKIPPED 77 /* automake's word for it */
#define FIRST_SECOND 1795305600
#define PAGE_BYTES ((off_t)4096)

/* systemd.io/JOURNAL_FILE_FORMAT, "Header". */
#define STATE_AT 16
#define SEQNUM_ID_AT 72
#define HEADER_BYTES_AT 88
#define LAST_OBJECT_AT 136
#define ENTRIES_AT 152
#define LAST_SEQNUM_AT 160
#define FIRST_SEQNUM_AT 168

/* Of the same, "Objects" and "Entry Objects". */
#define OBJECT_BYTES_AT 8
#define OBJECT_ENTRY 3
#define ENTRY_SEQNUM_AT 16

/* Steps after which a follower that is not idle spins. */
#define STEPS_MAX 20000

struct told {
	struct buf text; /* "<message>\n" or "gap <entries> <since> <to> <cause>\n" each;
			    times in seconds from the first, '-' = unknown */
	struct buf cursor; /* of after the last step */
	size_t entries, gaps, steps;
	const char *word; /* what a wanted message contains */
	bool is_absent;
	bool is_user; /* of the last entry */
};

#define TOLD(text_)                                                              \
	{                                                                        \
		.text = BUF_LIMIT(TEXT_LIMIT_BYTES),                             \
		.cursor = BUF_LIMIT(LIMIT_JOURNAL_CURSOR_BYTES), .word = (text_) \
	}

static void told_release(struct told *told)
{
	buf_release(&told->text);
	buf_release(&told->cursor);
}

#define AUTO_TOLD __attribute__((cleanup(told_release)))

static bool is_wanted(void *ctx, struct slice message)
{
	const struct told *told = ctx;

	return slice_find(message, slice_text(told->word)) >= 0;
}

static void append_time(struct buf *text, us_time time)
{
	if (time == US_TIME_NONE)
		buf_append_text(text, " -");
	else
		buf_append_format(text, " %" PRId64, time / US_PER_SECOND - FIRST_SECOND);
}

static void tell(struct told *told, const struct journal_step *step)
{
	if (step->kind == JOURNAL_ENTRY) {
		told->entries++;
		told->is_user = step->record.journal->is_user_journal;
		CHECK(step->cursor[0] != '\0');
		buf_append(&told->text, step->record.bytes);
		buf_append_byte(&told->text, '\n');
	} else if (step->kind == JOURNAL_GAP) {
		told->gaps++;
		buf_append_format(&told->text, "gap %" PRIu64, step->lost_entries);
		append_time(&told->text, step->lost_since);
		append_time(&told->text, step->lost_to);
		buf_append_format(&told->text, " %s%s\n",
				  step->is_forwarding ? "(syslog) " : "", step->cause);
	}
}

/* Until it is idle. */
static const char *run(struct journal_follow *follow, struct told *told)
{
	struct journal_step step = { .kind = JOURNAL_PASSED };

	buf_clear(&told->text);
	for (told->steps = 0; told->steps < STEPS_MAX; told->steps++) {
		journal_follow_next(follow, &step);
		if (step.kind == JOURNAL_IDLE || step.kind == JOURNAL_ABSENT)
			break;
		tell(told, &step);
	}
	told->is_absent = step.kind == JOURNAL_ABSENT;
	CHECK(told->steps < STEPS_MAX);
	buf_clear(&told->cursor);
	journal_follow_cursor(follow, &told->cursor);
	CHECK(slice_find(buf_slice(&told->cursor), SLICE("\n")) < 0);
	return buf_text(&told->text);
}

static struct journal_follow *begin(struct scratch *scratch, struct told *told,
				    us_time from)
{
	char path[256];
	struct journal_follow_options options = {
		.path = path, .from = from, .wanted = is_wanted, .ctx = told
	};

	(void)snprintf(path, sizeof(path), "%s", scratch_path(scratch, "journal"));
	return journal_follow_new(&options);
}

static struct journal_follow *resume(struct scratch *scratch, struct told *told)
{
	AUTO_BUF struct buf cursor = BUF_LIMIT(TEXT_LIMIT_BYTES);
	char path[256];
	struct journal_follow_options options = {
		.path = path, .from = US_TIME_NONE, .wanted = is_wanted, .ctx = told
	};

	buf_append(&cursor, buf_slice(&told->cursor));
	options.cursor = buf_slice(&cursor);
	(void)snprintf(path, sizeof(path), "%s", scratch_path(scratch, "journal"));
	return journal_follow_new(&options);
}

/* ---- journals */

static void make_folder(struct scratch *scratch)
{
	CHECK_INT(mkdir(scratch_path(scratch, "journal"), 0755), 0);
}

/* A journal of entries "message N", a second each; or more of them in one that is there.
 */
static void make(struct scratch *scratch, const char *name, unsigned first, unsigned last)
{
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	char message[64];

	for (unsigned i = first; i <= last; i++) {
		(void)snprintf(message, sizeof(message), "message %u", i);
		journal_append_entry(&text, i, message);
	}
	journal_make(scratch, name, buf_slice(&text));
}

static void write_at(struct scratch *scratch, const char *name, off_t at,
		     const void *bytes, size_t len)
{
	AUTO_CLOSE int fd = open(scratch_path(scratch, name), O_WRONLY | O_CLOEXEC);

	CHECK_INT(pwrite(fd, bytes, len, at), (ssize_t)len);
}

static void read_at(struct scratch *scratch, const char *name, off_t at, void *bytes,
		    size_t len)
{
	AUTO_CLOSE int fd = open(scratch_path(scratch, name), O_RDONLY | O_CLOEXEC);

	CHECK_INT(pread(fd, bytes, len, at), (ssize_t)len);
}

static void move(struct scratch *scratch, const char *from, const char *to)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s", scratch_path(scratch, from));
	CHECK_INT(rename(path, scratch_path(scratch, to)), 0);
}

static void delete (struct scratch *scratch, const char *name)
{
	CHECK_INT(unlink(scratch_path(scratch, name)), 0);
}

static const char *expect(unsigned first, unsigned last, struct buf *text)
{
	buf_clear(text);
	for (unsigned i = first; i <= last; i++)
		buf_append_format(text, "message %u\n", i);
	return buf_text(text);
}

/* As journald rotates: what was written to gets its archived name, and its successor, of
 * entries 1 to `last`, is of the same chain. */
static void rotate(struct scratch *scratch, unsigned last)
{
	char chain[16];

	read_at(scratch, "journal/system.journal", SEQNUM_ID_AT, chain, sizeof(chain));
	move(scratch, "journal/system.journal", "journal/system@1.journal");
	make(scratch, "next-system.journal", 1, last);
	write_at(scratch, "next-system.journal", SEQNUM_ID_AT, chain, sizeof(chain));
	move(scratch, "next-system.journal", "journal/system.journal");
}

/* ---- */

static void test_first_start(void)
{
	static const struct {
		const char *name;
		us_time from;
		unsigned first; /* given out at first */
	} rows[] = {
		{ "from the end", US_TIME_NONE, 11 },
		{ "from an instant", (FIRST_SECOND + 8) * US_PER_SECOND, 8 },
		{ "between entries", (FIRST_SECOND + 8) * US_PER_SECOND + 1, 9 },
		{ "from before all", 0, 1 },
		{ "from after all", (FIRST_SECOND + 1000) * US_PER_SECOND, 11 },
	};
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		struct journal_follow *follow;

		check_row(rows[i].name);
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, "journal/system.journal", 1, 10);
		follow = begin(&scratch, &told, rows[i].from);
		CHECK_TEXT(run(follow, &told), expect(rows[i].first, 10, &want));
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "");
		if (rows[i].first <= 11 && rows[i].from != rows[4].from) {
			make(&scratch, "journal/system.journal", 11, 12);
			CHECK_TEXT(run(follow, &told), expect(11, 12, &want));
		}
		journal_follow_free(follow);
	}
}

/* Entry by entry, at rest and not, with the descriptor telling of each. */
static void test_growing(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;
	us_span every;
	struct pollfd waiting = { .events = POLLIN };

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 3);
	follow = begin(&scratch, &told, US_TIME_NONE);
	CHECK_TEXT(run(follow, &told), "");
	waiting.fd = journal_follow_fd(follow, &every);
	CHECK(waiting.fd >= 0);
	CHECK_INT(every, 0);
	for (unsigned i = 4; i < 24; i++) {
		if (i % 2)
			journal_follow_rest(follow);
		CHECK_INT(poll(&waiting, 1, 0), 0);
		make(&scratch, "journal/system.journal", i, i);
		CHECK_INT(poll(&waiting, 1, 0), 1);
		CHECK_TEXT(run(follow, &told), expect(i, i, &want));
		CHECK_TEXT(run(follow, &told), "");
		CHECK_INT(journal_follow_fd(follow, &every), waiting.fd);
	}
	CHECK_INT(journal_follow_state(follow).last_realtime,
		  (FIRST_SECOND + 23) * US_PER_SECOND);
	CHECK_UINT(journal_follow_state(follow).entries_given, 20);
	CHECK(journal_follow_state(follow).is_open);
	CHECK(!journal_follow_state(follow).is_volatile);
	journal_follow_free(follow);
}

/* Stopped after every single step, and started again from the cursor. */
static void test_restart_after_each_step(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	AUTO_BUF struct buf got = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_step step = { .kind = JOURNAL_PASSED };

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 50);
	make(&scratch, "journal/system@old.journal", 0, 0);
	buf_append_text(&told.cursor,
			"journal1 - - 00000000000000000000000000000000:0 -");
	while (step.kind != JOURNAL_IDLE) {
		struct journal_follow *follow = resume(&scratch, &told);

		buf_clear(&told.text);
		journal_follow_next(follow, &step);
		tell(&told, &step);
		buf_append(&got, buf_slice(&told.text));
		buf_clear(&told.cursor);
		journal_follow_cursor(follow, &told.cursor);
		journal_follow_free(follow);
	}
	CHECK_TEXT(buf_text(&got), expect(0, 50, &want));
}

static void test_rotation(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 5);
	follow = begin(&scratch, &told, US_TIME_NONE);
	CHECK_TEXT(run(follow, &told), "");
	make(&scratch, "journal/system.journal", 6, 7);
	move(&scratch, "journal/system.journal", "journal/system@1.journal");
	make(&scratch, "journal/system.journal", 8, 9);
	CHECK_TEXT(run(follow, &told), expect(6, 9, &want));
	/* Renamed, gone and come while nothing runs. */
	journal_follow_free(follow);
	make(&scratch, "journal/system.journal", 10, 11);
	move(&scratch, "journal/system.journal", "journal/system@2.journal~");
	make(&scratch, "journal/system.journal", 12, 13);
	delete (&scratch, "journal/system@1.journal");
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), expect(10, 13, &want));
	journal_follow_free(follow);
}

/* A chain whose middle was deleted while nobody read is cut off: one gap, once. */
static void test_vacuum_while_down(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 5);
	follow = begin(&scratch, &told, US_TIME_NONE);
	run(follow, &told);
	make(&scratch, "journal/system.journal", 6, 6);
	CHECK_TEXT(run(follow, &told), expect(6, 6, &want));
	journal_follow_free(follow);

	rotate(&scratch, 20);
	{
		/* The successor begins behind a hole of ten. */
		uint64_t first = htole64(17);

		write_at(&scratch, "journal/system.journal", FIRST_SEQNUM_AT, &first,
			 sizeof(first));
	}
	delete (&scratch, "journal/system@1.journal");
	follow = resume(&scratch, &told);
	run(follow, &told);
	CHECK(slice_starts_with(buf_slice(&told.text),
				SLICE("gap 10 6 1 the journal was vacuumed before it was "
				      "read\n")));
	CHECK_UINT(told.gaps, 1);
	journal_follow_free(follow);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	journal_follow_free(follow);
}

/* Everything deleted while nobody read. */
static void test_wiped_while_down(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 5);
	follow = begin(&scratch, &told, 0);
	CHECK_TEXT(run(follow, &told), expect(1, 5, &want));
	journal_follow_free(follow);

	delete (&scratch, "journal/system.journal");
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	CHECK(told.is_absent);
	journal_follow_free(follow);

	make(&scratch, "journal/system.journal", 20, 21);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told),
		   "gap 0 5 20 the journal was deleted, perhaps with entries not read\n"
		   "message 20\nmessage 21\n");
	journal_follow_free(follow);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	journal_follow_free(follow);
}

/* What is deleted while it is followed was read, or its entries are counted. */
static void test_deleted_while_followed(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 5);
	follow = begin(&scratch, &told, 0);
	CHECK_TEXT(run(follow, &told), expect(1, 5, &want));
	journal_follow_rest(follow);
	make(&scratch, "journal/system.journal", 6, 8);
	delete (&scratch, "journal/system.journal");
	make(&scratch, "journal/system.journal", 9, 9);
	CHECK_TEXT(scratch_plain(&scratch, run(follow, &told)),
		   "gap 3 5 8 journal '@/journal/system.journal' was deleted before it "
		   "was read\n"
		   "message 9\n");
	delete (&scratch, "journal/system.journal");
	CHECK_TEXT(run(follow, &told), "");
	CHECK(told.is_absent);
	make(&scratch, "journal/system.journal", 10, 10);
	/* It was not archived: nobody knows what came into it after it was deleted. */
	CHECK_TEXT(run(follow, &told),
		   "gap 0 9 10 the journal was deleted, perhaps with entries not read\n"
		   "message 10\n");
	CHECK(!told.is_absent);
	CHECK_UINT(told.gaps, 2);
	journal_follow_free(follow);
}

enum emptied {
	EMPTIED_BY_HOLE,
	EMPTIED_BY_CUT,
	EMPTIED_COUNT
};

/* As journald deletes. */
static void delete_emptied(struct scratch *scratch, const char *name, enum emptied how)
{
	AUTO_CLOSE int fd = open(scratch_path(scratch, name), O_WRONLY | O_CLOEXEC);
	struct stat status;

	CHECK_INT(fstat(fd, &status), 0);
	delete (scratch, name);
	if (how == EMPTIED_BY_CUT)
		CHECK_INT(ftruncate(fd, 0), 0);
	else
		CHECK_INT(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				    status.st_size),
			  0);
}

/* Its head says so; its entries keep their numbers. */
static void begin_with(struct scratch *scratch, const char *name, uint64_t seqnum)
{
	uint64_t first = htole64(seqnum);

	write_at(scratch, name, FIRST_SEQNUM_AT, &first, sizeof(first));
}

/* Rotated and vacuumed before anybody looked: entries that nobody saw show in the next
 * number of the chain. */
static void test_emptied_while_followed(void)
{
	static const struct {
		const char *name, *want;
		uint64_t next;
	} rows[] = {
		{ "nothing was added", "", 6 },
		{ "something was added",
		  "gap 2 5 1 the journal was vacuumed before it was read\n", 8 },
	};

	for (size_t i = 0; i < COUNT_OF(rows) * EMPTIED_COUNT; i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
		AUTO_BUF struct buf messages = BUF_LIMIT(TEXT_LIMIT_BYTES);
		struct journal_follow *follow;
		unsigned next = (unsigned)rows[i / EMPTIED_COUNT].next;

		check_row(rows[i / EMPTIED_COUNT].name);
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, "journal/system.journal", 1, 5);
		follow = begin(&scratch, &told, 0);
		run(follow, &told);
		journal_follow_rest(follow);
		make(&scratch, "journal/system.journal", 6, next - 1);
		rotate(&scratch, 9);
		begin_with(&scratch, "journal/system.journal", next);
		delete_emptied(&scratch, "journal/system@1.journal",
			       (enum emptied)(i % EMPTIED_COUNT));
		buf_append_format(&want, "%s%s", rows[i / EMPTIED_COUNT].want,
				  expect(1, 9, &messages));
		CHECK_TEXT(run(follow, &told), buf_text(&want));
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
	}
}

/* journald makes a user's journal at each rotation, and deletes it at the next when
 * nothing came into it. */
static void test_users_empty_journal(void)
{
	static const char none[3 * sizeof(uint64_t)] = { 0 };
	static const char name[] = "journal/user-1000.journal";

	for (int i = 0; i < EMPTIED_COUNT; i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		struct journal_follow *follow;

		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, "journal/system.journal", 1, 2);
		make(&scratch, name, 3, 3);
		write_at(&scratch, name, ENTRIES_AT, none, sizeof(none));
		follow = begin(&scratch, &told, 0);
		CHECK_TEXT(run(follow, &told), "message 1\nmessage 2\n");
		journal_follow_rest(follow);
		delete_emptied(&scratch, name, (enum emptied)i);
		CHECK_TEXT(run(follow, &told), "");
		make(&scratch, name, 4, 4);
		CHECK_TEXT(run(follow, &told), "message 4\n");
		journal_follow_free(follow);
	}
}

static void test_user_journals(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 1);
	make(&scratch, "journal/user-1000.journal", 2, 2);
	follow = begin(&scratch, &told, 0);
	CHECK_TEXT(run(follow, &told), "message 1\nmessage 2\n");
	CHECK(told.is_user);
	make(&scratch, "journal/system.journal", 3, 3);
	make(&scratch, "journal/user-1001.journal", 4, 4);
	make(&scratch, "journal/system.journal", 5, 5);
	CHECK_TEXT(run(follow, &told), "message 3\nmessage 4\nmessage 5\n");
	CHECK(!told.is_user);
	journal_follow_free(follow);
	make(&scratch, "journal/user-1000.journal", 6, 6);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "message 6\n");
	CHECK(told.is_user);
	journal_follow_free(follow);
}

static void test_only_wanted(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message 17");
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 3000);
	follow = begin(&scratch, &told, 0);
	run(follow, &told);
	CHECK_UINT(told.entries, 111);
	CHECK(told.steps >= 111 + 2);
	CHECK_UINT(journal_follow_state(follow).entries_passed, 3000);
	journal_follow_free(follow);
}

static void test_absent(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;
	us_span every;
	struct pollfd waiting = { .events = POLLIN };

	scratch_init(&scratch);
	follow = begin(&scratch, &told, US_TIME_NONE);
	CHECK_TEXT(run(follow, &told), "");
	CHECK(told.is_absent);
	CHECK(!journal_follow_state(follow).is_open);
	waiting.fd = journal_follow_fd(follow, &every);
	CHECK_INT(poll(&waiting, 1, 0), 0);
	make_folder(&scratch);
	CHECK_INT(poll(&waiting, 1, 0), 1);
	CHECK_TEXT(run(follow, &told), "");
	CHECK(told.is_absent);
	make(&scratch, "journal/system.journal", 1, 2);
	CHECK_INT(poll(&waiting, 1, 0), 1);
	/* All of it came after the start. */
	CHECK_TEXT(run(follow, &told), expect(1, 2, &want));
	CHECK(!told.is_absent);
	journal_follow_free(follow);
}

static void test_what_is_no_journal(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 2);
	fill_repeated(&text, SLICE("text\n"), 100);
	scratch_write(&scratch, "journal/README", buf_slice(&text));
	scratch_write(&scratch, "journal/user-1000.journal", SLICE(""));
	follow = begin(&scratch, &told, 0);
	CHECK_TEXT(run(follow, &told), "message 1\nmessage 2\n");
	CHECK(mkfifo(scratch_path(&scratch, "journal/user-1001.journal"), 0644) == 0);
	scratch_write(&scratch, "journal/system@1.journal", buf_slice(&text));
	CHECK_TEXT(scratch_plain(&scratch, run(follow, &told)),
		   "gap 0 2 - '@/journal/system@1.journal' is not a journal\n"
		   "gap 0 2 - '@/journal/user-1001.journal' is a FIFO, not a file\n");
	CHECK_TEXT(run(follow, &told), "");
	journal_follow_free(follow);
	make(&scratch, "journal/system.journal", 3, 3);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "message 3\n");
	journal_follow_free(follow);
}

/* Cut short under us at rest: one gap; what comes after it in another file is read. */
static void test_truncated(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, "journal/system.journal", 1, 5);
	follow = begin(&scratch, &told, 0);
	run(follow, &told);
	journal_follow_rest(follow);
	CHECK_INT(truncate(scratch_path(&scratch, "journal/system.journal"), 100000), 0);
	CHECK_TEXT(scratch_plain(&scratch, run(follow, &told)),
		   "gap 0 5 - journal '@/journal/system.journal' is truncated: it has "
		   "100000 of the 8388608 bytes its head speaks of\n");
	CHECK_TEXT(run(follow, &told), "");
	move(&scratch, "journal/system.journal", "journal/system@1.journal~");
	make(&scratch, "journal/system.journal", 6, 6);
	CHECK_TEXT(run(follow, &told), "message 6\n");
	journal_follow_free(follow);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	journal_follow_free(follow);
}

static off_t used_bytes(struct scratch *scratch, const char *name)
{
	uint64_t tail = 0;

	read_at(scratch, name, LAST_OBJECT_AT, &tail, sizeof(tail));
	return (off_t)tail + PAGE_BYTES;
}

/* Each page in turn zeroed, or filled with ones: it ends, every message comes at most
 * once, and one that is missing has been told of, once. */
static void test_damaged_pages(void)
{
	enum {
		ENTRIES = 150
	};
	static const char name[] = "journal/system.journal";
	AUTO_SCRATCH struct scratch scratch;
	char page[2][PAGE_BYTES], kept[PAGE_BYTES];
	size_t found = 0, damaged = 0;

	memset(page[0], 0, PAGE_BYTES);
	memset(page[1], 0xff, PAGE_BYTES);
	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, name, 1, ENTRIES);
	alarm(300);
	for (off_t at = 0; at < used_bytes(&scratch, name); at += PAGE_BYTES) {
		for (int i = 0; i < 2; i++) {
			AUTO_TOLD struct told told = TOLD("message");
			struct journal_follow *follow;
			char row[64];

			(void)snprintf(row, sizeof(row), "page at %jd, fill %d",
				       (intmax_t)at, i);
			check_row(row);
			read_at(&scratch, name, at, kept, PAGE_BYTES);
			write_at(&scratch, name, at, page[i], PAGE_BYTES);
			buf_append_text(
				&told.cursor,
				"journal1 - - 00000000000000000000000000000000:0 -");
			follow = resume(&scratch, &told);
			run(follow, &told);
			CHECK(told.entries <= ENTRIES);
			CHECK(told.entries == ENTRIES || told.gaps == 1);
			found += told.entries;
			damaged += told.entries < ENTRIES;
			run(follow, &told);
			CHECK_TEXT(buf_text(&told.text), "");
			journal_follow_free(follow);
			told.gaps = 0;
			follow = resume(&scratch, &told);
			CHECK_TEXT(run(follow, &told), "");
			journal_follow_free(follow);
			write_at(&scratch, name, at, kept, PAGE_BYTES);
		}
	}
	alarm(0);
	(void)printf("%zu damages lost entries; %zu entries read\n", damaged, found);
}

/* What journald itself says it dropped; and what others say in its name. */
static void test_loss_messages(void)
{
	static const struct {
		const char *name, *fields, *message, *want;
	} rows[] = {
		{ "dropped",
		  "_TRANSPORT=driver\n_UID=0\n_COMM=systemd-journal\nN_DROPPED=1713\n"
		  "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n",
		  "Suppressed 1713 messages from ssh.service",
		  "gap 1713 - 1 journald dropped 1713 messages of ssh.service\n" },
		{ "dropped, as older ones say it",
		  "_TRANSPORT=driver\n_UID=0\n_COMM=systemd-journal\n"
		  "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n",
		  "Suppressed 26 messages from /system.slice/ssh.service",
		  "gap 26 - 1 journald dropped 26 messages of "
		  "/system.slice/ssh.service\n" },
		{ "not forwarded",
		  "_TRANSPORT=driver\n_UID=0\n_COMM=systemd-journal\n"
		  "MESSAGE_ID=e9bf28e6e834481bb6f48f548ad13606\n",
		  "Forwarding to syslog missed 26 messages.",
		  "gap 26 - 1 (syslog) journald did not forward 26 messages to "
		  "syslog\n" },
		{ "a client's words",
		  "_TRANSPORT=journal\n_UID=0\n_COMM=systemd-journal\n"
		  "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n",
		  "Suppressed 1713 messages from ssh.service", "" },
		{ "another user's",
		  "_TRANSPORT=driver\n_UID=1000\n_COMM=systemd-journal\n"
		  "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n",
		  "Suppressed 1713 messages from ssh.service", "" },
		{ "another program's",
		  "_TRANSPORT=driver\n_UID=0\n_COMM=logger\n"
		  "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e\n",
		  "Suppressed 1713 messages from ssh.service", "" },
		{ "no id", "_TRANSPORT=driver\n_UID=0\n_COMM=systemd-journal\n",
		  "Suppressed 1713 messages from ssh.service", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("nothing");
		AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
		struct journal_follow *follow;

		check_row(rows[i].name);
		scratch_init(&scratch);
		make_folder(&scratch);
		buf_append_format(&text,
				  "__REALTIME_TIMESTAMP=%d000000\n"
				  "__MONOTONIC_TIMESTAMP=1\n"
				  "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
				  "%sMESSAGE=%s\n\n",
				  FIRST_SECOND + 1, rows[i].fields, rows[i].message);
		journal_make(&scratch, "journal/system.journal", buf_slice(&text));
		follow = begin(&scratch, &told, 0);
		CHECK_TEXT(run(follow, &told), rows[i].want);
		journal_follow_free(follow);
		/* One that is not believed is an entry like any other. */
		told.word = "Suppressed";
		follow = begin(&scratch, &told, 0);
		run(follow, &told);
		CHECK_UINT(told.gaps + told.entries, rows[i].want[0] ? 2 : 1);
		journal_follow_free(follow);
	}
}

static void test_cursors(void)
{
	static const char *const rows[] = {
		"journal1",
		"journal2 - - -",
		"journal1 - -",
		"journal1 - - 00000000000000000000000000000000:0 y",
		"journal1 - - 00000000000000000000000000000000:0 - ",
		"journal1 - - 00000000000000000000000000000000:0 - x",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"0123456789abcdef0123456789abcdef",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"0123456789abcdef0123456789abcdef:1:1:"
		"0123456789abcdef0123456789abcdef:1:z",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"0123456789abcdef0123456789abcdeg:1:1:"
		"0123456789abcdef0123456789abcdef:1:k",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"01234567-89ab-cdef-0123-456789abcdef:1:1:"
		"0123456789abcdef0123456789abcdef:1:k",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"0123456789abcdef0123456789abcdef:1:1:"
		"0123456789abcdef0123456789abcdef:1:k:0123456789abcde",
		"journal1 - - 00000000000000000000000000000000:0 - "
		"0123456789abcdef0123456789abcdef:1:1:"
		"0123456789abcdef0123456789abcdef:1:k:0000000000000000",
		"s=0123456789abcdef0123456789abcdef;i=1",
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		struct journal_follow *follow;

		check_row(rows[i]);
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, "journal/system.journal", 1, 2);
		buf_append_text(&told.cursor, rows[i]);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "gap 0 - - the cursor of the journal "
					       "cannot be understood\n");
		make(&scratch, "journal/system.journal", 3, 3);
		CHECK_TEXT(run(follow, &told), "message 3\n");
		journal_follow_free(follow);
	}
}

/* ---- one counter for all of a journald's files, as systemd has it since 254 */

static uint64_t read_number(struct scratch *scratch, const char *name, off_t at)
{
	uint64_t number;

	read_at(scratch, name, at, &number, sizeof(number));
	return le64toh(number);
}

static void write_number(struct scratch *scratch, const char *name, off_t at,
			 uint64_t number)
{
	number = htole64(number);
	write_at(scratch, name, at, &number, sizeof(number));
}

/* The numbers of its entries, of which there are as many as digits; and the id of
 * system.journal, whatever that is called. */
static void number(struct scratch *scratch, const char *name, const char *digits,
		   const char *system)
{
	off_t at = (off_t)read_number(scratch, name, HEADER_BYTES_AT);
	const off_t last = (off_t)read_number(scratch, name, LAST_OBJECT_AT);
	char id[16], type;

	read_at(scratch, system, SEQNUM_ID_AT, id, sizeof(id));
	write_at(scratch, name, SEQNUM_ID_AT, id, sizeof(id));
	CHECK_UINT(read_number(scratch, name, ENTRIES_AT), strlen(digits));
	write_number(scratch, name, FIRST_SEQNUM_AT, (uint64_t)(digits[0] - '0'));
	for (; at <= last && *digits;
	     at +=
	     ((off_t)read_number(scratch, name, at + OBJECT_BYTES_AT) + 7) / 8 * 8) {
		read_at(scratch, name, at, &type, 1);
		if (type != OBJECT_ENTRY)
			continue;
		write_number(scratch, name, at + ENTRY_SEQNUM_AT,
			     (uint64_t)(*digits - '0'));
		write_number(scratch, name, LAST_SEQNUM_AT, (uint64_t)(*digits - '0'));
		digits++;
	}
	CHECK(*digits == '\0');
}

static const char system_name[] = "journal/system.journal";
static const char user_name[] = "journal/user-1000.journal";

/* Numbers of one between those of the other, with a start anew at each turn. */
static void test_one_counter(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_TOLD struct told told = TOLD("message");
	AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct journal_follow *follow;

	scratch_init(&scratch);
	make_folder(&scratch);
	make(&scratch, system_name, 1, 2);
	follow = begin(&scratch, &told, 0);
	CHECK_TEXT(run(follow, &told), expect(1, 2, &want));
	journal_follow_free(follow);
	make(&scratch, user_name, 3, 3);
	number(&scratch, user_name, "3", system_name);
	make(&scratch, system_name, 4, 4);
	number(&scratch, system_name, "124", system_name);
	make(&scratch, user_name, 5, 5);
	number(&scratch, user_name, "35", system_name);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), expect(3, 5, &want));
	make(&scratch, system_name, 6, 6);
	number(&scratch, system_name, "1246", system_name);
	CHECK_TEXT(run(follow, &told), expect(6, 6, &want));
	journal_follow_free(follow);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	make(&scratch, user_name, 7, 8);
	number(&scratch, user_name, "3578", system_name);
	CHECK_TEXT(run(follow, &told), expect(7, 8, &want));
	journal_follow_free(follow);
	follow = resume(&scratch, &told);
	CHECK_TEXT(run(follow, &told), "");
	journal_follow_free(follow);
}

/* journald gives a file that it made its own id with the first entry. */
static void test_id_of_empty_file(void)
{
	static const char none[3 * sizeof(uint64_t)] = { 0 };

	for (int is_down = 0; is_down < 2; is_down++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		struct journal_follow *follow;

		check_row(is_down ? "while down" : "while followed");
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, system_name, 1, 2);
		make(&scratch, user_name, 3, 3);
		write_at(&scratch, user_name, ENTRIES_AT, none, sizeof(none));
		follow = begin(&scratch, &told, 0);
		CHECK_TEXT(run(follow, &told), "message 1\nmessage 2\n");
		if (is_down)
			journal_follow_free(follow);
		write_number(&scratch, user_name, ENTRIES_AT, 1);
		number(&scratch, user_name, "3", system_name);
		if (is_down)
			follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "message 3\n");
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
	}
}

/* The system's journal has 1 to 3, is archived and goes while nobody follows. */
static void test_vacuum_of_one_counter(void)
{
	static const char archived = 2;
	static const struct {
		const char *name, *read, *user, *next; /* numbers */
		bool is_user_deleted, is_gap;
	} rows[] = {
		{ "the user's, read", "4", "4", "5", false, false },
		{ "the user's, read and gone", "4", "4", "5", true, false },
		{ "the user's, not read", "4", "45", "6", false, false },
		{ "more than the user's, read", "4", "4", "6", false, true },
		{ "more than the user's, gone", "4", "4", "6", true, true },
		{ "some between the user's", "4", "48", "9", false, true },
		{ "the user's, of long ago perhaps", "5", "56", "7", false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		struct journal_follow *follow;

		check_row(rows[i].name);
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, system_name, 1, 3);
		make(&scratch, user_name, 4, 4);
		number(&scratch, user_name, rows[i].read, system_name);
		follow = begin(&scratch, &told, 0);
		run(follow, &told);
		CHECK_UINT(told.entries, 4);
		if (rows[i].is_user_deleted) {
			write_at(&scratch, user_name, STATE_AT, &archived, 1);
			move(&scratch, user_name, "journal/user-1000@1.journal");
			CHECK_TEXT(run(follow, &told), "");
			delete (&scratch, "journal/user-1000@1.journal");
			CHECK_TEXT(run(follow, &told), "");
		}
		journal_follow_free(follow);

		if (strlen(rows[i].user) > 1) {
			make(&scratch, user_name, 5, 5);
			number(&scratch, user_name, rows[i].user, system_name);
		}
		move(&scratch, system_name, "journal/system@1.journal");
		make(&scratch, system_name, 9, 9);
		number(&scratch, system_name, rows[i].next, "journal/system@1.journal");
		delete (&scratch, "journal/system@1.journal");
		follow = resume(&scratch, &told);
		run(follow, &told);
		CHECK_UINT(told.entries, 4 + strlen(rows[i].user));
		CHECK_UINT(told.gaps, rows[i].is_gap);
		journal_follow_free(follow);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
	}
}

/* Takes the owners from a cursor's chains, and all chains but the first `count`. */
static void make_older(struct buf *cursor, size_t count)
{
	AUTO_BUF struct buf older = BUF_LIMIT(LIMIT_JOURNAL_CURSOR_BYTES);
	struct slice text = buf_slice(cursor), word;

	for (size_t i = 0; i < 5 + count && text.len > 0; i++) {
		if (!slice_take_until(&text, ' ', &word)) {
			word = text;
			text = SLICE("");
		}
		if (i >= 5)
			word = slice_first(word, (size_t)slice_find_last(word, ':'));
		buf_append_format(&older, "%s%.*s", i ? " " : "", SLICE_ARG(word));
	}
	buf_clear(cursor);
	buf_append(cursor, buf_slice(&older));
}

static void test_older_cursors(void)
{
	for (int is_shared = 0; is_shared < 2; is_shared++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TOLD struct told told = TOLD("message");
		AUTO_BUF struct buf want = BUF_LIMIT(TEXT_LIMIT_BYTES);
		struct journal_follow *follow;

		check_row(is_shared ? "one counter" : "a counter each");
		scratch_init(&scratch);
		make_folder(&scratch);
		make(&scratch, system_name, 1, 2);
		make(&scratch, user_name, 3, 3);
		if (is_shared)
			number(&scratch, user_name, "3", system_name);
		follow = begin(&scratch, &told, 0);
		CHECK_TEXT(run(follow, &told), expect(1, 3, &want));
		journal_follow_free(follow);
		if (is_shared) {
			delete (&scratch, user_name);
			make(&scratch, user_name, 4, 4);
			number(&scratch, user_name, "4", system_name);
		}
		make_older(&told.cursor, is_shared ? 1 : 2);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), is_shared ? "message 4\n" : "");
		make(&scratch, user_name, 5, 5);
		CHECK_TEXT(run(follow, &told), "message 5\n");
		journal_follow_free(follow);
		follow = resume(&scratch, &told);
		CHECK_TEXT(run(follow, &told), "");
		journal_follow_free(follow);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "first start", test_first_start },
		{ "growing", test_growing },
		{ "restart after each step", test_restart_after_each_step },
		{ "rotation", test_rotation },
		{ "vacuum while down", test_vacuum_while_down },
		{ "wiped while down", test_wiped_while_down },
		{ "deleted while followed", test_deleted_while_followed },
		{ "emptied while followed", test_emptied_while_followed },
		{ "a user's empty journal", test_users_empty_journal },
		{ "user journals", test_user_journals },
		{ "only wanted", test_only_wanted },
		{ "absent", test_absent },
		{ "what is no journal", test_what_is_no_journal },
		{ "truncated", test_truncated },
		{ "damaged pages", test_damaged_pages },
		{ "loss messages", test_loss_messages },
		{ "cursors", test_cursors },
		{ "one counter", test_one_counter },
		{ "id of an empty file", test_id_of_empty_file },
		{ "vacuum of one counter", test_vacuum_of_one_counter },
		{ "older cursors", test_older_cursors },
		{ NULL, NULL },
	};

	if (!journals_can_be_made()) {
		(void)fprintf(
			stderr,
			"SKIP agent/follow/journal_follow: systemd-journal-remote "
			"(Debian package systemd-journal-remote) is not installed\n");
		return SKIPPED;
	}
	return check_run("agent/follow/journal_follow", tests);
}
