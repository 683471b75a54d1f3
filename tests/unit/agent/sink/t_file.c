/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sink/sink.h"
#include "base/cleanup.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define STATE_BUF BUF_LIMIT((size_t)4096)
#define FILE_BUF BUF_LIMIT((size_t)1024 * 1024)
#define RECORDS_MAX 64

/* A sink with its stored state, as the outbox keeps it. */
struct rig {
	struct scratch scratch;
	struct sink *sink;
	struct buf state; /* as stored */
	struct buf text;
};

static void rig_start(struct rig *rig)
{
	rig->sink = sink_file_new("alerts", scratch_path(&rig->scratch, "alerts.jsonl"),
				  buf_slice(&rig->state));
}

static void rig_open(struct rig *rig)
{
	*rig = (struct rig){ .state = STATE_BUF, .text = FILE_BUF };
	scratch_init(&rig->scratch);
	rig_start(rig);
}

static void rig_close(struct rig *rig)
{
	sink_free(rig->sink);
	buf_release(&rig->state);
	buf_release(&rig->text);
	scratch_release(&rig->scratch);
}

/* Dies and starts again; what was not stored is forgotten. */
static void rig_crash(struct rig *rig)
{
	sink_free(rig->sink);
	rig_start(rig);
}

static void rig_store_state(struct rig *rig)
{
	buf_clear(&rig->state);
	rig->sink->ops->state(rig->sink, &rig->state);
}

/* Records "from" to "until" included: {"n":1} and so on. */
static int write_range(struct rig *rig, unsigned from, unsigned until, size_t *ret_done,
		       struct err *err)
{
	struct sink_record records[RECORDS_MAX];
	char texts[RECORDS_MAX][32];
	size_t count = until - from + 1;

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "{\"n\":%zu}", from + i);
		records[i] = (struct sink_record){ from + i, slice_text(texts[i]) };
	}
	return rig->sink->ops->write(rig->sink, records, count, ret_done, err);
}

static void must_write(struct rig *rig, unsigned from, unsigned until)
{
	struct err err;
	size_t done = 0;

	CHECK_OK(write_range(rig, from, until, &done, &err), &err);
	CHECK_UINT(done, until - from + 1);
}

static const char *content(struct rig *rig, const char *name)
{
	AUTO_CLOSE int fd = open(scratch_path(&rig->scratch, name), O_RDONLY | O_CLOEXEC);
	ssize_t len;

	buf_clear(&rig->text);
	buf_reserve(&rig->text, 65536);
	len = fd < 0 ? 0 : read(fd, rig->text.ptr, 65536);
	rig->text.len = len < 0 ? 0 : (size_t)len;
	return buf_text(&rig->text);
}

static void append(struct rig *rig, const char *name, const char *text)
{
	AUTO_CLOSE int fd = open(scratch_path(&rig->scratch, name),
				 O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	CHECK_INT(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void move(struct rig *rig, const char *from, const char *to)
{
	char old_path[128];

	(void)snprintf(old_path, sizeof(old_path), "%s",
		       scratch_path(&rig->scratch, from));
	CHECK_INT(rename(old_path, scratch_path(&rig->scratch, to)), 0);
}

static void copy(struct rig *rig, const char *from, const char *to)
{
	AUTO_BUF struct buf kept = FILE_BUF;

	buf_append_text(&kept, content(rig, from));
	scratch_write(&rig->scratch, to, buf_slice(&kept));
}

#define ONE "{\"n\":1}\n"
#define TWO "{\"n\":2}\n"
#define THREE "{\"n\":3}\n"
#define FOUR "{\"n\":4}\n"

static void test_plain(void)
{
	struct rig rig;
	struct stat status;

	rig_open(&rig);
	CHECK_TEXT(rig.sink->name, "alerts");
	CHECK_TEXT(rig.sink->ops->type, "file");
	rig_store_state(&rig);
	CHECK_UINT(rig.state.len, 0);
	must_write(&rig, 1, 2);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE TWO);
	CHECK_INT(stat(scratch_path(&rig.scratch, "alerts.jsonl"), &status), 0);
	CHECK_INT(status.st_mode & 0137, 0);
	rig_store_state(&rig);
	CHECK(rig.state.len > 0);
	rig_crash(&rig);
	must_write(&rig, 3, 3);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE TWO THREE);

	/* what is safe is not written again in the same life, either */
	must_write(&rig, 2, 4);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE TWO THREE FOUR);
	rig_close(&rig);
}

