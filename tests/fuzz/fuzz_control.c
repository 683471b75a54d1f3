/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of the control socket: whatever is taken for one is written and read again as
 * the same.
 */
#include <assert.h>
#include <string.h>

#include "agent/control_request.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONTROL_REQUEST_BYTES);
	AUTO_BUF struct buf again = BUF_LIMIT(LIMIT_CONTROL_REQUEST_BYTES);
	struct control_request request, same;
	struct err err;

	if (control_request_decode(slice_of((const char *)data, size), &request, &err) <
	    0) {
		assert(err.text[0]);
		return 0;
	}
	control_request_encode(&request, &text);
	assert(!buf_overflowed(&text));
	if (control_request_decode(buf_slice(&text), &same, &err) < 0)
		assert(!"what was written cannot be read");
	control_request_encode(&same, &again);
	assert(slice_equal(buf_slice(&text), buf_slice(&again)));
	return 0;
}
