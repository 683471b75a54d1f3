/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/follow/tail_open.h"
#include "agent/follow/tail_state.h"
#include "base/cleanup.h"
#include "base/fault.h"

/* The file at the path. */
struct live {
	struct tail_file *file; /* owned; NULL when it cannot be read */
	struct stat status;	/* when there is a file */
	int errno_value;
};

static void live_release(struct live *live)
{
	tail_file_free(live->file);
}

#define AUTO_LIVE __attribute__((cleanup(live_release)))

/* When there is none, why is in step->problem. */
static struct live open_live(struct tail *tail, struct tail_step *step)
{
	struct live live = { .file = NULL };
	int fd;

	if (tail_open(tail->path, &fd, &live.status, &live.errno_value, &step->problem) <
	    0)
		return live;
	live.file = tail_file_new(fd, tail->path, &live.status);
	if (live.file)
		tail->owner = live.file->owner;
	else
		err_system(&step->problem, errno, "cannot open '%s'", tail->path);
	return live;
}

static void follow(struct tail *tail, struct tail_file *file)
{
	tail->current = file;
	tail->stage = TAIL_FOLLOWING;
	tail_file_free(TAKE(tail->changed));
	tail->rejects.count = 0;
	tail->nuls_counted = file->nuls_skipped;
	FAULT_POINT("tail-moved");
}

static size_t first_in_order(const struct tail_siblings *siblings)
{
	size_t i = 0;

	while (i < siblings->count && siblings->items[i].scheme == TAIL_NAME_OTHER)
		i++;
	return i;
}

/* Where to begin in a file, known by no inode, that begins as one that was read: behind
 * what was read of that. */
static void skip_read(const struct tail *tail, struct tail_file *file)
{
	const struct tail_mark *best = NULL;

	for (size_t i = 0; i < tail->held_count; i++) {
		const struct tail_held *held = &tail->held[i];
		const struct tail_mark *mark =
			held->file ? tail_file_mark(held->file) : &held->mark;

		if (mark->head_len > 0 && mark->offset > (best ? best->offset : 0) &&
		    tail_file_resume(file, mark) == TAIL_RESUMED)
			best = mark;
	}
	if (!best || tail_file_resume(file, best) != TAIL_RESUMED)
		tail_file_skip_to(file, 0);
}

/* Makes the sibling current. One that cannot be read is told, and what comes after it is
 * next. */
static enum tail_turn follow_sibling(struct tail *tail,
				     const struct tail_sibling *sibling,
				     struct tail_step *step)
{
	struct tail_file *file = tail_sibling_open(sibling, tail->owner);

	if (file) {
		if (!file->gzip)
			skip_read(tail, file);
		follow(tail, tail_held_take(tail, file));
		return TAIL_AGAIN;
	}
	if (access(sibling->path, F_OK) < 0)
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
static enum tail_turn begin_at_end(struct tail *tail, struct live *live)
{
	uint64_t border = tail_file_last_border(live->file);

