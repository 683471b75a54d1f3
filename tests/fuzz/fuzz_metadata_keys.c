/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SSH keys of metadata. What is kept of them is in order, each once; compared with
 * nothing all are new, and compared with themselves none.
 */
#include "agent/plane/metadata_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct taken {
	const struct metadata_keys *keys;
	size_t count;
};

static void take(void *ctx, const struct event *event)
{
	struct taken *taken = ctx;
	const struct cloud_key *key = &event->cloud_key;

	taken->count++;
	if (key->is_gone ||
	    (taken->count < 64 &&
	     !metadata_keys_have(taken->keys, key->fingerprint, key->user)))
		__builtin_trap();
}

static size_t changes(const struct metadata_keys *before, const struct metadata_keys *now)
{
	struct taken taken = { now, 0 };
	const struct emitter emitter = { take, &taken };

	metadata_keys_compare(before, now, 0, &emitter);
	return taken.count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct metadata_keys none, keys;
	size_t lines = 0;
	struct err err;

	metadata_keys_init(&none);
	metadata_keys_init(&keys);
	if (metadata_keys_read(&keys, slice_of((const char *)data, size), 0, &err) == 0) {
		for (size_t i = 0; i < keys.text.len; i++)
			lines += buf_text(&keys.text)[i] == '\n';
		if (changes(&none, &keys) != lines || changes(&keys, &keys) != 0)
			__builtin_trap();
	}
	metadata_keys_release(&keys);
	return 0;
}
