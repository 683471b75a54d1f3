/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event's code: what is understood is written down again and understood as the same.
 * Seeds: tests/fuzz/corpus/fuzz_event_code/.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "correlator/event_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf once = BUF_LIMIT(LIMIT_EVENT_BYTES);
	AUTO_BUF struct buf twice = BUF_LIMIT(LIMIT_EVENT_BYTES);
	struct arena arena;
	struct event event;
	struct err err;

	arena_init(&arena);
	if (event_decode(slice_of((const char *)data, size), &arena, &event, &err) == 0) {
		event_encode(&event, &once);
		if (buf_overflowed(&once) ||
		    event_decode(buf_slice(&once), &arena, &event, &err) < 0)
			abort();
		event_encode(&event, &twice);
		if (!slice_equal(buf_slice(&once), buf_slice(&twice)))
			abort();
	}
	arena_release(&arena);
	return 0;
}
