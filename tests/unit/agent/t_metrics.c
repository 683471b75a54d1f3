/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/metrics.h"

#include <sys/stat.h>
#include <unistd.h>

#include "agent/metrics_text.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
#define FILE_NAME "a.prom"

static void test_text(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(4096);
	struct metrics_text text;

	metrics_begin(&text, &buf);
	metrics_gauge(&text, "countersign_a", "What is.");
	metrics_number(&text, -3);
	metrics_total(&text, "countersign_b_total", "What grows.");
	metrics_label(&text, "source", SLICE("/var/log/auth.log"));
	metrics_label(&text, "kind", SLICE("syslog"));
	metrics_number(&text, 7);
	metrics_label(&text, "source", SLICE("journal"));
	metrics_time(&text, US_TIME_NONE);
	metrics_time(&text, INT64_C(1500000));
	metrics_end(&text);
	CHECK_TEXT(buf_text(&buf), "# HELP countersign_a What is.\n"
				   "# TYPE countersign_a gauge\n"
				   "countersign_a -3\n"
				   "# HELP countersign_b_total What grows.\n"
				   "countersign_b_total{source=\"/var/log/auth.log\","
				   "kind=\"syslog\"} 7\n"
				   "countersign_b_total 1.500000\n"
				   "# EOF\n");
}

static void test_hostile_labels(void)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *out;
	} rows[] = {
		{ "quotes", TEXT("a\"b\\c"), "a\\\"b\\\\c" },
		{ "a new line", TEXT("a\nb 1\n"), "a\uFFFDb 1\uFFFD" },
		{ "a NUL", TEXT("a\0b"), "a\uFFFDb" },
		{ "no UTF-8", TEXT("a\xff\xc3"), "a\uFFFD\uFFFD" },
		{ "what reorders", TEXT("a\u202eb"), "a\uFFFDb" },
		{ "UTF-8", TEXT("gr\u00fc\u00df"), "gr\u00fc\u00df" },
		{ "nothing", TEXT(""), "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(4096), want = BUF_LIMIT(4096);
		struct metrics_text text;

		metrics_begin(&text, &buf);
		text.name = "m";
		metrics_label(&text, "l", rows[i].in);
		metrics_number(&text, 1);
		buf_append_format(&want, "m{l=\"%s\"} 1\n", rows[i].out);
		CHECK_TEXT(buf_text(&buf), buf_text(&want));
	}
}

static int64_t size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_size : -1;
}

static void test_file(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf path = BUF_LIMIT(4096), beside = BUF_LIMIT(4096);
	struct stat status;
	struct err err;

	scratch_init(&scratch);
	buf_append_text(&path, scratch_path(&scratch, FILE_NAME));
	buf_append_text(&beside, scratch_path(&scratch, FILE_NAME ".new"));
	CHECK_OK(metrics_write(buf_text(&path), SLICE("one\n"), &err), &err);
	CHECK_OK(metrics_write(buf_text(&path), SLICE("two more\n"), &err), &err);
	CHECK_INT(size_of(buf_text(&path)), 9);
	CHECK_INT(stat(buf_text(&path), &status), 0);
	CHECK_UINT(status.st_mode & 07777, 0644);
	CHECK_INT(size_of(buf_text(&beside)), -1);

	/* somebody put a link where the new file will be: it is not followed */
	CHECK_INT(symlink(scratch_path(&scratch, "target"), buf_text(&beside)), 0);
	CHECK_OK(metrics_write(buf_text(&path), SLICE("three\n"), &err), &err);
	CHECK_INT(size_of(buf_text(&path)), 6);
	CHECK_INT(size_of(scratch_path(&scratch, "target")), -1);

	/* a folder in its place: told, and nothing is left */
	CHECK_INT(unlink(buf_text(&path)), 0);
	CHECK_INT(mkdir(buf_text(&path), 0700), 0);
	CHECK_INT(metrics_write(buf_text(&path), SLICE("four\n"), &err), -1);
	CHECK_INT(size_of(buf_text(&beside)), -1);
	CHECK_INT(metrics_write("/nowhere/at/all", SLICE("five\n"), &err), -1);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "the text", test_text },
		{ "labels", test_hostile_labels },
		{ "the file", test_file },
		{ NULL, NULL },
	};

	return check_run("agent/metrics", tests);
}
