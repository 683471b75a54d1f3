/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load_api.h"

#include <inttypes.h>
#include <stdio.h>

#include "evidence/cloud/s3_name.h"
#include "input/input.h"

/* One file while it is read. */
struct api_file {
	struct api_load *load;
	const char *path;
	struct slice source; /* the path, for as long as the evidence is kept */
	uint64_t records;
	bool has_hole;
};

void api_load_init(struct api_load *load)
{
	id_set_init(&load->ids);
	load->without_id = 0;
}

void api_load_release(struct api_load *load)
{
	id_set_release(&load->ids);
}

uint64_t api_load_count(const struct api_load *load)
{
	return load->ids.count + load->without_id;
}

static void record_seen(void *ctx, const struct api_record_seen *record)
{
	struct api_file *file = ctx;

	file->records++;
	if (record->id.len)
		id_set_add(&file->load->ids, record->id);
	else
		file->load->without_id++;
}

static uint64_t record_matters(void *ctx, const struct api_record_seen *record)
{
	struct api_file *file = ctx;
	uint64_t reference = evidence_store_next(file->load->evidence);
	char cursor[32];

	snprintf(cursor, sizeof(cursor), "offset=%" PRIu64, record->position);
	evidence_store_keep(file->load->evidence, file->source, slice_text(cursor),
			    (struct slice){ NULL, 0 });
	return reference;
}

static void record_hole(void *ctx, uint64_t position, uint64_t line,
			const struct err *why)
{
	struct api_file *file = ctx;
	struct err told;

	file->has_hole = true;
	err_set(&told, why->code, "line %" PRIu64 ", offset %" PRIu64 ": %s", line,
		position, why->text);
	problems_tell(file->load->problems, file->path, &told);
}

static void take_event(void *ctx, const struct event *event)
{
	struct api_file *file = ctx;
	char line[512];

	event_list_add(file->load->events, event);
	if (event->kind != EVENT_API_CALL)
		return;
	snprintf(line, sizeof(line), "%.*s %.*s",
		 SLICE_ARG(slice_first(event->api_call.name, 128)),
		 SLICE_ARG(slice_first(event->api_call.id, 128)));
	evidence_store_set_line(file->load->evidence, event->evidence, slice_text(line));
}

static struct coverage_span add_extents(struct api_file *file,
					const struct cloud_reader *reader,
					const struct s3_name *name)
{
	struct coverage_span span = { US_TIME_NONE, US_TIME_NONE };
	size_t count;
	const struct api_extent *extents = cloud_reader_extents(reader, &count);

	for (size_t i = 0; i < count; i++) {
		coverage_add(file->load->coverage, &extents[i],
			     name && s3_name_is_of(name, slice_text(extents[i].account),
						   slice_text(extents[i].region)));
		if (extents[i].first == US_TIME_NONE)
			continue;
		if (span.from == US_TIME_NONE || extents[i].first < span.from)
			span.from = extents[i].first;
		if (span.until == US_TIME_NONE || extents[i].last > span.until)
			span.until = extents[i].last;
	}
	return span;
}

/* What may be missing when the file could not be read to its end, or not at all: records
 * of any time, but for a file whose name says when it was delivered. */
static void add_unread(struct api_file *file, const struct s3_name *name)
{
	if (!name)
		coverage_add_hole(file->load->coverage, US_TIME_MIN, US_TIME_MAX);
	else
		coverage_add_hole(file->load->coverage,
				  name->delivered_at - S3_DELIVERY_SPREAD,
				  name->delivered_at + US_PER_MINUTE);
}

/* A record that could not be read is of the file's time, or of any when that is unknown.
 */
static void add_record_hole(struct api_file *file, struct coverage_span span,
			    const struct s3_name *name)
{
	if (span.from == US_TIME_NONE)
		add_unread(file, name);
	else
		coverage_add_hole(file->load->coverage, span.from, span.until);
}

enum outcome {
	OUTCOME_READ,
	OUTCOME_UNREAD,	    /* not to its end */
	OUTCOME_NO_API_LOG, /* it is something else */
};

/* Whether the reader gave up because nothing in the file was an API log's, and not
 * because the log broke off: its words for that are the only sign. */
static bool is_something_else(const struct api_file *file, const struct err *why)
{
	return file->records == 0 && !file->has_hole &&
	       slice_starts_with(slice_text(why->text), SLICE("no API log:"));
}

/* Gives all bytes to the reader. */
static int feed_bytes(struct api_file *file, struct input_file *input,
		      struct cloud_reader *reader, struct err *err)
{
	struct slice bytes;

	do {
		if (input_read(input, &bytes, err) < 0)
			return -1;
		if (bytes.len && cloud_reader_feed(reader, bytes, err) < 0)
			return -1;
		meter_show(file->load->meter, file->path, input_consumed(input));
	} while (bytes.len);
	return cloud_reader_finish(reader, err);
}

/* Reads the whole of it. What fails is told. */
static enum outcome read_bytes(struct api_file *file, struct input_file *input,
			       struct cloud_reader *reader)
{
	struct err err;

	if (feed_bytes(file, input, reader, &err) == 0)
		return OUTCOME_READ;
	problems_tell(file->load->problems, file->path, &err);
	return is_something_else(file, &err) ? OUTCOME_NO_API_LOG : OUTCOME_UNREAD;
}

static void read_file(struct api_file *file, const struct s3_name *name)
{
	const struct cloud_reader_ops ops = {
		.record_matters = record_matters,
		.record_seen = record_seen,
		.hole = record_hole,
		.ctx = file,
	};
	const struct emitter emitter = { take_event, file };
	AUTO_INPUT struct input_file *input = NULL;
	struct cloud_reader *reader;
	struct coverage_span span;
	enum outcome outcome;
	struct err err;

	if (input_open(file->path, &input, &err) < 0) {
		problems_tell(file->load->problems, file->path, &err);
		add_unread(file, name);
		return;
	}
	reader = cloud_reader_new(&ops, &emitter);
	outcome = read_bytes(file, input, reader);
	span = add_extents(file, reader, name);
	if (outcome == OUTCOME_UNREAD || (outcome == OUTCOME_NO_API_LOG && name))
		add_unread(file, name);
	else if (file->has_hole)
		add_record_hole(file, span, name);
	cloud_reader_free(reader);
}

void api_load_files(struct api_load *load, const struct file_list *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file_item *item = &files->items[i];
		struct slice path = slice_text(item->path);
		struct api_file file = { .load = load, .path = item->path };
		struct s3_name name;

		if (item->folder && s3_name_is_no_log(item->path))
			continue;
		file.source = arena_copy(load->events->arena, path);
		problems_begin(load->problems);
		read_file(&file, s3_name_read(item->path, &name) ? &name : NULL);
		problems_end(load->problems, item->path);
		meter_file_done(load->meter, item->size_bytes);
	}
}
