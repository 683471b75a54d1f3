/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/follow/tail_live.h"
#include "agent/follow/tail_order.h"
#include "base/cleanup.h"
#include "base/fault.h"

void tail_follow(struct tail *tail, struct tail_file *file)
{
	tail->current = file;
	tail->stage = TAIL_FOLLOWING;
	tail_file_free(TAKE(tail->changed));
	tail->rejects.count = 0;
	tail->nuls_counted = file->nuls_skipped;
	FAULT_POINT("tail-moved");
}

/* Goes, in a file known by no inode that begins as one that was read, behind what was
 * read of that. */
static struct tail_file *skip_read(const struct tail *tail, struct tail_file *file)
{
	const struct tail_mark *best = NULL;

	for (size_t i = 0; i < tail->held_count; i++) {
		const struct tail_mark *mark = tail_held_mark(&tail->held[i]);

		if (mark->head_len > 0 && mark->offset > (best ? best->offset : 0) &&
		    tail_file_resume(file, mark) == TAIL_RESUMED &&
		    tail_file_is_at_line(file))
			best = mark;
	}
	if (!best || tail_file_resume(file, best) != TAIL_RESUMED)
		tail_file_skip_to(file, 0);
	/* How long another file was says nothing of this one. */
	file->seen_bytes = file->size_bytes;
	return file;
}

/* As skip_read(); takes the file, which cannot go back. */
static struct tail_file *skip_read_gzip(const struct tail *tail,
					const struct tail_sibling *sibling,
					struct tail_file *file)
{
	uint64_t offset = 0;

	for (size_t i = 0; i < tail->held_count; i++) {
		const struct tail_mark *mark = tail_held_mark(&tail->held[i]);
		struct tail_file *copy = NULL;

		if (mark->head_len > 0 && mark->offset > offset &&
		    mark->offset <= TAIL_INFLATED_TO_TELL_BYTES)
			copy = tail_find_copy(sibling, mark, tail->owner);
		if (!copy || !tail_file_is_at_line(copy)) {
			tail_file_free(copy);
			continue;
		}
		tail_file_free(file);
		file = copy;
		offset = mark->offset;
	}
	return file;
}

static bool is_there(const struct tail_sibling *sibling)
{
	struct stat status;

	return stat(sibling->path, &status) == 0 &&
	       (uint64_t)status.st_ino == sibling->inode &&
	       (uint64_t)status.st_dev == sibling->device;
}

/* Makes the sibling current. One that cannot be read is told, and what comes after it is
 * next. */
static enum tail_turn follow_sibling(struct tail *tail,
				     const struct tail_sibling *sibling,
				     struct tail_step *step)
{
	struct tail_file *file = tail_sibling_open(sibling, tail->owner);

	if (file) {
		file = file->gzip ? skip_read_gzip(tail, sibling, file)
				  : skip_read(tail, file);
		tail_follow(tail, tail_held_take(tail, file));
		return TAIL_AGAIN;
	}
	if (!is_there(sibling))
		return TAIL_AGAIN; /* renamed or compressed just now: look again */
	tail->mark = (struct tail_mark){
		.identity = { .device = sibling->device,
			      .inode = sibling->inode,
			      .born_ns = sibling->born_ns },
		.changed_at = sibling->changed_ns / 1000,
		.is_finished = true,
	};
	tail->stage = TAIL_AFTER;
	(void)snprintf(tail->path_text, sizeof(tail->path_text), "%s", sibling->path);
	(void)snprintf(tail->cause, sizeof(tail->cause), "%s",
		       sibling->is_unreadable
			       ? "a rotated file is compressed in a way that is not read"
			       : "a rotated file cannot be opened");
	step->lost_since = tail->mark.changed_at;
	return tail_give_gap(tail, tail->path_text, step);
}

/* The youngest rotated file is held from its end: it tells what was there at the start,
 * and its writer may not know yet that it was rotated. */
static void hold_youngest(struct tail *tail, const struct stat *live)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	const struct tail_sibling *youngest;
	struct tail_file *file;

	tail_siblings_list(tail->path, live, 0, &siblings);
	if (siblings.count == 0)
		return;
	youngest = &siblings.items[siblings.count - 1];
	file = youngest->scheme == TAIL_NAME_OTHER
		       ? NULL
		       : tail_sibling_open(youngest, tail->owner);
	if (!file)
		return;
	if (file->gzip) {
		tail_held_add(tail, NULL, tail_file_mark(file));
		tail_file_free(file);
		return;
	}
	tail_file_skip_to(file, tail_file_last_border(file));
	tail_held_add(tail, file, tail_file_mark(file));
}

/* A first start from the end: what is there already is passed over. */
static enum tail_turn begin_at_end(struct tail *tail, struct tail_live *live)
{
	uint64_t border = tail_file_last_border(live->file);

	hold_youngest(tail, &live->status);
	tail_file_skip_to(live->file, border);
	tail->state.bytes_skipped += border;
	tail_follow(tail, TAKE(live->file));
	return TAIL_AGAIN;
}

