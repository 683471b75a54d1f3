/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "evidence/cloud/hole.h"
#include "evidence/cloud/object.h"

/* Lists inside lists: a LookupEvents answer in an array of answers is two. */
#define LEVELS_MAX 4

/* Of an object that began in an earlier chunk so much is joined at a time. */
#define JOIN_BYTES ((size_t)4096)

/*
 *          '{'                   its end, or the '[' of its list
 *   BETWEEN ----> OBJECT -----------------------------------------> BETWEEN
 *      |             |
 *      |  a byte that cannot stand there
 *      +-------------+--> outside of lists: SKIPPING --line end--> BETWEEN
 *                    +--> inside a list:    LOST, to the end of the file
 */
enum state {
	BETWEEN,  /* objects, at the top or in a list */
	OBJECT,	  /* a record, a wrapper of one, or what holds a list */
	SKIPPING, /* a broken line */
	LOST,	  /* a broken list: where its next record begins cannot be known */
};

/* A list the reader is in. */
struct level {
	bool in_object;	   /* it is a member of an object, whose rest follows it */
	bool is_separated; /* nothing, or a comma, stands before the next item */
};

struct cloud_reader {
	struct record_sink sink;
	struct holes holes;
	struct object_room room;
	struct scan scan;
	struct buf joined; /* the object, when it did not come in one chunk */
	enum state state;
	struct level levels[LEVELS_MAX];
	unsigned level_count;
	uint64_t position;	   /* of the next byte */
	uint64_t line;		   /* it is on, from 1 */
	struct record_place place; /* where the object began */
	size_t scanned;		   /* bytes of the object looked at */
	uint64_t object_bytes;	   /* of it, in all */
	bool is_rest;		   /* it is what follows the list in an object */
	bool in_broken_stretch;	   /* and that was told */
};

struct cloud_reader *cloud_reader_new(const struct cloud_reader_ops *ops,
				      const struct emitter *emitter)
{
	struct cloud_reader *reader = memory_new(1, sizeof(*reader));
	enum scan_kernel kernel = scan_kernel_best();

	reader->sink.ops = *ops;
	reader->sink.emitter = *emitter;
	reader->sink.extents = extents_new();
	holes_init(&reader->holes, ops);
	object_room_init(&reader->room, kernel);
	scan_init(&reader->scan, kernel);
	/* What is joined may reach past the object's end. */
	reader->joined = (struct buf)BUF_LIMIT(LIMIT_API_RECORD_BYTES + JOIN_BYTES);
	reader->line = 1;
	return reader;
}

void cloud_reader_free(struct cloud_reader *reader)
{
	if (!reader)
		return;
	buf_release(&reader->joined);
	object_room_release(&reader->room);
	extents_free(reader->sink.extents);
	free(reader);
}

const struct api_extent *cloud_reader_extents(const struct cloud_reader *reader,
					      size_t *ret_count)
{
	return extents_list(reader->sink.extents, ret_count);
}

/* The file cannot be followed at `place`, for a reason of ours. The next line may be
 * sound, but in a list nothing tells where the next record begins. */
