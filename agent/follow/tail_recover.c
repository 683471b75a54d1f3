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
	until = tail_order_count_before(tail, &siblings, mark, &is_there);
	if (!is_there)
		return false;
	place = tail_order_place_before(tail, &siblings);
	for (size_t i = place < 0 ? tail_find_later(&siblings, mark) : (size_t)place + 1;
	     i < until; i++) {
		struct tail_file *file = NULL;

		if (may_be_copy(tail, &siblings.items[i], mark))
			file = tail_find_copy(&siblings.items[i], mark, tail->owner);
		if (!file)
			continue;
		tail_file_free(TAKE(tail->current));
		tail_follow(tail, file);
		return true;
	}
	return false;
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

/* When a copy was made before the truncation, and all of it was read, nothing is known
 * to be lost. It is kept in mind as read. */
static bool is_all_in_copy(struct tail *tail, const struct tail_siblings *siblings)
{
	ptrdiff_t i = tail->changed ? tail_find_beginning(siblings, tail->changed) : -1;
	const struct tail_sibling *copy = i < 0 ? NULL : &siblings->items[i];
	uint64_t born_ns = tail->mark.identity.born_ns;
	bool is_known = copy && tail_held_knows(tail, copy);

	/* A file of before or after may begin alike. */
	if (!copy || copy->born_ns < born_ns ||
	    copy->changed_ns / 1000 > tail->mark.changed_at ||
	    (is_known && copy->born_ns == born_ns))
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

enum tail_turn tail_recover(struct tail *tail, struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	AUTO_TAIL_LIVE struct tail_live live = { .file = NULL };
	enum tail_resume resume = TAIL_OTHER;
	struct tail_file *file;
	bool is_told;

	if (tail->seeking)
		return seek_on(tail, step);
	if (tail->mark.offset <= TAIL_PROOF_BYTES &&
	    tail_find_unread_copy(tail, &tail->mark))
		return TAIL_AGAIN;
	live = tail_live_open(tail, step);
	if (live.file && tail_identity_same(&live.file->identity, &tail->mark.identity) &&
	    tail_file_resume(live.file, &tail->mark) == TAIL_RESUMED) {
		tail_follow(tail, TAKE(live.file));
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
	    (tail->mark.offset > TAIL_PROOF_BYTES ||
	     tail_order_first_unread(tail, &siblings, &tail->mark) == siblings.count) &&
	    tail_file_resume(live.file, &tail->mark) == TAIL_RESUMED)
		file = TAKE(live.file);
	if (file) {
		tail_follow(tail, file);
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
