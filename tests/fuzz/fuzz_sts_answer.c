/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to AssumeRole: what is taken from it goes into headers. */
#include "courier/aws/sts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sts_credentials credentials;
	struct err err;

	if (sts_read(slice_of((const char *)data, size), &credentials, &err) < 0)
		return 0;
	check(credentials.access_key_id);
	check(credentials.secret_access_key);
	check(credentials.session_token);
	return 0;
}
