/* SPDX-License-Identifier: Apache-2.0 */
/* A whole API log, cut in two where its first byte says: no cut may change what is told.
 */
#include "evidence/cloud.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A hash of all that the reader told. */
struct told {
	uint64_t hash;
};

static void add(struct told *told, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		told->hash = (told->hash ^ (unsigned char)bytes.ptr[i]) * 0x100000001b3U;
	told->hash = (told->hash ^ bytes.len) * 0x100000001b3U;
}

static void emitted(void *ctx, const struct event *event)
{
	const struct api_call *call = &event->api_call;
	const struct slice slices[] = {
		call->id,
		call->name,
		call->request_id,
		call->error_code,
		call->principal,
		call->access_key_id,
		call->session_issuer,
		call->source_ip,
		call->user_agent,
		call->invoked_by,
		call->account,
		call->region,
		call->denied_instance,
		call->denied_session,
		call->session_id,
		call->command_id,
		call->os_user,
		call->fingerprint,
		call->document,
		call->private_ip,
		call->correlation_id,
		call->operation_id,
		call->resource,
		call->handler,
		call->tunnel_id,
		call->caller_hint,
	};

	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		add(ctx, slices[i]);
	for (uint32_t i = 0; i < call->instance_count; i++)
		add(ctx, call->instances[i]);
	for (uint32_t i = 0; i < call->association_count; i++)
		add(ctx, call->association_ids[i]);
	if (call->action == API_OTHER || event->happened_at == US_TIME_NONE)
		__builtin_trap();
}

static void seen(void *ctx, const struct api_record_seen *record)
{
	add(ctx, record->bytes);
	add(ctx, record->id);
	add(ctx,
	    slice_of((const char *)&record->delivered_at, sizeof(record->delivered_at)));
}

static void hole(void *ctx, uint64_t position, uint64_t line, const struct err *why)
{
	add(ctx, slice_of((const char *)&position, sizeof(position)));
	add(ctx, slice_of((const char *)&line, sizeof(line)));
	add(ctx, slice_text(why->text));
}

static void add_extents(struct told *told, const struct cloud_reader *reader)
{
	size_t count;
	const struct api_extent *extents = cloud_reader_extents(reader, &count);

	for (size_t i = 0; i < count; i++) {
		add(told, slice_text(extents[i].account));
		add(told, slice_of((const char *)&extents[i].class_bits,
				   sizeof(extents[i].class_bits)));
		if ((unsigned)extents[i].log >= API_LOG_COUNT)
			__builtin_trap();
	}
}

static uint64_t read_in_two(struct slice file, size_t cut)
{
	struct told told = { .hash = 0xcbf29ce484222325U };
	const struct cloud_reader_ops ops = { .record_seen = seen,
					      .hole = hole,
					      .ctx = &told };
	const struct emitter emitter = { emitted, &told };
	struct cloud_reader *reader = cloud_reader_new(&ops, &emitter);
	struct err err = { .code = ERR_NONE };

	if (cloud_reader_feed(reader, slice_first(file, cut), &err) < 0 ||
	    cloud_reader_feed(reader, slice_skip(file, cut), &err) < 0 ||
	    cloud_reader_finish(reader, &err) < 0)
		add(&told, slice_text(err.text));
	add_extents(&told, reader);
	cloud_reader_free(reader);
	return told.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice file = slice_of((const char *)data, size);
	size_t cut = size ? data[0] * size / 256 : 0;

	if (read_in_two(file, size) != read_in_two(file, cut))
		__builtin_trap();
	return 0;
}