/* Dies after each step between the write and the storing of state. */
static void test_crashes(void)
{
	static const struct {
		const char *name;
		bool has_state;	  /* record 1 was stored as done */
		const char *left; /* what the crash leaves past it */
		const char *want;
	} rows[] = {
		{ "nothing written", true, "", ONE TWO THREE },
		{ "one of two", true, TWO, ONE TWO THREE },
		{ "all", true, TWO THREE, ONE TWO THREE },
		{ "half a line", true, "{\"n\"", ONE TWO THREE },
		{ "half of the second", true, TWO "{\"n\":3", ONE TWO THREE },
		{ "a line without its newline", true, TWO "{\"n\":3}", ONE TWO THREE },
		{ "no state, all", false, TWO THREE, ONE TWO THREE },
		{ "no state, half a line", false, "{\"n\"", ONE TWO THREE },
		{ "no state, half of the second", false, TWO "{\"n\":3", ONE TWO THREE },
		{ "no state, somebody's half line", false, TWO "half",
		  ONE TWO "half\n" THREE },
		{ "somebody's line", true, "other\n" TWO, ONE "other\n" TWO THREE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct rig rig;

		check_row(rows[i].name);
		rig_open(&rig);
		must_write(&rig, 1, 1);
		if (rows[i].has_state)
			rig_store_state(&rig);
		append(&rig, "alerts.jsonl", rows[i].left);
		rig_crash(&rig);
		must_write(&rig, rows[i].has_state ? 2 : 1, 3);
		CHECK_TEXT(content(&rig, "alerts.jsonl"), rows[i].want);
		/* and dies again before it is stored */
		rig_crash(&rig);
		must_write(&rig, rows[i].has_state ? 2 : 1, 3);
		CHECK_TEXT(content(&rig, "alerts.jsonl"), rows[i].want);
		rig_close(&rig);
	}
}

/* What was found is accounted for piece by piece, each stored before the next crash. */
static void test_pieces(void)
{
	struct rig rig;

	rig_open(&rig);
	must_write(&rig, 1, 1);
	rig_store_state(&rig);
	must_write(&rig, 2, 4);
	rig_crash(&rig);
	for (unsigned number = 2; number <= 4; number++) {
		must_write(&rig, number, number);
		rig_store_state(&rig);
		rig_crash(&rig);
	}
	CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE TWO THREE FOUR);
	rig_close(&rig);
}

static void test_rotation(void)
{
	struct rig rig;

	rig_open(&rig);
	must_write(&rig, 1, 1);
	move(&rig, "alerts.jsonl", "alerts.jsonl.1");
	must_write(&rig, 2, 2);
	CHECK_TEXT(content(&rig, "alerts.jsonl.1"), ONE);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), TWO);
	rig_store_state(&rig);

	/* made anew by whoever rotated, with a line of somebody's */
	move(&rig, "alerts.jsonl", "alerts.jsonl.1");
	append(&rig, "alerts.jsonl", "half");
	must_write(&rig, 3, 3);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "half\n" THREE);

	rig.sink->ops->reopen(rig.sink);
	must_write(&rig, 4, 4);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "half\n" THREE FOUR);

	CHECK_INT(unlink(scratch_path(&rig.scratch, "alerts.jsonl")), 0);
	must_write(&rig, 5, 5);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "{\"n\":5}\n");
	rig_close(&rig);
}

/* A crash with lines in the file that was rotated away since. */
static void test_crash_and_rotation(void)
{
	static const char *const names[] = { "alerts.jsonl.1", "alerts.jsonl-20240601" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct rig rig;

		check_row(names[i]);
		rig_open(&rig);
		must_write(&rig, 1, 1);
		rig_store_state(&rig);
		append(&rig, "alerts.jsonl", TWO "{\"n\"");
		move(&rig, "alerts.jsonl", names[i]);
		append(&rig, "alerts.jsonl", THREE "{\"n\":");
		rig_crash(&rig);
		must_write(&rig, 2, 4);
		CHECK_TEXT(content(&rig, names[i]), ONE TWO);
		CHECK_TEXT(content(&rig, "alerts.jsonl"), THREE FOUR);
		rig_close(&rig);
	}
}

