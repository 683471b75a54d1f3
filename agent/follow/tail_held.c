/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/follow/tail_live.h"
#include "agent/follow/tail_order.h"
#include "base/cleanup.h"
#include "base/limits.h"

/* What the file is called now, as far as the system tells. */
static void note_new_name(struct tail_file *file)
{
	char link[64];
	char name[LIMIT_TAIL_PATH_BYTES];
	struct slice text;
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file->fd);
	len = readlink(link, name, sizeof(name));
	if (len <= 0 || (size_t)len >= sizeof(name))
		return;
	text = slice_of(name, (size_t)len);
	(void)slice_take_suffix(&text, SLICE(" (deleted)"));
	name[text.len] = '\0';
	tail_file_rename(file, name);
}

void tail_held_add(struct tail *tail, struct tail_file *file,
		   const struct tail_mark *mark)
{
	struct tail_held *held = &tail->held[tail->held_count++];

	assert(tail->held_count <= TAIL_HELD_FILES);
	*held = (struct tail_held){ .file = file, .mark = *mark };
	if (file)
		note_new_name(file);
	else
		held->mark.is_finished = true;
}

static void drop(struct tail *tail, size_t index)
{
	tail_file_free(tail->held[index].file);
	tail->held_count--;
	memmove(&tail->held[index], &tail->held[index + 1],
		(tail->held_count - index) * sizeof(tail->held[0]));
}

/* Its mark stays: it tells what is older and what newer. */
static void close_held(struct tail_held *held)
{
	held->mark = *tail_file_mark(held->file);
	held->mark.is_finished = true;
	tail_file_free(held->file);
	held->file = NULL;
}

static bool give_rest(struct tail *tail, struct tail_held *held, struct tail_step *step)
{
	if (!tail_file_rest(held->file, step))
		return false;
	step->is_partial = step->cut_line_bytes == 0;
	(void)tail_give_bytes(tail, held->file, step);
	return true;
}

enum tail_turn tail_held_make_room(struct tail *tail, struct tail_step *step)
{
	if (tail->held_count < TAIL_HELD_FILES)
		return TAIL_AGAIN;
	/* Those that only tell order go first; the youngest of all tells most. */
	for (size_t i = 0; i + 1 < TAIL_HELD_FILES; i++)
		if (!tail->held[i].file && !tail->held[i].is_sought) {
			drop(tail, i);
			return TAIL_AGAIN;
		}
	/* The bytes are borrowed: the file is closed with the next turn. */
	if (tail->held[0].file && give_rest(tail, &tail->held[0], step))
		return TAIL_GIVEN;
	drop(tail, 0);
	return TAIL_AGAIN;
}

bool tail_held_knows(const struct tail *tail, const struct tail_sibling *sibling)
{
	for (size_t i = 0; i < tail->held_count; i++) {
		const struct tail_held *held = &tail->held[i];
		struct tail_mark mark = held->mark;

		if (held->file)
			mark.identity = held->file->identity;
		if (tail_sibling_is(sibling, &mark))
			return true;
	}
	return false;
}

struct tail_file *tail_held_take(struct tail *tail, struct tail_file *same)
{
	for (size_t i = 0; i < tail->held_count; i++) {
		struct tail_held *held = &tail->held[i];
		const struct tail_identity *identity =
			held->file ? &held->file->identity : &held->mark.identity;

		if (!tail_identity_same(identity, &same->identity))
			continue;
		if (held->file) {
			tail_file_rename(held->file, same->path);
			tail_file_free(same);
			same = TAKE(held->file);
		} else if (tail_file_resume(same, &held->mark) != TAIL_RESUMED) {
			tail_file_skip_to(same, 0);
		}
		drop(tail, i);
		return same;
	}
	return same;
}

/* What was seen of it and never given cannot be had any more. */
static enum tail_turn tell_lost(struct tail *tail, const struct tail_mark *mark,
				const char *path, struct tail_step *step)
{
	if (mark->seen_bytes <= mark->offset)
		return TAIL_AGAIN;
	step->lost_from = mark->offset;
	step->lost_until = mark->seen_bytes;
	step->lost_since = mark->changed_at;
	(void)snprintf(tail->cause, sizeof(tail->cause),
		       "a file that was rotated away was not read to its end, and is "
		       "gone");
	return tail_give_gap(tail, path, step);
}

