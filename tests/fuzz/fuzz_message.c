/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "courier/message.h"

/* Whatever is taken for a message is written as the bytes that it was read from. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf again = BUF_LIMIT(2 * MESSAGE_BYTES_MAX);
	struct slice arrived = slice_of((const char *)data, size);
	struct message message;
	struct err err;
	size_t used;

	while (message_decode(arrived, &message, &used, &err) == 0 && used > 0) {
		buf_clear(&again);
		if (!message_encode(&message, &again) ||
		    !slice_equal(buf_slice(&again), slice_first(arrived, used)))
			abort();
		arrived = slice_skip(arrived, used);
	}
	return 0;
}
