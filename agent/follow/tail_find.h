/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Finding among the siblings of a log the file that a mark is of, and what came after it.
 */
#include "agent/follow/tail_file.h"
#include "agent/follow/tail_siblings.h"

/* Files that looked like the one sought and were not. */
#define TAIL_REJECTS 16

/* A gzip is inflated as far as this to tell only what is older and what newer. */
#define TAIL_INFLATED_TO_TELL_BYTES ((uint64_t)64 * 1024 * 1024)

struct tail_rejects {
	size_t count;
	uint64_t inodes[TAIL_REJECTS];
};

void tail_reject(struct tail_rejects *rejects, uint64_t inode);

/* Opens a sibling, of whose owner only root, this process's user and `owner` are taken.
 * NULL when it cannot be. */
struct tail_file *tail_sibling_open(const struct tail_sibling *sibling, uint32_t owner);

struct tail_search {
	const struct tail_mark *mark;
	uint32_t owner;
	const struct tail_rejects *rejects;
	size_t first_copy, until_copy; /* in order, others are no copies of the file */
	bool is_replaced;	       /* nothing is copied of the file any more */
};

/* The file of the mark, ready to go on: by its inode, or by its contents under another
 * one (a copy, gzip), of several the oldest, so that nothing is left out. NULL when there
 * is none. TAIL_SEEKING when tail_file_resume() has more to do. */
struct tail_file *tail_find(const struct tail_siblings *siblings,
			    const struct tail_search *search,
			    enum tail_resume *ret_resume);

/* The sibling if it is a copy of the mark's file, ready to go on; NULL if not. The whole
 * work at once: for marks near a file's beginning. */
struct tail_file *tail_find_copy(const struct tail_sibling *sibling,
				 const struct tail_mark *mark, uint32_t owner);

/* Whether the sibling is the inode of the mark. */
bool tail_sibling_is(const struct tail_sibling *sibling, const struct tail_mark *mark);

/* Index of the mark's file in the order of the siblings; -1 when it is not among them or
 * its name tells no order. Under another inode it must be no longer than the file was
 * when the mark `is_whole`: of a file read to its end. When it is there under another
 * inode, it may go on behind the mark. */
ptrdiff_t tail_find_place(const struct tail_siblings *siblings,
			  const struct tail_mark *mark, uint32_t owner, bool is_whole,
			  bool *ret_by_inode);

/* Index of the first sibling, of those whose names tell an order, that was written after
 * the mark was made; count when there is none. */
size_t tail_find_later(const struct tail_siblings *siblings,
		       const struct tail_mark *mark);

/* Index of the sibling, from `first` on, that is a copy, made before the file was
 * truncated, of which everything was read; -1 when there is none. */
ptrdiff_t tail_find_beginning(const struct tail_siblings *siblings, size_t first,
			      const struct tail_file *file);
