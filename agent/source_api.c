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
#include "agent/api_files.h"
#include "agent/safe_path.h"
#include "agent/source.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "correlator/event_code.h"
#include "evidence/cloud/s3_name.h"
#include "input/input.h"

/* A file that breaks off may still be being written for so long. */
#define WRITING_MAX US_PER_MINUTE
#define LOOK_AGAIN (30 * US_PER_SECOND)
#define FORGET_EVERY US_PER_HOUR

struct api_source {
	struct source source;
	struct watch *watch;
	sd_event_source *timer;
	struct hash_key hash_key;
	struct api_files files;
	struct map emitted; /* hashes of what was said of the coverage */
	struct buf code;
	char **queue; /* owned: paths to read, in order of names */
	size_t queue_count, queue_next, queue_size;
	enum source_condition condition;
	char problem[512];
	uint64_t events, gaps;
	us_time last_at;
	bool is_new;	    /* the coverage has grown since it was said */
	bool has_forgotten; /* the coverage is to be built anew */
	us_time forgot_at;  /* on the real clock: when old files were looked for */
	us_time newest_at;  /* when the newest file was changed; US_TIME_NONE = none was
			       seen */
};

/* ---- reading one file ----------------------------------------------------------------
 */

/* The time of the records that could be read of it; from is US_TIME_NONE when none could.
 */