/* A file that is known as another one is not this one, however alike they begin. */
static void reject_known(struct tail *tail, const struct tail_held *held,
			 const struct tail_siblings *siblings)
{
	for (size_t i = 0; i < siblings->count; i++) {
		const struct tail_sibling *sibling = &siblings->items[i];

		if (!tail_sibling_is(sibling, &held->mark) &&
		    (tail_held_knows(tail, sibling) ||
		     tail_sibling_is(sibling, &tail->mark)))
			tail_reject(&tail->rejects, sibling->inode);
	}
}

/* It came before the file that was being read, which matters where little was read of it:
 * others may begin with that as well. */
static size_t count_before(struct tail *tail, const struct tail_held *held,
			   const struct tail_siblings *siblings)
{
	bool is_there;
	bool by_inode;
	size_t count = tail_order_count_before(tail, siblings, &tail->mark, &is_there);
	ptrdiff_t place;

	if (held->mark.offset > TAIL_PROOF_BYTES)
		return siblings->count;
	if (is_there)
		return count;
	place = tail_find_place(siblings, &tail->mark, tail->owner, false, &by_inode);
	return place < 0 ? siblings->count : (size_t)place;
}

/* Whether it has what was read of the mark's file, and is not shorter. */
static bool begins_as(const struct tail *tail, const struct tail_sibling *sibling,
		      const struct tail_mark *mark)
{
	struct tail_file *copy = NULL;
	bool is_long = false;

	if (mark->head_len > 0 && mark->offset <= TAIL_INFLATED_TO_TELL_BYTES)
		copy = tail_find_copy(sibling, mark, tail->owner);
	/* Of a gzip as much is inflated as any file has of which little was read. */
	if (copy)
		is_long = (copy->gzip ? copy->base + copy->end : copy->size_bytes) >=
			  mark->seen_bytes;
	tail_file_free(copy);
	return is_long;
}

/* Whether the sibling has the contents of another mark as well, of which more was read:
 * then it is that one's. */
static bool is_of_longer(const struct tail *tail, const struct tail_held *held,
			 const struct tail_sibling *sibling)
{
	for (size_t i = 0; i < tail->held_count; i++)
		if (tail->held[i].mark.offset > held->mark.offset &&
		    begins_as(tail, sibling, &tail->held[i].mark))
			return true;
	return tail->mark.offset > held->mark.offset &&
	       begins_as(tail, sibling, &tail->mark);
}

/* Whether the file, found by the little that was read of one of another inode, may be
 * another: it is one of several that begin so, or more was read of it. */
static bool may_be_other(struct tail *tail, const struct tail_held *held,
			 const struct tail_siblings *siblings,
			 const struct tail_file *file)
{
	size_t until = count_before(tail, held, siblings);
	size_t alike = 0;

	if (held->mark.offset > TAIL_PROOF_BYTES ||
	    tail_identity_same(&file->identity, &held->mark.identity))
		return false;
	for (size_t i = 0; i < until; i++) {
		const struct tail_sibling *sibling = &siblings->items[i];

		if (sibling->inode == file->identity.inode &&
		    is_of_longer(tail, held, sibling))
			return true;
		if (!tail_held_knows(tail, sibling) &&
		    !tail_sibling_is(sibling, &tail->mark))
			alike += begins_as(tail, sibling, &held->mark);
	}
	return alike > 1;
}

static enum tail_turn seek_one(struct tail *tail, struct tail_held *held,
			       struct tail_step *step)
{
	AUTO_TAIL_SIBLINGS struct tail_siblings siblings = TAIL_SIBLINGS_NONE;
	enum tail_resume resume = TAIL_OTHER;
	struct tail_file *file = tail->seeking;

