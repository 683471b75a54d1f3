/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/api_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

#define VALUE_PREFIX "api-file:"
#define HOLE_MARK "hole"

/* ---- the list ------------------------------------------------------------------------
 */

static bool file_is(const void *entry, const void *key)
{
	return strcmp(((const struct api_file *)entry)->path, key) == 0;
}

static uint64_t path_hash(const struct api_files *files, const char *path)
{
	return hash_bytes(&files->hash_key, slice_text(path));
}

const struct api_file *api_files_find(const struct api_files *files, const char *path)
{
	return map_find(&files->by_path, path_hash(files, path), file_is, path);
}

static struct api_file *need_file(struct api_files *files, const char *path)
{
	uint64_t hash = path_hash(files, path);
	struct api_file *file = map_find(&files->by_path, hash, file_is, path);

	if (file)
		return file;
	file = memory_new(1, sizeof(*file));
	file->path = memory_copy_text(slice_text(path));
	file->next = files->first;
	files->first = file;
	map_add(&files->by_path, hash, file);
	return file;
}

static void free_file(struct api_file *file)
{
	free(file->path);
	free(file);
}

/* ---- what is stored ------------------------------------------------------------------
 *
 * "SIZE CHANGED", then a line an extent or hole, with tabs between.
 */

static void append_extent(struct buf *buf, const struct api_extent *extent,
			  bool is_complete)
{
	buf_append_format(buf, "\n%s\t%s\t%" PRId64 "\t%" PRId64 "\t%u\t%d\t%u\t%d\t%u",
			  extent->account, extent->region, extent->first, extent->last,
			  extent->class_bits, extent->other_sources, extent->source_count,
			  is_complete, (unsigned)extent->log);
}

static void append_hole(struct buf *buf, us_time from, us_time until)
{
	buf_append_format(buf, "\n" HOLE_MARK "\t%" PRId64 "\t%" PRId64, from, until);
}

/* Ours alone, but read as strictly as anything. */
static bool take_number(struct slice *line, uint64_t max, uint64_t *ret_number)
{
	struct slice field;

	if (!slice_take_until(line, '\t', &field)) {
		field = *line;
		*line = slice_skip(*line, line->len);
	}
	return slice_number(field, max, ret_number);
}

static void load_hole(struct api_files *files, struct slice line)
{
	uint64_t from, until;

	if (take_number(&line, (uint64_t)US_TIME_MAX, &from) &&
	    take_number(&line, (uint64_t)US_TIME_MAX, &until))
		coverage_add_hole(&files->coverage, (us_time)from, (us_time)until);
}

static void load_extent(struct api_files *files, struct slice account, struct slice line)
{
	struct api_extent extent = { 0 };
	struct slice region;
	uint64_t first, last, bits, other, sources, complete, log = API_LOG_CLOUDTRAIL;

	if (!slice_take_until(&line, '\t', &region) ||
	    !take_number(&line, (uint64_t)US_TIME_MAX, &first) ||
	    !take_number(&line, (uint64_t)US_TIME_MAX, &last) ||
	    !take_number(&line, UINT32_MAX, &bits) || !take_number(&line, 1, &other) ||
	    !take_number(&line, UINT32_MAX, &sources) ||
	    !take_number(&line, 1, &complete))
		return;
	/* The log is not named where only CloudTrail's was read. */
	if (line.len && !take_number(&line, API_LOG_COUNT - 1, &log))
		return;
	extent.account = arena_copy(&files->arena, account).ptr;
	extent.region = arena_copy(&files->arena, region).ptr;
	extent.log = (enum api_log)log;
	extent.first = (us_time)first;
	extent.last = (us_time)last;
	extent.class_bits = (uint32_t)bits;
	extent.other_sources = other != 0;
	extent.source_count = (uint32_t)sources;
	coverage_add(&files->coverage, &extent, complete != 0);
}

static void load_line(struct api_files *files, struct slice line)
{
	struct slice first;

	if (!slice_take_until(&line, '\t', &first))
		return;
	if (slice_equal(first, SLICE(HOLE_MARK)))
		load_hole(files, line);
	else
		load_extent(files, first, line);
}

static struct slice take_line(struct slice *value)
{
	struct slice line;

	if (!slice_take_until(value, '\n', &line)) {
		line = *value;
		*value = slice_skip(*value, value->len);
	}
	return line;
}