/* Half a line that a crash left is rotated away before its record is written again. */
static void test_half_is_rotated(void)
{
	static const struct {
		const char *name, *half, *left;
	} rows[] = {
		{ "of the record to come", "{\"n\"", ONE },
		{ "somebody's", "half", ONE "half" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct rig rig;

		check_row(rows[i].name);
		rig_open(&rig);
		append(&rig, "alerts.jsonl", ONE);
		append(&rig, "alerts.jsonl", rows[i].half);
		must_write(&rig, 1, 1);
		move(&rig, "alerts.jsonl", "alerts.jsonl.1");
		must_write(&rig, 2, 2);
		CHECK_TEXT(content(&rig, "alerts.jsonl.1"), rows[i].left);
		CHECK_TEXT(content(&rig, "alerts.jsonl"), TWO);
		rig_close(&rig);
	}
}

/* The same while nobody had the file open, and nothing was stored yet. */
static void test_half_is_rotated_unseen(void)
{
	struct rig rig;

	rig_open(&rig);
	append(&rig, "alerts.jsonl.1", ONE "{\"n\":2");
	append(&rig, "alerts.jsonl.2", "half");
	must_write(&rig, 1, 2);
	CHECK_TEXT(content(&rig, "alerts.jsonl.2"), "half");
	CHECK_TEXT(content(&rig, "alerts.jsonl.1"), ONE);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), TWO);
	rig_close(&rig);
}

/* Found again, stored as that, and then rotated twice with one more crash between. */
static void test_crashes_and_rotations(void)
{
	struct rig rig;

	rig_open(&rig);
	must_write(&rig, 1, 2);
	rig_crash(&rig);
	must_write(&rig, 1, 2);
	rig_store_state(&rig);
	rig_crash(&rig);
	must_write(&rig, 3, 3);
	move(&rig, "alerts.jsonl", "alerts.jsonl.1");
	rig_crash(&rig);
	must_write(&rig, 3, 4);
	CHECK_TEXT(content(&rig, "alerts.jsonl.1"), ONE TWO THREE);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), FOUR);
	move(&rig, "alerts.jsonl.1", "alerts.jsonl.2");
	move(&rig, "alerts.jsonl", "alerts.jsonl.1");
	rig_crash(&rig);
	must_write(&rig, 3, 5);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "{\"n\":5}\n");
	rig_close(&rig);

	/* the first crash of all, before anything was stored */
	rig_open(&rig);
	must_write(&rig, 1, 2);
	move(&rig, "alerts.jsonl", "alerts.jsonl.1");
	rig_crash(&rig);
	must_write(&rig, 1, 3);
	CHECK_TEXT(content(&rig, "alerts.jsonl.1"), ONE TWO);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), THREE);
	rig_close(&rig);
}

/* Rotation that copies and truncates, between and around crashes. */
static void test_copytruncate(void)
{
	AUTO_BUF struct buf before = FILE_BUF;
	struct rig rig;

	rig_open(&rig);
	must_write(&rig, 1, 40);
	buf_append_text(&before, content(&rig, "alerts.jsonl"));
	rig_store_state(&rig);
	copy(&rig, "alerts.jsonl", "alerts.jsonl.1");
	CHECK_INT(truncate(scratch_path(&rig.scratch, "alerts.jsonl"), 0), 0);
	must_write(&rig, 41, 41);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "{\"n\":41}\n");

	/* the state is of the file before it was cut */
	rig_crash(&rig);
	must_write(&rig, 41, 42);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "{\"n\":41}\n{\"n\":42}\n");

	/* lines past the state were copied away */
	scratch_write(&rig.scratch, "alerts.jsonl", buf_slice(&before));
	append(&rig, "alerts.jsonl", "{\"n\":41}\n");
	copy(&rig, "alerts.jsonl", "alerts.jsonl.1");
	CHECK_INT(truncate(scratch_path(&rig.scratch, "alerts.jsonl"), 0), 0);
	rig_crash(&rig);
	must_write(&rig, 41, 42);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), "{\"n\":42}\n");
	rig_close(&rig);
}

