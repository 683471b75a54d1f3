/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text log as a source: what agent/follow/tail.h gives goes line by line through
 * evidence/, and the cursor into the same batch.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/absence.h"
#include "agent/follow/tail.h"
#include "agent/safe_path.h"
#include "agent/source.h"
#include "agent/taker.h"
#include "base/limits.h"
#include "base/memory.h"

static const char *const kind_words[HOST_LOG_KIND_COUNT] = {
	[HOST_LOG_UNKNOWN] = "syslog",
	[HOST_LOG_SYSLOG] = "syslog",
	[HOST_LOG_SSM] = "ssm",
	[HOST_LOG_AZURE_AGENT] = "azure-agent",
	[HOST_LOG_AZURE_HANDLER] = "azure-handlers",
	[HOST_LOG_AZURE_EXTENSION] = "azure-handlers",
	[HOST_LOG_CLOUD_INIT] = "cloud-init",
};

struct file_source {
	struct source source;
	enum host_log_kind kind; /* as it was said to be; HOST_LOG_UNKNOWN */
	bool is_optional, is_part;
	struct tail *tail;
	struct watch *watch;
	struct host_reader *reader; /* of the file that is being read; NULL before it */
	struct taker taker;
	us_time anchored_at;   /* the file's mtime that the reader was made with */
	us_time anchored_boot; /* and when that was, on CLOCK_BOOTTIME */
	struct covered covered;
	enum source_condition condition;
	struct absence absence;
	char problem[256];
	struct buf cursor;
	bool has_moved; /* since the cursor was put */
};

static void new_reader(struct file_source *file, const struct tail_step *step)
{
	enum host_log_kind kind = file->kind != HOST_LOG_UNKNOWN
					  ? file->kind
					  : host_log_recognise(step->bytes);
	struct host_reader_options options = {
		.zone = file->source.world->zone,
		.anchor = step->changed_at,
		.latest = US_TIME_NONE,
		/* a rotated one lies in the same folder */
		.path = slice_text(file->source.name),
	};

	if (kind == HOST_LOG_UNKNOWN)
		kind = HOST_LOG_SYSLOG;
	host_reader_free(file->reader);
	file->reader = host_reader_new(kind, &options);
	file->taker.reader = file->reader;
	file->taker.kind = host_log_source(kind);
	file->taker.is_safe = path_is_safe(step->path);
	file->anchored_at = step->changed_at;
	file->anchored_boot = clock_boot();
}

/* The clock that dates the log was set: a machine that booted in 1970, and learned the
 * time. What the reader knows of the year is worth nothing then. */
static bool was_clock_stepped(const struct file_source *file,
			      const struct tail_step *step)
{
	us_span dated = step->changed_at - file->anchored_at;
	us_span passed = clock_boot() - file->anchored_boot;

	return dated - passed > US_PER_DAY || passed - dated > US_PER_DAY;
}

/* Who reads these bytes dies. */
static void set_aside(struct file_source *file, const struct tail_step *step,
		      uint64_t offset, size_t length)
{
	snprintf(file->problem, sizeof(file->problem),
		 "the agent died three times of what is at %" PRIu64 " to %" PRIu64,
		 offset, offset + length);
	taker_gap(&file->taker, file->problem, US_TIME_NONE, step->changed_at, length);
	covered_begin(&file->covered, &file->source, step->changed_at);
}

/* Marks a place in the step as what is read now; false when it is to be set aside. */
static bool may_read(struct file_source *file, const struct tail_step *step,
		     const char *what, const char *place)
{
	char text[48];

	snprintf(text, sizeof(text), "%s %s", what, place);
	return poison_mark(file->source.world->poison, step->path, slice_text(text));
}

static void take_line(struct file_source *file, const struct tail_step *step,
		      struct slice line)
{
	struct record record = { .bytes = line,
				 .is_cut =
					 step->cut_line_bytes != 0 || step->is_partial };
	uint64_t offset = step->offset + (uint64_t)(line.ptr - step->bytes.ptr);
	char cursor[32];

	snprintf(cursor, sizeof(cursor), "offset=%" PRIu64, offset);
	if (may_read(file, step, "line", cursor))
		taker_take(&file->taker, &record, cursor);
	else
		set_aside(file, step, offset, line.len);
}

static void take_lines(struct file_source *file, const struct tail_step *step)
{
	struct slice rest = step->bytes, line;
	char place[32];

	snprintf(place, sizeof(place), "offset=%" PRIu64, step->offset);
	if (!may_read(file, step, "lines", place)) {
		set_aside(file, step, step->offset, step->bytes.len);
		return;
	}
	if (!file->reader || step->is_new_file || was_clock_stepped(file, step))
		new_reader(file, step);
	while (host_reader_next(file->reader, &rest, &line))
		take_line(file, step, line);
	poison_clear(file->source.world->poison);
	if (step->cut_line_bytes) {
		snprintf(file->problem, sizeof(file->problem),
			 "a line of %" PRIu64 " bytes", step->cut_line_bytes);
		taker_gap(&file->taker, file->problem, step->changed_at, clock_real(),
			  step->cut_line_bytes - step->bytes.len);
	}
}

static void take_gap(struct file_source *file, const struct tail_step *step)
{
	us_time until = step->lost_to != US_TIME_NONE ? step->lost_to : clock_real();

	taker_gap(&file->taker, step->cause, step->lost_since, until,
		  step->lost_until > step->lost_from ? step->lost_until - step->lost_from
						     : 0);
	covered_begin(&file->covered, &file->source, until);
}

