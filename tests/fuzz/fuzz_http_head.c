/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "courier/http_head.h"

/* The head of an answer, taken apart at its line feeds as libcurl hands it over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	struct http_head head;
	struct slice line;

	http_head_init(&head);
	while (slice_take_until(&text, '\n', &line)) {
		if (!http_head_add(&head, slice_of(line.ptr, line.len + 1)))
			return 0;
	}
	if (http_head_retry_after(&head, 0) < 0 ||
	    (head.date != US_TIME_NONE && head.date < 0))
		abort();
	return 0;
}