enum tail_turn tail_begin(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_TAIL_LIVE struct tail_live live = tail_live_open(tail, step);

	if (tail->stage == TAIL_FIRST && tail->from == TAIL_FROM_START) {
		size_t first;

		tail_siblings_list(tail->path, live.file ? &live.status : NULL, 0,
				   &siblings);
		first = tail_order_first(&siblings);
		if (!tail_is_still(tail, live.file ? &live.status : NULL, &siblings, 0))
			return tail_give_nothing_yet(step);
		if (first < siblings.count)
			return follow_sibling(tail, &siblings.items[first], step);
	}
	if (!live.file) {
		/* Nothing, or what is no log: 0. */
		if (live.errno_value == ENOENT || live.errno_value == 0)
			tail->stage = TAIL_START;
		return tail_give_absent(tail, step);
	}
	if (tail->stage == TAIL_FIRST && tail->from == TAIL_FROM_END)
		return begin_at_end(tail, &live);
	tail_follow(tail, TAKE(live.file));
	return TAIL_AGAIN;
}

/* The file read until now is replaced, by `next`, which may be a copy of it, or by
 * another: it is held. */
static void hold_current(struct tail *tail, const struct tail_file *next)
{
	struct tail_file *file = TAKE(tail->current);
	const struct tail_mark *mark = file ? tail_file_mark(file) : &tail->mark;
	bool is_copied = file && next && tail_file_is_copied(file, next);

	tail->mark = *mark;
	tail->mark.is_finished = true;
	tail->stage = TAIL_AFTER;
	if (!file)
		return;
	/* The rest of a line that both begin is the copy's to give. */
	if (file->is_final || (is_copied && tail_file_pending(file) > 0)) {
		tail_held_add(tail, NULL, mark);
		tail_file_free(file);
		return;
	}
	tail_held_add(tail, file, mark);
	tail->held[tail->held_count - 1].is_copied = is_copied;
}

static enum tail_turn follow_live(struct tail *tail, struct tail_live *live)
{
	struct tail_mark mark =
		tail->current ? *tail_file_mark(tail->current) : tail->mark;
	bool is_copy = !mark.is_lost && mark.head_len > 0 && mark.offset > 0 &&
		       tail_file_resume(live->file, &mark) == TAIL_RESUMED;

	if (is_copy)
		live->file->seen_bytes = live->file->size_bytes;
	else
		(void)skip_read(tail, live->file);
	/* A truncated file is another one, though its inode is the same. */
	if (tail_file_offset(live->file) == 0)
		tail->given = (struct tail_identity){ 0 };
	hold_current(tail, is_copy ? live->file : NULL);
	tail_follow(tail,
		    is_copy ? TAKE(live->file) : tail_held_take(tail, TAKE(live->file)));
	return TAIL_AGAIN;
}

/* The file found among the siblings under another inode, compressed perhaps or copied,
 * may go on where reading stood. */
static bool follow_copy(struct tail *tail, const struct tail_sibling *sibling,
			const struct tail_mark *mark)
{
	struct tail_file *file = NULL;

	if (!tail_held_knows(tail, sibling) &&
	    (!sibling->is_gzip || mark->offset <= TAIL_INFLATED_TO_TELL_BYTES))
		file = tail_find_copy(sibling, mark, tail->owner);
	if (!file || !tail_file_is_at_line(file)) {
		tail_file_free(file);
		return false;
	}
	hold_current(tail, file);
	tail_follow(tail, file);
	return true;
}

enum tail_turn tail_move_on(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_TAIL_LIVE struct tail_live live = tail_live_open(tail, step);
	struct tail_mark mark =
		tail->current ? *tail_file_mark(tail->current) : tail->mark;
	bool by_inode = true;
	ptrdiff_t place;
	size_t next;

	tail_siblings_list(tail->path, live.file ? &live.status : NULL,
			   mark.identity.inode, &siblings);
	place = mark.is_lost ? -1
			     : tail_find_place(&siblings, &mark, tail->owner, false,
					       &by_inode);
	next = place < 0 ? tail_order_first_unread(tail, &siblings, &mark)
			 : tail_order_skip_known(tail, &siblings, (size_t)place + 1);
	if (place > 0 && !by_inode && mark.offset <= TAIL_PROOF_BYTES) {
		/* What little was read may be what the next ones begin with, too. */
		size_t unread = tail_order_skip_empty(
			&siblings, tail_order_first_unread(tail, &siblings, &mark));

		by_inode = unread < (size_t)place;
		next = by_inode ? unread : next;
	} else if (place > 0 && by_inode) {
		next = tail_order_unread_before(tail, &siblings, (size_t)place, next);
	}
	if (by_inode && next == siblings.count && !live.file)
		return tail_give_absent(tail, step);
	if (!tail_is_still(tail, live.file ? &live.status : NULL, &siblings,
			   mark.identity.inode))
		return tail_give_nothing_yet(step);
	if (tail->current && tail_held_make_room(tail, step) == TAIL_GIVEN)
		return TAIL_GIVEN;
	if (!by_inode && follow_copy(tail, &siblings.items[place], &mark))
		return TAIL_AGAIN;
	if (next == siblings.count && !live.file)
		return tail_give_absent(tail, step);
	if (next == siblings.count)
		return follow_live(tail, &live);
	hold_current(tail, NULL);
	return follow_sibling(tail, &siblings.items[next], step);
}
