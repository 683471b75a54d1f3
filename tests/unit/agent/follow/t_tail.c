/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: setresuid() is no POSIX */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/follow/tail.h"
#include "agent/follow/tail_live.h"
#include "agent/follow/tail_mark.h"
#include "agent/follow/tail_siblings.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/agent/follow/tail_script.h"
#include "tests/unit/input/scratch.h"

#define NOBODY 65534

struct row {
	const char *name, *script, *want;
};

static void run_rows(const struct row *rows, size_t count, bool from_start)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_BUF struct buf trace = BUF_LIMIT((size_t)1024 * 1024);

		check_row(rows[i].name);
		tail_script_run(rows[i].script, from_start, &trace);
		CHECK_TEXT(buf_text(&trace), rows[i].want);
	}
}

static void test_lines(void)
{
	static const struct row rows[] = {
		{ "a first start is from the end",
		  "write log old; read; write log new; read", "{log} new " },
		{ "a first start in the middle of a line gives all of it",
		  "write log old; part log ha; read; write log lf; read", "{log} half " },
		{ "no file at the first start: then from its first line",
		  "read; write log one; read", "[absent] {log} one " },
		{ "no file at the first start, and killed before there is one",
		  "read; restart; write log one; read", "[absent] {log} one " },
		{ "the first line of one byte is not held back",
		  "read; write log x; read", "[absent] {log} x " },
		{ "a half line waits for its end",
		  "write log a; read; part log ha; read; part log l; read; write log f; "
		  "read",
		  "{log} half " },
		{ "carriage returns stay", "write log a; read; write log b\r; read",
		  "{log} b\r " },
		{ "blank lines count", "write log a; read; write log ; write log b; read",
		  "{log}  b " },
		{ "a restart goes on where it was",
		  "write log a; read; write log b; read; restart; write log c; read",
		  "{log} b {log} c " },
		{ "a kill gives again what was not stored",
		  "write log a; read; commit; write log b; read; kill; write log c; read",
		  "{log} b {log} b c " },
		{ "killed inside a half line",
		  "write log a; read; part log ha; read; restart; write log lf; read",
		  "{log} half " },
		{ "a line longer than is kept is cut, and the next one whole",
		  "write log a; read; long log 1500000; write log b; read",
		  "{log} cut(1500000) b " },
		{ "a line exactly as long as is kept",
		  "write log a; read; long log 1048576; write log b; read",
		  "{log} 1048576-bytes b " },
		{ "a long line killed half way",
		  "write log a; read; commit; long log 3000000; step 3; kill; "
		  "write log b; read",
		  "{log} cut(3000000) b " },
	};

	run_rows(rows, COUNT_OF(rows), false);
}