/* At some time, also before a restart. */
static bool was_followed(const struct file_source *file)
{
	return file->covered.from != US_TIME_NONE;
}

static void note_absent(struct file_source *file, const struct tail_step *step)
{
	us_span away;

	file->condition =
		step->problem.code == ERR_MISSING ? SOURCE_ABSENT : SOURCE_DENIED;
	snprintf(file->problem, sizeof(file->problem), "%.255s", step->problem.text);
	if (absence_goes_on(&file->absence, clock_boot(), was_followed(file), &away))
		taker_gap(&file->taker, file->problem, clock_real() - away, clock_real(),
			  0);
}

static void put_cursor(struct file_source *file)
{
	buf_clear(&file->cursor);
	tail_cursor(file->tail, &file->cursor);
	cursor_put(&file->source, buf_slice(&file->cursor));
	file->has_moved = false;
}

static void note_following(struct file_source *file)
{
	if (file->condition != SOURCE_FOLLOWING || file->problem[0]) {
		file->condition = SOURCE_FOLLOWING;
		file->problem[0] = '\0';
	}
	if (!absence_end(&file->absence) && was_followed(file))
		return;
	/* A first start: from here on nothing is lost, whatever happens. */
	covered_begin(&file->covered, &file->source, clock_real());
	put_cursor(file);
}

/* Where it was not there at a first start all of it is new, also after a restart. */
static void keep_absence(struct file_source *file)
{
	if (file->condition == SOURCE_ABSENT && file->cursor.len == 0)
		put_cursor(file);
}

static bool pump(struct source *source)
{
	struct file_source *file = (struct file_source *)source;
	uint64_t events = file->taker.events;
	struct tail_step step;

	tail_next(file->tail, &step);
	switch (step.kind) {
	case TAIL_IDLE:
		note_following(file);
		/* Lines that were no evidence: reading them again does no harm. */
		return false;
	case TAIL_LINES:
		note_following(file);
		take_lines(file, &step);
		break;
	case TAIL_GAP:
		take_gap(file, &step);
		break;
	case TAIL_ABSENT:
		note_absent(file, &step);
		keep_absence(file);
		return false;
	}
	file->has_moved = true;
	if (file->taker.events != events)
		put_cursor(file);
	return true;
}

static void cover(struct source *source)
{
	struct file_source *file = (struct file_source *)source;

	if (file->has_moved)
		put_cursor(file);
	if (!file->is_part && source_file_covered_from(source) != US_TIME_NONE)
		taker_cover(&file->taker, file->covered.from, clock_real(),
			    source->world->host);
}

us_time source_file_covered_from(const struct source *source)
{
	const struct file_source *file = (const struct file_source *)source;

	return file->condition == SOURCE_FOLLOWING ? file->covered.from : US_TIME_NONE;
}

bool source_file_is_gone(const struct source *source)
{
	const struct file_source *file = (const struct file_source *)source;

	return file->condition == SOURCE_ABSENT &&
	       absence_is_settled(&file->absence, was_followed(file));
}

static void refresh(struct source *source)
{
	struct file_source *file = (struct file_source *)source;

	watch_refresh(file->watch);
}

static void state(const struct source *source, struct source_state *ret_state)
{
	const struct file_source *file = (const struct file_source *)source;
	struct tail_state tail = tail_state(file->tail);

	*ret_state = (struct source_state){
		.kind = kind_words[file->kind],
		.condition = file->condition,
		.lag_bytes =
			tail.size_bytes > tail.offset ? tail.size_bytes - tail.offset : 0,
		.last_at = file->taker.last_at,
		.events = file->taker.events,
		.gaps = tail.gaps_given,
		.problem = file->problem,
		.is_quiet = file->is_optional && file->condition == SOURCE_ABSENT &&
			    !was_followed(file),
	};
}

static void file_free(struct source *source)
{
	struct file_source *file = (struct file_source *)source;

	watch_free(file->watch);
	tail_free(file->tail);
	host_reader_free(file->reader);
	taker_release(&file->taker);
	buf_release(&file->cursor);
	free(source->name);
	free(file);
}

static const struct source_ops file_ops = {
	.pump = pump,
	.cover = cover,
	.watch = refresh,
	.state = state,
	.free = file_free,
};

struct source *source_file_new(const struct source_world *world,
			       const struct source_file_options *options)
{
	struct file_source *file = memory_new(1, sizeof(*file));
	bool is_all =
		options->is_new || world->is_anew || world->config->sources.backfill >= 0;

	file->source =
		(struct source){ &file_ops, world,
				 memory_copy_text(slice_text(options->path)), true };
	file->kind = options->kind;
	file->is_optional = options->is_optional;
	file->is_part = options->is_part;
	file->cursor = (struct buf)BUF_LIMIT(LIMIT_FIELD_BYTES);
	cursor_load(&file->source, &file->cursor);
	covered_load(&file->covered, &file->source);
	file->tail = tail_new(options->path, buf_slice(&file->cursor),
			      is_all ? TAIL_FROM_START : TAIL_FROM_END);
	file->condition = SOURCE_ABSENT;
	absence_init(&file->absence);
	file->taker.pipeline = world->pipeline;
	file->taker.source = file->source.name;
	file->taker.kind = host_log_source(options->kind);
	taker_init(&file->taker);
	file->watch = watch_new(&file->source, options->path);
	return &file->source;
}
