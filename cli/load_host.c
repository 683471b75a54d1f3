/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load_host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "evidence/evidence.h"
#include "evidence/host/syslog_head.h"
#include "input/input.h"
#include "input/journal.h"

/* One text file while it is read. */
struct text_file {
	struct host_load *load;
	const char *path;
	struct slice source; /* the path, for as long as the evidence is kept */
	us_time changed_at;
	enum host_log_kind kind;
	struct host_reader *reader; /* owned; NULL until the kind is known */
	struct slice host;	    /* of the first line that names one */
	uint64_t emitted;	    /* events of the current line */
	bool has_bytes;
	uint64_t cut_line_bytes; /* of a line too long that no later line has dated yet */
	us_time cut_after;	 /* the last time before it */
	struct buf text;	 /* of one line of evidence */
};

void host_load_release(struct host_load *load)
{
	free(load->folders);
	free(load->sources);
	load->folders = NULL;
	load->folder_count = 0;
	load->sources = NULL;
	load->source_count = 0;
}

void host_load_add_source(struct host_load *load, enum host_source source, us_time from,
			  us_time until, struct slice host)
{
	if (from == US_TIME_NONE || until == US_TIME_NONE)
		return;
	if (load->source_count == load->source_size) {
		load->source_size = load->source_size ? 2 * load->source_size : 16;
		load->sources = memory_resize(load->sources, load->source_size,
					      sizeof(*load->sources));
	}
	load->sources[load->source_count++] =
		(struct loaded_source){ source, from, until, host };
}

static void take_event(void *ctx, const struct event *event)
{
	struct text_file *file = ctx;

	file->emitted++;
	event_list_add(file->load->events, event);
}

/* A line that was too long may have hidden something between its neighbours. */
static void tell_cut_line(struct text_file *file, us_time next)
{
	us_time known = next != US_TIME_NONE ? next : file->cut_after;
	char cause[64];
	struct event event = {
		.kind = EVENT_GAP,
		.happened_at = known != US_TIME_NONE ? known : file->changed_at,
		.trust = TRUST_ATTESTED, /* it is our own word */
		.host = file->host,
		.source = host_log_source(file->kind),
		.gap = { .source = file->source,
			 .from = file->cut_after,
			 .until = next,
			 .lost_bytes = file->cut_line_bytes },
	};

	snprintf(cause, sizeof(cause), "a line of %" PRIu64 " bytes",
		 file->cut_line_bytes);
	event.gap.cause = slice_text(cause);
	event_list_add(file->load->events, &event);
	file->cut_line_bytes = 0;
}

static void note_host(struct text_file *file, struct slice line)
{
	struct slice host;

	if (file->host.len || file->kind != HOST_LOG_SYSLOG)
		return;
	host = syslog_head_parse(syslog_line_trim(line)).host;
	if (host.len)
		file->host = arena_copy(file->load->events->arena, host);
}

static void read_line(struct text_file *file, struct slice line, uint64_t offset,
		      bool is_cut)
{
	struct evidence_store *evidence = file->load->evidence;
	const struct emitter emitter = { take_event, file };
	struct record record = {
		.bytes = line,
		.evidence = evidence_store_next(evidence),
		.is_cut = is_cut,
	};
	char cursor[32];

	note_host(file, line);
	file->emitted = 0;
	host_reader_read(file->reader, &record, &emitter);
	if (file->emitted == 0)
		return;
	buf_clear(&file->text);
	host_reader_evidence(file->reader, &record, &file->text);
	snprintf(cursor, sizeof(cursor), "offset=%" PRIu64, offset);
	evidence_store_keep(evidence, file->source, slice_text(cursor),
			    buf_slice(&file->text));
}

static void read_chunk(struct text_file *file, const struct input_chunk *chunk,
		       struct slice rest)
{
	struct slice line;

	while (host_reader_next(file->reader, &rest, &line)) {
		uint64_t known = host_reader_stats(file->reader).known_lines;

		read_line(file, line,
			  chunk->offset + (uint64_t)(line.ptr - chunk->bytes.ptr),
			  chunk->cut_line_bytes != 0);
		if (file->cut_line_bytes && !chunk->cut_line_bytes) {
			struct host_reader_stats stats = host_reader_stats(file->reader);

			if (stats.known_lines > known)
				tell_cut_line(file, stats.last);
		}
	}
}

/* Drops lines from the front of `*rest` until one has a known form, and makes the reader.
 */
