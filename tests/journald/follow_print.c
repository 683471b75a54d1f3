/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the journal and prints what the follower gives, a line a step, for a shell to
 * look at. Each line is one write(2) and ends with the cursor of after it, so that a
 * reader that is killed can be started again where its output ends:
 *
 *     follow_print [--path FOLDER] [--resume FILE] [--from TIME] [--word TEXT] [--once]
 *         [--rest-after MS]
 *
 *     entry uid=0 pid=7 comm=logger exe=/usr/bin/logger transport=syslog user=0
 *         MESSAGE<TAB>cursor=...
 *     gap entries=3 since=... to=... CAUSE<TAB>cursor=...
 *     idle wakeups=5 passed=1000 open=1 volatile=1<TAB>cursor=...
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/follow/journal_follow.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/limits.h"

#define LINE_BYTES ((size_t)2 * 1024 * 1024)
#define DEFAULT_REST_AFTER_MS 100

struct options {
	const char *path, *resume, *word;
	us_time from;
	int rest_after_ms;
	bool once;
};

static bool is_wanted(void *ctx, struct slice message)
{
	const struct options *options = ctx;

	return slice_find(message, slice_text(options->word)) >= 0;
}

static void put(struct buf *line, const struct journal_follow *follow)
{
	struct slice rest;

	buf_append_text(line, "\tcursor=");
	journal_follow_cursor(follow, line);
	buf_append_byte(line, '\n');
	for (rest = buf_slice(line); rest.len > 0;) {
		ssize_t len = write(STDOUT_FILENO, rest.ptr, rest.len);

		if (len <= 0)
			exit(3);
		rest = slice_skip(rest, (size_t)len);
	}
}

static void put_step(const struct journal_follow *follow, const struct journal_step *step)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LINE_BYTES);
	const struct journal_fields *fields = step->record.journal;

	if (step->kind == JOURNAL_ENTRY) {
		buf_append_format(&line,
				  "entry uid=%" PRId64 " pid=%" PRIu32
				  " comm=%.*s exe=%.*s transport=%.*s user=%d ",
				  fields->uid, fields->pid, SLICE_ARG(fields->comm),
				  SLICE_ARG(fields->exe), SLICE_ARG(fields->transport),
				  fields->is_user_journal);
		escape_append(&line, slice_first(step->record.bytes, 200));
	} else if (step->kind == JOURNAL_GAP) {
		buf_append_format(&line,
				  "gap entries=%" PRIu64 " since=%" PRId64 " to=%" PRId64
				  " ",
				  step->lost_entries, step->lost_since, step->lost_to);
		escape_append(&line, slice_text(step->cause));
	} else {
		return;
	}
	put(&line, follow);
}

static void put_idle(const struct journal_follow *follow, const struct journal_step *step,
		     unsigned wakeups)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LINE_BYTES);
	struct journal_state state = journal_follow_state(follow);

	buf_append_format(&line,
			  "%s wakeups=%u passed=%" PRIu64 " gaps=%" PRIu64
			  " open=%d volatile=%d %s",
			  step->kind == JOURNAL_ABSENT ? "absent" : "idle", wakeups,
			  state.entries_passed, state.gaps_given, state.is_open,
			  state.is_volatile,
			  step->kind == JOURNAL_ABSENT ? step->problem.text : "");
	put(&line, follow);
}

/* Waits; rests when nothing comes for a while. */
static void wait_for_more(struct journal_follow *follow, const struct options *options)
{
	us_span every;
	struct pollfd waiting = { .fd = journal_follow_fd(follow, &every),
				  .events = POLLIN };
	int every_ms = every > 0 ? (int)(every / 1000) : -1;

	if (poll(&waiting, 1, options->rest_after_ms) != 0)
		return;
	journal_follow_rest(follow);
	while (poll(&waiting, 1, every_ms) < 0)
		if (errno != EINTR)
			exit(3);
}

static void run(struct journal_follow *follow, const struct options *options)
{
	struct journal_step step;

	for (unsigned wakeups = 0;;) {
		journal_follow_next(follow, &step);
		put_step(follow, &step);
		if (step.kind != JOURNAL_IDLE && step.kind != JOURNAL_ABSENT)
			continue;
		put_idle(follow, &step, wakeups++);
		if (options->once)
			return;
		wait_for_more(follow, options);
	}
}

/* The cursor at the end of what was printed before. */
static void read_cursor(const char *path, struct buf *text, struct slice *ret_cursor)
{
	AUTO_FCLOSE FILE *file = fopen(path, "re");
	ptrdiff_t at;
	char chunk[4096];
	size_t len;

	*ret_cursor = slice_of(NULL, 0);
	while (file && (len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		if (!buf_append(text, slice_of(chunk, len)))
			exit(3);
	at = slice_find_last(buf_slice(text), '\n');
	if (at < 0)
		return;
	text->len = (size_t)at;
	at = slice_find_last(buf_slice(text), '=');
	*ret_cursor = slice_skip(buf_slice(text), (size_t)at + 1);
}

static bool read_options(int argc, char **argv, struct options *options)
{
	uint64_t number = 0;

	for (int i = 1; i < argc; i++) {
		struct slice name = slice_text(argv[i]);
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (slice_equal(name, SLICE("--once"))) {
			options->once = true;
			continue;
		}
		i++;
		if (!value)
			return false;
		if (slice_equal(name, SLICE("--path")))
			options->path = value;
		else if (slice_equal(name, SLICE("--resume")))
			options->resume = value;
		else if (slice_equal(name, SLICE("--word")))
			options->word = value;
		else if (!slice_number(slice_text(value), (uint64_t)US_TIME_MAX, &number))
			return false;
		else if (slice_equal(name, SLICE("--from")))
			options->from = (us_time)number;
		else if (slice_equal(name, SLICE("--rest-after")))
			options->rest_after_ms = (int)(number % 100000);
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { .word = "",
				   .from = US_TIME_NONE,
				   .rest_after_ms = DEFAULT_REST_AFTER_MS };
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)1024 * 1024 * 1024);
	struct journal_follow_options follow_options = { .wanted = is_wanted,
							 .ctx = &options };
	struct journal_follow *follow;

	if (!read_options(argc, argv, &options)) {
		(void)fprintf(stderr, "follow_print: see its first lines\n");
		return 2;
	}
	follow_options.path = options.path;
	follow_options.from = options.from;
	if (options.resume)
		read_cursor(options.resume, &text, &follow_options.cursor);
	follow = journal_follow_new(&follow_options);
	buf_release(&text);
	run(follow, &options);
	journal_follow_free(follow);
	return 0;
}
