/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/follow/tail_gzip.h"
#include "agent/follow/tail_live.h"
#include "agent/follow/tail_open.h"
#include "agent/follow/tail_order.h"
#include "base/cleanup.h"

size_t tail_order_first(const struct tail_siblings *siblings)
{
	size_t i = 0;

	while (i < siblings->count && siblings->items[i].scheme == TAIL_NAME_OTHER)
		i++;
	return i;
}

const struct tail_mark *tail_held_mark(const struct tail_held *held)
{
	return held->file ? tail_file_mark(held->file) : &held->mark;
}

size_t tail_order_skip_known(const struct tail *tail,
			     const struct tail_siblings *siblings, size_t i)
{
	while (i < siblings->count && tail_held_knows(tail, &siblings->items[i]))
		i++;
	return i;
}

ptrdiff_t tail_order_place_before(const struct tail *tail,
				  const struct tail_siblings *siblings)
{
	ptrdiff_t place = -1;
	bool by_inode;

	for (size_t i = tail->held_count; place < 0 && i-- > 0;) {
		const struct tail_held *held = &tail->held[i];

		if (held->is_copied)
			continue;
		place = tail_find_place(siblings, tail_held_mark(held), tail->owner, true,
					&by_inode);
	}
	return place;
}

size_t tail_order_first_unread(const struct tail *tail,
			       const struct tail_siblings *siblings,
			       const struct tail_mark *mark)
{
	ptrdiff_t place = tail_order_place_before(tail, siblings);

	return tail_order_skip_known(tail, siblings,
				     place < 0 ? tail_find_later(siblings, mark)
					       : (size_t)place + 1);
}

/* An empty file takes 20 bytes as gzip, and those of its name. */
#define EMPTY_GZIP_BYTES 48

/* Its last four bytes are how long the file was: a short line takes no more than some
 * names (RFC 1952, ISIZE). */
static bool is_empty_gzip(const struct tail_sibling *sibling)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;
	char size[4];

	if (!sibling->is_gzip || sibling->size_bytes >= EMPTY_GZIP_BYTES ||
	    sibling->size_bytes < sizeof(size) ||
	    tail_open_beside(sibling->path, &fd, &status) < 0)
		return false;
	return tail_pread(fd, size, sizeof(size), sibling->size_bytes - sizeof(size)) ==
		       (ssize_t)sizeof(size) &&
	       memcmp(size, "\0\0\0", sizeof(size)) == 0;
}

size_t tail_order_skip_empty(const struct tail_siblings *siblings, size_t i)
{
	while (i < siblings->count &&
	       (siblings->items[i].size_bytes == 0 || is_empty_gzip(&siblings->items[i])))
		i++;
	return i;
}

/* Whether the path leads to the inode of the mark. While it is open, that is no other
 * one of the same number. */
static bool is_live(struct tail *tail, const struct tail_mark *mark)
{
	AUTO_TAIL_LIVE struct tail_live live = { .file = NULL };
	struct tail_step ignored;
	struct stat status;

	if (tail->current || tail->changed)
		return stat(tail->path, &status) == 0 &&
		       (uint64_t)status.st_ino == mark->identity.inode &&
		       (uint64_t)status.st_dev == mark->identity.device;
	live = tail_live_open(tail, &ignored);
	return live.file && tail_identity_same(&live.file->identity, &mark->identity);
}

size_t tail_order_count_before(struct tail *tail, const struct tail_siblings *siblings,
			       const struct tail_mark *mark, bool *ret_is_there)
{
	*ret_is_there = true;
	if (is_live(tail, mark))
		return siblings->count;
	for (size_t i = siblings->count; i-- > 0;)
		if (tail_sibling_is(&siblings->items[i], mark))
			return siblings->items[i].scheme == TAIL_NAME_OTHER
				       ? siblings->count
				       : i;
	*ret_is_there = false;
	return siblings->count;
}

size_t tail_order_unread_before(const struct tail *tail,
				const struct tail_siblings *siblings, size_t place,
				size_t other)
{
	ptrdiff_t before = tail_order_place_before(tail, siblings);
	size_t i = (size_t)(before + 1);

	if (before < 0)
		return other;
	while (i < place && (tail_held_knows(tail, &siblings->items[i]) ||
			     tail_order_skip_empty(siblings, i) != i))
		i++;
	return i < place ? i : other;
}

size_t tail_order_count_before_open(const struct tail *tail,
				    const struct tail_siblings *siblings,
				    const struct tail_file *file)
{
	AUTO_TAIL_FILE struct tail_file *whole = NULL;
	AUTO_CLOSE int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	struct stat status;
	ptrdiff_t place;
	bool by_inode;

	if (fd < 0 || fstat(fd, &status) < 0 || status.st_size == 0)
		return siblings->count;
	whole = tail_file_new(take_fd(&fd), file->path, &status);
	if (!whole)
		return siblings->count;
	tail_file_skip_to(whole, tail_file_last_border(whole));
	place = tail_find_place(siblings, tail_file_mark(whole), tail->owner, false,
				&by_inode);
	return place < 0 ? siblings->count : (size_t)place;
}
