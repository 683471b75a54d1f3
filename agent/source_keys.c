/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that Google's agent put into authorized_keys files, as a source: what is in them,
 * not what is said. A file is read whole when it has changed; each key that was not there
 * before is an event, and so is each that is not there any more. What was there is kept
 * for a restart, in the batch of its events.
 */
#include <stdio.h>
#include <stdlib.h>

#include "agent/fingerprints.h"
#include "agent/keys_file.h"
#include "agent/source.h"
#include "agent/taker.h"
#include "base/cleanup.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"
#include "evidence/cloud.h"

#define KEPT_PREFIX "keys:"
#define KEPT_FIRST_WORD SLICE("keys1 ")

struct keys_file {
	char *path, *user;	  /* owned; whose keys, "" = not known */
	struct keys_stamp stamp;  /* of what was read last; all 0 = not read so far */
	struct fingerprints keys; /* that were there then */
	struct watch *watch;
	bool is_listed, is_due;
	bool was_safe;
};

struct keys_source {
	struct source source;
	const char *const *paths; /* borrowed */
	size_t path_count;
	bool is_optional;
	struct keys_file *files[LIMIT_KEYS_FILES]; /* owned */
	size_t file_count;
	struct taker taker;
	struct covered covered;
	enum source_condition condition;
	char problem[256];
};

/* ---- what is kept --------------------------------------------------------------------
 */

static void set_user(struct keys_file *file, struct slice user)
{
	free(file->user);
	file->user = memory_copy_text(user);
}

static void put_kept(struct keys_source *source, const struct keys_file *file)
{
	AUTO_BUF struct buf name = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);
	AUTO_BUF struct buf value =
		BUF_LIMIT((LIMIT_KEYS_OF_FILE + 8) * (FINGERPRINT_TEXT_BYTES + 1));

	if (!buf_append_format(&name, KEPT_PREFIX "%s", file->path))
		return;
	if (file->keys.count)
		buf_append_format(&value, "keys1 user=%s", file->user);
	for (size_t i = 0; i < file->keys.count; i++)
		buf_append_format(&value, " %s", file->keys.items[i].text);
	FAULT_POINT("keys-put");
	store_put_value(source->source.world->store, buf_text(&name), buf_slice(&value));
}

static struct keys_file *add_file(struct keys_source *source, const char *path)
{
	struct keys_file *file;

	if (source->file_count == LIMIT_KEYS_FILES) {
		snprintf(source->problem, sizeof(source->problem),
			 "more than %zu files: '%.160s' is not read", LIMIT_KEYS_FILES,
			 path);
		return NULL;
	}
	file = memory_new(1, sizeof(*file));
	file->path = memory_copy_text(slice_text(path));
	file->user = memory_copy_text(SLICE(""));
	file->watch = watch_new(&source->source, path);
	source->files[source->file_count++] = file;
	return file;
}

static void drop_file(struct keys_source *source, size_t index)
{
	struct keys_file *file = source->files[index];

	source->files[index] = source->files[--source->file_count];
	watch_free(file->watch);
	fingerprints_release(&file->keys);
	free(file->path);
	free(file->user);
	free(file);
}

static bool load_kept(void *ctx, const char *name, struct slice value)
{
	struct keys_source *source = ctx;
	struct keys_file *file;
	struct slice word;

	if (!slice_take_prefix(&value, KEPT_FIRST_WORD) ||
	    !slice_take_prefix(&value, SLICE("user=")))
		return true;
	file = add_file(source, name + strlen(KEPT_PREFIX));
	if (!file)
		return false;
	if (!slice_take_until(&value, ' ', &word))
		word = value;
	set_user(file, word);
	while (value.len) {
		if (!slice_take_until(&value, ' ', &word)) {
			word = value;
			value.len = 0;
		}
		fingerprints_add(&file->keys, word);
	}
	fingerprints_sort(&file->keys);
	return true;
}

/* ---- reading -------------------------------------------------------------------------
 */

struct reading {
	struct keys_file *file;
	struct fingerprints keys; /* that are there now */
	bool is_key, is_new;	  /* of the line that is being read */
};

static void note_key(void *ctx, const struct event *event)
{
	struct reading *reading = ctx;
	struct fingerprint one = { "" };
	struct slice text = event->cloud_key.fingerprint;

	if (!fingerprints_add(&reading->keys, text))
		return;
	memcpy(one.text, text.ptr, text.len);
	reading->is_new = !fingerprints_has(&reading->file->keys, &one);
	if (!slice_equal(slice_text(reading->file->user), event->cloud_key.user))
		set_user(reading->file, event->cloud_key.user);
}

static void read_keys(struct keys_source *source, struct reading *reading,
		      struct slice text)
{
	const struct emitter emitter = { note_key, reading };
	struct slice line;

