/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/follow/journal_handle.h"
#include "base/limits.h"
#include "base/memory.h"

struct journal_source *journal_source_new(const char *path, int fd,
					  const struct journal_head *head)
{
	struct journal_source *source = memory_new(1, sizeof(*source));

	*source = (struct journal_source){
		.head = *head,
		.path = memory_copy_text(slice_text(path)),
		.fd = fd,
		.next_at = US_TIME_NONE,
		.damage_since = US_TIME_NONE,
		.damage_to = US_TIME_NONE,
	};
	return source;
}

void journal_source_free(struct journal_source *source)
{
	if (!source)
		return;
	journal_handle_close(source);
	if (source->fd >= 0)
		close(source->fd);
	free(source->path);
	free(source);
}

bool journal_source_is_unread(const struct journal_source *source)
{
	/* Nothing is there; and with its first entry it may come into another chain. */
	if (source->is_given_up || source->head.entries == 0)
		return false;
	return source->stands || !source->is_done_known ||
	       source->head.entries > source->done;
}

bool journal_source_has_more(const struct journal_source *source)
{
	return !source->is_waiting && journal_source_is_unread(source);
}

void journal_source_complete(struct journal_source *source)
{
	struct journal_chain *chain = source->chain;

	if (!sd_id128_equal(chain->file_id, source->head.file_id))
		return;
	chain->is_complete = true;
	chain->was_seen_complete = true;
}

us_time journal_source_next_at(const struct journal_source *source)
{
	if (source->stands && source->next_at != US_TIME_NONE)
		return source->next_at;
	if (source->is_done_known && source->done == 0)
		return source->head.first_at;
	return source->chain->at;
}

bool journal_source_is_deleted(const struct journal_source *source)
{
	struct stat status;

	return source->fd >= 0 && fstat(source->fd, &status) == 0 && status.st_nlink == 0;
}

/* ---- what comes next, or is lost */

/* Opens it anew behind the last entry that was passed, after libsystemd dropped the file:
 * what was passed since the chain was settled is passed once more. */
static int reopen(struct journal_source *source, struct err *err)
{
	uint64_t again = source->unsettled;

	if (journal_handle_open_at_place(source, err) < 0)
		return -1;
	for (; again > 0; again--)
		if (!journal_handle_step(source))
			return err_set(err, ERR_FORMAT, "journal '%s' is damaged",
				       source->path);
	journal_source_settle(source);
	return 0;
}

/* Whether the chain's place is in this file. */
static bool has_passed(const struct journal_source *source)
{
	return sd_id128_equal(source->chain->file_id, source->head.file_id);
}

/* Whether an entry of at least this sequence number was found. -1 as
 * journal_handle_open(). */
static int step_to_seqnum(struct journal_source *source, uint64_t seqnum, struct err *err)
{
	if (journal_handle_open(source, err) < 0 ||
	    journal_handle_seek(source, seqnum, err) < 0)
		return -1;
	return journal_handle_step(source);
}

/* Finds the next entry behind a damaged place, ever farther away: 1, or 0 when there is
 * none. Fails when the file cannot be opened anew. */
static int jump(struct journal_source *source, struct err *err)
{
	uint64_t from;
	int found = 0;

	if (source->jumps == LIMIT_JOURNAL_JUMPS)
		return 0;
	source->jumps++;
	if (reopen(source, err) < 0)
		return -1;
	if (journal_handle_step(source))
		return 1;
	from = has_passed(source) ? source->chain->seqnum : source->head.first_seqnum;
	for (uint64_t far = 1; found == 0 && far <= source->head.last_seqnum - from;
	     far = far > UINT64_MAX / 2 ? UINT64_MAX : 2 * far)
		found = step_to_seqnum(source, from + far, err);
	if (found <= 0)
		return found;
	if (source->damage_since == US_TIME_NONE)
		source->damage_since = source->chain->at;
	source->damage_to = journal_source_time(source);
	return 1;
}

/* Whether something is left that was not reached. */
static bool may_jump(const struct journal_source *source)
{
	if (source->head.last_seqnum <= source->chain->seqnum ||
	    source->head.last_seqnum <= source->head.first_seqnum)
		return false;
	return source->is_done_known ? source->head.entries > source->done
				     : has_passed(source);
}

/* Entries that the head speaks of and that were not passed. */
static uint64_t count_missing(const struct journal_source *source)
{
	return source->is_done_known && source->head.entries > source->done
		       ? source->head.entries - source->done
		       : 0;
}