static void test_rename(void)
{
	static const struct row rows[] = {
		{ "renamed and created",
		  "write log a; read; write log b; mv log log.1; write log c; read",
		  "{log} b {log} c " },
		{ "renamed, and created later",
		  "write log a; read; write log b; mv log log.1; read; write log c; read",
		  "{log} b [absent] {log} c " },
		{ "twice, and the log is not there",
		  "write log a; read; write log b; mv log log.1; write log c; "
		  "mv log.1 log.2; mv log log.1; read; write log d; read",
		  "{log} b {log.1} c [absent] {log} d " },
		{ "twice between two readings",
		  "write log a; read; write log b; mv log log.1; write log c; "
		  "mv log.1 log.2; mv log log.1; write log d; read",
		  "{log} b {log.1} c {log} d " },
		{ "five times between two readings",
		  "write log a; read; mv log log.1; write log b; mv log.1 log.2; "
		  "mv log log.1; write log c; mv log.2 log.3; mv log.1 log.2; "
		  "mv log log.1; write log d; mv log.3 log.4; mv log.2 log.3; "
		  "mv log.1 log.2; mv log log.1; write log e; mv log.4 log.5; "
		  "mv log.3 log.4; mv log.2 log.3; mv log.1 log.2; mv log log.1; "
		  "write log f; read",
		  "{log.4} b {log.3} c {log.2} d {log.1} e {log} f " },
		{ "the writer goes on with the renamed file",
		  "write log a; read; open log; mv log log.1; write log b; read; "
		  "late c; write log d; read; late e; read",
		  "{log} b {log.1} c {log} d {log.1} e " },
		{ "a late line, and a restart before it is read",
		  "write log a; read; open log; mv log log.1; write log b; read; "
		  "restart; late c; read; write log d; read",
		  "{log} b {log.1} c {log} d " },
		{ "a half line that is finished after the rename",
		  "write log a; read; part log ha; open log; read; mv log log.1; "
		  "write log b; read; late lf; read",
		  "{log} b {log.1} half " },
		{ "a half line that nobody finishes",
		  "write log a; read; part log half; mv log log.1; write log b; read; "
		  "quiet",
		  "{log} b {log.1} half~ " },
		{ "dated names",
		  "write log a; read; write log b; mv log log-20260101; write log c; "
		  "mv log log-20260102; write log d; read",
		  "{log} b {log-20260102} c {log} d " },
		{ "numbers that grow with time, as seelog gives them",
		  "write log.1 x; tick; write log.2 y; tick; write log a; read; write "
		  "log b; "
		  "mv log log.3; write log c; read",
		  "{log} b {log} c " },
		{ "renamed to a name that tells nothing",
		  "write log a; read; write log b; mv log other; write log c; read; "
		  "restart; write log d; read",
		  "{log} b {log} c {log} d " },
		{ "into a folder below",
		  "dir old; write log a; read; write log b; commit; mv log old/log.1; "
		  "write log c; kill; read",
		  "{log.1} b {log} c " },
		{ "renamed and renamed back",
		  "write log a; read; mv log log.1; write log b; read; rm log; "
		  "mv log.1 log; write log c; read",
		  "{log} b {log.1} c " },
		{ "the oldest goes while it is held",
		  "write log a; read; write log b; mv log log.1; rm log.1; write log c; "
		  "read",
		  "{log} b {log} c " },
		{ "deleted and created anew, with what was not read",
		  "write log a; read; write log b; rm log; write log c; read",
		  "{log} b {log} c " },
		{ "a hard link is no other file",
		  "write log a; read; hard log log.1; write log b; read; restart; "
		  "write log c; read",
		  "{log} b {log} c " },
	};

	run_rows(rows, COUNT_OF(rows), false);
}