static struct coverage_span add_extents(struct api_source *api,
					struct api_file_found *found,
					const struct cloud_reader *reader,
					const struct s3_name *name)
{
	struct coverage_span span = { US_TIME_NONE, US_TIME_NONE };
	size_t count;
	const struct api_extent *extents = cloud_reader_extents(reader, &count);

	for (size_t i = 0; i < count; i++) {
		const struct api_extent *extent = &extents[i];
		bool is_complete =
			name && s3_name_is_of(name, slice_text(extent->account),
					      slice_text(extent->region));

		api_files_add_extent(&api->files, found, extent, is_complete);
		if (extent->first == US_TIME_NONE)
			continue;
		if (span.from == US_TIME_NONE || extent->first < span.from)
			span.from = extent->first;
		if (span.until == US_TIME_NONE || extent->last > span.until)
			span.until = extent->last;
	}
	if (span.until > api->last_at)
		api->last_at = span.until;
	api->is_new = true;
	return span;
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

static void add_hole(struct api_source *api, struct api_file_found *found, us_time from,
		     us_time until)
{
	api_files_add_hole(&api->files, found, from, until);
	api->gaps++;
	api->is_new = true;
}

/* What could not be read to its end, or not at all, may hide any call made before it was
 * written; where its name says when it was delivered, not one of long before. */
static void add_unread(struct api_source *api, struct api_file_found *found,
		       const struct s3_name *name)
{
	if (name)
		add_hole(api, found, name->delivered_at - S3_DELIVERY_SPREAD,
			 name->delivered_at + US_PER_MINUTE);
	else
		add_hole(api, found, US_TIME_MIN, found->changed_at + US_PER_SECOND);
}

/* Whoever could have written the file would vouch for logins of his own: it says nothing,
 * and may have been put in the place of what would have said something. */
static void refuse(struct api_source *api, const char *path, const struct stat *status)
{
	const struct api_file *file = api_files_find(&api->files, path);
	struct api_file_found found;
	struct s3_name named;

	snprintf(api->problem, sizeof(api->problem),
		 "%.200s: others than root could have written it: it vouches for nothing",
		 path);
	api_file_found_begin(&found, path, status);
	if (!file || !file->is_refused || file->changed_at != found.changed_at)
		add_unread(api, &found, s3_name_read(path, &named) ? &named : NULL);
	api_files_refuse(&api->files, &found);
}

/* What it hides, by the rules that a replay has (cli/load_api.c): a record that could not
 * be read is of the file's time, or of any when that is unknown; a file that is no API
 * log hides nothing, but for one that has an API log's name. */
static void judge_file(struct api_source *api, struct api_file_found *found,
		       const struct api_calls *calls, const struct err *why)
{
	struct s3_name named, *name = s3_name_read(found->path, &named) ? &named : NULL;
	struct coverage_span span = add_extents(api, found, calls->reader, name);

	if (!why && !calls->has_hole)
		return;
	snprintf(api->problem, sizeof(api->problem), "%.200s: %.300s", found->path,
		 why ? why->text : calls->hole.text);
	if (why && !name && calls->newest == US_TIME_NONE && !calls->has_hole &&
	    slice_starts_with(slice_text(why->text), SLICE("no API log:")))
		return;
	if (why || span.from == US_TIME_NONE)
		add_unread(api, found, name);
	else
		add_hole(api, found, span.from, span.until);
}

static void read_file(struct api_source *api, const char *path, const struct stat *status)
{
	struct api_calls calls = { .pipeline = api->source.world->pipeline,
				   .store = api->source.world->store,
				   .source = path };
	AUTO_INPUT struct input_file *input = NULL;
	struct api_file_found found;
	struct err err;
	int rc = input_open(path, &input, &err);

	api_file_found_begin(&found, path, status);
	api_calls_begin(&calls);
	if (rc == 0)
		rc = read_bytes(&calls, input, &err);
	/* What breaks off may still be being written: the next look says. */
	if (rc == 0 || clock_real() - found.changed_at >= WRITING_MAX) {
		judge_file(api, &found, &calls, rc < 0 ? &err : NULL);
		api_files_put(&api->files, &found);
	}
	api->events += calls.calls;
	api_calls_end(&calls);
	FAULT_POINT("source-api-file-read");
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

/* What files are old by: this host's clock may be years ahead of those who write them,
 * and one file of the future makes no other old. */
static us_time folder_time(const struct api_source *api)
{
	us_time latest = clock_real() + US_PER_DAY;

	return api->newest_at != US_TIME_NONE && api->newest_at < latest ? api->newest_at
									 : latest;
}

static void note_newest(struct api_source *api)
{
	struct stat status;

	api->newest_at = US_TIME_NONE;
	for (size_t i = 0; i < api->queue_count; i++) {
		us_time changed;

		if (stat(api->queue[i], &status) < 0 || !S_ISREG(status.st_mode))
			continue;
		changed = (us_time)status.st_mtime * US_PER_SECOND;
		if (changed > api->newest_at && changed <= clock_real() + US_PER_DAY)
			api->newest_at = changed;
	}
}

static void look(struct api_source *api)
{
	const struct input_visitor visitor = { visit, tell_failed, api };
	struct err err;

	clear_queue(api);
	api->problem[0] = '\0';
	if (input_walk(api->source.name, &visitor, &err) == 0) {
		api->condition = SOURCE_FOLLOWING;
		note_newest(api);
		return;
	}
	api->condition = err.code == ERR_MISSING ? SOURCE_ABSENT : SOURCE_DENIED;
	snprintf(api->problem, sizeof(api->problem), "%.511s", err.text);
}

/* Whether the file is to be read now; stat(2) is all that a file known already costs. */
static bool is_due(struct api_source *api, const char *path, struct stat *ret_status)
{
	const struct api_file *file = api_files_find(&api->files, path);
	us_time changed;

	if (stat(path, ret_status) < 0 || !S_ISREG(ret_status->st_mode))
		return false;
	changed = (us_time)ret_status->st_mtime * US_PER_SECOND;
	if (file && !file->is_refused)
		return file->size != (uint64_t)ret_status->st_size ||
		       file->changed_at != changed;
	return ret_status->st_size > 0 && folder_time(api) - changed < API_FILE_KEPT;
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
	coverage_emit(&api->files.coverage, clock_real(), &emitter);
	api->is_new = false;
}

/* ---- forgetting ----------------------------------------------------------------------
 */

/* What they covered has been said, and stays said as long as the store keeps it. */
static void forget_old(struct api_source *api)
{
	us_time now = clock_real();

	if (now - api->forgot_at < FORGET_EVERY && now >= api->forgot_at)
		return;
	api->forgot_at = now;
	if (api_files_forget(&api->files, folder_time(api)))
		api->has_forgotten = true;
}

/* What is left covers less; what was said of it is said again, once. */
static void rebuild(struct api_source *api)
{
	struct err err;

	if (!api->has_forgotten || store_batch_bytes(api->source.world->store) > 0)
		return;
	api->has_forgotten = false;
	map_release(&api->emitted);
	map_init(&api->emitted);
	if (api_files_rebuild(&api->files, &err) < 0)
		snprintf(api->problem, sizeof(api->problem), "%.511s", err.text);
	api->is_new = true;
}

/* ---- the source ----------------------------------------------------------------------
 */

static bool pump(struct source *source)
{
	struct api_source *api = (struct api_source *)source;
	struct stat status;

	if (api->queue_next == api->queue_count) {
		rebuild(api);
		look(api);
	}
	while (api->queue_next < api->queue_count) {
		const char *path = api->queue[api->queue_next++];

		if (!is_due(api, path, &status))
			continue;
		if (!path_is_safe(path)) {
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
	forget_old(api);
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
	api_files_close(&api->files);
	map_release(&api->emitted);
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
	map_init(&api->emitted);
	api->code = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	api->last_at = US_TIME_NONE;
	if (api_files_open(&api->files, world->store, &err) < 0)
		snprintf(api->problem, sizeof(api->problem), "%.511s", err.text);
	/* What had been read may not have been said. */
	api->is_new = api->files.first != NULL;
	api->watch = watch_new(&api->source, path);
	if (sd_event_add_time_relative(world->event, &api->timer, CLOCK_BOOTTIME,
				       every(api), 0, on_timer, api) < 0)
		api->timer = NULL;
	return &api->source;
}
