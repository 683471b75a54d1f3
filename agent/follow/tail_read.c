/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: memrchr() and SEEK_DATA are GNU's */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/follow/tail_gzip.h"
#include "agent/follow/tail_window.h"
#include "base/limits.h"
#include "base/memory.h"

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

void tail_window_make_room(struct tail_file *file, size_t wanted)
{
	size_t begin = file->in_long_line ? 0 : file->begin;
	size_t drop = begin > TAIL_PROOF_BYTES ? begin - TAIL_PROOF_BYTES : 0;

	if (drop > 0) {
		memmove(file->window, file->window + drop, file->end - drop);
		file->base += drop;
		file->begin -= drop;
		file->end -= drop;
		file->floor = file->floor > drop ? file->floor - drop : 0;
	}
	if (file->window_bytes - file->end < wanted) {
		file->window_bytes = file->end + wanted;
		file->window = memory_resize(file->window, file->window_bytes, 1);
	}
}

void tail_window_shrink(struct tail_file *file)
{
	size_t spare = file->window_bytes - file->end;

	if (spare <= TAIL_PROOF_BYTES && file->begin <= 2 * TAIL_PROOF_BYTES)
		return;
	tail_window_make_room(file, 0);
	file->window_bytes = file->end + 1;
	file->window = memory_resize(file->window, file->window_bytes, 1);
}

void tail_window_note_head(struct tail_file *file, uint64_t until)
{
	size_t to = smaller(until, TAIL_HEAD_BYTES);

	if (file->head_len >= to || file->base + file->floor > file->head_len)
		return;
	memcpy(file->head + file->head_len, file->window + (file->head_len - file->base),
	       to - file->head_len);
	file->head_len = to;
}

/* The next `count` bytes are done with. */
static void consume(struct tail_file *file, size_t count)
{
	file->begin += count;
	tail_window_note_head(file, file->base + file->begin);
	file->mark_is_fresh = false;
}

/* Whether the bytes read last still stand on disk. Asked after each reading: what was
 * read before a truncation and what after it are never taken for one. */
static bool is_intact(const struct tail_file *file)
{
	char text[TAIL_PROOF_BYTES];
	size_t len = smaller(file->end - file->floor, sizeof(text));

	return len == 0 || (tail_pread(file->fd, text, len,
				       file->base + file->end - len) == (ssize_t)len &&
			    memcmp(text, file->window + file->end - len, len) == 0);
}

/* NULs at the end are not read: a writer who reserved room may yet fill them. */
static size_t without_nuls(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] == '\0')
		len--;
	return len;
}

/* Back to where the NULs begin, for a writer to fill them, as if they had not been looked
 * at. */
static enum tail_read leave_nuls(struct tail_file *file)
{
	const struct tail_mark *mark = &file->mark;
	uint64_t from = file->nuls_from;
	uint8_t hash[TAIL_HASH_BYTES];

	file->nuls_at_size = file->size_bytes;
	file->nuls_changed_at = file->changed_at;
	file->in_nuls = false;
	file->head_len = smaller(from, file->head_len);
	file->floor = 0;
	file->base = from - mark->proof_len;
	file->begin = 0;
	file->end = 0;
	tail_window_make_room(file, TAIL_PROOF_BYTES);
	file->begin = mark->proof_len;
	file->end = mark->proof_len;
	if (tail_pread(file->fd, file->window, mark->proof_len, file->base) !=
	    (ssize_t)mark->proof_len)
		return TAIL_READ_CHANGED;
	tail_hash(slice_of(file->window, mark->proof_len), hash);
	if (mark->proof_len > 0 && memcmp(hash, mark->proof, TAIL_HASH_BYTES) != 0)
		return TAIL_READ_CHANGED;
	return TAIL_READ_NOTHING;
}

/* Then a look at the first of them is enough: they are filled from the front. */
static bool nuls_were_seen(const struct tail_file *file, const struct stat *status)
{
	return file->nuls_at_size == (uint64_t)status->st_size &&
	       file->nuls_at_size > 0 &&
	       file->nuls_changed_at == tail_time(status->st_mtim);
}

static enum tail_read fail(const struct tail_file *file, struct err *err)
{
	err_system(err, errno, "cannot read '%s'", file->path);
	return TAIL_READ_FAILED;
}

static enum tail_read fill_plain(struct tail_file *file, struct err *err)
{
	uint64_t position = file->base + file->end;
	struct stat status;
	size_t wanted;
	size_t useful;
	ssize_t len = 0;
	bool only_looks;