static void test_while_down(void)
{
	static const struct row rows[] = {
		{ "renamed and created",
		  "write log a; read; write log b; read; restart; write log c; "
		  "mv log log.1; write log d; read",
		  "{log} b {log.1} c {log} d " },
		{ "rotated three times",
		  "write log a; read; restart; write log b; mv log log.1; write log c; "
		  "mv log.1 log.2; mv log log.1; write log d; mv log.2 log.3; "
		  "mv log.1 log.2; mv log log.1; write log e; read",
		  "{log.3} b {log.2} c {log.1} d {log} e " },
		{ "rotated and compressed",
		  "write log a; read; restart; write log b; mv log log.1; gz log.1; "
		  "write log c; read",
		  "{log.1.gz} b {log} c " },
		{ "compressed, with the time from before a script of the rotation wrote",
		  "write log a; read; long log 5000; read; restart; write log b; "
		  "mv log log.1; gz log.1 60; write log c; read",
		  "{log} 5000-bytes {log.1.gz} b {log} c " },
		{ "rotated, the next one too, and compressed with a delay",
		  "write log a; read; restart; write log b; mv log log.1; write log c; "
		  "gz log.1; mv log.1.gz log.2.gz; mv log log.1; write log d; read",
		  "{log.2.gz} b {log.1} c {log} d " },
		{ "compressed in a way that is not read",
		  "write log a; read; restart; write log b; mv log log.1; write log c; "
		  "mv log.1 log.2; mv log log.1.xz; write log d; read",
		  "{log.2} b [gap 0-0] {log} d " },
		{ "deleted and created anew",
		  "write log abc; read; restart; write log b; rm log; write log c; read",
		  "[gap 4-0] {log} c " },
		{ "the same length, the same inode perhaps, other lines",
		  "write log abc; read; restart; rm log; write log xyz; read",
		  "[gap 4-0] {log} xyz " },
		{ "other lines before a copy of the last one",
		  "write log abc; read; restart; rm log; write log xyz; write log abc; "
		  "read",
		  "[gap 4-0] {log} xyz abc " },
		{ "put back from a copy with more in it",
		  "write log a; read; restart; cp log new; mv new log; write log b; read",
		  "{log} b " },
		{ "compressed, beside one that begins as another did that is gone",
		  "write log x; read; mv log log-20260101; write log y; read; restart; "
		  "rm log-20260101; write log b; mv log log-20260102; "
		  "gz log-20260102; write log x; write log w; mv log log-20260103; "
		  "write log c; read",
		  "{log} y {log-20260102.gz} b {log-20260103} w {log} c " },
		{ "gone, and two begin as it did",
		  "write log a; read; restart; rm log; write log a; write log b; "
		  "mv log log.1; write log a; write log c; read",
		  "[gap 2-0] {log.1} b {log} a c " },
		{ "two files came and went",
		  "write log abc; read; restart; rm log; write log b; rm log; "
		  "write log c; read",
		  "[gap 4-0] {log} c " },
		{ "moved away and nothing there, then back",
		  "write log a; read; restart; mv log away; read; mv away log; "
		  "write log b; read",
		  "[absent] {away} b " },
		{ "a cursor that nobody can read",
		  "write log a; read; cursor nonsense; write log b; read",
		  "[gap 0-0] {log} a b " },
		{ "killed twice before anything was stored",
		  "write log a; read; commit; write log b; read; kill; read; kill; read",
		  "{log} b {log} b {log} b " },
	};

	run_rows(rows, COUNT_OF(rows), false);
}

static void test_truncate(void)
{
	static const struct row rows[] = {
		{ "copied and truncated, all read before",
		  "write log a; read; write log b; read; cp log log.1; trunc log; "
		  "write log c; read",
		  "{log} b {log} c " },
		{ "copied and truncated with what was not read",
		  "write log a; read; write log b; cp log log.1; trunc log; "
		  "write log c; read",
		  "{log.1} b {log} c " },
		{ "copied and truncated twice",
		  "write log a; read; write log b; cp log log.1; trunc log; "
		  "write log c; mv log.1 log.2; cp log log.1; trunc log; write log d; "
		  "read",
		  "{log.2} b {log.1} c {log} d " },
		{ "copied and truncated while down",
		  "write log a; read; restart; write log b; cp log log.1; trunc log; "
		  "write log c; read",
		  "{log.1} b {log} c " },
		{ "copied, truncated and compressed while down",
		  "write log a; read; restart; write log b; cp log log.1; trunc log; "
		  "gz log.1; write log c; read",
		  "{log.1.gz} b {log} c " },
		{ "copied and truncated before the first line was read",
		  "read; write log a; rm log; write log.1 x; hard log.1 log; trunc log; "
		  "rm log.1; read; write log b; cp log log.1; trunc log; write log c; "
		  "read",
		  "[absent] {log.1} b {log} c " },
		{ "copied and truncated before the first line was read, then compressed",
		  "part log; read; write log a; tick; cp log log.1; trunc log; "
		  "write log b; mv log.1 log.2; mv log log.1; gz log.1; write log c; "
		  "read",
		  "{log.1} b {log.2} a {log} c " },
		{ "read beyond the copy, then truncated",
		  "write log a; read; tick; cp log log.1; write log b; read; trunc log; "
		  "write log c; read",
		  "{log} b {log} c " },
		{ "truncated without a copy",
		  "write log abc; read; write log d; read; trunc log; write log e; read",
		  "{log} d [gap 6-0] {log} e " },
		{ "truncated and grown past",
		  "write log abc; read; trunc log; write log defghijklm; read",
		  "[gap 4-0] {log} defghijklm " },
		{ "truncated and grown to the same length",
		  "write log abc; read; trunc log; write log xyz; read",
		  "[gap 4-0] {log} xyz " },
		{ "truncated and grown past while down",
		  "write log abc; read; restart; trunc log; write log defghijklm; read",
		  "[gap 4-0] {log} defghijklm " },
		{ "truncated inside a half line",
		  "write log abc; read; part log ha; read; trunc log; write log e; read",
		  "[gap 4-0] {log} e " },
		{ "truncated to nothing that nobody had read",
		  "read; write log ; rm log; read; write log a; trunc log; write log b; "
		  "read",
		  "[absent] {log} b " },
		{ "truncated twice: two gaps",
		  "write log a; read; trunc log; write log b; read; trunc log; "
		  "write log c; read",
		  "[gap 2-0] {log} b [gap 2-0] {log} c " },
		{ "a writer that does not append leaves a hole",
		  "write log a; read; trunc log; grow log 100000; write log b; read",
		  "[gap 2-0] {log} b " },
		{ "a hole of NULs on disk",
		  "write log a; read; trunc log; nuls log 100000; write log b; read",
		  "[gap 2-0] {log} b " },
		{ "a hole larger than any memory",
		  "write log a; read; trunc log; grow log 100000000000; write log b; "
		  "read",
		  "[gap 2-0] {log} b " },
		{ "NULs between lines are a gap of that length",
		  "write log a; read; write log b; nuls log 10; write log c; read",
		  "{log} b [gap 4-14] c " },
		{ "NULs inside a line stay",
		  "write log a; read; part log b; nuls log 1; write log c; read",
		  "{log} b" },
		{ "reserved room that is not written yet",
		  "write log a; read; nuls log 10; read; read; restart; read", "" },
	};

	run_rows(rows, COUNT_OF(rows), false);
}

