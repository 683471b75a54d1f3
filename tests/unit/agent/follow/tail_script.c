/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: utimensat() and friends */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tests/unit/agent/follow/tail_script.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/follow/tail.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/unit/input/scratch.h"

#define FIRST_TIME 1700000000
#define WORD_BYTES 256

struct script {
	struct scratch scratch;
	struct tail *tail;
	struct buf cursor;
	struct buf *trace;
	char word[3][WORD_BYTES]; /* of the command */
	char rest[WORD_BYTES];	  /* behind the first argument */
	time_t now;
	int kept_fd;
	bool from_start;
	bool was_absent;
};

static void must(bool held, const struct script *script)
{
	if (held)
		return;
	fprintf(stderr, "'%s %s %s': ", script->word[0], script->word[1],
		script->word[2]);
	perror("cannot be done");
	abort();
}

/* Two paths at once, each in memory of its own. */
static void path_of(struct script *script, const char *name, char path[WORD_BYTES])
{
	(void)snprintf(path, WORD_BYTES, "%s", scratch_path(&script->scratch, name));
}

static void stamp(struct script *script, const char *path)
{
	const struct timespec time = { .tv_sec = FIRST_TIME + script->now };
	const struct timespec times[2] = { time, time };

	must(utimensat(AT_FDCWD, path, times, 0) == 0, script);
}

static void append(struct script *script, const char *name, struct slice bytes)
{
	char path[WORD_BYTES];
	AUTO_CLOSE int fd = -1;

	path_of(script, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	must(fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len, script);
	stamp(script, path);
}

static void do_write(struct script *script)
{
	AUTO_BUF struct buf line = BUF_LIMIT(WORD_BYTES + 2);

	buf_append_text(&line, script->rest);
	buf_append_byte(&line, '\n');
	append(script, script->word[1], buf_slice(&line));
}

static void do_part(struct script *script)
{
	append(script, script->word[1], slice_text(script->rest));
}

static void do_open(struct script *script)
{
	if (script->kept_fd >= 0)
		close(script->kept_fd);
	script->kept_fd = open(scratch_path(&script->scratch, script->word[1]),
			       O_WRONLY | O_APPEND | O_CLOEXEC);
	must(script->kept_fd >= 0, script);
}

static void do_late(struct script *script)
{
	AUTO_BUF struct buf line = BUF_LIMIT(WORD_BYTES + 2);
	const struct timespec time = { .tv_sec = FIRST_TIME + script->now };
	const struct timespec times[2] = { time, time };

	buf_append_format(&line, "%s\n", script->word[1]);
	must(write(script->kept_fd, line.ptr, line.len) == (ssize_t)line.len, script);
	must(futimens(script->kept_fd, times) == 0, script);
}

static void do_mv(struct script *script)
{
	char from[WORD_BYTES];

	path_of(script, script->word[1], from);
	must(rename(from, scratch_path(&script->scratch, script->word[2])) == 0, script);
}

static void read_all(struct script *script, const char *path, struct buf *bytes)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = 1;

	must(fd >= 0, script);
	while (len > 0) {
		must(buf_reserve(bytes, 65536), script);
		len = read(fd, bytes->ptr + bytes->len, 65536);
		must(len >= 0, script);
		bytes->len += (size_t)len;
	}
}

static void do_cp(struct script *script)
{
	AUTO_BUF struct buf bytes = BUF_LIMIT((size_t)64 * 1024 * 1024);
	char from[WORD_BYTES];

	path_of(script, script->word[1], from);
	read_all(script, from, &bytes);
	scratch_write(&script->scratch, script->word[2], buf_slice(&bytes));
	stamp(script, scratch_path(&script->scratch, script->word[2]));
}