	while (host_reader_next(source->taker.reader, &text, &line)) {
		struct record record = { .bytes = line };

		reading->is_new = false;
		host_reader_read(source->taker.reader, &record, &emitter);
		if (reading->is_new)
			taker_take(&source->taker, &record, "");
	}
}

static void tell_gone(struct keys_source *source, const struct keys_file *file,
		      const struct fingerprint *one, us_time at)
{
	struct event event = {
		.kind = EVENT_CLOUD_KEY,
		.happened_at = at,
		.trust = file->was_safe ? TRUST_ROOT_FILE : TRUST_UNVERIFIED,
		.source = HOST_SOURCE_KEYS,
		.cloud_key = { .user = slice_text(file->user),
			       .fingerprint = slice_text(one->text),
			       .is_gone = true },
	};
	struct store_text text = { .at = at,
				   .source = slice_text(file->path),
				   .cursor = SLICE("gone"),
				   .line = slice_text(one->text) };

	event.evidence = pipeline_keep_text(source->source.world->pipeline, &text);
	source->taker.events++;
	pipeline_feed(source->source.world->pipeline, &event);
}

static void tell_all_gone(struct keys_source *source, const struct keys_file *file,
			  const struct fingerprints *now, us_time at)
{
	for (size_t i = 0; i < file->keys.count; i++)
		if (!fingerprints_has(now, &file->keys.items[i]))
			tell_gone(source, file, &file->keys.items[i], at);
}

/* When what the file says came to be: its user may have set its time to any. */
static us_time time_of(const struct keys_stamp *stamp, us_time not_before)
{
	us_time now = clock_real(), at = stamp->changed_at;

	return at > now || at <= not_before || at < US_TIME_MIN ? now : at;
}

static void take_text(struct keys_source *source, struct keys_file *file,
		      const struct keys_text *text)
{
	struct reading reading = { .file = file };
	us_time before = file->stamp.changed_at;
	const struct host_reader_options options = {
		.zone = source->source.world->zone,
		.anchor = time_of(&text->stamp, 0),
		.latest = time_of(&text->stamp, 0),
		.path = slice_text(file->path),
	};

	source->taker.reader = host_reader_new(HOST_LOG_AUTHORIZED_KEYS, &options);
	source->taker.source = file->path;
	source->taker.is_safe = text->is_safe;
	read_keys(source, &reading, buf_slice(&text->bytes));
	host_reader_free(TAKE(source->taker.reader));
	source->taker.source = source->source.name;
	fingerprints_sort(&reading.keys);
	file->was_safe = text->is_safe;
	/* The time of a change that was not seen to come is not known to be later. */
	tell_all_gone(source, file, &reading.keys,
		      before ? time_of(&text->stamp, before) : clock_real());
	fingerprints_release(&file->keys);
	file->keys = reading.keys;
	file->stamp = text->stamp;
	put_kept(source, file);
}

static void note_failure(struct keys_source *source, const struct err *err)
{
	source->condition = SOURCE_DENIED;
	snprintf(source->problem, sizeof(source->problem), "%.255s", err->text);
}

/* Reads one that has changed. */
static void read_file(struct keys_source *source, struct keys_file *file)
{
	struct poison *poison = source->source.world->poison;
	struct keys_text text = { .bytes = BUF_LIMIT(LIMIT_KEYS_FILE_BYTES) };
	struct err err;

	file->is_due = false;
	if (!poison_mark(poison, file->path, SLICE("keys"))) {
		(void)err_set(&err, ERR_SYSTEM, "the agent died three times of '%s'",
			      file->path);
		note_failure(source, &err);
		return;
	}
	if (keys_file_read(file->path, &text, &err) < 0)
		note_failure(source, &err);
	else if (text.is_still)
		take_text(source, file, &text);
	poison_clear(poison);
	buf_release(&text.bytes);
}

/* ---- looking -------------------------------------------------------------------------
 */

static struct keys_file *find_file(const struct keys_source *source, const char *path)
{
	for (size_t i = 0; i < source->file_count; i++)
		if (strcmp(source->files[i]->path, path) == 0)
			return source->files[i];
	return NULL;
}

static void list_file(void *ctx, const char *path)
{
	struct keys_source *source = ctx;
	struct keys_file *file = find_file(source, path);
	struct keys_stamp stamp;
	struct err err;

	if (!file) {
		if (keys_file_stamp(path, &stamp, &err) < 0) {
			if (err.code != ERR_MISSING)
				note_failure(source, &err);
			return;
		}
		file = add_file(source, path);
	}
	if (file)
		file->is_listed = true;
}