	if (fstat(file->fd, &status) < 0)
		return fail(file, err);
	if ((uint64_t)status.st_size < position)
		return TAIL_READ_CHANGED;
	wanted = smaller((uint64_t)status.st_size - position, TAIL_CHUNK_BYTES);
	only_looks = wanted > TAIL_PROOF_BYTES && nuls_were_seen(file, &status);
	if (only_looks)
		wanted = TAIL_PROOF_BYTES;
	if (wanted > 0) {
		tail_window_make_room(file, wanted);
		len = tail_pread(file->fd, file->window + file->end, wanted, position);
		if (len < 0)
			return fail(file, err);
	}
	/* Size and time of another life of the file would tell of this one wrongly. */
	if (!is_intact(file))
		return TAIL_READ_CHANGED;
	tail_file_note(file, &status);
	useful = (size_t)len;
	if (only_looks || position + useful >= file->size_bytes)
		useful = without_nuls(file->window + file->end, useful);
	if (useful < (size_t)len) {
		file->nuls_at_size = file->size_bytes;
		file->nuls_changed_at = file->changed_at;
	}
	file->end += useful;
	if (useful == 0 && file->in_nuls)
		return leave_nuls(file);
	return useful > 0 ? TAIL_READ_MORE : TAIL_READ_NOTHING;
}

static enum tail_read fill_gzip(struct tail_file *file, struct err *err)
{
	size_t len;

	tail_window_make_room(file, TAIL_CHUNK_BYTES);
	if (tail_gzip_read(file->gzip, file->fd, file->window + file->end,
			   TAIL_CHUNK_BYTES, &len, err) < 0)
		return TAIL_READ_FAILED;
	file->end += len;
	file->seen_bytes = file->base + file->end;
	return len > 0 ? TAIL_READ_MORE : TAIL_READ_NOTHING;
}

/* How many bytes at the front are whole lines of at most LIMIT_HOST_LINE_BYTES. Looks
 * backwards from as far as a line may reach: this is not a pass over the bytes. */
static size_t whole_lines(struct slice text)
{
	size_t done = 0;

	while (done < text.len) {
		struct slice reach =
			slice_first(slice_skip(text, done), LIMIT_HOST_LINE_BYTES + 1);
		const char *newline = memrchr(reach.ptr, '\n', reach.len);

		if (!newline)
			break;
		done = (size_t)(newline - text.ptr) + 1;
	}
	return done;
}

/* Up to where a line begins with NUL. */
static size_t until_nuls(struct slice text)
{
	ptrdiff_t found = -1;

	if (text.len > 0 && memchr(text.ptr, '\0', text.len))
		found = slice_find(text, slice_of("\n", 2));
	return found < 0 ? text.len : (size_t)found + 1;
}

static void give(struct tail_file *file, size_t len, struct tail_step *step)
{
	step->offset = file->base + file->begin;
	step->bytes = slice_of(file->window + file->begin, len);
	consume(file, len);
}

/* Over a hole on disk to just before the data behind it. */
static void jump_hole(struct tail_file *file)
{
	uint64_t position = file->base + file->end;
	off_t data = lseek(file->fd, (off_t)position, SEEK_DATA);
	uint64_t to = data < 0 ? (errno == ENXIO ? file->size_bytes : position)
			       : (uint64_t)data;

	if (to <= position + TAIL_PROOF_BYTES)
		return;
	if (file->head_len < TAIL_HEAD_BYTES) {
		memset(file->head + file->head_len, 0, TAIL_HEAD_BYTES - file->head_len);
		file->head_len = TAIL_HEAD_BYTES;
	}
	file->base = to - TAIL_PROOF_BYTES;
	file->floor = file->begin = file->end = 0;
}

/* NULs where a line should begin: the hole that a writer leaves who was not told that his
 * file was truncated, or what a crash of the machine left. At the front of a file nothing
 * was there; elsewhere something may have been. */
static enum tail_read pass_nuls(struct tail_file *file, struct tail_step *step)
{
	const char *text = file->window + file->begin;
	size_t len = file->end - file->begin;
	size_t count = 0;

