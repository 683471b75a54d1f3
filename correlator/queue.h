/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A queue of pointers that grows at its end and is taken from its front. For the
 * correlator's own files only.
 */
#include <stddef.h>

struct queue {
	void **items;
	size_t first, count, size; /* items[first .. first + count) are in it */
};

void queue_add(struct queue *queue, void *item);

/* The oldest, which leaves the queue. It must not be empty. */
void *queue_take(struct queue *queue);

static inline void *queue_at(const struct queue *queue, size_t i)
{
	return queue->items[queue->first + i];
}

/* Frees the queue, not what it holds. */
void queue_release(struct queue *queue);
