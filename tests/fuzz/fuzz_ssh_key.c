/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a public key. */
#include "evidence/cloud.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[FINGERPRINT_TEXT_BYTES];

	if (ssh_key_fingerprint(slice_of((const char *)data, size), text) &&
	    strlen(text) != FINGERPRINT_TEXT_BYTES - 1)
		__builtin_trap();
	return 0;
}
