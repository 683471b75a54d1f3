/* SPDX-License-Identifier: Apache-2.0 */
/* extension.log of VMAccess and older custom scripts. */
#include "tests/fuzz/fuzz_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_log(&azure_extension_log, data, size);
	return 0;
}
