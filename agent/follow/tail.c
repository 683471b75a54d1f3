/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/follow/tail_state.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

/* Turns of one step that bring nothing to tell, before it says so: files that are found
 * and turn out to be read to their end. */
#define TURNS_MAX 16

/* A cursor that is refused like the one it stands for. */
#define BAD_CURSOR "tail1 unreadable"

struct tail *tail_new(const char *path, struct slice cursor, enum tail_from from)
{
	struct tail *tail = memory_new(1, sizeof(*tail));
	struct tail_position position;

	tail->path = memory_copy_text(slice_text(path));
	tail->from = from;
	tail->state.changed_at = US_TIME_NONE;
	tail->stage = TAIL_FIRST;
	if (cursor.len == 0)
		return tail;
	if (!tail_position_parse(cursor, &position)) {
		tail->stage = TAIL_BAD_CURSOR;
		return tail;
	}
	if (position.is_start) {
		tail->stage = TAIL_START;
		return tail;
	}
	tail->stage = position.current.is_finished ? TAIL_AFTER : TAIL_LOST;
	tail->mark = position.current;
	tail->held_count = position.before_count;
	for (size_t i = 0; i < position.before_count; i++)
		tail->held[i] = (struct tail_held){ .mark = position.before[i],
						    .is_sought = true };
	return tail;
}

void tail_free(struct tail *tail)
{
	if (!tail)
		return;
	for (size_t i = 0; i < tail->held_count; i++)
		tail_file_free(tail->held[i].file);
	tail_file_free(tail->seeking);
	tail_file_free(tail->changed);
	tail_file_free(tail->current);
	free(tail->path);
	free(tail);
}

typedef uint8_t byte_vector __attribute__((vector_size(16)));

/* Counts newlines sixteen at a time: it is a pass over every byte that is followed. */
static uint64_t count_newlines(struct slice text)
{
	uint64_t count = 0;
	size_t i = 0;

	while (text.len - i >= sizeof(byte_vector)) {
		byte_vector sums = { 0 };
		size_t rounds = (text.len - i) / sizeof(byte_vector);

		rounds = rounds < UINT8_MAX ? rounds : UINT8_MAX;
		for (size_t n = 0; n < rounds; n++, i += sizeof(byte_vector)) {
			byte_vector bytes;

			memcpy(&bytes, text.ptr + i, sizeof(bytes));
			sums -= (byte_vector)(bytes == '\n');
		}
		for (size_t n = 0; n < sizeof(byte_vector); n++)
			count += sums[n];
	}
	for (; i < text.len; i++)
		count += text.ptr[i] == '\n';
	return count;
}

enum tail_turn tail_give_bytes(struct tail *tail, struct tail_file *file,
			       struct tail_step *step)
{
	step->kind = TAIL_LINES;
	step->path = file->path;
	step->changed_at = file->changed_at;
	step->is_new_file = !tail_identity_same(&tail->given, &file->identity);
	tail->given = file->identity;
	tail->state.lines_given += step->is_partial || step->cut_line_bytes > 0
					   ? 1
					   : count_newlines(step->bytes);
	return TAIL_GIVEN;
}

enum tail_turn tail_give_gap(struct tail *tail, const char *path, struct tail_step *step)
{
	step->kind = TAIL_GAP;
	step->path = path;
	step->offset = step->lost_from;
	step->cause = tail->cause;
	tail->state.gaps_given++;
	return TAIL_GIVEN;
}

enum tail_turn tail_give_absent(struct tail *tail, struct tail_step *step)
{
	step->kind = TAIL_ABSENT;
	step->path = tail->path;
	tail->was_live = false;
	return TAIL_GIVEN;
}

enum tail_turn tail_give_nothing_yet(struct tail_step *step)
{
	step->kind = TAIL_LINES;
	step->bytes = slice_of("", 0);
	return TAIL_GIVEN;
}

