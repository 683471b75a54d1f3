/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_writer(aad_certhandler_parse, data, size);
	fuzz_writer(pam_aad_parse, data, size);
	return 0;
}
