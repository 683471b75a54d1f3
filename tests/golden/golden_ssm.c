/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden test of the SSM agent's log: each tests/golden/ssm/<case>.in is read as a log,
 * and its events and evidence texts are compared with <case>.out. <case>.tz names the
 * log's zone, without it UTC. With --update the .out files are written anew.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "evidence/host/ssm_agent.h"
#include "tests/golden/golden_file.h"
#include "tests/support/event_print.h"

#define PATH_BYTES 4096
#define FILE_BYTES ((size_t)4 * 1024 * 1024)

/* "<case>.in" with another ending. */
static const char *beside(const char *in_path, const char *ending, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "%.*s%s", (int)strlen(in_path) - 3, in_path, ending);
	return path;
}

static void print_log(struct slice log, const struct zone *zone, FILE *out)
{
	struct host_reader_options options = { .zone = zone };
	struct ssm_agent *agent = ssm_agent_new(&options);
	struct emitter emitter = { event_print_emit, out };
	struct host_reader_stats stats;
	char first[TIME_TEXT_BYTES], last[TIME_TEXT_BYTES];
	struct slice line;

	while (ssm_agent_next(agent, &log, &line)) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
		struct record record = { .bytes = line };

		ssm_agent_read(agent, &record, &emitter);
		ssm_agent_evidence(&record, &text);
		if (text.len > 0)
			fprintf(out, "    %s\n", buf_text(&text));
	}
	stats = ssm_agent_stats(agent);
	fprintf(out, "%llu lines from %s to %s\n", (unsigned long long)stats.lines,
		time_to_rfc3339(stats.first, first), time_to_rfc3339(stats.last, last));
	ssm_agent_free(agent);
}

/* Tells the first line in which two texts differ. */
static void tell_difference(const char *path, struct slice got, struct slice want)
{
	struct slice got_line = got, want_line = want;

	while (slice_take_until(&got, '\n', &got_line) &&
	       slice_take_until(&want, '\n', &want_line) &&
	       slice_equal(got_line, want_line))
		;
	fprintf(stderr, "%s\n  got:  %.*s\n  want: %.*s\n", path, SLICE_ARG(got_line),
		SLICE_ARG(want_line));
}

/* True when the case holds, or was written. */
static bool run_case(const char *in_path, bool update)
{
	AUTO_BUF struct buf in = BUF_LIMIT(FILE_BYTES);
	AUTO_BUF struct buf want = BUF_LIMIT(FILE_BYTES);
	AUTO_BUF struct buf zone_name = BUF_LIMIT(64);
	AUTO_ZONE struct zone *zone = NULL;
	AUTO_FREE char *got = NULL;
	AUTO_FCLOSE FILE *file = NULL;
	char path[PATH_BYTES];
	size_t got_len = 0;
	struct err err;
	FILE *out;

	if (!golden_read(in_path, &in))
		return false;
	if (!golden_read(beside(in_path, ".tz", path), &zone_name))
		buf_append_text(&zone_name, "UTC\n");
	zone_name.ptr[zone_name.len - 1] = '\0';
	if (zone_new(buf_text(&zone_name), &zone, &err) < 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		return false;
	}
	out = open_memstream(&got, &got_len);
	if (!out)
		return false;
	print_log(buf_slice(&in), zone, out);
	fclose(out);

	beside(in_path, ".out", path);
	if (update) {
		file = fopen(path, "wb");
		return file && fwrite(got, 1, got_len, file) == got_len;
	}
	if (golden_read(path, &want) &&
	    slice_equal(slice_of(got, got_len), buf_slice(&want)))
		return true;
	tell_difference(path, slice_of(got, got_len), buf_slice(&want));
	return false;
}

int main(int argc, char **argv)
{
	const char *source = getenv("abs_top_srcdir");
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	char pattern[PATH_BYTES];
	size_t failed = 0;
	glob_t cases;

	snprintf(pattern, sizeof(pattern), "%s/tests/golden/ssm/*.in",
		 source ? source : ".");
	if (glob(pattern, 0, NULL, &cases) != 0) {
		fprintf(stderr, "no cases at %s\n", pattern);
		return 1;
	}
	for (size_t i = 0; i < cases.gl_pathc; i++)
		failed += !run_case(cases.gl_pathv[i], update);
	printf("%zu cases, %zu failed\n", cases.gl_pathc, failed);
	globfree(&cases);
	return failed > 0;
}
