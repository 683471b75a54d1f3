/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_writer(google_agent_parse, data, size);
	fuzz_writer(google_helper_parse, data, size);
	fuzz_writer(google_pam_parse, data, size);
	fuzz_writer(google_script_parse, data, size);
	fuzz_writer(google_config_parse, data, size);
	return 0;
}