static void test_refused(void)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "folder", "is a directory" },
		{ "fifo", "not a file" },
		{ "link", "it is a symbolic link" },
		{ "dangling", "it is a symbolic link" },
		{ "missing/file", "no such file or directory" },
	};
	AUTO_SCRATCH struct scratch scratch;

	scratch_init(&scratch);
	scratch_write(&scratch, "file", SLICE(""));
	CHECK_INT(mkdir(scratch_path(&scratch, "folder"), 0755), 0);
	CHECK_INT(mkfifo(scratch_path(&scratch, "fifo"), 0644), 0);
	CHECK_INT(symlink("file", scratch_path(&scratch, "link")), 0);
	CHECK_INT(symlink("nowhere", scratch_path(&scratch, "dangling")), 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sink *sink = sink_file_new(
			"a", scratch_path(&scratch, rows[i].name), SLICE("not a state"));
		struct sink_record record = { 1, SLICE("{}") };
		AUTO_BUF struct buf state = STATE_BUF;
		struct err err;
		size_t done = 7;

		check_row(rows[i].name);
		alarm(60);
		CHECK_INT(sink->ops->write(sink, &record, 1, &done, &err), -1);
		alarm(0);
		CHECK_UINT(done, 0);
		CHECK(strstr(err.text, rows[i].want) != NULL);
		sink->ops->state(sink, &state);
		CHECK_UINT(state.len, 0);
		sink_free(sink);
	}
	CHECK_INT(access(scratch_path(&scratch, "nowhere"), F_OK), -1);
}

/* A file that may not grow on: no half line stays, and all is written later. */
static void test_no_room(void)
{
	struct rlimit limit, old;
	struct rig rig;
	struct err err;
	size_t done;

	rig_open(&rig);
	must_write(&rig, 1, 1);
	rig_store_state(&rig);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = 20, .rlim_max = old.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(write_range(&rig, 2, 4, &done, &err), -1);
		CHECK_UINT(done, 0);
		CHECK(strstr(err.text, "file too large") != NULL);
		CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE);
		rig_store_state(&rig);
		if (i == 1)
			rig_crash(&rig);
	}
	CHECK_INT(write_range(&rig, 2, 2, &done, &err), 0);
	CHECK_UINT(done, 1);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	must_write(&rig, 2, 4);
	CHECK_TEXT(content(&rig, "alerts.jsonl"), ONE TWO THREE FOUR);
	rig_close(&rig);
}

/* More than is written at once. */
static void test_large(void)
{
	AUTO_BUF struct buf line = BUF_LIMIT((size_t)1024 * 1024);
	struct sink_record records[RECORDS_MAX];
	struct stat status;
	struct rig rig;
	struct err err;
	size_t done;

	rig_open(&rig);
	fill_repeated(&line, SLICE("0123456789abcdef"), 4096);
	for (size_t i = 0; i < RECORDS_MAX; i++)
		records[i] = (struct sink_record){ i + 1, buf_slice(&line) };
	CHECK_OK(rig.sink->ops->write(rig.sink, records, RECORDS_MAX, &done, &err), &err);
	CHECK_UINT(done, RECORDS_MAX);
	/* the same bytes so often are so many records */
	rig_crash(&rig);
	CHECK_OK(rig.sink->ops->write(rig.sink, records, RECORDS_MAX, &done, &err), &err);
	CHECK_INT(stat(scratch_path(&rig.scratch, "alerts.jsonl"), &status), 0);
	CHECK_INT(status.st_size, (off_t)RECORDS_MAX * 65537);
	rig_close(&rig);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "plain", test_plain },
		{ "crashes", test_crashes },
		{ "pieces", test_pieces },
		{ "rotation", test_rotation },
		{ "crash and rotation", test_crash_and_rotation },
		{ "half is rotated", test_half_is_rotated },
		{ "half is rotated unseen", test_half_is_rotated_unseen },
		{ "crashes and rotations", test_crashes_and_rotations },
		{ "copytruncate", test_copytruncate },
		{ "refused", test_refused },
		{ "no room", test_no_room },
		{ "large", test_large },
		{ NULL, NULL },
	};

	return check_run("agent/sink/file", tests);
}
