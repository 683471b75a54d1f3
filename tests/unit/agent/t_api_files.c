/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/api_files.h"

#include <stdio.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

static void note_event(void *ctx, const struct event *event)
{
	struct buf *list = ctx;
	const char *kind = event->kind == EVENT_API_HOLE ? "hole" : "covered";

	if (event->kind == EVENT_PROGRESS && !event->progress.every_class &&
	    event->progress.log_class != LOG_CLASS_SSM)
		return;
	buf_append_format(list, "%s %d-%d ", kind,
			  (int)((event->progress.from - at(0)) / US_PER_SECOND),
			  (int)((event->progress.until - at(0)) / US_PER_SECOND));
}

static const char *covered(struct api_files *files, struct buf *list)
{
	const struct emitter emitter = { note_event, list };

	buf_clear(list);
	coverage_emit(&files->coverage, US_TIME_MAX, &emitter);
	return buf_text(list);
}

static void add_file(struct api_files *files, const char *path, int64_t from,
		     int64_t until)
{
	struct stat status = { .st_size = 100, .st_mtime = at(until) / US_PER_SECOND };
	struct api_extent extent = { .account = "111122223333",
				     .region = "eu-west-1",
				     .first = at(from),
				     .last = at(until),
				     .class_bits = 1U << LOG_CLASS_SSM };
	struct api_file_found found;

	api_file_found_begin(&found, path, &status);
	api_files_add_extent(files, &found, &extent, false);
	api_files_put(files, &found);
}

static void add_damaged(struct api_files *files, const char *path, int64_t from,
			int64_t until)
{
	struct stat status = { .st_size = 100, .st_mtime = at(until) / US_PER_SECOND };
	struct api_file_found found;

	api_file_found_begin(&found, path, &status);
	api_files_add_hole(files, &found, at(from), at(until));
	api_files_put(files, &found);
}

/* A restart knows what each file covered and hid. */
static void test_restart(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct store_opening opening;
	struct api_files files;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_OK(api_files_open(&files, store, &err), &err);
	CHECK(files.first == NULL);
	add_file(&files, "/logs/a.json", 0, 100);
	add_damaged(&files, "/logs/b.json", 50, 60);
	add_file(&files, "/logs/c.json", 150, 200);
	CHECK_TEXT(covered(&files, &list), "hole 50-60 covered 0-200 ");
	commit(store);
	api_files_close(&files);

	CHECK_OK(api_files_open(&files, store, &err), &err);
	CHECK_TEXT(covered(&files, &list), "hole 50-60 covered 0-200 ");
	CHECK(api_files_find(&files, "/logs/b.json") != NULL);
	CHECK_INT(api_files_find(&files, "/logs/b.json")->changed_at, at(60));
	CHECK(api_files_find(&files, "/logs/d.json") == NULL);
	api_files_close(&files);
}

static void test_forgetting(void)
{
	const int64_t kept = API_FILE_KEPT / US_PER_SECOND;
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct store_opening opening;
	struct api_files files;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_OK(api_files_open(&files, store, &err), &err);
	add_file(&files, "/logs/a.json", 0, 100);
	add_damaged(&files, "/logs/b.json", 100, 110);
	add_file(&files, "/logs/c.json", 150, 200);
	CHECK(!api_files_forget(&files, at(50)));
	add_file(&files, "/logs/of-the-future.json", 160, 100 * kept);
	commit(store);
	CHECK(api_files_forget(&files, at(160 + kept)));
	CHECK(!api_files_forget(&files, at(160 + kept)));
	commit(store);
	CHECK_OK(api_files_rebuild(&files, &err), &err);
	CHECK_TEXT(covered(&files, &list), "covered 150-200 ");
	CHECK(api_files_find(&files, "/logs/a.json") == NULL);
	CHECK(api_files_find(&files, "/logs/c.json") != NULL);
	api_files_close(&files);
}

/* Values of another's making are no files, and no coverage. */
static void test_odd_values(void)
{
	static const char *const values[] = { "",
					      "x",
					      "1",
					      "1\tx",
					      "1\t2\nhole",
					      "1\t2\nhole\tx\t3",
					      "1\t2\na\tb\t1\t2\t3" };
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct store_opening opening;
	struct api_files files;
	struct err err;
	char name[64];

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		snprintf(name, sizeof(name), "api-file:/logs/%zu", i);
		store_put_value(store, name, slice_text(values[i]));
	}
	commit(store);
	CHECK_OK(api_files_open(&files, store, &err), &err);
	CHECK_TEXT(covered(&files, &list), "");
	api_files_close(&files);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "restart", test_restart },
		{ "forgetting", test_forgetting },
		{ "odd values", test_odd_values },
		{ NULL, NULL },
	};

	return check_run("agent/api_files", tests);
}