static void test_kinds(void)
{
	static const struct row rows[] = {
		{ "a FIFO is not opened", "fifo log; read; rm log; write log a; read",
		  "[absent] {log} a " },
		{ "a folder", "dir log; read; rm log; write log a; read",
		  "[absent] {log} a " },
		{ "a FIFO in place of the log",
		  "write log a; read; mv log log.1; fifo log; read; rm log; "
		  "write log b; read",
		  "[absent] {log} b " },
		{ "a symbolic link of one's own",
		  "write real a; link real log; read; write real b; read", "{log} b " },
		{ "a link that is swapped",
		  "write one a; link one log; read; write one b; write two c; rm log; "
		  "link two log; read",
		  "{log} b {log} c " },
		{ "a link that is swapped while down",
		  "write one a; link one log; read; restart; write one b; write two c; "
		  "rm log; link two log; read",
		  "{one} b {log} c " },
		{ "a link that is swapped there and back",
		  "write one a; link one log; read; write two c; rm log; link two log; "
		  "read; write one d; rm log; link one log; write one e; read",
		  "{log} c {one} d e " },
		{ "a link into nothing", "link nowhere log; read; write nowhere a; read",
		  "[absent] {log} a " },
		{ "a link to itself", "link log log; read", "[absent] " },
	};

	run_rows(rows, COUNT_OF(rows), false);
}

