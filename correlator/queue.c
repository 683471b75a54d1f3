/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define QUEUE_FIRST_SIZE 16

void queue_add(struct queue *queue, void *item)
{
	if (queue->first + queue->count == queue->size) {
		if (queue->first > queue->size / 2) {
			memmove(queue->items, queue->items + queue->first,
				queue->count * sizeof(*queue->items));
			queue->first = 0;
		} else {
			queue->size = queue->size ? queue->size * 2 : QUEUE_FIRST_SIZE;
			queue->items = memory_resize(queue->items, queue->size,
						     sizeof(*queue->items));
		}
	}
	queue->items[queue->first + queue->count++] = item;
}

void *queue_take(struct queue *queue)
{
	queue->count--;
	return queue->items[queue->first++];
}

void queue_release(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue){ 0 };
}