/* Whether it ends before what its head calls its last entry. Not to be asked of a file
 * that is written to: its last entry may be on its way. */
static bool is_short(const struct journal_source *source)
{
	const struct journal_chain *chain = source->chain;

	return source->is_set_aside && chain->seqnum < source->head.last_seqnum &&
	       has_passed(source);
}

/* All of the file is behind us, whatever could be read of it. */
static void be_done(struct journal_source *source)
{
	source->done = source->head.entries;
	source->is_done_known = true;
	source->damage_since = US_TIME_NONE;
	source->damage_to = US_TIME_NONE;
	journal_source_settle(source);
	if (source->is_set_aside)
		journal_source_complete(source);
}

/* Entries are lost: the chain is told that this file is done with, even if none of it
 * could be read. */
static enum journal_source_next damaged(struct journal_source *source,
					struct journal_loss *ret_loss)
{
	*ret_loss = (struct journal_loss){
		.entries = count_missing(source),
		.since = source->damage_since != US_TIME_NONE ? source->damage_since
							      : source->chain->at,
		.to = source->is_gone ? source->head.last_at : source->damage_to,
	};
	source->chain->file_id = source->head.file_id;
	be_done(source);
	return JOURNAL_SOURCE_DAMAGED;
}

static enum journal_source_next end(struct journal_source *source,
				    struct journal_loss *ret_loss, struct err *err)
{
	if (count_missing(source) > 0 || (!source->is_done_known && is_short(source))) {
		(void)err_set(err, ERR_FORMAT,
			      "journal '%s' is damaged: not all of its %" PRIu64
			      " entries can be read",
			      source->path, source->head.entries);
		return damaged(source, ret_loss);
	}
	be_done(source);
	return JOURNAL_SOURCE_END;
}

static enum journal_source_next give_up(struct journal_source *source,
					struct journal_loss *ret_loss)
{
	journal_handle_close(source);
	source->is_given_up = true;
	return damaged(source, ret_loss);
}

static enum journal_source_next stand(struct journal_source *source,
				      struct journal_loss *ret_loss, struct err *err)
{
	/* More entries than there are: a loop, made by somebody's hand. */
	if (source->is_done_known && source->done >= source->head.entries &&
	    (journal_source_look(source, err) < 0 ||
	     source->done >= source->head.entries)) {
		(void)err_set(err, ERR_FORMAT,
			      "journal '%s' is damaged: it cannot be read any further",
			      source->path);
		return give_up(source, ret_loss);
	}
	source->stands = true;
	return JOURNAL_SOURCE_STANDS;
}

/* The system's refusal may pass; what is no journal any more stays so. libsystemd opens
 * no file that was deleted; of one that was read to its end nothing is lost by that. */
static enum journal_source_next fail(struct journal_source *source,
				     struct journal_loss *ret_loss, struct err *err)
{
	if (source->is_gone || journal_source_is_deleted(source)) {
		journal_handle_close(source);
		if (!journal_source_is_unread(source))
			return JOURNAL_SOURCE_END;
		(void)err_set(err, ERR_MISSING,
			      "journal '%s' was deleted before it was read",
			      source->path);
	}
	if (err->code != ERR_SYSTEM)
		return give_up(source, ret_loss);
	journal_handle_close(source);
	source->is_waiting = true;
	return JOURNAL_SOURCE_FAILED;
}

enum journal_source_next journal_source_next(struct journal_source *source,
					     struct journal_loss *ret_loss,
					     struct err *err)
{
	int jumped;

	if (source->stands)
		return JOURNAL_SOURCE_STANDS;
	if (!source->handle && journal_handle_open_at_place(source, err) < 0)
		return fail(source, ret_loss, err);
	if (journal_handle_step(source))
		return stand(source, ret_loss, err);

	/* The end, unless the head says that there is more. */
	journal_source_settle(source);
	if (journal_source_look(source, err) < 0)
		return fail(source, ret_loss, err);
	if (count_missing(source) > 0 && journal_handle_step(source))
		return stand(source, ret_loss, err);
	jumped = may_jump(source) ? jump(source, err) : 0;
	if (jumped > 0)
		return stand(source, ret_loss, err);
	if (jumped < 0 && err->code == ERR_SYSTEM)
		return fail(source, ret_loss, err);
	return end(source, ret_loss, err);
}
