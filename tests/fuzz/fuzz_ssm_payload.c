/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of a Payload line and of a DataBackend line; the first byte says which. */
#include "evidence/host/ssm_payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_SSM_PAYLOAD struct ssm_payload payload = { NULL, NULL };
	struct run run = { .kind = RUN_COMMAND, .id = SLICE("d") };
	struct slice text = slice_skip(slice_of((const char *)data, size), 1);

	if (size > 0 && data[0] == '1')
		ssm_payload_read_document(text, SLICE("d"), &payload, &run);
	else if (!ssm_payload_read_message(text, &payload, &run))
		return 0;
	if (run.id.len == 0)
		__builtin_trap();
	return 0;
}