static void break_off(struct cloud_reader *reader, const struct record_place *place,
		      const char *reason)
{
	struct err why;

	reader->state = reader->level_count ? LOST : SKIPPING;
	if (reader->in_broken_stretch)
		return;
	err_set(&why, ERR_FORMAT, "%s%s", reason,
		reader->level_count ? "; the rest of the file is lost" : "");
	holes_add(&reader->holes, place, &why);
	reader->in_broken_stretch = true;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static void consume(struct cloud_reader *reader, struct slice *bytes, size_t count)
{
	*bytes = slice_skip(*bytes, count);
	reader->position += count;
}

/* ---- one object
 * ------------------------------------------------------------------------- */

/* The object at the front of `bytes` begins; nothing is consumed yet. */
static void begin_object(struct cloud_reader *reader, bool is_rest)
{
	scan_begin(&reader->scan);
	buf_clear(&reader->joined);
	reader->state = OBJECT;
	reader->place = (struct record_place){ reader->position, reader->line };
	reader->scanned = 1;
	reader->object_bytes = 0;
	reader->is_rest = is_rest;
}

/* Whether the object may be looked into. */
static int check_size(const struct cloud_reader *reader, struct err *err)
{
	if (reader->scan.too_deep)
		return err_set(err, ERR_LIMIT, "a record nested deeper than %d",
			       LIMIT_JSON_DEPTH);
	if (reader->scan.counts_only || reader->object_bytes > LIMIT_API_RECORD_BYTES)
		return err_set(err, ERR_LIMIT,
			       "a record of %" PRIu64 " bytes, longer than %zu",
			       reader->object_bytes, LIMIT_API_RECORD_BYTES);
	return 0;
}

/* {}: how entries:list answers when there is nothing. */
static bool is_empty_answer(const struct cloud_reader *reader, struct slice object)
{
	for (size_t i = 1; i + 1 < object.len; i++) {
		if (!is_blank(object.ptr[i]))
			return false;
	}
	return reader->level_count == 0;
}

/* Reads an object that is whole and neither too long nor too deep. */
static void read_object(struct cloud_reader *reader, struct slice object)
{
	bool is_record = false;
	struct err why;
	int result;

	if (is_empty_answer(reader, object)) {
		holes_set_is_log(&reader->holes);
		return;
	}
	result = object_read(&reader->sink, &reader->room, object, &reader->scan,
			     reader->place, &is_record, &why);
	if (is_record)
		holes_set_is_log(&reader->holes);
	else
		reader->holes.foreign_bytes += reader->object_bytes;
	if (result == 0 && !is_record)
		result = err_set(&why, ERR_FORMAT,
				 "an object that is no record of a known API log");
	if (result < 0)
		holes_add(&reader->holes, &reader->place, &why);
}

/* The object has ended; `object` is all of it unless it was only counted. */
static void end_object(struct cloud_reader *reader, struct slice object)
{
	struct err why;

	reader->state = BETWEEN;
	reader->in_broken_stretch = false;
	if (reader->level_count)
		reader->levels[reader->level_count - 1].is_separated = false;
	if (reader->is_rest)
		return;
	if (check_size(reader, &why) < 0)
		holes_add(&reader->holes, &reader->place, &why);
	else
		read_object(reader, object);
}

/* A list begins; false when there are too many around it. */
static bool enter_list(struct cloud_reader *reader, bool in_object)
{
	reader->state = BETWEEN;
	if (reader->level_count == LEVELS_MAX)
		return false;
	reader->levels[reader->level_count++] =
		(struct level){ .in_object = in_object, .is_separated = true };
	return true;
}

static const char *fault_text(enum scan_fault fault)
{
	switch (fault) {
	case SCAN_FAULT_LINE_END:
		return "a record broken off by the end of its line";
	case SCAN_FAULT_BRACKET:
		return "a bracket that closes one of the other kind";
	default:
		return "a value where none can be";
	}
}

/* Whether only blanks stand before `at` on its line. */
static bool begins_line(struct slice window, size_t at)
{
	while (at && (window.ptr[at - 1] == ' ' || window.ptr[at - 1] == '\t'))
		at--;
	return at && window.ptr[at - 1] == '\n';
}

/* The scan found that the object is broken at `window[at]`. Outside of lists an object
 * that begins there, on a line of its own, is the next record. */
static void break_object(struct cloud_reader *reader, struct slice window, size_t at)
{
	struct record_place place = reader->place;

	break_off(reader, &place, fault_text(reader->scan.fault));
	if (reader->state == SKIPPING && !reader->scan.counts_only &&
	    window.ptr[at] == '{' && begins_line(window, at))
		reader->state = BETWEEN;
}

/* Scans on in `window`, of which the bytes from `reader->scanned` on are new and at the
 * front of
 * `*bytes`. Consumes what the object takes of them. */
static void scan_object(struct cloud_reader *reader, struct slice window,
			struct slice *bytes)
{
	size_t begin = reader->scanned, at = begin, taken;
	enum scan_stop stop = scan_next(&reader->scan, window, &at);

	reader->scanned = at;
	/* The object's first byte was not consumed when it began. */
	taken = at - (begin == 1 && reader->object_bytes == 0 ? 0 : begin);
	reader->object_bytes += taken;
	consume(reader, bytes, taken);
	if (stop == SCAN_MORE)
		return;

	reader->line += reader->scan.newlines;
	switch (stop) {
	case SCAN_END:
		end_object(reader, slice_first(window, at));
		break;
	case SCAN_LIST:
		holes_set_is_log(&reader->holes);
		if (!enter_list(reader, true))
			break_off(reader, &reader->place, "too many lists inside lists");
		break;
	default:
		break_object(reader, window, at);
		break;
	}
}

/* Counts on through an object that is too long to be kept. */
static void count_object(struct cloud_reader *reader, struct slice *bytes)
{
	reader->scanned = 0;
	scan_object(reader, *bytes, bytes);
}

/* Keeps what there is of the object for the next chunk. */
static void keep_object(struct cloud_reader *reader, struct slice bytes)
{
	if (reader->scan.counts_only || buf_append(&reader->joined, bytes))
		return;
	scan_count_only(&reader->scan);
	buf_clear(&reader->joined);
}

/* Goes on in an object that began in an earlier chunk, until it ends or the bytes do. */
static void take_joined(struct cloud_reader *reader, struct slice *bytes)
{
	struct slice piece = slice_first(*bytes, JOIN_BYTES);

	keep_object(reader, piece);
	if (reader->scan.counts_only)
		count_object(reader, bytes);
	else
		scan_object(reader, buf_slice(&reader->joined), bytes);
}

static void take_object(struct cloud_reader *reader, struct slice *bytes)
{
	struct slice window = *bytes;

	if (reader->scan.counts_only) {
		count_object(reader, bytes);
	} else if (reader->joined.len) {
		take_joined(reader, bytes);
	} else {
		scan_object(reader, window, bytes);
		if (reader->state == OBJECT)
			keep_object(reader, window);
	}
}

/* ---- between objects
 * -------------------------------------------------------------------- */

/* The list ends at the front of `*bytes`: what follows is the rest of the object that it
 * is a member of, or what is around the list. */
static void leave_list(struct cloud_reader *reader, struct slice *bytes)
{
	struct level level = reader->levels[--reader->level_count];

	if (level.in_object) {
		begin_object(reader, true);
		return;
	}
	if (reader->level_count)
		reader->levels[reader->level_count - 1].is_separated = false;
	consume(reader, bytes, 1);
}

/* Takes one byte of structure: a list's, or an object's beginning. False when it is
 * neither. */
static bool take_structure(struct cloud_reader *reader, struct slice *bytes)
{
	struct level *level =
		reader->level_count ? &reader->levels[reader->level_count - 1] : NULL;
	char byte = bytes->ptr[0];
	bool may_begin = !level || level->is_separated;

	if (byte == '{' && may_begin) {
		begin_object(reader, false);
	} else if (byte == '[' && may_begin) {
		if (!enter_list(reader, false))
			return false;
		consume(reader, bytes, 1);
	} else if (byte == ']' && level) {
		leave_list(reader, bytes);
	} else if (byte == ',' && level && !level->is_separated) {
		level->is_separated = true;
		consume(reader, bytes, 1);
	} else {
		return false;
	}
	return true;
}

static void take_between(struct cloud_reader *reader, struct slice *bytes)
{
	/* The byte order mark that some tools put in front of UTF-8. */
	static const char mark[] = "\xef\xbb\xbf";
	struct record_place place = { reader->position, reader->line };
	char byte = bytes->ptr[0];

	if (take_structure(reader, bytes))
		return;
	if (byte == '\n')
		reader->line++;
	if (is_blank(byte) ||
	    (reader->position < sizeof(mark) - 1 && byte == mark[reader->position])) {
		consume(reader, bytes, 1);
		return;
	}
	break_off(reader, &place, "not JSON");
}

static void skip_line(struct cloud_reader *reader, struct slice *bytes)
{
	const char *end = memchr(bytes->ptr, '\n', bytes->len);
	size_t count = end ? (size_t)(end - bytes->ptr) : bytes->len;

	reader->holes.foreign_bytes += count;
	consume(reader, bytes, count);
	if (end)
		reader->state = BETWEEN;
}

int cloud_reader_feed(struct cloud_reader *reader, struct slice bytes, struct err *err)
{
	while (bytes.len) {
		switch (reader->state) {
		case BETWEEN:
			take_between(reader, &bytes);
			break;
		case OBJECT:
			take_object(reader, &bytes);
			break;
		case SKIPPING:
			skip_line(reader, &bytes);
			break;
		case LOST:
			consume(reader, &bytes, bytes.len);
			break;
		}
		if (holes_is_foreign(&reader->holes, false))
			return holes_fail(&reader->holes, err);
	}
	return 0;
}

int cloud_reader_finish(struct cloud_reader *reader, struct err *err)
{
	if (holes_is_foreign(&reader->holes, true))
		return holes_fail(&reader->holes, err);
	if (reader->state == OBJECT)
		return err_set(err, ERR_FORMAT,
			       "the file ends inside a record or envelope that began at "
			       "byte %" PRIu64 " (line %" PRIu64 ")",
			       reader->place.position, reader->place.line);
	if (reader->level_count && reader->state != LOST)
		return err_set(err, ERR_FORMAT,
			       "the file ends at byte %" PRIu64 " (line %" PRIu64
			       "), inside a list of records",
			       reader->position, reader->line);
	return 0;
}