static void test_backfill(void)
{
	static const struct row rows[] = {
		{ "from the start", "write log a; write log b; read", "{log} a b " },
		{ "with rotated files, oldest first",
		  "write log.3 a; gz log.3; write log.2 b; gz log.2; write log.1 c; "
		  "write log d; read; write log e; read",
		  "{log.3.gz} a {log.2.gz} b {log.1} c {log} d e " },
		{ "ten and more: 10 is older than 9",
		  "write log.10 a; write log.9 b; write log.1 c; write log d; read",
		  "{log.10} a {log.9} b {log.1} c {log} d " },
		{ "dated",
		  "write log-20251231 a; gz log-20251231; "
		  "write log-20260101 b; write log c; read",
		  "{log-20251231.gz} a {log-20260101} b {log} c " },
		{ "dates after numbers, when the scheme was changed",
		  "write log.2 a; write log.1 b; write log-20260101 c; write log d; read",
		  "{log.2} a {log.1} b {log-20260101} c {log} d " },
		{ "backups are not rotated files",
		  "write log.bak x; write log~ x; write login y; write log a; read",
		  "{log} a " },
		{ "only rotated files", "write log.1 a; read; write log b; read",
		  "{log.1} a [absent] {log} b " },
		{ "a file that is being compressed counts once",
		  "write log.1 a; write log.1.gz x; write log b; read",
		  "{log.1} a {log} b " },
		{ "damaged gzip is a gap, and what follows is read",
		  "write log.2 a; gz log.2; write log.2.gz x; write log.1 b; "
		  "write log c; read",
		  "{log.2.gz} a [gap 2-0] {log.1} b {log} c " },
		{ "no gzip in spite of its name", "write log.1.gz a; write log b; read",
		  "{log.1.gz} a {log} b " },
		{ "killed between two of them",
		  "write log.2 a; write log.1 b; write log c; step 1; commit; step 1; "
		  "kill; read",
		  "{log.2} a {log.1} b {log.1} b {log} c " },
		{ "the last line of a rotated file without its newline",
		  "part log.1 half; gz log.1; write log b; read",
		  "{log.1.gz} half~ {log} b " },
	};

	run_rows(rows, COUNT_OF(rows), true);
}

/* As somebody whom permissions concern. */
static void in_child(void (*run)(void))
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
			_exit(2);
		run();
		_exit(0);
	}
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK_INT(status, 0);
}

static void exit_unless(const char *script, const char *want)
{
	AUTO_BUF struct buf trace = BUF_LIMIT(65536);

	tail_script_run(script, false, &trace);
	if (strcmp(buf_text(&trace), want) == 0)
		return;
	fprintf(stderr, "'%s': '%s', not '%s'\n", script, buf_text(&trace), want);
	_exit(3);
}

static void run_permissions(void)
{
	exit_unless("write log a; read; chmod 000 log; restart; read; chmod 644 log; "
		    "write log b; read",
		    "[absent] {log} b ");
	exit_unless("write log a; read; chmod 000 log; read; chmod 644 log; "
		    "write log b; read",
		    "{log} b ");
	exit_unless("write log a; read; mv log log.1; write log b; chmod 000 log; read; "
		    "chmod 644 log; write log c; read",
		    "[absent] {log} b c ");
	exit_unless("write log a; chmod 000 log; read; chmod 644 log; read; write log b; "
		    "read",
		    "[absent] {log} b ");
}

static void test_permissions(void)
{
	in_child(run_permissions);
}

/* A link that somebody else could turn is not followed. */
static void test_foreign_link(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct tail_step step;
	struct tail *tail;

	if (geteuid() != 0) {
		check_row("skipped: needs root to give a link away");
		return;
	}
	scratch_init(&scratch);
	scratch_write(&scratch, "secret", SLICE("a\n"));
	CHECK_INT(symlink("secret", scratch_path(&scratch, "log")), 0);
	CHECK_INT(lchown(scratch_path(&scratch, "log"), NOBODY, NOBODY), 0);
	tail = tail_new(scratch_path(&scratch, "log"), slice_text(""), TAIL_FROM_START);
	tail_next(tail, &step);
	CHECK_INT(step.kind, TAIL_ABSENT);
	CHECK_TEXT(scratch_plain(&scratch, step.problem.text),
		   "'@/log' is a symbolic link that belongs to user 65534, who may point "
		   "it elsewhere");
	tail_free(tail);
}

