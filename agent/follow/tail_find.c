/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_find.h"

#include <unistd.h>

#include "agent/follow/tail_open.h"
#include "base/cleanup.h"

/* How long a rotation may take, with its scripts. */
#define ROTATION_MAX (10 * US_PER_MINUTE)

void tail_reject(struct tail_rejects *rejects, uint64_t inode)
{
	for (size_t i = 0; i < rejects->count; i++)
		if (rejects->inodes[i] == inode)
			return;
	if (rejects->count < TAIL_REJECTS)
		rejects->inodes[rejects->count++] = inode;
}

/* When too many were rejected all are: the search has an end. */
static bool is_rejected(const struct tail_rejects *rejects, uint64_t inode)
{
	for (size_t i = 0; i < rejects->count; i++)
		if (rejects->inodes[i] == inode)
			return true;
	return rejects->count == TAIL_REJECTS;
}

struct tail_file *tail_sibling_open(const struct tail_sibling *sibling, uint32_t owner)
{
	struct stat status;
	int fd;

	if (sibling->is_unreadable || tail_open_beside(sibling->path, &fd, &status) < 0)
		return NULL;
	/* Another file may have taken the name since. */
	if ((uint64_t)status.st_ino != sibling->inode ||
	    (uint64_t)status.st_dev != sibling->device ||
	    (status.st_uid != 0 && status.st_uid != geteuid() &&
	     status.st_uid != owner)) {
		close(fd);
		return NULL;
	}
	return tail_file_new(fd, sibling->path, &status);
}

static bool may_be(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	const struct tail_identity identity = {
		.device = sibling->device,
		.inode = sibling->inode,
		.born_ns = sibling->born_ns,
	};

	return tail_identity_same(&identity, &mark->identity);
}

/* The generation tells even files of one inode that were born in the same tick; only the
 * opened file tells it. */
bool tail_sibling_is(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	struct tail_identity identity;
	struct stat status;
	bool is_it = true;
	int fd;

	if (!may_be(sibling, mark))
		return false;
	if (tail_open_beside(sibling->path, &fd, &status) < 0)
		return true;
	if (tail_identify(fd, &status, &identity) == 0)
		is_it = tail_identity_same(&identity, &mark->identity);
	close(fd);
	return is_it;
}

/* Opens the sibling and goes on in it as the mark says. */
static struct tail_file *resume(const struct tail_sibling *sibling,
				const struct tail_mark *mark, uint32_t owner,
				enum tail_resume *ret_resume)
{
	AUTO_TAIL_FILE struct tail_file *file = tail_sibling_open(sibling, owner);

	if (!file)
		return NULL;
	if (mark->head_len == 0 && !tail_identity_same(&file->identity, &mark->identity))
		return NULL;
	*ret_resume = tail_file_resume(file, mark);
	return *ret_resume == TAIL_OTHER ? NULL : TAKE(file);
}

enum pass {
	BY_INODE,
	BY_CONTENTS,
	PASSES,
};

/* What was read was last changed then; some tools keep times to the second only. And
 * logrotate gives to what it compresses the time that the log had before its scripts ran
 * and the log's writer was told, which goes on writing meanwhile. */
static bool is_too_old(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	bool is_late = sibling->is_gzip && mark->offset > TAIL_PROOF_BYTES;
	us_span slack = is_late ? ROTATION_MAX : US_PER_SECOND;

	return mark->changed_at != US_TIME_NONE &&
	       sibling->changed_ns / 1000 <= mark->changed_at - slack;
}

/* A file that was read to its end, and is as long, was not written to since. Where little
 * was read others may begin with all of it, and the time tells them apart. */
static bool is_too_young(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	return mark->offset <= TAIL_PROOF_BYTES && mark->changed_at != US_TIME_NONE &&
	       sibling->changed_ns / 1000 >= mark->changed_at + US_PER_SECOND;
}

static bool is_candidate(const struct tail_sibling *sibling, const struct tail_mark *mark,
			 enum pass pass)
{
	bool is_it = tail_sibling_is(sibling, mark);

	if (pass == BY_INODE || is_it)
		return pass == BY_INODE && is_it;
	if (mark->head_len == 0 ||
	    (!sibling->is_gzip && sibling->size_bytes < mark->offset))
		return false;
	return !is_too_old(sibling, mark);
}

static bool is_whole(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	return !sibling->is_gzip && sibling->size_bytes == mark->seen_bytes;
}

