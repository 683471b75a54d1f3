/* SPDX-License-Identifier: Apache-2.0 */
/* waagent.log, and its lines in the journal. */
#include "tests/fuzz/fuzz_log.h"
#include "tests/fuzz/fuzz_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_log(&azure_agent_log, data, size);
	fuzz_writer(azure_agent_parse, data, size);
	return 0;
}