static void test_state(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct tail_state state;
	struct tail_step step;
	struct tail *tail;

	scratch_init(&scratch);
	scratch_write(&scratch, "log", SLICE("old\nolder\n"));
	tail = tail_new(scratch_path(&scratch, "log"), slice_text(""), TAIL_FROM_END);
	state = tail_state(tail);
	CHECK(!state.is_open);
	tail_next(tail, &step);
	state = tail_state(tail);
	CHECK(state.is_open);
	CHECK_UINT(state.bytes_skipped, 10);
	CHECK_UINT(state.offset, 10);
	CHECK_UINT(state.size_bytes, 10);
	CHECK_UINT(state.lines_given, 0);
	scratch_write(&scratch, "log", SLICE("a\nb\nc\nd\ne\n"));
	do {
		tail_next(tail, &step);
	} while (step.kind != TAIL_IDLE);
	state = tail_state(tail);
	CHECK_UINT(state.gaps_given, 1);
	CHECK_UINT(state.lines_given, 5);
	CHECK(state.changed_at != US_TIME_NONE);
	tail_free(tail);
}

static void test_cursor_text(void)
{
	static const struct {
		const char *name, *text;
		bool is_good;
	} rows[] = {
		{ "start", "tail1 start", true },
		{ "a file", "tail1 f:1:2:3:4:0:0:5:0:-:0:-", true },
		{ "no time", "tail1 f:1:2:3:4:0:0:-:0:-:0:-", true },
		{ "hashes",
		  "tail1 f:1:2:3:4:9:9:5:9:00112233445566778899aabbccddeeff:9:"
		  "00112233445566778899aabbccddeeff",
		  true },
		{ "one before it",
		  "tail1 f:1:2:3:4:0:0:5:0:-:0:- d:1:3:3:4:0:0:5:0:-:0:-", true },
		{ "lost", "tail1 l:1:2:3:4:0:0:5:0:-:0:-", true },
		{ "empty", "", false },
		{ "another version", "tail2 start", false },
		{ "nothing behind", "tail1 ", false },
		{ "a newline behind", "tail1 start\n", false },
		{ "a zero in front", "tail1 f:01:2:3:4:0:0:5:0:-:0:-", false },
		{ "negative", "tail1 f:-1:2:3:4:0:0:5:0:-:0:-", false },
		{ "too large", "tail1 f:1:2:4294967296:4:0:0:5:0:-:0:-", false },
		{ "an offset past all files",
		  "tail1 f:1:2:3:4:9223372036854775808:0:5:0:-:0:-", false },
		{ "a head longer than heads are",
		  "tail1 f:1:2:3:4:9999:9999:5:1025:00112233445566778899aabbccddeeff:0:-",
		  false },
		{ "a proof longer than what was read",
		  "tail1 f:1:2:3:4:9:9:5:0:-:10:00112233445566778899aabbccddeeff",
		  false },
		{ "a hash of nothing",
		  "tail1 f:1:2:3:4:0:0:5:0:00112233445566778899aabbccddeeff:0:-", false },
		{ "upper case",
		  "tail1 f:1:2:3:4:9:9:5:9:00112233445566778899AABBCCDDEEFF:0:-", false },
		{ "five before it",
		  "tail1 f:1:2:3:4:0:0:5:0:-:0:- d:1:3:3:4:0:0:5:0:-:0:- "
		  "d:1:3:3:4:0:0:5:0:-:0:- d:1:3:3:4:0:0:5:0:-:0:- "
		  "d:1:3:3:4:0:0:5:0:-:0:- d:1:3:3:4:0:0:5:0:-:0:-",
		  false },
		{ "a blank at the end", "tail1 f:1:2:3:4:0:0:5:0:-:0:- ", false },
		{ "cut short", "tail1 f:1:2:3:4:0:0:5:0:-:0", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_TAIL_CURSOR_BYTES);
		struct tail_position position;
		bool is_good = tail_position_parse(slice_text(rows[i].text), &position);

		check_row(rows[i].name);
		CHECK_INT(is_good, rows[i].is_good);
		if (!is_good)
			continue;
		tail_position_append(&position, &text);
		CHECK_TEXT(buf_text(&text), rows[i].text);
	}
}