static enum tail_turn tell_bad_cursor(struct tail *tail, struct tail_step *step)
{
	tail->stage = TAIL_START;
	(void)snprintf(tail->cause, sizeof(tail->cause),
		       "where reading stood is not known any more: the stored cursor "
		       "cannot be understood");
	return tail_give_gap(tail, tail->path, step);
}

/* What was read of the current file no longer stands there. */
static enum tail_turn lose_current(struct tail *tail)
{
	tail->mark = *tail_file_mark(tail->current);
	tail->changed = TAKE(tail->current);
	tail->stage = TAIL_LOST;
	return TAIL_AGAIN;
}

/* A plain file is tried again; damaged gzip stays so. */
static enum tail_turn tell_failure(struct tail *tail, const struct err *why,
				   struct tail_step *step)
{
	struct tail_file *file = tail->current;

	if (!file->is_final) {
		step->problem = *why;
		return tail_give_absent(tail, step);
	}
	(void)snprintf(tail->path_text, sizeof(tail->path_text), "%s", file->path);
	(void)snprintf(tail->cause, sizeof(tail->cause), "%.400s", why->text);
	tail->mark = *tail_file_mark(file);
	tail->mark.is_finished = true;
	tail->stage = TAIL_AFTER;
	step->lost_from = tail->mark.offset;
	step->lost_since = tail->mark.changed_at;
	tail_file_free(TAKE(tail->current));
	return tail_give_gap(tail, tail->path_text, step);
}

static enum tail_turn read_current(struct tail *tail, struct tail_step *step,
				   bool *ret_is_read)
{
	struct tail_file *file = tail->current;
	enum tail_read read;
	struct err why;

	*ret_is_read = false;
	read = tail_file_read(file, step, &why);
	tail->state.bytes_skipped += file->nuls_skipped - tail->nuls_counted;
	tail->nuls_counted = file->nuls_skipped;
	switch (read) {
	case TAIL_READ_LINES:
		return tail_give_bytes(tail, file, step);
	case TAIL_READ_NULS:
		(void)snprintf(tail->cause, sizeof(tail->cause),
			       "there are only NULs in place of lines");
		step->lost_since = step->lost_to = file->changed_at;
		return tail_give_gap(tail, file->path, step);
	case TAIL_READ_MORE:
		return tail_give_nothing_yet(step);
	case TAIL_READ_CHANGED:
		return lose_current(tail);
	case TAIL_READ_FAILED:
		return tell_failure(tail, &why, step);
	case TAIL_READ_NOTHING:
		break;
	}
	*ret_is_read = true;
	return TAIL_AGAIN;
}

/* Whether the path still leads to the current file; if not so because there is nothing,
 * why is in step->problem. */
static bool is_at_path(struct tail *tail, struct tail_step *step, bool *ret_is_absent)
{
	struct stat status;

	*ret_is_absent = false;
	if (stat(tail->path, &status) < 0) {
		*ret_is_absent = true;
		int errno_value = errno;

		err_system(&step->problem, errno_value, "cannot open '%s'", tail->path);
		if (errno_value == ENOENT)
			step->problem.code = ERR_MISSING;
		return false;
	}
	return (uint64_t)status.st_ino == tail->current->identity.inode &&
	       (uint64_t)status.st_dev == tail->current->identity.device;
}

static enum tail_turn be_idle(struct tail *tail, bool is_absent, struct tail_step *step)
{
	if (tail_held_settle(tail, step) == TAIL_GIVEN)
		return TAIL_GIVEN;
	tail_file_rest_window(tail->current);
	/* What was there in between may have been rotated away already. */
	if (is_absent)
		return tail_move_on(tail, step);
	step->kind = TAIL_IDLE;
	step->path = tail->path;
	return TAIL_GIVEN;
}