static bool load_file(void *ctx, const char *name, struct slice value)
{
	struct api_files *files = ctx;
	struct slice line = take_line(&value);
	uint64_t size, changed_at;
	struct api_file *file;

	/* What cannot be read of it is read from the file again. */
	if (!take_number(&line, UINT64_MAX, &size) ||
	    !take_number(&line, (uint64_t)US_TIME_MAX, &changed_at))
		return true;
	file = need_file(files, name + strlen(VALUE_PREFIX));
	file->size = size;
	file->changed_at = (us_time)changed_at;
	while (value.len)
		load_line(files, take_line(&value));
	return true;
}

static void value_name(struct buf *name, const char *path)
{
	buf_append_format(name, VALUE_PREFIX "%s", path);
}

/* ---- one file ------------------------------------------------------------------------
 */

void api_file_found_begin(struct api_file_found *found, const char *path,
			  const struct stat *status)
{
	*found = (struct api_file_found){
		.path = path,
		.size = (uint64_t)status->st_size,
		.changed_at = (us_time)status->st_mtime * US_PER_SECOND,
		.lines = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
}

void api_files_add_extent(struct api_files *files, struct api_file_found *found,
			  const struct api_extent *extent, bool is_complete)
{
	coverage_add(&files->coverage, extent, is_complete);
	if (extent->first != US_TIME_NONE)
		append_extent(&found->lines, extent, is_complete);
}

void api_files_add_hole(struct api_files *files, struct api_file_found *found,
			us_time from, us_time until)
{
	if (from < US_TIME_MIN)
		from = US_TIME_MIN;
	coverage_add_hole(&files->coverage, from, until);
	append_hole(&found->lines, from, until);
}

void api_files_put(struct api_files *files, struct api_file_found *found)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf value = BUF_LIMIT(2 * LIMIT_OUTPUT_LINE_BYTES);
	struct api_file *file = need_file(files, found->path);

	file->is_refused = false;
	file->size = found->size;
	file->changed_at = found->changed_at;
	value_name(&name, found->path);
	buf_append_format(&value, "%" PRIu64 "\t%" PRId64, file->size, file->changed_at);
	buf_append(&value, buf_slice(&found->lines));
	store_put_value(files->store, buf_text(&name), buf_slice(&value));
	buf_release(&found->lines);
}

void api_files_refuse(struct api_files *files, struct api_file_found *found)
{
	struct api_file *file = need_file(files, found->path);

	file->is_refused = true;
	file->changed_at = found->changed_at;
	buf_release(&found->lines);
}

/* ---- life ----------------------------------------------------------------------------
 */

static void open_coverage(struct api_files *files)
{
	arena_init(&files->arena);
	coverage_init(&files->coverage, &files->arena);
}

static void close_coverage(struct api_files *files)
{
	coverage_release(&files->coverage);
	arena_release(&files->arena);
}

int api_files_open(struct api_files *files, struct store *store, struct err *err)
{
	*files = (struct api_files){ .store = store, .hash_key = hash_key_random() };
	map_init(&files->by_path);
	open_coverage(files);
	return store_each_value(store, VALUE_PREFIX, load_file, files, err);
}

void api_files_close(struct api_files *files)
{
	while (files->first) {
		struct api_file *file = files->first;

		files->first = file->next;
		free_file(file);
	}
	map_release(&files->by_path);
	close_coverage(files);
}

static void forget(struct api_files *files, struct api_file *file)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);

	value_name(&name, file->path);
	store_put_value(files->store, buf_text(&name), (struct slice){ NULL, 0 });
	map_remove(&files->by_path, path_hash(files, file->path), file);
	free_file(file);
}

/* One that left the folder counts for what it covered until it is old, too: what is
 * between it and the next is no hole. But for one of the future that is never. */
static bool is_old(const struct api_file *file, us_time now)
{
	struct stat status;

	if (file->changed_at < now - API_FILE_KEPT)
		return true;
	return file->changed_at > now + US_PER_DAY && stat(file->path, &status) < 0;
}

bool api_files_forget(struct api_files *files, us_time now)
{
	struct api_file **place = &files->first;
	bool any = false;

	while (*place) {
		struct api_file *file = *place;

		if (!is_old(file, now)) {
			place = &file->next;
			continue;
		}
		*place = file->next;
		forget(files, file);
		any = true;
	}
	return any;
}

int api_files_rebuild(struct api_files *files, struct err *err)
{
	close_coverage(files);
	open_coverage(files);
	return store_each_value(files->store, VALUE_PREFIX, load_file, files, err);
}