static void test_sibling_names(void)
{
	static const struct {
		const char *rest;
		int scheme; /* -1: no rotated file of that log */
		uint64_t rank;
	} rows[] = {
		{ ".1", TAIL_NAME_NUMBER, 1 },
		{ ".12.gz", TAIL_NAME_NUMBER, 12 },
		{ "-20260122", TAIL_NAME_DATE, 20260122 },
		{ ".20260122.gz", TAIL_NAME_DATE, 20260122 },
		{ "-2026-01-22", TAIL_NAME_DATE, 20260122 },
		{ "-20260122-1769040000.gz", TAIL_NAME_DATE, 20260122 },
		{ "-20260122.1", TAIL_NAME_DATE, 20260122 },
		{ ".3.xz", TAIL_NAME_NUMBER, 3 },
		{ ".bak", TAIL_NAME_OTHER, 0 },
		{ ".gz", TAIL_NAME_OTHER, 0 },
		{ ".1a", TAIL_NAME_OTHER, 0 },
		{ ".-", TAIL_NAME_OTHER, 0 },
		{ "", -1, 0 },
		{ "in", -1, 0 },
		{ "~", -1, 0 },
		{ "1", -1, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct tail_sibling sibling = { .scheme = TAIL_NAME_OTHER };
		bool is_one = tail_sibling_name(slice_text(rows[i].rest), &sibling);

		check_row(rows[i].rest);
		CHECK_INT(is_one ? (int)sibling.scheme : -1, rows[i].scheme);
		if (is_one && rows[i].scheme > 0)
			CHECK_UINT(sibling.rank[0], rows[i].rank);
	}
}

/* What rotation does between a listing and what is made of it. */
static void test_still(void)
{
	static const struct {
		const char *name, *from, *to;
		bool want;
	} rows[] = {
		{ "nothing", "other", "another", true },
		{ "a rotated file is renamed", "log.1", "log.2", false },
		{ "being compressed", "new.gz", "log.1.gz", true },
		{ "deleted", "log.1", "away", false },
		{ "one more", "other", "log.2", false },
		{ "another file under the same name", "other", "log.1", false },
		{ "the log is rotated", "log", "log.2", false },
		{ "another log", "other", "log", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static const char *const names[] = { "log", "log.1", "other", "new.gz" };
		AUTO_SCRATCH struct scratch scratch;
		AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
		struct tail tail = { .path = NULL };
		char from[256];
		struct stat live;

		check_row(rows[i].name);
		scratch_init(&scratch);
		for (size_t n = 0; n < COUNT_OF(names); n++)
			scratch_write(&scratch, names[n], SLICE("a\n"));
		(void)snprintf(from, sizeof(from), "%s", scratch_path(&scratch, "log"));
		tail.path = from;
		CHECK_INT(stat(tail.path, &live), 0);
		tail_siblings_list(tail.path, &live, 0, &siblings);
		CHECK(tail_is_still(&tail, &live, &siblings, 0));
		(void)snprintf(from, sizeof(from), "%s",
			       scratch_path(&scratch, rows[i].from));
		CHECK_INT(rename(from, scratch_path(&scratch, rows[i].to)), 0);
		(void)snprintf(from, sizeof(from), "%s", scratch_path(&scratch, "log"));
		for (int n = 0; n < LIMIT_TAIL_RESTLESS_LOOKS; n++)
			CHECK_INT(tail_is_still(&tail, &live, &siblings, 0),
				  rows[i].want);
		CHECK(tail_is_still(&tail, &live, &siblings, 0));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lines", test_lines },
		{ "rename", test_rename },
		{ "while down", test_while_down },
		{ "truncate", test_truncate },
		{ "kinds", test_kinds },
		{ "backfill", test_backfill },
		{ "permissions", test_permissions },
		{ "foreign link", test_foreign_link },
		{ "state", test_state },
		{ "cursor text", test_cursor_text },
		{ "names of siblings", test_sibling_names },
		{ "siblings that stand still", test_still },
		{ NULL, NULL },
	};

	return check_run("agent/follow/tail", tests);
}
