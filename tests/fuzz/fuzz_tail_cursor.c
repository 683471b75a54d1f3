/* SPDX-License-Identifier: Apache-2.0 */
/* Where the reading of a followed file stood: what is understood is written again the
 * same. And the name of a rotated file. */
#include <stdint.h>
#include <stdlib.h>

#include "agent/follow/tail_mark.h"
#include "agent/follow/tail_siblings.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_TAIL_CURSOR_BYTES);
	struct slice bytes = slice_of((const char *)data, size);
	struct tail_sibling sibling;
	struct tail_position position;

	(void)tail_sibling_name(bytes, &sibling);
	if (!tail_position_parse(bytes, &position))
		return 0;
	tail_position_append(&position, &text);
	if (!slice_equal(bytes, buf_slice(&text)))
		abort();
	return 0;
}
