/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder that API logs are synced to, as a source: every file once, and again when it
 * has changed. What the files together prove is the coverage of
 * evidence/cloud/coverage.h, built anew from what was stored of each file when the agent
 * starts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/api_calls.h"
#include "agent/safe_path.h"
#include "agent/source.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "correlator/event_code.h"
#include "evidence/cloud/coverage.h"
#include "evidence/cloud/s3_name.h"
#include "input/input.h"

/* Files last changed before this are of no login that is still to be judged. */
#define OLDEST_FILE (8 * US_PER_DAY)
/* A file that breaks off may still be being written for so long. */
#define WRITING_MAX US_PER_MINUTE
#define LOOK_AGAIN (30 * US_PER_SECOND)

/* One file that was read, as it was then. */
struct api_file {
	char *path; /* owned */
	uint64_t size;
	us_time changed_at;
	bool is_refused; /* others could have written it */
	struct api_file *next;
};

struct api_source {
	struct source source;
	struct watch *watch;
	sd_event_source *timer;
	struct hash_key hash_key;
	struct map by_path;	/* of struct api_file */
	struct api_file *files; /* owned list */
	struct arena arena;	/* the coverage's */
	struct coverage coverage;
	struct map emitted; /* hashes of what was said of the coverage */
	struct buf code;
	char **queue; /* owned: paths to read, in order of names */
	size_t queue_count, queue_next, queue_size;
	enum source_condition condition;
	char problem[512];
	uint64_t events, gaps;
	us_time last_at;
	bool is_new; /* the coverage has grown since it was said */
};

/* ---- files that were read ------------------------------------------------------------
 */

static bool file_is(const void *entry, const void *key)
{
	return strcmp(((const struct api_file *)entry)->path, key) == 0;
}

static struct api_file *file_of(struct api_source *api, const char *path, bool make)
{
	uint64_t hash = hash_bytes(&api->hash_key, slice_text(path));
	struct api_file *file = map_find(&api->by_path, hash, file_is, path);

	if (file || !make)
		return file;
	file = memory_new(1, sizeof(*file));
	file->path = memory_copy_text(slice_text(path));
	file->next = api->files;
	api->files = file;
	map_add(&api->by_path, hash, file);
	return file;
}

static void append_extent(struct buf *buf, const struct api_extent *extent, bool complete)
{
	buf_append_format(buf, "\n%s\t%s\t%" PRId64 "\t%" PRId64 "\t%u\t%d\t%u\t%d",
			  extent->account, extent->region, extent->first, extent->last,
			  extent->class_bits, extent->other_sources, extent->source_count,
			  complete);
}

/* "SIZE CHANGED" and a line an extent: what append_extent() wrote. Ours alone, but read
 * as strictly as anything. */
static bool take_field(struct slice *line, uint64_t max, uint64_t *ret_number)
{
	struct slice field;

	if (!slice_take_until(line, '\t', &field)) {
		field = *line;
		*line = slice_skip(*line, line->len);
	}
	return slice_number(field, max, ret_number);
}

static void load_extent(struct api_source *api, struct slice line)
{
	struct api_extent extent = { 0 };
	struct slice account, region;
	uint64_t first, last, bits, other, sources, complete;

	if (!slice_take_until(&line, '\t', &account) ||
	    !slice_take_until(&line, '\t', &region) ||
	    !take_field(&line, (uint64_t)US_TIME_MAX, &first) ||
	    !take_field(&line, (uint64_t)US_TIME_MAX, &last) ||
	    !take_field(&line, UINT32_MAX, &bits) || !take_field(&line, 1, &other) ||
	    !take_field(&line, UINT32_MAX, &sources) || !take_field(&line, 1, &complete))
		return;
	extent.account = arena_copy(&api->arena, account).ptr;
	extent.region = arena_copy(&api->arena, region).ptr;
	extent.first = (us_time)first;
	extent.last = (us_time)last;
	extent.class_bits = (uint32_t)bits;
	extent.other_sources = other != 0;
	extent.source_count = (uint32_t)sources;
	coverage_add(&api->coverage, &extent, complete != 0);
}

static bool load_file(void *ctx, const char *name, struct slice value)
{
	struct api_source *api = ctx;
	struct api_file *file = file_of(api, name + strlen("api-file:"), true);
	struct slice line;
	uint64_t size = 0, changed_at = 0;

	if (!slice_take_until(&value, '\n', &line)) {
		line = value;
		value = slice_skip(value, value.len);
	}
	if (!take_field(&line, UINT64_MAX, &size) ||
	    !take_field(&line, (uint64_t)US_TIME_MAX, &changed_at))
		return true;
	file->size = size;
	file->changed_at = (us_time)changed_at;
	while (value.len) {
		if (!slice_take_until(&value, '\n', &line)) {
			line = value;
			value = slice_skip(value, value.len);
		}
		load_extent(api, line);
	}
	return true;
}

/* ---- reading one file ----------------------------------------------------------------
 */