	hold_youngest(tail, &live->status);
	tail_file_skip_to(live->file, border);
	tail->state.bytes_skipped += border;
	follow(tail, TAKE(live->file));
	return TAIL_AGAIN;
}

enum tail_turn tail_begin(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_LIVE struct live live = open_live(tail, step);

	if (tail->stage == TAIL_FIRST && tail->from == TAIL_FROM_START) {
		size_t first;

		tail_siblings_list(tail->path, live.file ? &live.status : NULL, 0,
				   &siblings);
		first = first_in_order(&siblings);
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
	follow(tail, TAKE(live.file));
	return TAIL_AGAIN;
}

static size_t skip_known(const struct tail *tail, const struct tail_siblings *siblings,
			 size_t i)
{
	while (i < siblings->count && tail_held_knows(tail, &siblings->items[i]))
		i++;
	return i;
}

/* The place in order of the youngest file that was read before the one being read; -1
 * when none of them is there. */
static ptrdiff_t place_before(const struct tail *tail,
			      const struct tail_siblings *siblings)
{
	ptrdiff_t place = -1;
	bool by_inode;

	for (size_t i = tail->held_count; place < 0 && i-- > 0;) {
		const struct tail_held *held = &tail->held[i];

		if (held->is_copied)
			continue;
		place = tail_find_place(
			siblings, held->file ? tail_file_mark(held->file) : &held->mark,
			tail->owner, true, &by_inode);
	}
	return place;
}

/* The first sibling that was written after the mark was made and not read; count when
 * there is none. The mark's own file is not asked. */
static size_t first_unread(const struct tail *tail, const struct tail_siblings *siblings,
			   const struct tail_mark *mark)
{
	ptrdiff_t place = place_before(tail, siblings);

	return skip_known(tail, siblings,
			  place < 0 ? tail_find_later(siblings, mark)
				    : (size_t)place + 1);
}

/* How many siblings come before the mark's own inode, as a copy of it must: all when that
 * is the live file, or has no name that tells, or (and then *ret_is_there is false) none
 * at all. */
static size_t count_before(struct tail *tail, const struct tail_siblings *siblings,
			   const struct tail_mark *mark, bool *ret_is_there)
{
	struct tail_step ignored;
	AUTO_LIVE struct live live = open_live(tail, &ignored);

	*ret_is_there = true;
	if (live.file && tail_identity_same(&live.file->identity, &mark->identity))
		return siblings->count;
	for (size_t i = siblings->count; i-- > 0;)
		if (tail_sibling_is(&siblings->items[i], mark))
			return siblings->items[i].scheme == TAIL_NAME_OTHER
				       ? siblings->count
				       : i;
	*ret_is_there = false;
	return siblings->count;
}

static bool may_be_copy(const struct tail *tail, const struct tail_sibling *sibling,
			const struct tail_mark *mark)
{
	return !sibling->is_unreadable && !tail_held_knows(tail, sibling) &&
	       sibling->born_ns >= mark->identity.born_ns;
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

bool tail_find_unread_copy(struct tail *tail, const struct tail_mark *mark)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	struct stat status;
	bool has_live = stat(tail->path, &status) == 0;
	bool is_there;
	ptrdiff_t place;
	size_t until;

	tail_siblings_list(tail->path, has_live ? &status : NULL, mark->identity.inode,
			   &siblings);
	until = count_before(tail, &siblings, mark, &is_there);
	if (!is_there)
		return false;
	place = place_before(tail, &siblings);
	for (size_t i = place < 0 ? tail_find_later(&siblings, mark) : (size_t)place + 1;
	     i < until; i++) {
		struct tail_file *file = NULL;

		if (may_be_copy(tail, &siblings.items[i], mark))
			file = tail_find_copy(&siblings.items[i], mark, tail->owner);
		if (!file)
			continue;
		tail_file_free(TAKE(tail->current));
		follow(tail, file);
		return true;
	}
	return false;
}

static enum tail_turn follow_live(struct tail *tail, struct live *live)
{
	struct tail_mark mark =
		tail->current ? *tail_file_mark(tail->current) : tail->mark;
	bool is_copy = !mark.is_lost && mark.head_len > 0 && mark.offset > 0 &&
		       tail_file_resume(live->file, &mark) == TAIL_RESUMED;

	if (!is_copy)
		skip_read(tail, live->file);
	/* A truncated file is another one, though its inode is the same. */
	if (tail_file_offset(live->file) == 0)
		tail->given = (struct tail_identity){ 0 };
	hold_current(tail, is_copy ? live->file : NULL);
	follow(tail, is_copy ? TAKE(live->file) : tail_held_take(tail, TAKE(live->file)));
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
	if (!file)
		return false;
	hold_current(tail, file);
	follow(tail, file);
	return true;
}

enum tail_turn tail_move_on(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_LIVE struct live live = open_live(tail, step);
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
	next = place < 0 ? first_unread(tail, &siblings, &mark)
			 : skip_known(tail, &siblings, (size_t)place + 1);
	if (by_inode && next == siblings.count && !live.file)
		return tail_give_absent(tail, step);
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

/* A gzip that begins as it should is inflated up to the place. */
static enum tail_turn seek_on(struct tail *tail, struct tail_step *step)
{
	switch (tail_file_resume(tail->seeking, &tail->mark)) {
	case TAIL_SEEKING:
		return tail_give_nothing_yet(step);
	case TAIL_RESUMED:
		follow(tail, TAKE(tail->seeking));
		return TAIL_AGAIN;
	case TAIL_OTHER:
		tail_reject(&tail->rejects, tail->seeking->identity.inode);
		tail_file_free(TAKE(tail->seeking));
		return TAIL_AGAIN;
	}
	return TAIL_AGAIN;
}

/* When a copy was made before the truncation, and all of it was read, nothing is known
 * to be lost. It is kept in mind as read. */
static bool is_all_in_copy(struct tail *tail, const struct tail_siblings *siblings)
{
	ptrdiff_t i = tail->changed ? tail_find_beginning(siblings, tail->changed) : -1;
	const struct tail_sibling *copy = i < 0 ? NULL : &siblings->items[i];
	uint64_t born_ns = tail->mark.identity.born_ns;
	bool is_known = copy && tail_held_knows(tail, copy);

	/* A file of before may begin alike. */
	if (!copy || copy->born_ns < born_ns || (is_known && copy->born_ns == born_ns))
		return false;
	if (!is_known)
		tail_held_add(tail, NULL,
			      &(const struct tail_mark){
				      .identity = { .device = copy->device,
						    .inode = copy->inode,
						    .born_ns = copy->born_ns },
				      .changed_at = copy->changed_ns / 1000,
			      });
	return tail->mark.seen_bytes <= tail->mark.offset;
}

static enum tail_turn tell_lost(struct tail *tail, const struct live *live,
				struct tail_step *step)
{
	const struct tail_mark *mark = &tail->mark;
	uint64_t unread =
		mark->seen_bytes > mark->offset ? mark->seen_bytes - mark->offset : 0;

	(void)snprintf(tail->cause, sizeof(tail->cause),
		       "the file was %s, and what was not read of it is nowhere beside "
		       "it: %s%" PRIu64 " bytes",
		       tail->changed ? "truncated or overwritten"
				     : "replaced, truncated or deleted meanwhile",
		       unread ? "at least " : "perhaps more than ", unread);
	step->lost_from = mark->offset;
	step->lost_until = 0;
	step->lost_since = mark->changed_at;
	step->lost_to = live->file->changed_at;
	return tail_give_gap(tail, tail->path, step);
}

static struct tail_file *find_again(struct tail *tail,
				    const struct tail_siblings *siblings,
				    enum tail_resume *ret_resume)
{
	bool is_there;
	const struct tail_search search = {
		.mark = &tail->mark,
		.owner = tail->owner,
		.rejects = &tail->rejects,
		.first_copy = (size_t)(place_before(tail, siblings) + 1),
		.until_copy = count_before(tail, siblings, &tail->mark, &is_there),
	};

	return tail_find(siblings, &search, ret_resume);
}

/* What was written to a truncated file that has no name any more is only here. */
static void begin_changed_again(struct tail *tail)
{
	struct tail_file *file = TAKE(tail->changed);
	struct stat status;

	if (!file)
		return;
	if (fstat(file->fd, &status) < 0 || status.st_nlink > 0 || status.st_size == 0) {
		tail_file_free(file);
		return;
	}
	file->seen_bytes = 0;
	tail_file_note(file, &status);
	tail_file_skip_to(file, 0);
	tail->given = (struct tail_identity){ 0 };
	follow(tail, file);
}

enum tail_turn tail_recover(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_LIVE struct live live = { .file = NULL };
	enum tail_resume resume = TAIL_OTHER;
	struct tail_file *file;
	bool is_told;

	if (tail->seeking)
		return seek_on(tail, step);
	if (tail->mark.offset <= TAIL_PROOF_BYTES &&
	    tail_find_unread_copy(tail, &tail->mark))
		return TAIL_AGAIN;
	live = open_live(tail, step);
	if (live.file && tail_identity_same(&live.file->identity, &tail->mark.identity) &&
	    tail_file_resume(live.file, &tail->mark) == TAIL_RESUMED) {
		follow(tail, TAKE(live.file));
		return TAIL_AGAIN;
	}
	tail_siblings_list(tail->path, live.file ? &live.status : NULL,
			   tail->mark.identity.inode, &siblings);
	file = find_again(tail, &siblings, &resume);
	if (file && resume == TAIL_SEEKING) {
		tail->seeking = file;
		return tail_give_nothing_yet(step);
	}
	if (!file && !live.file)
		return tail_give_absent(tail, step);
	if (!file && tail->mark.head_len > 0 &&
	    first_unread(tail, &siblings, &tail->mark) == siblings.count &&
	    tail_file_resume(live.file, &tail->mark) == TAIL_RESUMED)
		file = TAKE(live.file);
	if (file) {
		follow(tail, file);
		return TAIL_AGAIN;
	}
	if (tail_held_make_room(tail, step) == TAIL_GIVEN)
		return TAIL_GIVEN;
	is_told = !is_all_in_copy(tail, &siblings);
	tail->stage = TAIL_AFTER;
	tail->mark.is_finished = true;
	tail->mark.is_lost = true;
	if (is_told)
		(void)tell_lost(tail, &live, step);
	begin_changed_again(tail);
	FAULT_POINT("tail-lost");
	return is_told ? TAIL_GIVEN : TAIL_AGAIN;
}