	if (file) {
		resume = tail_file_resume(file, &held->mark);
		if (resume == TAIL_OTHER) {
			tail_reject(&tail->rejects, file->identity.inode);
			tail_file_free(TAKE(tail->seeking));
			return TAIL_AGAIN;
		}
	} else {
		struct stat status;
		const struct stat *live = stat(tail->path, &status) == 0 ? &status : NULL;
		uint64_t inode = held->mark.identity.inode;

		if (live)
			tail->owner = status.st_uid;
		tail_siblings_list(tail->path, live, inode, &siblings);
		reject_known(tail, held, &siblings);
		file = tail_find(
			&siblings,
			&(const struct tail_search){
				.mark = &held->mark,
				.owner = tail->owner,
				.rejects = &tail->rejects,
				.is_replaced = true,
				.until_copy = count_before(tail, held, &siblings),
			},
			&resume);
		if (!tail_is_still(tail, live, &siblings, inode)) {
			tail->rejects.count = 0;
			tail_file_free(file);
			return tail_give_nothing_yet(step);
		}
		if (file && may_be_other(tail, held, &siblings, file)) {
			tail_reject(&tail->rejects, file->identity.inode);
			tail_file_free(file);
			return TAIL_AGAIN;
		}
	}
	if (file && resume == TAIL_SEEKING) {
		tail->seeking = file;
		return tail_give_nothing_yet(step);
	}
	tail->seeking = NULL;
	tail->rejects.count = 0;
	held->is_sought = false;
	if (file) {
		held->file = file;
		return TAIL_AGAIN;
	}
	held->mark.is_finished = true;
	return tell_lost(tail, &held->mark, tail->path, step);
}

enum tail_turn tail_held_seek(struct tail *tail, struct tail_step *step)
{
	for (size_t i = 0; i < tail->held_count; i++) {
		struct tail_held *held = &tail->held[i];
		enum tail_turn turn;

		if (!held->is_sought)
			continue;
		if (held->mark.is_finished) {
			held->is_sought = false;
			continue;
		}
		turn = seek_one(tail, held, step);
		if (turn == TAIL_GIVEN)
			return turn;
		i--; /* another turn, if it is still sought */
	}
	return TAIL_AGAIN;
}

static enum tail_turn close_changed(struct tail *tail, struct tail_held *held,
				    struct tail_step *step)
{
	(void)snprintf(tail->path_text, sizeof(tail->path_text), "%s", held->file->path);
	close_held(held);
	return tell_lost(tail, &held->mark, tail->path_text, step);
}

static enum tail_turn read_one(struct tail *tail, struct tail_held *held,
			       struct tail_step *step)
{
	struct err why;

	switch (tail_file_read(held->file, step, &why)) {
	case TAIL_READ_LINES:
		held->quiet_steps = 0;
		return tail_give_bytes(tail, held->file, step);
	case TAIL_READ_NULS:
		held->quiet_steps = 0;
		(void)snprintf(tail->cause, sizeof(tail->cause),
			       "there are only NULs in place of lines");
		return tail_give_gap(tail, held->file->path, step);
	case TAIL_READ_MORE:
		return tail_give_nothing_yet(step);
	case TAIL_READ_CHANGED:
	case TAIL_READ_FAILED:
		return close_changed(tail, held, step);
	case TAIL_READ_NOTHING:
		break;
	}
	if (!held->file->is_final)
		return TAIL_AGAIN;
	if (give_rest(tail, held, step))
		return TAIL_GIVEN;
	close_held(held);
	return TAIL_AGAIN;
}

enum tail_turn tail_held_read(struct tail *tail, struct tail_step *step)
{
	for (size_t i = 0; i < tail->held_count; i++)
		if (tail->held[i].file &&
		    read_one(tail, &tail->held[i], step) == TAIL_GIVEN)
			return TAIL_GIVEN;
	return TAIL_AGAIN;
}

/* Whether it waits for something: for the rest of a line, or to give its space back. */
static bool is_waiting(const struct tail_file *file)
{
	return !file->is_linked || tail_file_pending(file) > 0;
}

enum tail_turn tail_held_settle(struct tail *tail, struct tail_step *step)
{
	for (size_t i = 0; i < tail->held_count; i++) {
		struct tail_held *held = &tail->held[i];

		if (!held->file || !is_waiting(held->file))
			continue;
		if (held->quiet_steps < LIMIT_TAIL_QUIET_STEPS) {
			held->quiet_steps++;
			continue;
		}
		if (give_rest(tail, held, step))
			return TAIL_GIVEN;
		close_held(held);
	}
	return TAIL_AGAIN;
}
