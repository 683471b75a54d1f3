/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "input/journal_entry.h"

/* "s=<32 digits>;i=<16 digits>" */
#define CURSOR_BYTES 64

void journal_handle_close(struct journal_source *source)
{
	if (source->handle)
		sd_journal_close(source->handle);
	source->handle = NULL;
	source->stands = false;
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
	journal_handle_close(source);
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

/* ---- opening and moving */

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
		journal_handle_close(source);
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

int journal_handle_open(struct journal_source *source, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	journal_handle_close(source);
	if (open_again(source, &fd, err) < 0 || look_at(source, fd, err) < 0)
		return -1;
	return journal_open(&fd, source->path, &source->handle, err);
}

int journal_handle_seek(struct journal_source *source, uint64_t seqnum, struct err *err)
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

int journal_handle_open_at_place(struct journal_source *source, struct err *err)
{
	const struct journal_chain *chain = source->chain;

	if (journal_handle_open(source, err) < 0)
		return -1;
	if (chain->begins_at_time)
		return sd_journal_seek_realtime_usec(source->handle,
						     (uint64_t)chain->at) < 0
			       ? err_set(err, ERR_SYSTEM, "cannot seek in journal '%s'",
					 source->path)
			       : 0;
	if (chain->seqnum > 0 && source->head.first_seqnum > 0 &&
	    chain->seqnum >= source->head.first_seqnum)
		return journal_handle_seek(source, chain->seqnum + 1, err);
	return 0;
}

bool journal_handle_step(struct journal_source *source)
{
	if (sd_journal_next(source->handle) <= 0)
		return false;
	source->next_at = US_TIME_NONE;
	return !source->asks_times || journal_source_time(source) != US_TIME_NONE;
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
	if (journal_handle_open(source, err) < 0)
		return -1;
	if (step_to_last(source))
		do {
			uint64_t seqnum = seqnum_at(source->handle);

			if (seqnum > 0)
				chain->seqnum = seqnum;
			if (journal_source_look(source, err) < 0)
				return -1;
		} while (journal_handle_step(source));
	chain->file_id = source->head.file_id;
	source->done = source->head.entries;
	journal_source_rest(source);
	return 0;
}
