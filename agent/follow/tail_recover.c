/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "agent/follow/tail_live.h"
#include "agent/follow/tail_order.h"
#include "base/cleanup.h"
#include "base/fault.h"

static bool may_be_copy(const struct tail *tail, const struct tail_sibling *sibling,
			const struct tail_mark *mark)
{
	return !sibling->is_unreadable && !tail_held_knows(tail, sibling) &&
	       sibling->born_ns >= mark->identity.born_ns;
}

/* The first sibling that may be an unread copy of the mark's file; NULL when there is
 * none, or nobody knows where that stands among them. */
static struct tail_file *unread_copy(struct tail *tail,
				     const struct tail_siblings *siblings,
				     const struct tail_mark *mark)
{
	struct tail_file *file = NULL;
	bool is_there;
	size_t until = tail_order_count_before(tail, siblings, mark, &is_there);
	ptrdiff_t place;

	if (!is_there && !tail->current)
		return NULL;
	if (!is_there)
		until = tail_order_count_before_open(tail, siblings, tail->current);
	/* Deleted, not compressed: if anything was read that tells its copy, too. */
	if (!is_there && until == siblings->count && mark->head_len > 0)
		return NULL;
	place = tail_order_place_before(tail, siblings);
	for (size_t i = place < 0 ? tail_find_later(siblings, mark) : (size_t)place + 1;
	     i < until && !file; i++)
		if (tail_order_skip_empty(siblings, i) == i &&
		    may_be_copy(tail, &siblings->items[i], mark))
			file = tail_find_copy(&siblings->items[i], mark, tail->owner);
	return file;
}

static bool is_deleted(const struct tail_file *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 && status.st_nlink == 0;
}

enum tail_turn tail_find_unread_copy(struct tail *tail, const struct tail_mark *mark,
				     struct tail_step *step, bool *ret_is_found)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_TAIL_FILE struct tail_file *file = NULL;
	struct stat status;
	const struct stat *live = stat(tail->path, &status) == 0 ? &status : NULL;

	tail_siblings_list(tail->path, live, mark->identity.inode, &siblings);
	file = unread_copy(tail, &siblings, mark);
	*ret_is_found = false;
	if (!tail_is_still(tail, live, &siblings, mark->identity.inode))
		return tail_give_nothing_yet(step);
	if (!file)
		return TAIL_AGAIN;
	if (tail->current && is_deleted(tail->current)) {
		/* What is left of it is nowhere else, perhaps. */
		if (tail_held_make_room(tail, step) == TAIL_GIVEN)
			return TAIL_GIVEN;
		tail_held_add(tail, TAKE(tail->current), mark);
	}
	*ret_is_found = true;
	tail_file_free(TAKE(tail->current));
	tail_follow(tail, TAKE(file));
	return TAIL_AGAIN;
}

/* A gzip that begins as it should is inflated up to the place. */
static enum tail_turn seek_on(struct tail *tail, struct tail_step *step)
{
	switch (tail_file_resume(tail->seeking, &tail->mark)) {
	case TAIL_SEEKING:
		return tail_give_nothing_yet(step);
	case TAIL_RESUMED:
		tail_follow(tail, TAKE(tail->seeking));
		return TAIL_AGAIN;
	case TAIL_OTHER:
		tail_reject(&tail->rejects, tail->seeking->identity.inode);
		tail_file_free(TAKE(tail->seeking));
		return TAIL_AGAIN;
	}
	return TAIL_AGAIN;
}

/* The copy that was made before the truncation, and of which all was read; NULL when
 * there is none. */
static const struct tail_sibling *read_copy(const struct tail *tail,
					    const struct tail_siblings *siblings)
{
	/* It may be what was read last before the file. */
	ptrdiff_t before = tail_order_place_before(tail, siblings);
	size_t first = before < 0 ? 0 : (size_t)before;
	ptrdiff_t i =
		tail->changed ? tail_find_beginning(siblings, first, tail->changed) : -1;
	const struct tail_sibling *copy = i < 0 ? NULL : &siblings->items[i];
	uint64_t born_ns = tail->mark.identity.born_ns;

	/* A file of before or after may begin alike. */
	if (!copy || copy->born_ns < born_ns ||
	    copy->changed_ns / 1000 > tail->mark.changed_at ||
	    (copy->born_ns == born_ns && tail_held_knows(tail, copy)))
		return NULL;
	return copy;
}

/* With a copy of which all was read nothing is known to be lost. It is kept in mind as
 * read. */
static bool is_all_in_copy(struct tail *tail, const struct tail_sibling *copy)
{
	if (!copy)
		return false;
	if (!tail_held_knows(tail, copy))
		tail_held_add(tail, NULL,
			      &(const struct tail_mark){
				      .identity = { .device = copy->device,
						    .inode = copy->inode,
						    .born_ns = copy->born_ns },
				      .changed_at = copy->changed_ns / 1000,
			      });
	return tail->mark.seen_bytes <= tail->mark.offset;
}

