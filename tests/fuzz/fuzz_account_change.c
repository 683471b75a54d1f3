/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_writer(usermod_parse, data, size);
	fuzz_writer(gpasswd_parse, data, size);
	fuzz_writer(passwd_parse, data, size);
	fuzz_writer(kernel_parse, data, size);
	fuzz_writer(shutdown_parse, data, size);
	return 0;
}