	if (!file->in_nuls) {
		(void)tail_file_mark(file);
		file->nuls_from = file->base + file->begin;
		file->in_nuls = true;
	}
	while (count < len && text[count] == '\0')
		count++;
	consume(file, count);
	if (count == len) {
		if (!file->gzip)
			jump_hole(file);
		return TAIL_READ_MORE;
	}
	file->in_nuls = false;
	step->lost_from = file->nuls_from;
	step->lost_until = file->base + file->begin;
	file->nuls_skipped += step->lost_until - step->lost_from;
	return step->lost_from > 0 ? TAIL_READ_NULS : TAIL_READ_MORE;
}

static void begin_long_line(struct tail_file *file)
{
	(void)tail_file_mark(file);
	file->long_line_from = file->base + file->begin;
	file->in_long_line = true;
	if (file->begin > 0) {
		memmove(file->window, file->window + file->begin,
			file->end - file->begin);
		file->base += file->begin;
		file->end -= file->begin;
		file->begin = 0;
	}
	file->floor = 0;
	tail_window_note_head(file, file->base + LIMIT_HOST_LINE_BYTES);
}

/* Keeps the first bytes of the line at the window's front and the last ones read as proof
 * behind them; what is between is forgotten. */
static void forget_middle(struct tail_file *file)
{
	size_t behind = file->end - LIMIT_HOST_LINE_BYTES;
	size_t kept = smaller(behind, TAIL_PROOF_BYTES);
	size_t dropped = behind - kept;

	if (dropped == 0)
		return;
	memmove(file->window + LIMIT_HOST_LINE_BYTES, file->window + file->end - kept,
		kept);
	file->end -= dropped;
	file->base += dropped;
	file->floor = LIMIT_HOST_LINE_BYTES;
}

static void end_long_line(struct tail_file *file, uint64_t until, struct tail_step *step)
{
	step->offset = file->long_line_from;
	step->bytes = slice_of(file->window, LIMIT_HOST_LINE_BYTES);
	step->cut_line_bytes = until - file->long_line_from;
	file->in_long_line = false;
	/* The bytes given are read over by no later step's proof. */
	file->floor = LIMIT_HOST_LINE_BYTES;
}

/* The line is longer than is kept of one: its first bytes wait at the window's front
 * until its end is found. */
static enum tail_read pass_long_line(struct tail_file *file, struct tail_step *step)
{
	const char *text = file->window + LIMIT_HOST_LINE_BYTES;
	size_t len = file->end - LIMIT_HOST_LINE_BYTES;
	const char *newline = len ? memchr(text, '\n', len) : NULL;

	if (!newline) {
		forget_middle(file);
		return TAIL_READ_MORE;
	}
	end_long_line(file, file->base + (uint64_t)(newline - file->window), step);
	file->begin = (size_t)(newline - file->window) + 1;
	file->mark_is_fresh = false;
	return TAIL_READ_LINES;
}

/* What can be given of the bytes that were read. */
static enum tail_read give_some(struct tail_file *file, struct tail_step *step)
{
	struct slice text;
	size_t len;

	if (file->in_long_line)
		return pass_long_line(file, step);
	if (file->begin < file->end &&
	    (file->in_nuls || file->window[file->begin] == '\0')) {
		enum tail_read passed = pass_nuls(file, step);

		if (passed != TAIL_READ_MORE || file->in_nuls)
			return passed;
	}
	text = slice_of(file->window + file->begin, file->end - file->begin);
	len = whole_lines(text);
	if (len > 0) {
		give(file, until_nuls(slice_first(text, len)), step);
		return TAIL_READ_LINES;
	}
	if (text.len <= LIMIT_HOST_LINE_BYTES)
		return TAIL_READ_MORE;
	begin_long_line(file);
	return pass_long_line(file, step);
}

enum tail_read tail_file_read(struct tail_file *file, struct tail_step *step,
			      struct err *err)
{
	enum tail_read filled;
	enum tail_read given;

	step->cut_line_bytes = 0;
	given = file->window ? give_some(file, step) : TAIL_READ_MORE;
	if (given != TAIL_READ_MORE)
		return given;
	filled = file->gzip ? fill_gzip(file, err) : fill_plain(file, err);
	return filled == TAIL_READ_MORE ? give_some(file, step) : filled;
}

bool tail_file_rest(struct tail_file *file, struct tail_step *step)
{
	step->cut_line_bytes = 0;
	if (file->in_long_line) {
		end_long_line(file, file->base + file->end, step);
		file->begin = file->end;
		file->mark_is_fresh = false;
		file->has_ended = true;
		return true;
	}
	if (file->in_nuls || file->begin == file->end)
		return false;
	file->has_ended = true;
	give(file, file->end - file->begin, step);
	return true;
}
