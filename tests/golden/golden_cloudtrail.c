/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden pairs of API logs: every tests/golden/{cloudtrail,azure,gcp}/<case>.json is fed
 * to a reader, in one piece and in small ones, and its events, holes, end and coverage
 * must print as <case>.out says both times.
 *
 *     golden_cloudtrail [--update] [FILE.json ...]
 */
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "evidence/cloud.h"
#include "tests/golden/golden_file.h"
#include "tests/support/event_print.h"

#define FILE_LIMIT ((size_t)8 * 1024 * 1024)
#define SMALL_PIECE_BYTES ((size_t)61)

struct printed {
	struct buf *out;
	uint64_t seen;
	us_time delivered; /* the latest; US_TIME_NONE = none said so */
};

static void print_event(void *ctx, const struct event *event)
{
	struct printed *printed = ctx;

	event_print_append(printed->out, event);
	buf_append_byte(printed->out, '\n');
}

static void print_why(struct buf *out, const struct err *why)
{
	escape_append(out, slice_text(why->text));
	buf_append_byte(out, '\n');
}

static void print_hole(void *ctx, uint64_t position, uint64_t line, const struct err *why)
{
	struct printed *printed = ctx;

	buf_append_format(printed->out, "hole at=%" PRIu64 " line=%" PRIu64 " ", position,
			  line);
	print_why(printed->out, why);
}

static void count_seen(void *ctx, const struct api_record_seen *record)
{
	struct printed *printed = ctx;

	printed->seen++;
	if (record->delivered_at != US_TIME_NONE &&
	    record->delivered_at > printed->delivered)
		printed->delivered = record->delivered_at;
}

static void print_extent(struct buf *out, const struct api_extent *extent)
{
	static const char *const logs[API_LOG_COUNT] = {
		[API_LOG_CLOUDTRAIL] = "",
		[API_LOG_AZURE_ACTIVITY] = " log=azure-activity",
		[API_LOG_AZURE_BASTION] = " log=azure-bastion",
		[API_LOG_AZURE_OTHER] = " log=azure-other",
		[API_LOG_GCP_ACTIVITY] = " log=gcp-activity",
		[API_LOG_GCP_DATA_ACCESS] = " log=gcp-data-access",
		[API_LOG_GCP_OTHER] = " log=gcp-other",
	};
	char first[TIME_TEXT_BYTES], last[TIME_TEXT_BYTES];

	buf_append_format(out, "extent%s account=", logs[extent->log]);
	escape_append(out, slice_text(extent->account));
	buf_append_text(out, " region=");
	escape_append(out, slice_text(extent->region));
	buf_append_format(out, " first=%s last=%s records=%" PRIu64 " sources=%" PRIu32,
			  time_to_rfc3339(extent->first, first),
			  time_to_rfc3339(extent->last, last), extent->records,
			  extent->source_count);
	for (unsigned i = 0; i < LOG_CLASS_COUNT; i++) {
		if (extent->class_bits & (uint32_t)1 << i)
			buf_append_format(out, " class=%s",
					  log_class_word((enum log_class)i));
	}
	buf_append_text(out, extent->other_sources ? " others\n" : "\n");
}

static int feed(struct cloud_reader *reader, struct slice content, size_t piece_bytes,
		struct err *err)
{
	for (; content.len; content = slice_skip(content, piece_bytes)) {
		if (cloud_reader_feed(reader, slice_first(content, piece_bytes), err) < 0)
			return -1;
	}
	return cloud_reader_finish(reader, err);
}

static void read_log(struct slice content, size_t piece_bytes, struct buf *out)
{
	struct printed printed = { .out = out, .delivered = US_TIME_NONE };
	char delivered[TIME_TEXT_BYTES];
	const struct cloud_reader_ops ops = {
		.record_seen = count_seen,
		.hole = print_hole,
		.ctx = &printed,
	};
	const struct emitter emitter = { print_event, &printed };
	struct cloud_reader *reader = cloud_reader_new(&ops, &emitter);
	const struct api_extent *extents;
	struct err err;
	size_t count;

	if (feed(reader, content, piece_bytes, &err) < 0) {
		buf_append_text(out, "failed: ");
		print_why(out, &err);
	}
	buf_append_format(out, "records %" PRIu64 "\n", printed.seen);
	if (printed.delivered != US_TIME_NONE)
		buf_append_format(out, "delivered %s\n",
				  time_to_rfc3339(printed.delivered, delivered));
	extents = cloud_reader_extents(reader, &count);
	for (size_t i = 0; i < count; i++)
		print_extent(out, &extents[i]);
	cloud_reader_free(reader);
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
		if (!has_got)
			got_line = SLICE("(nothing)");
		if (!has_want)
			want_line = SLICE("(nothing)");
		printf("%s:%d\n  expected: %.*s\n  got:      %.*s\n", path, number,
		       SLICE_ARG(want_line), SLICE_ARG(got_line));
		return;
	}
}

static bool check_case(const char *in_path, bool update)
{
	AUTO_BUF struct buf in = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf want = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf whole = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf pieces = BUF_LIMIT(FILE_LIMIT);
	AUTO_BUF struct buf out_path = BUF_LIMIT(4096);
	struct slice stem = slice_text(in_path);

	slice_take_suffix(&stem, SLICE(".json"));
	buf_append(&out_path, stem);
	buf_append_text(&out_path, ".out");
	if (!golden_read(in_path, &in)) {
		printf("cannot read '%s'\n", in_path);
		return false;
	}
	read_log(buf_slice(&in), SIZE_MAX, &whole);
	read_log(buf_slice(&in), SMALL_PIECE_BYTES, &pieces);
	if (update)
		return golden_write(buf_text(&out_path), buf_slice(&whole));

	if (!golden_read(buf_text(&out_path), &want) ||
	    !slice_equal(buf_slice(&whole), buf_slice(&want))) {
		show_difference(buf_text(&out_path), buf_slice(&whole), buf_slice(&want));
		return false;
	}
	if (!slice_equal(buf_slice(&pieces), buf_slice(&want))) {
		printf("in small pieces:\n");
		show_difference(buf_text(&out_path), buf_slice(&pieces),
				buf_slice(&want));
		return false;
	}
	return true;
}

/* Every case of one folder below the source tree; gives the number that failed. */
static int check_folder(const char *folder, bool update)
{
	AUTO_BUF struct buf pattern = BUF_LIMIT(4096);
	const char *srcdir = getenv("abs_top_srcdir");
	int failures = 0;
	glob_t found;

	buf_append_format(&pattern, "%s/tests/golden/%s/*.json", srcdir ? srcdir : ".",
			  folder);
	if (glob(buf_text(&pattern), 0, NULL, &found) != 0) {
		printf("no cases in '%s'\n", buf_text(&pattern));
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		failures += !check_case(found.gl_pathv[i], update);
	printf("%s: %zu golden cases, %d failed\n", folder, found.gl_pathc, failures);
	globfree(&found);
	return failures;
}

static int check_all(bool update)
{
	static const char *const folders[] = { "cloudtrail", "azure", "gcp" };
	int failures = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		failures += check_folder(folders[i], update);
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