static void do_gz(struct script *script)
{
	AUTO_BUF struct buf bytes = BUF_LIMIT((size_t)64 * 1024 * 1024);
	AUTO_BUF struct buf gzip = BUF_LIMIT((size_t)64 * 1024 * 1024);
	char path[WORD_BYTES];
	char packed[WORD_BYTES + 3];
	struct stat status;

	path_of(script, script->word[1], path);
	must(stat(path, &status) == 0, script);
	status.st_mtim.tv_sec -= strtol(script->word[2], NULL, 10);
	read_all(script, path, &bytes);
	gzip_append(&gzip, buf_slice(&bytes));
	(void)snprintf(packed, sizeof(packed), "%s.gz", script->word[1]);
	scratch_write(&script->scratch, packed, buf_slice(&gzip));
	must(unlink(path) == 0, script);
	(void)snprintf(packed, sizeof(packed), "%s.gz", path);
	must(utimensat(AT_FDCWD, packed,
		       (struct timespec[]){ status.st_mtim, status.st_mtim }, 0) == 0,
	     script);
}

static void do_rm(struct script *script)
{
	must(remove(scratch_path(&script->scratch, script->word[1])) == 0, script);
}

static void do_trunc(struct script *script)
{
	const char *path = scratch_path(&script->scratch, script->word[1]);

	must(truncate(path, 0) == 0, script);
	stamp(script, path);
}

static void do_link(struct script *script)
{
	must(symlink(script->word[1], scratch_path(&script->scratch, script->word[2])) ==
		     0,
	     script);
}

static void do_hard(struct script *script)
{
	char from[WORD_BYTES];

	path_of(script, script->word[1], from);
	must(link(from, scratch_path(&script->scratch, script->word[2])) == 0, script);
}

static void do_chmod(struct script *script)
{
	must(chmod(scratch_path(&script->scratch, script->word[2]),
		   (mode_t)strtoul(script->word[1], NULL, 8)) == 0,
	     script);
}

static void do_fifo(struct script *script)
{
	must(mkfifo(scratch_path(&script->scratch, script->word[1]), 0600) == 0, script);
}

static void do_dir(struct script *script)
{
	must(mkdir(scratch_path(&script->scratch, script->word[1]), 0700) == 0, script);
}

static void append_repeated(struct script *script, char byte, const char *end)
{
	AUTO_BUF struct buf bytes = BUF_LIMIT((size_t)64 * 1024 * 1024);

	fill_repeated(&bytes, slice_of(&byte, 1), strtoul(script->word[2], NULL, 10));
	buf_append_text(&bytes, end);
	append(script, script->word[1], buf_slice(&bytes));
}

static void do_nuls(struct script *script)
{
	append_repeated(script, '\0', "");
}

static void do_long(struct script *script)
{
	append_repeated(script, 'x', "\n");
}

/* Until the kernel stamps files with another time of birth. */
static void do_tick(struct script *script)
{
	struct timespec from;
	struct timespec now;

	must(clock_gettime(CLOCK_REALTIME, &from) == 0, script);
	do {
		must(clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0, script);
	} while (now.tv_sec < from.tv_sec ||
		 (now.tv_sec == from.tv_sec && now.tv_nsec <= from.tv_nsec));
}

static void do_grow(struct script *script)
{
	const char *path = scratch_path(&script->scratch, script->word[1]);
	struct stat status;

	must(stat(path, &status) == 0, script);
	must(truncate(path, status.st_size + strtol(script->word[2], NULL, 10)) == 0,
	     script);
	stamp(script, path);
}

static void trace_line(struct script *script, const struct tail_step *step,
		       struct slice line, const char *behind)
{
	if (step->cut_line_bytes > 0)
		buf_append_format(script->trace, "cut(%" PRIu64 ")",
				  step->cut_line_bytes);
	else if (line.len > 100)
		buf_append_format(script->trace, "%zu-bytes", line.len);
	else
		buf_append(script->trace, line);
	buf_append_text(script->trace, behind);
}

static void trace_lines(struct script *script, const struct tail_step *step)
{
	struct slice rest = step->bytes;
	struct slice line;

	if (step->is_new_file && rest.len > 0)
		buf_append_format(script->trace, "{%s} ", strrchr(step->path, '/') + 1);
	while (slice_take_until(&rest, '\n', &line))
		trace_line(script, step, line, " ");
	if (rest.len > 0)
		trace_line(script, step, rest, step->is_partial ? "~ " : " ");
}