/* A copy or gzip is read to its end. */
static enum tail_turn finish_final(struct tail *tail, struct tail_step *step)
{
	if (tail_file_rest(tail->current, step)) {
		step->is_partial = step->cut_line_bytes == 0;
		return tail_give_bytes(tail, tail->current, step);
	}
	return tail_move_on(tail, step);
}

/* Whether the beginning of a file changed that little was read of yet. */
static bool grows_young(const struct tail_file *file)
{
	return !file->is_final && tail_file_offset(file) <= TAIL_PROOF_BYTES &&
	       tail_file_has_changed(file);
}

static enum tail_turn follow_current(struct tail *tail, struct tail_step *step)
{
	enum tail_turn turn;
	bool is_read;
	bool is_absent;

	if (grows_young(tail->current)) {
		struct tail_mark mark = *tail_file_mark(tail->current);
		bool is_found;

		turn = tail_find_unread_copy(tail, &mark, step, &is_found);
		if (is_found || turn == TAIL_GIVEN)
			return turn;
	}
	turn = read_current(tail, step, &is_read);
	if (!is_read)
		return turn;
	if (tail->current->is_final)
		return finish_final(tail, step);
	tail->was_live = is_at_path(tail, step, &is_absent);
	if (tail->was_live && strcmp(tail->current->path, tail->path) != 0)
		tail_file_rename(tail->current, tail->path);
	if (tail->was_live || is_absent)
		return be_idle(tail, is_absent, step);
	/* It may have been written to until it was replaced. */
	turn = read_current(tail, step, &is_read);
	return is_read ? tail_move_on(tail, step) : turn;
}

static enum tail_turn take_turn(struct tail *tail, struct tail_step *step)
{
	if (tail->stage == TAIL_BAD_CURSOR)
		return tell_bad_cursor(tail, step);
	if (tail_held_seek(tail, step) == TAIL_GIVEN ||
	    tail_held_read(tail, step) == TAIL_GIVEN)
		return TAIL_GIVEN;
	switch (tail->stage) {
	case TAIL_BAD_CURSOR:
	case TAIL_FIRST:
	case TAIL_START:
		return tail_begin(tail, step);
	case TAIL_LOST:
		return tail_recover(tail, step);
	case TAIL_AFTER:
		return tail_move_on(tail, step);
	case TAIL_FOLLOWING:
		break;
	}
	return follow_current(tail, step);
}

void tail_next(struct tail *tail, struct tail_step *ret_step)
{
	for (int turns = 0; turns < TURNS_MAX; turns++) {
		*ret_step = (struct tail_step){
			.path = tail->path,
			.changed_at = US_TIME_NONE,
			.lost_since = US_TIME_NONE,
			.lost_to = US_TIME_NONE,
		};
		if (take_turn(tail, ret_step) == TAIL_GIVEN)
			return;
	}
	(void)tail_give_nothing_yet(ret_step);
}

void tail_cursor(const struct tail *tail, struct buf *buf)
{
	struct tail_position position = { .is_start = tail->stage == TAIL_START };

	if (tail->stage == TAIL_FIRST)
		return;
	if (tail->stage == TAIL_BAD_CURSOR) {
		buf_append_text(buf, BAD_CURSOR);
		return;
	}
	position.current = tail->current ? *tail_file_mark(tail->current) : tail->mark;
	for (size_t i = 0; i < tail->held_count; i++) {
		const struct tail_held *held = &tail->held[i];

		/* What stands in a later file as well is not sought again. */
		if (!held->is_copied)
			position.before[position.before_count++] =
				held->file ? *tail_file_mark(held->file) : held->mark;
	}
	tail_position_append(&position, buf);
}

struct tail_state tail_state(const struct tail *tail)
{
	struct tail_state state = tail->state;

	state.is_open = tail->current && tail->was_live;
	if (tail->current) {
		state.offset = tail_file_offset(tail->current);
		state.size_bytes = tail->current->size_bytes;
		state.changed_at = tail->current->changed_at;
	}
	return state;
}
