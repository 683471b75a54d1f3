/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden pairs of the host's logs: every tests/golden/host/<parser>/<case>.in is read as
 * a file would be, and its events must print as <case>.out says. A .in may begin with a
 * line
 * "#! year=2026 zone=Europe/Berlin anchor=2026-06-01T00:00:00Z path=/home/amy/x". What
 * cannot be recognised prints as "unknown log".
 *
 *     golden_host [--update] [FILE.in ...]
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/zone.h"
#include "evidence/evidence.h"
#include "tests/golden/golden_file.h"
#include "tests/support/event_print.h"

#define FILE_LIMIT ((size_t)4 * 1024 * 1024)

struct setup {
	struct zone *zone;
	int year;
	us_time anchor;
	struct slice path; /* of the content; borrowed from it */
};

static void append_event(void *ctx, const struct event *event)
{
	struct buf *out = ctx;

	event_print_append(out, event);
	buf_append_byte(out, '\n');
}

static bool apply_word(struct slice word, struct setup *setup)
{
	uint64_t year;

	if (slice_take_prefix(&word, SLICE("year="))) {
		if (!slice_number(word, 9999, &year))
			return false;
		setup->year = (int)year;
		return true;
	}
	if (slice_take_prefix(&word, SLICE("path="))) {
		setup->path = word;
		return true;
	}
	if (slice_take_prefix(&word, SLICE("anchor=")))
		return time_from_rfc3339(word, &setup->anchor);
	if (slice_take_prefix(&word, SLICE("zone="))) {
		AUTO_BUF struct buf name = BUF_LIMIT(256);
		struct err err;

		buf_append(&name, word);
		zone_free(setup->zone);
		setup->zone = NULL;
		return zone_new(buf_text(&name), &setup->zone, &err) == 0;
	}
	return false;
}

/* Takes the "#!" line off, if there is one. */
static bool take_setup(struct slice *content, struct setup *setup)
{
	struct slice line, word;
	struct err err;

	setup->anchor = INT64_C(1767225600) * US_PER_SECOND; /* 2026-01-01 */
	if (zone_new("UTC", &setup->zone, &err) < 0)
		return false;
	if (!slice_take_prefix(content, SLICE("#! ")))
		return true;
	if (!slice_take_until(content, '\n', &line))
		return false;
	while (slice_take_until(&line, ' ', &word)) {
		if (!apply_word(word, setup))
			return false;
	}
	return apply_word(line, setup);
}

static void read_log(struct slice content, const struct setup *setup, struct buf *out)
{
	const struct host_reader_options options = {
		.zone = setup->zone,
		.year = setup->year,
		.anchor = setup->anchor,
		.latest = US_TIME_NONE,
		.path = setup->path,
	};
	const struct emitter emitter = { append_event, out };
	enum host_log_kind kind = host_log_recognise(content);
	struct host_reader *reader;
	struct slice line;

	if (kind == HOST_LOG_UNKNOWN) {
		buf_append_text(out, "unknown log\n");
		return;
	}
	reader = host_reader_new(kind, &options);
	while (host_reader_next(reader, &content, &line)) {
		const struct record record = { .bytes = line };

		host_reader_read(reader, &record, &emitter);
	}
	host_reader_free(reader);
}

/* Shows the first line that differs. */
static void show_difference(const char *path, struct slice got, struct slice want)
{
	struct slice got_line, want_line;

	for (int number = 1;; number++) {
		bool has_got = slice_take_until(&got, '\n', &got_line);
		bool has_want = slice_take_until(&want, '\n', &want_line);

		if (!has_got && !has_want)
			return;
		if (has_got && has_want && slice_equal(got_line, want_line))
			continue;
		printf("%s:%d\n", path, number);
		if (!has_got)
			got_line = SLICE("(nothing)");
		if (!has_want)
			want_line = SLICE("(nothing)");
		printf("  expected: %.*s\n", SLICE_ARG(want_line));
		printf("  got:      %.*s\n", SLICE_ARG(got_line));
		return;
	}
}

static bool check_case(const char *in_path, bool update)
{
	AUTO_BUF struct buf in = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf want = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf got = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf out_path = BUF_LIMIT(4096);
	struct setup setup = { .zone = NULL };
	struct slice content;
	bool is_good;

	buf_append(&out_path, slice_first(slice_text(in_path), strlen(in_path) - 3));
	buf_append_text(&out_path, ".out");
	if (!golden_read(in_path, &in)) {
		printf("cannot read '%s'\n", in_path);
		return false;
	}
	content = buf_slice(&in);
	if (!take_setup(&content, &setup)) {
		printf("%s:1: wrong set-up\n", in_path);
		zone_free(setup.zone);
		return false;
	}
	read_log(content, &setup, &got);
	zone_free(setup.zone);
	if (update)
		return golden_write(buf_text(&out_path), buf_slice(&got));

	is_good = golden_read(buf_text(&out_path), &want) &&
		  slice_equal(buf_slice(&got), buf_slice(&want));
	if (!is_good)
		show_difference(buf_text(&out_path), buf_slice(&got), buf_slice(&want));
	return is_good;
}

/* Every case below the source tree. */
static int check_all(bool update)
{
	AUTO_BUF struct buf pattern = BUF_LIMIT(4096);
	const char *srcdir = getenv("abs_top_srcdir");
	int failures = 0;
	glob_t found;

	buf_append_format(&pattern, "%s/tests/golden/host/*/*.in", srcdir ? srcdir : ".");
	if (glob(buf_text(&pattern), 0, NULL, &found) != 0) {
		printf("no cases in '%s'\n", buf_text(&pattern));
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		failures += !check_case(found.gl_pathv[i], update);
	printf("%zu golden cases, %d failed\n", found.gl_pathc, failures);
	globfree(&found);
	return failures ? 1 : 0;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	int first = update ? 2 : 1;
	int failures = 0;

	if (first >= argc)
		return check_all(update);
	for (int i = first; i < argc; i++)
		failures += !check_case(argv[i], update);
	return failures ? 1 : 0;
}