struct tail_file *tail_find(const struct tail_siblings *siblings,
			    const struct tail_search *search,
			    enum tail_resume *ret_resume)
{
	for (enum pass pass = BY_INODE; pass < PASSES; pass++)
		for (size_t i = 0; i < siblings->count; i++) {
			const struct tail_sibling *sibling = &siblings->items[i];
			struct tail_file *file;

			if (is_rejected(search->rejects, sibling->inode) ||
			    !is_candidate(sibling, search->mark, pass))
				continue;
			if (pass == BY_CONTENTS && sibling->scheme != TAIL_NAME_OTHER &&
			    (i < search->first_copy || i >= search->until_copy))
				continue;
			if (pass == BY_CONTENTS && search->is_replaced &&
			    is_whole(sibling, search->mark) &&
			    is_too_young(sibling, search->mark))
				continue;
			file = resume(sibling, search->mark, search->owner, ret_resume);
			if (file)
				return file;
		}
	return NULL;
}

struct tail_file *tail_find_copy(const struct tail_sibling *sibling,
				 const struct tail_mark *mark, uint32_t owner)
{
	AUTO_TAIL_FILE struct tail_file *file = tail_sibling_open(sibling, owner);
	enum tail_resume resumed;

	if (!file)
		return NULL;
	if (mark->head_len == 0)
		return TAKE(file);
	do {
		resumed = tail_file_resume(file, mark);
	} while (resumed == TAIL_SEEKING);
	return resumed == TAIL_RESUMED ? TAKE(file) : NULL;
}

/* Whether the sibling is the mark's file as far as that was read, and, if the mark is of
 * the whole file, no more. Of a large gzip only
 * the head is looked at. */
static bool has_contents(const struct tail_sibling *sibling, const struct tail_mark *mark,
			 uint32_t owner, bool is_whole)
{
	struct stat status;
	struct tail_file *file;
	bool has;
	int fd;

	if (mark->head_len == 0 || sibling->is_unreadable)
		return false;
	if (!sibling->is_gzip || mark->offset <= TAIL_INFLATED_TO_TELL_BYTES) {
		file = tail_find_copy(sibling, mark, owner);
		has = file && (!is_whole || tail_file_ends_at(file, mark->seen_bytes));
		tail_file_free(file);
		return has;
	}
	if (tail_open_beside(sibling->path, &fd, &status) < 0)
		return false;
	has = tail_file_has_head(fd, sibling->path, mark);
	close(fd);
	return has;
}

ptrdiff_t tail_find_place(const struct tail_siblings *siblings,
			  const struct tail_mark *mark, uint32_t owner, bool is_whole,
			  bool *ret_by_inode)
{
	for (int by_inode = 1; by_inode >= 0; by_inode--)
		for (size_t i = 0; i < siblings->count; i++) {
			const struct tail_sibling *sibling = &siblings->items[i];

			if (sibling->scheme == TAIL_NAME_OTHER ||
			    tail_sibling_is(sibling, mark) != (by_inode == 1))
				continue;
			if (!by_inode && (is_too_old(sibling, mark) ||
					  (is_whole && is_too_young(sibling, mark))))
				continue;
			if ((by_inode && mark->head_len == 0) ||
			    has_contents(sibling, mark, owner, is_whole && !by_inode)) {
				*ret_by_inode = by_inode == 1;
				return (ptrdiff_t)i;
			}
		}
	return -1;
}

static bool is_later(const struct tail_sibling *sibling, const struct tail_mark *mark)
{
	us_time changed_at = sibling->changed_ns / 1000;

	if (mark->changed_at == US_TIME_NONE || changed_at > mark->changed_at)
		return true;
	return changed_at == mark->changed_at && mark->identity.born_ns != 0 &&
	       sibling->born_ns > mark->identity.born_ns;
}

size_t tail_find_later(const struct tail_siblings *siblings, const struct tail_mark *mark)
{
	size_t i = 0;

	while (i < siblings->count && (siblings->items[i].scheme == TAIL_NAME_OTHER ||
				       !is_later(&siblings->items[i], mark)))
		i++;
	return i;
}

ptrdiff_t tail_find_beginning(const struct tail_siblings *siblings, size_t first,
			      const struct tail_file *file)
{
	for (size_t i = siblings->count; i-- > first;) {
		const struct tail_sibling *sibling = &siblings->items[i];
		struct stat status;
		int fd;
		bool is_it;

		if (sibling->is_gzip || sibling->is_unreadable ||
		    sibling->size_bytes == 0 ||
		    tail_open_beside(sibling->path, &fd, &status) < 0)
			continue;
		is_it = tail_file_is_beginning(fd, sibling->size_bytes, file);
		close(fd);
		if (is_it)
			return (ptrdiff_t)i;
	}
	return -1;
}
