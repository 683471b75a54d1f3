/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: memrchr() is GNU's */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_file.h"

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

void tail_file_note(struct tail_file *file, const struct stat *status)
{
	uint64_t size_bytes = status->st_size > 0 ? (uint64_t)status->st_size : 0;
	us_time changed_at = tail_time(status->st_mtim);

	file->is_linked = status->st_nlink > 0;
	file->owner = status->st_uid;
	if (file->size_bytes == size_bytes && file->changed_at == changed_at)
		return;
	file->size_bytes = size_bytes;
	file->changed_at = changed_at;
	if (!file->gzip && size_bytes > file->seen_bytes)
		file->seen_bytes = size_bytes;
}

struct tail_file *tail_file_new(int fd, const char *path, const struct stat *status)
{
	struct tail_file *file = memory_new(1, sizeof(*file));

	file->fd = fd;
	file->path = memory_copy_text(slice_text(path));
	file->nuls_changed_at = US_TIME_NONE;
	if (tail_identify(fd, status, &file->identity) < 0) {
		tail_file_free(file);
		return NULL;
	}
	if (tail_gzip_is(fd, path)) {
		file->gzip = tail_gzip_new();
		file->is_final = true;
	}
	tail_file_note(file, status);
	return file;
}

void tail_file_free(struct tail_file *file)
{
	if (!file)
		return;
	tail_gzip_free(file->gzip);
	free(file->window);
	free(file->path);
	close(file->fd);
	free(file);
}

void tail_file_cleanup(struct tail_file **file)
{
	tail_file_free(*file);
}

void tail_file_rename(struct tail_file *file, const char *path)
{
	char *copy = memory_copy_text(slice_text(path));

	free(file->path);
	file->path = copy;
}

bool tail_file_has_changed(const struct tail_file *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 &&
	       (tail_time(status.st_mtim) != file->changed_at ||
		(uint64_t)status.st_size != file->size_bytes);
}

uint64_t tail_file_offset(const struct tail_file *file)
{
	if (file->in_long_line)
		return file->long_line_from;
	return file->in_nuls ? file->nuls_from : file->base + file->begin;
}

uint64_t tail_file_pending(const struct tail_file *file)
{
	return file->base + file->end - tail_file_offset(file);
}

/* Reads `head_len` bytes of the head and those before `offset` into place. False when
 * they are not all there. */
static bool load(struct tail_file *file, uint64_t offset, size_t head_len,
		 size_t proof_len)
{
	tail_window_make_room(file, TAIL_PROOF_BYTES);
	if (tail_pread(file->fd, file->head, head_len, 0) != (ssize_t)head_len ||
	    tail_pread(file->fd, file->window, proof_len, offset - proof_len) !=
		    (ssize_t)proof_len)
		return false;
	file->head_len = head_len;
	file->base = offset - proof_len;
	file->floor = 0;
	file->begin = proof_len;
	file->end = proof_len;
	file->in_long_line = false;
	file->in_nuls = false;
	file->mark_is_fresh = false;
	return true;
}

void tail_file_skip_to(struct tail_file *file, uint64_t offset)
{
	/* A file that just became shorter is noticed by the first reading. */
	if (!load(file, offset, smaller(offset, TAIL_HEAD_BYTES),
		  smaller(offset, TAIL_PROOF_BYTES)))
		file->base = offset - file->begin;
}

uint64_t tail_file_last_border(struct tail_file *file)
{
	AUTO_BUF struct buf tail = BUF_LIMIT(TAIL_CHUNK_BYTES);
	uint64_t at = file->size_bytes;
	uint64_t least = at > LIMIT_HOST_LINE_BYTES ? at - LIMIT_HOST_LINE_BYTES : 0;

	buf_reserve(&tail, TAIL_CHUNK_BYTES - 1);
	while (at > least) {
		size_t len = smaller(at - least, tail.size_bytes);
		const char *newline;

		if (tail_pread(file->fd, tail.ptr, len, at - len) != (ssize_t)len)
			break;
		newline = memrchr(tail.ptr, '\n', len);
		if (newline)
			return at - len + (size_t)(newline - tail.ptr) + 1;
		at -= len;
	}
	return least == 0 ? 0 : file->size_bytes;
}