/* Whether there was something. */
static bool take_step(struct script *script)
{
	bool was_absent = script->was_absent;
	struct tail_step step;

	tail_next(script->tail, &step);
	script->was_absent = step.kind == TAIL_ABSENT;
	switch (step.kind) {
	case TAIL_IDLE:
		return false;
	case TAIL_LINES:
		trace_lines(script, &step);
		return true;
	case TAIL_GAP:
		buf_append_format(script->trace, "[gap %" PRIu64 "-%" PRIu64 "] ",
				  step.lost_from, step.lost_until);
		return true;
	case TAIL_ABSENT:
		if (!was_absent)
			buf_append_text(script->trace, "[absent] ");
		return false;
	}
	return false;
}

static void do_read(struct script *script)
{
	int left = 100000;

	while (take_step(script) && left-- > 0)
		;
	if (left <= 0)
		buf_append_text(script->trace, "[never idle] ");
}

static void do_step(struct script *script)
{
	for (long i = strtol(script->word[1], NULL, 10); i > 0; i--)
		take_step(script);
}

static void do_quiet(struct script *script)
{
	for (int i = 0; i < 2 * LIMIT_TAIL_QUIET_STEPS; i++)
		do_read(script);
}

static void begin(struct script *script)
{
	tail_free(script->tail);
	script->tail = tail_new(scratch_path(&script->scratch, "log"),
				buf_slice(&script->cursor),
				script->from_start ? TAIL_FROM_START : TAIL_FROM_END);
	script->was_absent = false;
}

static void do_commit(struct script *script)
{
	buf_clear(&script->cursor);
	tail_cursor(script->tail, &script->cursor);
}

static void do_restart(struct script *script)
{
	do_commit(script);
	begin(script);
}

static void do_cursor(struct script *script)
{
	buf_clear(&script->cursor);
	buf_append_text(&script->cursor, script->word[1]);
	begin(script);
}

static const struct {
	const char *name;
	void (*run)(struct script *script);
} commands[] = {
	{ "write", do_write },	 { "part", do_part },	{ "open", do_open },
	{ "late", do_late },	 { "mv", do_mv },	{ "cp", do_cp },
	{ "gz", do_gz },	 { "rm", do_rm },	{ "trunc", do_trunc },
	{ "link", do_link },	 { "hard", do_hard },	{ "chmod", do_chmod },
	{ "fifo", do_fifo },	 { "dir", do_dir },	{ "nuls", do_nuls },
	{ "long", do_long },	 { "grow", do_grow },	{ "read", do_read },
	{ "step", do_step },	 { "quiet", do_quiet }, { "commit", do_commit },
	{ "kill", begin },	 { "tick", do_tick },	{ "restart", do_restart },
	{ "cursor", do_cursor },
};

static void run_command(struct script *script, struct slice text)
{
	struct slice word;
	size_t count = 0;

	memset(script->word, 0, sizeof(script->word));
	script->rest[0] = '\0';
	text = slice_trim(text);
	while (text.len > 0 && count < 3) {
		if (count == 2)
			(void)snprintf(script->rest, WORD_BYTES, "%.*s", SLICE_ARG(text));
		if (!slice_take_until(&text, ' ', &word)) {
			word = text;
			text.len = 0;
		}
		(void)snprintf(script->word[count++], WORD_BYTES, "%.*s",
			       SLICE_ARG(word));
	}
	script->now++;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, script->word[0]) == 0) {
			commands[i].run(script);
			return;
		}
	must(count == 0, script);
}

void tail_script_run(const char *text, bool from_start, struct buf *trace)
{
	struct script script = { .trace = trace,
				 .kept_fd = -1,
				 .from_start = from_start,
				 .cursor = BUF_LIMIT(LIMIT_TAIL_CURSOR_BYTES) };
	struct slice rest = slice_text(text);
	struct slice command;

	scratch_init(&script.scratch);
	begin(&script);
	while (slice_take_until(&rest, ';', &command))
		run_command(&script, command);
	run_command(&script, rest);
	tail_free(script.tail);
	if (script.kept_fd >= 0)
		close(script.kept_fd);
	buf_release(&script.cursor);
	scratch_release(&script.scratch);
}