static enum tail_turn tell_lost(struct tail *tail, const struct tail_live *live,
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
	size_t until = tail_order_count_before(tail, siblings, &tail->mark, &is_there);
	size_t unread = tail_order_skip_empty(
		siblings, tail_order_first_unread(tail, siblings, &tail->mark));
	/* What little was read may be what the next ones begin with as well. */
	bool is_young = tail->mark.offset <= TAIL_PROOF_BYTES;
	const struct tail_search search = {
		.mark = &tail->mark,
		.owner = tail->owner,
		.rejects = &tail->rejects,
		.first_copy = (size_t)(tail_order_place_before(tail, siblings) + 1),
		.until_copy = is_young && unread < until ? unread + 1 : until,
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
	if (tail->held_count == TAIL_HELD_FILES) {
		tail_follow(tail, file);
		return;
	}
	tail_held_add(tail, file, tail_file_mark(file));
	/* It tells nothing of what came before, and cannot be sought again. */
	tail->held[tail->held_count - 1].is_copied = true;
}

/* It is nowhere: goes on with what comes after it. */
static enum tail_turn give_up(struct tail *tail, const struct tail_live *live,
			      const struct tail_sibling *copy, struct tail_step *step)
{
	bool is_told = !is_all_in_copy(tail, copy);

	tail->stage = TAIL_AFTER;
	tail->mark.is_finished = true;
	tail->mark.is_lost = true;
	if (is_told)
		(void)tell_lost(tail, live, step);
	begin_changed_again(tail);
	FAULT_POINT("tail-lost");
	return is_told ? TAIL_GIVEN : TAIL_AGAIN;
}

/* How many siblings, two at most, have all that was read of the file. */
static int count_alike(const struct tail *tail, const struct tail_siblings *siblings)
{
	int count = 0;

	for (size_t i = 0; i < siblings->count && count < 2; i++) {
		struct tail_file *file =
			tail_find_copy(&siblings->items[i], &tail->mark, tail->owner);

		count += file != NULL;
		tail_file_free(file);
	}
	return count;
}

/* Little was read of the file, its inode is gone, and several files begin alike: the one
 * found may be another. While the file is open its truncation told that it is a copy. */
static bool is_ambiguous(struct tail *tail, const struct tail_siblings *siblings,
			 const struct tail_live *live)
{
	const struct tail_mark *mark = &tail->mark;
	bool is_there;

	if (tail->changed || mark->offset > TAIL_PROOF_BYTES)
		return false;
	(void)tail_order_count_before(tail, siblings, mark, &is_there);
	if (is_there)
		return false;
	return count_alike(tail, siblings) +
		       (live->file &&
			tail_file_has_head(live->file->fd, live->file->path, mark)) >
	       1;
}

/* Whether the live file is the one of the mark under another inode: restored, or found
 * again after a change of the file system. */
static bool is_live_again(struct tail *tail, const struct tail_siblings *siblings,
			  struct tail_live *live)
{
	const struct tail_mark *mark = &tail->mark;

	return mark->head_len > 0 && tail_file_resume(live->file, mark) == TAIL_RESUMED &&
	       (mark->offset > TAIL_PROOF_BYTES ||
		tail_order_first_unread(tail, siblings, mark) == siblings->count);
}

static enum tail_turn tell_ambiguous(struct tail *tail, struct tail_file *file,
				     struct tail_step *step)
{
	(void)snprintf(
		tail->cause, sizeof(tail->cause),
		"several files begin with all that was read of the file, and which "
		"of them it is, if any, is not known: perhaps more than 0 bytes");
	step->lost_from = tail->mark.offset;
	step->lost_until = 0;
	step->lost_since = tail->mark.changed_at;
	step->lost_to = file->changed_at;
	tail_follow(tail, file);
	return tail_give_gap(tail, tail->path, step);
}

static enum tail_turn search(struct tail *tail, struct tail_live *live,
			     struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_TAIL_FILE struct tail_file *file = NULL;
	const struct stat *status = live->file ? &live->status : NULL;
	const struct tail_sibling *copy = NULL;
	enum tail_resume resume = TAIL_OTHER;
	bool is_unsure = false;

	tail_siblings_list(tail->path, status, tail->mark.identity.inode, &siblings);
	file = find_again(tail, &siblings, &resume);
	if (file || (live->file && is_live_again(tail, &siblings, live))) {
		is_unsure = is_ambiguous(tail, &siblings, live);
		file = file ? file : TAKE(live->file);
	} else {
		copy = read_copy(tail, &siblings);
	}
	if (!tail_is_still(tail, status, &siblings, tail->mark.identity.inode))
		return tail_give_nothing_yet(step);
	if (file && resume == TAIL_SEEKING) {
		tail->seeking = TAKE(file);
		return tail_give_nothing_yet(step);
	}
	if (file && is_unsure)
		return tell_ambiguous(tail, TAKE(file), step);
	if (file) {
		tail_follow(tail, TAKE(file));
		return TAIL_AGAIN;
	}
	if (!live->file)
		return tail_give_absent(tail, step);
	if (tail_held_make_room(tail, step) == TAIL_GIVEN)
		return TAIL_GIVEN;
	return give_up(tail, live, copy, step);
}

enum tail_turn tail_recover(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_LIVE struct tail_live live = { .file = NULL };
	bool is_found = false;

	if (tail->seeking)
		return seek_on(tail, step);
	if (tail->mark.offset <= TAIL_PROOF_BYTES) {
		enum tail_turn turn =
			tail_find_unread_copy(tail, &tail->mark, step, &is_found);

		if (is_found || turn == TAIL_GIVEN)
			return turn;
	}
	live = tail_live_open(tail, step);
	if (live.file && tail_identity_same(&live.file->identity, &tail->mark.identity) &&
	    tail_file_resume(live.file, &tail->mark) == TAIL_RESUMED) {
		tail_follow(tail, TAKE(live.file));
		return TAIL_AGAIN;
	}
	return search(tail, &live, step);
}
