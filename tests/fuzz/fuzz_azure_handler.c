/* SPDX-License-Identifier: Apache-2.0 */
/* handler.log of run commands and custom scripts. */
#include "tests/fuzz/fuzz_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_log(&azure_handler_log, data, size);
	return 0;
}