static void add_extents(struct api_source *api, const struct cloud_reader *reader,
			const struct s3_name *name, struct buf *value)
{
	size_t count;
	const struct api_extent *extents = cloud_reader_extents(reader, &count);

	for (size_t i = 0; i < count; i++) {
		bool complete =
			name && s3_name_is_of(name, slice_text(extents[i].account),
					      slice_text(extents[i].region));

		coverage_add(&api->coverage, &extents[i], complete);
		if (extents[i].first == US_TIME_NONE)
			continue;
		append_extent(value, &extents[i], complete);
		if (extents[i].last > api->last_at)
			api->last_at = extents[i].last;
	}
	api->is_new = true;
}

static int read_bytes(struct api_calls *calls, struct input_file *input, struct err *err)
{
	struct slice bytes;

	do {
		if (input_read(input, &bytes, err) < 0 ||
		    api_calls_feed(calls, bytes, err) < 0)
			return -1;
	} while (bytes.len);
	return 0;
}

/* What could not be read may hide any call: of any time, but for a file whose name says
 * when it was delivered. */
static void add_hole(struct api_source *api, const struct s3_name *name, us_time changed)
{
	us_time until = name ? name->delivered_at + US_PER_MINUTE : changed;

	coverage_add_hole(&api->coverage, until - S3_DELIVERY_SPREAD, until);
	api->gaps++;
	api->is_new = true;
}

static void put_file(struct api_source *api, const char *path, const struct stat *status,
		     struct slice extents)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_FIELD_BYTES);
	AUTO_BUF struct buf value = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct api_file *file = file_of(api, path, true);

	file->is_refused = false;
	file->size = (uint64_t)status->st_size;
	file->changed_at = (us_time)status->st_mtime * US_PER_SECOND;
	buf_append_format(&name, "api-file:%s", path);
	buf_append_format(&value, "%" PRIu64 "\t%" PRId64, file->size, file->changed_at);
	buf_append(&value, extents);
	store_put_value(api->source.world->store, buf_text(&name), buf_slice(&value));
}

/* Whoever could have written the file would vouch for logins of his own: it says nothing,
 * and may have been put in the place of what would have said something. */
static void refuse(struct api_source *api, const char *path, const struct stat *status)
{
	us_time changed = (us_time)status->st_mtime * US_PER_SECOND;
	struct api_file *file = file_of(api, path, true);
	struct s3_name named;

	if (!file->is_refused || file->changed_at != changed)
		add_hole(api, s3_name_read(path, &named) ? &named : NULL, changed);
	file->is_refused = true;
	file->changed_at = changed;
}

static void read_file(struct api_source *api, const char *path, const struct stat *status)
{
	struct api_calls calls = { .pipeline = api->source.world->pipeline,
				   .store = api->source.world->store,
				   .source = path };
	AUTO_BUF struct buf extents = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_INPUT struct input_file *input = NULL;
	us_time changed = (us_time)status->st_mtime * US_PER_SECOND;
	struct s3_name named, *name = s3_name_read(path, &named) ? &named : NULL;
	struct err err;
	int rc = input_open(path, &input, &err);

	api_calls_begin(&calls);
	if (rc == 0)
		rc = read_bytes(&calls, input, &err);
	if (rc < 0 && clock_real() - changed < WRITING_MAX) {
		/* Perhaps it is still being written: the next look says. */
		api_calls_end(&calls);
		return;
	}
	add_extents(api, calls.reader, name, &extents);
	if (rc < 0 || calls.has_hole) {
		snprintf(api->problem, sizeof(api->problem), "%.200s: %.300s", path,
			 rc < 0 ? err.text : calls.hole.text);
		add_hole(api, name, changed);
	}
	api->events += calls.calls;
	api_calls_end(&calls);
	put_file(api, path, status, buf_slice(&extents));
}

/* ---- looking for files ---------------------------------------------------------------
 */

static int visit(void *ctx, const char *path, struct err *err)
{
	struct api_source *api = ctx;

	(void)err;
	if (s3_name_is_no_log(path))
		return 0;
	if (api->queue_count == api->queue_size) {
		api->queue_size = api->queue_size ? 2 * api->queue_size : 64;
		api->queue =
			memory_resize(api->queue, api->queue_size, sizeof(*api->queue));
	}
	api->queue[api->queue_count++] = memory_copy_text(slice_text(path));
	return 0;
}

static void tell_failed(void *ctx, const char *path, const struct err *why)
{
	struct api_source *api = ctx;

	snprintf(api->problem, sizeof(api->problem), "%.200s: %.300s", path, why->text);
}

static void clear_queue(struct api_source *api)
{
	for (size_t i = 0; i < api->queue_count; i++)
		free(api->queue[i]);
	api->queue_count = api->queue_next = 0;
}

static void look(struct api_source *api)
{
	const struct input_visitor visitor = { visit, tell_failed, api };
	struct err err;

	clear_queue(api);
	api->problem[0] = '\0';
	if (input_walk(api->source.name, &visitor, &err) == 0) {
		api->condition = SOURCE_FOLLOWING;
		return;
	}
	api->condition = err.code == ERR_MISSING ? SOURCE_ABSENT : SOURCE_DENIED;
	snprintf(api->problem, sizeof(api->problem), "%.511s", err.text);
}