static void recognise(struct text_file *file, struct slice *rest)
{
	const int lines_at_once = 64; /* host_log_recognise() looks at so many */
	const struct host_load *load = file->load;
	struct host_reader_options options = {
		.zone = load->zone,
		.year = load->year,
		.anchor = load->anchor != US_TIME_NONE ? load->anchor : file->changed_at,
		.latest = file->changed_at,
		.path = file->source,
	};

	while (rest->len) {
		file->kind = host_log_recognise(*rest);
		if (file->kind != HOST_LOG_UNKNOWN) {
			file->reader = host_reader_new(file->kind, &options);
			return;
		}
		for (int i = 0; i < lines_at_once && rest->len; i++) {
			struct slice line;

			if (!slice_take_until(rest, '\n', &line))
				*rest = slice_skip(*rest, rest->len);
			file->load->lines++;
		}
	}
}

static void note_cut_line(struct text_file *file, const struct input_chunk *chunk)
{
	struct host_reader_stats stats = { .last = US_TIME_NONE };
	struct err err;

	if (file->reader)
		stats = host_reader_stats(file->reader);
	err_set(&err, ERR_LIMIT,
		"line %" PRIu64 ", offset %" PRIu64 ": %" PRIu64
		" bytes long, more than %zu",
		stats.lines + 1, chunk->offset, chunk->cut_line_bytes,
		LIMIT_HOST_LINE_BYTES);
	problems_tell(file->load->problems, file->path, &err);
	if (!file->cut_line_bytes)
		file->cut_after = stats.last;
	file->cut_line_bytes += chunk->cut_line_bytes;
}

static void read_text(struct text_file *file, struct input_file *input)
{
	struct input_chunk chunk;
	struct err err;

	for (;;) {
		struct slice rest;

		if (input_read_lines(input, LIMIT_HOST_LINE_BYTES, &chunk, &err) < 0) {
			problems_tell(file->load->problems, file->path, &err);
			return;
		}
		rest = chunk.bytes;
		if (rest.len == 0)
			return;
		file->has_bytes = true;
		if (chunk.cut_line_bytes)
			note_cut_line(file, &chunk);
		if (!file->reader)
			recognise(file, &rest);
		if (file->reader)
			read_chunk(file, &chunk, rest);
		meter_show(file->load->meter, file->path, input_consumed(input));
	}
}

static void finish_text(struct text_file *file)
{
	struct host_load *load = file->load;
	struct host_reader_stats stats;
	struct err err;

	if (file->cut_line_bytes)
		tell_cut_line(file, US_TIME_NONE);
	if (!file->reader) {
		if (!file->has_bytes || load->problems->of_subject)
			return;
		err_set(&err, ERR_FORMAT,
			"line 1: neither here nor below is a line of any known log");
		problems_tell(load->problems, file->path, &err);
		return;
	}
	stats = host_reader_stats(file->reader);
	load->lines += stats.lines;
	host_load_add_source(load, host_log_source(file->kind), stats.first, stats.last,
			     file->host);
}

static void load_text(struct host_load *load, const struct file_item *item,
		      struct input_file *input)
{
	struct text_file file = {
		.load = load,
		.path = item->path,
		.source = arena_copy(load->events->arena, slice_text(item->path)),
		.changed_at = input_changed_at(input),
		.cut_after = US_TIME_NONE,
		.text = BUF_LIMIT(LIMIT_HOST_LINE_BYTES),
	};

	read_text(&file, input);
	finish_text(&file);
	host_reader_free(file.reader);
	buf_release(&file.text);
}

static void load_file(struct host_load *load, const struct file_item *item)
{
	AUTO_INPUT struct input_file *input = NULL;
	struct slice beginning;
	struct err err;

	if (input_open(item->path, &input, &err) < 0 ||
	    input_peek(input, &beginning, &err) < 0)
		problems_tell(load->problems, item->path, &err);
	else if (journal_is_file(beginning))
		host_load_journal(load, item);
	else if (journal_is_export(beginning))
		host_load_export(load, item);
	else
		load_text(load, item, input);
}

void host_load_files(struct host_load *load, const struct file_list *files)
{
	for (size_t i = 0; i < files->count; i++) {
		problems_begin(load->problems);
		load_file(load, &files->items[i]);
		problems_end(load->problems, files->items[i].path);
		meter_file_done(load->meter, files->items[i].size_bytes);
	}
}
