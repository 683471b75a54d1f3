/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of any bytes: read or refused, and what repairing it gives is of the same length,
 * has nothing more to be repaired, and refuses nothing that was read before. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/json_repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of((const char *)data, size);
	AUTO_BUF struct buf repaired = BUF_LIMIT(size), again = BUF_LIMIT(size);
	AUTO_JSON json_t *value = NULL, *second = NULL;
	struct err err;

	if (json_repair(text, &repaired)) {
		assert(!buf_overflowed(&repaired) && repaired.len == size);
		assert(!json_repair(buf_slice(&repaired), &again));
		if (json_read(text, &value, &err) == 0)
			assert(json_read(buf_slice(&repaired), &second, &err) == 0);
	} else {
		assert(repaired.len == 0);
		(void)!json_read(text, &value, &err);
	}
	return 0;
}