/* Deleted; or not one of those any more that are to be read. */
static bool is_done_with(struct keys_source *source, struct keys_file *file)
{
	struct keys_stamp stamp;
	struct err err;

	if (keys_file_stamp(file->path, &stamp, &err) == 0) {
		file->is_due = !keys_stamp_is(&stamp, &file->stamp);
		return !file->is_listed && source->condition == SOURCE_FOLLOWING;
	}
	if (err.code == ERR_MISSING) {
		const struct fingerprints none = { NULL, 0, 0 };

		tell_all_gone(source, file, &none, clock_real());
		return true;
	}
	note_failure(source, &err);
	return false;
}

static void look(struct keys_source *source)
{
	struct err err;

	source->condition = SOURCE_FOLLOWING;
	source->problem[0] = '\0';
	for (size_t i = 0; i < source->file_count; i++)
		source->files[i]->is_listed = false;
	for (size_t i = 0; i < source->path_count; i++)
		if (keys_file_each(source->paths[i], list_file, source, &err) < 0)
			note_failure(source, &err);
	for (size_t i = source->file_count; i-- > 0;) {
		struct keys_file *file = source->files[i];

		if (!is_done_with(source, file))
			continue;
		file->keys.count = 0;
		put_kept(source, file);
		drop_file(source, i);
	}
}

static struct keys_file *next_due(const struct keys_source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		if (source->files[i]->is_due)
			return source->files[i];
	return NULL;
}

/* ---- as a source ---------------------------------------------------------------------
 */

static bool is_of_google(const struct keys_source *source)
{
	return slice_equal(pipeline_identity(source->source.world->pipeline)->provider,
			   SLICE("gcp"));
}

static bool may_be_google(const struct keys_source *source)
{
	return is_of_google(source) ||
	       pipeline_identity(source->source.world->pipeline)->provider.len == 0;
}

static bool pump(struct source *source)
{
	struct keys_source *keys = (struct keys_source *)source;
	struct keys_file *file = next_due(keys);

	if (keys->is_optional && !may_be_google(keys))
		return false;
	if (!file) {
		look(keys);
		file = next_due(keys);
	}
	if (file)
		read_file(keys, file);
	if (next_due(keys))
		return true;
	if (keys->condition == SOURCE_FOLLOWING && keys->covered.from == US_TIME_NONE)
		covered_begin(&keys->covered, source, clock_real());
	return false;
}

static void cover(struct source *source)
{
	struct keys_source *keys = (struct keys_source *)source;

	if (keys->condition == SOURCE_FOLLOWING && keys->covered.from != US_TIME_NONE)
		taker_cover(&keys->taker, keys->covered.from, clock_real(), "");
}

static void refresh(struct source *source)
{
	struct keys_source *keys = (struct keys_source *)source;

	for (size_t i = 0; i < keys->file_count; i++)
		watch_refresh(keys->files[i]->watch);
}

static bool has_keys(const struct keys_source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		if (source->files[i]->keys.count)
			return true;
	return false;
}

static void state(const struct source *source, struct source_state *ret_state)
{
	const struct keys_source *keys = (const struct keys_source *)source;

	*ret_state = (struct source_state){
		.kind = "authorized-keys",
		.condition = keys->condition,
		/* What stands in a file says nothing for years. */
		.last_at = US_TIME_NONE,
		.events = keys->taker.events,
		.problem = keys->problem,
		.is_quiet = keys->is_optional && !is_of_google(keys) && !has_keys(keys),
	};
}

static void keys_free(struct source *source)
{
	struct keys_source *keys = (struct keys_source *)source;

	while (keys->file_count)
		drop_file(keys, keys->file_count - 1);
	taker_release(&keys->taker);
	free(source->name);
	free(keys);
}

static const struct source_ops keys_ops = {
	.pump = pump,
	.cover = cover,
	.watch = refresh,
	.state = state,
	.free = keys_free,
};

struct source *source_keys_new(const struct source_world *world, const char *const *paths,
			       size_t count, bool is_optional)
{
	struct keys_source *keys = memory_new(1, sizeof(*keys));
	struct err ignored;

	keys->source =
		(struct source){ &keys_ops, world,
				 memory_copy_text(SLICE("authorized_keys")), true };
	keys->paths = paths;
	keys->path_count = count;
	keys->is_optional = is_optional;
	keys->condition = SOURCE_ABSENT;
	keys->taker.pipeline = world->pipeline;
	keys->taker.kind = HOST_SOURCE_KEYS;
	keys->taker.source = keys->source.name;
	taker_init(&keys->taker);
	covered_load(&keys->covered, &keys->source);
	(void)!store_each_value(world->store, KEPT_PREFIX, load_kept, keys, &ignored);
	return &keys->source;
}