static bool hash_is(struct slice bytes, const uint8_t want[TAIL_HASH_BYTES])
{
	uint8_t hash[TAIL_HASH_BYTES];

	tail_hash(bytes, hash);
	return memcmp(hash, want, TAIL_HASH_BYTES) == 0;
}

static bool is_only_nuls(struct slice bytes)
{
	return bytes.len == 0 || (bytes.ptr[0] == '\0' &&
				  memcmp(bytes.ptr, bytes.ptr + 1, bytes.len - 1) == 0);
}

/* Whether head and proof, in place now, are the mark's. Without a head or with nothing
 * but NULs before the place only the inode can tell. */
static bool proves(const struct tail_file *file, const struct tail_mark *mark)
{
	struct slice proof =
		slice_of(file->window + file->begin - mark->proof_len, mark->proof_len);

	if (mark->head_len > 0 &&
	    !hash_is(slice_of(file->head, mark->head_len), mark->head))
		return false;
	if (mark->proof_len > 0 && !hash_is(proof, mark->proof))
		return false;
	/* Behind the beginning of a line nothing goes on: the rest would pass for one. */
	if (!mark->is_finished && proof.len > 0 && proof.ptr[proof.len - 1] != '\n' &&
	    proof.ptr[proof.len - 1] != '\0')
		return false;
	if (is_only_nuls(slice_of(file->head, mark->head_len)) && is_only_nuls(proof))
		return tail_identity_same(&file->identity, &mark->identity);
	return true;
}

static enum tail_resume resume_plain(struct tail_file *file, const struct tail_mark *mark)
{
	size_t head_len = smaller(mark->offset, TAIL_HEAD_BYTES);

	if (head_len < mark->head_len)
		head_len = mark->head_len;
	if (file->size_bytes < mark->offset ||
	    !load(file, mark->offset, head_len, mark->proof_len) || !proves(file, mark))
		return TAIL_OTHER;
	file->seen_bytes =
		file->seen_bytes > mark->seen_bytes ? file->seen_bytes : mark->seen_bytes;
	return TAIL_RESUMED;
}

bool tail_file_ends_at(struct tail_file *file, uint64_t offset)
{
	size_t len = 1;
	struct err ignored;

	if (!file->gzip)
		return file->size_bytes == offset;
	while (len > 0 && file->base + file->end <= offset) {
		tail_window_make_room(file, TAIL_CHUNK_BYTES);
		if (tail_gzip_read(file->gzip, file->fd, file->window + file->end,
				   TAIL_CHUNK_BYTES, &len, &ignored) < 0)
			return false;
		file->end += len;
	}
	return file->base + file->end == offset;
}

/* Keeps the first bytes that come out of a gzip as its head. */
static void note_head(struct tail_file *file, uint64_t offset)
{
	if (file->base == 0)
		tail_window_note_head(file, smaller(offset, file->end));
}

static enum tail_resume resume_gzip(struct tail_file *file, const struct tail_mark *mark)
{
	uint64_t needed = mark->offset > mark->head_len ? mark->offset : mark->head_len;
	size_t len = 0;
	struct err ignored;

	if (file->base + file->end < needed) {
		tail_window_make_room(file, TAIL_CHUNK_BYTES);
		if (tail_gzip_read(file->gzip, file->fd, file->window + file->end,
				   TAIL_CHUNK_BYTES / 2, &len, &ignored) < 0 ||
		    len == 0)
			return TAIL_OTHER;
		file->end += len;
		note_head(file, needed);
	}
	file->begin = smaller(mark->offset - file->base, file->end);
	if (file->head_len >= mark->head_len && mark->head_len > 0 &&
	    !hash_is(slice_of(file->head, mark->head_len), mark->head))
		return TAIL_OTHER;
	if (file->base + file->end < needed)
		return TAIL_SEEKING;
	file->mark_is_fresh = false;
	return proves(file, mark) ? TAIL_RESUMED : TAIL_OTHER;
}

