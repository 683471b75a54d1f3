/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "input/journal_entry.h"

/* "s=<32 digits>;i=<16 digits>" */
#define CURSOR_BYTES 64

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

static void close_handle(struct journal_source *source)
{
	if (source->handle)
		sd_journal_close(source->handle);
	source->handle = NULL;
	source->stands = false;
}

void journal_source_free(struct journal_source *source)
{
	if (!source)
		return;
	close_handle(source);
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

uint64_t journal_cursor_seqnum(struct slice cursor)
{
	const struct slice digits = SLICE("0123456789abcdef");
	uint64_t seqnum = 0;
	struct slice before;

	if (!slice_take_until_text(&cursor, SLICE(";i="), &before))
		return 0;
	for (size_t i = 0; i < cursor.len && i < 16; i++) {
		const char *digit = memchr(digits.ptr, cursor.ptr[i], digits.len);

		if (!digit)
			break;
		seqnum = seqnum << 4 | (uint64_t)(digit - digits.ptr);
	}
	return seqnum;
}

/* The sequence number of the entry that the handle is at; 0 when it cannot be had. */
static uint64_t seqnum_at(sd_journal *handle)
{
	AUTO_FREE char *cursor = NULL;

	if (sd_journal_get_cursor(handle, &cursor) < 0)
		return 0;
	return journal_cursor_seqnum(slice_text(cursor));
}

static void set_passed(struct journal_source *source, uint64_t seqnum)
{
	struct journal_chain *chain = source->chain;

	chain->seqnum = seqnum;
	chain->begins_at_time = false;
	source->unsettled = 0;
}

us_time journal_source_time(struct journal_source *source)
{
	uint64_t realtime;

	if (source->next_at == US_TIME_NONE &&
	    sd_journal_get_realtime_usec(source->handle, &realtime) >= 0)
		source->next_at = realtime <= (uint64_t)US_TIME_MAX ? (us_time)realtime
								    : US_TIME_MAX;
	return source->next_at;
}

/* What the handle's own place says of what was passed. */
static void settle_by_handle(struct journal_source *source)
{
	uint64_t seqnum = seqnum_at(source->handle);

	if (seqnum == 0)
		return;
	if (source->stands) {
		set_passed(source, seqnum - 1);
		return;
	}
	set_passed(source, seqnum);
	if (journal_source_time(source) != US_TIME_NONE)
		source->chain->at = source->next_at;
}

void journal_source_settle(struct journal_source *source)
{
	struct journal_chain *chain = source->chain;

	if (source->unsettled > 0 && source->handle)
		settle_by_handle(source);
	if (sd_id128_equal(chain->file_id, source->head.file_id)) {
		chain->done = source->done;
		chain->is_done_known = source->is_done_known;
	}
}

void journal_source_rest(struct journal_source *source)
{
	journal_source_settle(source);
	close_handle(source);
}

static void pass(struct journal_source *source)
{
	struct journal_chain *chain = source->chain;

	if (source->next_at != US_TIME_NONE)
		chain->at = source->next_at;
	chain->file_id = source->head.file_id;
	chain->is_complete = false;
	chain->was_seen_complete = false;
	source->stands = false;
	source->done++;
}

void journal_source_pass(struct journal_source *source)
{
	pass(source);
	source->unsettled++;
}

void journal_source_pass_cursor(struct journal_source *source, const char *cursor)
{
	uint64_t seqnum = journal_cursor_seqnum(slice_text(cursor));

	pass(source);
	source->unsettled++;
	if (seqnum > 0)
		set_passed(source, seqnum);
	journal_source_settle(source);
}

void journal_source_lost_one(struct journal_source *source)
{
	/* It was passed; that it was not read shows in the count at the end. */
	if (source->is_done_known)
		source->done--;
	if (source->damage_since == US_TIME_NONE)
		source->damage_since = source->chain->at;
	source->damage_to = source->chain->at;
}

/* A descriptor of its own for a handle, of the file that this is about. */
static int open_again(const struct journal_source *source, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct journal_head head;

	if (source->fd >= 0) {
		fd = fcntl(source->fd, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return err_system(err, errno, "cannot open '%s'", source->path);
	} else if (journal_head_open(source->path, &fd, &head, err) < 0) {
		return -1;
	} else if (!sd_id128_equal(head.file_id, source->head.file_id)) {
		return err_set(err, ERR_MISSING, "journal '%s' is another one now",
			       source->path);
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

static int look_at(struct journal_source *source, int fd, struct err *err)
{
	struct journal_head head;

	if (journal_head_read(fd, source->path, &head, err) < 0) {
		close_handle(source);
		return -1;
	}
	source->head = head;
	source->is_set_aside |= head.is_archived;
	return 0;
}

int journal_source_look(struct journal_source *source, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	if (source->fd >= 0)
		return look_at(source, source->fd, err);
	return open_again(source, &fd, err) < 0 ? -1 : look_at(source, fd, err);
}

bool journal_source_is_deleted(const struct journal_source *source)
{
	struct stat status;

	return source->fd >= 0 && fstat(source->fd, &status) == 0 && status.st_nlink == 0;
}

/* Opens a handle, standing nowhere yet. */
static int open_handle(struct journal_source *source, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	close_handle(source);
	if (open_again(source, &fd, err) < 0 || look_at(source, fd, err) < 0)
		return -1;
	return journal_open(&fd, source->path, &source->handle, err);
}

/* To before the first entry with at least this sequence number. */
static int seek_seqnum(struct journal_source *source, uint64_t seqnum, struct err *err)
{
	AUTO_BUF struct buf cursor = BUF_LIMIT(CURSOR_BYTES);
	char id[SD_ID128_STRING_MAX];
	int result;

	buf_append_format(&cursor, "s=%s;i=%" PRIx64,
			  sd_id128_to_string(source->head.seqnum_id, id), seqnum);
	result = sd_journal_seek_cursor(source->handle, buf_text(&cursor));
	if (result < 0)
		return err_system(err, -result, "cannot seek in journal '%s'",
				  source->path);
	return 0;
}

/* Opens a handle behind what was passed of the chain. */
static int open_at_place(struct journal_source *source, struct err *err)
{
	const struct journal_chain *chain = source->chain;

	if (open_handle(source, err) < 0)
		return -1;
	if (chain->begins_at_time)
		return sd_journal_seek_realtime_usec(source->handle,
						     (uint64_t)chain->at) < 0
			       ? err_set(err, ERR_SYSTEM, "cannot seek in journal '%s'",
					 source->path)
			       : 0;
	if (chain->seqnum > 0 && source->head.first_seqnum > 0 &&
	    chain->seqnum >= source->head.first_seqnum)
		return seek_seqnum(source, chain->seqnum + 1, err);
	return 0;
}

/* To the next entry; false at the end and where libsystemd cannot go on. */
static bool step(struct journal_source *source)
{
	if (sd_journal_next(source->handle) <= 0)
		return false;
	source->next_at = US_TIME_NONE;
	return !source->asks_times || journal_source_time(source) != US_TIME_NONE;
}

/* Opens it anew behind the last entry that was passed, after libsystemd dropped the file:
 * what was passed since the chain was settled is passed once more. */
static int reopen(struct journal_source *source, struct err *err)
{
	uint64_t again = source->unsettled;

	if (open_at_place(source, err) < 0)
		return -1;
	for (; again > 0; again--)
		if (!step(source))
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

/* Whether an entry of at least this sequence number was found. -1 as open_handle(). */
static int step_to_seqnum(struct journal_source *source, uint64_t seqnum, struct err *err)
{
	if (open_handle(source, err) < 0 || seek_seqnum(source, seqnum, err) < 0)
		return -1;
	return step(source);
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
	if (step(source))
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
	close_handle(source);
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
		close_handle(source);
		if (!journal_source_is_unread(source))
			return JOURNAL_SOURCE_END;
		(void)err_set(err, ERR_MISSING,
			      "journal '%s' was deleted before it was read",
			      source->path);
	}
	if (err->code != ERR_SYSTEM)
		return give_up(source, ret_loss);
	close_handle(source);
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
	if (!source->handle && open_at_place(source, err) < 0)
		return fail(source, ret_loss, err);
	if (step(source))
		return stand(source, ret_loss, err);

	/* The end, unless the head says that there is more. */
	journal_source_settle(source);
	if (journal_source_look(source, err) < 0)
		return fail(source, ret_loss, err);
	if (count_missing(source) > 0 && step(source))
		return stand(source, ret_loss, err);
	jumped = may_jump(source) ? jump(source, err) : 0;
	if (jumped > 0)
		return stand(source, ret_loss, err);
	if (jumped < 0 && err->code == ERR_SYSTEM)
		return fail(source, ret_loss, err);
	return end(source, ret_loss, err);
}

/* Stands on the last entry; false when there is none. Only stepping back from the tail
 * does (sd_journal_seek_tail(3)). */
static bool step_to_last(struct journal_source *source)
{
	return sd_journal_seek_tail(source->handle) >= 0 &&
	       sd_journal_previous(source->handle) > 0;
}

int journal_source_skip_all(struct journal_source *source, struct err *err)
{
	struct journal_chain *chain = source->chain;

	source->is_done_known = true;
	if (source->is_set_aside || source->head.entries == 0) {
		source->done = source->head.entries;
		return 0;
	}
	if (open_handle(source, err) < 0)
		return -1;
	if (step_to_last(source))
		do {
			uint64_t seqnum = seqnum_at(source->handle);

			if (seqnum > 0)
				chain->seqnum = seqnum;
			if (journal_source_look(source, err) < 0)
				return -1;
		} while (step(source));
	chain->file_id = source->head.file_id;
	source->done = source->head.entries;
	journal_source_rest(source);
	return 0;
}
