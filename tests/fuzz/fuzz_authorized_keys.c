/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_log(&authorized_keys_log, data, size);
	return 0;
}