enum tail_resume tail_file_resume(struct tail_file *file, const struct tail_mark *mark)
{
	return file->gzip ? resume_gzip(file, mark) : resume_plain(file, mark);
}

bool tail_file_has_head(int fd, const char *path, const struct tail_mark *mark)
{
	char head[TAIL_HEAD_BYTES];
	size_t len = 0;

	if (mark->head_len == 0)
		return false;
	if (tail_gzip_is(fd, path)) {
		struct tail_gzip *gzip = tail_gzip_new();
		struct err ignored;

		if (tail_gzip_read(gzip, fd, head, mark->head_len, &len, &ignored) < 0)
			len = 0;
		tail_gzip_free(gzip);
	} else {
		ssize_t count = tail_pread(fd, head, mark->head_len, 0);

		len = count < 0 ? 0 : (size_t)count;
	}
	return len == mark->head_len && hash_is(slice_of(head, len), mark->head);
}

bool tail_file_is_beginning(int copy, uint64_t copy_bytes, const struct tail_file *file)
{
	char text[TAIL_PROOF_BYTES];
	uint64_t from = file->base + file->floor;
	uint64_t until = file->base + file->end;
	size_t len;

	if (copy_bytes <= from || copy_bytes > until)
		return false;
	len = smaller(copy_bytes - from, sizeof(text));
	return tail_pread(copy, text, len, copy_bytes - len) == (ssize_t)len &&
	       memcmp(text, file->window + (copy_bytes - len - file->base), len) == 0;
}

bool tail_file_is_copied(const struct tail_file *file, const struct tail_file *copy)
{
	char text[TAIL_PROOF_BYTES];
	struct stat status;
	size_t len = smaller(tail_file_pending(file), sizeof(text));

	if (fstat(file->fd, &status) < 0 || status.st_nlink > 0)
		return false;
	if (copy->gzip || file->in_nuls || file->in_long_line)
		return true;
	return tail_pread(copy->fd, text, len, file->base + file->begin) ==
		       (ssize_t)len &&
	       memcmp(text, file->window + file->begin, len) == 0;
}

bool tail_file_is_at_line(const struct tail_file *file)
{
	return file->begin == file->floor || file->window[file->begin - 1] == '\n';
}

const struct tail_mark *tail_file_mark(struct tail_file *file)
{
	struct tail_mark *mark = &file->mark;
	bool is_kept = file->in_nuls || file->in_long_line;

	mark->changed_at = file->changed_at;
	mark->seen_bytes = file->seen_bytes;
	mark->is_finished = file->has_ended;
	if (file->head_len < TAIL_HEAD_BYTES && file->begin < file->end)
		file->mark_is_fresh = false; /* the head grows with what is read */
	if (file->mark_is_fresh || is_kept)
		return mark;
	mark->identity = file->identity;
	mark->offset = file->base + file->begin;
	tail_window_note_head(file, file->base + file->end);
	mark->head_len = file->head_len;
	mark->proof_len = smaller(file->begin - file->floor, TAIL_PROOF_BYTES);
	memset(mark->head, 0, sizeof(mark->head));
	memset(mark->proof, 0, sizeof(mark->proof));
	if (mark->head_len > 0)
		tail_hash(slice_of(file->head, mark->head_len), mark->head);
	if (mark->proof_len > 0)
		tail_hash(slice_of(file->window + file->begin - mark->proof_len,
				   mark->proof_len),
			  mark->proof);
	file->mark_is_fresh = true;
	return mark;
}

void tail_file_rest_window(struct tail_file *file)
{
	tail_window_shrink(file);
}