/* Whether the file is to be read now; stat(2) is all that a file known already costs. */
static bool is_due(struct api_source *api, const char *path, struct stat *ret_status)
{
	const struct api_file *file = file_of(api, path, false);
	us_time changed;

	if (stat(path, ret_status) < 0 || !S_ISREG(ret_status->st_mode))
		return false;
	changed = (us_time)ret_status->st_mtime * US_PER_SECOND;
	if (file && !file->is_refused)
		return file->size != (uint64_t)ret_status->st_size ||
		       file->changed_at != changed;
	return ret_status->st_size > 0 && clock_real() - changed < OLDEST_FILE;
}

/* ---- saying what the files prove -----------------------------------------------------
 */

static bool any(const void *entry, const void *key)
{
	(void)entry;
	(void)key;
	return true;
}

static void emit_new(void *ctx, const struct event *event)
{
	struct api_source *api = ctx;
	struct event said = *event;
	uint64_t hash;

	said.happened_at = event->progress.until < clock_real() ? event->progress.until
								: clock_real();
	buf_clear(&api->code);
	event_encode(event, &api->code);
	hash = hash_bytes(&api->hash_key, buf_slice(&api->code));
	if (map_find(&api->emitted, hash, any, NULL))
		return;
	map_add(&api->emitted, hash, api);
	pipeline_feed(api->source.world->pipeline, &said);
}

static void say_coverage(struct api_source *api)
{
	const struct emitter emitter = { emit_new, api };

	if (!api->is_new)
		return;
	/* A record of the future proves nothing that is past. */
	coverage_emit(&api->coverage, clock_real(), &emitter);
	api->is_new = false;
}

/* ---- the source ----------------------------------------------------------------------
 */

static bool pump(struct source *source)
{
	struct api_source *api = (struct api_source *)source;
	struct stat status;

	if (api->queue_next == api->queue_count)
		look(api);
	while (api->queue_next < api->queue_count) {
		const char *path = api->queue[api->queue_next++];

		if (!is_due(api, path, &status))
			continue;
		if (!path_is_safe(path)) {
			snprintf(api->problem, sizeof(api->problem),
				 "%.200s: others than root could have written it: it "
				 "vouches for nothing",
				 path);
			refuse(api, path, &status);
			continue;
		}
		read_file(api, path, &status);
		/* All that is there first: what is between two files is no hole. */
		if (api->queue_next < api->queue_count)
			return true;
	}
	clear_queue(api);
	say_coverage(api);
	return false;
}

static uint64_t every(const struct api_source *api)
{
	us_span span = api->source.world->config->correlation.poll_interval;

	return (uint64_t)(span > LOOK_AGAIN || span <= 0 ? LOOK_AGAIN : span);
}

static int on_timer(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct api_source *api = ctx;

	(void)at;
	source_wake(&api->source);
	sd_event_source_set_time_relative(timer, every(api));
	sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
	return 0;
}

static void refresh(struct source *source)
{
	watch_refresh(((struct api_source *)source)->watch);
}

static void state(const struct source *source, struct source_state *ret_state)
{
	const struct api_source *api = (const struct api_source *)source;

	*ret_state = (struct source_state){
		.kind = "api-logs",
		.condition = api->condition,
		.last_at = api->last_at,
		.events = api->events,
		.gaps = api->gaps,
		.problem = api->problem,
	};
}

static void api_free(struct source *source)
{
	struct api_source *api = (struct api_source *)source;

	watch_free(api->watch);
	sd_event_source_disable_unref(api->timer);
	clear_queue(api);
	free(api->queue);
	while (api->files) {
		struct api_file *file = api->files;

		api->files = file->next;
		free(file->path);
		free(file);
	}
	map_release(&api->by_path);
	map_release(&api->emitted);
	coverage_release(&api->coverage);
	arena_release(&api->arena);
	buf_release(&api->code);
	free(source->name);
	free(api);
}

static const struct source_ops api_ops = {
	.pump = pump,
	.watch = refresh,
	.state = state,
	.free = api_free,
};

struct source *source_api_new(const struct source_world *world, const char *path)
{
	struct api_source *api = memory_new(1, sizeof(*api));
	struct err err;

	api->source = (struct source){ &api_ops, world,
				       memory_copy_text(slice_text(path)), true };
	api->hash_key = hash_key_random();
	map_init(&api->by_path);
	map_init(&api->emitted);
	arena_init(&api->arena);
	coverage_init(&api->coverage, &api->arena);
	api->code = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	api->last_at = US_TIME_NONE;
	/* What cannot be read of it is read from the files again. */
	if (store_each_value(world->store, "api-file:", load_file, api, &err) < 0)
		snprintf(api->problem, sizeof(api->problem), "%.511s", err.text);
	/* What had been read may not have been said. */
	api->is_new = api->files != NULL;
	api->watch = watch_new(&api->source, path);
	if (sd_event_add_time_relative(world->event, &api->timer, CLOCK_BOOTTIME,
				       every(api), 0, on_timer, api) < 0)
		api->timer = NULL;
	return &api->source;
}
