/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What comes before and what after, among the siblings of a log, as far as the files read
 * so far tell it: their names give an order, and the youngest of them that is found is
 * the place from which on nothing was read.
 */
#include "agent/follow/tail_state.h"

/* Index of the oldest sibling whose name tells an order; count when there is none. */
size_t tail_order_first(const struct tail_siblings *siblings);

/* Where the held file stands; borrowed until it is read on. */
const struct tail_mark *tail_held_mark(const struct tail_held *held);

/* From `i` on, the first that is not held; count when there is none. */
size_t tail_order_skip_known(const struct tail *tail,
			     const struct tail_siblings *siblings, size_t i);

/* From `i` on, the first that has something in it; count when there is none. */
size_t tail_order_skip_empty(const struct tail_siblings *siblings, size_t i);

/* Index of the youngest file that was read before the one being read; -1 when none of
 * them is there. */
ptrdiff_t tail_order_place_before(const struct tail *tail,
				  const struct tail_siblings *siblings);

/* The first sibling that was written after the mark was made and not read; count when
 * there is none. The mark's own file is not asked. */
size_t tail_order_first_unread(const struct tail *tail,
			       const struct tail_siblings *siblings,
			       const struct tail_mark *mark);

/* Index of the first sibling, before that at `place`, which is after all that was read
 * before it and not empty: a copy that was made before the file there was truncated. The
 * other index when there is none. */
size_t tail_order_unread_before(const struct tail *tail,
				const struct tail_siblings *siblings, size_t place,
				size_t other);

/* How many siblings come before the one that has what stands in the open file, which has
 * no name any more: all when none has it. */
size_t tail_order_count_before_open(const struct tail *tail,
				    const struct tail_siblings *siblings,
				    const struct tail_file *file);

/* How many siblings come before the mark's own inode, as a copy of it must: all when that
 * is the live file, or has no name that tells, or (and then *ret_is_there is false) none
 * at all. */
size_t tail_order_count_before(struct tail *tail, const struct tail_siblings *siblings,
			       const struct tail_mark *mark, bool *ret_is_there);
